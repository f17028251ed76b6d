"""Outage: something is closed, opened or tripped; who is without, and how they could be supplied again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from twin.network.graph import Graph
from twin.network.model import (
    Element,
    Flags,
    Indices,
    Network,
    NetworkError,
    Role,
    find,
)

ORDER = ("edge", "device", "node")
"""A bare id in an outage is an edge first: one closes a pipe, not a joint."""


@dataclass(frozen=True)
class Resupply:
    """One way back: close or open these, and so many consumers have supply again.

    Parameters
    ----------
    edges : tuple of int
        Edges that would conduct again.
    operate : tuple of str
        Ids of the switches or valves to operate.
    restored : tuple of int
        Devices (consumers) that are supplied again.
    power_mw : float
    """

    edges: tuple[int, ...]
    operate: tuple[str, ...]
    restored: tuple[int, ...]
    power_mw: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Outage:
    """Who is without.

    Parameters
    ----------
    removed : tuple of Element
        What was taken out.
    lost_nodes : (n,) bool
        Supplied before, not now.
    lost_edges : (m,) bool
    consumers : (j,) int
        Devices that lose supply.
    power_mw : float
        Sum over those whose power is known.
    power_unknown : int
        How many of them say no power.
    resupply : tuple of Resupply
        Ways back, those that bring most first; empty where there is none.
    """

    network: Network
    removed: tuple[Element, ...]
    lost_nodes: Flags
    lost_edges: Flags
    consumers: Indices
    power_mw: float
    power_unknown: int
    resupply: tuple[Resupply, ...]


def outage(network: Network, names: Sequence[str]) -> Outage:
    """Take things out of service and see who loses supply.

    Raises
    ------
    NetworkError
        A name is unknown, or the network has no source: then nobody can lose supply.
    """
    if not len(network.source_nodes()):
        raise NetworkError("network.no_source", network.id)
    removed = tuple(find(network, name, ORDER) for name in names)
    conducts, nodes, devices = _without(network, removed)
    before = _supplied(
        network, network.edges.conducts, np.zeros(0, np.intp), network.devices.in_service
    )
    after = _supplied(network, conducts, nodes, devices)
    lost = before & ~after
    edges = network.edges
    lost_edges = network.edges.conducts & (~conducts | (lost[edges.start] | lost[edges.end]))
    consumers = _without_supply(network, lost, conducts, devices)
    power = network.devices.power_mw[consumers]
    blocked = ~np.isin(np.arange(len(edges)), np.flatnonzero(edges.conducts & ~conducts))
    state = _State(conducts, nodes, devices, after)
    ways = _ways_back(network, state, consumers, blocked)
    return Outage(
        network=network,
        removed=removed,
        lost_nodes=lost,
        lost_edges=lost_edges,
        consumers=consumers,
        power_mw=float(np.nansum(power)),
        power_unknown=int(np.isnan(power).sum()),
        resupply=ways,
    )


def _without(network: Network, removed: Sequence[Element]) -> tuple[Flags, Indices, Flags]:
    """Return which edges conduct, which nodes are dead and which devices work after the removal."""
    edges, devices = network.edges, network.devices
    conducts, working = edges.conducts.copy(), devices.in_service.copy()
    dead = []
    for element in removed:
        if element.sort == "edge":
            conducts[element.index] = False
            working[devices.edge == element.index] = False
        elif element.sort == "device" and devices.role[element.index] != Role.OTHER:
            working[element.index] = False
            if devices.edge[element.index] >= 0:
                conducts[devices.edge[element.index]] = False
        else:
            # What stands in the way of all, a plant between well and loop, takes its node with it.
            own = element.index if element.sort == "node" else int(devices.node[element.index])
            dead.append(own)
            conducts[(edges.start == own) | (edges.end == own)] = False
            working[devices.node == own] = False
    return conducts, np.array(dead, np.intp), working


def _supplied(network: Network, conducts: Flags, dead: Indices, working: Flags) -> Flags:
    """Return which nodes hang together with a working source."""
    devices = network.devices
    sources = np.unique(devices.node[(devices.role == Role.SOURCE) & working])
    sources = np.setdiff1d(np.union1d(sources, network.returns), dead)
    supplied = Graph.of(network, conducts & ~network.across).connected(sources)
    supplied[dead] = False
    return supplied


def _without_supply(network: Network, lost: Flags, conducts: Flags, working: Flags) -> Indices:
    """Return the consumers at lost nodes, those taken out, and those on an edge that was."""
    devices = network.devices
    was = devices.in_service & (devices.role == Role.CONSUMER)
    out = lost[devices.node] | ~working
    between = devices.edge >= 0
    out[between] |= ~conducts[devices.edge[between]]
    far = np.where(between, network.edges.end[np.maximum(devices.edge, 0)], devices.node)
    return np.flatnonzero(was & (out | lost[far]))


@dataclass(frozen=True, eq=False)
class _State:
    """A network with something out: which edges conduct, which nodes are dead, what works and is supplied."""

    conducts: Flags
    dead: Indices
    working: Flags
    supplied: Flags


def _ways_back(
    network: Network, now: _State, consumers: Indices, allowed: Flags
) -> tuple[Resupply, ...]:
    """Try every open switch or closed valve between the dead part and the living one."""
    edges, devices = network.edges, network.devices
    supplied, dead, working = now.supplied, now.dead, now.working
    at_edge = supplied[edges.start] != supplied[edges.end]
    tried = np.flatnonzero(edges.closable & at_edge & allowed)
    tried = tried[~np.isin(edges.start[tried], dead) & ~np.isin(edges.end[tried], dead)]
    _, island = Graph.of(network, now.conducts & ~network.across).components()
    found = []
    for edge in tried:
        start, end = int(edges.start[edge]), int(edges.end[edge])
        woken = island == island[end if supplied[start] else start]
        back = consumers[woken[devices.node[consumers]] & working[consumers]]
        if not len(back):
            continue
        power = float(np.nansum(devices.power_mw[back]))
        operate = edges.switches.get(int(edge), (str(edges.ids[edge]),))
        found.append(Resupply((int(edge),), operate, tuple(back.tolist()), power))
    found.sort(key=lambda way: (-len(way.restored), -way.power_mw, way.operate))
    return tuple(found)


def closed(network: Network, result: Outage) -> Network:
    """Return the network as it is during an outage, for tracing and solving on."""
    conducts, _, working = _without(network, result.removed)
    off = network.edges.conducts & ~conducts
    state = network.edges.state.copy()
    state[off] = "out_of_service"
    return replace(
        network,
        edges=replace(network.edges, state=state),
        devices=replace(network.devices, in_service=working),
    )
