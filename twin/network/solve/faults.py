"""Why a net cannot be solved, said with the nodes and edges at fault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from twin.network.model import NetworkError
from twin.problems import Problem

MOST_NAMED = 8
BISECTIONS = 7
FEWEST_SHARE = 0.02


def named(table: Any, rows: Iterable[Any]) -> str:
    """Return names and ids of some rows as people read them: ``Station 4 (12), 13``."""
    rows = list(rows)
    words = []
    for row in rows[:MOST_NAMED]:
        name = table.at[row, "name"] if "name" in table.columns else None
        known = isinstance(name, str) and name and name != str(row)
        place = table.at[row, "zone"] if known and "zone" in table.columns else None
        if isinstance(place, str) and place and str(name).isdigit():
            name = f"{place} {name}"  # nodes of a station are often only numbered
        words.append(f"{name} ({row})" if known else str(row))
    more = len(rows) - MOST_NAMED
    return ", ".join(words) + (f" … (+{more})" if more > 0 else "")


def check_power(net: Any, where: str) -> None:
    """Raise where no solver could help: nothing feeds the net."""
    feeding = bool(net.ext_grid.in_service.any())
    if "slack" in net.gen:
        feeding = feeding or bool((net.gen.slack.astype(bool) & net.gen.in_service).any())
    if not feeding:
        raise NetworkError("network.no_source", where)


def lines_at_fault(net: Any, where: str) -> NetworkError | None:
    """Return the error of lines without length or impedance, None where all have both."""
    lines = net.line[net.line.in_service.astype(bool)]
    numbers = lines[["r_ohm_per_km", "x_ohm_per_km", "length_km"]].to_numpy(np.float64)
    wrong = ~np.isfinite(numbers).all(axis=1) | (numbers[:, 2] <= 0)
    wrong |= np.abs(numbers[:, :2]).sum(axis=1) <= 0
    if wrong.any():
        bad = lines.index[wrong]
        nodes = net.bus.index.intersection([*lines.from_bus[bad], *lines.to_bus[bad]])
        values = {"edges": named(net.line, bad), "nodes": named(net.bus, nodes)}
        return NetworkError("network.edges_without_impedance", where, **values)
    return None


ZERO_SEQUENCE: dict[str, tuple[str, ...]] = {
    "ext_grid": ("s_sc_max_mva", "rx_max", "x0x_max", "r0x0_max"),
    "line": ("r0_ohm_per_km", "x0_ohm_per_km", "c0_nf_per_km"),
    "trafo": (
        "vector_group",
        "vk0_percent",
        "vkr0_percent",
        "mag0_percent",
        "mag0_rx",
        "si0_hv_partial",
    ),
}
"""What a flow of three phases needs of each table beside that of one."""


def check_phases(net: Any, where: str) -> None:
    """Raise where three phases cannot be computed, naming what lacks which values."""
    for table, columns in ZERO_SEQUENCE.items():
        rows = net[table][net[table].in_service.astype(bool)]
        lacking = [c for c in columns if c not in rows or bool(rows[c].isna().any())]
        if not len(rows) or not lacking:
            continue
        values = {
            "table": table, "rows": named(rows, _lacking(rows, lacking)), "columns": ", ".join(lacking),
        }  # fmt: skip
        raise NetworkError("network.no_zero_sequence", where, **values)


def _lacking(rows: Any, columns: list[str]) -> list[Any]:
    """Return the rows that lack one of some columns."""
    known = [c for c in columns if c in rows]
    missing = (
        rows[known].isna().any(axis=1) if len(known) == len(columns) else rows.index == rows.index
    )
    return list(rows.index[missing])


def not_converged_phases(net: Any, where: str) -> NetworkError:
    """Return the error with the buses where one phase carries most beyond the others."""
    loads = net.asymmetric_load[net.asymmetric_load.in_service.astype(bool)]
    power = loads[["p_a_mw", "p_b_mw", "p_c_mw"]].to_numpy(np.float64)
    worst = np.argsort(-np.ptp(power, axis=1))[:MOST_NAMED]
    buses = list(dict.fromkeys(loads.bus.to_numpy()[worst]))
    nodes = named(net.bus, buses) if buses else _suspects(net)
    return NetworkError("network.not_converged", where, nodes=nodes)


def check_pipes(net: Any, where: str) -> None:
    """Raise where nothing holds a pressure."""
    tables = ("ext_grid", "circ_pump_pressure", "circ_pump_mass")
    if not any(len(net[t]) and net[t].in_service.any() for t in tables if t in net):
        raise NetworkError("network.no_source", where)


def pipes_at_fault(net: Any, where: str) -> NetworkError | None:
    """Return the error of pipes without length or diameter, None where all have both."""
    if not len(net.get("pipe", ())):
        return None
    numbers = net.pipe[["length_km", "inner_diameter_mm"]].to_numpy(np.float64)
    wrong = (~np.isfinite(numbers) | (numbers <= 0)).any(axis=1)
    if wrong.any():
        bad = net.pipe.index[wrong]
        ends = [*net.pipe.from_junction[bad], *net.pipe.to_junction[bad]]
        values = {
            "edges": named(net.pipe, bad),
            "nodes": named(net.junction, net.junction.index.intersection(ends)),
        }
        return NetworkError("network.edges_without_impedance", where, **values)
    return None


def warnings(net: Any) -> list[dict[str, Any]]:
    """Return what a solved net does not supply: nodes without a result."""
    power = "bus" in net
    table = net.bus if power else net.junction
    result = net.get("res_bus" if power else "res_junction")
    if power and (result is None or not len(result)):
        result = net.get("res_bus_3ph")
    if result is None or not len(result):
        return []
    values = result.iloc[:, 0]
    in_service = table.in_service.astype(bool).reindex(values.index, fill_value=False)
    dead = values.index[values.isna() & in_service]
    if not len(dead):
        return []
    said = {"count": len(dead), "nodes": named(table, dead)}
    return [Problem("network.nodes_without_supply", "", said).as_dict()]


def not_converged_power(net: Any, where: str) -> NetworkError:
    """Return the error with the buses where the voltage gives way first, as the load grows."""
    import pandapower

    loads = {t: net[t].scaling.to_numpy(np.float64).copy() for t in ("load", "sgen") if len(net[t])}

    def solves(share: float) -> Any:
        for table, scaling in loads.items():
            net[table]["scaling"] = scaling * share
        try:
            pandapower.runpp(net, numba=False)
        except (pandapower.LoadflowNotConverged, ValueError, np.linalg.LinAlgError):
            return None
        return net.res_bus.vm_pu.copy()

    share, voltage = _largest(solves)
    for table, scaling in loads.items():
        net[table]["scaling"] = scaling
    if voltage is None:
        wrong = lines_at_fault(net, where)
        if wrong is not None:
            return wrong
        return NetworkError("network.not_converged", where, nodes=_suspects(net))
    weak = voltage.dropna().sort_values().index[:MOST_NAMED]
    low = f"{float(voltage.min()):.2f}"
    return NetworkError(
        "network.collapses",
        where,
        nodes=named(net.bus, weak),
        share=round(share * 100),
        value=f"{low} pu",
    )


def not_converged_pipes(net: Any, where: str, options: dict[str, Any]) -> NetworkError:
    """Return the error with the junctions where the pressure gives way first."""
    import pandapipes
    from pandapipes.pf.pipeflow_setup import PipeflowNotConverged

    wanted = {"heat_consumer": "qext_w", "sink": "mdot_kg_per_s", "source": "mdot_kg_per_s"}
    before = {
        t: net[t][c].to_numpy(np.float64).copy() for t, c in wanted.items() if len(net.get(t, ()))
    }

    def solves(share: float) -> Any:
        for table, values in before.items():
            net[table][wanted[table]] = values * share
        try:
            pandapipes.pipeflow(net, **options)
        except (PipeflowNotConverged, ValueError, UserWarning, np.linalg.LinAlgError):
            return None
        return net.res_junction.p_bar.copy()

    share, pressure = _largest(solves)
    for table, values in before.items():
        net[table][wanted[table]] = values
    if pressure is None:
        wrong = pipes_at_fault(net, where)
        if wrong is not None:
            return wrong
        rows = _unconnected(net)
        return NetworkError("network.not_converged", where, nodes=named(net.junction, rows))
    weak = pressure.dropna().sort_values().index[:MOST_NAMED]
    return NetworkError(
        "network.collapses",
        where,
        nodes=named(net.junction, weak),
        share=round(share * 100),
        value=f"{float(pressure.min()):.2f} bar",
    )


def _largest(solves: Any) -> tuple[float, Any]:
    """Return the largest share of the load that can be solved, and what came out of it."""
    low, best, high = 0.0, solves(FEWEST_SHARE), 1.0
    if best is None:
        return 0.0, None
    low = FEWEST_SHARE
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        found = solves(middle)
        if found is None:
            high = middle
        else:
            low, best = middle, found
    return low, best


def _suspects(net: Any) -> str:
    """Return the buses at the lines of extreme impedance: the usual slip is a wrong unit."""
    line = net.line[net.line.in_service.astype(bool)]
    if not len(line):
        return named(net.bus, net.bus.index[:MOST_NAMED])
    volts = net.bus.vn_kv.reindex(line.from_bus).to_numpy(np.float64)
    ohm = np.hypot(line.r_ohm_per_km, line.x_ohm_per_km) * line.length_km / volts**2
    worst = line.index[np.argsort(-ohm.to_numpy(np.float64))[:3]]
    ends = dict.fromkeys([*line.from_bus[worst], *line.to_bus[worst]])
    return named(net.bus, ends)


def _unconnected(net: Any) -> list[Any]:
    """Return junctions that no open pipe or valve joins to a pressure, else those of the thinnest pipes."""
    from pandapipes import topology

    try:
        found = sorted(topology.unsupplied_junctions(net))
    except (KeyError, AttributeError):
        found = []
    if found:
        return found
    thin = net.pipe.inner_diameter_mm.sort_values().index[:3]
    return list(dict.fromkeys([*net.pipe.from_junction[thin], *net.pipe.to_junction[thin]]))
