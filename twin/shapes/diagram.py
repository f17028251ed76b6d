"""Diagrams of things that hang on one another: every step one column, branches below one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


def tree(
    count: int, roots: Sequence[int], children: Mapping[int, Sequence[int]]
) -> tuple[Float64, Float64]:
    """Return (count,) columns and rows of the nodes of trees; NaN for what hangs on no root.

    A node stands beside its first child, so that the first branch runs straight on.
    """
    column, row = np.full(count, np.nan), np.full(count, np.nan)
    next_row = 0.0
    for root in roots:
        next_row = _place(root, children, column, row, next_row)
    return column, row


def _place(
    root: int,
    children: Mapping[int, Sequence[int]],
    column: Float64,
    row: Float64,
    next_row: float,
) -> float:
    """Place a tree without recursion: networks are deeper than Python's stack."""
    stack = [(root, 0, False)]
    while stack:
        node, depth, done = stack.pop()
        below = children.get(node, ())
        if not below:
            column[node], row[node] = depth, next_row
            next_row += 1.0
        elif done:
            column[node] = depth
            row[node] = float(row[below[0]])
        else:
            stack.append((node, depth, True))
            stack += [(child, depth + 1, False) for child in reversed(below)]
    return next_row + 1.0
