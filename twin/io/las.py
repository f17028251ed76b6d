"""LAS, LAZ and COPC point clouds: as many points as a budget allows, spread evenly; rows are their classes.

ASPRS LAS 1.0 to 1.4, COPC 1.0; laspy and lazrs read them (extra ``points``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.extras import require
from twin.io import las_header, limits
from twin.io.copc_tree import nodes_of
from twin.io.loaded import Declared, Loaded, Request
from twin.io.vertical import feet_problem, name_of, plane_unit
from twin.model.table import PointCloud
from twin.problems import Problem, Severity

CLASSES = {
    0: "never classified", 1: "unclassified", 2: "ground", 3: "low vegetation", 4: "medium vegetation",
    5: "high vegetation", 6: "building", 7: "noise", 8: "key point", 9: "water", 10: "rail", 11: "road",
    12: "overlap", 13: "wire", 14: "wire", 15: "pylon", 16: "wire", 17: "bridge", 18: "noise",
    64: "lasting structure", 65: "noise", 66: "virtual point", 67: "other structure",
}  # fmt: skip
"""Names of the standard classes, and of those of IGN's LiDAR HD from 64 on."""

_CHUNK = 500_000
_KEPT = ("intensity", "return_number", "gps_time")


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a point cloud."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a cloud. Options: ``points``, how many at most; ``example``, when the rest is shown otherwise."""
    laspy = require("points", "laspy")
    path = Path(request.opened)
    las_header.check(path, request.where)
    try:
        with laspy.open(path) as reader:
            header = reader.header
            there = check_promise(header, path, request)
            declared = crs_of(header, request)
            columns = _columns(reader, path, request, there)
    except ReadError:
        raise
    except (OSError, RuntimeError, ValueError, KeyError, IndexError, OverflowError) as error:
        raise ReadError("io.damaged", request.where, reason=said_of(error)) from error
    except BaseException as error:  # the decoder in Rust panics through this
        if type(error).__name__ != "PanicException":
            raise
        raise ReadError("io.damaged", request.where, reason=said_of(error)) from error
    return _loaded(columns, header, declared, request)


def is_copc(path: Path) -> bool:
    """Whether a file can be read node by node, by its first record."""
    try:
        with path.open("rb") as file:
            head = file.read(381)
    except OSError:
        return False
    return head[:4] == b"LASF" and head[377:381] == b"copc"


def said_of(error: BaseException) -> str:
    """Return what a library says of a damaged file."""
    return f"{type(error).__name__}: {error}"[:160]


def check_promise(header: Any, path: Path, request: Request) -> int:
    """Return how many points are there. Raises ReadError for promises that cannot be kept."""
    count = int(header.point_count)
    packed = bool(header.are_points_compressed)
    size = path.stat().st_size
    record = int(header.point_format.size)
    if not packed and int(header.offset_to_point_data) + count * record > size:
        there = max(size - int(header.offset_to_point_data), 0) // max(record, 1)
        values = {"promised": count, "count": there}
        if not there:
            raise ReadError("io.damaged", request.where, reason=f"0 / {count} points")
        request.progress.report(Problem("io.fewer_features", request.where, values))
        return there
    if packed and count > max(size, 1000) * 8:
        raise ReadError("io.damaged", request.where, reason=f"{count} points in {size} bytes")
    numbers = [*header.scales, *header.offsets]
    if not np.isfinite(np.array(numbers, float)).all() or not all(header.scales):
        raise ReadError("io.damaged", request.where, reason="scale, offset")
    return count


def crs_of(header: Any, request: Request) -> Declared:
    """Return the CRS that a header names."""
    try:
        crs = header.parse_crs(prefer_wkt=True)
    except Exception as error:  # noqa: BLE001 - whatever a bad key leads pyproj to
        values = {"crs": f"{type(error).__name__}"}
        request.progress.report(Problem("io.crs_unknown", request.where, values))
        return Declared(metric=True)
    return Declared(text="" if crs is None else name_of(crs), metric=True)


def _columns(reader: Any, path: Path, request: Request, total: int) -> dict[str, NDArray[Any]]:
    """Return x, y, z and what else is kept, of an even part of the points."""
    budget = int(request.options.get("points", limits.CLOUD_POINTS))
    budget = max(1, min(budget, limits.CLOUD_POINTS_MOST))
    if request.inspecting:
        budget = min(budget, limits.INSPECT_POINTS)
    if total > budget and is_copc(path):
        return _of_copc(path, budget, request.where)
    step = max(1, -(-total // budget))
    parts = []
    for number, chunk in enumerate(_chunks(reader, request, total)):
        first = -(number * _CHUNK) % step
        parts.append({name: values[first::step] for name, values in numbers_of(chunk).items()})
        if request.inspecting and number * _CHUNK > 8 * limits.INSPECT_POINTS:
            break
    if not parts:
        return {name: np.empty(0) for name in ("x", "y", "z")}
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _chunks(reader: Any, request: Request, total: int) -> Iterator[Any]:
    done = 0
    try:
        while done < total:
            request.progress.check_cancelled()
            request.progress.progress(done, total, "points")
            chunk = reader.read_points(min(_CHUNK, total - done))
            if not len(chunk):
                return
            done += len(chunk)
            yield chunk
    except (RuntimeError, ValueError, OSError, EOFError):
        if not done:
            raise
        values = {"promised": total, "count": done}
        request.progress.report(Problem("io.fewer_features", request.where, values))


def _of_copc(path: Path, budget: int, where: str) -> dict[str, NDArray[Any]]:
    """The coarse levels of the octree are an even part of the whole: as many as the budget holds."""
    laspy = require("points", "laspy")
    with laspy.CopcReader.open(path) as reader:
        nodes = nodes_of(reader, where)
        level = np.array([node.key[0] for node in nodes])
        upto = np.cumsum(np.bincount(level, weights=[node.points for node in nodes]))
        deepest = max(int(np.searchsorted(upto, budget, side="right")) - 1, 0)
        found = reader.query(level=range(deepest + 1))
        return {name: values[:budget] for name, values in numbers_of(found).items()}


def numbers_of(chunk: Any) -> dict[str, NDArray[Any]]:
    """Return x, y, z and what else is kept of points."""
    names = set(chunk.point_format.dimension_names)
    found = {axis: np.asarray(getattr(chunk, axis), np.float64) for axis in ("x", "y", "z")}
    for name in ("classification", *_KEPT, "red", "green", "blue"):
        if name in names:
            found[name] = np.asarray(chunk[name])
    return found


def _loaded(
    columns: dict[str, NDArray[Any]], header: Any, declared: Declared, request: Request
) -> Loaded:
    xyz = np.column_stack([columns[axis] for axis in ("x", "y", "z")])
    in_metres(xyz, declared, request)
    _report_thinned(int(header.point_count), len(xyz), request)
    code = columns.get("classification", np.zeros(len(xyz), np.uint8)).astype(np.int64)
    distinct, row = np.unique(code, return_inverse=True)
    counts = np.bincount(row.reshape(-1), minlength=len(distinct)) if len(distinct) else distinct
    order = np.random.default_rng(1).permutation(len(xyz))
    rgba = _rgba(columns)
    points = PointCloud(
        xyz_in_crs=_with_corners(xyz, header) if request.inspecting else xyz[order],
        row_of_point=row.reshape(-1)[order].astype(np.int32),
        rgba_of_point=None if rgba is None else rgba[order],
        columns={name: columns[name][order] for name in _KEPT if name in columns},
        total=int(header.point_count),
    )
    classes = {
        "classification": distinct,
        "class_name": np.array([class_name(int(c)) for c in distinct], dtype=object),
        "points": counts.astype(np.int64),
    }
    counted = {str(c): int(n) for c, n in zip(distinct, counts, strict=True)}
    return Loaded(
        name=layer_names(request)[0],
        count=len(distinct),
        crs=declared,
        columns=classes,
        row_names=np.array([str(number) for number in distinct], dtype=object),
        points=points,
        kind="cloud",
        details=_details(header, request) | {"classes": counted, "colours": rgba is not None},
    )


def _report_thinned(total: int, shown: int, request: Request) -> None:
    if total > shown and not request.inspecting and not request.options.get("example"):
        values = {"count": total, "shown": shown}
        problem = Problem("io.points_thinned", request.where, values, Severity.INFO)
        request.progress.report(problem)


def _details(header: Any, request: Request) -> dict[str, Any]:
    return {
        "version": str(header.version),
        "point_format": int(header.point_format.id),
        "compressed": bool(header.are_points_compressed),
        "copc": is_copc(Path(request.opened)),
        "dimensions": [str(name) for name in header.point_format.dimension_names],
    }


def class_name(code: int) -> str:
    """Return the name of a class, ``"class 40"`` for one of a producer's own."""
    return CLASSES.get(code, f"class {code}")


def _with_corners(xyz: NDArray[np.float64], header: Any) -> NDArray[np.float64]:
    """An inspection looks at a part of the points; the header knows the extent of all."""
    corners = np.array([header.mins, header.maxs], np.float64)
    whole = len(xyz) >= int(header.point_count)
    if whole or not np.isfinite(corners).all() or (corners[0] > corners[1]).any():
        return xyz
    return np.vstack([xyz, corners])


def in_metres(xyz: NDArray[np.float64], declared: Declared, request: Request) -> None:
    """Where positions are in feet and nothing is said of heights, these are in feet as well: to metres, in place."""
    if not declared.text:
        return
    factor, unit = plane_unit(declared.text)
    if abs(factor - 1.0) > 1e-9:
        xyz[:, 2] *= factor
        request.progress.report(feet_problem(request.where, unit))


def _rgba(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.uint8] | None:
    """Return the colours of points, None where they have none."""
    if (
        "red" not in columns
        or not columns["red"].any() + columns["green"].any() + columns["blue"].any()
    ):
        return None
    return colours_of(columns)


def colours_of(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.uint8]:
    """Return (n, 4) 16-bit colours as 8-bit ones; some writers fill only the lower byte."""
    rgb = np.column_stack([columns[name] for name in ("red", "green", "blue")])
    if int(rgb.max(initial=0)) > 255:
        rgb = rgb >> 8
    return np.column_stack([rgb, np.full(len(rgb), 255)]).astype(np.uint8)
