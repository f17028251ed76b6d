"""What stands for buildings seen from afar: upright boxes, each of one building or of a merged block.

The skyline stays: what stands out by height or size keeps a box of its own, the small ones around it merge into
blocks of the same footprint area and the same volume, so that nothing pops and no quarter gets thinner.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
STANDS_OUT = 1.45
STANDS_OUT_CELLS = 0.2
"""A building this many times as high as its block's mean, and by so many cells, keeps its own box."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Blocks:
    """Upright boxes in scene metres.

    Parameters
    ----------
    centre : (n, 2) float64
    half : (n, 2) float64
        Half length along and across the axis.
    turn : (n,) float64
        Angle of the axis, radians anticlockwise from east.
    z : (n, 2) float64
        Bottom and top.
    rgba : (n, 4) uint8
    row : (n,) int64
        Row of its largest building in the attributes.
    count : (n,) int64
        Buildings in it.
    area : (n,) float64
        Footprint of its buildings.
    """

    centre: Float64
    half: Float64
    turn: Float64
    z: Float64
    rgba: NDArray[np.uint8]
    row: NDArray[np.int64]
    count: NDArray[np.int64]
    area: Float64

    def __len__(self) -> int:
        return len(self.centre)

    def take(self, index: NDArray[np.intp] | NDArray[np.bool_]) -> Blocks:
        """Return some of them."""
        return Blocks(**{f.name: getattr(self, f.name)[index] for f in fields(self)})

    @property
    def height(self) -> Float64:
        """(n,) metres."""
        return np.asarray(self.z[:, 1] - self.z[:, 0])


def concatenated(pieces: list[Blocks]) -> Blocks:
    """Return all blocks of several sets."""
    names = [f.name for f in fields(Blocks)]
    return Blocks(**{name: np.concatenate([getattr(p, name) for p in pieces]) for name in names})


def blocks_of_rows(
    xyz: Float64, triangles: NDArray[np.int32], row: NDArray[np.int32], rgba: NDArray[np.uint8]
) -> Blocks:
    """Return one box for each row of a mesh of solids.

    Parameters
    ----------
    xyz : (n, 3) float64
    row : (n,) int32
        Of each vertex, 0 or more.
    rgba : (n, 4) uint8
        Of each vertex; a box takes that of the first of its row, a wall.
    """
    distinct, of = np.unique(row, return_inverse=True)
    size = len(distinct)
    turn = _turn_of_rows(xyz, triangles, of, size)
    cos, sin = np.cos(turn)[of], np.sin(turn)[of]
    along = xyz[:, 0] * cos + xyz[:, 1] * sin
    across = -xyz[:, 0] * sin + xyz[:, 1] * cos
    low, high = _range(of, size, along), _range(of, size, -along)
    low_v, high_v = _range(of, size, across), _range(of, size, -across)
    u, v = (low - high) / 2, (low_v - high_v) / 2
    half = np.column_stack([(-high - low) / 2, (-high_v - low_v) / 2])
    c, s = np.cos(turn), np.sin(turn)
    z = np.column_stack([_range(of, size, xyz[:, 2]), -_range(of, size, -xyz[:, 2])])
    corner = xyz[triangles]
    e1, e2 = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    up = np.maximum(e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0], 0.0) / 2
    area = np.bincount(of[triangles[:, 0]], weights=up, minlength=size)
    box = 4 * half[:, 0] * half[:, 1]
    area = np.where((area > 0) & (area < box), area, box)
    # An L-shaped house fills its box only in part: the box shrinks to the same area.
    half = half * np.sqrt(np.clip(area / np.maximum(box, 1e-9), 0.25, 1.0))[:, None]
    volume = _volume(corner, of[triangles[:, 0]], size)
    z = _lowered(z, np.asarray(area, np.float64), volume)
    first = np.empty(size, np.intp)
    first[of[::-1]] = np.arange(len(of))[::-1]
    return Blocks(
        centre=np.column_stack([u * c - v * s, u * s + v * c]),
        half=np.maximum(half, 0.05),
        turn=turn,
        z=z,
        rgba=rgba[first],
        row=distinct.astype(np.int64),
        count=np.ones(size, np.int64),
        area=np.maximum(area, 1e-3),
    )


def merged(blocks: Blocks, cell_m: float, most: int) -> tuple[Blocks, float]:
    """Return fewer boxes: neighbours within cells of a grid become one, what stands out stays; and the cell.

    Cells grow until at most ``most`` boxes are left.

    Parameters
    ----------
    cell_m : float
        Side of a cell of the first try.
    """
    while True:
        found = _merged_once(blocks, cell_m)
        if len(found) <= most:
            return found, cell_m
        cell_m *= 1.26


def _merged_once(blocks: Blocks, cell_m: float) -> Blocks:
    cell = np.floor(blocks.centre / cell_m).astype(np.int64)
    _, of = np.unique(cell[:, 0] * (1 << 32) + cell[:, 1], return_inverse=True)
    size = int(of.max(initial=-1)) + 1
    area = np.bincount(of, weights=blocks.area, minlength=size)
    mean = np.bincount(of, weights=blocks.area * blocks.height, minlength=size) / area
    above = blocks.height - mean[of]
    tall = (blocks.height > STANDS_OUT * mean[of]) & (above > STANDS_OUT_CELLS * cell_m)
    big = (2 * blocks.half.max(axis=1) > cell_m) | tall
    rest = np.flatnonzero(~big)
    if not len(rest):
        return blocks
    _, group = np.unique(of[rest], return_inverse=True)
    joined = _joined(blocks.take(rest), group, int(group.max()) + 1)
    return concatenated([blocks.take(big), joined])


def _joined(blocks: Blocks, of: NDArray[np.intp], size: int) -> Blocks:
    area = np.bincount(of, weights=blocks.area, minlength=size)

    def mean(values: Float64) -> Float64:
        return np.asarray(np.bincount(of, weights=values * blocks.area, minlength=size) / area)

    largest = _largest(of, blocks.area * blocks.height, size)
    turn = blocks.turn[largest]
    cos, sin = np.cos(turn)[of], np.sin(turn)[of]
    along = blocks.centre[:, 0] * cos + blocks.centre[:, 1] * sin
    across = -blocks.centre[:, 0] * sin + blocks.centre[:, 1] * cos
    # Boxes lie nearly square to each other in a quarter: half their larger side is close enough.
    reach = blocks.half.mean(axis=1)
    u0, u1 = _range(of, size, along - reach), -_range(of, size, -along - reach)
    v0, v1 = _range(of, size, across - reach), -_range(of, size, -across - reach)
    half = np.column_stack([u1 - u0, v1 - v0]) / 2
    box = 4 * half[:, 0] * half[:, 1]
    half *= np.sqrt(np.minimum(area / np.maximum(box, 1e-9), 1.0))[:, None]
    # Where the boxes overlapped, area is more than the box: keep the volume by height.
    c, s = np.cos(turn), np.sin(turn)
    u, v = (u0 + u1) / 2, (v0 + v1) / 2
    bottom = _range(of, size, blocks.z[:, 0])
    top = mean(blocks.z[:, 1])
    rgba = np.column_stack([mean(blocks.rgba[:, k].astype(np.float64)) for k in range(4)])
    single = np.bincount(of, minlength=size) == 1
    alone = blocks.take(largest)
    return Blocks(
        centre=np.where(
            single[:, None], alone.centre, np.column_stack([u * c - v * s, u * s + v * c])
        ),
        half=np.where(single[:, None], alone.half, half),
        turn=turn,
        z=np.column_stack([bottom, np.maximum(top, bottom + 0.1)]),
        rgba=np.round(rgba).astype(np.uint8),
        row=alone.row,
        count=np.bincount(of, weights=blocks.count, minlength=size).astype(np.int64),
        area=np.asarray(area, np.float64),
    )


def _largest(of: NDArray[np.intp], size_of: Float64, groups: int) -> NDArray[np.intp]:
    """Return the index of the largest member of each group; of equals the first."""
    order = np.lexsort((np.arange(len(of))[::-1], size_of, of))
    last = np.append(np.flatnonzero(np.diff(of[order])), len(of) - 1)
    return np.asarray(order[last[:groups]])


def _range(of: NDArray[np.intp], size: int, values: Float64) -> Float64:
    low = np.full(size, np.inf)
    np.minimum.at(low, of, values)
    return low


def _turn_of_rows(
    xyz: Float64, triangles: NDArray[np.int32], of: NDArray[np.intp], size: int
) -> Float64:
    """Return the direction of the longest level edge of each row."""
    start, end = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    edge = xyz[end] - xyz[start]
    length = np.hypot(edge[:, 0], edge[:, 1])
    level = np.abs(edge[:, 2]) < 0.05 + 0.02 * length
    # Diagonals of roofs are longer than their walls: an edge of a wall shares a vertical triangle.
    corner = xyz[triangles]
    e1, e2 = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    upright = np.abs(e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]) < 0.05 * np.maximum(
        np.linalg.norm(np.cross(e1, e2), axis=1), 1e-9
    )
    score = np.where(level, length, 0.0) * np.where(np.repeat(upright, 3), 1.0, 1e-3)
    index = _largest(of[start], score, size)
    groups = of[start][index]
    turn = np.zeros(size)
    turn[groups] = np.arctan2(edge[index, 1], edge[index, 0])
    return np.mod(turn, np.pi / 2)


def _volume(corner: Float64, of: NDArray[np.intp], size: int) -> Float64:
    """Return the volume above the lowest point of each row, from its upward faces."""
    e1, e2 = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    up = np.maximum(e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0], 0.0) / 2
    low = np.full(size, np.inf)
    np.minimum.at(low, of, corner[..., 2].min(axis=1))
    return np.asarray(
        np.bincount(
            of, weights=up * (corner[..., 2].mean(axis=1) - low[of]), minlength=size
        ).astype(np.float64)
    )


def _lowered(z: Float64, area: Float64, volume: Float64) -> Float64:
    """Give a box with a pitched roof the height that keeps its volume."""
    high = z[:, 1] - z[:, 0]
    wanted = np.where(volume > 0, volume / np.maximum(area, 1e-9), high)
    return np.column_stack([z[:, 0], z[:, 0] + np.clip(wanted, 0.5 * high, high)])


CORNER = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)


def mesh_of(blocks: Blocks) -> tuple[Float64, NDArray[np.int32], NDArray[np.intp]]:
    """Return the boxes as triangles without undersides.

    Returns
    -------
    xyz : (12 n, 3) float64
        Bottom and top of the walls, and the roof apart, so that it can have a tone of its own.
    triangles : (10 n, 3) int32
    block_of_vertex : (12 n,) int
    """
    n = len(blocks)
    local = CORNER[None] * blocks.half[:, None, :]
    cos, sin = np.cos(blocks.turn)[:, None], np.sin(blocks.turn)[:, None]
    x = local[..., 0] * cos - local[..., 1] * sin + blocks.centre[:, :1]
    y = local[..., 0] * sin + local[..., 1] * cos + blocks.centre[:, 1:]
    xyz = np.empty((n, 3, 4, 3))
    xyz[..., 0], xyz[..., 1] = x[:, None], y[:, None]
    xyz[..., 2] = blocks.z[:, [0, 1, 1], None]
    one = []
    for i in range(4):
        j = (i + 1) % 4
        one += [(i, j, j + 4), (i, j + 4, i + 4)]
    one += [(8, 9, 10), (8, 10, 11)]
    triangles = np.array(one, np.int32)[None] + (12 * np.arange(n, dtype=np.int32))[:, None, None]
    return xyz.reshape(-1, 3), triangles.reshape(-1, 3), np.repeat(np.arange(n), 12)
