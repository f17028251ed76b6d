"""Graphs of networks by ``scipy.sparse.csgraph``: what is connected, what lies up and down, the shortest way."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

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
        self._label: Indices | None = None

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
        """Every edge in its two directions, weighted by its length; parallel edges stay apart."""
        if self._both is None:
            e = self._edges
            tail = np.concatenate([self._start[e], self._end[e]])
            head = np.concatenate([self._end[e], self._start[e]])
            matrix = self._matrix(tail, head, np.concatenate([e, e]))
            self._edge_of_entry = matrix.data.astype(np.intp)
            length = np.maximum(np.nan_to_num(self._length[self._edge_of_entry]), SHORTEST_M)
            self._both = csr_array_of(length, matrix.indices, matrix.indptr)
        return self._both

    def one_way(self, forward: Flags | None = None) -> csr_array:
        """Every edge along its direction, or against it where ``forward`` (m,) is False."""
        e = self._edges
        flip = np.zeros(len(e), bool) if forward is None else ~forward[e]
        tail = np.where(flip, self._end[e], self._start[e])
        head = np.where(flip, self._start[e], self._end[e])
        return self._matrix(tail, head, np.ones(len(e)))

    def _matrix(self, tail: Indices, head: Indices, data: NDArray[Any]) -> csr_array:
        from scipy.sparse import coo_array

        matrix = coo_array(
            (data.astype(np.float64), (tail.astype(np.int32), head.astype(np.int32))),
            shape=(self.count, self.count),
        )
        # Parallel edges stay apart: adding up their numbers would make edges that do not exist.
        matrix.has_canonical_format = True
        return matrix.tocsr()

    def islands(self) -> Indices:
        """Return the island of each node, (n,) int."""
        if self._label is None:
            from scipy.sparse.csgraph import connected_components

            _, label = connected_components(self.one_way(), directed=False)
            self._label = label.astype(np.intp)
        return self._label

    def components(self) -> tuple[int, Indices]:
        """Return how many islands there are, and that of each node."""
        label = self.islands()
        return int(label.max(initial=-1)) + 1, label

    def connected(self, nodes: Indices) -> Flags:
        """Return which nodes hang together with any of some, (n,) bool."""
        label = self.islands()
        chosen = np.zeros(int(label.max(initial=-1)) + 1, bool)
        chosen[label[nodes]] = True
        return np.asarray(chosen[label])

    def downstream(self, nodes: Indices, forward: Flags | None = None) -> Flags:
        """Return which nodes can be reached along the edges, (n,) bool; the start counts."""
        return _reached(self.one_way(forward), nodes)

    def upstream(self, nodes: Indices, forward: Flags | None = None) -> Flags:
        """Return from which nodes some can be reached along the edges, (n,) bool."""
        turned = np.zeros(len(self._start), bool) if forward is None else ~forward
        return _reached(self.one_way(turned), nodes)

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
        matrix = self.both_ways
        found = []
        for tail, head in pairwise(nodes):
            low, high = matrix.indptr[tail], matrix.indptr[tail + 1]
            entries = low + np.flatnonzero(matrix.indices[low:high] == head)
            shortest = entries[np.argmin(matrix.data[entries])]
            found.append(self._edge_of_entry[shortest])
        return np.array(found, np.intp)


def csr_array_of(data: Floats, indices: NDArray[Any], indptr: NDArray[Any]) -> csr_array:
    """Return a square sparse array of its parts."""
    from scipy.sparse import csr_array

    count = len(indptr) - 1
    return csr_array((data, indices, indptr), shape=(count, count))


def _reached(matrix: csr_array, nodes: Indices) -> Flags:
    """Return which nodes can be reached from any of some: breadth first."""
    from scipy.sparse.csgraph import breadth_first_order

    count = matrix.shape[0]
    met = np.zeros(count, bool)
    if not len(nodes):
        return met
    root = int(nodes[0])
    if len(nodes) > 1:  # from one more node that leads to all of them
        data = np.concatenate([matrix.data, np.ones(len(nodes))])
        indices = np.concatenate([matrix.indices, nodes.astype(np.int32)])
        indptr = np.append(matrix.indptr, len(data)).astype(np.int32)
        matrix, root = csr_array_of(data, indices, indptr), count
    order = breadth_first_order(matrix, root, return_predecessors=False)
    met[order[order < count]] = True
    return met
