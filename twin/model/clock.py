"""The one time of the scene: sun, phases, sensors and replay all read it. UTC inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from psygnal import Signal

SPEEDS = (1, 10, 60, 300, 900, 3600, 10_000)
"""Offered speeds, seconds of the scene a second."""


FOLLOW_EVERY = timedelta(seconds=0.5)
"""While the present is followed, the scene is renewed this often."""


class Clock:
    """Time of the scene, playing or still. Whoever owns a timer calls :meth:`advance`.

    Parameters
    ----------
    at : datetime
        Aware; kept in UTC.
    """

    changed = Signal(datetime)
    play_changed = Signal(bool)
    speed_changed = Signal(float)
    follow_changed = Signal(bool)

    def __init__(self, at: datetime) -> None:
        self._at = _utc(at)
        self._playing = False
        self._speed = 300.0
        self._following = False

    @property
    def at(self) -> datetime:
        """Now in the scene, UTC."""
        return self._at

    @property
    def playing(self) -> bool:
        """Whether time runs."""
        return self._playing

    @property
    def speed(self) -> float:
        """Seconds of the scene that pass in a second of the viewer's."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        if value != self._speed:
            self._speed = value
            self.speed_changed.emit(value)

    @property
    def following(self) -> bool:
        """Whether the scene shows the present and goes with it."""
        return self._following

    def follow(self, *, on: bool = True) -> None:
        """Go with the present, or stand still where it was left."""
        if on == self._following:
            return
        self._following = on
        if on:
            self._move(datetime.now(UTC))
        self.play(on=on)
        self.follow_changed.emit(on)

    def set(self, at: datetime) -> None:
        """Jump to a moment, leaving the present. Raises ValueError for a time without a zone."""
        at = _utc(at)
        self.follow(on=False)
        self._move(at)

    def _move(self, at: datetime) -> None:
        if at != self._at:
            self._at = at
            self.changed.emit(at)

    def play(self, *, on: bool = True) -> None:
        """Start or stop time."""
        if on != self._playing:
            self._playing = on
            self.play_changed.emit(on)
        if not on:
            self.follow(on=False)

    def advance(self, real_s: float) -> None:
        """Let ``real_s`` seconds of the viewer's time pass; does nothing while still."""
        if self._following:
            now = datetime.now(UTC)
            if abs(now - self._at) >= FOLLOW_EVERY:
                self._move(now)
        elif self._playing:
            self._move(self._at + timedelta(seconds=real_s * self.speed))


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    return at.astimezone(UTC)
