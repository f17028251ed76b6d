"""What a series says at a moment: its last value, how old that is, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from twin.live.states import STALE_AFTER_S, State, state_of_quality
from twin.model.layer import Series

JUST_NOW_S = 60.0
AT_PRESENT = timedelta(seconds=5)
STALE_STEPS = 3
"""A series that misses this many of its usual steps is stale."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The last value at or before a moment; ``value`` is None where there is none yet."""

    state: State
    value: float | None = None
    at: datetime | None = None
    age: timedelta = timedelta()


def reading(series: Series, at: datetime) -> Reading:
    """Return what a series says at a moment; gaps are skipped, never filled."""
    moment = np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "ns")
    known = np.flatnonzero(np.isfinite(series.value) & (series.time_utc <= moment))
    if not len(known):
        return Reading(State.MISSING)
    last = known[-1]
    seconds = float((moment - series.time_utc[last]) / np.timedelta64(1, "s"))
    stale = seconds > stale_after_s(series)
    return Reading(
        state=State.STALE if stale else _fresh(series, at, series.time_utc[last]),
        value=float(series.value[last]),
        at=datetime.fromtimestamp(series.time_utc[last].astype("int64") / 1e9, UTC),
        age=timedelta(seconds=seconds),
    )


def _fresh(series: Series, at: datetime, observed: np.datetime64) -> State:
    """Return what stands behind a value that is not stale: a feed, where it came just now."""
    state = state_of_quality(series.provenance.quality)
    now = datetime.now(UTC)
    age_s = now.timestamp() - observed.astype("datetime64[ns]").astype("int64") / 1e9
    if state is State.REPLAYED and 0 <= age_s < JUST_NOW_S and at >= now - AT_PRESENT:
        return State.LIVE
    return state


def stale_after_s(series: Series) -> float:
    """Return the age in seconds from which the last value of a series counts as stale."""
    if len(series.time_utc) < 3:
        return STALE_AFTER_S
    usual = float(np.median(np.diff(series.time_utc)) / np.timedelta64(1, "s"))
    return max(STALE_STEPS * usual, STALE_AFTER_S)
