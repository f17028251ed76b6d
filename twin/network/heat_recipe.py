"""A heat network of ours as a net of pandapipes: pipes, consumers, plants, valves, and what is assumed.

Assumed where the data says nothing, and reported: inner diameter 150 mm, roughness 0.1 mm, heat transfer 0.5 W/(m2 K)
of lightly insulated buried pipe (an order of magnitude), soil 13 °C, supply 28 °C (temperate loop), 70 °C (heat)
or 6 °C (cold), a drop of 8, 25 or 6 K at consumers, a pump that holds 6 bar with a lift of 2.5 bar.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.network import model
from twin.network.features import RETURN
from twin.network.graph import Graph
from twin.network.model import Network, NetworkError, Role
from twin.network.profiles import Day, drawn_kw

KELVIN = 273.15
SOIL_K = KELVIN + 13.0
SUPPLY_C = {model.TEMPERATE: 28.0, model.HEAT: 70.0, model.COLD: 6.0}
DROP_K = {model.TEMPERATE: 8.0, model.HEAT: 25.0, model.COLD: -6.0}
U_W_PER_M2K = 0.5
ROUGHNESS_MM = 0.1
DIAMETER_MM = 150.0
FLOW_BAR, LIFT_BAR = 6.0, 2.5
RETURN_NODE = "return_node"
"""Column of devices: the node where the water of a source comes back, -1 for none."""
LEAST_W = 100.0
"""A consumer that takes nothing has no flow, and no flow has no temperature: it takes this little."""


TRIED = "whatif-"
"""Ids of what a run adds begin so."""
MOST_OF_WELLS = 0.95
"""Of what is taken: the rest comes from the plant, which keeps the balance."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Recipe:
    """A net as plain data.

    Parameters
    ----------
    recipe : mapping
        For :mod:`twin.network.solve.recipes`.
    steps : list
        Values to set before each step.
    names : mapping of str to list of str
        Ids of our network by table of the net.
    mode : str
        What to compute.
    assumed : tuple of str
        Words of what was assumed (keys).
    """

    recipe: dict[str, Any]
    steps: list[dict[str, Any]]
    names: dict[str, list[str]]
    mode: str
    assumed: dict[str, Any] = field(default_factory=dict)


def recipe_of(network: Network, day: Day, *, supply_c: float | None = None) -> Recipe:
    """Return the net of a heat, cold or temperate network.

    Raises
    ------
    NetworkError
        It has no plant with a return, or no consumers.
    """
    edges, devices = network.edges, network.devices
    pumps = _plants(network)
    if not pumps:
        raise NetworkError("network.no_plant", network.id)
    usable = edges.conducts & (edges.kind != "trafo")
    loop = Graph.of(network, usable).connected(np.array([p[0] for p in pumps], np.intp))
    # Mains between wells and plant are a circuit of their own: their water is not the loop's.
    usable &= ~_well_mains(network)
    loop = _loop_nodes(network, usable, pumps) & loop
    index = {int(node): i for i, node in enumerate(np.flatnonzero(loop))}
    consumers = [
        i
        for i in devices.of(Role.CONSUMER)
        if devices.edge[i] >= 0
        and int(edges.start[devices.edge[i]]) in index
        and int(edges.end[devices.edge[i]]) in index
    ]
    if not consumers:
        raise NetworkError("network.no_consumers", network.id)
    said_c, said_k = (_stated(network, pumps[0][2], name) for name in ("supply_c", "drop_k"))
    start_c = supply_c if supply_c is not None else said_c or SUPPLY_C.get(network.commodity, 70.0)
    drop = said_k or DROP_K.get(network.commodity, 25.0)
    names: dict[str, list[str]] = {"junction": [str(network.nodes.ids[n]) for n in index]}
    calls = [_junctions(network, index, start_c)]
    calls += _pipes(network, usable, index, names)
    calls += _valves(network, index, names)
    wells = [well for well in _tried_wells(network) if well[0] in index and well[1] in index]
    calls.append(_consumers(network, day, consumers, index, drop))
    calls += _given(network, wells, index, drop)
    names["heat_consumer"] = [str(devices.ids[i]) for i in [*consumers, *(w[2] for w in wells)]]
    names["circ_pump_pressure"] = []
    for flow, back, device in pumps:
        names["circ_pump_pressure"].append(str(devices.ids[device]))
        calls.append(_pump(index[flow], index[back], start_c))
    steps = []
    for step in range(len(day.times)):
        taken = _watts(network, day, consumers, step, drop)
        steps.append({"heat_consumer": {"qext_w": taken + _well_watts(network, wells, sum(taken))}})
    return Recipe(
        recipe={"sector": "pipes", "fluid": "water", "calls": calls},
        steps=steps,
        names=names,
        mode="bidirectional",
        assumed={
            "supply_c": start_c,
            "drop_k": drop,
            "estimated": int(day.estimated[consumers].sum()),
        },
    )


def _stated(network: Network, device: int, name: str) -> float | None:
    """Return a set-point that a plant states, None where it states none."""
    values = network.devices.values
    value = _float(values[name][device]) if name in values else float("nan")
    return value if np.isfinite(value) else None


def _plants(network: Network) -> list[tuple[int, int, int]]:
    """Return (flow node, return node, device) of every plant that has both."""
    devices, found = network.devices, []
    said = devices.values.get(RETURN_NODE)
    for i, kind in enumerate(devices.kind):
        flow = int(devices.node[i])
        back = network.node_index.get(f"{network.nodes.ids[flow]}{RETURN}", -1)
        if said is not None and devices.role[i] == Role.SOURCE:
            back, kind = int(said[i]), "plant"  # noqa: PLW2901 - a source that says where its water comes back
        tried = str(devices.ids[i]).startswith(TRIED)
        if kind == "plant" and not tried and back >= 0 and devices.in_service[i]:
            found.append((flow, back, i))
    return found


def _tried_wells(network: Network) -> list[tuple[int, int, int]]:
    """Return (flow node, return node, device) of every well that a run adds: it gives heat, the plant the pressure."""
    devices, nodes = network.devices, network.nodes
    found = []
    for i in np.flatnonzero(devices.kind == "plant").tolist():
        flow = int(devices.node[i])
        back = network.node_index.get(f"{nodes.ids[flow]}{RETURN}", -1)
        if str(devices.ids[i]).startswith(TRIED) and back >= 0:
            found.append((flow, back, i))
    return found


def _given(
    network: Network, wells: list[tuple[int, int, int]], index: dict[int, int], drop: float
) -> list[list[Any]]:
    """Return the wells as consumers the other way round: water of the return comes back to the supply, warmed."""
    if not wells:
        return []
    arguments = {
        "from_junctions": [index[back] for _, back, _ in wells],
        "to_junctions": [index[flow] for flow, _, _ in wells],
        "qext_w": [-LEAST_W] * len(wells),
        "deltat_k": -drop,
        "name": [str(network.devices.ids[i]) for _, _, i in wells],
    }
    return [["create_heat_consumers", arguments]]


def _well_watts(network: Network, wells: list[tuple[int, int, int]], taken_w: float) -> list[float]:
    """Return what wells give, negative as what is taken is positive: their power, together at most what is taken."""
    rated = np.array([float(network.devices.power_mw[i]) * 1e6 for _, _, i in wells])
    most = MOST_OF_WELLS * abs(taken_w)
    share = min(1.0, most / max(float(rated.sum()), 1.0))
    return [float(-np.sign(taken_w) * watts * share) for watts in rated]


def _well_mains(network: Network) -> NDArray[np.bool_]:
    """Return which edges lead to a well, (m,) bool."""
    wells = network.devices.node[network.devices.kind == "well"]
    names = {str(network.nodes.ids[w]) for w in wells}
    ids = network.nodes.ids
    ends = [(str(ids[a]).removesuffix(RETURN), str(ids[b]).removesuffix(RETURN))
            for a, b in zip(network.edges.start, network.edges.end, strict=True)]  # fmt: skip
    return np.array([a in names or b in names for a, b in ends], bool)


def _loop_nodes(
    network: Network, usable: NDArray[np.bool_], pumps: list[tuple[int, int, int]]
) -> NDArray[np.bool_]:
    starts = np.array([n for flow, back, _ in pumps for n in (flow, back)], np.intp)
    return Graph.of(network, usable).connected(starts)


def _junctions(network: Network, index: dict[int, int], start_c: float) -> list[Any]:
    nodes = list(index)
    return [
        "create_junctions",
        {
            "nr_junctions": len(nodes),
            "pn_bar": FLOW_BAR,
            "tfluid_k": KELVIN + start_c,
            "name": [str(network.nodes.ids[n]) for n in nodes],
        },
    ]


def _pipes(
    network: Network,
    usable: NDArray[np.bool_],
    index: dict[int, int],
    names: dict[str, list[str]],
) -> list[list[Any]]:
    edges = network.edges
    tubes = [
        int(e)
        for e in np.flatnonzero(usable & (edges.length_m > 0))
        if int(edges.start[e]) in index and int(edges.end[e]) in index
    ]
    names["pipe"] = [str(edges.ids[e]) for e in tubes]
    size = edges.values.get("diameter_mm")
    said = np.array([np.nan if size is None else _float(size[e]) for e in tubes])
    length = np.maximum(edges.length_m[tubes], 0.1) / 1000.0
    return [
        [
            "create_pipes_from_parameters",
            {
                "from_junctions": [index[int(edges.start[e])] for e in tubes],
                "to_junctions": [index[int(edges.end[e])] for e in tubes],
                "length_km": length.tolist(),
                "inner_diameter_mm": np.where(said > 0, said, DIAMETER_MM).tolist(),
                "k_mm": ROUGHNESS_MM,
                "u_w_per_m2k": U_W_PER_M2K,
                "text_k": SOIL_K,
                "name": names["pipe"],
            },
        ]
    ]


def _valves(
    network: Network, index: dict[int, int], names: dict[str, list[str]]
) -> list[list[Any]]:
    edges = network.edges
    found = [
        int(e)
        for e in np.flatnonzero(edges.kind == "valve")
        if int(edges.start[e]) in index and int(edges.end[e]) in index
    ]
    names["valve"] = [str(edges.ids[e]) for e in found]
    if not found:
        return []
    arguments = {
        "from_junctions": [index[int(edges.start[e])] for e in found],
        "to_junctions": [index[int(edges.end[e])] for e in found],
        "inner_diameter_mm": DIAMETER_MM,
        "opened": [bool(edges.conducts[e]) for e in found],
        "name": names["valve"],
    }
    return [["create_valves", arguments]]


def _consumers(
    network: Network, day: Day, consumers: list[int], index: dict[int, int], drop: float
) -> list[Any]:
    edges, devices = network.edges, network.devices
    ends = [devices.edge[i] for i in consumers]
    arguments = {
        "from_junctions": [index[int(edges.start[e])] for e in ends],
        "to_junctions": [index[int(edges.end[e])] for e in ends],
        "qext_w": _watts(network, day, consumers, 0, drop),
        "deltat_k": abs(drop) if drop > 0 else drop,
        "name": [str(devices.ids[i]) for i in consumers],
    }
    return ["create_heat_consumers", arguments]


def _watts(network: Network, day: Day, consumers: list[int], step: int, drop: float) -> list[float]:
    sign = 1.0 if drop > 0 else -1.0
    return [
        sign * max(float(drawn_kw(network, i, day.power_kw[step, [i]])[0]) * 1000.0, LEAST_W)
        for i in consumers
    ]


def _pump(flow: int, back: int, start_c: float) -> list[Any]:
    arguments = {
        "return_junction": back,
        "flow_junction": flow,
        "p_flow_bar": FLOW_BAR,
        "plift_bar": LIFT_BAR,
        "t_flow_k": KELVIN + start_c,
    }
    return ["create_circ_pump_const_pressure", arguments]


def _float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
