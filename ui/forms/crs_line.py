"""A line for a coordinate system: typed as a code, or chosen by name among those of the place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit

from ui.i18n import tr
from ui.icons import icon

if TYPE_CHECKING:
    from twin.io.crs_near import Offered

BETWEEN = " · "


class CrsLine(QLineEdit):
    """``offer`` fills the list; it opens with the arrow in the line, with Down, or while one types a name."""

    def __init__(self) -> None:
        super().__init__()
        self._names = QStringListModel(self)
        self._list = QCompleter(self._names, self)
        self._list.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._list.setFilterMode(Qt.MatchFlag.MatchContains)
        self._list.setMaxVisibleItems(12)
        self._list.activated[str].connect(self._chosen, Qt.ConnectionType.QueuedConnection)
        self.setCompleter(self._list)
        self._arrow = self.addAction(
            icon("mdi6.chevron-down"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._arrow.triggered.connect(self.show_list)
        self._arrow.setVisible(False)

    def offer(self, found: Iterable[Offered]) -> None:
        """Take the systems that can be chosen."""
        self._names.setStringList([f"{crs.code}{BETWEEN}{crs.name}" for crs in found])
        self._arrow.setToolTip(tr("crs.choose"))
        self._arrow.setVisible(self._names.rowCount() > 0)

    def offered(self) -> list[str]:
        """Return the lines of the list."""
        return self._names.stringList()

    def show_list(self) -> None:
        """Open the whole list."""
        self.setFocus()
        self._list.setCompletionPrefix("")
        self._list.complete()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down opens the list."""
        if event.key() == Qt.Key.Key_Down and self._names.rowCount():
            self.show_list()
            return
        super().keyPressEvent(event)

    def _chosen(self, line: str) -> None:
        self.setText(line.partition(BETWEEN)[0])
