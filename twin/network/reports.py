"""Traces and outages as plain dictionaries by node and edge id: what the command line prints and sheets show."""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.network.model import Element, Flags, Network
from twin.network.outage import Outage
from twin.network.serving import Affected, Buildings, affected, served_by
from twin.network.trace import Trace


def trace_report(trace: Trace) -> dict[str, Any]:
    """Return a trace: lists of ids, the way to the source, and columns by node and edge id."""
    network = trace.network
    way = trace.to_source
    parts = {
        name: {
            "nodes": _ids(network.nodes.ids, getattr(trace, f"{name}_nodes")),
            "edges": _ids(network.edges.ids, getattr(trace, f"{name}_edges")),
            "devices": _at(network, getattr(trace, f"{name}_nodes")),
        }
        for name in ("upstream", "downstream", "connected")
    }
    near = np.isfinite(trace.source_m)
    metres = {
        str(network.nodes.ids[i]): round(float(trace.source_m[i]), 3) for i in np.flatnonzero(near)
    }
    return {
        "start": _named(network, trace.start),
        **parts,
        "path_to_source": None
        if way is None
        else {
            "nodes": [str(network.nodes.ids[i]) for i in way.nodes],
            "edges": [str(network.edges.ids[i]) for i in way.edges],
            "length_m": round(way.length_m, 3),
            "source": _source(network, int(way.nodes[-1])),
        },
        "nodes": {
            "direction": _directions(
                network.nodes.ids, trace.upstream_nodes, trace.downstream_nodes
            ),
            "distance_to_source_m": metres,
        },
        "edges": {
            "direction": _directions(
                network.edges.ids, trace.upstream_edges, trace.downstream_edges
            )
        },
    }


def outage_report(result: Outage, buildings: Buildings | None = None) -> dict[str, Any]:
    """Return an outage: who is without, by node, edge, device and building, and the ways back."""
    network, devices = result.network, result.network.devices
    consumers = {str(devices.ids[i]): _finite(devices.power_mw[i]) for i in result.consumers}
    found: dict[str, Any] = {
        "removed": [_named(network, element) for element in result.removed],
        "nodes": {"supplied": _supplied(network.nodes.ids, result.lost_nodes)},
        "edges": {"supplied": _supplied(network.edges.ids, result.lost_edges)},
        "devices": {"power_mw": consumers},
        "affected": {
            "consumers": len(result.consumers),
            "power_mw": round(result.power_mw, 9),
            "consumers_without_power": result.power_unknown,
        },
        "resupply": [
            {
                "operate": list(way.operate),
                "edges": [str(network.edges.ids[e]) for e in way.edges],
                "restored": [str(devices.ids[i]) for i in way.restored],
                "power_mw": round(way.power_mw, 9),
            }
            for way in result.resupply
        ],
    }
    if buildings is not None:
        found["affected"] |= _people(affected_by(result, buildings), buildings)
    return found


def affected_by(result: Outage, buildings: Buildings) -> Affected:
    """Return the buildings that an outage reaches."""
    serving, rule = served_by(result.network, buildings)
    return affected(buildings, serving, result.consumers, rule)


def _people(found: Affected, buildings: Buildings) -> dict[str, Any]:
    return {
        "buildings": len(found.rows),
        "dwellings": found.dwellings,
        "dwellings_unknown": found.dwellings_unknown,
        "schools": found.schools,
        "shops": found.shops,
        "rule": found.rule,
        "building_list": [
            {
                "id": str(buildings.ids[i]),
                "name": str(buildings.names[i]),
                "use": str(buildings.use[i]),
                "dwellings": _finite(buildings.dwellings[i]),
            }
            for i in found.rows
        ],
    }


def _ids(ids: Any, mask: Flags) -> list[str]:
    return [str(i) for i in ids[mask]]


def _at(network: Network, nodes: Flags) -> list[str]:
    devices = network.devices
    return [str(i) for i in devices.ids[nodes[devices.node] & devices.in_service]]


def _directions(ids: Any, up: Flags, down: Flags) -> dict[str, str]:
    words = np.where(up & down, "both", np.where(up, "upstream", np.where(down, "downstream", "")))
    return {str(i): str(w) for i, w in zip(ids, words, strict=True) if w}


def _supplied(ids: Any, lost: Flags) -> dict[str, bool]:
    return {str(i): False for i in ids[lost]}


def _named(network: Network, element: Element) -> dict[str, str]:
    rows: Any = {"node": network.nodes, "edge": network.edges, "device": network.devices}
    table = rows[element.sort]
    kind = "node" if element.sort == "node" else str(table.kind[element.index])
    names = table.values.get("name")
    name = str(names[element.index] or "") if names is not None else ""
    return {"id": str(table.ids[element.index]), "sort": element.sort, "kind": kind, "name": name}


def _source(network: Network, node: int) -> str:
    devices = network.devices
    at = np.flatnonzero((devices.node == node) & (devices.role == "source"))
    return str(devices.ids[at[0]]) if len(at) else ""


def _finite(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
