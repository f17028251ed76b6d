"""When to draw: on demand, one frame at a time, coarse while things move and fine once they rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QObject, QTimer, Signal

LAZY_MS = 1200
"""Nor sooner than this after the last one."""
REST_MS, SHORTEST_REST_MS = 120, 35
"""After this long without a request the picture is drawn again in its finer quality,"""
FINE_WITHIN_MS = 280.0
"""and the sooner the longer that takes, so that it is there after 0.3 s."""
MORE_MS = 2
SHORTEST_MS = 16
"""No two frames closer than this, however many requests come."""
LAZY = 5.0
"""A frame that may wait comes not before this many times the length of the last one."""


class Step(Enum):
    """What is to be drawn."""

    COARSE = "coarse"  # at once, while things move
    FINE = "fine"  # anew, once they rest
    MORE = "more"  # the same again, to make it still finer


class Frames(QObject):
    """Turns any number of requests into one frame each time the event loop is free.

    Parameters
    ----------
    draw : callable
        Draws one frame; returns whether :attr:`Step.MORE` would make a fine one finer.
    """

    drawn = Signal(bool)
    """A frame was drawn; True for a fine one."""

    def __init__(self, draw: Callable[[Step], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draw = draw
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._coarse)
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._fine)
        # Not at once: input that came during a frame goes first, and starts anew.
        self._more = QTimer(self, singleShot=True, interval=MORE_MS)
        self._more.timeout.connect(self._finer)
        self._last_s = 0.0
        self._paused = False
        self._restless = False
        self.flowing = False
        """Something moves by itself: fine frames come one after the other, none is made still finer."""
        self.count = 0
        self.last_ms = 0.0
        """How long the last coarse frame took."""
        self.fine_ms = 0.0
        """How long the last fine frame took."""

    @property
    def moving(self) -> bool:
        """Whether a frame is due or the picture can still become finer."""
        return self._next.isActive() or self._rest.isActive() or self._more.isActive()

    def request(self) -> None:
        """Ask for a frame; asking again before it is drawn changes nothing."""
        since_ms = (time.perf_counter() - self._last_s) * 1000.0
        wait_ms = max(0, round(SHORTEST_MS - since_ms))
        if self._paused or (self._next.isActive() and self._next.remainingTime() <= wait_ms):
            return
        self._more.stop()
        self._next.start(wait_ms)

    def request_lazily(self) -> None:
        """Ask for a frame that may wait: others make better use of most of the time."""
        since_ms = (time.perf_counter() - self._last_s) * 1000.0
        wait_ms = max(LAZY * self.last_ms, LAZY_MS) - since_ms
        if self._paused or self._next.isActive():
            return
        self._more.stop()
        self._rest.stop()
        self._next.start(max(0, round(wait_ms)))

    def request_fine(self) -> None:
        """Ask for a fine frame at once, unless one is due or coarse ones are being drawn."""
        if not (self._paused or self._restless or self._next.isActive() or self._rest.isActive()):
            self._rest.start(0)

    def set_restless(self, *, restless: bool) -> None:
        """While much arrives, the picture stays coarse instead of changing to and fro."""
        if restless == self._restless:
            return
        self._restless = restless
        if restless:
            self._rest.stop()
            self._more.stop()
        elif not self._paused:
            self._rest.start(REST_MS)

    def note(self, took_ms: float) -> None:
        """Take account of drawing that happened outside of a frame's own call."""
        self.last_ms = max(self.last_ms, took_ms)

    def pause(self) -> None:
        """Draw nothing until :meth:`resume`: the view cannot be seen."""
        self._paused = True
        for timer in (self._next, self._rest, self._more):
            timer.stop()

    def resume(self) -> None:
        """Draw again."""
        if self._paused:
            self._paused = False
            self.request()

    def finish(self) -> None:
        """Draw what is due now, the finest frame last. For pictures and tests."""
        for timer, draw in (
            (self._next, self._coarse),
            (self._rest, self._fine),
            (self._more, self._finer),
        ):
            while timer.isActive():
                timer.stop()
                draw()

    def close(self) -> None:
        """Never draw again."""
        self.pause()

    def _coarse(self) -> None:
        self._frame(Step.COARSE)
        if not self._restless:
            self._rest.start(
                round(min(REST_MS, max(SHORTEST_REST_MS, FINE_WITHIN_MS - self.fine_ms)))
            )

    def _fine(self) -> None:
        if self._frame(Step.FINE) and not self.flowing:
            self._more.start()

    def _finer(self) -> None:
        if self._frame(Step.MORE):
            self._more.start()

    def _frame(self, step: Step) -> bool:
        started = time.perf_counter()
        self.count += 1
        more = self._draw(step)
        # From the end of the frame, so that slow frames leave time for input between them.
        self._last_s = time.perf_counter()
        took_ms = (self._last_s - started) * 1000.0
        if step is Step.COARSE:
            self.last_ms = took_ms
        elif step is Step.FINE:
            self.fine_ms = took_ms
        self.drawn.emit(step is not Step.COARSE)
        return more
