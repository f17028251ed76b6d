"""The Time menu: plays, stops and moves the clock of the session."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from twin.model.clock import SPEEDS
from ui.i18n.formats import number

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.model.clock import Clock
    from ui.window.main import MainWindow


class TimeControl:
    """What the actions of the Time menu do. The time bar owns the timer that lets time pass."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    @property
    def clock(self) -> Clock | None:
        """The clock of the open project."""
        session = self._window.session
        return session.clock if session else None

    @property
    def playing(self) -> bool:
        """Whether time runs."""
        return self.clock is not None and self.clock.playing

    def toggle(self) -> None:
        """Let time run, or stop it."""
        if self.clock is not None:
            self.clock.play(on=not self.clock.playing)

    def move(self, *, hours: float) -> None:
        """Jump ahead or back."""
        if self.clock is not None:
            self.clock.set(self.clock.at + timedelta(hours=hours))

    def now(self) -> None:
        """Jump to the present."""
        if self.clock is not None:
            self.clock.set(datetime.now(UTC))

    def can_change_speed(self, steps: int) -> bool:
        """Whether there is a faster (1) or slower (-1) speed."""
        return self._stepped(steps) is not None

    def change_speed(self, steps: int) -> None:
        """Take the next faster or slower speed."""
        speed = self._stepped(steps)
        if speed is not None:
            self.set_speed(speed)

    def set_speed(self, speed: float) -> None:
        """Set how many seconds of the scene pass each second."""
        if self.clock is not None:
            self.clock.speed = speed

    def fill_speeds(self, menu: QMenu) -> None:
        """Put the speeds into a menu."""
        if self.clock is None:
            return
        for speed in SPEEDS:
            entry = menu.addAction(f"× {number(speed)}")
            entry.setCheckable(True)
            entry.setChecked(self.clock.speed == speed)
            entry.triggered.connect(self._setter(speed))

    def _setter(self, speed: float) -> Callable[[], None]:
        return lambda: self.set_speed(speed)

    def _stepped(self, steps: int) -> float | None:
        if self.clock is None:
            return None
        nearest = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - self.clock.speed))
        wanted = nearest + steps
        return float(SPEEDS[wanted]) if 0 <= wanted < len(SPEEDS) else None
