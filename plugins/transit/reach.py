"""How far one gets: shortest ways on streets (scipy's Dijkstra), and rides by the connection scan algorithm.

Connection scan: Dibbelt, Pajor, Strasser, Wagner, "Intriguingly Simple and Fast Transit Routing", SEA 2013.
Streets are joined where their vertices meet; heights, one-way streets and junctions are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

SPEED_M_S = {"walk": 1.25, "bike": 4.2, "transit": 1.25}
"""4.5 and 15 km/h: the usual assumptions of planners."""

CHANGE_S = 60
SNAP_M = 1.0
ACCESS_M = 1500.0
FAR_S = np.iinfo(np.int64).max // 4


@dataclass(frozen=True, eq=False, kw_only=True)
class Streets:
    """A graph of streets.

    Parameters
    ----------
    nodes : (n, 2)
        In the project's CRS.
    ends : (e, 2) int
        Nodes of each piece between two vertices.
    piece_of : (e,) int
        Row of the street that a piece belongs to.
    """

    nodes: Any
    ends: Any
    piece_of: Any
    matrix: Any

    def nearest(self, xy: Any) -> tuple[Any, Any]:
        """Return the nearest node of each place and how far it is."""
        away, node = cKDTree(self.nodes).query(np.asarray(xy, float))
        return node, away


def streets(lines: Any, rows: Any) -> Streets:
    """Return the graph of some lines, cut where they cross; vertices within a metre are one."""
    lines = np.asarray(lines, object)
    pieces = shapely.get_parts(shapely.node(shapely.multilinestrings(shapely.get_parts(lines))))
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    (_, found), _ = shapely.STRtree(lines).query_nearest(
        middle, return_distance=True, all_matches=False
    )
    rows = np.asarray(rows)[found]
    coordinates, of_line = shapely.get_coordinates(pieces, return_index=True)
    cell = np.round(coordinates / SNAP_M).astype(np.int64)
    _, first, node = np.unique(cell, axis=0, return_index=True, return_inverse=True)
    node = node.reshape(-1)
    same = of_line[1:] == of_line[:-1]
    start, end = node[:-1][same], node[1:][same]
    piece = rows[of_line[:-1][same]]
    nodes = coordinates[first]
    length = np.linalg.norm(nodes[start] - nodes[end], axis=1)
    good = length > 0
    start, end, piece, length = start[good], end[good], piece[good], length[good]
    matrix = csr_array((length, (start, end)), shape=(len(nodes), len(nodes)))
    return Streets(nodes=nodes, ends=np.column_stack([start, end]), piece_of=piece, matrix=matrix)


def seconds_on_streets(graph: Streets, begin: Any, speed_m_s: float) -> Any:
    """Return the earliest time at each node from nodes that are reached at given times.

    Parameters
    ----------
    begin : (k, 2) of node, seconds
    """
    begin = np.asarray(begin, float).reshape(-1, 2)
    count = len(graph.nodes)
    # One more node, from which each start is as far as it took to get there: one search for all of them.
    source = np.full(len(begin), count)
    extra = csr_array(
        (np.maximum(begin[:, 1] * speed_m_s, 1e-6), (source, begin[:, 0].astype(int))),
        shape=(count + 1, count + 1),
    )
    wide = csr_array(
        (
            graph.matrix.data,
            graph.matrix.indices,
            np.append(graph.matrix.indptr, graph.matrix.indptr[-1]),
        ),
        shape=(count + 1, count + 1),
    )
    both = wide + wide.T
    metres = dijkstra(both.maximum(extra), directed=True, indices=count)[:count]
    return metres / speed_m_s


def scan(connections: Any, start_s: Any) -> Any:
    """Return the earliest arrival at each stop, given when one can be at each without riding.

    Parameters
    ----------
    connections : (c, 5) int64, by departure
    start_s : (n,) int64
        ``FAR_S`` where one cannot be.
    """
    at = np.asarray(start_s, np.int64).copy()
    aboard: set[int] = set()
    for a, b, leave, arrive, trip in connections.tolist():
        if trip in aboard or at[a] + (CHANGE_S if at[a] != start_s[a] else 0) <= leave:
            aboard.add(trip)
            at[b] = min(at[b], arrive)
    return at


def minutes_of_pieces(graph: Streets, node_s: Any) -> dict[int, float]:
    """Return the mean time of the pieces of each street, in minutes."""
    mean = node_s[graph.ends].mean(axis=1) / 60.0
    good = np.isfinite(mean)
    rows, inverse = np.unique(graph.piece_of[good], return_inverse=True)
    total = np.bincount(inverse, weights=mean[good]) / np.maximum(np.bincount(inverse), 1)
    return dict(zip(rows.tolist(), total.tolist(), strict=True))
