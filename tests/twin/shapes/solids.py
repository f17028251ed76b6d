"""What the tests of shapes measure solids with."""

from __future__ import annotations

import numpy as np
import shapely
import trimesh
from numpy.typing import NDArray

from twin.shapes import Triangles
from twin.shapes.parts import clean_polygons
from twin.shapes.triangulate import flat_mesh


def geometries(*parts: shapely.Geometry | None) -> NDArray[np.object_]:
    array = np.empty(len(parts), dtype=object)
    array[:] = parts
    return array


def solid(made: Triangles) -> trimesh.Trimesh:
    """The triangles with equal vertices merged, as trimesh judges them."""
    return trimesh.Trimesh(made.xyz, made.triangles, process=True)


def volume(made: Triangles) -> float:
    """Signed volume: positive only if the triangles look outward."""
    a, b, c = np.moveaxis(made.corners, 1, 0)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def open_edges(made: Triangles) -> NDArray[np.float64]:
    """(e, 2, 3) ends of the edges that have a triangle on one side only."""
    mesh = solid(made)
    alone = trimesh.grouping.group_rows(mesh.edges_sorted, require_count=1)
    return np.asarray(mesh.vertices[mesh.edges[alone]])


def with_floor(made: Triangles, polygons: NDArray[np.object_], z: float) -> trimesh.Trimesh:
    """The solid closed by the ground that it stands on."""
    floor = flat_mesh(clean_polygons(polygons).geometry)
    xyz = np.vstack([made.xyz, np.column_stack([floor.xy, np.full(len(floor.xy), z)])])
    triangles = np.vstack([made.triangles, floor.triangles[:, ::-1] + len(made.xyz)])
    return trimesh.Trimesh(xyz, triangles, process=True)


COURTYARD = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
L_SHAPE = shapely.Polygon([(0, 0), (20, 0), (20, 8), (8, 8), (8, 20), (0, 20)])
NOTCHED = shapely.Polygon([(0, 0), (20, 0), (20, 10), (12, 10), (12, 9), (8, 9), (8, 10), (0, 10)])
TRAPEZIUM = shapely.Polygon([(0, 0), (20, 1), (18, 9), (1, 11)])
TURNED = shapely.affinity.rotate(shapely.box(0, 0, 20, 10), 33)
SAMPLES = {
    "rectangle": shapely.box(0, 0, 20, 10),
    "square": shapely.box(0, 0, 10, 10),
    "turned": TURNED,
    "trapezium": TRAPEZIUM,
    "notched": NOTCHED,
    "L": L_SHAPE,
    "courtyard": COURTYARD,
    "triangle": shapely.Polygon([(0, 0), (10, 0), (3, 8)]),
    "round": shapely.Point(0, 0).buffer(5, quad_segs=4),
    "sliver": shapely.box(0, 0, 40, 0.5),
}
