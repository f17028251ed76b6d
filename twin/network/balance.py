"""The balance of a solved network: what comes in, where it goes, what is lost; and the numbers of a run.

Sources of the figures: pipe losses are ``mass flow x 4.18 kJ/(kg K) x (inlet - outlet temperature)``, cable and
transformer losses those of the power flow, heat pumps draw ``heat / COP`` of electricity. CO2 is energy bought
(electricity of heat
pumps, power from the grid) times a factor that the user sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from twin.network import model
from twin.network.model import Floats, Network, Role
from twin.network.profiles import Day, drawn_kw
from twin.network.results import Solution

WATER_KJ_KG_K = 4.18
TINY_MWH = 1e-9
CO2_KG_PER_KWH = 0.06
"""Of electricity where the user says nothing: an assumption, of the order of the French mix."""


@dataclass(frozen=True)
class Flow:
    """An arrow of the balance: from and to are words (keys ``balance.<word>``), the value in MW."""

    start: str
    end: str
    mw: float


@dataclass(frozen=True, kw_only=True)
class Indicators:
    """The numbers of a run.

    Parameters
    ----------
    delivered_mwh, losses_mwh, bought_mwh : float
        Over the moments of the run, each standing for an equal part of a day.
    peak_mw : float
    renewable_percent : float
        Part of the energy delivered that is not bought electricity.
    co2_kg, cost_eur : float
        NaN where no price is given.
    lowest, highest, worst : float
        Voltage (pu) or pressure (bar) at its lowest, temperature or loading at its highest.
    """

    delivered_mwh: float
    losses_mwh: float
    bought_mwh: float
    peak_mw: float
    renewable_percent: float
    co2_kg: float
    cost_eur: float
    lowest: float
    highest: float
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Powers:
    """Powers of a run by step, MW."""

    delivered: Floats
    losses: Floats
    bought: Floats
    renewable: Floats
    by_kind: Mapping[str, Floats]


def flows(network: Network, found: Solution, day: Day, step: int) -> tuple[Flow, ...]:
    """Return the arrows of the balance at one step, those above a kilowatt."""
    powers = _powers(network, found, day)
    arrows: list[Flow] = []
    hub = "grid" if network.commodity == model.ELECTRICITY else "network"
    if network.commodity == model.ELECTRICITY:
        arrows.append(Flow("upstream", hub, float(powers.bought[step])))
        arrows.append(Flow("local", hub, float(powers.renewable[step])))
        arrows += [Flow(hub, kind, float(mw[step])) for kind, mw in powers.by_kind.items()]
    else:
        drawn = powers.delivered[step] - powers.bought[step]
        arrows.append(Flow("source", hub, float(drawn + powers.losses[step])))
        if powers.bought[step] > TINY_MWH:
            arrows.append(Flow(hub, "heat_pumps", float(drawn)))
            arrows.append(Flow("electricity", "heat_pumps", float(powers.bought[step])))
            arrows.append(Flow("heat_pumps", "buildings", float(powers.delivered[step])))
        else:
            arrows.append(Flow(hub, "buildings", float(drawn)))
    arrows.append(Flow(hub, "losses", float(powers.losses[step])))
    return tuple(arrow for arrow in arrows if arrow.mw > 1e-3)


def indicators(
    network: Network,
    found: Solution,
    day: Day,
    *,
    co2_kg_per_kwh: float = CO2_KG_PER_KWH,
    eur_per_mwh: float = float("nan"),
) -> Indicators:
    """Return the numbers of a run; see :class:`Indicators`."""
    if network.commodity == model.VACUUM:
        return _of_air(found, co2_kg_per_kwh, eur_per_mwh)
    powers = _powers(network, found, day)
    hours = 24.0 / len(day.times) if len(day.times) > 1 else 1.0
    delivered, losses, bought = (
        float(p.sum() * hours) for p in (powers.delivered, powers.losses, powers.bought)
    )
    electric = network.commodity == model.ELECTRICITY
    if not electric and bought < TINY_MWH:
        # No heat pumps at the consumers: what the plant itself burns or draws is not known here.
        bought = float("nan")
    low = _extreme(found, "nodes", "vm_pu" if electric else "p_bar", np.nanmin)
    high = _extreme(found, "edges", "loading_percent" if electric else "t_from_k", np.nanmax)
    return Indicators(
        delivered_mwh=delivered,
        losses_mwh=losses,
        bought_mwh=bought,
        peak_mw=float(powers.delivered.max(initial=0.0)),
        renewable_percent=_share(delivered, bought, losses if electric else 0.0),
        co2_kg=bought * 1000.0 * co2_kg_per_kwh,
        cost_eur=bought * eur_per_mwh,
        lowest=low,
        highest=high if electric else high - 273.15,
    )


def _of_air(found: Solution, co2_kg_per_kwh: float, eur_per_mwh: float) -> Indicators:
    """Return the numbers of a round that empties every inlet once: the fan runs while a bag travels."""
    fan = found.devices["fan_kw"].values[0]
    hours = found.devices["travel_s"].values[0] / 3600.0
    bought = float(np.nansum(fan * hours)) / 1000.0
    nothing = float("nan")
    return Indicators(
        delivered_mwh=nothing,
        losses_mwh=nothing,
        bought_mwh=bought,
        peak_mw=float(np.nanmax(fan, initial=0.0)) / 1000.0,
        renewable_percent=nothing,
        co2_kg=bought * 1000.0 * co2_kg_per_kwh,
        cost_eur=bought * eur_per_mwh,
        lowest=nothing,
        highest=nothing,
    )


def _share(delivered: float, bought: float, losses: float) -> float:
    needed = delivered + losses
    if needed <= 0 or np.isnan(bought):
        return float("nan")
    return 100.0 * max(0.0, 1.0 - bought / needed)


def _extreme(found: Solution, sort: str, column: str, pick: object) -> float:
    group = getattr(found, sort).get(column)
    if group is None or not np.isfinite(group.values).any():
        return float("nan")
    return float(pick(group.values))  # type: ignore[operator]


def _powers(network: Network, found: Solution, day: Day) -> _Powers:
    if network.commodity == model.ELECTRICITY:
        return _electric(network, found, day)
    return _thermal(network, found, day)


def _electric(network: Network, found: Solution, day: Day) -> _Powers:
    devices = network.devices
    kw = day.power_kw
    loads = [i for i in range(len(devices)) if devices.role[i] in (Role.CONSUMER, Role.STORAGE)]
    kinds = sorted({str(devices.kind[i]) for i in loads})
    by_kind = {
        k: kw[:, [i for i in loads if devices.kind[i] == k]].sum(axis=1) / 1000.0 for k in kinds
    }
    local = -kw[:, devices.role == Role.PRODUCER].sum(axis=1) / 1000.0
    pl = found.edges.get("pl_mw")
    losses = np.nansum(pl.values, axis=1) if pl is not None else np.zeros(len(kw))
    delivered = np.sum(list(by_kind.values()), axis=0) if by_kind else np.zeros(len(kw))
    bought = np.maximum(delivered + losses - local, 0.0)
    return _Powers(delivered, losses, bought, local, by_kind)


def _thermal(network: Network, found: Solution, day: Day) -> _Powers:
    devices = network.devices
    rows = [i for i in devices.of(Role.CONSUMER) if devices.edge[i] >= 0]
    heat = day.power_kw[:, rows]
    drawn = np.column_stack(
        [drawn_kw(network, i, heat[:, n]) for n, i in enumerate(rows)] or [np.zeros(len(heat))]
    )
    ids = network.edges.ids[network.edges.kind == "pipe"]
    mdot = found.column("edge", "mdot_from_kg_per_s", ids)
    inlet, outlet = found.column("edge", "t_from_k", ids), found.column("edge", "t_outlet_k", ids)
    backward = mdot < 0
    inlet = np.where(backward, found.column("edge", "t_to_k", ids), inlet)
    lost = np.abs(mdot) * WATER_KJ_KG_K * (inlet - outlet) / 1000.0
    cold = network.commodity == model.COLD
    losses = np.nansum(-lost if cold else lost, axis=1)
    delivered = heat.sum(axis=1) / 1000.0
    bought = delivered - drawn.sum(axis=1) / 1000.0
    return _Powers(delivered, losses, bought, delivered - bought, {})
