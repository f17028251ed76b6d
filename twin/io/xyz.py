"""Lines of x, y and z: a grid where they stand in rows and columns (``.xyz`` of survey offices), else a cloud."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.delimited import encoding_of
from twin.io.geotiff import LOWEST_HEIGHT_M
from twin.io.loaded import Declared, Loaded, Request
from twin.model.table import PointCloud, Raster
from twin.problems import Problem

Float64 = NDArray[np.float64]

_CHUNK_ROWS = 1_000_000
_ROWS_A_BYTE = 1 / 6
"""No line of three numbers is shorter than ``0 0 0`` and its end."""
_NUMBER = re.compile(r"^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?$")
_COLOURS = {6: slice(3, 6), 7: slice(4, 7)}
"""Where red, green and blue stand by the count of columns; of seven the fourth is an intensity."""
_EVEN = 1e-3
"""Share of a cell that a line of a grid may stand beside its place."""


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a file of coordinates."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a file of coordinates. Option: ``points``, how many a cloud keeps at most."""
    columns = _columns(request)
    if columns.shape[0] < 3 or not columns.shape[1]:
        raise ReadError("io.no_features", request.where)
    grid = _grid(columns[:3])
    if grid is not None:
        details = {
            "width": grid.values.shape[1],
            "height": grid.values.shape[0],
            "positioned": True,
        }
        return Loaded(
            name=request.stem,
            count=0,
            crs=Declared(),
            raster=grid,
            kind="raster",
            details={**details, "cell": [grid.dx, grid.dy], "bands": 1, "dtype": "float32"},
        )
    return _cloud(columns, request)


def _columns(request: Request) -> Float64:
    """Return (columns, rows) of numbers; lines that are none are left out and counted."""
    import pandas as pd

    path = Path(request.opened)
    encoding = encoding_of(path)
    separator, decimal, skipped = _manner(path, encoding)
    if path.stat().st_size * _ROWS_A_BYTE > limits.CLOUD_POINTS_MOST * 20:
        raise ReadError("io.too_many_features", request.where, limit=limits.FEATURES)
    parts, lines = [], 0
    with path.open("r", encoding=encoding, errors="replace") as file:
        chunks = pd.read_csv(
            file,
            sep=separator,
            decimal=decimal,
            header=None,
            skiprows=skipped,
            comment="#",
            chunksize=_CHUNK_ROWS,
            on_bad_lines="skip",
        )
        for chunk in chunks:
            request.progress.check_cancelled()
            request.progress.progress(lines, None, "points")
            numbers = chunk.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)[:, :7]
            good = np.isfinite(numbers[:, :3]).all(axis=1)
            lines += len(numbers)
            parts.append(numbers[good])
    found = np.concatenate(parts).T if parts else np.empty((0, 0))
    if found.shape[1] < lines:
        values = {"promised": lines, "count": found.shape[1]}
        request.progress.report(Problem("io.fewer_features", request.where, values))
    return found


def _manner(path: Path, encoding: str) -> tuple[str, str, int]:
    """Return the separator, the decimal sign, and how many lines stand before the numbers."""
    with path.open("r", encoding=encoding, errors="replace") as file:
        head = [file.readline(limits.MEGABYTE) for _ in range(10)]
    skipped = next((k for k, line in enumerate(head) if len(numbers_of(line)) > 2), 0)
    line = head[skipped]
    for mark, separator in ((";", ";"), (None, r"\s+")):
        parts = [part.strip() for part in line.strip().split(mark)]
        if len(parts) > 2 and all(_NUMBER.match(part) for part in parts if part):
            return separator, "," if "," in line else ".", skipped
    return ",", ".", skipped


def numbers_of(line: str) -> Sequence[str]:
    """Return the numbers of a line, none where anything else stands in it."""
    text = line.strip()
    for separator in (";", None, ","):
        parts = [part.strip() for part in text.split(separator) if part.strip()]
        if len(parts) > 2:
            return parts if all(_NUMBER.match(part) for part in parts) else ()
    return ()


def _grid(xyz: Float64) -> Raster | None:
    """Return the raster whose cells the points are the middles of, None where they make no grid."""
    x, y = _places(xyz[0]), _places(xyz[1])
    if x is None or y is None or x[2] * y[2] > min(4 * xyz.shape[1], limits.RASTER_CELLS):
        return None
    (x_first, dx, width), (y_first, dy, height) = x, y
    column = np.rint((xyz[0] - x_first) / dx).astype(np.intp)
    row = height - 1 - np.rint((xyz[1] - y_first) / dy).astype(np.intp)
    values = np.full((height, width), np.nan, np.float32)
    values[row, column] = np.where(xyz[2] > LOWEST_HEIGHT_M, xyz[2], np.nan)
    y_max = y_first + (height - 0.5) * dy
    return Raster(values=values, x_min=x_first - dx / 2, y_max=y_max, dx=dx, dy=dy, crs="")


def _places(values: Float64) -> tuple[float, float, int] | None:
    """Return the first place, the step and the count of places that stand evenly, else None."""
    places = np.unique(values)
    if len(places) < 2:
        return None
    gaps = np.diff(places)
    step = float(np.median(gaps[gaps < 2 * gaps.min()]))
    count = (places - places[0]) / step
    if (
        len(places) * 4 < count[-1]
        or np.abs(count - np.rint(count)).max() > _EVEN * count[-1] ** 0.5
    ):
        return None
    return (
        float(places[0]),
        float((places[-1] - places[0]) / np.rint(count[-1])),
        int(np.rint(count[-1])) + 1,
    )


def _cloud(columns: Float64, request: Request) -> Loaded:
    total = columns.shape[1]
    budget = int(request.options.get("points", limits.CLOUD_POINTS))
    step = max(1, -(-total // max(1, min(budget, limits.CLOUD_POINTS_MOST))))
    order = np.random.default_rng(1).permutation(np.arange(0, total, step))
    kept = columns[:, order]
    colours = kept[_COLOURS[len(kept)]] if len(kept) in _COLOURS else np.empty((0, 0))
    rgba: Any = None
    if colours.size and colours.min() >= 0 and colours.max() <= 255:
        rgba = np.column_stack([*colours, np.full(len(order), 255)]).astype(np.uint8)
    points = PointCloud(
        xyz_in_crs=np.ascontiguousarray(kept[:3].T),
        row_of_point=np.zeros(len(order), np.int32),
        rgba_of_point=rgba,
        columns={},
        total=total,
    )
    return Loaded(
        name=request.stem,
        count=1,
        crs=Declared(metric=True),
        columns={"points": np.array([total], np.int64)},
        row_names=np.array(["0"], dtype=object),
        points=points,
        kind="cloud",
        details={"colours": rgba is not None},
    )
