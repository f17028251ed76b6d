"""Freshness and thresholds."""

from __future__ import annotations

import numpy as np
import pytest

from twin.live import STALE_AFTER_S, State, state_of_quality, states, statuses
from twin.model.table import Quality

NAN = float("nan")


def test_states_by_age_and_value() -> None:
    value = np.array([1.0, 1.0, NAN, 1.0])
    age = np.array([10.0, 100.0, 5.0, NAN])
    got = states(value, age, 60.0, fresh=State.LIVE)
    assert got.tolist() == ["live", "stale", "missing", "missing"]


def test_each_sensor_has_its_limit_and_without_one_the_common_one() -> None:
    value = np.ones(3)
    age = np.array([90.0, 90.0, STALE_AFTER_S + 1])
    got = states(value, age, np.array([60.0, 120.0, NAN]), fresh=State.REPLAYED)
    assert got.tolist() == ["stale", "replayed", "stale"]


@pytest.mark.parametrize(
    "quality, expected",
    [
        (Quality.MEASURED, State.REPLAYED),
        (Quality.UNKNOWN, State.REPLAYED),
        (Quality.SYNTHETIC, State.SIMULATED),
        (Quality.SIMULATED, State.SIMULATED),
    ],
)
def test_simulated_values_stay_simulated_when_replayed(quality: Quality, expected: State) -> None:
    assert state_of_quality(quality) is expected


def test_status_by_thresholds_on_both_sides() -> None:
    value = np.array([5.0, 10.0, 20.0, -1.0, -9.0, NAN, 0.0])
    limits = {"warn_above": 10.0, "alarm_above": 20.0, "warn_below": -1.0, "alarm_below": -5.0}
    got = statuses(value, limits).tolist()
    assert got == ["ok", "warn", "alarm", "warn", "alarm", "missing", "ok"]


def test_a_limit_that_is_missing_is_never_crossed() -> None:
    value = np.array([0.0, 1e9])
    assert statuses(value, {"alarm_above": np.array([NAN, NAN])}).tolist() == ["ok", "ok"]
    assert statuses(value, {}).tolist() == ["ok", "ok"]
