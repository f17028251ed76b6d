"""All keys and what the mouse does, from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from ui.dialogs.frame import Dialog
from ui.i18n import tr

if TYPE_CHECKING:
    from ui.actions import ActionSet

MOUSE = ("orbit", "pan", "zoom", "turn", "height", "fly", "pick", "walk")


class KeysDialog(Dialog):
    """A table of two columns: what, and how."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.table = QTableWidget(0, 2)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.body.addWidget(self.table)
        self.resize(720, 640)
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("keys.title"))
        self.table.setAccessibleName(tr("keys.title"))
        self.table.setHorizontalHeaderLabels([tr("keys.action"), tr("keys.keys")])
        rows = [(tr(f"keys.{name}"), tr(f"keys.{name}_how")) for name in MOUSE]
        rows += [
            (self._actions.wording(record.id).rstrip("…"), self._actions.keys(record.id))
            for record in self._actions.records
            if record.keys
        ]
        self.table.setRowCount(len(rows))
        for i, texts in enumerate(rows):
            for j, words in enumerate(texts):
                self.table.setItem(i, j, QTableWidgetItem(words))
        self.table.resizeRowsToContents()
