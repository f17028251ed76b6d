"""Tracing: what feeds a thing, what it feeds, what hangs together with it, and the way to its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from twin.network.graph import Graph, Path
from twin.network.model import Element, Flags, Floats, Indices, Network, NetworkError, find

ORDER = ("device", "node", "edge")
"""A bare id in a trace is a device or a node first: one asks for a flat, not for its pipe."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Trace:
    """What was found from one thing. Masks are over all nodes or edges.

    Parameters
    ----------
    start : Element
    upstream_nodes, downstream_nodes, connected_nodes : (n,) bool
    upstream_edges, downstream_edges, connected_edges : (m,) bool
    to_source : Path or None
        The shortest way to the nearest source.
    source_m : (n,) float64
        Metres from every node to the nearest source, inf without a way.
    """

    network: Network
    start: Element
    upstream_nodes: Flags
    upstream_edges: Flags
    downstream_nodes: Flags
    downstream_edges: Flags
    connected_nodes: Flags
    connected_edges: Flags
    to_source: Path | None
    source_m: Floats


@dataclass(frozen=True, eq=False)
class Flowing:
    """A network made ready for tracing: its graph, and the direction of flow along each edge."""

    graph: Graph
    forward: Flags
    source_m: Floats
    before: Indices
    supply: Graph


@lru_cache(maxsize=8)
def flowing(network: Network) -> Flowing:
    """Return a network ready for tracing; kept for the next question.

    Without a computed flow, an edge is taken to lead away from the nearest source. A solved network
    says better: its column ``flow`` of the edges, positive along the edge.
    """
    graph = Graph.of(network)
    edges, across = network.edges, network.across
    supply = Graph.of(network, edges.conducts & ~across) if across.any() else graph
    source_m, before = supply.distances(network.source_nodes())
    forward = np.asarray(source_m[edges.start] <= source_m[edges.end])
    if across.any():
        # What comes back flows toward the pump; through a consumer it goes from supply to return.
        home_m, _ = supply.distances(network.returns)
        back = ~np.isfinite(source_m[edges.start]) & np.isfinite(home_m[edges.start])
        forward = np.where(back, home_m[edges.start] >= home_m[edges.end], forward)
        forward[across] = True
    if network.directed:
        forward = np.ones(len(edges), bool)
    flow = network.edges.values.get("flow")
    if flow is not None:
        known = np.isfinite(flow) & (flow != 0)
        forward = np.where(known, flow > 0, forward)
    return Flowing(graph, forward, source_m, before, supply)


def trace(network: Network, name: str) -> Trace:
    """Trace from a node, edge or device.

    Raises
    ------
    NetworkError
        Nothing is called so.
    """
    start = find(network, name, ORDER)
    ready = flowing(network)
    graph, edges = ready.graph, network.edges
    tail = np.where(ready.forward, edges.start, edges.end)
    head = np.where(ready.forward, edges.end, edges.start)
    above, below = _ports(network, start, tail, head)
    up, down = graph.upstream(above, ready.forward), graph.downstream(below, ready.forward)
    whole = graph.connected(np.union1d(above, below))
    own = np.zeros(len(edges), bool)
    if start.sort == "edge":
        own[start.index] = True
    here = above[0] if len(above) else 0
    way = ready.supply.path(int(here), ready.before) if np.isfinite(ready.source_m[here]) else None
    return Trace(
        network=network,
        start=start,
        upstream_nodes=up,
        upstream_edges=(edges.conducts & up[tail] & up[head]) | own,
        downstream_nodes=down,
        downstream_edges=(edges.conducts & down[tail] & down[head]) | own,
        connected_nodes=whole,
        connected_edges=edges.conducts & whole[edges.start] & whole[edges.end],
        to_source=way,
        source_m=ready.source_m,
    )


def _ports(
    network: Network, start: Element, tail: Indices, head: Indices
) -> tuple[Indices, Indices]:
    """Return the nodes from which to go up, and those from which to go down."""
    edge = start.index if start.sort == "edge" else -1
    if start.sort == "device":
        edge = int(network.devices.edge[start.index])
    if edge >= 0:
        return tail[[edge]], head[[edge]]
    node = network.devices.node[start.index] if start.sort == "device" else start.index
    both = np.array([node], np.intp)
    return both, both


def between(network: Network, start: str, end: str) -> Path:
    """Return the shortest way between two things.

    Raises
    ------
    NetworkError
        One of them is unknown, or nothing joins them.
    """
    places = [_node(network, find(network, name, ORDER)) for name in (start, end)]
    found = flowing(network).graph.between(places[0], places[1])
    if found is None:
        raise NetworkError("network.no_way", network.id, start=start, end=end)
    return found


def _node(network: Network, element: Element) -> int:
    if element.sort == "edge":
        return int(network.edges.start[element.index])
    if element.sort == "device":
        return int(network.devices.node[element.index])
    return element.index
