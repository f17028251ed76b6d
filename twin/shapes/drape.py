"""Flat geometry laid on the terrain."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from twin.model.ground import GridGround, Ground
from twin.shapes.parts import (
    Float64,
    Geometries,
    Int32,
    Part,
    Triangles,
    clean_polygons,
    explode,
    weld,
)
from twin.shapes.slicing import cut_on_lattice
from twin.shapes.terrain import surface_height
from twin.shapes.triangulate import flat_mesh

ROUND_CAP_SEGMENTS = 2
SAMPLES = np.array([
    [1, 0, 0], [0, 1, 0], [0, 0, 1],
    [0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3],
    [0.75, 0.25, 0], [0.25, 0.75, 0], [0, 0.75, 0.25], [0, 0.25, 0.75], [0.75, 0, 0.25], [0.25, 0, 0.75],
])  # fmt: skip
"""Where a triangle is compared with the ground: barycentric, its corners first."""
TOLERANCE = 0.25
"""Part of the lift by which draped surfaces may differ from being parallel to the ground."""
LEAST_TOLERANCE_M = 0.01
DEFAULT_STEP_M = 10.0


def drape_polygons(
    polygons: ArrayLike, rows: ArrayLike, *, ground: Ground, lift_m: float = 0.05
) -> Triangles:
    """Lay polygons on the ground, split along its grid where it bends, so that they lie parallel to it.

    Parameters
    ----------
    polygons : (k,) object array of Polygon or MultiPolygon
        In scene metres.
    rows : (k,) int
        Row of the feature table of each.
    ground : Ground
    lift_m : float
        Height above the ground.

    Returns
    -------
    Triangles
        Facing up; part GROUND.
    """
    clean = clean_polygons(polygons)
    mesh = flat_mesh(clean.geometry, clean.rings)
    row = np.asarray(rows, np.int32)[clean.origin][mesh.polygon_of_vertex]
    vertices, triangles = np.column_stack([mesh.xy, row]), mesh.triangles
    if isinstance(ground, GridGround):
        tolerance_m = max(TOLERANCE * abs(lift_m), LEAST_TOLERANCE_M)
        vertices, triangles = _cut_on_grid(vertices, triangles, ground, tolerance_m)
    xy = np.ascontiguousarray(vertices[:, :2])
    return Triangles(
        xyz=np.column_stack([xy, surface_height(ground, xy) + lift_m]),
        triangles=triangles.astype(np.int32),
        row_of_vertex=np.rint(vertices[:, 2]).astype(np.int32),
        part_of_vertex=np.full(len(xy), Part.GROUND, np.uint8),
        dropped=clean.dropped,
    )


def own_polygons(polygons: ArrayLike, rows: ArrayLike, *, ground: Ground) -> Triangles:
    """Triangulate polygons at the z of their own vertices; vertices without z lie on the ground.

    Only for surfaces that are seen from above; upright ones need a mesh.
    """
    parts, origin = explode(polygons)
    areal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    clean = clean_polygons(parts[areal])
    mesh = flat_mesh(clean.geometry, clean.rings)
    corners, index = shapely.get_coordinates(parts[areal], include_z=True, return_index=True)
    part_of_vertex = clean.origin[mesh.polygon_of_vertex]
    z = _z_at(corners, index, mesh.xy, part_of_vertex)
    z = np.where(np.isfinite(z), z, surface_height(ground, mesh.xy))
    row = np.asarray(rows, np.int32)[origin[areal]]
    return Triangles(
        xyz=np.column_stack([mesh.xy, z]),
        triangles=mesh.triangles.astype(np.int32),
        row_of_vertex=row[part_of_vertex],
        part_of_vertex=np.full(len(mesh.xy), Part.OTHER, np.uint8),
        dropped=clean.dropped,
    )


def _z_at(
    corners: Float64, index: NDArray[np.intp], xy: Float64, part: NDArray[np.intp]
) -> Float64:
    """Return the z of the corner that each vertex is, NaN where it is none (the ring was repaired there)."""
    group = np.concatenate([index, part])
    x, y = (np.ascontiguousarray(np.concatenate([corners[:, i], xy[:, i]])) for i in (0, 1))
    first, inverse = weld(group, x, y)
    original = first < len(corners)
    z = np.where(original, corners[np.minimum(first, len(corners) - 1), 2], np.nan)
    found: Float64 = z[inverse[len(corners) :]]
    return found


def _cut_on_grid(
    vertices: Float64, triangles: NDArray[np.intp], ground: GridGround, tolerance_m: float
) -> tuple[Float64, NDArray[np.intp]]:
    rows, columns = ground.z_in_scene.shape

    def families(v: Float64) -> Float64:
        across = (v[:, 0] - ground.x_first) / ground.cell_m
        down = (ground.y_first - v[:, 1]) / ground.cell_y_m
        return np.column_stack([across, down, across - down])

    def fits(corner: Float64) -> NDArray[np.bool_]:
        sample = np.matmul(SAMPLES, corner[..., :2])
        height = surface_height(ground, sample.reshape(-1, 2)).reshape(len(corner), len(SAMPLES))
        plane = height[:, :3] @ SAMPLES.T
        return np.asarray((np.abs(height - plane) <= tolerance_m).all(axis=1))

    ranges = [(0, columns - 1), (0, rows - 1), (1 - rows, columns - 1)]
    vertices, triangles = cut_on_lattice(vertices, triangles, families, ranges=ranges, fits=fits)
    x, y = np.ascontiguousarray(vertices[:, 0]), np.ascontiguousarray(vertices[:, 1])
    first, inverse = weld(np.rint(vertices[:, 2]).astype(np.int64), np.round(x, 6), np.round(y, 6))
    triangles = inverse[triangles]
    a, b, c = triangles.T
    return vertices[first], triangles[(a != b) & (b != c) & (c != a)]


def ribbon(
    lines: ArrayLike, rows: ArrayLike, *, width_m: ArrayLike, ground: Ground, lift_m: float = 0.1
) -> Triangles:
    """Give lines a width and lay them on the ground: roads from their centre lines.

    Ends are round, so that lines that meet leave no wedge open.

    Parameters
    ----------
    lines : (k,) object array of LineString or MultiLineString
    rows : (k,) int
    width_m : (k,) float64
        Full width; lines without a positive width are left out.
    """
    geometry = np.atleast_1d(np.asarray(lines, dtype=object))
    width = np.broadcast_to(np.asarray(width_m, np.float64), len(geometry))
    wide = width > 0
    areas = _buffered(geometry[wide], width[wide])
    return drape_polygons(areas, np.asarray(rows, np.int32)[wide], ground=ground, lift_m=lift_m)


def _buffered(lines: Geometries, width_m: Float64) -> Geometries:
    areas: Geometries = shapely.buffer(
        shapely.force_2d(lines),
        width_m / 2,
        quad_segs=ROUND_CAP_SEGMENTS,
        cap_style="round",
        join_style="round",
    )
    return areas


def drape_lines(
    lines: ArrayLike,
    rows: ArrayLike,
    *,
    ground: Ground,
    lift_m: ArrayLike = 0.2,
    depth_m: ArrayLike | None = None,
    step_m: float = DEFAULT_STEP_M,
) -> tuple[Float64, Int32, Int32]:
    """Lay lines on, or at a depth below, the ground.

    Parameters
    ----------
    lines : (k,) object array of LineString or MultiLineString
    rows : (k,) int
    lift_m : float or (k,) float64
        Height above the ground.
    depth_m : (k,) float64, optional
        Depth below the ground, positive down; replaces ``lift_m``.
    step_m : float
        Longest stretch between two vertices.

    Returns
    -------
    xyz : (n, 3) float64
    offsets : (j + 1,) int32
    row_of_line : (j,) int32
    """
    parts, origin = line_parts(lines)
    step = min(step_m, ground.cell_m / 2) if np.isfinite(ground.cell_m) else np.inf
    if np.isfinite(step) and len(parts):
        parts = shapely.segmentize(parts, step)
    xy, line_of = shapely.get_coordinates(parts, return_index=True)
    size = len(np.atleast_1d(np.asarray(lines, dtype=object)))
    above = (
        -np.asarray(depth_m, np.float64) if depth_m is not None else np.asarray(lift_m, np.float64)
    )
    z = surface_height(ground, xy) + np.broadcast_to(above, size)[origin][line_of]
    return (
        np.column_stack([xy, z]),
        _offsets(line_of, len(parts)),
        np.asarray(rows, np.int32)[origin],
    )


def own_lines(
    lines: ArrayLike, rows: ArrayLike, *, missing_z: float = 0.0
) -> tuple[Float64, Int32, Int32]:
    """Return lines with the z of their vertices; see :func:`drape_lines`. Vertices without z take ``missing_z``."""
    parts, origin = line_parts(lines)
    xyz, line_of = shapely.get_coordinates(parts, include_z=True, return_index=True)
    xyz[:, 2] = np.where(np.isfinite(xyz[:, 2]), xyz[:, 2], missing_z)
    return xyz, _offsets(line_of, len(parts)), np.asarray(rows, np.int32)[origin]


def line_parts(geometries: ArrayLike) -> tuple[Geometries, NDArray[np.intp]]:
    """Return the single lines of all geometries and the index of the geometry each comes from."""
    parts, origin = explode(geometries)
    kind = shapely.get_type_id(parts)
    is_line = (kind == shapely.GeometryType.LINESTRING) | (kind == shapely.GeometryType.LINEARRING)
    return parts[is_line], origin[is_line]


def _offsets(line_of: NDArray[np.intp], lines: int) -> Int32:
    return np.concatenate([[0], np.cumsum(np.bincount(line_of, minlength=lines))]).astype(np.int32)
