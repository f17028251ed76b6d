"""One picture fading into the next: tiles that came while the view rests do not jump at the viewer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from twin.render import Stage

FADE_MS = 180
TICK_MS = 16


class Fade(QObject):
    """The picture before, for as long as it can still be seen.

    Parameters
    ----------
    changed : callable
        Asks for a repaint.
    """

    def __init__(self, changed: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self.image = QImage()
        self._changed = changed
        self._since_s = 0.0
        self._pose: object = None
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    def follow(self, stage: Stage, image: QImage) -> None:
        """After a frame: where other tiles came while the view rested, let the last picture fade into it.

        Motion shows them at once.
        """
        rested = stage.camera.pose == self._pose
        if rested and stage.levels_changed:
            self.start(image)
        elif not rested:
            self.stop()
        self._pose, stage.levels_changed = stage.camera.pose, False

    def start(self, image: QImage) -> None:
        """Fade from this picture."""
        if not image.isNull():
            self.image = image
            self._since_s = time.monotonic()
            self._timer.start()

    def stop(self) -> None:
        """Show nothing of it any more."""
        self._timer.stop()
        self.image = QImage()

    @property
    def opacity(self) -> float:
        """How much of the picture before is left, 1 to 0."""
        if self.image.isNull():
            return 0.0
        return max(1.0 - (time.monotonic() - self._since_s) * 1000.0 / FADE_MS, 0.0)

    def _tick(self) -> None:
        if self.opacity <= 0.0:
            self.stop()
        self._changed()
