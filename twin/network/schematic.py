"""A network as a diagram: the source at the left, every step one column, branches below one another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.network.features import RETURN
from twin.network.model import Floats, Indices, Network
from twin.network.trace import flowing
from twin.shapes.diagram import tree


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
    column, row = tree(count, roots, children)
    edges = network.edges
    both = drawn[edges.start] & drawn[edges.end]
    return Schematic(column, row, np.flatnonzero(both))
