"""Values of sensors on the clock: replayed from observations, or simulated where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.sensors.reading import OBSERVATIONS, RESULT
from layers.sensors.words import THRESHOLDS, short_span
from twin.api import FeatureTable, Provenance, Quality, Series, live, network

SIMULATED_EVERY = timedelta(minutes=5)
CHART_STEP_MS = 600_000
TREND_OVER = timedelta(minutes=10)
MOST_READINGS = 2000
"""Of more sensors no value is written beside each: they would not be read."""
OLD_S = 600.0
ARROWS = {"rising": " ↗", "falling": " ↘", "steady": " →"}
WEIGHT = {"alarm": 4.0, "warn": 3.0, "ok": 2.0, "stale": 1.0}
"""Which of several sensors that are drawn as one gives its colour."""


def columns_at(table: FeatureTable, at: datetime, *, repeat_day: bool) -> dict[str, NDArray[Any]]:
    """Return value, age_s, state and status of every sensor at a moment.

    ``state`` is live, replayed, simulated, stale or missing; ``status`` is ok, warn, alarm, stale
    or missing. A missing value is NaN, never zero.
    """
    timeline, moment = _timeline(table), at
    if timeline is None:
        value, age = _simulated(table, at)
        fresh = live.State.SIMULATED
    else:
        moment = live.recorded_day(at, timeline.extent) if repeat_day else at
        value, age = timeline.latest("result", moment)
        fresh = live.state_of_quality(observed_provenance(table).quality)
        if isinstance(timeline, live.Memory) and timeline.shows_present(moment):
            fresh = live.State.SIMULATED if fresh is live.State.SIMULATED else live.State.LIVE
    limit = network.constant(table, "stale_after_s")
    state = live.states(value, age, limit, fresh=fresh)
    thresholds = {name: network.constant(table, name) for name in THRESHOLDS}
    status = live.statuses(value, thresholds)
    # What was fine an hour too long ago is not known to be fine now.
    status[state == live.State.STALE.value] = live.State.STALE.value
    if isinstance(timeline, live.Memory):
        status[timeline.alerted(table.feature_ids, moment)] = live.Status.ALARM.value
    found = {"value": value, "age_s": age, "state": state, "status": status}
    found["trend"] = trends(_rate(table, timeline, moment), value)
    found["trend"][state == live.State.STALE.value] = ""  # where it goes now, nobody knows
    found["weight"] = np.zeros(len(status))
    for name, weight in WEIGHT.items():
        found["weight"][status == name] = weight
    if len(table) <= MOST_READINGS:
        found["reading"] = readings(table, value, age, found["trend"])
    return found


def _rate(
    table: FeatureTable, timeline: live.Timeline | live.Memory | None, moment: datetime
) -> NDArray[Any]:
    """Return how fast values change, units a second, (n,); NaN where that is not known."""
    if isinstance(timeline, live.Memory):
        return timeline.trend(moment)
    ago = moment - TREND_OVER
    if timeline is None:
        now, before = _simulated(table, moment)[0], _simulated(table, ago)[0]
    else:
        now, before = (timeline.latest("result", at)[0] for at in (moment, ago))
    return np.asarray((now - before) / TREND_OVER.total_seconds())


def readings(
    table: FeatureTable, value: NDArray[Any], age_s: NDArray[Any], trend: NDArray[Any]
) -> NDArray[Any]:
    """Return what stands beside a sensor: value, unit, an arrow for the trend, and the age of what is old."""
    units = table.frame["unit"].to_numpy(object)
    said = []
    for result, unit, age, way in zip(value, units, age_s, trend, strict=True):
        if not np.isfinite(result):
            said.append("")
            continue
        shown = "" if unit in ("", "1") else f" {unit}"
        old = f" · {short_span(age)}" if age >= OLD_S else ""
        digits = f"{result:.0f}" if abs(result) >= 100 else f"{result:.3g}"
        said.append(f"{digits}{shown}{ARROWS.get(way, '')}{old}")
    return np.array(said, dtype=object)


def trends(rate: NDArray[Any], value: NDArray[Any]) -> NDArray[Any]:
    """Return rising, falling or steady for every sensor, (n,) object; empty where that is not known.

    Steady is a change of less than a part in a hundred in ten minutes.
    """
    change = rate * 600.0
    small = np.maximum(np.abs(value) * 0.01, 1e-9)
    place = np.zeros(len(value), dtype=np.intp)
    with np.errstate(invalid="ignore"):
        place[np.abs(change) <= small] = 1
        place[change > small] = 2
        place[change < -small] = 3
    return live.words_at(("", "steady", "rising", "falling"), place)


def charts(table: FeatureTable, row: int, day: datetime | None) -> list[Series]:
    """Return the history of a sensor with its thresholds.

    Parameters
    ----------
    day : datetime or None
        Moment whose UTC day is simulated, for sensors without observations.
    """
    name, unit = label_of(table, row), str(table.frame["unit"].iloc[row])
    timeline = _timeline(table)
    if timeline is not None:
        times, values = timeline.of_row("result", row)
    elif day is not None and _known(table)[row]:
        times, values = _simulated_day(table, row, day)
    else:
        return []
    if not len(times):
        return []
    limits = {
        name: float(table.frame[name].iloc[row])
        for name in THRESHOLDS
        if name in table.frame and np.isfinite(table.frame[name].iloc[row])
    }
    return [
        Series(
            name=name,
            unit=unit or "1",
            time_utc=times,
            value=values,
            provenance=observed_provenance(table),
            thresholds=limits,
        )
    ]


def time_extent(table: FeatureTable) -> tuple[datetime, datetime] | None:
    """Return the time that the observations cover."""
    timeline = _timeline(table)
    return timeline.extent if timeline is not None else None


def observed_provenance(table: FeatureTable) -> Provenance:
    """Return where the observations come from; the simulator's are called so."""
    if OBSERVATIONS in table.tables or "streams" in table.tables:
        return table.column("value").provenance
    return Provenance(source="Belvedere", quality=Quality.SIMULATED)


def label_of(table: FeatureTable, row: int) -> Mapping[str, str]:
    """Return the observed property of a sensor in words."""
    name = str(table.frame["observed_property"].iloc[row])
    return live.label_of(name) or {"en": "Value", "fr": "Valeur", "ko": "값", "ar": "القيمة"}


def _timeline(table: FeatureTable) -> live.Timeline | live.Memory | None:
    remembered = live.memory_of(table)
    if remembered is not None:
        return remembered
    return live.timeline_of(table, OBSERVATIONS, RESULT, keep_missing=True)


def _known(table: FeatureTable) -> NDArray[np.bool_]:
    return table.frame["observed_property"].isin(live.PROPERTIES).to_numpy(dtype=bool)


def _simulated(table: FeatureTable, at: datetime) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return value and age of every sensor; a made-up observation is made every few minutes."""
    age = at.timestamp() % SIMULATED_EVERY.total_seconds()
    names = table.frame["observed_property"].to_numpy(object)
    value = live.simulate(table.feature_ids, names, at - timedelta(seconds=age))
    return value, np.where(np.isfinite(value), age, np.nan)


def _simulated_day(
    table: FeatureTable, row: int, day: datetime
) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    start = day.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = int(start.timestamp() * 1000)
    times = np.arange(first, first + 86_400_000 + 1, CHART_STEP_MS, dtype=np.int64)
    feature, name = table.frame[["feature_id", "observed_property"]].iloc[row]
    values = live.simulate_series(str(feature), str(name), times)
    return times.astype("datetime64[ms]").astype("datetime64[ns]"), values
