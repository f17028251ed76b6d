"""Footprints to solids with flat tops."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.shapes.parts import (
    Float64,
    Part,
    Polygons,
    Triangles,
    clean_polygons,
    joined,
    no_triangles,
)
from twin.shapes.triangulate import FlatMesh, flat_mesh


def extrude(
    polygons: ArrayLike,
    rows: ArrayLike,
    *,
    z_bottom: ArrayLike,
    z_top: ArrayLike,
    floor: bool = False,
) -> Triangles:
    """Raise polygons to solids.

    Walls and roof have vertices of their own, so that they can be shaded apart. The outside is
    anticlockwise everywhere, so that back faces may be culled.

    Parameters
    ----------
    polygons : (k,) object array of Polygon or MultiPolygon
        In scene metres; holes become courtyards.
    rows : (k,) int
        Row of the feature table of each.
    z_bottom, z_top : (k,) float64
        Heights in the scene, metres. A top that is not above its bottom gives nothing and is counted.
    floor : bool
        Also make the underside (for solids that are seen from below or must be watertight).

    Returns
    -------
    Triangles
        ``part_of_vertex`` is WALL, ROOF or (with ``floor``) GROUND.
    """
    clean, bottom, top, row = _upright(polygons, rows, z_bottom, z_top)
    if not len(clean):
        return no_triangles(clean.dropped)
    mesh = flat_mesh(clean.geometry, clean.rings)
    pieces = [_walls(clean, bottom, top, row), _lid(mesh, top, row, Part.ROOF)]
    if floor:
        flipped = FlatMesh(
            xy=mesh.xy, triangles=mesh.triangles[:, ::-1], polygon_of_vertex=mesh.polygon_of_vertex
        )
        pieces.append(_lid(flipped, bottom, row, Part.GROUND))
    return joined(pieces)


def _upright(
    polygons: ArrayLike, rows: ArrayLike, z_bottom: ArrayLike, z_top: ArrayLike
) -> tuple[Polygons, Float64, Float64, NDArray[np.int32]]:
    clean = clean_polygons(polygons)
    size = len(np.atleast_1d(np.asarray(polygons, dtype=object)))
    bottom = np.broadcast_to(np.asarray(z_bottom, np.float64), size)[clean.origin]
    top = np.broadcast_to(np.asarray(z_top, np.float64), size)[clean.origin]
    upright = top > bottom  # False for NaN too
    row = np.asarray(rows, np.int32)[clean.origin]
    if upright.all():
        return clean, bottom, top, row
    kept = Polygons(
        geometry=clean.geometry[upright],
        origin=clean.origin[upright],
        dropped=clean.dropped + int((~upright).sum()),
    )
    return kept, bottom[upright], top[upright], row[upright]


def _walls(clean: Polygons, bottom: Float64, top: Float64, row: NDArray[np.int32]) -> Triangles:
    rings = clean.rings
    xy, next_of, polygon_of = rings.xy, rings.next_of, rings.polygon_of
    n = len(xy)
    xyz = np.empty((2 * n, 3))
    xyz[:n, :2] = xyz[n:, :2] = xy
    xyz[:n, 2], xyz[n:, 2] = bottom[polygon_of], top[polygon_of]
    here = np.arange(n)
    triangles = np.empty((2 * n, 3), np.int32)
    triangles[:n] = np.column_stack([here, next_of, next_of + n])
    triangles[n:] = np.column_stack([here, next_of + n, here + n])
    return Triangles(
        xyz=xyz,
        triangles=triangles,
        row_of_vertex=np.tile(row[polygon_of], 2),
        part_of_vertex=np.full(2 * n, Part.WALL, np.uint8),
        dropped=clean.dropped,
    )


def _lid(mesh: FlatMesh, z: Float64, row: NDArray[np.int32], part: Part) -> Triangles:
    polygon_of = mesh.polygon_of_vertex
    return Triangles(
        xyz=np.column_stack([mesh.xy, z[polygon_of]]),
        triangles=mesh.triangles.astype(np.int32),
        row_of_vertex=row[polygon_of],
        part_of_vertex=np.full(len(mesh.xy), part, np.uint8),
    )
