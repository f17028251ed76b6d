"""Air in a vacuum waste network: what it takes to draw a bag from each inlet, one after the other.

Simple and steady. Friction by Darcy and Weisbach, ``dp = f L/D rho v^2/2``, with the friction factor of Haaland (1983),
``1/sqrt(f) = -1.8 log10((k/D/3.7)^1.11 + 6.9/Re)``; at the inlet 1.5 velocity heads are lost. The air is taken as
incompressible (1.2 kg/m3, 1.5e-5 m2/s), which is right to about a tenth for the pressures that come out. Assumed where
nothing is stated: tubes of 500 mm with a roughness of 0.1 mm, a fan of 60 %; the speed is the 70 km/h that
La Gazette, France Inter and others gave of the Fort d'Issy.
"""

from __future__ import annotations

import numpy as np

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


def solve(network: Network, day: Day) -> Solution:
    """Return under-pressure, power of the fan and time of travel for each node, and the loss of each tube.

    Nothing of it depends on the moment: every step of the day has the same values.

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
    return Solution(
        mode="one inlet at a time",
        nodes={"dp_pa": _group(network.nodes.ids, needed_pa, steps)},
        edges={c: _group(edges.ids[tubes], v[tubes], steps) for c, v in tube_values.items()},
        devices={c: _group(devices.ids[inlets], v, steps) for c, v in inlet_values.items()},
        problems=(Problem("network.assumed", network.id, said, Severity.INFO),),
    )


def friction(relative_roughness: Floats, reynolds: Floats) -> Floats:
    """Return the friction factor of Darcy after Haaland (1983), for turbulent flow."""
    inner = (relative_roughness / 3.7) ** 1.11 + 6.9 / reynolds
    return np.asarray((-1.8 * np.log10(inner)) ** -2)


def _diameter_m(network: Network) -> Floats:
    said = network.edges.values.get("diameter_mm")
    if said is None:
        return np.full(len(network.edges), DIAMETER_MM / 1000.0)
    known = np.array([np.nan if v is None else float(v) for v in said])
    return np.where(known > 0, known, DIAMETER_MM) / 1000.0


def _summed(network: Network, loss_pa: Floats) -> Floats:
    """Return the loss from each node to its nearest source, along the shortest way; NaN without one."""
    ready = flowing(network)
    total = np.where(np.isfinite(ready.source_m), 0.0, np.nan)
    edge_of = {
        pair: e
        for e, (a, b) in enumerate(zip(network.edges.start.tolist(), network.edges.end.tolist(), strict=True))
        if network.edges.conducts[e]
        for pair in ((a, b), (b, a))
    }  # fmt: skip
    for node in np.argsort(ready.source_m).tolist():
        before = int(ready.before[node])
        if before >= 0 and np.isfinite(ready.source_m[node]):
            total[node] = total[before] + loss_pa[edge_of[before, node]]
    return total


def _group(ids: object, values: Floats, steps: int) -> Group:
    return Group([str(i) for i in ids], np.tile(values, (steps, 1)))  # type: ignore[attr-defined]
