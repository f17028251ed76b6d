"""Which feature lies in which tile: a quadtree over a square that stays put when the data grow a little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

DEEPEST = 20
FINEST_M = 1.0


@dataclass(frozen=True, kw_only=True)
class Square:
    """The square of the root tile, in the CRS of the project, metres."""

    x_min: float
    y_min: float
    side_m: float

    @staticmethod
    def around(x_min: float, y_min: float, x_max: float, y_max: float) -> Square:
        """Return a square whose side is a power of two and whose corner lies on an eighth of that.

        A feature that is added at the edge then moves no other feature to another tile, as a rule.
        """
        extent = max(x_max - x_min, y_max - y_min, 64.0)
        side = 2.0 ** np.ceil(np.log2(extent * 1.02))
        for _ in range(2):
            step = side / 8
            x, y = np.floor(x_min / step) * step, np.floor(y_min / step) * step
            if x + side >= x_max and y + side >= y_max:
                break
            side *= 2
        return Square(x_min=float(x), y_min=float(y), side_m=float(side))


@dataclass(eq=False, kw_only=True)
class Node:
    """A tile of the tree: its place and, for a leaf, the features in it."""

    level: int
    column: int
    row: int
    children: list[Node] = field(default_factory=list)
    members: NDArray[np.intp] | None = None
    is_leaf: bool = False

    @property
    def name(self) -> str:
        """The tile's name in files: level, column and row."""
        return f"{self.level}_{self.column}_{self.row}"

    def walk(self) -> Iterator[Node]:
        """Yield the nodes below and itself, children before their parents."""
        for child in self.children:
            yield from child.walk()
        yield self

    def leaves(self) -> Iterator[Node]:
        """Yield the leaves below, or itself."""
        return (node for node in self.walk() if node.is_leaf)


def quadtree(xy: NDArray[np.float64], square: Square, most: int, weight: NDArray[np.int64]) -> Node:
    """Return the tree of points whose leaves weigh at most ``most`` together (or hold a single point).

    Parameters
    ----------
    xy : (n, 2) float64
        Positions in the square; those outside go to its edge.
    most : int
        Weight of a leaf.
    weight : (n,) int
        1 for counting features.
    """
    cells = 1 << DEEPEST
    at = ((xy - (square.x_min, square.y_min)) / square.side_m * cells).astype(np.int64)
    at = np.clip(at, 0, cells - 1)
    code = morton(at[:, 0], at[:, 1])
    order = np.argsort(code, kind="stable")
    total = np.concatenate([[0], np.cumsum(weight[order])])
    return _split(code[order], order, total, most)


def morton(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bits of x and y interleaved: neighbours in the plane become neighbours in a row."""
    return np.asarray(_spread(x) | (_spread(y) << 1))


def _spread(v: NDArray[np.int64]) -> NDArray[np.int64]:
    v = v & 0xFFFFFFFF
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        v = (v | (v << shift)) & mask
    return v


def _split(
    code: NDArray[np.int64], order: NDArray[np.intp], total: NDArray[np.int64], most: int
) -> Node:
    def make(level: int, column: int, row: int, start: int, stop: int) -> Node:
        node = Node(level=level, column=column, row=row)
        if total[stop] - total[start] <= most or stop - start <= 1 or level == DEEPEST:
            node.members, node.is_leaf = np.sort(order[start:stop]), True
            return node
        prefix = morton(np.array([column]), np.array([row]))[0]
        shift = 2 * (DEEPEST - level - 1)
        edges = [(prefix * 4 + k) << shift for k in range(5)]
        cuts = start + np.searchsorted(code[start:stop], edges)
        for k in range(4):
            if cuts[k + 1] > cuts[k]:
                child = make(
                    level + 1,
                    2 * column + (k & 1),
                    2 * row + (k >> 1),
                    int(cuts[k]),
                    int(cuts[k + 1]),
                )
                node.children.append(child)
        return node

    return make(0, 0, 0, 0, len(code))
