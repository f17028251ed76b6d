"""The time bar over all days of a record: any moment of them is one drag away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.ui.living.test_living import services
from tests.ui.window.conftest import make_window
from twin.store.history import Datastream, FolderHistory, batch_of
from twin.store.project_folder import load_project
from twin.work.recording import write_recorded_project
from ui.docks.day_slider import MINUTES
from ui.opened import Opened

__all__ = ["make_window", "services"]

START = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


@pytest.fixture
def window(qtbot, make_window, tmp_path: Path):
    """A record of one sensor, a value an hour from 1 to 4 March."""
    hours = 24 * 3 + 4
    with FolderHistory(tmp_path / "history", write=True) as history:
        history.describe([Datastream(id="no2", thing="no2", lon=2.27, lat=48.82, ttl_s=7200.0)])
        times = [int((START + timedelta(hours=n)).timestamp() * 1e6) for n in range(hours)]
        history.append(batch_of(["no2"] * hours, times, [float(n) for n in range(hours)]))
        streams = history.streams()
    write_recorded_project(tmp_path, streams, [], "days")
    project, folder, _problems = load_project(tmp_path)
    made = make_window(Opened(project=project, folder=folder))
    made.session.clock.set(START)
    bar = made.time_bar
    qtbot.waitUntil(lambda: not bar._whole.isHidden(), timeout=15_000)
    return made


def test_the_slider_spans_all_recorded_days_when_it_is_asked_to(qtbot, window) -> None:
    bar, session = window.time_bar, window.session
    assert bar._slider.maximum() == MINUTES - 1
    bar._whole.click()
    assert bar._days == tuple(date(2026, 3, day) for day in (1, 2, 3, 4))
    assert bar._slider.maximum() == 4 * MINUTES - 1
    bar._slider.setValue(2 * MINUTES + 13 * 60)  # 3 March, 13:00 in Paris
    assert session.clock.at == datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
    runtime = session.layers()[0]
    qtbot.waitUntil(lambda: list(runtime.column("value")) == [54.0], timeout=10_000)
    assert bar._date.date().day() == 3
    bar.set_events([(datetime(2026, 3, 2, 11, 0, tzinfo=UTC), "danger")])
    assert bar._slider._marks == ((MINUTES + 12 * 60, "danger"),)
    bar._whole.click()
    assert bar._slider.maximum() == MINUTES - 1
    assert bar._slider.value() == 13 * 60


def test_outside_the_record_the_slider_is_that_of_the_day(window) -> None:
    bar = window.time_bar
    bar._whole.click()
    window.session.clock.set(datetime(2026, 6, 1, 12, 0, tzinfo=UTC))
    assert bar._days == (date(2026, 6, 1),)
    window.session.clock.set(START + timedelta(days=1))
    assert len(bar._days) == 4
