"""Made-up observations: the same every time, plausible, and nothing for what is unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from twin.live import PROPERTIES, simulate, simulate_series

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
IDS = [f"s{i}" for i in range(40)]


def _of(name: str, at: datetime = NOON) -> np.ndarray:
    return simulate(IDS, [name] * len(IDS), at)


@pytest.mark.parametrize("name", PROPERTIES)
def test_values_are_finite_within_limits_and_the_same_again(name: str) -> None:
    profile = PROPERTIES[name].profile
    for hour in range(0, 48, 5):
        values = _of(name, NOON + timedelta(hours=hour))
        assert np.isfinite(values).all()
        assert values.min() >= profile.low
        assert values.max() <= profile.high
        np.testing.assert_array_equal(values, _of(name, NOON + timedelta(hours=hour)))


def test_sites_differ_and_time_moves_smoothly() -> None:
    assert len(np.unique(_of("air_no2"))) == len(IDS)
    step = np.abs(_of("air_no2") - _of("air_no2", NOON + timedelta(seconds=10)))
    assert 0 < step.max() < 0.5


def test_a_value_is_that_of_the_series_and_of_any_company() -> None:
    times = np.array([int(NOON.timestamp() * 1000)], dtype=np.int64)
    alone = simulate_series("s7", "traffic", times)[0]
    assert alone == _of("traffic")[7]
    mixed = simulate(["x", "s7"], ["noise", "traffic"], NOON)
    assert mixed[1] == alone


def test_traffic_has_its_rush_hours_and_counts_are_whole() -> None:
    night = _of("traffic", datetime(2026, 6, 21, 2, tzinfo=UTC)).mean()
    morning = _of("traffic", datetime(2026, 6, 21, 7, 20, tzinfo=UTC)).mean()
    assert morning > 3 * night
    assert (_of("traffic") % 1 == 0).all()


def test_nothing_is_made_up_for_an_unknown_property() -> None:
    assert np.isnan(simulate(["a"], ["mood"], NOON)).all()
    assert np.isnan(simulate_series("a", "mood", np.zeros(3, dtype=np.int64))).all()


def test_a_known_value_stays_the_same_between_versions() -> None:
    """A replayed demonstration shows the same numbers next year: the hash and shapes are fixed."""
    assert simulate(["sensor-1"], ["temperature"], NOON)[0] == pytest.approx(25.045749047862625)
