"""Cutting triangles along straight lines without ever opening a gap."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from twin.shapes.parts import Float64

Indices = NDArray[np.intp]
NEAR = 1e-7
"""Metres (or grid cells) within which a vertex counts as on the line."""
SAMPLED_CELLS = 4
"""Triangles across more lines than this are cut without asking whether they fit: samples could miss a bump."""


def cut(
    vertices: Float64,
    triangles: Indices,
    level: Float64,
    *,
    allowed: Callable[[Float64], NDArray[np.bool_]] | None = None,
) -> tuple[Float64, Indices]:
    """Cut triangles where a linear function is zero.

    The new vertices belong to edges, and both triangles of an edge get the same one: what was closed
    stays closed.

    Parameters
    ----------
    vertices : (n, d) float64
        Any attributes that vary linearly over a triangle, positions among them.
    triangles : (m, 3) int
    level : (n,) float64
        Value of the function at the vertices.
    allowed : callable, optional
        Given the attributes (k, d) of candidate vertices, says which are wanted; turns the line into a ray.

    Returns
    -------
    vertices : (n + k, d) float64
    triangles : (m', 3) int
    """
    side = np.where(np.abs(level) <= NEAR, 0.0, level)
    start, end = triangles, np.roll(triangles, -1, axis=1)
    crossed = side[start] * side[end] < 0
    if not crossed.any():
        return vertices, triangles
    low, high = np.minimum(start[crossed], end[crossed]), np.maximum(start[crossed], end[crossed])
    n = len(vertices)
    edge, inverse = np.unique(low.astype(np.int64) * n + high, return_inverse=True)
    a, b = edge // n, edge % n
    share = (side[a] / (side[a] - side[b]))[:, None]
    added = vertices[a] * (1 - share) + vertices[b] * share
    wanted = np.ones(len(added), bool) if allowed is None else allowed(added)
    number = np.where(wanted, n + np.cumsum(wanted) - 1, -1)
    middle = np.full(triangles.shape, -1, np.intp)
    middle[crossed] = number[inverse.reshape(-1)]
    return np.concatenate([vertices, added[wanted]]), _split(triangles, middle)


def _split(triangles: Indices, middle: Indices) -> Indices:
    """Split triangles at the new vertex of each edge, -1 where an edge has none."""
    marks = (middle >= 0).sum(axis=1)
    pieces = [triangles[marks == 0]]
    one = marks == 1
    if one.any():
        corner, mid = _rolled(triangles[one], middle[one], np.argmax(middle[one] >= 0, axis=1))
        a, b, c, p = corner[:, 0], corner[:, 1], corner[:, 2], mid[:, 0]
        pieces += [np.column_stack([a, p, c]), np.column_stack([p, b, c])]
    two = marks == 2
    if two.any():
        whole = np.argmax(middle[two] < 0, axis=1)  # roll so that the uncut edge runs from b to c
        corner, mid = _rolled(triangles[two], middle[two], (whole + 2) % 3)
        a, b, c, p, q = corner[:, 0], corner[:, 1], corner[:, 2], mid[:, 0], mid[:, 2]
        pieces += [
            np.column_stack([a, p, q]),
            np.column_stack([p, b, c]),
            np.column_stack([p, c, q]),
        ]
    return np.concatenate(pieces)


def _rolled(triangles: Indices, middle: Indices, first: Indices) -> tuple[Indices, Indices]:
    index = (np.arange(3) + first[:, None]) % 3
    return np.take_along_axis(triangles, index, axis=1), np.take_along_axis(middle, index, axis=1)


def cut_on_lattice(
    vertices: Float64,
    triangles: Indices,
    families: Callable[[Float64], Float64],
    *,
    ranges: Sequence[tuple[int, int]],
    fits: Callable[[Float64], NDArray[np.bool_]],
) -> tuple[Float64, Indices]:
    """Cut triangles along families of parallel lines until each fits or crosses no line.

    Every pass halves the triangles that are left along the family that crosses them most often, so a triangle
    over ``n`` cells takes about ``log2(n)`` passes a family; vertices of neighbours agree to rounding.

    Parameters
    ----------
    families : callable
        From vertices (n, d) to (n, f): linear functions whose integer values are the lines.
    ranges : sequence of (lowest, highest)
        Which integers are lines, for each family.
    fits : callable
        From corners (m, 3, d) to (m,): whether a triangle may stay as it is.
    """
    lowest, highest = np.array(ranges, dtype=np.float64).T
    finished: list[Indices] = []
    while len(triangles):
        corner = families(vertices)[triangles]
        # Corner by corner: a reduction over an axis of three is ten times slower.
        a, b, c = corner[:, 0], corner[:, 1], corner[:, 2]
        low = np.maximum(np.ceil(np.minimum(np.minimum(a, b), c) + NEAR), lowest)
        high = np.minimum(np.floor(np.maximum(np.maximum(a, b), c) - NEAR), highest)
        lines = high - low + 1
        family = np.argmax(lines, axis=1)[:, None]
        most = np.take_along_axis(lines, family, axis=1)[:, 0]
        active = most > 0
        small = active & (most <= SAMPLED_CELLS)
        active[small] = ~fits(vertices[triangles[small]])
        finished.append(triangles[~active])
        family = family[active]
        if not len(family):
            break
        middle = np.floor(
            (
                np.take_along_axis(low[active], family, 1)
                + np.take_along_axis(high[active], family, 1)
            )
            / 2
        )
        level = np.take_along_axis(corner[active], family[:, None], axis=2)[..., 0] - middle
        vertices, triangles = _cut_each(vertices, triangles[active], level)
    return vertices, np.concatenate(finished) if finished else triangles


def _cut_each(vertices: Float64, triangles: Indices, level: Float64) -> tuple[Float64, Indices]:
    """Cut every triangle along its own line; ``level`` is (m, 3), the value at its corners."""
    side = np.where(np.abs(level) <= NEAR, 0.0, level)
    ahead = np.roll(side, -1, axis=1)
    crossed = side * ahead < 0
    start, end = triangles[crossed], np.roll(triangles, -1, axis=1)[crossed]
    f0, f1 = side[crossed], ahead[crossed]
    swap = start > end  # the neighbour interpolates in the same order, so both get the same point
    start, end = np.where(swap, end, start), np.where(swap, start, end)
    f0, f1 = np.where(swap, f1, f0), np.where(swap, f0, f1)
    share = (f0 / (f0 - f1))[:, None]
    added = vertices[start] * (1 - share) + vertices[end] * share
    middle = np.full(triangles.shape, -1, np.intp)
    middle[crossed] = len(vertices) + np.arange(len(added))
    return np.concatenate([vertices, added]), _split(triangles, middle)
