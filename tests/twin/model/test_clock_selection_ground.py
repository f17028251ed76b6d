"""Small parts of the model: time, selection, the ground."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from twin.model.clock import Clock
from twin.model.ground import FlatGround, GridGround
from twin.model.selection import Selection

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)


def test_the_clock_runs_only_while_it_plays() -> None:
    clock = Clock(NOON)
    clock.advance(1.0)
    assert clock.at == NOON
    clock.speed = 60
    clock.play()
    clock.advance(2.0)
    assert clock.at == NOON + timedelta(minutes=2)


def test_the_clock_is_in_utc_and_refuses_a_time_without_zone() -> None:
    paris = timezone(timedelta(hours=2))
    assert Clock(datetime(2026, 6, 21, 14, tzinfo=paris)).at.hour == 12
    with pytest.raises(ValueError, match="zone"):
        Clock(datetime(2026, 6, 21))  # noqa: DTZ001


def test_setting_the_same_time_tells_nobody() -> None:
    clock, told = Clock(NOON), []
    clock.changed.connect(told.append)
    clock.set(NOON)
    clock.set(NOON + timedelta(seconds=1))
    assert told == [NOON + timedelta(seconds=1)]


def test_selection_tells_only_of_changes() -> None:
    selection, told = Selection(), []
    selection.changed.connect(told.append)
    selection.set([("buildings", "b1")])
    selection.set([("buildings", "b1")])
    selection.toggle(("wells", "w1"))
    assert selection.current == ("wells", "w1")
    assert selection.of_layer("buildings") == {"b1"}
    selection.toggle(("wells", "w1"))
    selection.clear()
    assert [len(s) for s in told] == [1, 2, 1, 0]
    assert selection.current is None


def test_the_grid_ground_is_exact_at_its_nodes_and_linear_between() -> None:
    z = np.array([[10, 20, 30], [10, 20, 30]], dtype=np.float32)
    ground = GridGround(z_in_scene=z, x_first=0, y_first=5, cell_m=10, cell_y_m=5)
    at = ground.height_m([(0, 5), (5, 2), (20, 0), (1000, -1000)])
    assert at == pytest.approx([10, 15, 30, 30])


def test_flat_ground_has_one_height() -> None:
    assert FlatGround(3.0).height_m(np.zeros((4, 2))).tolist() == [3.0] * 4
