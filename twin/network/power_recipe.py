"""An electric network of ours as a net of pandapower: cables, transformers, loads, and what is assumed.

Assumed where a drawing says nothing (cables and transformers of usual series, orders of magnitude):
HTA cable 0.161 ohm/km and 0.117 ohm/km reactance for 0.36 kA (like NA2XS2Y 185), BT cable 0.206 and
0.080 ohm/km for 0.27 kA (like NAYY 150), as many in parallel as the rating asks for; transformers with 4 %
(up to 630 kVA) or 6 % short circuit voltage, 1 % of it resistive, no-load losses 0.15 %; power factor 0.95 of
loads, 1 of production; 1.02 pu at the source.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from twin.network.graph import Graph
from twin.network.heat_recipe import Recipe
from twin.network.model import Network, NetworkError, Role
from twin.network.profiles import Day

LOW_KV = 1.0
HTA = {"r": 0.161, "x": 0.117, "c": 273.0, "i": 0.36}
BT = {"r": 0.206, "x": 0.080, "c": 261.0, "i": 0.27}
TAN_PHI = 0.3287
"""Of a power factor of 0.95."""
SOURCE_PU = 1.02
NO_LOAD_PERCENT = 0.15
RESISTIVE_PERCENT = 1.0
LEAST_KM = 0.001


def recipe_of(network: Network, day: Day, *, source_pu: float = SOURCE_PU) -> Recipe:
    """Return the net of an electric network.

    Raises
    ------
    NetworkError
        It has no source.
    """
    sources = network.source_nodes()
    if not len(sources):
        raise NetworkError("network.no_source", network.id)
    volts = _voltages(network)
    live = Graph.of(network).connected(sources)
    index = {int(node): i for i, node in enumerate(np.flatnonzero(live))}
    names: dict[str, list[str]] = {"bus": [str(network.nodes.ids[n]) for n in index]}
    calls: list[list[Any]] = [
        [
            "create_buses",
            {
                "nr_buses": len(index),
                "vn_kv": [float(volts[n]) for n in index],
                "name": names["bus"],
            },
        ]
    ]
    calls += _lines(network, index, volts, names)
    calls += _trafos(network, index, volts, names)
    names["ext_grid"] = []
    for node in sources:
        calls.append(["create_ext_grid", {"bus": index[int(node)], "vm_pu": source_pu}])
        names["ext_grid"].append(_device_at(network, int(node), Role.SOURCE))
    steps: list[dict[str, Any]] = [{} for _ in day.times]
    calls += _powers(network, day, index, names, steps)
    return Recipe(
        recipe={"sector": "power", "calls": calls},
        steps=steps,
        names=names,
        mode="",
        assumed={"source_pu": source_pu, "estimated": int(day.estimated.sum())},
    )


def _voltages(network: Network) -> Any:
    """Return the rated voltage of each node, (n,) kV: of its cables, at stations the lower side's own."""
    edges = network.edges
    kv = np.full(len(network.nodes), np.nan)
    said = edges.values.get("voltage_kv")
    for e in range(len(edges)):
        value = _float(said[e]) if said is not None else float("nan")
        if edges.kind[e] == "trafo" or not np.isfinite(value):
            continue
        kv[edges.start[e]] = kv[edges.end[e]] = value
    for t in np.flatnonzero(edges.kind == "trafo"):
        high, low = int(edges.start[t]), int(edges.end[t])
        kv[high] = kv[high] if np.isfinite(kv[high]) else 20.0
        kv[low] = kv[low] if np.isfinite(kv[low]) else 0.4
    # Joints without a cable of known voltage take that of the network.
    usual = np.nanmedian(kv) if np.isfinite(kv).any() else 20.0
    return np.where(np.isfinite(kv), kv, usual)


def _lines(
    network: Network, index: dict[int, int], volts: Any, names: dict[str, list[str]]
) -> list[list[Any]]:
    edges = network.edges
    found = [
        int(e)
        for e in np.flatnonzero(edges.conducts & (edges.kind != "trafo"))
        if int(edges.start[e]) in index
    ]
    names["line"] = [str(edges.ids[e]) for e in found]
    if not found:
        return []
    rated = edges.values.get("rated_kw")
    rows: dict[str, list[float]] = {k: [] for k in ("r", "x", "c", "i", "km", "parallel")}
    for e in found:
        kv = float(volts[edges.start[e]])
        kind = BT if kv < LOW_KV else HTA
        kw = _float(rated[e]) if rated is not None else float("nan")
        amps = kw / 1000.0 / (np.sqrt(3) * kv) if np.isfinite(kw) and kw > 0 else kind["i"]
        many = max(1, int(np.ceil(amps / kind["i"] - 1e-9)))
        for key in ("r", "x", "c"):
            rows[key].append(kind[key])
        rows["i"].append(float(amps) / many)
        rows["parallel"].append(many)
        rows["km"].append(max(float(edges.length_m[e]) / 1000.0, LEAST_KM))
    arguments = {
        "from_buses": [index[int(edges.start[e])] for e in found],
        "to_buses": [index[int(edges.end[e])] for e in found],
        "length_km": rows["km"],
        "r_ohm_per_km": rows["r"],
        "x_ohm_per_km": rows["x"],
        "c_nf_per_km": rows["c"],
        "max_i_ka": rows["i"],
        "parallel": rows["parallel"],
        "name": names["line"],
    }
    return [["create_lines_from_parameters", arguments]]


def _trafos(
    network: Network, index: dict[int, int], volts: Any, names: dict[str, list[str]]
) -> list[list[Any]]:
    edges = network.edges
    found = [
        int(e)
        for e in np.flatnonzero(edges.conducts & (edges.kind == "trafo"))
        if int(edges.start[e]) in index
    ]
    names["trafo"] = [str(edges.ids[e]) for e in found]
    if not found:
        return []
    rated = edges.values.get("rated_kw")
    sn = [(_float(rated[e]) if rated is not None else np.nan) / 1000.0 for e in found]
    sn = [s if np.isfinite(s) and s > 0 else 0.63 for s in sn]
    arguments = {
        "hv_buses": [index[int(edges.start[e])] for e in found],
        "lv_buses": [index[int(edges.end[e])] for e in found],
        "sn_mva": sn,
        "vn_hv_kv": [float(volts[edges.start[e]]) for e in found],
        "vn_lv_kv": [float(volts[edges.end[e]]) for e in found],
        "vk_percent": [4.0 if s <= 0.63 else 6.0 for s in sn],
        "vkr_percent": RESISTIVE_PERCENT,
        "pfe_kw": [s * 1000.0 * NO_LOAD_PERCENT / 100.0 for s in sn],
        "i0_percent": 0.3,
        "name": names["trafo"],
    }
    return [["create_transformers_from_parameters", arguments]]


def _powers(
    network: Network,
    day: Day,
    index: dict[int, int],
    names: dict[str, list[str]],
    steps: list[dict[str, Any]],
) -> list[list[Any]]:
    """Add loads (consumers, stores that fill) and generators; their values by step."""
    devices = network.devices
    sorts = {
        "load": (Role.CONSUMER, Role.STORAGE),
        "sgen": (Role.PRODUCER,),
    }
    calls: list[list[Any]] = []
    for table, roles in sorts.items():
        found = [
            i
            for i in range(len(devices))
            if devices.role[i] in roles and devices.in_service[i] and int(devices.node[i]) in index
        ]
        names[table] = [str(devices.ids[i]) for i in found]
        if not found:
            continue
        sign = 1.0 if table == "load" else -1.0
        tan = TAN_PHI if table == "load" else 0.0
        for step, values in enumerate(steps):
            p_mw = sign * day.power_kw[step, found] / 1000.0
            values[table] = {"p_mw": p_mw.tolist(), "q_mvar": (np.maximum(p_mw, 0) * tan).tolist()}
        first = steps[0][table]
        buses = [index[int(devices.node[i])] for i in found]
        arguments = {"buses": buses, "name": names[table], **first}
        calls.append([f"create_{table}s", arguments])
    return calls


def _device_at(network: Network, node: int, role: Role) -> str:
    devices = network.devices
    at = np.flatnonzero((devices.node == node) & (devices.role == role))
    return str(devices.ids[at[0]])


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
