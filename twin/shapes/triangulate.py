"""Polygons to triangles, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from twin.shapes.parts import Float64, Geometries, Int32, Rings, clean_polygons, rings_of, weld

STRAIGHT = 1e-9
"""Sine below which a corner counts as straight."""


@dataclass(frozen=True, eq=False, kw_only=True)
class FlatMesh:
    """Triangles in the plane, anticlockwise, sharing vertices inside each polygon.

    ``xy`` (n, 2) float64, ``triangles`` (m, 3) int, ``polygon_of_vertex`` (n,) int.
    """

    xy: Float64
    triangles: NDArray[np.intp]
    polygon_of_vertex: NDArray[np.intp]


def triangulate(polygons: ArrayLike, rows: ArrayLike) -> tuple[Float64, Int32, Int32]:
    """Triangulate polygons and multipolygons with holes.

    Parameters
    ----------
    polygons : (k,) object array of shapely geometries
    rows : (k,) int
        Row of the feature table of each.

    Returns
    -------
    xy : (n, 2) float64
    triangles : (m, 3) int32
        Anticlockwise.
    row_of_vertex : (n,) int32
    """
    clean = clean_polygons(polygons)
    mesh = flat_mesh(clean.geometry, clean.rings)
    row_of_polygon = np.asarray(rows, np.int32)[clean.origin]
    return mesh.xy, mesh.triangles.astype(np.int32), row_of_polygon[mesh.polygon_of_vertex]


def flat_mesh(polygons: Geometries, rings: Rings | None = None) -> FlatMesh:
    """Triangulate clean polygons; convex ones by a fan, the others by constrained Delaunay."""
    rings = rings or rings_of(polygons)
    convex = _is_convex(rings, polygons)
    fan = _fans(rings, convex)
    others = np.flatnonzero(~convex)
    if not len(others):
        return fan
    rest = _delaunay(polygons[others], others)
    return FlatMesh(
        xy=np.concatenate([fan.xy, rest.xy]),
        triangles=np.concatenate([fan.triangles, rest.triangles + len(fan.xy)]),
        polygon_of_vertex=np.concatenate([fan.polygon_of_vertex, rest.polygon_of_vertex]),
    )


def _is_convex(rings: Rings, polygons: Geometries) -> NDArray[np.bool_]:
    convex = np.asarray(shapely.get_num_interior_rings(polygons) == 0)
    xy, next_of = rings.xy, rings.next_of
    ahead = xy[next_of] - xy
    after = ahead[next_of]
    turn = ahead[:, 0] * after[:, 1] - ahead[:, 1] * after[:, 0]
    scale = np.hypot(ahead[:, 0], ahead[:, 1]) * np.hypot(after[:, 0], after[:, 1])
    convex[rings.polygon_of[turn <= STRAIGHT * scale]] = False
    return convex


def _fans(rings: Rings, convex: NDArray[np.bool_]) -> FlatMesh:
    """One fan from the first vertex of each convex polygon (a single ring each)."""
    mine = convex[rings.polygon_of]
    xy, polygon_of = rings.xy[mine], rings.polygon_of[mine]
    n = len(xy)
    starts = (
        np.flatnonzero(np.append(True, polygon_of[1:] != polygon_of[:-1]))
        if n
        else np.zeros(0, np.intp)
    )
    sizes = np.diff(np.append(starts, n))
    first = np.repeat(starts, sizes)
    index = np.arange(n)
    # The triangle (first, i, i + 1) exists for every vertex but the first and the last of its ring.
    inner = (index > first) & (index < first + np.repeat(sizes, sizes) - 1)
    triangles = np.column_stack([first[inner], index[inner], index[inner] + 1])
    return FlatMesh(xy=xy, triangles=triangles, polygon_of_vertex=polygon_of)


def _delaunay(polygons: Geometries, numbers: NDArray[np.intp]) -> FlatMesh:
    corners, index = shapely.get_coordinates(
        shapely.constrained_delaunay_triangles(polygons), return_index=True
    )
    corners, polygon_of = corners.reshape(-1, 4, 2)[:, :3], numbers[index.reshape(-1, 4)[:, 0]]
    edge_1, edge_2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    clockwise = edge_1[:, 0] * edge_2[:, 1] - edge_1[:, 1] * edge_2[:, 0] < 0
    corners[clockwise] = corners[clockwise][:, ::-1]
    flat, group = corners.reshape(-1, 2), np.repeat(polygon_of, 3)
    first, inverse = weld(group, np.ascontiguousarray(flat[:, 0]), np.ascontiguousarray(flat[:, 1]))
    return FlatMesh(
        xy=flat[first], triangles=inverse.reshape(-1, 3), polygon_of_vertex=group[first]
    )


def boundary_edges(triangles: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the directed edges (e, 2) that only one triangle has: the outline of a mesh."""
    start, end = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    size = int(triangles.max()) + 1 if triangles.size else 1
    key = np.minimum(start, end).astype(np.int64) * size + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    new = np.append(True, np.diff(key[order]) != 0)
    alone = new & np.append(new[1:], True)
    outline = np.sort(order[alone[: len(order)]])
    return np.column_stack([start[outline], end[outline]]).astype(np.intp)
