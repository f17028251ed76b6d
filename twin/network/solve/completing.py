"""What models of grid operators leave to others, completed where it can be: nominal voltages and the reference.

A CGMES model without its boundary set names base voltages that are defined elsewhere, and a model that was never solved
has no reference. What is completed is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.cim import Model, bare
from twin.network.solve.faults import named
from twin.problems import Problem, Severity

MOST_STEPS = 100
SAME_VOLTAGE = 0.1
"""Nominal voltages of one level differ by less: 110 and 115 kV, 380 and 400 kV."""
ORIGIN = "origin_id"
SERVICE = "Equipment.inService"
CONNECTED, OPEN = "ACDCTerminal.connected", "Switch.open"
EQUIPMENT = ("gen", "sgen", "load", "ward", "xward", "ext_grid", "motor", "shunt", "dcline")


def completed(net: Any, path: Path, version: str) -> list[Problem]:
    """Give the net of a CGMES model what a power flow needs, in place, and return what was assumed."""
    where = path.name
    lacking = _without_reference(net) or version == "3.0"
    model = Model(path) if lacking else None
    if model is not None:
        _in_service(net, model)
    said = [*_voltages(net, where), *_direct_current(net, where)]
    said += _reference(net, model, where) if model is not None else []
    return [*said, *_between_voltages(net, where)]


def _in_service(net: Any, model: Model) -> None:
    """Switch on what is connected where no profile says of anything whether it is in service.

    CGMES 3.0 states it of all equipment; the converter takes what is not stated for out of service.
    """
    if any(SERVICE in thing.texts for thing in model.things.values()):
        return
    off = {
        terminal.links.get("Terminal.ConductingEquipment", "")
        for _, terminal in model.of("Terminal")
        if terminal.texts.get(CONNECTED, "true") == "false"
    }
    for table in EQUIPMENT:
        if ORIGIN in net[table]:
            net[table]["in_service"] = _without(off, net[table][ORIGIN])
    off |= {key for key, thing in model.things.items() if thing.texts.get(OPEN) == "true"}
    if ORIGIN in net.switch:
        net.switch["closed"] = _without(off, net.switch[ORIGIN])


def _without(off: set[str], ids: Any) -> NDArray[np.bool_]:
    """Return which ids are not among some, (n,) bool: flags of an empty table too, or nothing can be negated there."""
    return np.array([bare(str(i)) not in off for i in ids], dtype=bool)


def _voltages(net: Any, where: str) -> list[Problem]:
    """Take missing nominal voltages from the windings beside, then along lines and switches."""
    known = net.bus.vn_kv.astype(float)
    count = int(known.isna().sum())
    if not count:
        return []
    sides = [("trafo", "hv"), ("trafo", "lv"), ("trafo3w", "hv"), ("trafo3w", "mv"), ("trafo3w", "lv")]  # fmt: skip
    for table, side in sides:
        rated = net[table].groupby(f"{side}_bus")[f"vn_{side}_kv"].first()
        known = known.fillna(rated)
    same = [
        net.line[["from_bus", "to_bus"]].to_numpy(),
        net.impedance[["from_bus", "to_bus"]].to_numpy(),
    ]
    joints = net.switch[net.switch.et == "b"]
    pairs = np.vstack([*same, joints[["bus", "element"]].to_numpy()]).astype(np.int64)
    pairs = np.vstack([pairs, pairs[:, ::-1]])
    for _ in range(MOST_STEPS):
        here, there = known.loc[pairs[:, 0]].to_numpy(), known.loc[pairs[:, 1]].to_numpy()
        new = np.isfinite(here) & ~np.isfinite(there)
        if not new.any():
            break
        known.loc[pairs[new, 1]] = here[new]
    net.bus["vn_kv"] = known
    said = {"count": count - int(known.isna().sum())}
    return [Problem("network.voltages_taken", where, said)]


def _direct_current(net: Any, where: str) -> list[Problem]:
    """Let links of direct current hold the nominal voltage where they have no target, for which zero stands."""
    links, count = net.dcline, 0
    for name in ("vm_from_pu", "vm_to_pu"):
        lacking = ~(links[name].astype(float) > 0.0)
        links.loc[lacking, name] = 1.0
        count += int(lacking.sum())
    return [Problem("network.dc_voltages_taken", where, {"count": count})] if count else []


def _without_reference(net: Any) -> bool:
    slack = net.gen.slack.astype(bool) & net.gen.in_service.astype(bool)
    return not (bool(net.ext_grid.in_service.any()) or bool(slack.any()))


def _reference(net: Any, model: Model, where: str) -> list[Problem]:
    """Let a machine be the reference where nothing is: that where the angle was zero, else the largest."""
    able = net.gen[net.gen.in_service.astype(bool) & net.gen.vm_pu.notna()]
    if not _without_reference(net) or not len(able):
        return []
    zero = {
        state.links.get("SvVoltage.TopologicalNode", "")
        for _, state in model.of("SvVoltage")
        if state.number("SvVoltage.angle") == 0.0
    }
    topology = net.bus.get("cim_topnode", net.bus.get(ORIGIN))
    nodes = topology.reindex(able.bus).astype(str).map(bare).to_numpy()
    there = able[np.isin(nodes, list(zero))]
    chosen = (there if len(there) else able).p_mw.abs().idxmax()
    net.gen.loc[chosen, "slack"] = True
    said = {"nodes": named(net.gen, [chosen])}
    return [Problem("network.reference_assumed", where, said, Severity.WARNING)]


def _between_voltages(net: Any, where: str) -> list[Problem]:
    """Say which lines join nodes of different nominal voltage; where nothing converges so, read them per unit.

    Test grids that were kept per unit are exported like that: lines whose impedance is at the geometric mean of both
    voltages (as PowSyBl writes it) and whose shunts only stand for the ratio. Read back so, the states in the model
    come out again. What the converter reads goes before it wherever that can be solved.
    """
    line = net.line
    ratio = net.bus.vn_kv.reindex(line.from_bus).to_numpy(np.float64) / net.bus.vn_kv.reindex(
        line.to_bus
    ).to_numpy(np.float64)
    across = np.isfinite(ratio) & (np.abs(ratio - 1.0) > SAME_VOLTAGE)
    if not across.any():
        return []
    said = {"edges": named(line, line.index[across]), "count": int(across.sum())}
    if _without_reference(net) or _converges(net):
        return [Problem("network.lines_between_voltages", where, said, Severity.WARNING)]
    for name in ("r_ohm_per_km", "x_ohm_per_km"):
        line.loc[across, name] *= ratio[across]
    line.loc[across, ["c_nf_per_km", "g_us_per_km"]] = 0.0
    return [Problem("network.lines_per_unit", where, said, Severity.WARNING)]


def _converges(net: Any) -> bool:
    import pandapower

    try:
        pandapower.runpp(net, numba=False)
    except (pandapower.LoadflowNotConverged, ValueError, np.linalg.LinAlgError):
        return False
    return True
