"""The list of the stops of a story, dragged into another order."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QListWidget

ID = Qt.ItemDataRole.UserRole
"""Where an entry has the id of its stop."""


class StopsList(QListWidget):
    """Stops that are dragged into another order.

    Parameters
    ----------
    reordered : callable
        Given the ids in their new order.
    """

    def __init__(self, reordered: Callable[[list[str]], object]) -> None:
        super().__init__()
        self._reordered = reordered
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setAlternatingRowColors(True)
        self.model().rowsMoved.connect(self._tell)

    def _tell(self, *_where: object) -> None:
        self._reordered([str(self.item(row).data(ID)) for row in range(self.count())])
