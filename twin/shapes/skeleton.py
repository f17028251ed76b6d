"""Straight skeletons of many polygons at once: where the slopes of a roof of one pitch meet.

The outline moves inwards at one speed (Aichholzer and others 1995: A novel type of skeleton for polygons). An edge
that shrinks to nothing, or a reflex corner that meets an edge, is an event; all polygons take their next event
together, so that numpy works on thousands of them a step. Polygons whose faces do not tile them are given back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.shapes.parts import Float64, Geometries, rings_of

Indices = NDArray[np.intp]

MOST_CORNERS = 60
"""Outlines with more are not worked out: events are taken one after the other."""
_NEAR_M = 1e-6
_STRAIGHT = 1e-9
_OPPOSITE = 1e-8
"""Cosine beyond -1 by which two sides count as parallel: their ridge is level."""
_AREA = 1e-6
"""Share of its area by which the faces of a polygon may miss it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Edges:
    """The sides of outlines: ``normal`` (e, 2) points inwards, ``offset`` (e,) is its product with the line."""

    start: Indices
    end: Indices
    along: Float64
    normal: Float64
    offset: Float64
    polygon: Indices

    def height(self, edge: Indices, xy: Float64) -> Float64:
        """Return how far points lie inside a side: the height of a roof of 45 degrees there."""
        return np.asarray((self.normal[edge] * xy).sum(axis=1) - self.offset[edge])


@dataclass(frozen=True, eq=False, kw_only=True)
class Skeleton:
    """The faces of roofs, one for each side of the outlines.

    Parameters
    ----------
    nodes : (n, 2) float64
    corners : (c,) int
        Nodes around the faces, anticlockwise, one face after the other, beginning with the side.
    edge_of_corner : (c,) int
        The side whose face it is.
    done : (k,) bool
        Polygons that were worked out.
    """

    nodes: Float64
    corners: Indices
    edge_of_corner: Indices
    edges: Edges
    done: NDArray[np.bool_]


def skeletons(polygons: Geometries) -> Skeleton:
    """Return the straight skeletons of clean polygons (k,), holes included."""
    rings = rings_of(polygons)
    edges = _edges(rings.xy, rings.next_of, rings.polygon_of)
    front = _Front(edges, rings.xy, rings.next_of)
    few = np.bincount(rings.polygon_of, minlength=len(polygons)) <= MOST_CORNERS
    done = front.run(few)
    nodes, corners, edge_of_corner, closed = _faces(front, len(polygons))
    done &= closed & _tiles(nodes, corners, edge_of_corner, edges, polygons)
    kept = done[edges.polygon[edge_of_corner]]
    return Skeleton(
        nodes=nodes,
        corners=corners[kept],
        edge_of_corner=edge_of_corner[kept],
        edges=edges,
        done=done,
    )


def _edges(xy: Float64, next_of: Indices, polygon: Indices) -> Edges:
    ahead = xy[next_of] - xy
    along = ahead / np.maximum(np.hypot(*ahead.T), 1e-12)[:, None]
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    return Edges(
        start=np.arange(len(xy)),
        end=next_of,
        along=along,
        normal=normal,
        offset=(normal * xy).sum(axis=1),
        polygon=polygon,
    )


@dataclass(eq=False)
class _Front:
    """The moving outlines: vertices between an incoming and an outgoing side, and what they have drawn."""

    edges: Edges
    nodes: Float64
    next_of: Indices
    arcs: list[Indices] = field(default_factory=list)
    """(a, 4) each: node, node, side coming in, side going out."""

    def __post_init__(self) -> None:
        n = len(self.nodes)
        self.before = np.empty(n, np.intp)
        self.before[self.next_of] = np.arange(n)
        self.after = self.next_of.copy()
        self.side_in, self.side_out = self.before.copy(), np.arange(n)
        self.node = np.arange(n)
        self.born = np.zeros(n)
        self.alive = np.ones(n, bool)
        self.velocity, self.still = self._motion(self.side_in, self.side_out)
        self.now = np.zeros(int(self.edges.polygon.max(initial=-1)) + 1)

    def run(self, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Take events until the outlines of the wanted polygons are gone; return for which they are."""
        self.alive &= wanted[self.edges.polygon]
        for _ in range(4 * MOST_CORNERS):
            active = np.flatnonzero(self.alive)
            if not len(active):
                break
            active = active[np.argsort(self.polygon(active), kind="stable")]
            time, first, second = self._next_events(active)
            stuck = ~np.isfinite(time)
            self.alive[active[np.isin(self.polygon(active), self.polygon(first[stuck]))]] = False
            wanted = wanted.copy()
            wanted[self.polygon(first[stuck])] = False
            time, first, second = time[~stuck], first[~stuck], second[~stuck]
            self.now[self.polygon(first)] = time
            merge = second < 0
            self._merge(first[merge], time[merge])
            self._split(first[~merge], second[~merge], time[~merge])
        wanted[self.polygon(np.flatnonzero(self.alive))] = False
        return wanted

    def polygon(self, vertex: Indices) -> Indices:
        """Return the polygon of vertices."""
        return np.asarray(self.edges.polygon[self.side_out[vertex]])

    def at(self, vertex: Indices, time: Float64) -> Float64:
        """Return where vertices are at a time."""
        age = (time - self.born[vertex])[:, None]
        return np.asarray(self.nodes[self.node[vertex]] + age * self.velocity[vertex])

    def _motion(self, side_in: Indices, side_out: Indices) -> tuple[Float64, NDArray[np.bool_]]:
        """Return the velocity that keeps a vertex on both of its sides; between opposite sides it stands still."""
        a, b = self.edges.normal[side_in], self.edges.normal[side_out]
        share = 1.0 + (a * b).sum(axis=1)
        still = share < _OPPOSITE
        return np.where(still[:, None], 0.0, (a + b) / np.maximum(share, _OPPOSITE)[:, None]), still

    def _next_events(self, active: Indices) -> tuple[Float64, Indices, Indices]:
        """Return time, vertex, and met vertex (-1: merges with the one after it) of each polygon's next event."""
        merge_time = self._merge_times(active)
        soonest = np.full(len(self.now), np.inf)
        np.minimum.at(soonest, self.polygon(active), merge_time)
        corner, met, split_time = self._split_times(active, soonest)
        time = np.concatenate([merge_time, split_time])
        first = np.concatenate([active, corner])
        second = np.concatenate([np.full(len(active), -1), met])
        polygon = self.polygon(first)
        order = np.lexsort([second >= 0, time, polygon])
        chosen = order[np.append(True, np.diff(polygon[order]) != 0)]
        return time[chosen], first[chosen], second[chosen]

    def _merge_times(self, active: Indices) -> Float64:
        """When the side between a vertex and the one after it has no length left."""
        after, now = self.after[active], self.now[self.polygon(active)]
        here, there = self.at(active, now), self.at(after, now)
        along = self.edges.along[self.side_out[active]]
        length = (along * (there - here)).sum(axis=1)
        rate = (along * (self.velocity[after] - self.velocity[active])).sum(axis=1)
        time = np.where(
            rate < -_STRAIGHT,
            now + np.maximum(length, 0) / np.minimum(rate, -_STRAIGHT) * -1,
            np.inf,
        )
        time = np.where((length < _NEAR_M) & (rate <= _STRAIGHT), now, time)
        # Between opposite sides a vertex is at once at the nearer of its neighbours: their ridge is level.
        far = np.hypot(*(there - here).T)
        back = np.hypot(*(self.at(self.before[active], now) - here).T)
        forth = np.hypot(*(self.at(self.after[after], now) - there).T)
        time = np.where(self.still[active] & (far <= back), now, time)
        time = np.where(self.still[active] & (far > back), np.inf, time)
        backwards = self.still[after] & ~self.still[active]
        time = np.where(backwards & (far < forth), now, np.where(backwards, np.inf, time))
        return np.where(self.after[after] == active, now, time)

    def _split_times(self, active: Indices, soonest: Float64) -> tuple[Indices, Indices, Float64]:
        """Return reflex vertices, the vertices before the sides that they meet, and when; none after ``soonest``."""
        reflex, count, other = self._pairs(active)
        polygon = self.polygon(reflex)
        corner = np.repeat(reflex, count)
        now, limit = np.repeat(self.now[polygon], count), np.repeat(soonest[polygon], count)
        place = np.repeat(self.at(reflex, self.now[polygon]), count, axis=0)
        side = self.side_out[other]
        normal = self.edges.normal[side]
        gap = (normal * place).sum(axis=1) - self.edges.offset[side] - now
        speed = 1.0 - (normal * self.velocity[corner]).sum(axis=1)
        time = now + np.maximum(gap, 0) / np.maximum(speed, _STRAIGHT)
        own = (side == self.side_in[corner]) | (side == self.side_out[corner])
        good = np.flatnonzero((speed > _STRAIGHT) & (gap > -_NEAR_M) & (time < limit) & ~own)
        corner, other, side, time = corner[good], other[good], side[good], time[good]
        along = self.edges.along[side]
        at = (along * self.at(corner, time)).sum(axis=1)
        low = (along * self.at(other, time)).sum(axis=1)
        high = (along * self.at(self.after[other], time)).sum(axis=1)
        hit = (at > low - _NEAR_M) & (at < high + _NEAR_M)
        return corner[hit], other[hit], time[hit]

    def _pairs(self, active: Indices) -> tuple[Indices, Indices, Indices]:
        """Return the reflex vertices, how many sides each could meet, and the vertices before these sides."""
        a, b = self.edges.along[self.side_in[active]], self.edges.along[self.side_out[active]]
        reflex = active[(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0] < -_STRAIGHT) & ~self.still[active]]
        polygon = self.polygon(active)
        first = np.searchsorted(polygon, self.polygon(reflex), side="left")
        count = np.searchsorted(polygon, self.polygon(reflex), side="right") - first
        inside = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return reflex, count, active[np.repeat(first, count) + inside]

    def _merge(self, vertex: Indices, time: Float64) -> None:
        after = self.after[vertex]
        here, there = self.at(vertex, time), self.at(after, time)
        place = np.where(
            self.still[vertex][:, None],
            there,
            np.where(self.still[after][:, None], here, (here + there) / 2),
        )
        node = self._end(np.concatenate([vertex, after]), np.tile(self._new_nodes(place), 2))[
            : len(vertex)
        ]
        goes_on = self.before[vertex] != after
        vertex, after, node, time = vertex[goes_on], after[goes_on], node[goes_on], time[goes_on]
        new = self._begin(self.side_in[vertex], self.side_out[after], node, time)
        self._link(self.before[vertex], new)
        self._link(new, self.after[after])

    def _split(self, corner: Indices, other: Indices, time: Float64) -> None:
        node = self._end(corner, self._new_nodes(self.at(corner, time)))
        before, after, beyond = self.before[corner], self.after[corner], self.after[other]
        side = self.side_out[other]
        left = self._begin(self.side_in[corner], side, node, time)
        right = self._begin(side, self.side_out[corner], node, time)
        self._link(before, left)
        self._link(left, beyond)
        self._link(other, right)
        self._link(right, after)

    def _new_nodes(self, place: Float64) -> Indices:
        first = len(self.nodes)
        self.nodes = np.concatenate([self.nodes, place])
        return np.arange(first, len(self.nodes))

    def _end(self, vertex: Indices, node: Indices) -> Indices:
        """Vertices come to their end at a node; what they drew stays."""
        sides = [self.side_in[vertex], self.side_out[vertex]]
        self.arcs.append(np.column_stack([self.node[vertex], node, *sides]))
        self.alive[vertex] = False
        return node

    def _begin(self, side_in: Indices, side_out: Indices, node: Indices, time: Float64) -> Indices:
        first, count = len(self.node), len(node)
        velocity, still = self._motion(side_in, side_out)
        self.side_in = np.concatenate([self.side_in, side_in])
        self.side_out = np.concatenate([self.side_out, side_out])
        self.node = np.concatenate([self.node, node])
        self.born = np.concatenate([self.born, time])
        self.alive = np.concatenate([self.alive, np.ones(count, bool)])
        self.velocity = np.concatenate([self.velocity, velocity])
        self.still = np.concatenate([self.still, still])
        self.before = np.concatenate([self.before, np.full(count, -1)])
        self.after = np.concatenate([self.after, np.full(count, -1)])
        return np.arange(first, first + count)

    def _link(self, first: Indices, second: Indices) -> None:
        self.after[first] = second
        self.before[second] = first


def _faces(front: _Front, count: int) -> tuple[Float64, Indices, Indices, NDArray[np.bool_]]:
    """Return nodes, the nodes around each face, the side of each, and which polygons have only closed faces."""
    edges, nodes = front.edges, front.nodes
    arcs = np.concatenate([*front.arcs, np.empty((0, 4), np.intp)])
    same = _joined(arcs, nodes)
    a, b = same[arcs[:, 0]], same[arcs[:, 1]]
    face = np.concatenate([edges.start, arcs[:, 2], arcs[:, 3]])
    start = np.concatenate([edges.start, a, b])
    end = np.concatenate([edges.end, b, a])
    real = (start != end) | (np.arange(len(face)) < len(edges.start))
    face, start, end = face[real], start[real], end[real]
    key = face * len(nodes) + start
    order = np.argsort(key)
    closed = np.ones(count, bool)
    double = order[1:][np.diff(key[order]) == 0]
    closed[edges.polygon[face[double]]] = False
    found = np.searchsorted(key[order], face * len(nodes) + end).clip(max=len(order) - 1)
    following = order[found]
    broken = (face[following] != face) | (start[following] != end)
    closed[edges.polygon[face[broken]]] = False
    sides = np.flatnonzero(closed[edges.polygon])
    corners, edge_of_corner, at = [], [], sides.copy()
    for _ in range(2 * MOST_CORNERS):
        corners.append(start[at])
        edge_of_corner.append(sides)
        at = following[at]
        on = at != sides
        at, sides = at[on], sides[on]
        if not len(at):
            break
    closed[edges.polygon[sides]] = False
    if not corners:
        return nodes, np.empty(0, np.intp), np.empty(0, np.intp), closed
    around, side = np.concatenate(corners), np.concatenate(edge_of_corner)
    order = np.argsort(side, kind="stable")
    around, side = around[order], side[order]
    kept = closed[edges.polygon[side]]
    return nodes, around[kept], side[kept], closed


def _joined(arcs: Indices, nodes: Float64) -> Indices:
    """Return for each node the first of those at its place: arcs without a length join their ends."""
    same = np.arange(len(nodes))
    short = arcs[np.hypot(*(nodes[arcs[:, 0]] - nodes[arcs[:, 1]]).T) < 10 * _NEAR_M]
    while len(short):
        low = np.minimum(same[short[:, 0]], same[short[:, 1]])
        changed = (same[short[:, 0]] != low) | (same[short[:, 1]] != low)
        if not changed.any():
            break
        np.minimum.at(same, short[:, 0], low)
        np.minimum.at(same, short[:, 1], low)
    return same


def _tiles(
    nodes: Float64, corners: Indices, edge_of_corner: Indices, edges: Edges, polygons: Geometries
) -> NDArray[np.bool_]:
    """Whether the faces of each polygon lie side by side and fill it."""
    if not len(corners):
        return np.zeros(len(polygons), bool)
    side, size = np.unique(edge_of_corner, return_counts=True)
    polygon = edges.polygon[side]
    good = np.ones(len(polygons), bool)
    good[polygon[size < 3]] = False
    usable = np.isin(edge_of_corner, side[size >= 3])
    index = np.unique(edge_of_corner[usable], return_inverse=True)[1]
    faces = shapely.polygons(shapely.linearrings(nodes[corners[usable]], indices=index))
    of_face = polygon[size >= 3]
    good[of_face[~shapely.is_valid(faces)]] = False
    total = np.bincount(of_face, weights=shapely.area(faces), minlength=len(polygons))
    area = shapely.area(polygons)
    return good & (np.abs(total - area) <= _AREA * area + 1e-6)
