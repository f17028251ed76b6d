"""One model of every network: nodes, edges between them, devices at them; arrays, so that a million edges are quick.

A commodity is a word of an open set: plugins may bring their own. Every quantity carries its unit in its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.problems import Problem

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]
Objects = NDArray[Any]
Columns = Mapping[str, NDArray[Any]]
EMPTY: Mapping[Any, Any] = MappingProxyType({})

HEAT, TEMPERATE, COLD = "heat", "temperate_loop", "cold"
ELECTRICITY, VACUUM, GAS = "electricity", "vacuum", "gas"
COMMODITIES = (HEAT, TEMPERATE, COLD, ELECTRICITY, VACUUM, GAS)
"""The commodities that Belvedere itself knows; any other word is one too."""


class NetworkError(BelvedereError):
    """A network cannot be built, traced or solved; the problem names what is at fault."""


class State(StrEnum):
    """What an edge or device is doing."""

    IN_SERVICE = "in_service"
    OPEN = "open"  # a switch that is open: nothing passes
    CLOSED = "closed"  # a valve that is closed: nothing passes
    OUT_OF_SERVICE = "out_of_service"
    PLANNED = "planned"
    REMOVED = "removed"


class Role(StrEnum):
    """What a device does for the network."""

    SOURCE = "source"
    CONSUMER = "consumer"
    PRODUCER = "producer"  # feeds in, but does not hold the network up by itself
    STORAGE = "storage"
    OTHER = "other"


@dataclass(frozen=True, eq=False, kw_only=True)
class Nodes:
    """Nodes.

    Parameters
    ----------
    ids : (n,) object
        Texts, unique among the nodes.
    x_m, y_m : (n,) float64
        Position in the CRS of the network, NaN where none is known.
    values : mapping
        Further columns, (n,) each.
    """

    ids: Objects
    x_m: Floats
    y_m: Floats
    values: Columns = field(default_factory=lambda: EMPTY)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, eq=False, kw_only=True)
class Edges:
    """Edges between two nodes: pipes, cables, tubes, transformers, valves, switches.

    Parameters
    ----------
    ids : (m,) object
        Texts, unique among the edges.
    start, end : (m,) int
        Ports: the node at either side.
    kind : (m,) object
        ``pipe``, ``line``, ``tube``, ``trafo``, ``switch``, ``valve`` ...
    state : (m,) object of State
    length_m : (m,) float64
        Zero for what has no length.
    geometry : (m,) object
        Shapely lines in the CRS of the network, or None.
    switches : mapping of int to tuple of str
        For an edge that a switch or valve holds open, the ids of these.
    values : mapping
        Further columns, (m,) each.
    """

    ids: Objects
    start: Indices
    end: Indices
    kind: Objects
    state: Objects
    length_m: Floats
    geometry: Objects
    switches: Mapping[int, tuple[str, ...]] = field(default_factory=lambda: EMPTY)
    values: Columns = field(default_factory=lambda: EMPTY)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def conducts(self) -> Flags:
        """Whether anything passes, (m,) bool."""
        return np.asarray(self.state == State.IN_SERVICE, dtype=bool)

    @cached_property
    def closable(self) -> Flags:
        """Whether an edge would conduct if somebody went there, (m,) bool."""
        return np.isin(self.state.astype(str), [State.OPEN.value, State.CLOSED.value])


@dataclass(frozen=True, eq=False, kw_only=True)
class Devices:
    """What hangs on nodes: wells, loads, batteries, inlets.

    Parameters
    ----------
    ids : (k,) object
        Texts, unique among the devices.
    node : (k,) int
        The node of its port.
    kind : (k,) object
        ``load``, ``heat_pump``, ``pv`` ...
    role : (k,) object of Role
    power_mw : (k,) float64
        Usual power, positive; NaN where nothing is known.
    in_service : (k,) bool
    edge : (k,) int
        For a device between two nodes, the edge that it is as well; else -1.
    """

    ids: Objects
    node: Indices
    kind: Objects
    role: Objects
    power_mw: Floats
    in_service: Flags
    edge: Indices
    values: Columns = field(default_factory=lambda: EMPTY)

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, role: Role) -> Indices:
        """Return the rows of devices in service that have a role."""
        return np.flatnonzero((self.role == role).astype(bool) & self.in_service)


@dataclass(frozen=True, eq=False, kw_only=True)
class Network:
    """A network of one commodity.

    Parameters
    ----------
    id : str
        Of the layer, or the name of the file.
    commodity : str
    crs : str
        Of all positions; empty when unknown or schematic.
    aliases : mapping of str to str
        Other names that people use: ``line:3`` for edge ``3``, a switch for the line it opens.
    valid : (from, to) texts
        When the network existed; empty texts are open ends.
    directed : bool
        Whether edges are drawn along their flow.
    returns : (r,) int
        Nodes where what was supplied comes back to: of pumps, plants and injection wells. Empty for
        networks of one side.
    problems : tuple of Problem
        What was guessed, repaired or left out while it was built.
    """

    id: str
    commodity: str
    nodes: Nodes
    edges: Edges
    devices: Devices
    crs: str = ""
    aliases: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    valid: tuple[str, str] = ("", "")
    directed: bool = False
    returns: Indices = field(default_factory=lambda: np.zeros(0, np.intp))
    problems: tuple[Problem, ...] = ()
    title: Mapping[str, str] = field(default_factory=lambda: EMPTY)

    @cached_property
    def node_index(self) -> dict[str, int]:
        """Index of a node by its id."""
        return {str(name): i for i, name in enumerate(self.nodes.ids)}

    @cached_property
    def edge_index(self) -> dict[str, int]:
        """Index of an edge by its id."""
        return {str(name): i for i, name in enumerate(self.edges.ids)}

    @cached_property
    def device_index(self) -> dict[str, int]:
        """Index of a device by its id."""
        return {str(name): i for i, name in enumerate(self.devices.ids)}

    def has(self, name: str) -> bool:
        """Whether anything in the network is called so."""
        bare = name.partition(":")[2]
        return any(
            n in index
            for n in (name, self.aliases.get(name, name), bare)
            for index in (self.node_index, self.edge_index, self.device_index)
        )

    def source_nodes(self) -> Indices:
        """Return the nodes of all sources in service."""
        return np.unique(self.devices.node[self.devices.of(Role.SOURCE)])

    @cached_property
    def across(self) -> Flags:
        """Return which edges lead through a consumer, from supply to return, (m,) bool."""
        flags = np.zeros(len(self.edges), bool)
        if len(self.returns):
            flags[self.devices.edge[self.devices.edge >= 0]] = True
        return flags

    def with_state(self, edges: Indices, state: State) -> Network:
        """Return the network with some edges in another state."""
        changed = self.edges.state.copy()
        changed[edges] = state
        return replace(self, edges=replace(self.edges, state=changed))


@dataclass(frozen=True)
class Element:
    """One thing of a network: what it is and its index there."""

    sort: str
    index: int


def find(
    network: Network, name: str, order: tuple[str, ...] = ("node", "edge", "device")
) -> Element:
    """Return what is called so.

    ``node:12`` and ``edge:12`` say which of both is meant; a bare id is looked for in ``order``.

    Raises
    ------
    NetworkError
        Nothing is called so.
    """
    ids = {"node": network.nodes.ids, "edge": network.edges.ids, "device": network.devices.ids}
    said, _, bare = name.partition(":")
    if said in ids and (row := _row(ids[said], bare)) >= 0:
        return Element(said, row)
    for sort in order:
        for known in (name, network.aliases.get(name, "")):
            if known and (row := _row(ids[sort], known)) >= 0:
                return Element(sort, row)
    some = ", ".join(str(i) for i in [*network.nodes.ids[:3], *network.edges.ids[:3]])
    raise NetworkError("network.no_such_id", network.id, id=name, examples=some)


def _row(ids: Objects, name: str) -> int:
    """Return where a name is, -1 if nowhere: quicker than an index of a million names that is used once."""
    found = np.flatnonzero(ids == name)
    return int(found[0]) if len(found) else -1
