"""Surfaces for tables that have footprints only: blocks as high as the data says, and which meshes are closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.io.guess import columns_for
from twin.model.table import FeatureMesh, FeatureTable
from twin.shapes.extrude import extrude
from twin.shapes.triangulate import triangulate

_NAMES = ("", "WallSurface", "RoofSurface", "GroundSurface")
_LIKELY_M = (0.5, 1000.0)
_WORKED_OUT = "ground_m"
"""Column of the layer of buildings for the height of the ground, which tables of ours bring along."""


def with_solids(table: FeatureTable) -> FeatureTable:
    """Return the table with a mesh also of its polygons: blocks where a height is known, else the surface itself."""
    polygons, rows = _polygons(table)
    if not len(polygons):
        return table
    height, ground = _heights(table, polygons, rows)
    tall = np.isfinite(height)
    parts = [] if table.mesh is None else [table.mesh]
    if tall.any():
        parts.append(_blocks(polygons[tall], rows[tall], ground[tall], height[tall]))
    if (~tall).any():
        parts.append(_flat(polygons[~tall], rows[~tall], ground[~tall]))
    return replace(table, mesh=joined(parts))


def _polygons(table: FeatureTable) -> tuple[NDArray[Any], NDArray[np.int32]]:
    geometry = np.asarray(table.frame.geometry.to_numpy(), dtype=object)
    drawn = np.zeros(len(geometry), bool)
    if table.mesh is not None:
        drawn[table.mesh.row_of_triangle] = True
    areal = np.isin(
        shapely.get_type_id(geometry),
        [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON],
    ) & ~shapely.is_empty(geometry)
    rows = np.flatnonzero(areal & ~drawn)
    return geometry[rows], rows.astype(np.int32)


def _heights(
    table: FeatureTable, polygons: NDArray[Any], rows: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    found = columns_for(map(str, table.frame.columns))

    def column(meaning: str) -> NDArray[np.float64]:
        name = found.get(meaning)
        if name not in table.frame.columns or table.frame[name].dtype.kind not in "iuf":
            return np.full(len(rows), np.nan)
        return np.asarray(table.frame[name].to_numpy(np.float64)[rows])

    height = column("height")
    height = np.where((height >= _LIKELY_M[0]) & (height <= _LIKELY_M[1]), height, np.nan)
    own = np.array([_lowest(polygon) for polygon in polygons])
    found.setdefault("ground_z", _WORKED_OUT)
    ground = column("ground_z")
    foot = np.where(np.isfinite(ground), ground, own)
    others = float(np.nanmedian(foot)) if np.isfinite(foot).any() else 0.0
    return height, np.where(np.isfinite(foot), foot, others)


def _lowest(polygon: Any) -> float:
    if not shapely.has_z(polygon):
        return float("nan")
    z = shapely.get_coordinates(polygon, include_z=True)[:, 2]
    return float(np.nanmin(z)) if np.isfinite(z).any() else float("nan")


def _blocks(
    polygons: NDArray[Any],
    rows: NDArray[np.int32],
    ground: NDArray[np.float64],
    height: NDArray[np.float64],
) -> FeatureMesh:
    made = extrude(
        shapely.force_2d(polygons), rows, z_bottom=ground, z_top=ground + height, floor=True
    )
    kind = np.array([1, 2, 3, 0], np.uint8)[np.minimum(made.part_of_vertex, 3)]
    return FeatureMesh(
        xyz_in_crs=np.asarray(made.xyz, np.float64),
        triangles=made.triangles,
        row_of_triangle=made.row_of_vertex[made.triangles[:, 0]].astype(np.int32),
        surface_of_triangle=kind[made.triangles[:, 0]],
        surface_names=_NAMES,
        lod_of_triangle=np.full(len(made.triangles), 1.0, np.float32),
    )


def _flat(
    polygons: NDArray[Any], rows: NDArray[np.int32], ground: NDArray[np.float64]
) -> FeatureMesh:
    xy, triangles, row = triangulate(shapely.force_2d(polygons), rows)
    z = np.zeros(int(rows.max()) + 1)
    z[rows] = ground
    return FeatureMesh(
        xyz_in_crs=np.column_stack([xy, z[row]]),
        triangles=triangles.astype(np.int32),
        row_of_triangle=row[triangles[:, 0]].astype(np.int32),
        surface_of_triangle=np.zeros(len(triangles), np.uint8),
        surface_names=_NAMES,
        lod_of_triangle=np.zeros(len(triangles), np.float32),
    )


def joined(parts: list[FeatureMesh]) -> FeatureMesh:
    """Return one mesh of several; textures are left behind."""
    if len(parts) == 1:
        return parts[0]
    names = tuple(dict.fromkeys(name for part in parts for name in part.surface_names))
    first = np.cumsum([0, *(len(part.xyz_in_crs) for part in parts)])
    kinds = []
    for part in parts:
        number = np.array([names.index(name) for name in part.surface_names], np.uint8)
        kinds.append(number[part.surface_of_triangle])
    levels = [
        np.zeros(len(p.triangles), np.float32) if p.lod_of_triangle is None else p.lod_of_triangle
        for p in parts
    ]
    return FeatureMesh(
        xyz_in_crs=np.concatenate([part.xyz_in_crs for part in parts]),
        triangles=np.concatenate(
            [part.triangles + start for part, start in zip(parts, first, strict=False)]
        ).astype(np.int32),
        row_of_triangle=np.concatenate([part.row_of_triangle for part in parts]),
        surface_of_triangle=np.concatenate(kinds),
        surface_names=names,
        lod_of_triangle=np.concatenate(levels),
    )


def closed_rows(
    triangles: NDArray[np.int64], mesh: FeatureMesh | None, rows: int
) -> NDArray[np.bool_]:
    """Return (rows,) whether every edge of a row is passed once in each direction."""
    if mesh is None or not len(triangles):
        return np.zeros(rows, bool)
    row = np.repeat(mesh.row_of_triangle.astype(np.int64), 3)
    a = triangles[:, [0, 1, 2]].ravel()
    b = triangles[:, [1, 2, 0]].ravel()
    size = int(triangles.max()) + 1
    there, back = np.sort((row * size + a) * size + b), np.sort((row * size + b) * size + a)
    open_ = np.zeros(rows, bool)
    twice = there[1:][there[1:] == there[:-1]]
    alone = np.setxor1d(there, back)
    for edges in (twice, alone):
        open_[(edges // size // size).astype(np.int64)] = True
    has = np.zeros(rows, bool)
    has[mesh.row_of_triangle] = True
    levels = mesh.lod_of_triangle
    if levels is not None:  # levels of one row would be taken for one body
        low, high = np.full(rows, np.inf), np.full(rows, -np.inf)
        np.minimum.at(low, mesh.row_of_triangle, levels)
        np.maximum.at(high, mesh.row_of_triangle, levels)
        open_ |= has & (low != high)
    return np.asarray(has & ~open_)
