"""Pictures of the view, written to PNG files at any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from ui.window.main import MainWindow


class Pictures(QObject):
    """Makes pictures of what the viewport shows."""

    saved = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def choose(self) -> None:
        """Ask for size and file and write the picture."""
