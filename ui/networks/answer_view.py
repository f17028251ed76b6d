"""The rows of an answer: groups of words and values; a row that stands for something in the scene leads there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from twin.network.run import Run
from ui.i18n import tr
from ui.networks.words import Groups
from ui.theme import current_palette

RENEW_MS = 250
FEATURE = Qt.ItemDataRole.UserRole


def step_at(done: Run, at: Any) -> int:
    """Return the step of a run that a moment of the day falls into."""
    count = len(done.day.times)
    seconds = at.hour * 3600 + at.minute * 60 + at.second if at.tzinfo is None else _of_day(at)
    return min(int(seconds / 86_400 * count), count - 1)


def _of_day(at: Any) -> float:
    utc = at.astimezone(UTC)
    return float(utc.hour * 3600 + utc.minute * 60 + utc.second)


class AnswerView(QTreeWidget):
    """Groups of rows; a row that stands for something in the scene leads there."""

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(3)
        self.setRootIsDecorated(False)
        self.setIndentation(12)
        self.setAlternatingRowColors(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(2, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(False)
        self.groups: Groups = ()
        self._make: Callable[[], Groups] = tuple
        self._later = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._later.timeout.connect(self._renew)

    def renew_soon(self, make: Callable[[], Groups]) -> None:
        """Show the same rows with the values of the moment, a few times a second at most."""
        self._make = make
        if not self._later.isActive():
            self._later.start()

    def _renew(self) -> None:
        """Change values only: where a reader has scrolled to, and what is chosen, stays."""
        groups = self._make()
        if [(t, [r.name for r in rows]) for t, rows in groups] != [
            (t, [r.name for r in rows]) for t, rows in self.groups
        ]:
            self.show_groups(groups)
            return
        self.groups = tuple(groups)
        for top, (_, rows) in enumerate(self.groups):
            for place, row in enumerate(rows):
                self.topLevelItem(top).child(place).setText(1, row.value)

    def show_groups(self, groups: Groups) -> None:
        """Show other rows."""
        self.groups = tuple(groups)
        self.clear()
        faint = QBrush(QColor(current_palette().muted))
        for title, rows in self.groups:
            top = QTreeWidgetItem([title, ""])
            made = top.font(0)
            made.setBold(True)
            top.setFont(0, made)
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for row in rows:
                origin = tr(f"quality.{row.quality}") if row.quality else ""
                item = QTreeWidgetItem([row.name, row.value, origin])
                item.setData(0, FEATURE, list(row.feature) if row.feature else None)
                item.setToolTip(0, row.name)
                item.setForeground(2, faint)
                for column in (1, 2):
                    item.setToolTip(
                        column, " · ".join(part for part in (origin, row.source) if part)
                    )
                top.addChild(item)
            self.addTopLevelItem(top)
            top.setExpanded(True)
