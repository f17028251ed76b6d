"""Buildings that come as surfaces in a vector file: MultiPatch shapefiles, TIN and MultiPolygon Z with walls.

Seen from above a wall has no area: such geometry would be "repaired" to nothing. It becomes a mesh instead, and the
rows keep their footprint.
"""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import CrsError
from twin.io.loaded import Loaded, Request
from twin.io.surfaces import SurfaceList, triangulate
from twin.model.geoframe import parse_crs
from twin.model.table import FeatureMesh
from twin.problems import Problem, Severity

_SAMPLE = 500
_STEEP = 0.2
"""Cosine to the vertical below which a surface is a wall."""
DEGREE_M = 111_320.0
PLAIN = np.ones(3)
SURFACE_NAMES = ("", "GroundSurface", "WallSurface", "RoofSurface")


def stand_up(loaded: Loaded, request: Request) -> None:
    """Turn the polygons of a layer into a mesh, in place, where most of its rows have walls."""
    if loaded.geometry is None:
        return
    rows = np.flatnonzero(_areal(loaded.geometry))
    metres = _metres(loaded.geometry, rows, request.crs or loaded.crs.text)
    if not has_walls(loaded.geometry, metres):
        return
    standing = shapely.transform(loaded.geometry[rows], lambda xyz: xyz * metres, include_z=True)
    parts, part_row = shapely.get_parts(standing, return_index=True)
    surfaces, xyz = _surfaces(np.asarray(parts))
    if request.inspecting:
        mesh = _mesh(xyz, np.empty((0, 3), np.int64), np.empty(0, np.int64))
    else:
        found = triangulate(surfaces, xyz, request.progress)
        if found.fanned:
            values = {"count": found.fanned}
            problem = Problem("io.surfaces_fanned", request.where, values, Severity.INFO)
            request.progress.report(problem)
        mesh = _mesh(xyz, found.triangles, rows[part_row][found.surface_of_triangle])
        loaded.geometry = loaded.geometry.copy()
        loaded.geometry[rows] = shapely.transform(_footprints(standing), lambda xy: xy / metres[:2])
    loaded.mesh = replace(mesh, xyz_in_crs=mesh.xyz_in_crs / metres)
    loaded.kind = "mesh"


def _metres(geometry: NDArray[Any], rows: NDArray[np.intp], crs: str) -> NDArray[np.float64]:
    """Return (3,) metres of a unit of each axis: what stands cannot be told while two axes are degrees."""
    try:
        degrees = bool(len(rows) and crs) and parse_crs(crs).is_geographic
    except CrsError:
        degrees = False
    if not degrees:
        return PLAIN
    latitude = float(np.nanmean(shapely.get_coordinates(geometry[rows[:1]])[:, 1]))
    east = np.cos(np.radians(np.clip(latitude, -89.0, 89.0)))
    return np.array([DEGREE_M * east, DEGREE_M, 1.0])


def _areal(geometry: NDArray[Any]) -> NDArray[np.bool_]:
    types = shapely.get_type_id(geometry)
    areal = np.isin(types, [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON])
    return np.asarray(areal & np.asarray(shapely.has_z(geometry)))


def has_walls(geometry: NDArray[Any], metres: NDArray[np.float64] = PLAIN) -> bool:
    """Whether half of a sample of the rows have a surface that stands; ``metres`` has each axis."""
    rows = np.flatnonzero(_areal(geometry))
    if not len(rows):
        return False
    rows = rows[:: max(1, len(rows) // _SAMPLE)]
    parts, part_row = shapely.get_parts(geometry[rows], return_index=True)
    normal = _normals(np.asarray(parts)) * metres[[1, 2, 0]] * metres[[2, 0, 1]]
    length = np.linalg.norm(normal, axis=1)
    steep = (length > 1e-9) & (np.abs(normal[:, 2]) < _STEEP * length)
    return len(np.unique(part_row[steep])) > len(rows) / 2


def _normals(polygons: NDArray[Any]) -> NDArray[np.float64]:
    """Return Newell's normal of the outer ring of each polygon, (k, 3)."""
    rings = shapely.get_exterior_ring(polygons)
    xyz, ring = shapely.get_coordinates(rings, include_z=True, return_index=True)
    xyz = np.nan_to_num(xyz)
    same = ring[1:] == ring[:-1]
    first = xyz[np.searchsorted(ring, ring)]
    turn = np.cross(xyz[:-1] - first[:-1], xyz[1:] - first[1:])[same]
    normal = np.zeros((len(polygons), 3))
    np.add.at(normal, ring[1:][same], turn)
    return normal


def _surfaces(polygons: NDArray[Any]) -> tuple[SurfaceList, NDArray[np.float64]]:
    rings, polygon_of_ring = shapely.get_rings(polygons, return_index=True)
    xyz, ring = shapely.get_coordinates(rings, include_z=True, return_index=True)
    sizes = np.bincount(ring, minlength=len(rings))
    last = np.cumsum(sizes) - 1
    open_ = np.ones(len(xyz), bool)
    open_[last] = False  # rings repeat their first corner
    surfaces = SurfaceList(
        corners=_array(np.flatnonzero(open_)),
        ring_sizes=_array(sizes - 1),
        rings_of_surface=_array(np.bincount(polygon_of_ring, minlength=len(polygons))),
    )
    return surfaces, xyz


def _array(values: NDArray[Any]) -> array[int]:
    return array("q", values.astype(np.int64).tobytes())


def _mesh(
    xyz: NDArray[np.float64], triangles: NDArray[np.int64], row: NDArray[np.int64]
) -> FeatureMesh:
    used, inverse = np.unique(triangles, return_inverse=True)
    corners = xyz[used] if len(triangles) else xyz
    small = inverse.reshape(-1, 3).astype(np.int32)
    return FeatureMesh(
        xyz_in_crs=corners,
        triangles=small,
        row_of_triangle=row.astype(np.int32),
        surface_of_triangle=_kinds(corners, small, row),
        surface_names=SURFACE_NAMES,
    )


def _kinds(
    xyz: NDArray[np.float64], triangles: NDArray[np.int32], row: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Walls stand; of the rest, what lies at the foot of its row is ground, the others roof."""
    if not len(triangles):
        return np.empty(0, np.uint8)
    a, b, c = (xyz[triangles[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    steep = np.abs(normal[:, 2]) < _STEEP * np.linalg.norm(normal, axis=1)
    z = np.maximum(np.maximum(a[:, 2], b[:, 2]), c[:, 2])
    foot = np.full(int(row.max()) + 1, np.inf)
    np.minimum.at(foot, row, xyz[triangles][:, :, 2].min(axis=1))
    ground = z < foot[row] + 0.1
    return np.where(steep, 2, np.where(ground, 1, 3)).astype(np.uint8)


def _footprints(surfaces: NDArray[Any]) -> NDArray[Any]:
    """Return what rows of surfaces cover, None where that is nothing."""
    flat = np.full(len(surfaces), None, dtype=object)
    for row, shape in enumerate(surfaces):
        parts = shapely.force_2d(shapely.get_parts(shape))
        parts = parts[np.asarray(shapely.is_valid(parts)) & (shapely.area(parts) > 1e-6)]
        flat[row] = shapely.union_all(parts) if len(parts) else None
    return flat
