"""Points that lie too close together to be told apart from afar: drawn as one, with their number.

There are several sizes of cells, each three times as wide as the one before. Of all of them the one is drawn
whose cells look wide enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Labels, Points

WIDER = 3.0
LEVELS = 4
MOST_TILES = 6
"""Along a side: more tiles follow the distance better and cost more pieces."""
LARGER = 1.9
"""A point of many against that of one."""
RANK = 4


@dataclass(frozen=True, eq=False)
class Cluster:
    """Groups of rows: ``members`` in the order of their groups, which begin at ``starts``."""

    members: NDArray[np.int64]
    starts: NDArray[np.int64]


class Clusters:
    """The points of a layer, and for each size of cells those that stand for several.

    What stands for several has a row of its own behind those of the table, so that colours reach it as all others.
    """

    def __init__(self) -> None:
        self._groups: list[Cluster] = []
        self._column = ""

    @property
    def rows(self) -> int:
        """How many rows there are behind those of the table."""
        return sum(len(group.starts) for group in self._groups)

    def of(self, drawables: Sequence[Drawable], rows: int) -> list[Drawable]:
        """Return drawables with the points that stand for several, for a table of so many rows."""
        self._groups = []
        made: list[Drawable] = []
        for drawable in drawables:
            if isinstance(drawable, Points) and drawable.cluster_m > 0 and _can(drawable):
                made += self._levels(drawable, rows)
            else:
                made.append(drawable)
        return made

    def colours(
        self, rgba: NDArray[np.uint8], columns: Mapping[str, NDArray[Any]]
    ) -> NDArray[np.uint8]:
        """Return the colours (n, 4) of rows with those behind them: of each group the one that matters most."""
        rank = columns.get(self._column)
        if not self._groups:
            return rgba
        weight = np.zeros(len(rgba)) if rank is None else np.nan_to_num(np.asarray(rank, float))
        behind = [rgba[_weightiest(group, weight)] for group in self._groups]
        return np.concatenate([rgba, *behind])

    def visible(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which rows show, with those behind them: each of which something shows."""
        behind = [np.add.reduceat(mask[group.members], group.starts) > 0 for group in self._groups]
        return np.concatenate([mask, *behind])

    def _levels(self, points: Points, rows: int) -> list[Drawable]:
        """Return the points of every tile and size of cells, and the numbers of all."""
        row = points.row_of_point
        assert row is not None  # noqa: S101 - points without rows are not put together
        self._column = points.cluster_by
        xyz = points.xyz_in_scene.astype(np.float64)
        cells = points.cluster_m * WIDER ** np.arange(LEVELS)
        tiles = _Tiles.of(xyz, cells[-1])
        made: list[Drawable] = [
            _some(points, own, xyz[own], row[own], from_m=cells[0], within=tuple(box))
            for own, box in zip(tiles.members, tiles.boxes.tolist(), strict=True)
        ]
        told: list[_Numbers] = []
        for cell, wider in zip(cells, [*cells[1:], 0.0], strict=True):
            level = _grouped(xyz, row, tiles.number, cell)
            first = rows + self.rows
            self._groups.append(level.group)
            behind = np.arange(first, first + len(level.count), dtype=np.int32)
            many = level.count > 1
            for tile, several, which in level.parts():
                stands = _some(
                    points,
                    None,
                    level.centre[which],
                    behind[which],
                    from_m=wider,
                    until_m=cell,
                    within=tuple(tiles.boxes[tile].tolist()),
                )
                made.append(replace(stands, size_px=points.size_px * (LARGER if several else 1.0)))
            boxes = tiles.boxes[level.tile[many]]
            told.append(_Numbers(level.centre[many], level.count[many], (wider, cell), boxes))
        return [*made, *_labels(told)]


@dataclass(frozen=True, eq=False)
class _Tiles:
    """Squares that hold whole cells: the number of the one of each point, and of each its points and box."""

    number: NDArray[np.int64]
    members: list[NDArray[np.int64]]
    boxes: NDArray[np.float64]

    @classmethod
    def of(cls, xyz: NDArray[np.float64], widest: float) -> _Tiles:
        """Divide points into few tiles, each some times as wide as the widest cells."""
        side = widest
        while float(np.ptp(xyz[:, :2], axis=0).max()) > MOST_TILES * side:
            side *= WIDER  # cells stay within tiles, as these are so many times as wide
        _, number = np.unique(_keys(xyz, side), return_inverse=True)
        order = np.argsort(number, kind="stable")
        starts = np.flatnonzero(np.diff(number[order], prepend=-1))
        ends = (f.reduceat(xyz[order], starts) for f in (np.minimum, np.maximum))
        return cls(number, np.split(order, starts[1:]), np.column_stack([*ends]))


@dataclass(frozen=True, eq=False)
class _Level:
    """The groups of one size of cells, those of a tile together: their middles (k, 3), how many each has, its tile."""

    group: Cluster
    centre: NDArray[np.float64]
    count: NDArray[np.int64]
    tile: NDArray[np.int64]

    def parts(self) -> Iterator[tuple[int, bool, NDArray[np.int64]]]:
        """Give the groups of each tile, those of several points apart from those of one."""
        kind = 2 * self.tile + (self.count > 1)
        order = np.argsort(kind, kind="stable")
        for which in np.split(order, np.flatnonzero(np.diff(kind[order])) + 1):
            yield int(self.tile[which[0]]), bool(self.count[which[0]] > 1), which


class _Numbers(NamedTuple):
    """How many points stand for, where, and when that is shown."""

    xyz: NDArray[np.float64]
    many: NDArray[np.int64]
    apart_m: tuple[float, float]
    within: NDArray[np.float64]


def _some(
    points: Points,
    own: NDArray[np.intp] | None,
    xyz: NDArray[np.float64],
    row: NDArray[np.int32],
    **apart: Any,
) -> Points:
    """Return some of the points, or, without ``own``, what stands for several."""
    colours = points.rgba_of_point
    return replace(
        points,
        xyz_in_scene=xyz.astype(np.float32),
        row_of_point=row.astype(np.int32),
        rgba_of_point=colours[own] if colours is not None and own is not None else None,
        cluster_m=0.0,
        pickable=points.pickable and own is not None,
        **apart,
    )


def _can(points: Points) -> bool:
    return points.row_of_point is not None and len(points.xyz_in_scene) > 1 and not points.moving


def _keys(xyz: NDArray[np.float64], cell: float) -> NDArray[np.int64]:
    """Return one number for the cell of each point: far quicker to compare than pairs are."""
    x, y = np.floor(xyz[:, :2] / cell).astype(np.int64).T
    return np.asarray((x - x.min()) * (int(np.ptp(y)) + 1) + (y - y.min()))


def _grouped(
    xyz: NDArray[np.float64], row: NDArray[np.int32], tile: NDArray[np.int64], cell: float
) -> _Level:
    """Return the groups of points that share a cell."""
    keys = _keys(xyz, cell)
    _, of = np.unique(tile * (int(keys.max()) + 1) + keys, return_inverse=True)
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    count = np.diff(np.append(starts, len(order)))
    centre = np.add.reduceat(xyz[order], starts) / count[:, None]
    centre[:, 2] = np.maximum.reduceat(xyz[order, 2], starts)
    return _Level(Cluster(row[order].astype(np.int64), starts), centre, count, tile[order[starts]])


def _labels(told: Sequence[_Numbers]) -> list[Labels]:
    many = np.concatenate([numbers.many for numbers in told])
    if not len(many):
        return []
    words = {n: {"": str(n)} for n in np.unique(many).tolist()}
    return [
        Labels(
            xyz_in_scene=np.concatenate([n.xyz for n in told]).astype(np.float32),
            texts=tuple(words[n] for n in many.tolist()),
            rank=np.full(len(many), RANK, np.int32),
            apart_m=np.concatenate([np.tile(n.apart_m, (len(n.many), 1)) for n in told]),
            within=np.concatenate([n.within for n in told]),
            kind="value",
            pickable=False,
        )
    ]


def _weightiest(group: Cluster, weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return of each group the member of the greatest weight, the first among equals."""
    own = weight[group.members]
    size = np.diff(np.append(group.starts, len(own)))
    of = np.repeat(np.arange(len(size)), size)
    best = np.flatnonzero(own == np.maximum.reduceat(own, group.starts)[of])
    first = np.flatnonzero(np.diff(of[best], prepend=-1))
    return group.members[best[first]]
