"""When to draw: on demand, one frame at a time, coarse while things move and fine once they rest."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

REST_MS = 250
"""After this long without a request the picture is drawn again in its finer quality."""
SHORTEST_MS = 16
"""No two frames closer than this, however many requests come."""


class Frames(QObject):
    """Turns any number of requests into one frame each time the event loop is free.

    Parameters
    ----------
    draw : callable
        Draws one frame; its argument says whether this is the fine one.
    """

    drawn = Signal(bool)
    """A frame was drawn; True for the fine one."""

    def __init__(self, draw: Callable[[bool], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._draw = draw
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._coarse)
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._fine)
        self._last_s = 0.0
        self._paused = False
        self.count = 0
        self.last_ms = 0.0
        """How long the last coarse frame took."""

    @property
    def moving(self) -> bool:
        """Whether a frame is due or the picture is still coarse."""
        return self._next.isActive() or self._rest.isActive()

    def request(self) -> None:
        """Ask for a frame; asking again before it is drawn changes nothing."""
        if self._paused or self._next.isActive():
            return
        since_ms = (time.perf_counter() - self._last_s) * 1000.0
        self._next.start(max(0, round(SHORTEST_MS - since_ms)))

    def pause(self) -> None:
        """Draw nothing until :meth:`resume`: the view cannot be seen."""
        self._paused = True
        self._next.stop()
        self._rest.stop()

    def resume(self) -> None:
        """Draw again."""
        if self._paused:
            self._paused = False
            self.request()

    def finish(self) -> None:
        """Draw what is due now, the fine frame last. For pictures and tests."""
        if self._next.isActive():
            self._next.stop()
            self._coarse()
        if self._rest.isActive():
            self._rest.stop()
            self._fine()

    def close(self) -> None:
        """Never draw again."""
        self.pause()

    def _coarse(self) -> None:
        started = time.perf_counter()
        self._frame(fine=False)
        self.last_ms = (time.perf_counter() - started) * 1000.0
        self._rest.start()

    def _fine(self) -> None:
        self._frame(fine=True)

    def _frame(self, *, fine: bool) -> None:
        self.count += 1
        self._draw(fine)
        # From the end of the frame, so that slow frames leave time for input between them.
        self._last_s = time.perf_counter()
        self.drawn.emit(fine)
