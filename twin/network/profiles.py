"""What consumers take and producers give over a day: from the series of the data, else estimated with a stated formula.

Estimates (labelled "estimated" wherever they are shown):

- heat without a series: rated power times the course of a residential day; the course is
  ``0.62 + 0.25 exp(-((h - 7.5) / 2)^2) + 0.30 exp(-((h - 20) / 2.5)^2)`` of the rated power, an order of magnitude
  for heating and hot water of dwellings in a cold week (own model, no measured source).
- electricity without a series: rated power times
  ``0.35 + 0.25 exp(-((h - 8) / 2)^2) + 0.40 exp(-((h - 20) / 2.5)^2)``.
- photovoltaics without a series: rated power times ``max(0, cos((h - 13) / 13 pi))^1.25``, a clear day of spring.
- chargers without a series: rated power times ``0.1 + 0.55 exp(-((h - 10) / 2)^2) +
  0.9 exp(-((h - 19.5) / 2.4)^2)``, at most 1: people charge at work in the morning and at
  home in the evening (own model).
- heat pumps: of the heat delivered, ``1 - 1 / COP`` comes from the loop; COP 4.5 where none is stated, the mean of
  heating (5) and hot water (3.2) weighted 3 to 1.
- nothing known of a consumer: 50 kW for heat, 5 kW for electricity, so that it is not left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.network import model
from twin.network.model import Floats, Network, Role

if TYPE_CHECKING:
    from twin.live.timeline import Timeline

COP = 4.5
UNKNOWN_KW: Mapping[str, float] = {model.ELECTRICITY: 5.0}
UNKNOWN_HEAT_KW = 50.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Day:
    """Power of every device of a network at some moments.

    Parameters
    ----------
    times : (t,) of datetime
    power_kw : (t, k) float64
        Consumption positive, production negative, as at the meter.
    estimated : (k,) bool
        Not from a series of the data.
    """

    times: tuple[datetime, ...]
    power_kw: Floats
    estimated: NDArray[np.bool_]


def moments(at: datetime, steps: int) -> tuple[datetime, ...]:
    """Return one moment, or a day in equal steps from midnight (UTC) of the day of a moment."""
    if steps <= 1:
        return (at.astimezone(UTC),)
    start = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple(start + timedelta(days=1) * (i / steps) for i in range(steps))


def day_of(
    network: Network,
    times: tuple[datetime, ...],
    timeline: Timeline | None = None,
    *,
    row_of: Mapping[str, int] | None = None,
) -> Day:
    """Return the power of every device at some moments.

    Parameters
    ----------
    timeline : Timeline or None
        The series of the layer, with ``heat_kw`` or ``p_kw``; a series of one day is played on any day.
    row_of : mapping
        Row of the layer's table by feature id.
    """
    devices = network.devices
    power = np.zeros((len(times), len(devices)))
    estimated = np.ones(len(devices), bool)
    hours = np.array([t.hour + t.minute / 60 for t in times]) + _local(times)
    for i in range(len(devices)):
        power[:, i] = _estimate(network, i, hours)
    day = Day(times=times, power_kw=power, estimated=estimated)
    if timeline is not None and row_of:
        _recorded(network, day, timeline, row_of)
    return day


def _local(times: tuple[datetime, ...]) -> Floats:
    """Return hours to add for the local time of Paris: courses of a day are those of people."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/Paris")
    shifts = [t.astimezone(zone).utcoffset() or timedelta() for t in times]
    return np.array([s.total_seconds() / 3600 for s in shifts])


def _recorded(network: Network, day: Day, timeline: Timeline, row_of: Mapping[str, int]) -> None:
    """Write the recorded values over the estimates."""
    times, power, estimated = day.times, day.power_kw, day.estimated
    from twin.live.timeline import recorded_day

    column = "p_kw" if network.commodity == model.ELECTRICITY else "heat_kw"
    if column not in timeline:
        return
    rows = np.array([row_of.get(str(i), -1) for i in network.devices.ids], np.intp)
    for step, at in enumerate(times):
        values, _ = timeline.interpolate(column, recorded_day(at, timeline.extent))
        found = np.where(rows >= 0, values[rows], np.nan)
        known = np.isfinite(found)
        power[step, known] = found[known]
        estimated[known] = False


def _estimate(network: Network, i: int, hours: Floats) -> Floats:
    devices = network.devices
    kind, role = str(devices.kind[i]), devices.role[i]
    rated = float(devices.power_mw[i]) * 1000.0
    if not np.isfinite(rated):
        area = _value(devices.values, "area_m2", i)
        rated = 0.18 * area if kind == "pv" and np.isfinite(area) else np.nan
    if not np.isfinite(rated):
        rated = UNKNOWN_KW.get(network.commodity, UNKNOWN_HEAT_KW)
    if kind == "pv":
        return -rated * np.maximum(np.cos((hours - 13) / 13 * np.pi), 0.0) ** 1.25
    if role is Role.STORAGE:
        return rated * 0.5 * (_bump(hours, 13, 2) - _bump(hours, 19.5, 2))
    if role is Role.PRODUCER:
        return np.full(len(hours), -rated)
    if role is not Role.CONSUMER:
        return np.zeros(len(hours))
    if kind == "charger":
        shape = np.minimum(0.1 + 0.55 * _bump(hours, 10, 2) + 0.9 * _bump(hours, 19.5, 2.4), 1.0)
        return np.asarray(rated * shape)
    if kind == "lighting":
        return rated * ((hours % 24 < 6.8) | (hours % 24 >= 20.6)).astype(float)
    if network.commodity == model.ELECTRICITY:
        return np.asarray(rated * (0.35 + 0.25 * _bump(hours, 8, 2) + 0.40 * _bump(hours, 20, 2.5)))
    return np.asarray(rated * (0.62 + 0.25 * _bump(hours, 7.5, 2) + 0.30 * _bump(hours, 20, 2.5)))


def drawn_kw(network: Network, i: int, heat_kw: Floats) -> Floats:
    """Return what a device draws from the network of the heat it delivers: a heat pump adds its electricity."""
    if str(network.devices.kind[i]) != "heat_pump":
        return heat_kw
    cop = _value(network.devices.values, "cop", i)
    cop = cop if np.isfinite(cop) and cop > 1 else COP
    return np.asarray(heat_kw * (1 - 1 / cop))


def _bump(hours: Floats, at: float, width: float) -> Floats:
    off = np.mod(hours - at + 12, 24) - 12
    return np.asarray(np.exp(-((off / width) ** 2)))


def _value(values: Mapping[str, Any], name: str, i: int) -> float:
    try:
        return float(values[name][i])
    except (KeyError, TypeError, ValueError):
        return float("nan")
