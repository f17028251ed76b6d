"""Points that lie too close together to be told apart from afar: drawn as one, with their number.

There are several sizes of cells, each three times as wide as the one before. Of all of them the one is drawn
whose cells look wide enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        side = cells[-1]
        while float(np.ptp(xyz[:, :2], axis=0).max()) > MOST_TILES * side:
            side *= WIDER  # cells stay within tiles, as these are so many times as wide
        made: list[Drawable] = []
        told: list[_Number] = []
        tile = np.floor(xyz[:, :2] / side).astype(np.int64)
        _, of = np.unique(tile, axis=0, return_inverse=True)
        for number in range(int(of.max()) + 1):
            own = np.flatnonzero(of.reshape(-1) == number)
            box = (*xyz[own].min(axis=0).tolist(), *xyz[own].max(axis=0).tolist())
            made.append(_some(points, own, xyz[own], row[own], from_m=cells[0], within=box))
            for cell, wider in zip(cells, [*cells[1:], 0.0], strict=True):
                group, centre, count = _grouped(xyz[own], row[own], cell)
                first = rows + self.rows
                self._groups.append(group)
                behind = np.arange(first, first + len(count), dtype=np.int32)
                for many, size in ((True, LARGER), (False, 1.0)):
                    which = np.flatnonzero((count > 1) == many)
                    if len(which):
                        stands = _some(
                            points,
                            None,
                            centre[which],
                            behind[which],
                            from_m=wider,
                            until_m=cell,
                            within=box,
                        )
                        made.append(replace(stands, size_px=points.size_px * size))
                told += [
                    _Number(place, int(n), wider, cell, box)
                    for place, n in zip(centre, count, strict=True)
                    if n > 1
                ]
        return [*made, *_numbers(told)]


class _Number(NamedTuple):
    """How many a point stands for, where, and when that is shown."""

    xyz: NDArray[np.float64]
    many: int
    from_m: float
    until_m: float
    within: tuple[float, ...]


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


def _grouped(
    xyz: NDArray[np.float64], row: NDArray[np.int32], cell: float
) -> tuple[Cluster, NDArray[np.float64], NDArray[np.int64]]:
    """Return groups, the middle of each (k, 3), and how many each has (k,)."""
    key = np.floor(xyz[:, :2] / cell).astype(np.int64)
    _, of = np.unique(key, axis=0, return_inverse=True)
    of = of.reshape(-1)
    order = np.argsort(of, kind="stable")
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    count = np.diff(np.append(starts, len(order)))
    centre = np.add.reduceat(xyz[order], starts) / count[:, None]
    centre[:, 2] = np.maximum.reduceat(xyz[order, 2], starts)
    return Cluster(row[order].astype(np.int64), starts), centre, count


def _numbers(told: Sequence[_Number]) -> list[Labels]:
    if not told:
        return []
    return [
        Labels(
            xyz_in_scene=np.array([t.xyz for t in told], np.float32),
            texts=tuple({"": str(t.many)} for t in told),
            rank=np.full(len(told), RANK, np.int32),
            apart_m=np.array([(t.from_m, t.until_m) for t in told]),
            within=np.array([t.within for t in told]),
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
