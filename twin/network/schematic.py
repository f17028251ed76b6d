"""A network as a diagram: the source at the left, every step one column, branches below one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.network.features import RETURN
from twin.network.model import Floats, Indices, Network
from twin.network.trace import flowing


@dataclass(frozen=True, eq=False)
class Schematic:
    """Where nodes stand: (n,) columns and rows, NaN for what is not drawn; edges that are drawn."""

    column: Floats
    row: Floats
    edges: Indices


def schematic(network: Network) -> Schematic:
    """Return a diagram of everything that hangs on a source; the return side is left out: it mirrors the supply."""
    ready = flowing(network)
    count = len(network.nodes)
    column, row = np.full(count, np.nan), np.full(count, np.nan)
    drawn = np.isfinite(ready.source_m)
    drawn &= np.array([not str(i).endswith(RETURN) for i in network.nodes.ids], bool)
    children: dict[int, list[int]] = {}
    roots = []
    for node in np.flatnonzero(drawn).tolist():
        before = int(ready.before[node])
        if before < 0:
            roots.append(node)
        else:
            children.setdefault(before, []).append(node)
    next_row = 0.0
    for root in roots:
        next_row = _place(root, children, column, row, next_row)
    edges = network.edges
    both = drawn[edges.start] & drawn[edges.end]
    return Schematic(column, row, np.flatnonzero(both))


def _place(
    root: int, children: dict[int, list[int]], column: Floats, row: Floats, next_row: float
) -> float:
    """Place a tree without recursion: networks are deeper than Python's stack."""
    stack = [(root, 0, False)]
    while stack:
        node, depth, done = stack.pop()
        below = children.get(node, [])
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
