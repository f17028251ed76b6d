"""The time bar: local time of the project, playing, speed, and the sun in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QDate, QTime
from pytestqt.qtbot import QtBot

from tests.ui.small_city import AT
from twin.work.session import Session
from ui.docks.sun_text import sun_text
from ui.docks.time_bar import TimeBar
from ui.i18n import translator


@pytest.fixture
def bar(qtbot: QtBot, town: Session) -> TimeBar:
    bar = TimeBar(town)
    qtbot.addWidget(bar, before_close_func=lambda widget: widget.set_session(None))
    bar.resize(1100, 44)
    bar.show()
    return bar


def test_it_shows_local_time(bar: TimeBar, town: Session) -> None:
    assert bar._time.time() == QTime(16, 30)
    assert bar._date.date() == QDate(2026, 6, 21)
    assert bar._slider.value() == 16 * 60 + 30
    assert bar._zone_label.text() == "CEST"
    town.clock.set(datetime(2026, 1, 1, 23, 30, tzinfo=UTC))
    assert bar._time.time() == QTime(0, 30)
    assert bar._date.date() == QDate(2026, 1, 2)


def test_the_slider_and_the_boxes_set_the_clock(bar: TimeBar, town: Session) -> None:
    bar._slider.setValue(6 * 60)
    assert town.clock.at == datetime(2026, 6, 21, 4, 0, tzinfo=UTC)
    bar._date.setDate(QDate(2026, 12, 24))
    assert town.clock.at == datetime(2026, 12, 24, 5, 0, tzinfo=UTC)
    bar._time.setTime(QTime(23, 59))
    assert town.clock.at == datetime(2026, 12, 24, 22, 59, tzinfo=UTC)


def test_an_hour_that_summer_time_skips(bar: TimeBar, town: Session) -> None:
    town.clock.set(datetime(2026, 3, 29, 10, 0, tzinfo=UTC))
    bar._time.setTime(QTime(2, 30))
    assert town.clock.at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert bar._time.time() == QTime(3, 30)


def test_playing_moves_time_at_its_speed(bar: TimeBar, town: Session, qtbot: QtBot) -> None:
    town.clock.speed = 3600
    assert bar._speed.currentText() == "× 3,600"
    bar._play.click()
    assert town.clock.playing
    assert bar._play.toolTip() == "Stop time"
    qtbot.waitUntil(lambda: town.clock.at > AT + timedelta(minutes=5), timeout=20_000)
    bar._play.click()
    stopped = town.clock.at
    qtbot.wait(150)
    assert town.clock.at == stopped


def test_a_speed_from_elsewhere_is_shown(bar: TimeBar, town: Session) -> None:
    town.clock.speed = 42.0
    assert bar._speed.currentText() == "× 42"


def test_now(bar: TimeBar, town: Session) -> None:
    before = datetime.now(UTC)
    bar._now.click()
    assert before <= town.clock.at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("hour", "english", "french"),
    [
        (12, "Sun 65° high, south", "Soleil à 65°, sud"),
        (2, "Night", "Nuit"),
        (20, "Twilight", "Crépuscule"),
    ],
)
def test_the_sun_in_words(hour: int, english: str, french: str) -> None:
    translator.set_language("en")
    at = datetime(2026, 6, 21, hour, 5, tzinfo=UTC)
    assert sun_text(2.27, 48.82, at) == english
    translator.set_language("fr")
    assert sun_text(2.27, 48.82, at) == french


def test_without_a_session_it_is_still(qtbot: QtBot, english: None) -> None:
    bar = TimeBar(None)
    qtbot.addWidget(bar)
    assert not bar.isEnabled()
