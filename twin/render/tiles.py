"""Cutting big meshes into tiles: what lies outside the view costs nothing, uploads come in small pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Mesh

TRIANGLES_A_TILE = 5_000
MOST_TILES = 256
NOWHERE = np.uint16(65_535)


@dataclass(frozen=True, eq=False, kw_only=True)
class Tile:
    """A part of a mesh: its triangles count in its own vertices, ``vertices`` says which they were."""

    vertices: NDArray[np.intp]
    triangles: NDArray[np.int32]


def tiles_of(
    xyz: NDArray[np.float32], triangles: NDArray[np.int32], usual: int = TRIANGLES_A_TILE
) -> list[Tile]:
    """Split triangles by where they lie; triangles stay whole, vertices of neighbours are repeated.

    Parameters
    ----------
    xyz : (n, 3) float32
    triangles : (m, 3) int32
    usual : int
        About so many triangles a tile.
    """
    count = len(triangles)
    if not count:
        return []
    wanted = min(round(count / usual), MOST_TILES)
    if wanted <= 1:
        return [Tile(vertices=np.arange(len(xyz)), triangles=triangles)]
    first = np.ascontiguousarray(triangles[:, 0])
    key = _cells_of(xyz[:, 0].take(first), xyz[:, 1].take(first), wanted)
    return _split(len(xyz), triangles, key)


def _cells_of(x: NDArray[np.float32], y: NDArray[np.float32], wanted: int) -> NDArray[np.uint16]:
    """Return the number (m,) of the cell of each place: about as many as wanted, all alike and nearly square."""
    low = (float(x.min()), float(y.min()))
    wide, deep = (max(float(np.ptp(axis)), 1e-3) for axis in (x, y))
    across = min(max(round((wanted * wide / deep) ** 0.5), 1), wanted)
    up = max(round(wanted / across), 1)
    i = np.minimum(((x - low[0]) * np.float32(across / wide)).astype(np.int32), across - 1)
    j = np.minimum(((y - low[1]) * np.float32(up / deep)).astype(np.int32), up - 1)
    return np.asarray(i * up + j).astype(np.uint16)


def _split(count: int, triangles: NDArray[np.int32], key: NDArray[np.uint16]) -> list[Tile]:
    """Return a tile for each number in ``key`` (m,); whole arrays at once, as there are many tiles."""
    home = np.full(count, NOWHERE, np.uint16)
    for corner in (2, 1, 0):
        home[triangles[:, corner]] = key
    by_home = np.argsort(home, kind="stable")
    sorted_home = home.take(by_home)
    numbers = np.arange(int(key.max()) + 2)
    starts = np.searchsorted(sorted_home, numbers)
    new = np.empty(count, np.int32)
    new[by_home] = np.arange(count, dtype=np.int32) - starts[np.minimum(sorted_home, numbers[-1])]
    by_key = np.argsort(key, kind="stable")
    corners, key = triangles.take(by_key, axis=0), key.take(by_key)
    placed = new.take(corners)
    guests, guest_starts = _place_guests(corners, key, home, placed, np.diff(starts))
    ends = np.searchsorted(key, numbers)
    return [
        Tile(
            vertices=np.concatenate(
                [by_home[starts[k] : starts[k + 1]], guests[guest_starts[k] : guest_starts[k + 1]]]
            ),
            triangles=placed[ends[k] : ends[k + 1]],
        )
        for k in numbers[:-1]
        if ends[k + 1] > ends[k]
    ]


def _place_guests(
    corners: NDArray[np.int32],
    key: NDArray[np.uint16],
    home: NDArray[np.uint16],
    placed: NDArray[np.int32],
    residents: NDArray[np.intp],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Number, in ``placed``, the corners whose vertex is at home in another tile.

    Parameters
    ----------
    residents : (t,) int
        How many vertices are at home in each tile.

    Returns
    -------
    guests : (g,) int
        Vertices, those of a tile together.
    starts : (t + 1,) int
        Where those of each tile start.
    """
    away = home.take(corners) != key[:, None]
    tile = np.broadcast_to(key[:, None], corners.shape)[away].astype(np.int64)
    pairs, which = np.unique(tile * len(home) + corners[away], return_inverse=True)
    of_tile, guests = np.divmod(pairs, len(home))
    starts = np.searchsorted(of_tile, np.arange(len(residents) + 1))
    number = residents[of_tile] + np.arange(len(pairs)) - starts[of_tile]
    placed[away] = number[which]
    return guests, starts


def above_foot(mesh: Mesh) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return for each vertex its height over the lowest vertex of its row, and the height of the row.

    Vertices without a row get 0 and 0.
    """
    z = np.ascontiguousarray(mesh.xyz_in_scene[:, 2])
    nothing = np.zeros(len(z), np.float32)
    if mesh.row_of_vertex is None:
        return nothing, nothing
    row, size = _from_lowest(mesh.row_of_vertex)
    if not size:
        return nothing, nothing
    low = np.full(size + 1, np.inf, np.float32)
    high = np.full(size + 1, -np.inf, np.float32)
    np.minimum.at(low, row, z)
    np.maximum.at(high, row, z)
    low, high = (np.where(np.isfinite(of), of, np.float32(0)) for of in (low, high))
    above, tall = z - low.take(row), (high - low).take(row)
    above[row == size] = tall[row == size] = 0
    return above, tall


def anchors(xyz: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """Return (n, 2): for each vertex the place of one vertex of its row, the same for all of the row."""
    row, size = _from_lowest(rows)
    place = np.zeros((size + 1, 2), np.float32)
    place[row] = xyz[:, :2]  # the last vertex of a row wins: any will do
    place[size] = 0
    return place.take(row, axis=0)


def _from_lowest(rows: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Return rows counted from the lowest one, and how many that makes, the number of what has none.

    Those of a streamed tile begin anywhere: tables of all rows before them would take longer than the tile.
    """
    known = rows >= 0
    if not known.any():
        return np.zeros(len(rows), np.int32), 0
    if known.all():
        lowest = int(rows.min())
        return rows - np.int32(lowest), int(rows.max()) - lowest + 1
    lowest = int(rows[known].min())
    size = int(rows.max()) - lowest + 1
    return np.where(known, rows - lowest, size).astype(np.int32), size
