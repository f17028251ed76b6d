"""Ways along streets, for cables and pipes: a graph of the centre lines and shortest paths in it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np
import shapely
from shapely import LineString, Point, STRtree
from shapely.geometry.base import BaseGeometry

from twin.synth.plane import Float64, lines_of, points_at, rounded

Node = tuple[float, float]
Ways = dict[Node, tuple[Node, LineString]]
"""For each node its predecessor and the line from there."""


class StreetGraph:
    """Streets as a graph.

    Parameters
    ----------
    lines : iterable of LineString
        Centre lines in metres; they meet where they cross.
    """

    def __init__(self, lines: Iterable[LineString]) -> None:
        longer = [_lengthened(line, 0.6) for line in lines]
        # On the grid of saved coordinates, so that what is laid along it still meets in the file.
        noded = lines_of(rounded(shapely.node(shapely.multilinestrings(longer))))
        self._edges: dict[Node, list[tuple[Node, LineString]]] = {}
        for line in noded:
            if line.length < 0.7 and len(noded) > 1:
                continue
            first, last = _key(line.coords[0]), _key(line.coords[-1])
            self._edges.setdefault(first, []).append((last, line))
            self._edges.setdefault(last, []).append((first, line.reverse()))
        self._reduce()
        self._nodes = sorted(self._edges)
        self._tree = STRtree(points_at(self._nodes))

    def _reduce(self) -> None:
        """Keep the largest connected part, so that every way exists."""
        left, best = set(self._edges), set[Node]()
        while left:
            part, stack = set[Node](), [min(left)]
            while stack:
                node = stack.pop()
                if node not in part:
                    part.add(node)
                    stack += [other for other, _ in self._edges[node]]
            left -= part
            best = max(best, part, key=len)
        self._edges = {node: ways for node, ways in self._edges.items() if node in best}

    def nearest(self, xy: Float64) -> Node:
        """Return the node nearest to a point."""
        return self._nodes[int(self._tree.nearest(Point(xy)))]

    def tree(self, source: Node) -> Ways:
        """Return for each node its predecessor on the shortest way from ``source`` and the line from there."""
        distance, before = {source: 0.0}, {}
        queue: list[tuple[float, Node]] = [(0.0, source)]
        while queue:
            far, node = heapq.heappop(queue)
            if far > distance[node]:
                continue
            for other, line in sorted(self._edges[node], key=lambda way: (way[0], way[1].length)):
                reach = far + line.length
                if reach < distance.get(other, np.inf) - 1e-9:
                    distance[other] = reach
                    before[other] = (node, line)
                    heapq.heappush(queue, (reach, other))
        return before


def path(tree: Ways, node: Node) -> Float64:
    """Return the (n, 2) course from the source of a shortest-way tree to ``node``."""
    pieces: list[Float64] = []
    while node in tree:
        node, line = tree[node]
        pieces.append(shapely.get_coordinates(line))
    if not pieces:
        return np.array([node])
    course = np.vstack(pieces[::-1])
    keep = np.append(True, np.hypot(*np.diff(course, axis=0).T) > 0.01)
    return np.asarray(course[keep])


def _key(point: tuple[float, ...]) -> Node:
    return float(point[0]), float(point[1])


def _lengthened(line: LineString, by_m: float) -> LineString:
    xy = shapely.get_coordinates(line)
    first, last = xy[0] - xy[1], xy[-1] - xy[-2]
    start = xy[0] + first / max(np.hypot(*first), 1e-9) * by_m
    end = xy[-1] + last / max(np.hypot(*last), 1e-9) * by_m
    return LineString(np.vstack([start, xy[1:-1], end]))


def with_depth(course: Float64, ground_m: Float64, depth_m: float) -> LineString:
    """Return a 3D line ``depth_m`` below the ground; z is metres NGF."""
    return LineString(np.column_stack([course, np.round(ground_m - depth_m, 2)]))


def densified(course: Float64, step_m: float = 12.0) -> Float64:
    """Return a course with a vertex at least every ``step_m``, so that it follows the ground."""
    line: BaseGeometry = shapely.segmentize(LineString(course), step_m)
    return np.asarray(shapely.get_coordinates(line))
