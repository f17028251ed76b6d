"""Who clicks on a building or a pipe sees at once where its supply comes from, without asking."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from twin.model.selection import Selection
from ui.networks.questions import FeatureRef

PAUSE_MS = 200
"""Who clicks through many things waits for none of them."""


class Follower(QObject):
    """Emits ``wanted`` a moment after a single thing was selected that it was not told of before."""

    wanted = Signal(object)
    """A feature: layer and id."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on = True
        self._next: FeatureRef | None = None
        self._last: FeatureRef | None = None
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._ask)

    def look(self, selection: Selection) -> None:
        """Take note of what is selected now."""
        self._next = selection.current if len(selection.features) == 1 else None
        if self._next is None or self._next == self._last or not self.on:
            self._timer.stop()
        else:
            self._timer.start()

    def know(self, feature: FeatureRef | None) -> None:
        """Take note of what was asked for by hand: it needs no second answer."""
        self._last = feature
        self._timer.stop()

    def _ask(self) -> None:
        if self._next is not None:
            self.know(self._next)
            self.wanted.emit(self._last)
