"""Graphs of networks by ``scipy.sparse.csgraph``: what is connected, what lies up and down, the shortest way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.network.model import Flags, Floats, Indices, Network

if TYPE_CHECKING:
    from scipy.sparse import csr_array

NOWHERE = -9999
"""What csgraph writes as predecessor of a node that it did not reach."""
SHORTEST_M = 1e-6
"""Edges without a length still are a step: a zero in a sparse graph would be no edge at all."""


@dataclass(frozen=True, eq=False)
class Path:
    """A way along edges: (k + 1,) nodes, (k,) edges and its length."""

    nodes: Indices
    edges: Indices
    length_m: float


class Graph:
    """The edges of a network that conduct, as a sparse graph.

    Parameters
    ----------
    nodes : int
        How many there are.
    start, end : (m,) int
    length_m : (m,) float64
    conducts : (m,) bool
        The other edges are left out.
    """

    def __init__(
        self, nodes: int, start: Indices, end: Indices, *, length_m: Floats, conducts: Flags
    ) -> None:
        self.count = nodes
        self._start, self._end, self._length = start, end, length_m
        self._edges = np.flatnonzero(conducts & (start != end))
        self._both: csr_array | None = None
        self._edge_of_entry = np.zeros(0, np.intp)

    @classmethod
    def of(cls, network: Network, conducts: Flags | None = None) -> Graph:
        """Return the graph of a network, or of some of its edges."""
        edges = network.edges
        flags = edges.conducts if conducts is None else conducts
        return cls(
            len(network.nodes), edges.start, edges.end, length_m=edges.length_m, conducts=flags
        )

    @property
    def both_ways(self) -> csr_array:
        """Every edge in its two directions; of parallel edges the shortest."""
        if self._both is None:
            e = self._edges
            tail = np.concatenate([self._start[e], self._end[e]])
            head = np.concatenate([self._end[e], self._start[e]])
            self._both, self._edge_of_entry = self._matrix(tail, head, np.concatenate([e, e]))
        return self._both

    def one_way(self, forward: Flags | None = None) -> csr_array:
        """Every edge along its direction, or against it where ``forward`` (m,) is False."""
        e = self._edges
        flip = np.zeros(len(e), bool) if forward is None else ~forward[e]
        tail = np.where(flip, self._end[e], self._start[e])
        head = np.where(flip, self._start[e], self._end[e])
        return self._matrix(tail, head, e)[0]

    def _matrix(self, tail: Indices, head: Indices, edges: Indices) -> tuple[csr_array, Indices]:
        """Return the graph, and which edge each of its entries is."""
        from scipy.sparse import csr_array

        length = np.maximum(np.nan_to_num(self._length[edges]), SHORTEST_M)
        key = tail.astype(np.int64) * self.count + head
        order = np.lexsort((edges, length, key))
        first = np.ones(len(order), bool)
        first[1:] = np.diff(key[order]) != 0
        keep = order[first]
        at = np.searchsorted(tail[keep], np.arange(self.count + 1)).astype(np.int32)
        matrix: csr_array = csr_array(
            (length[keep], head[keep].astype(np.int32), at), shape=(self.count, self.count)
        )
        return matrix, edges[keep]

    def components(self) -> tuple[int, Indices]:
        """Return how many islands there are, and that of each node."""
        from scipy.sparse.csgraph import connected_components

        count, label = connected_components(self.both_ways, directed=False)
        return int(count), label.astype(np.intp)

    def connected(self, nodes: Indices) -> Flags:
        """Return which nodes hang together with any of some, (n,) bool."""
        return self._reached(self.both_ways, nodes)

    def downstream(self, nodes: Indices, forward: Flags | None = None) -> Flags:
        """Return which nodes can be reached along the edges, (n,) bool; the start counts."""
        return self._reached(self.one_way(forward), nodes)

    def upstream(self, nodes: Indices, forward: Flags | None = None) -> Flags:
        """Return from which nodes some can be reached along the edges, (n,) bool."""
        turned = None if forward is None else ~forward
        flags = np.zeros(len(self._start), bool) if turned is None else turned
        return self._reached(self.one_way(flags), nodes)

    def _reached(self, matrix: csr_array, nodes: Indices) -> Flags:
        """Breadth first from one node after the other, as long as one is left that was not met."""
        from scipy.sparse.csgraph import breadth_first_order

        met = np.zeros(self.count, bool)
        if len(nodes) > 1:
            matrix, root = _with_root(matrix, nodes)
            order = breadth_first_order(matrix, root, return_predecessors=False)
            met[order[order < self.count]] = True
        elif len(nodes):
            met[breadth_first_order(matrix, int(nodes[0]), return_predecessors=False)] = True
        return met

    def distances(self, sources: Indices) -> tuple[Floats, Indices]:
        """Return metres to the nearest source (inf without a way) and the node before, on that way."""
        from scipy.sparse.csgraph import dijkstra

        if not len(sources):
            return np.full(self.count, np.inf), np.full(self.count, NOWHERE, np.intp)
        metres, before, _ = dijkstra(
            self.both_ways, indices=sources, min_only=True, return_predecessors=True
        )
        return metres, before.astype(np.intp)

    def path(self, start: int, before: Indices) -> Path | None:
        """Return the way from a node back along ``before``; None if it was not reached."""
        nodes = [start]
        while before[nodes[-1]] != NOWHERE:
            nodes.append(int(before[nodes[-1]]))
        along = np.array(nodes, np.intp)
        edges = self._edges_of(along)
        return Path(along, edges, float(np.nan_to_num(self._length[edges]).sum()))

    def between(self, start: int, end: int) -> Path | None:
        """Return the shortest way between two nodes; None where there is none."""
        metres, before = self.distances(np.array([end], np.intp))
        return self.path(start, before) if np.isfinite(metres[start]) else None

    def _edges_of(self, nodes: Indices) -> Indices:
        matrix: Any = self.both_ways
        found = []
        for tail, head in pairwise(nodes):
            low, high = matrix.indptr[tail], matrix.indptr[tail + 1]
            entry = low + np.searchsorted(matrix.indices[low:high], head)
            found.append(self._edge_of_entry[entry])
        return np.array(found, np.intp)


def _with_root(matrix: csr_array, nodes: Indices) -> tuple[csr_array, int]:
    """Add one node that leads to all of some."""
    from scipy.sparse import csr_array

    count = matrix.shape[0]
    data = np.concatenate([matrix.data, np.ones(len(nodes))])
    indices = np.concatenate([matrix.indices, nodes.astype(np.int32)])
    indptr = np.append(matrix.indptr, len(data)).astype(np.int32)
    return csr_array((data, indices, indptr), shape=(count + 1, count + 1)), count
