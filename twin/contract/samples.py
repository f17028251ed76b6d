"""Small tables of each kind of data, with the flaws that real files have."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.model.geoframe import GeoFrame
from twin.model.ground import GridGround
from twin.model.table import (
    Column,
    FeatureMesh,
    FeatureTable,
    PointCloud,
    Provenance,
    Quality,
    Raster,
)

CRS = "EPSG:2154"
CENTRE = (646_500.0, 6_858_000.0)
FRAME = GeoFrame(crs=CRS, origin=(*CENTRE, 0.0))
COUNT = 12

COLUMNS = {
    "height_m": Column(unit="m"),
    "value": Column(unit="kW"),
    "storeys": Column(unit="1"),
}


def sample(kind: str) -> FeatureTable:
    """Return a table of a kind (point, line, polygon, mesh, cloud, raster, table).

    Rows 3 and 5 have no geometry and an empty one, row 7 has no values: as in real files.
    """
    if kind == "raster":
        return _raster()
    if kind == "mesh":
        return _mesh()
    if kind == "cloud":
        return _cloud()
    return _table(_geometries(kind))


def empty_like(table: FeatureTable) -> FeatureTable:
    """Return a table with the same columns and no row."""
    return FeatureTable(
        frame=table.frame.iloc[:0].copy(), crs=table.crs, name=table.name, columns=table.columns
    )


def hills() -> GridGround:
    """Return a ground that is neither flat nor at zero, around the samples."""
    y, x = np.mgrid[0:41, 0:41] * 50.0
    z = 60.0 + 12.0 * np.sin(x / 230.0) + 8.0 * np.cos(y / 310.0)
    return GridGround(
        z_in_scene=z.astype(np.float32), x_first=-1000.0, y_first=1000.0, cell_m=50.0, cell_y_m=50.0
    )


def _table(geometries: list[Any]) -> FeatureTable:
    import geopandas as gpd

    count = len(geometries)
    value = np.linspace(2.0, 30.0, count)
    value[7 % count] = np.nan
    frame = gpd.GeoDataFrame(
        {
            "feature_id": [f"f{i}" for i in range(count)],
            "name": [f"Name {i}" if i != 7 else None for i in range(count)],
            "kind": [("house", "office", "school")[i % 3] for i in range(count)],
            "height_m": value,
            "value": value[::-1].copy(),
            "storeys": np.arange(count, dtype=np.int64),
        },
        geometry=geometries,
        crs=CRS,
    )
    return FeatureTable(
        frame=frame,
        crs=CRS,
        name="sample",
        columns=COLUMNS,
        provenance=Provenance("sample", "2026-01-01", "MIT", Quality.SYNTHETIC),
    )


def _geometries(kind: str) -> list[Any]:
    import shapely

    x0, y0 = CENTRE
    made: list[Any] = []
    for i in range(COUNT):
        x, y = x0 + 40.0 * (i % 4), y0 + 40.0 * (i // 4)
        made.append(_geometry(kind, x, y, i))
    if kind != "table":
        made[3] = None
        made[5] = shapely.from_wkt(
            {"point": "POINT", "line": "LINESTRING"}.get(kind, "POLYGON") + " EMPTY"
        )
    return made


def _geometry(kind: str, x: float, y: float, i: int) -> Any:
    import shapely

    if kind == "table":
        return None
    if kind == "point":
        return shapely.Point(x, y) if i != 6 else shapely.MultiPoint([(x, y), (x + 5, y)])
    if kind == "line":
        line = shapely.LineString([(x, y), (x + 20, y + 5), (x + 25, y + 20)])
        branch = shapely.LineString([(x, y + 3), (x + 9, y + 9)])
        return line if i != 6 else shapely.MultiLineString([line, branch])
    outer = shapely.box(x, y, x + 20 + i, y + 15)
    hole = shapely.box(x + 5, y + 4, x + 10, y + 8)
    if i == 2:
        return outer.difference(hole)
    other = shapely.box(x + 21, y, x + 25, y + 4)
    return outer if i != 6 else shapely.MultiPolygon([shapely.box(x, y, x + 18, y + 15), other])


def _raster() -> FeatureTable:
    z = hills().z_in_scene.copy()
    z[3:5, 7] = np.nan
    raster = Raster(
        values=z, x_min=CENTRE[0] - 1000, y_max=CENTRE[1] + 1000, dx=50.0, dy=50.0, crs=CRS
    )
    empty = _table([None] * 8)
    return FeatureTable(
        frame=empty.frame.iloc[:0].copy(), crs=CRS, name="sample", raster=raster, columns=COLUMNS
    )


def _cloud() -> FeatureTable:
    """Points of two classes over a hill, one of them noise."""
    import geopandas as gpd

    y, x = np.mgrid[0:20, 0:20] * 5.0
    z = 60.0 + 4.0 * np.sin(x / 20.0)
    xyz = np.column_stack([x.ravel() + CENTRE[0], y.ravel() + CENTRE[1], z.ravel()])
    frame = gpd.GeoDataFrame(
        {
            "feature_id": ["2", "7"],
            "classification": [2, 7],
            "class_name": ["ground", "noise"],
            "points": [len(xyz) - 1, 1],
        },
        geometry=[None, None],
        crs=CRS,
    )
    row = np.zeros(len(xyz), np.int32)
    row[0] = 1
    cloud = PointCloud(
        xyz_in_crs=xyz,
        row_of_point=row,
        columns={"intensity": np.arange(len(xyz), dtype=np.uint16)},
        total=len(xyz),
    )
    return FeatureTable(frame=frame, crs=CRS, name="sample", points=cloud)


def _mesh() -> FeatureTable:
    """Two cubes with wall, roof and ground surfaces, and a row without any."""
    table = _table([None] * 8)
    corners = np.array([[x, y, z] for z in (0, 9) for y in (0, 12) for x in (0, 10)], dtype=float)
    quads = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6)]
    triangles = np.array(
        [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))], dtype=np.int32
    )
    surfaces = np.repeat(np.array([1, 2, 3, 3, 3, 3], dtype=np.uint8), 2)
    offset = np.array([*CENTRE, 60.0])
    mesh = FeatureMesh(
        xyz_in_crs=np.vstack([corners + offset, corners + offset + [30.0, 0.0, 0.0]]),
        triangles=np.vstack([triangles, triangles + len(corners)]).astype(np.int32),
        row_of_triangle=np.repeat(np.array([0, 1], dtype=np.int32), len(triangles)),
        surface_of_triangle=np.tile(surfaces, 2),
        surface_names=("", "GroundSurface", "RoofSurface", "WallSurface"),
        lod_of_triangle=np.full(2 * len(triangles), 2.0, dtype=np.float32),
    )
    return FeatureTable(frame=table.frame, crs=CRS, name="sample", columns=COLUMNS, mesh=mesh)
