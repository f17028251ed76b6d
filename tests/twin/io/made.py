"""Small files made for the tests: a few buildings near Paris in Lambert-93, and how to spoil them."""

from __future__ import annotations

import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
import shapely
from rasterio.transform import Affine

from twin.problems import Problem, Severity
from twin.progress import Unattended

X, Y = 646_000.0, 6_858_000.0
"""A corner in the town, EPSG:2154."""
LON, LAT = 2.2640, 48.8207


def square(dx: float = 0.0, dy: float = 0.0, side: float = 10.0, z: float | None = None) -> Any:
    ring = [
        (X + dx, Y + dy),
        (X + dx + side, Y + dy),
        (X + dx + side, Y + dy + side),
        (X + dx, Y + dy + side),
    ]
    return shapely.Polygon(ring if z is None else [(x, y, z) for x, y in ring])


def buildings(count: int = 4, *, crs: str | None = "EPSG:2154", **columns: Any) -> gpd.GeoDataFrame:
    data: dict[str, Any] = {"cleabs": [f"B{i}" for i in range(count)], **columns}
    return gpd.GeoDataFrame(data, geometry=[square(dx=20.0 * i) for i in range(count)], crs=crs)


def write(frame: gpd.GeoDataFrame, path: Path, **options: Any) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # files without a CRS are made on purpose
        pyogrio.write_dataframe(frame, path, **options)
    return path


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def feature(geometry: Any, /, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Any, **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", **members, "features": list(features)}


def point(x: float = LON, y: float = LAT, *z: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [x, y, *z]}


def raster(
    path: Path, values: np.ndarray, *, cell: float = 5.0, crs: str | None = "EPSG:2154", **more: Any
) -> Path:
    bands = values if values.ndim == 3 else values[None]
    profile = {
        "driver": "GTiff",
        "width": bands.shape[2],
        "height": bands.shape[1],
        "count": bands.shape[0],
        "dtype": bands.dtype,
        "transform": Affine(cell, 0, X, 0, -cell, Y),
        **more,
    }
    with rasterio.open(path, "w", crs=crs, **profile) as file:
        file.write(bands)
    return path


def cube(**more: Any) -> dict[str, Any]:
    """A CityJSON document with a cube of 10 m: floor, four walls, roof."""
    faces = [[0, 3, 2, 1], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7], [4, 5, 6, 7]]
    kinds = ["GroundSurface", "WallSurface", "RoofSurface"]
    solid = {
        "type": "Solid",
        "lod": "2.2",
        "boundaries": [[[face] for face in faces]],
        "semantics": {
            "surfaces": [{"type": kind} for kind in kinds],
            "values": [[0, 1, 1, 1, 1, 2]],
        },
    }
    corners = [[0, 0], [10, 0], [10, 10], [0, 10]]
    vertices = [[1000 * x, 1000 * y, 1000 * z] for z in (35, 45) for x, y in corners]
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [0.001] * 3, "translate": [X, Y, 0.0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/5698"},
        "CityObjects": {
            "b1": {"type": "Building", "attributes": {"hauteur": 10.0}, "geometry": [solid]}
        },
        "vertices": vertices,
        **more,
    }


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def keys(problems: Any) -> set[str]:
    """The keys of problems, of an inspection, of a progress or of a list."""
    return {problem.key for problem in getattr(problems, "problems", problems)}


def one(problems: Any, key: str) -> Problem:
    found = [problem for problem in getattr(problems, "problems", problems) if problem.key == key]
    assert len(found) == 1, f"{key}: {found}"
    return found[0]


def counted(problems: Any, key: str) -> object:
    """The count that the one problem of a key gives."""
    return dict(one(problems, key).values)["count"]


def errors(problems: Any) -> set[str]:
    return {p.key for p in getattr(problems, "problems", problems) if p.severity is Severity.ERROR}


class Watcher(Unattended):
    """Keeps the problems and how far the reader said it was."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[tuple[float, float | None]] = []

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        self.steps.append((done, total))
