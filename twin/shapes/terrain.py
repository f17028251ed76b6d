"""The ground as a surface: its triangles, its edge, its contour lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.model.ground import GridGround, Ground
from twin.shapes.parts import Float64, Int32
from twin.shapes.triangulate import boundary_edges


@dataclass(frozen=True, eq=False, kw_only=True)
class GroundMesh:
    """Triangles of the terrain.

    Parameters
    ----------
    xyz : (n, 3) float64
    triangles : (m, 3) int32
        Facing up.
    normals : (n, 3) float64
        Unit length, from the slope of the grid.
    skirt_xyz, skirt_triangles
        The cut faces around it, down to one height; empty when none was asked for.
    """

    xyz: Float64
    triangles: Int32
    normals: Float64
    skirt_xyz: Float64
    skirt_triangles: Int32


def surface_height(ground: Ground, xy: ArrayLike) -> Float64:
    """Return the height (n,) of the ground as :func:`ground_mesh` draws it.

    Inside a cell the drawn surface is two triangles that meet on the diagonal from north-west to south-east,
    where ``Ground.height_m`` is bilinear; what lies on the ground must follow the former.
    """
    points = np.asarray(xy, np.float64).reshape(-1, 2)
    if not isinstance(ground, GridGround):
        return ground.height_m(points)
    nodes, weights = _nodes_around(ground, points)
    z = ground.z_in_scene.ravel()
    return sum(
        (z[node] * weight for node, weight in zip(nodes, weights, strict=True)),
        np.zeros(len(points)),
    )


def surface_normals(ground: Ground, xy: ArrayLike) -> Float64:
    """Return the unit normals (n, 3) of the ground as :func:`ground_mesh` shades it."""
    points = np.asarray(xy, np.float64).reshape(-1, 2)
    if not isinstance(ground, GridGround):
        return np.tile([0.0, 0.0, 1.0], (len(points), 1))
    of_node = _normals(ground)
    nodes, weights = _nodes_around(ground, points)
    normal = np.zeros((len(points), 3))
    for node, weight in zip(nodes, weights, strict=True):
        normal += of_node[node] * weight[:, None]
    return np.asarray(normal / np.linalg.norm(normal, axis=1, keepdims=True))


def _nodes_around(
    ground: GridGround, points: Float64
) -> tuple[tuple[NDArray[np.intp], ...], tuple[Float64, ...]]:
    """The corners of the triangle that each point is in, as indices into the flat grid, and their weights."""
    rows, columns = ground.z_in_scene.shape
    u = np.clip((points[:, 0] - ground.x_first) / ground.cell_m, 0, columns - 1)
    v = np.clip((ground.y_first - points[:, 1]) / ground.cell_y_m, 0, rows - 1)
    j = np.minimum(u.astype(np.intp), max(columns - 2, 0))
    i = np.minimum(v.astype(np.intp), max(rows - 2, 0))
    fu, fv = u - j, v - i
    right, down = min(columns - 1, 1), columns * min(rows - 1, 1)
    nw = i * columns + j
    east = fu >= fv  # north-west, north-east, south-east; else north-west, south-west, south-east
    third = nw + np.where(east, right, down)
    most, least = np.maximum(fu, fv), np.minimum(fu, fv)
    return (nw, third, nw + right + down), (1 - most, most - least, least)


def ground_mesh(
    ground: GridGround, *, valid: NDArray[np.bool_] | None = None, skirt_to_z: float | None = None
) -> GroundMesh:
    """Turn a grid of heights into triangles.

    Parameters
    ----------
    ground : GridGround
    valid : (rows, columns) bool, optional
        Nodes that exist; cells with a missing corner are left out.
    skirt_to_z : float, optional
        Height in the scene down to which the edge is closed, like a model cut out of the land.
    """
    rows, columns = ground.z_in_scene.shape
    x = ground.x_first + np.arange(columns) * ground.cell_m
    y = ground.y_first - np.arange(rows) * ground.cell_y_m
    grid_x, grid_y = np.meshgrid(x, y)
    xyz = np.column_stack(
        [grid_x.ravel(), grid_y.ravel(), ground.z_in_scene.ravel().astype(np.float64)]
    )
    normals = _normals(ground)
    triangles = _cells(rows, columns, valid)
    if valid is not None and not valid.all():
        used, compact = np.unique(triangles, return_inverse=True)
        xyz, normals, triangles = xyz[used], normals[used], compact.reshape(-1, 3)
    skirt_xyz, skirt = _skirt(xyz, triangles, skirt_to_z)
    return GroundMesh(
        xyz=xyz,
        triangles=triangles.astype(np.int32),
        normals=normals,
        skirt_xyz=skirt_xyz,
        skirt_triangles=skirt,
    )


def _cells(rows: int, columns: int, valid: NDArray[np.bool_] | None) -> NDArray[np.intp]:
    node = np.arange(rows * columns).reshape(rows, columns)
    nw, ne, sw, se = node[:-1, :-1], node[:-1, 1:], node[1:, :-1], node[1:, 1:]
    keep = np.ones(nw.shape, bool)
    if valid is not None:
        keep = valid[:-1, :-1] & valid[:-1, 1:] & valid[1:, :-1] & valid[1:, 1:]
    nw, ne, sw, se = nw[keep], ne[keep], sw[keep], se[keep]
    # Both triangles of a cell side by side: neighbours in the array are neighbours on the ground.
    return np.stack([np.column_stack([nw, sw, se]), np.column_stack([nw, se, ne])], axis=1).reshape(
        -1, 3
    )


def _normals(ground: GridGround) -> Float64:
    z = ground.z_in_scene.astype(np.float64)
    south, east = (
        np.gradient(z, axis=axis) if z.shape[axis] > 1 else np.zeros_like(z) for axis in (0, 1)
    )
    normal = np.stack([-east / ground.cell_m, south / ground.cell_y_m, np.ones_like(z)], axis=-1)
    unit: Float64 = (normal / np.linalg.norm(normal, axis=-1, keepdims=True)).reshape(-1, 3)
    return unit


def _skirt(xyz: Float64, triangles: NDArray[np.intp], to_z: float | None) -> tuple[Float64, Int32]:
    if to_z is None or not len(triangles):
        return np.zeros((0, 3)), np.zeros((0, 3), np.int32)
    edges = boundary_edges(triangles)
    used, compact = np.unique(edges, return_inverse=True)
    start, end = compact.reshape(-1, 2).T
    n = len(used)
    foot = xyz[used].copy()
    foot[:, 2] = to_z
    walls = np.concatenate(
        [np.column_stack([start + n, end + n, end]), np.column_stack([start + n, end, start])]
    )
    return np.concatenate([xyz[used], foot]), walls.astype(np.int32)


def contours(
    mesh: GroundMesh, interval_m: float, *, z_origin: float = 0.0
) -> tuple[Float64, Int32]:
    """Cut the surface at every multiple of an interval.

    Returns
    -------
    xyz : (2 k, 3) float64
        Two ends of each piece of a line.
    level : (k,) int32
        Multiple of the interval, counted from ``z_origin`` below the scene's zero.
    """
    corner = mesh.xyz[mesh.triangles]
    height = (corner[..., 2] + z_origin) / interval_m
    low, high = height.min(axis=1), height.max(axis=1)
    pieces, levels = [np.zeros((0, 2, 3))], [np.zeros(0, np.int32)]
    for level in range(int(np.ceil(low.min())), int(np.floor(high.max())) + 1):
        crossing = (low < level) & (high >= level)
        if crossing.any():
            pieces.append(_level_line(corner[crossing], height[crossing] - level))
            levels.append(np.full(len(pieces[-1]), level, np.int32))
    return np.concatenate(pieces).reshape(-1, 3), np.concatenate(levels)


def _level_line(corner: Float64, side: Float64) -> Float64:
    """The two points (k, 2, 3) where each triangle is at level 0."""
    above = side >= 0
    ends = np.roll(corner, -1, axis=1)
    after = np.roll(side, -1, axis=1)
    crossed = above != np.roll(above, -1, axis=1)
    span = np.where(crossed, side - after, 1.0)
    point = corner + (side / span)[..., None] * (ends - corner)
    return np.asarray(point[crossed].reshape(-1, 2, 3))
