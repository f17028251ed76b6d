"""From workers to the window: one queued signal, served in small helpings so that the window stays alive."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

HELPING_S = 0.008
"""Callbacks are served for this long, then the event loop gets its turn."""


class Bridge(QObject):
    """Runs callbacks of any thread on the thread that made the bridge, in the order in which they came."""

    _arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[Callable[[], None]] = deque()
        self._open = True
        self._called = False
        # A queued signal sent while queued signals are handled comes before input and painting;
        # a timer lets them go first.
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._serve)
        self._arrived.connect(self._serve, Qt.ConnectionType.QueuedConnection)

    def deliver(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` run on the owner's thread. Dropped once the bridge is closed."""
        if not self._open:
            return
        self._waiting.append(callback)
        if not self._called:
            self._called = True
            self._arrived.emit()

    def close(self) -> None:
        """Drop what waits and whatever still comes."""
        self._open = False
        self._waiting.clear()
        self._next.stop()

    def _serve(self) -> None:
        self._called = False  # before looking: what comes from now on calls again
        until = time.perf_counter() + HELPING_S
        while self._waiting:
            self._waiting.popleft()()
            if time.perf_counter() > until:
                break
        if self._waiting:
            self._called = True
            self._next.start()
