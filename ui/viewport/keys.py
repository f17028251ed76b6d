"""Keys held down move the camera evenly, however slow the frames are."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from ui.viewport.pilot import Pilot

TICK_MS = 16
FIRST_S = 0.06
"""A key that is only tapped moves as far as in this time."""
LONGEST_S = 0.15
"""After a slow frame the camera does not leap farther than this."""

Axes = tuple[float, float, float]
"""Right, forward, up; each -1, 0 or 1."""

_K = Qt.Key
ARROWS: dict[Qt.Key, Axes] = {
    _K.Key_Up: (0, 1, 0),
    _K.Key_Down: (0, -1, 0),
    _K.Key_Left: (-1, 0, 0),
    _K.Key_Right: (1, 0, 0),
    _K.Key_PageUp: (0, 0, 1),
    _K.Key_PageDown: (0, 0, -1),
}
# The keys of W A S D on a French keyboard are labelled Z Q S D: both go the same way.
LETTERS: dict[Qt.Key, Axes] = {
    _K.Key_W: (0, 1, 0),
    _K.Key_Z: (0, 1, 0),
    _K.Key_S: (0, -1, 0),
    _K.Key_A: (-1, 0, 0),
    _K.Key_Q: (-1, 0, 0),
    _K.Key_D: (1, 0, 0),
}
ZOOM = {_K.Key_Plus: 1.0, _K.Key_Equal: 1.0, _K.Key_Minus: -1.0}


class KeyInput(QObject):
    """Which keys are down, and a timer that runs only while any is."""

    def __init__(self, pilot: Pilot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pilot = pilot
        self._down: set[Qt.Key] = set()
        self._fast = False
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._last_s = 0.0

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key means a movement now; walking takes the letters from the shortcuts."""
        if event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier
            | Qt.KeyboardModifier.AltModifier
            | Qt.KeyboardModifier.MetaModifier
        ):
            return False
        key = event.key()
        if self._pilot.walking and key in LETTERS:
            return True
        return key in ARROWS or key in ZOOM

    def press(self, event: QKeyEvent) -> bool:
        """A key went down; returns whether it was ours."""
        if not self.wants(event):
            return False
        self._fast = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not event.isAutoRepeat():
            self._down.add(Qt.Key(event.key()))
            self._pilot.stop()
            self._step(FIRST_S)
            self._last_s = time.perf_counter()
            self._timer.start()
        return True

    def release(self, event: QKeyEvent) -> bool:
        """A key came up; returns whether it was ours."""
        if event.key() == Qt.Key.Key_Shift:
            self._fast = False
        if event.isAutoRepeat() or event.key() not in self._down:
            return False
        self._down.discard(Qt.Key(event.key()))
        if not self._down:
            self._timer.stop()
        return True

    def release_all(self) -> None:
        """Forget every key: the focus went elsewhere."""
        self._down.clear()
        self._timer.stop()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._step(min(now - self._last_s, LONGEST_S))
        self._last_s = now

    def _step(self, seconds: float) -> None:
        letters = LETTERS if self._pilot.walking else {}
        axes = [ARROWS.get(key) or letters.get(key) for key in self._down]
        right, forward, up = (
            max(-1.0, min(1.0, sum(axis[i] for axis in axes if axis))) for i in range(3)
        )
        zoom = sum(ZOOM.get(key, 0.0) for key in self._down)
        if right or forward or up:
            self._pilot.move((right, forward, up), seconds, fast=self._fast)
        if zoom:
            self._pilot.zoom_centre(1.8 ** (zoom * seconds * 2.0))
