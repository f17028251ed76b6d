"""What if: a network with something added or changed, to be solved again and compared with before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.network.features import LOW_SIDE, RETURN
from twin.network.model import (
    TEMPERATE,
    Devices,
    Edges,
    Network,
    NetworkError,
    Role,
    State,
    find,
)

KINDS: Mapping[str, tuple[str, Role]] = {
    "building": ("load", Role.CONSUMER),
    "charger": ("charger", Role.CONSUMER),
    "pv": ("pv", Role.PRODUCER),
    "battery": ("storage", Role.STORAGE),
    "well": ("plant", Role.OTHER),
}
"""What can be added at a node, as which kind of device."""
SETTINGS = ("supply_c", "source_pu")
BYPASS = "bypass"
SCALE = "scale"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change.

    Parameters
    ----------
    kind : str
        A key of :data:`KINDS`; ``bypass`` (joins ``at`` to ``to``); ``scale`` (all demand, percent); or one of
        :data:`SETTINGS`.
    at, to : str
        Ids of nodes or devices.
    value : float
        kW for what is added; percent, °C or pu for the others.
    """

    kind: str
    at: str = ""
    to: str = ""
    value: float = 0.0


def applied(network: Network, changes: Sequence[Change]) -> tuple[Network, dict[str, float]]:
    """Return the changed network and the set-points of its run.

    Raises
    ------
    NetworkError
        A place is unknown, or what is added cannot stand there.
    """
    settings: dict[str, float] = {}
    for number, change in enumerate(changes, start=1):
        if change.kind in SETTINGS or change.kind == SCALE:
            settings[change.kind] = change.value
        elif change.kind == BYPASS:
            network = _bypassed(network, change, number)
        else:
            network = _added(network, change, number)
    return network, settings


def _node(network: Network, name: str) -> int:
    element = find(network, name, ("node", "device", "edge"))
    if element.sort == "device":
        node = int(network.devices.node[element.index])
    elif element.sort == "edge":
        node = int(network.edges.end[element.index])
    else:
        node = element.index
    low = f"{network.nodes.ids[node]}{LOW_SIDE}"
    return network.node_index.get(low, node)


def _added(network: Network, change: Change, number: int) -> Network:
    kind, role = KINDS[change.kind]
    node = _node(network, change.at)
    name = f"whatif-{number}-{change.kind}"
    back = network.node_index.get(f"{network.nodes.ids[node]}{RETURN}")
    edge = -1
    if len(network.returns):
        if back is None:
            raise NetworkError("network.no_return_here", network.id, id=change.at)
        if role is Role.CONSUMER:
            edge = len(network.edges)
            kind = "heat_pump" if network.commodity == TEMPERATE else "substation"
            network = replace(network, edges=_more_edges(network.edges, name, (node, back), kind))
    row = {"node": node, "kind": kind, "role": role, "power_mw": change.value / 1000.0}
    return replace(network, devices=more_devices(network.devices, name, row, edge))


def _bypassed(network: Network, change: Change, number: int) -> Network:
    start, end = _node(network, change.at), _node(network, change.to)
    ids = network.nodes.ids
    pairs = [(start, end, "")]
    backs = [network.node_index.get(f"{ids[n]}{RETURN}") for n in (start, end)]
    if backs[0] is not None and backs[1] is not None:
        pairs.append((backs[0], backs[1], RETURN))
    nodes = network.nodes
    length = float(np.hypot(nodes.x_m[start] - nodes.x_m[end], nodes.y_m[start] - nodes.y_m[end]))
    kind = "pipe" if len(network.returns) else "line"
    for first, last, side in pairs:
        name = f"whatif-{number}-bypass{side}"
        edges = _more_edges(network.edges, name, (first, last), kind, max(length, 1.0))
        network = replace(network, edges=edges)
    return network


def _more_edges(
    edges: Edges, name: str, ends: tuple[int, int], kind: str, length_m: float = 0.0
) -> Edges:
    return replace(
        edges,
        ids=_and(edges.ids, name),
        start=np.append(edges.start, ends[0]),
        end=np.append(edges.end, ends[1]),
        kind=_and(edges.kind, kind),
        state=_and(edges.state, State.IN_SERVICE),
        length_m=np.append(edges.length_m, length_m),
        geometry=_and(edges.geometry, None),
        values={k: _and(v, _like(k, v, ends[0], edges)) for k, v in edges.values.items()},
    )


def _like(name: str, column: NDArray[Any], node: int, edges: Edges) -> Any:
    """Return what a new edge has in a column: the size and voltage of an edge at the same node."""
    if name not in {"diameter_mm", "voltage_kv", "rated_kw"}:
        return np.nan if column.dtype.kind == "f" else None
    near = np.flatnonzero((edges.start == node) | (edges.end == node))
    return column[near[0]] if len(near) else None


def more_devices(devices: Devices, name: str, row: Mapping[str, Any], edge: int) -> Devices:
    """Return the devices with one more; ``row`` has node, kind, role and power_mw."""
    return replace(
        devices,
        ids=_and(devices.ids, name),
        node=np.append(devices.node, row["node"]),
        kind=_and(devices.kind, row["kind"]),
        role=_and(devices.role, row["role"]),
        power_mw=np.append(devices.power_mw, row["power_mw"]),
        in_service=np.append(devices.in_service, True),
        edge=np.append(devices.edge, edge),
        values={
            k: _and(v, np.nan if v.dtype.kind == "f" else None) for k, v in devices.values.items()
        },
    )


def _and(column: NDArray[Any], value: Any) -> NDArray[Any]:
    made = np.empty(len(column) + 1, dtype=column.dtype if column.dtype.kind == "f" else object)
    made[:-1], made[-1] = column, value
    return made
