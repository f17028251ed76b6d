"""A lost feed: the recorded day stands in at the same hour, the audience reads so, and the present comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from twin.live.alerts import Event, Happened
from twin.live.feed import FeedState
from ui.show import lost_feeds
from ui.show.lost_feeds import same_hour
from ui.show.on_stage import OnStage
from ui.window import MainWindow

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)


class Control(QObject):
    """Says how one feed stands."""

    looked, alerted = Signal(), Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.living = SimpleNamespace(address="nowhere")
        self.state = FeedState.LIVE

    @property
    def views(self) -> list[SimpleNamespace]:
        return [
            SimpleNamespace(
                spec=SimpleNamespace(id="air"), status=SimpleNamespace(state=self.state)
            )
        ]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (NOW - timedelta(days=9), NOW - timedelta(minutes=1), NOW - timedelta(days=1)),
        (NOW - timedelta(days=9), NOW - timedelta(days=3, hours=2), NOW - timedelta(days=4)),
        (NOW - timedelta(hours=2), NOW - timedelta(minutes=1), NOW - timedelta(hours=2)),
    ],
)
def test_the_same_hour_of_the_last_day_that_was_recorded(start, end, expected) -> None:
    assert same_hour((start, end), NOW) == expected


@pytest.fixture
def live(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[OnStage, Control]]:
    control = Control()
    window.living_control = control
    extent = (datetime.now(UTC) - timedelta(days=3), datetime.now(UTC) - timedelta(seconds=5))
    monkeypatch.setattr(lost_feeds, "recorded", lambda _place: extent)
    monkeypatch.setattr(lost_feeds, "PATIENCE_S", 0.0)
    monkeypatch.setattr(lost_feeds, "BACK_S", 0.0)
    story = window.session.project.story("tour")
    stops = (replace(story.stops[0], live=True), *story.stops[1:])
    stage = OnStage(window, replace(story, stops=stops), "fr")
    stage.begin()
    yield stage, control
    stage.end()


def test_a_lost_feed_falls_back_to_the_recorded_day_and_says_so(
    live: tuple[OnStage, Control], window: MainWindow, qtbot: QtBot
) -> None:
    stage, control = live
    clock = window.session.clock
    assert clock.following
    control.looked.emit()
    assert stage.lost.standing_in is None
    control.state = FeedState.FAILED
    control.looked.emit()
    qtbot.waitUntil(lambda: stage.lost.standing_in is not None, timeout=5_000)
    assert not clock.following
    assert abs(datetime.now(UTC) - clock.at - timedelta(days=1)) < timedelta(seconds=30)
    assert stage.audience.notice.text().startswith("Flux perdu")
    stage.do("language:ko")
    assert "기록된 값" in stage.audience.notice.text()
    control.state = FeedState.LIVE
    control.looked.emit()
    assert clock.following
    assert "기록된 값" not in stage.audience.notice.text()


def test_stops_that_show_a_day_do_not_mind_lost_feeds(
    live: tuple[OnStage, Control], window: MainWindow, qtbot: QtBot
) -> None:
    stage, control = live
    stage.do("go:east")
    control.state = FeedState.STALE
    control.looked.emit()
    qtbot.wait(50)
    assert stage.lost.standing_in is None


def test_nothing_recorded_is_no_extent(tmp_path: Path) -> None:
    assert lost_feeds.recorded(tmp_path / "nothing") is None


def test_an_alert_comes_to_the_console_and_to_the_audience_only_if_asked_for(
    live: tuple[OnStage, Control],
) -> None:
    stage, control = live
    stage.show_console()
    control.alerted.emit([Event(at_us=0, kind=Happened.RAISED, subject="noise", thing="Quai 4")])
    stage.console.refresh()
    assert "Quai 4" in stage.console._alert.text()
    assert "Quai 4" not in stage.audience.notice.text()
    assert stage.console._buttons["alerts"].isChecked()
    stage.do("alerts")
    assert "Quai 4" in stage.audience.notice.text()
    assert not stage.audience.notice.text().rstrip().endswith("·")
    assert not stage.console._buttons["alerts"].isChecked()
    stage.do("alerts")
    assert "Quai 4" not in stage.audience.notice.text()


def test_a_console_that_was_put_away_looks_again_once_it_is_back(
    live: tuple[OnStage, Control],
) -> None:
    stage, _ = live
    stage.show_console()
    stage.console.close()
    assert not stage.console._timer.isActive()
    stage.show_console()
    assert stage.console._timer.isActive()
