"""What is under the resting pointer: its place, its name. Looked up at most thirty times a second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QTimer

LOOK_MS = 33


class Hover(QObject):
    """Calls ``look`` with the last place of the pointer, not more often than every 33 ms.

    Parameters
    ----------
    look : callable
        Given the place, or None when the pointer has left.
    """

    def __init__(
        self, look: Callable[[QPointF | None], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._at: QPointF | None = None
        self._timer = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._timer.timeout.connect(self._now)

    def move(self, at: QPointF) -> None:
        """The pointer is here now."""
        self._at = at
        if not self._timer.isActive():
            self._timer.start()

    def leave(self) -> None:
        """The pointer is elsewhere."""
        self._timer.stop()
        if self._at is not None:
            self._at = None
            self._look(None)

    def again(self) -> None:
        """Look again at the same place: the scene has moved under it."""
        if self._at is not None and not self._timer.isActive():
            self._timer.start()

    def _now(self) -> None:
        if self._at is not None:
            self._look(self._at)
