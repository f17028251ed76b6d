"""Cutting big meshes into tiles: what lies outside the view costs nothing, uploads come in small pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Mesh

TRIANGLES_A_TILE = 6_000
MOST_TILES_A_SIDE = 16


@dataclass(frozen=True, eq=False, kw_only=True)
class Tile:
    """A part of a mesh: its triangles count in its own vertices, ``vertices`` says which they were."""

    vertices: NDArray[np.intp]
    triangles: NDArray[np.int32]


def tiles_of(xyz: NDArray[np.float32], triangles: NDArray[np.int32]) -> list[Tile]:
    """Split triangles by where they lie; triangles stay whole, vertices of neighbours are repeated.

    Parameters
    ----------
    xyz : (n, 3) float32
    triangles : (m, 3) int32
    """
    count = len(triangles)
    if not count:
        return []
    side = min(round((count / TRIANGLES_A_TILE) ** 0.5), MOST_TILES_A_SIDE)
    if side <= 1:
        return [Tile(vertices=np.arange(len(xyz)), triangles=triangles)]
    first = xyz[triangles[:, 0], :2]
    low, high = first.min(axis=0), first.max(axis=0)
    spread = np.maximum(high - low, 1e-3)
    # Square tiles: a long thin mesh gets one row of many.
    step = max(float(np.sqrt(spread[0] * spread[1])) / side, float(spread.max()) / 64)
    cells = np.maximum(np.ceil(spread / step).astype(np.int64), 1)
    ij = np.minimum(((first - low) / step).astype(np.int64), cells - 1)
    key = (ij[:, 0] * cells[1] + ij[:, 1]).astype(np.uint16)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    new = np.empty(len(xyz), np.int32)
    result = []
    for group in np.split(order, starts[1:]):
        corners = triangles[group]
        used = _unique(corners.ravel())
        new[used] = np.arange(len(used), dtype=np.int32)
        result.append(Tile(vertices=used, triangles=new[corners]))
    return result


def _unique(indices: NDArray[np.int32]) -> NDArray[np.intp]:
    low, high = int(indices.min()), int(indices.max())
    # Vertices of a tile usually lie close together in memory: a mask over their range beats sorting.
    if high - low < 16 * len(indices):
        seen = np.zeros(high - low + 1, bool)
        seen[indices - low] = True
        return np.flatnonzero(seen) + low
    return np.unique(indices).astype(np.intp)


def above_foot(mesh: Mesh) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return for each vertex its height over the lowest vertex of its row, and the height of the row.

    Vertices without a row get 0 and 0.
    """
    z = mesh.xyz_in_scene[:, 2]
    nothing = np.zeros(len(z), np.float32)
    row = mesh.row_of_vertex
    if row is None or not len(z) or row.max() < 0:
        return nothing, nothing
    size = int(row.max()) + 1
    known = row >= 0
    low = np.full(size, np.inf, np.float32)
    high = np.full(size, -np.inf, np.float32)
    np.minimum.at(low, row[known], z[known])
    np.maximum.at(high, row[known], z[known])
    safe = np.where(known, row, 0)
    above = np.where(known, z - low[safe], 0).astype(np.float32)
    tall = np.where(known, high[safe] - low[safe], 0).astype(np.float32)
    return above, tall


def anchors(xyz: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return (n, 2): for each vertex the place of one vertex of its row, the same for all of the row."""
    place = np.zeros((int(rows.max(initial=-1)) + 2, 2), np.float32)
    place[rows + 1] = xyz[:, :2]  # the last vertex of a row wins: any will do
    return place[rows + 1]
