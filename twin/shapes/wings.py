"""Roofs of one pitch over outlines of any form: wings that meet in valleys, each with its own ridge.

Over a straight skeleton every side of the outline carries a plane of the same slope. A gabled roof ends its wings
in upright walls: there the ridge runs on to the wall, and the small hip goes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.shapes.parts import Float64, Geometries, weld
from twin.shapes.roof_profiles import STEEP, broken
from twin.shapes.skeleton import Edges, Skeleton, skeletons
from twin.shapes.slicing import cut
from twin.shapes.triangulate import flat_mesh

Indices = NDArray[np.intp]

WITH_GABLES = frozenset(
    (
        "gabled",
        "gambrel",
        "round",
        "bellcast_gable",
        "gabled_height_moved",
        "saltbox",
        "crosspitched",
    )
)
BROKEN = frozenset(("mansard", "gambrel"))
"""Steep below, gentle above."""
_ALONG = -0.97
"""Cosine between the sides of a wing up to which its end can be a gable: 14 degrees out of parallel."""
_FLAT_M2 = 1e-9


@dataclass(frozen=True, eq=False, kw_only=True)
class Wings:
    """Height fields, 0 at the eaves and 1 at the highest ridge, as triangles over polygons.

    ``done`` (k,) bool: the others have too many corners, or no skeleton that fills them.
    """

    xy: Float64
    height: Float64
    triangles: Indices
    polygon_of: Indices
    done: NDArray[np.bool_]


def wings(polygons: Geometries, kind: NDArray[np.str_]) -> Wings:
    """Make the roofs of clean polygons (k,), each of a ``kind`` that :func:`~twin.shapes.roofs.roofs` knows."""
    skeleton = skeletons(polygons)
    nodes = skeleton.nodes.copy()
    _raise_gables(nodes, skeleton, np.isin(kind, list(WITH_GABLES)))
    xy, height, triangles, polygon_of = _surface(nodes, skeleton)
    top = np.zeros(len(polygons))
    np.maximum.at(top, polygon_of, height)
    share = np.clip(height / np.maximum(top[polygon_of], 1e-12), 0.0, 1.0)
    steep = np.isin(kind, list(BROKEN))[polygon_of]
    if steep.any():
        level = np.where(steep, share - STEEP, 1.0)
        vertices, triangles = cut(np.column_stack([xy, share, polygon_of]), triangles, level)
        xy, share, polygon_of = (
            vertices[:, :2],
            vertices[:, 2],
            np.rint(vertices[:, 3]).astype(np.intp),
        )
        share = np.where(np.isin(kind, list(BROKEN))[polygon_of], broken(share), share)
    return Wings(
        xy=xy, height=share, triangles=triangles, polygon_of=polygon_of, done=skeleton.done
    )


def _raise_gables(nodes: Float64, skeleton: Skeleton, wanted: NDArray[np.bool_]) -> None:
    """Move the ends of ridges onto the walls at the ends of wings, in place."""
    edges, corners, side = skeleton.edges, skeleton.corners, skeleton.edge_of_corner
    if not len(corners):
        return
    faces, first, size = np.unique(side, return_index=True, return_counts=True)
    small = (size == 3) & wanted[edges.polygon[faces]]
    end, top = faces[small], corners[first[small] + 2]
    around = np.bincount(corners, minlength=len(nodes))
    before = np.empty(len(edges.start), np.intp)
    before[edges.end] = edges.start
    left, right = before[end], edges.end[end]
    opposite = (edges.normal[left] * edges.normal[right]).sum(axis=1) < _ALONG
    alone = np.bincount(top, minlength=len(nodes))[top] == 1
    place, share = _middle(edges, end, left, right, nodes)
    good = opposite & alone & (around[top] == 3) & (share > 0.05) & (share < 0.95)
    nodes[top[good]] = place[good]


def _middle(
    edges: Edges, end: Indices, left: Indices, right: Indices, nodes: Float64
) -> tuple[Float64, Float64]:
    """Return where the planes of the neighbours meet over a side, and at what share of its length."""
    a, b = nodes[edges.start[end]], nodes[edges.end[end]]
    over_a = edges.height(left, a) - edges.height(right, a)
    over_b = edges.height(left, b) - edges.height(right, b)
    span = over_a - over_b
    share = over_a / np.where(np.abs(span) < 1e-12, np.inf, span)
    return a + share[:, None] * (b - a), share


def _surface(nodes: Float64, skeleton: Skeleton) -> tuple[Float64, Float64, Indices, Indices]:
    """Return places, heights in metres at 45 degrees, triangles and polygons; faces share their vertices."""
    edges = skeleton.edges
    if not len(skeleton.corners):
        none = np.empty(0, np.intp)
        return np.empty((0, 2)), np.empty(0), np.empty((0, 3), np.intp), none
    side, index = np.unique(skeleton.edge_of_corner, return_inverse=True)
    rings = shapely.linearrings(nodes[skeleton.corners], indices=index)
    faces = np.asarray(shapely.polygons(rings), dtype=object)
    seen = shapely.area(faces) > _FLAT_M2  # a gable is upright: the wall shows it
    mesh = flat_mesh(faces[seen])
    edge = side[seen][mesh.polygon_of_vertex]
    polygon_of = edges.polygon[edge]
    first, inverse = weld(
        polygon_of, np.ascontiguousarray(mesh.xy[:, 0]), np.ascontiguousarray(mesh.xy[:, 1])
    )
    height = np.maximum(edges.height(edge, mesh.xy), 0.0)[first]
    return mesh.xy[first], height, inverse[mesh.triangles], polygon_of[first]
