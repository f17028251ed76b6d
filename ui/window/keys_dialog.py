"""All keys and what the mouse does, from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ui.i18n import tr

if TYPE_CHECKING:
    from ui.actions import ActionSet

MOUSE = ("orbit", "pan", "zoom", "turn", "height", "fly", "pick", "walk")


class KeysDialog(QDialog):
    """A table of two columns: what, and how."""

    def __init__(self, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("keys.title"))
        rows = [(tr(f"keys.{name}"), tr(f"keys.{name}_how")) for name in MOUSE]
        rows += [
            (actions.wording(r.id).rstrip("…"), actions.keys(r.id))
            for r in actions.records
            if r.keys
        ]
        table = QTableWidget(len(rows), 2)
        table.setHorizontalHeaderLabels([tr("keys.action"), tr("keys.keys")])
        table.verticalHeader().hide()
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(True)
        for i, texts in enumerate(rows):
            for j, words in enumerate(texts):
                table.setItem(i, j, QTableWidgetItem(words))
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        table.resizeRowsToContents()
        table.setAccessibleName(tr("keys.title"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(table)
        self.resize(680, 620)
