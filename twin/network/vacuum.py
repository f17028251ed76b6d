"""Air in a vacuum waste network: what it takes to draw a bag from each inlet, and what flows while its valve is open.

Simple and quasi-steady: at each moment air flows as if it had always flowed so, from the inlets whose valve is open to
their suction point, and rests everywhere else (a fan that is regulated to one speed of air). Friction by Darcy and
Weisbach, ``dp = f L/D rho v^2/2``, with the friction factor of Haaland (1983),
``1/sqrt(f) = -1.8 log10((k/D/3.7)^1.11 + 6.9/Re)``; at the inlet 1.5 velocity heads are lost. The air is taken as
incompressible (1.2 kg/m3, 1.5e-5 m2/s), which is right to about a tenth for the pressures that come out. Assumed where
nothing is stated: tubes of 500 mm with a roughness of 0.1 mm, a fan of 60 %; the speed is the 70 km/h that
La Gazette, France Inter and others gave of the Fort d'Issy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from twin.network.model import Floats, Network, NetworkError, Role
from twin.network.profiles import Day
from twin.network.results import Group, Solution
from twin.network.trace import flowing
from twin.problems import Problem, Severity

SPEED_M_S = 70 / 3.6
DENSITY_KG_M3, VISCOSITY_M2_S = 1.2, 1.5e-5
DIAMETER_MM, ROUGHNESS_MM = 500.0, 0.1
INLET_HEADS = 1.5
FAN_EFFICIENCY = 0.6
DAY_S = 86_400


def solve(network: Network, day: Day) -> Solution:
    """Return what each inlet takes (under-pressure, power of the fan, time of travel), and the air at each moment.

    Inlets that say when their valve opens (``opens_s`` seconds after midnight UTC, for ``open_s``) let air flow then,
    and only then: speed in the tubes, under-pressure at the nodes, ``valve_open`` and the fan at the suction points
    follow. Where none says so, or none is open at any of the moments, every step has the values of an inlet that is
    open by itself.

    Raises
    ------
    NetworkError
        Nothing in the network sucks.
    """
    ready, edges, devices = flowing(network), network.edges, network.devices
    if not np.isfinite(ready.source_m).any():
        raise NetworkError("network.no_source", network.id)
    diameter_m = _diameter_m(network)
    reynolds = SPEED_M_S * diameter_m / VISCOSITY_M2_S
    factor = friction(ROUGHNESS_MM / 1000.0 / diameter_m, reynolds)
    head_pa = DENSITY_KG_M3 * SPEED_M_S**2 / 2
    loss_pa = factor * np.nan_to_num(edges.length_m) / diameter_m * head_pa
    needed_pa = _summed(network, loss_pa) + INLET_HEADS * head_pa
    flow_m3_s = SPEED_M_S * np.pi * float(np.median(diameter_m)) ** 2 / 4
    tubes = edges.length_m > 0
    inlets = np.flatnonzero(devices.role == Role.CONSUMER)
    at = devices.node[inlets]
    tube_values = {
        "v_mean_m_per_s": np.full(len(edges), SPEED_M_S),
        "reynolds": reynolds, "lambda": factor, "dp_friction_pa": loss_pa,
    }  # fmt: skip
    inlet_values = {
        "dp_pa": needed_pa[at], "fan_kw": needed_pa[at] * flow_m3_s / FAN_EFFICIENCY / 1000.0,
        "travel_s": np.where(np.isfinite(ready.source_m[at]), ready.source_m[at] / SPEED_M_S, np.nan),
    }  # fmt: skip
    steps, said = len(day.times), {"diameter_mm": DIAMETER_MM, "speed_m_s": round(SPEED_M_S, 1)}
    still = Solution(
        mode="one inlet at a time",
        nodes={"dp_pa": _group(network.nodes.ids, needed_pa, steps)},
        edges={c: _group(edges.ids[tubes], v[tubes], steps) for c, v in tube_values.items()},
        devices={c: _group(devices.ids[inlets], v, steps) for c, v in inlet_values.items()},
        problems=(Problem("network.assumed", network.id, said, Severity.INFO),),
    )
    open_ = opened(network, day.times)
    if open_ is None or not open_.any():
        return still
    return _moving(network, still, open_, loss_pa, flow_m3_s)


def opened(network: Network, times: Sequence[datetime]) -> NDArray[np.bool_] | None:
    """Return whose valve is open at some moments, (steps, devices) bool; None where no device says when.

    ``opens_s``: seconds after midnight UTC, ``open_s``: for how long, ``open_days``: digits of the days of the week on
    which it happens, Monday is 0; empty: every day.
    """
    devices = network.devices
    if not {"opens_s", "open_s"} <= set(devices.values):
        return None
    begins, lasts = (_numbers(devices.values[c]) for c in ("opens_s", "open_s"))
    if not np.isfinite(begins).any():
        return None
    days = devices.values.get("open_days", np.full(len(devices), "", dtype=object))
    found = np.zeros((len(times), len(devices)), bool)
    for step, time in enumerate(times):
        now = time.astimezone(UTC)
        second = now.hour * 3600 + now.minute * 60 + now.second
        for back in (0, 1):  # a round of the evening goes on after midnight
            weekday = str((now.weekday() - back) % 7)
            today = np.array([not d or weekday in str(d) for d in days], bool)
            since = second + back * DAY_S - begins
            found[step] |= today & (since >= 0) & (since < lasts)
    return found


def _moving(
    network: Network, still: Solution, open_: NDArray[np.bool_], loss_pa: Floats, flow_m3_s: float
) -> Solution:
    """Return the solution with the air at each moment: along the ways of open inlets, and nowhere else."""
    devices, edges, ready = network.devices, network.edges, flowing(network)
    edge_of = _edge_of(network)
    under_pa = np.zeros((len(open_), len(network.nodes)))
    speed = np.zeros((len(open_), len(edges)))
    for step, device in zip(*np.nonzero(open_), strict=True):
        node, pa = int(devices.node[device]), INLET_HEADS * DENSITY_KG_M3 * SPEED_M_S**2 / 2
        if not np.isfinite(ready.source_m[node]):
            continue
        under_pa[step, node] = max(under_pa[step, node], pa)
        while (before := int(ready.before[node])) >= 0:
            edge = edge_of[before, node]
            speed[step, edge] = SPEED_M_S if edges.start[edge] == node else -SPEED_M_S
            node, pa = before, pa + loss_pa[edge]
            under_pa[step, node] = max(under_pa[step, node], pa)
    tubes, ids = edges.length_m > 0, devices.ids
    inlets, sources = (np.flatnonzero(devices.role == r) for r in (Role.CONSUMER, Role.SOURCE))
    fan_kw = under_pa[:, devices.node[sources]] * flow_m3_s / FAN_EFFICIENCY / 1000.0
    now = {
        "valve_open": Group([str(i) for i in ids[inlets]], open_[:, inlets].astype(np.float64)),
        "fan_now_kw": Group([str(i) for i in ids[sources]], fan_kw),
    }
    return replace(
        still,
        nodes={"dp_pa": Group([str(i) for i in network.nodes.ids], under_pa)},
        edges={
            **still.edges,
            "v_mean_m_per_s": Group([str(i) for i in edges.ids[tubes]], speed[:, tubes]),
        },
        devices={**still.devices, **now},
    )


def friction(relative_roughness: Floats, reynolds: Floats) -> Floats:
    """Return the friction factor of Darcy after Haaland (1983), for turbulent flow."""
    inner = (relative_roughness / 3.7) ** 1.11 + 6.9 / reynolds
    return np.asarray((-1.8 * np.log10(inner)) ** -2)


def _diameter_m(network: Network) -> Floats:
    said = network.edges.values.get("diameter_mm")
    if said is None:
        return np.full(len(network.edges), DIAMETER_MM / 1000.0)
    known = _numbers(said)
    return np.where(known > 0, known, DIAMETER_MM) / 1000.0


def _summed(network: Network, loss_pa: Floats) -> Floats:
    """Return the loss from each node to its nearest source, along the shortest way; NaN without one."""
    ready = flowing(network)
    total = np.where(np.isfinite(ready.source_m), 0.0, np.nan)
    edge_of = _edge_of(network)
    for node in np.argsort(ready.source_m).tolist():
        before = int(ready.before[node])
        if before >= 0 and np.isfinite(ready.source_m[node]):
            total[node] = total[before] + loss_pa[edge_of[before, node]]
    return total


def _edge_of(network: Network) -> dict[tuple[int, int], int]:
    """Return the edge between two nodes, either way."""
    edges = network.edges
    return {
        pair: e
        for e, (a, b) in enumerate(zip(edges.start.tolist(), edges.end.tolist(), strict=True))
        if edges.conducts[e]
        for pair in ((a, b), (b, a))
    }


def _numbers(values: object) -> Floats:
    return np.array([np.nan if v is None else float(v) for v in values])  # type: ignore[attr-defined]


def _group(ids: object, values: Floats, steps: int) -> Group:
    return Group([str(i) for i in ids], np.tile(values, (steps, 1)))  # type: ignore[attr-defined]
