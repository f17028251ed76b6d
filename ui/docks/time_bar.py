"""The clock of the project: day, time, play and speed, and where the sun stands."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QSignalBlocker, Qt, QTime, QTimer
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from twin.errors import CrsError
from twin.model.clock import SPEEDS
from twin.work.recorded_span import recorded_span
from ui.docks.day_slider import MINUTES, DaySlider
from ui.docks.panel import Panel
from ui.docks.sun_text import daylight, lonlat, sun_text
from ui.forms.boxes import DayBox, TimeBox
from ui.forms.parts import IconButton, LinkButton, muted
from ui.i18n import tr, translator
from ui.i18n.formats import day_month, number, zone
from ui.text import tabular

if TYPE_CHECKING:
    from twin.model.clock import Clock
    from twin.work.session import Session

TICK_MS = 60
"""While playing, time moves this often."""

MOST_BANDS = 14
"""Of more days no light is shown behind the slider: it would be stripes."""

LONGEST_STEP_S = 0.5
"""A step is never longer, so that time does not leap after the window was stuck."""


class TimeBar(Panel):
    """Shows and sets the clock of the session, in the time zone of the project."""

    def __init__(self, session: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._place: tuple[float, float] | None = None
        self._last = 0.0
        self._events: tuple[tuple[datetime, str], ...] = ()
        self._days: tuple[date, ...] = ()
        self._play = IconButton("mdi6.play", self._toggle)
        self._now = IconButton("mdi6.clock-outline", self._go_to_now)
        self._live = LinkButton("mdi6.access-point")
        self._live.setCheckable(True)
        self._live.clicked.connect(lambda on=False: self._follow(on=on))
        self._whole = IconButton("mdi6.calendar-range", self._show_days)
        self._whole.setCheckable(True)
        self._whole.hide()
        self._date = DayBox()
        self._time = TimeBox()
        self._time.setLayoutDirection(
            Qt.LayoutDirection.LeftToRight
        )  # hours first in every language
        self._slider = DaySlider()
        self._speed = QComboBox()
        self._sun = muted()
        self._zone_label = muted(px=11)
        for label in (self._sun, self._zone_label):
            label.setWordWrap(False)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._tick = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._advance)
        for speed in SPEEDS:
            self._speed.addItem("", float(speed))
        self._arrange()
        self._date.dateChanged.connect(lambda _day: self._edited())
        self._time.timeChanged.connect(lambda _time: self._edited())
        self._slider.valueChanged.connect(self._slid)
        self._speed.activated.connect(self._speed_chosen)
        self._begin()

    def retranslate(self) -> None:
        """See base."""
        self._now.say(tr("time.now"))
        self._whole.say(tr("time.whole"))
        self._live.setText(tr("time.live_word"))
        self._live.setToolTip(tr("time.live"))
        self._live.setAccessibleName(tr("time.live"))
        for widget, key in (
            (self._date, "time.date"),
            (self._time, "time.time"),
            (self._slider, "time.day"),
            (self._speed, "time.speed"),
        ):
            widget.setAccessibleName(tr(key))
            widget.setToolTip(tr(key))
        for widget in (self._date, self._time):
            widget.setLocale(translator.locale)
        self._date.calendarWidget().setLocale(translator.locale)
        self._date.setDisplayFormat("ddd d MMM yyyy")
        for place, speed in enumerate(SPEEDS):
            self._speed.setItemText(place, tr("time.times", speed=number(speed)))
        self._show_playing()

    def retheme(self) -> None:
        """See base."""
        self._play.retheme()
        self._now.retheme()
        self._whole.retheme()
        self._live.retheme()
        self._slider.update()

    @property
    def _clock(self) -> Clock | None:
        return self._session.clock if self._session is not None else None

    def _attach(self, session: Session) -> None:
        self._links.connect(session.clock.changed, self._on_time)
        self._links.connect(session.clock.play_changed, self._on_play)
        self._links.connect(session.clock.speed_changed, self._on_speed)
        self._links.connect(session.clock.follow_changed, self._on_follow)
        self._links.connect(session.project_changed, self._on_project)
        self._links.connect(session.layer_changed, self._on_layer)

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 12, 3)
        layout.setSpacing(8)
        for box in (self._date, self._time):
            box.setFont(tabular(box.font()))
        self._sun.setWordWrap(False)
        self._sun.setFixedWidth(150)  # "ignored" width would let the slider push it out of the bar
        self._sun.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        for widget in (self._play, self._speed, self._date, self._time, self._zone_label):
            layout.addWidget(widget)
        layout.addWidget(self._whole)
        layout.addWidget(self._slider, 1)
        layout.addWidget(self._now)
        layout.addWidget(self._live)
        layout.addWidget(self._sun)

    # What the session tells.

    def _refresh(self) -> None:
        clock = self._clock
        self.setEnabled(clock is not None)
        self._place, self._days = self._find_place(), ()
        if clock is None:
            self._tick.stop()
            self._sun.setText("")
            return
        self._on_play(clock.playing)
        self._on_follow(clock.following)
        self._on_speed(clock.speed)
        self._on_time(clock.at)

    def _on_project(self, before: object, after: object) -> None:
        if getattr(before, "time_zone", "") != getattr(after, "time_zone", ""):
            self._refresh()

    def _on_time(self, at: datetime) -> None:
        local = self._local(at)
        blockers = [QSignalBlocker(w) for w in (self._date, self._time, self._slider)]
        self._date.setDate(QDate(local.year, local.month, local.day))
        self._time.setTime(QTime(local.hour, local.minute))
        self._zone_label.setText(local.tzname() or "")
        if local.date() not in self._days:
            self._show_days()
        self._slider.setValue(self._minute_of(local))
        del blockers
        self._slider.update()
        if self._place is not None:
            self._sun.setText(sun_text(*self._place, at))

    def _on_layer(self, _layer_id: str, aspects: frozenset[str]) -> None:
        if aspects & {"table", "removed"}:
            self._show_days()

    def _show_days(self) -> None:
        """Lay the slider over the day that is shown or, where that is wanted, over all recorded days."""
        clock = self._clock
        if clock is None or self._session is None:
            return
        local = self._local(clock.at)
        found = recorded_span(self._session)
        first, last = (self._local(end).date() for end in found or (clock.at, clock.at))
        self._whole.setVisible(first != last)
        whole = self._whole.isChecked() and first <= local.date() <= last
        count = (last - first).days + 1 if whole else 1
        begin = first if whole else local.date()
        self._days = tuple(begin + timedelta(days=n) for n in range(count))
        blocker = QSignalBlocker(self._slider)
        self._slider.set_days([day_month(QDate(d.year, d.month, d.day)) for d in self._days])
        self._slider.setValue(self._minute_of(local))
        del blocker
        self._show_events()
        self._show_daylight()

    def _minute_of(self, local: datetime) -> int:
        """Return where a moment stands on the slider."""
        return (local.date() - self._days[0]).days * MINUTES + local.hour * 60 + local.minute

    def set_events(self, events: Sequence[tuple[datetime, str]]) -> None:
        """Show what happened, with the tone of each; those of the day that is shown stand on the slider."""
        self._events = tuple(events)
        self._show_events()

    def _show_events(self) -> None:
        local = [(self._local(at), tone) for at, tone in self._events]
        self._slider.set_marks(
            [(self._minute_of(at), tone) for at, tone in local if at.date() in self._days]
        )

    def _show_daylight(self) -> None:
        if self._place is None or self._session is None:
            self._sun.setText("")
            self._slider.set_daylight(())
            return
        bands: list[float] = []
        for day in self._days if len(self._days) <= MOST_BANDS else ():
            midnight = datetime(
                day.year, day.month, day.day, tzinfo=zone(self._session.project.time_zone)
            )
            bands += daylight(*self._place, midnight.astimezone(UTC))
        self._slider.set_daylight(bands)

    def _on_play(self, on: bool) -> None:
        self._show_playing()
        self._last = time.monotonic()
        if on:
            self._tick.start()
        else:
            self._tick.stop()

    def _on_follow(self, on: bool) -> None:
        self._live.setChecked(on)
        self._live.set_icon("mdi6.access-point", "danger" if on else "")
        self._speed.setEnabled(not on)

    def _on_speed(self, speed: float) -> None:
        place = self._speed.findData(float(speed))
        if place < 0:
            self._speed.addItem(tr("time.times", speed=number(speed)), float(speed))
            place = self._speed.count() - 1
        self._speed.setCurrentIndex(place)

    def _show_playing(self) -> None:
        playing = self._clock is not None and self._clock.playing
        self._play.set_icon("mdi6.pause" if playing else "mdi6.play")
        self._play.say(tr("time.pause" if playing else "time.play"))

    def _find_place(self) -> tuple[float, float] | None:
        if self._session is None:
            return None
        try:
            return lonlat(self._session)
        except CrsError:  # a scene without a place on Earth has no sun to tell of
            return None

    def _local(self, at: datetime) -> datetime:
        name = self._session.project.time_zone if self._session is not None else "UTC"
        return at.astimezone(zone(name))

    # What the user does.

    def _advance(self) -> None:
        clock = self._clock
        now = time.monotonic()
        passed, self._last = min(now - self._last, LONGEST_STEP_S), now
        if clock is not None:
            clock.advance(passed)

    def _toggle(self) -> None:
        if self._clock is not None:
            self._clock.play(on=not self._clock.playing)

    def _go_to_now(self) -> None:
        if self._clock is not None:
            self._clock.set(datetime.now(UTC))

    def _follow(self, *, on: bool) -> None:
        if self._clock is not None:
            self._clock.follow(on=on)

    def _speed_chosen(self) -> None:
        if self._clock is not None:
            self._clock.speed = float(self._speed.currentData())

    def _edited(self) -> None:
        self._set_local(self._date.date(), self._time.time())

    def _slid(self, minute: int) -> None:
        number, minute = divmod(minute, MINUTES)
        day = self._days[number]
        self._set_local(QDate(day.year, day.month, day.day), QTime(minute // 60, minute % 60))

    def _set_local(self, day: QDate, moment: QTime) -> None:
        if self._session is None:
            return
        local = datetime(
            day.year(),
            day.month(),
            day.day(),
            moment.hour(),
            moment.minute(),
            tzinfo=zone(self._session.project.time_zone),
        )
        self._session.clock.set(_existing(local))


def _existing(local: datetime) -> datetime:
    """Return the moment of a local time; one that summer time skips becomes the hour after."""
    again = local.astimezone(UTC).astimezone(local.tzinfo)
    skipped = again.replace(tzinfo=None) - local.replace(tzinfo=None)
    return local + skipped if skipped > timedelta() else local
