"""Tables written back to files that others can open."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io.columns import cell
from twin.io.crs import LONLAT
from twin.io.gdal import use_pyogrio
from twin.io.standing import has_walls
from twin.io.write_solids import with_solids
from twin.model.geoframe import transformer
from twin.model.table import FeatureTable

if TYPE_CHECKING:
    import geopandas as gpd
    from pyproj import Transformer

WRITTEN = (
    ".csv", ".gpkg", ".geojson", ".fgb", ".parquet", ".shp", ".city.json", ".city.jsonl", ".glb", ".gltf", ".obj",
)  # fmt: skip

_MODELS = {".city.json", ".json", ".city.jsonl", ".jsonl", ".glb", ".gltf", ".obj"}
_SURFACES_ONLY = {".glb", ".gltf", ".obj"}


def write_table(table: FeatureTable, path: Path) -> FeatureTable:
    """Write a table; its suffix says how: one of ``WRITTEN``. Return what was written.

    The file appears whole or not at all. GeoJSON is written in longitude and latitude (RFC 7946), the
    others in the CRS of the table; CSV has the geometry as WKT. Rows with a mesh and no geometry are written
    to vector formats with the mesh as MultiPolygon Z; to models rows with polygons and no mesh as blocks of their
    height.

    Raises
    ------
    ReadError
        Another suffix, a model without any surface, or the place cannot be written.
    """
    path = Path(path)
    writers: dict[str, Callable[[gpd.GeoDataFrame, Path, str], None]] = {
        ".csv": _csv,
        ".gpkg": _gdal("GPKG"),
        ".geojson": _geojson,
        ".fgb": _flatgeobuf,
        ".parquet": _parquet,
        ".shp": _shapefile,
    }
    model = is_model(path)
    writer = writers.get(path.suffix.lower())
    if writer is None and not model:
        raise ReadError("io.write_format", path.name, suffixes=" ".join(WRITTEN))
    table = with_solids(table) if model else table
    if suffix_of(path) in _SURFACES_ONLY and (table.mesh is None or not len(table.mesh.triangles)):
        raise ReadError("io.write_no_surfaces", path.name, rows=len(table))
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".belvedere-") as folder:
            made = Path(folder) / path.name
            if model:
                _write_model(table, made)
            elif writer is not None:
                writer(_with_mesh(table), made, table.crs)
            others = [file for file in Path(folder).iterdir() if file != made]
            for file in [*others, made]:  # what belongs to it first: whole or not at all
                os.replace(file, path.parent / file.name)  # noqa: PTH105 - Path.replace says less about failing
    except OSError as error:
        raise ReadError("io.cannot_write", str(path), reason=str(error)[:200]) from error
    return table


def is_model(path: Path) -> bool:
    """Whether a suffix is that of a 3D model, whose coordinates are metres in all directions."""
    return suffix_of(path) in _MODELS


def suffix_of(path: Path) -> str:
    """Return the suffix that says the format: ``.city.json`` in two parts."""
    name = path.name.lower()
    return next((suffix for suffix in WRITTEN if name.endswith(suffix)), path.suffix.lower())


def _write_model(table: FeatureTable, path: Path) -> None:
    from twin.io import write_cityjson, write_models, write_obj

    suffix = suffix_of(path)
    writers: dict[str, Callable[[FeatureTable, Path], None]] = {
        ".glb": write_models.write_glb,
        ".gltf": write_models.write_gltf,
        ".obj": write_obj.write_obj,
        ".city.jsonl": write_cityjson.write_sequence,
        ".jsonl": write_cityjson.write_sequence,
    }
    writers.get(suffix, write_cityjson.write_cityjson)(table, path)


def _shapefile(frame: gpd.GeoDataFrame, path: Path, crs: str) -> None:
    """Names have ten letters there, and a file one kind of geometry: the names are told apart."""
    short: dict[str, str] = {}
    taken: set[str] = set()
    for name in frame.columns:
        if name == frame.geometry.name:
            continue
        plain = str(name)[:10]
        number = 1
        while plain.lower() in taken:
            number += 1
            plain = f"{str(name)[: 9 - len(str(number))]}_{number}"
        taken.add(plain.lower())
        short[str(name)] = plain
    walls = has_walls(np.asarray(frame.geometry.to_numpy(), dtype=object))
    options = {"SHPT": "MULTIPATCH"} if walls else {}  # a polygon there lies, and cannot stand
    _gdal("ESRI Shapefile", **options)(frame.rename(columns=short), path, crs)


def _flatgeobuf(frame: gpd.GeoDataFrame, path: Path, crs: str) -> None:
    """All or none have heights there, and rows without geometry cannot be found by place."""
    geometry = np.asarray(frame.geometry.to_numpy(), dtype=object)
    tall = shapely.has_z(geometry)
    flat = ~tall & ~shapely.is_missing(geometry)
    if tall.any() and flat.any():
        geometry = geometry.copy()
        geometry[flat] = shapely.transform(
            shapely.force_3d(geometry[flat]), _without_height, include_z=True
        )
        frame = frame.set_geometry(geometry, crs=frame.crs)
    index = "NO" if shapely.is_missing(geometry).any() else "YES"
    _gdal("FlatGeobuf", SPATIAL_INDEX=index)(frame, path, crs)


def _without_height(xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([xyz[:, :2], np.full(len(xyz), np.nan)])


def _with_mesh(table: FeatureTable) -> gpd.GeoDataFrame:
    """Return the frame with the meshes as geometries where rows have no other."""
    frame = table.frame
    if table.mesh is None or not len(table.mesh.triangles):
        return frame
    corners = table.mesh.xyz_in_crs[table.mesh.triangles]
    order = np.argsort(table.mesh.row_of_triangle, kind="stable")
    rows = table.mesh.row_of_triangle[order]
    rings = np.concatenate([corners, corners[:, :1]], axis=1)[order]
    pieces = np.asarray(shapely.polygons(rings), dtype=object)
    geometry = frame.geometry.to_numpy().copy()
    made = np.full(len(frame), None, dtype=object)
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    made[rows[first]] = [shapely.MultiPolygon(list(part)) for part in np.split(pieces, first[1:])]
    empty = np.asarray(shapely.is_missing(np.asarray(geometry, dtype=object)))
    return frame.set_geometry(
        np.where(empty, made, np.asarray(geometry, dtype=object)), crs=frame.crs
    )


def _plain(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame with cells that every format can hold."""
    changed = frame.copy()
    for name in changed.columns:
        if name != changed.geometry.name and changed[name].dtype == object:
            changed[name] = _same_kind([cell(value) for value in changed[name]])
    return changed


def _same_kind(values: list[Any]) -> list[Any]:
    """A column has one type on disk: mixed ones become texts."""
    kinds = {type(value) for value in values if value is not None and value == value}  # noqa: PLR0124
    if len(kinds) <= 1:
        return values
    return [None if value is None or value != value else str(value) for value in values]  # noqa: PLR0124


def _gdal(driver: str, **options: str) -> Callable[[gpd.GeoDataFrame, Path, str], None]:
    def write(frame: gpd.GeoDataFrame, path: Path, crs: str) -> None:
        del crs
        use_pyogrio()
        import pyogrio

        plain = _plain(frame)
        if driver == "GPKG" and "fid" in plain.columns:
            plain = plain.rename(columns={"fid": "fid_"})
        try:
            pyogrio.write_dataframe(plain, path, driver=driver, layer=path.stem, **options)
        except (RuntimeError, ValueError) as error:
            raise OSError(str(error)) from error

    return write


def _geojson(frame: gpd.GeoDataFrame, path: Path, crs: str) -> None:
    """Only positions move: heights stay those above the sea, and walls must not be "repaired" away."""
    if crs:
        geometry = np.asarray(frame.geometry.to_numpy(), dtype=object).copy()
        to_degrees = transformer(crs, LONLAT)
        for tall in (False, True):
            chosen = np.asarray(shapely.has_z(geometry)) == tall
            geometry[chosen] = shapely.transform(
                geometry[chosen], lambda xyz: _moved(xyz, to_degrees), include_z=tall
            )
        frame = frame.set_geometry(geometry, crs=LONLAT)
    _gdal("GeoJSON")(frame, path, LONLAT)


def _moved(xyz: NDArray[np.float64], way: Transformer) -> NDArray[np.float64]:
    return np.column_stack([*way.transform(xyz[:, 0], xyz[:, 1]), xyz[:, 2:]])


def _parquet(frame: gpd.GeoDataFrame, path: Path, crs: str) -> None:
    del crs
    _plain(frame).to_parquet(path, index=False)


def _csv(frame: gpd.GeoDataFrame, path: Path, crs: str) -> None:
    del crs
    geometry = np.asarray(frame.geometry.to_numpy(), dtype=object)
    plain = _plain(frame).drop(columns=frame.geometry.name)
    if not np.asarray(shapely.is_missing(geometry)).all():
        plain["wkt"] = shapely.to_wkt(geometry, rounding_precision=6)
    with contextlib.closing(path.open("w", encoding="utf-8-sig", newline="")) as file:
        plain.to_csv(file, index=False)
