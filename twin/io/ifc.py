"""IFC 2x3, 4 and 4x3 by ifcopenshell, in another process: a row for each product, with storey, type and properties."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import CrsError, ReadError
from twin.extras import require
from twin.io import limits
from twin.io.columns import columns_of_rows
from twin.io.loaded import Declared, Loaded, Request
from twin.model.geoframe import parse_crs, transformer
from twin.model.table import FeatureMesh
from twin.problems import Problem, Severity

_TIME_S = 900
_POLL_S = 0.05
_ROOT = Path(__file__).resolve().parents[2]
_SEMANTICS = {
    "IfcRoof": "RoofSurface", "IfcWall": "WallSurface", "IfcWallStandardCase": "WallSurface",
    "IfcCurtainWall": "WallSurface", "IfcWindow": "Window", "IfcDoor": "Door", "IfcSlab": "OuterFloorSurface",
}  # fmt: skip
_CODE = re.compile(r"EPSG[:\s]*(\d{4,6})", re.IGNORECASE)
_NAMES = {
    "RGF93 / LAMBERT-93": "EPSG:2154", "LAMBERT-93": "EPSG:2154", "LAMBERT93": "EPSG:2154", "L93": "EPSG:2154",
    "NGF-IGN69": "EPSG:5720", "IGN69": "EPSG:5720",
}  # fmt: skip


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a model."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a model. Where nothing says where it stands, it stays in metres around its own zero."""
    require("bim", "ifcopenshell")
    answer, arrays = _read_apart(request)
    rows = answer["rows"]
    place = answer.get("place") or {"way": "none"}
    xyz, crs = _placed(arrays["xyz"], place, request)
    mesh = _mesh(xyz, arrays, rows) if len(arrays["triangles"]) else None
    if answer.get("bad_shapes"):
        values = {"count": answer["bad_shapes"]}
        request.progress.report(Problem("io.ifc_shapes", request.where, values))
    types: dict[str, int] = {}
    for row in rows:
        types[row["type"]] = types.get(row["type"], 0) + 1
    columns = columns_of_rows(rows, ("type", "name", "storey"))
    ids = columns.pop("feature_id", np.array([], dtype=object))
    return Loaded(
        name=layer_names(request)[0],
        count=len(rows),
        crs=Declared(text=crs, metric=True),
        columns=columns,
        row_names=ids.astype(object),
        mesh=mesh,
        kind="mesh",
        details={
            "schema": answer["schema"],
            "application": answer.get("application", ""),
            "storeys": answer.get("storeys", []),
            "types": dict(sorted(types.items())),
            "place": place.get("way", "none"),
            "triangles": len(arrays["triangles"]),
        },
    )


def _read_apart(request: Request) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Run the worker; it may crash, hang or eat memory without harm."""
    with tempfile.TemporaryDirectory(prefix="belvedere-ifc-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        command = [
            sys.executable,
            "-m",
            "twin.io.ifc_worker",
            str(Path(request.opened).resolve()),
            name,
        ]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
            try:
                _wait(process, folder, request)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        return _answer(process.returncode, folder, request)


def _wait(process: subprocess.Popen[bytes], folder: Path, request: Request) -> None:
    began = time.monotonic()
    while process.poll() is None:
        request.progress.check_cancelled()
        if time.monotonic() - began > _TIME_S:
            raise ReadError("io.ifc_slow", request.where, minutes=_TIME_S // 60)
        request.progress.progress(_done(folder / "log"), 100, "%")
        time.sleep(_POLL_S)


def _done(log: Path) -> int:
    size = log.stat().st_size
    with log.open("rb") as file:
        file.seek(max(size - 200, 0))
        found = re.findall(rb"progress (\d+) 100", file.read())
    return int(found[-1]) if found else 0


def _answer(
    code: int, folder: Path, request: Request
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    rows = folder / "rows.json"
    if not rows.is_file():
        tail = (folder / "log").read_bytes()[-300:].decode("utf-8", "replace").strip().splitlines()
        reason = tail[-1][:160] if tail else f"exit {code}"
        raise ReadError("io.ifc_crashed", request.where, reason=reason)
    answer = json.loads(rows.read_text(encoding="utf-8"))
    if "error" in answer:
        raise ReadError("io.ifc_refused", request.where, reason=answer["error"][:200])
    with np.load(folder / "mesh.npz", allow_pickle=False) as arrays:
        return answer, {key: arrays[key] for key in ("xyz", "triangles", "rows", "rgba")}


def _placed(
    xyz: NDArray[np.float64], place: dict[str, Any], request: Request
) -> tuple[NDArray[np.float64], str]:
    report, where = request.progress.report, request.where
    if place["way"] == "none":
        report(Problem("io.ifc_no_place", where, severity=Severity.INFO))
        return xyz, ""
    crs, east, north = _target(place, where)
    turned = xyz - np.array(place.get("origin", (0.0, 0.0, 0.0)))
    if place.get("degrees"):
        crs, east, north, angle = _plane(east, north)
        cos, sin = np.cos(angle), np.sin(angle)
        values = {"lat": round(place["north"], 5), "lon": round(place["east"], 5)}
        report(Problem("io.ifc_site_place", where, values, Severity.INFO))
    else:
        cos, sin = 1.0, 0.0
    for c, s in ((place["cos"], place["sin"]), (cos, sin)):
        turned = np.column_stack(
            [turned[:, 0] * c - turned[:, 1] * s, turned[:, 0] * s + turned[:, 1] * c, turned[:, 2]]
        )
    moved = turned * np.array(place["scale"]) + np.array([east, north, place["height"]])
    return moved, crs


def _target(place: dict[str, Any], where: str) -> tuple[str, float, float]:
    """Return the CRS by code or known name, and the point."""
    text = str(place.get("crs", "")).strip()
    code = _CODE.search(text)
    crs = f"EPSG:{code[1]}" if code else _NAMES.get(text.upper(), text)
    height = str(place.get("vertical_datum", "")).strip()
    vertical = _CODE.search(height)
    height_crs = f"EPSG:{vertical[1]}" if vertical else _NAMES.get(height.upper(), "")
    if code and height_crs.startswith("EPSG:"):
        both = f"{crs}+{height_crs.removeprefix('EPSG:')}"
        crs = both if _is_known(both) else crs
    del where
    return crs, float(place["east"]), float(place["north"])


def _is_known(crs: str) -> bool:
    try:
        parse_crs(crs)
    except CrsError:
        return False
    return True


def _plane(lon: float, lat: float) -> tuple[str, float, float, float]:
    """Return the UTM zone of a place, its coordinates there, and the angle from true to grid north."""
    zone = int((lon + 180) % 360 // 6) + 1
    crs = f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
    x, y = transformer("EPSG:4326", crs).transform([lon, lon], [lat, min(lat + 1e-4, 90.0)])
    angle = float(np.arctan2(y[1] - y[0], x[1] - x[0]) - np.pi / 2)
    return crs, float(x[0]), float(y[0]), angle


def _mesh(
    xyz: NDArray[np.float64], arrays: dict[str, NDArray[Any]], rows: list[dict[str, Any]]
) -> FeatureMesh:
    if len(xyz) > limits.VERTICES:
        raise MemoryError("too many vertices")
    names = ("", *dict.fromkeys(_SEMANTICS.values()))
    kind = np.array([names.index(_SEMANTICS.get(row["type"], "")) for row in rows], dtype=np.uint8)
    rgba = arrays["rgba"]
    return FeatureMesh(
        xyz_in_crs=xyz,
        triangles=arrays["triangles"].astype(np.int32),
        row_of_triangle=arrays["rows"].astype(np.int32),
        surface_of_triangle=kind[arrays["rows"]],
        surface_names=names,
        rgba_of_triangle=rgba if len(rgba) and rgba[:, 3].any() else None,
    )
