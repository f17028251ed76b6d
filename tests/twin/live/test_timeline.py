"""Values on the clock, asked for all rows at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.live import Timeline, recorded_day

START = datetime(2026, 6, 21, tzinfo=UTC)


def _samples(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    """Samples of (feature id, hours after the start, value)."""
    return pd.DataFrame(
        {
            "feature_id": [r[0] for r in rows],
            "phenomenon_time": [START + timedelta(hours=r[1]) for r in rows],
            "result": [r[2] for r in rows],
        }
    )


def _timeline(rows: list[tuple[str, float, float]], ids: list[str], **options: bool) -> Timeline:
    return Timeline.of(_samples(rows), ids, ["result"], **options)


HOURLY = [("a", h, 10.0 * h) for h in range(5)] + [("c", h, 100.0 - h) for h in range(5)]


def test_linear_between_samples_and_nothing_for_a_row_without() -> None:
    timeline = _timeline(HOURLY, ["a", "b", "c"])
    value, stale = timeline.interpolate("result", START + timedelta(hours=1, minutes=30))
    np.testing.assert_allclose(value, [15.0, np.nan, 98.5])
    assert not stale.any()


@pytest.mark.parametrize(
    "hours, expected", [(-3, [0.0, np.nan, 100.0]), (40, [40.0, np.nan, 96.0])]
)
def test_outside_the_record_the_nearest_value_is_held_and_flagged(
    hours: float, expected: list[float]
) -> None:
    timeline = _timeline(HOURLY, ["a", "b", "c"])
    value, stale = timeline.interpolate("result", START + timedelta(hours=hours))
    np.testing.assert_allclose(value, expected)
    assert stale.tolist() == [True, False, True]


def test_the_last_sample_itself_is_not_stale() -> None:
    value, stale = _timeline(HOURLY, ["a"]).interpolate("result", START + timedelta(hours=4))
    assert value[0] == 40.0
    assert not stale[0]


def test_a_long_gap_is_not_bridged() -> None:
    rows = [("a", h, 1.0) for h in (0, 1, 2, 3, 9, 10)]
    value, _ = _timeline(rows, ["a"]).interpolate("result", START + timedelta(hours=6))
    assert np.isnan(value[0])
    value, _ = _timeline(rows, ["a"]).interpolate("result", START + timedelta(hours=3))
    assert value[0] == 1.0


def test_order_of_the_file_does_not_matter_and_the_later_of_two_rows_wins() -> None:
    rows = [("a", 2, 5.0), ("a", 0, 1.0), ("a", 1, 99.0), ("a", 1, 3.0)]
    timeline = _timeline(rows, ["a"])
    times, values = timeline.of_row("result", 0)
    assert values.tolist() == [1.0, 3.0, 5.0]
    assert (np.diff(times) > np.timedelta64(0)).all()


def test_latest_gives_age_and_nothing_before_the_first() -> None:
    timeline = _timeline(HOURLY, ["a", "b"])
    value, age = timeline.latest("result", START + timedelta(hours=2, minutes=10))
    assert value[0] == 20.0
    assert age[0] == pytest.approx(600.0)
    assert np.isnan(value[1])
    before, no_age = timeline.latest("result", START - timedelta(seconds=1))
    assert np.isnan(before).all()
    assert np.isnan(no_age).all()


def test_a_missing_observation_is_kept_as_missing_only_when_asked() -> None:
    rows = [("a", 0, 1.0), ("a", 1, float("nan"))]
    at = START + timedelta(hours=1, minutes=1)
    kept, age = _timeline(rows, ["a"], keep_missing=True).latest("result", at)
    assert np.isnan(kept[0])
    assert age[0] == pytest.approx(60.0)
    dropped, _ = _timeline(rows, ["a"]).latest("result", at)
    assert dropped[0] == 1.0


def test_samples_of_unknown_features_are_counted() -> None:
    assert _timeline([*HOURLY, ("ghost", 1, 1.0)], ["a", "c"]).unknown == 1


def test_no_samples_at_all() -> None:
    timeline = _timeline([], ["a", "b"])
    value, stale = timeline.interpolate("result", START)
    assert np.isnan(value).all()
    assert not stale.any()
    assert np.isnan(timeline.latest("result", START)[1]).all()
    assert timeline.extent is None


def test_extent_and_a_time_without_zone() -> None:
    timeline = _timeline(HOURLY, ["a"])
    assert timeline.extent == (START, START + timedelta(hours=4))
    with pytest.raises(ValueError, match="zone"):
        timeline.latest("result", datetime(2026, 6, 21))  # noqa: DTZ001 - what is tested


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.floats(-1e6, 1e6)), max_size=40
    ),
    st.integers(-10, 60),
)
def test_latest_agrees_with_a_plain_search(rows: list[tuple[str, int, float]], hour: int) -> None:
    ids = ["a", "b", "c"]
    value, age = _timeline([(i, float(h), v) for i, h, v in rows], ids).latest(
        "result", START + timedelta(hours=hour)
    )
    for position, name in enumerate(ids):
        past = [(h, index, v) for index, (i, h, v) in enumerate(rows) if i == name and h <= hour]
        if not past:
            assert np.isnan(value[position])
            continue
        last = max(past)
        assert value[position] == last[2]
        assert age[position] == (hour - last[0]) * 3600.0


@pytest.mark.parametrize(
    "at, expected",
    [
        (START + timedelta(hours=5), START + timedelta(hours=5)),
        (START + timedelta(days=9, hours=5), START + timedelta(hours=5)),
        (START - timedelta(days=2, hours=-7), START + timedelta(hours=7)),
        (START + timedelta(days=3, hours=23, minutes=30), START + timedelta(hours=23)),
    ],
)
def test_a_recorded_day_stands_for_other_days(at: datetime, expected: datetime) -> None:
    assert recorded_day(at, (START, START + timedelta(hours=23))) == expected


def test_a_short_or_long_record_stands_for_no_other_day() -> None:
    at = START + timedelta(days=30)
    assert recorded_day(at, (START, START + timedelta(hours=3))) == at
    assert recorded_day(at, (START, START + timedelta(days=7))) == at
    assert recorded_day(at, None) == at
