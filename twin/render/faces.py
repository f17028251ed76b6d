"""Each triangle's plane in one of its corners, so that a program lights a triangle once instead of at each pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEPS = 1023
"""Of each horizontal part of a normal, to either side: fine enough for light, and two fit into a float."""
WIDTH = 2 * STEPS + 2
"""A power of two: programs take a plane apart by its bits."""
NOBODY = -1


def with_faces(
    xyz: NDArray[np.float32], triangles: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.float32]]:
    """Let the last corner of every triangle, which OpenGL takes what is flat from, know the triangle's plane.

    Corners are turned around; triangles in one plane share a corner where they can. Where all corners of a triangle
    already stand for other planes, one is doubled.

    Returns
    -------
    vertices : (k,) int
        Which vertex each of the new ones is; the first ``len(xyz)`` stay what they are.
    triangles : (m, 3) int32
        In the new vertices.
    face : (k,) float32
        The plane of each vertex as one number: its normal, as :func:`packed` has it. 0 where it stands for none.
    """
    code = packed(xyz, triangles)
    owner = np.full(len(xyz), NOBODY, np.int64)
    last = np.full(len(triangles), NOBODY, np.int64)
    todo = np.arange(len(triangles))
    for corner in (2, 0, 1, 2, 0):
        at, wanted = triangles[todo, corner], code[todo]
        free = owner[at] == NOBODY
        owner[at[free][::-1]] = wanted[free][::-1]
        mine = owner[at] == wanted
        last[todo[mine]] = corner
        todo = todo[~mine]
        if not len(todo):
            break
    turned = np.take_along_axis(triangles, (last[:, None] + np.arange(1, 4)) % 3, axis=1)
    vertices = np.arange(len(xyz))
    if len(todo):
        pairs = triangles[todo, 2].astype(np.int64) << 32 | code[todo]
        distinct, which = np.unique(pairs, return_inverse=True)
        turned[todo] = triangles[todo]
        turned[todo, 2] = len(xyz) + which
        vertices = np.concatenate([vertices, distinct >> 32])
        owner = np.concatenate([owner, distinct & 0xFFFFFFFF])
    return vertices, turned.astype(np.int32), np.maximum(owner, 0).astype(np.float32)


def packed(xyz: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the normal of each triangle as one whole number below 2**24: x, y and whether it points up."""
    normal = normals(xyz, triangles)
    east, north = np.rint(normal[:2] * np.float32(STEPS)).astype(np.int64) + STEPS
    up = (normal[2] >= 0).astype(np.int64)
    return np.asarray((east * WIDTH + north) * 2 + up)


def normals(xyz: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return (3, m): the unit normal of each triangle, zero for one without an area."""
    columns = np.ascontiguousarray(xyz.T)  # three times quicker than rows of three
    a, b, c = (columns.take(triangles[:, k], axis=1) for k in range(3))
    (x, y, z), (u, v, w) = b - a, c - a
    normal = np.stack([y * w - z * v, z * u - x * w, x * v - y * u])
    normal /= np.maximum(np.sqrt((normal**2).sum(axis=0)), np.float32(1e-12))
    return normal
