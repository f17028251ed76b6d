"""The tables of pandapipes and pandapower in the words of our networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

KELVIN = 273.15
KEPT = ("name", "type", "std_type", "level", "zone", "in_service")
Tables = Mapping[str, Mapping[Any, Mapping[str, Any]]]


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A pipe or line between two nodes, with the course that the file gives it."""

    row: dict[str, Any]
    start: Any
    end: Any
    geo: Any = None
    in_table: bool = False


@dataclass(frozen=True, kw_only=True)
class Device:
    """Something at one node, between two, or at a place of its own (``geo``)."""

    row: dict[str, Any]
    nodes: tuple[Any, ...] = field(default=())
    geo: Any = None


HEAT_DEVICES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "heat_consumer": ("substation", ("from_junction", "to_junction")),
    "heat_exchanger": ("substation", ("from_junction", "to_junction")),
    "sink": ("substation", ("junction",)),
    "source": ("plant", ("junction",)),
    "ext_grid": ("plant", ("junction",)),
    "circ_pump_pressure": ("plant", ("flow_junction",)),
    "circ_pump_mass": ("plant", ("flow_junction",)),
    "valve": ("valve", ("from_junction", "to_junction")),
}
POWER_DEVICES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "trafo": ("substation", ("lv_bus",)),
    "ext_grid": ("substation", ("bus",)),
    "load": ("load", ("bus",)),
    "sgen": ("generator", ("bus",)),
    "storage": ("storage", ("bus",)),
}
"""Kind of what a table holds, and the columns that name its nodes."""


def branches_of(tables: Tables, node: str) -> Iterator[Branch]:
    """Yield pipes (``node`` is ``junction``) or lines (``bus``)."""
    name, kind = ("pipe", "pipe") if node == "junction" else ("line", "line")
    courses = tables.get(f"{name}_geodata", {})
    returns = any(_is_return(row) for row in tables.get(name, {}).values())
    for index, values in tables.get(name, {}).items():
        start, end = values.get(f"from_{node}"), values.get(f"to_{node}")
        row = {
            "id": f"{name}-{index}",
            "kind": kind,
            **_kept(values),
            "from_node": f"{node}-{start}",
            "to_node": f"{node}-{end}",
            **_measures(values),
        }
        if returns:
            row["side"] = "return" if _is_return(values) else "supply"
        result = tables.get(f"res_{name}", {}).get(index)
        row |= _pipe_result(result) if kind == "pipe" else _line_result(result)
        if kind == "line":
            voltage = tables.get("bus", {}).get(start, {}).get("vn_kv")
            row["voltage_kv"] = voltage
        course = courses.get(index, {}).get("coords")
        own = values.get("geo")
        yield Branch(
            row=row,
            start=start,
            end=end,
            geo=own if own is not None else course,
            in_table=own is None and course is not None,
        )


def devices_of(tables: Tables, node: str) -> Iterator[Device]:
    """Yield what is connected: consumers, plants, valves; or transformers, loads, generators."""
    known = HEAT_DEVICES if node == "junction" else POWER_DEVICES
    for name, (kind, columns) in known.items():
        for index, values in tables.get(name, {}).items():
            nodes = tuple(values[c] for c in columns if values.get(c) is not None)
            row = {"id": f"{name}-{index}", "kind": kind, **_kept(values)}
            row |= _heat(values) if node == "junction" else _power(name, values)
            if name == "trafo":
                row |= _line_result(tables.get("res_trafo", {}).get(index))
            row.pop("has_result", None)
            if name == "sgen" and "pv" in f"{values.get('type')} {values.get('name')}".lower():
                row["kind"] = "pv"
            yield Device(row=row, nodes=nodes)
    for index, values in tables.get("substation", {}).items():
        if values.get("type") == "heat_generator":
            row = {"id": f"substation-{index}", "kind": "plant", **_kept(values)}
            yield Device(row=row, geo=values.get("geo"))


PAIRS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "junction": dict.fromkeys(
        ("pipe", "valve", "pump", "compressor", "press_control", "flow_control", "heat_consumer", "heat_exchanger"),
        ("from_junction", "to_junction"),
    ),
    "bus": {
        "line": ("from_bus", "to_bus"), "impedance": ("from_bus", "to_bus"), "dcline": ("from_bus", "to_bus"),
        "trafo": ("hv_bus", "lv_bus"), "trafo3w": ("hv_bus", "lv_bus"), "switch": ("bus", "element"),
    },
}  # fmt: skip
"""Tables of what joins two nodes, by the table of nodes."""
SOURCES: Mapping[str, str] = {
    "ext_grid": "", "circ_pump_pressure": "flow_junction", "circ_pump_mass": "flow_junction", "gen": "",
}  # fmt: skip


def joined_nodes(tables: Tables, node: str) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """Return which nodes are joined by anything at all, and those that feed the others."""
    pairs = [
        (values.get(first), values.get(last))
        for name, (first, last) in PAIRS[node].items()
        for values in tables.get(name, {}).values()
        if name != "switch" or values.get("et") == "b"
    ]
    middle = [(v.get("hv_bus"), v.get("mv_bus")) for v in tables.get("trafo3w", {}).values()]
    sources = [
        values.get(column or node)
        for name, column in SOURCES.items()
        for values in tables.get(name, {}).values()
    ]
    return [*pairs, *middle], sources


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in KEPT if values.get(name) is not None}


def _is_return(values: Mapping[str, Any]) -> bool:
    return str(values.get("name") or "").lower().startswith("return")


def _measures(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return length and diameter in our units; pandapipes 0.14 renamed and rescaled the latter."""
    row: dict[str, Any] = {}
    if values.get("length_km") is not None:
        row["length_m"] = float(values["length_km"]) * 1000.0
    if values.get("inner_diameter_mm") is not None:
        row["diameter_mm"] = float(values["inner_diameter_mm"])
    elif values.get("diameter_m") is not None:
        row["diameter_mm"] = float(values["diameter_m"]) * 1000.0
    return row


def _pipe_result(result: Mapping[str, Any] | None) -> dict[str, Any]:
    if not result:
        return {}
    row: dict[str, Any] = {}
    if result.get("v_mean_m_per_s") is not None:
        row["flow_m_s"] = float(result["v_mean_m_per_s"])
    if result.get("t_from_k") is not None:
        row["temperature_c"] = float(result["t_from_k"]) - KELVIN
    return {**row, "has_result": bool(row)}


def _line_result(result: Mapping[str, Any] | None) -> dict[str, Any]:
    if not result:
        return {}
    row: dict[str, Any] = {}
    if result.get("loading_percent") is not None:
        row["loading_percent"] = float(result["loading_percent"])
    power = result.get("p_from_mw", result.get("p_hv_mw"))
    if power is not None:
        row["p_kw"] = float(power) * 1000.0
    return {**row, "has_result": bool(row)}


def _heat(values: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if values.get("qext_w") is not None:
        row["power_kw"] = float(values["qext_w"]) / 1000.0
    return row


def _power(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return rated and present power; generation is negative in ours, positive in theirs."""
    row: dict[str, Any] = {}
    if values.get("sn_mva") is not None:
        row["rated_kva"] = float(values["sn_mva"]) * 1000.0
    if name in {"load", "sgen", "storage"} and values.get("p_mw") is not None:
        scaling = values.get("scaling")
        power = float(values["p_mw"]) * (1.0 if scaling is None else float(scaling)) * 1000.0
        row["p_kw"] = 0.0 - power if name == "sgen" else power
    if values.get("max_e_mwh") is not None:
        row["capacity_kwh"] = float(values["max_e_mwh"]) * 1000.0
    return row
