"""Which layers are under way, how far, and which failed. Disappears when nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.i18n import tr
from ui.icons import icon
from ui.text import font
from ui.theme import current_palette
from ui.viewport.overlay.card import Card

LEAST_PX = 200
MOST_ROWS = 6


@dataclass(frozen=True, slots=True)
class LayerProgress:
    """One line: a layer, and how far it is from 0 to 1 (None: not known)."""

    title: str
    fraction: float | None
    failed: bool = False


class LoadingCard(Card):
    """Lines of layers at work, and a button to the problems of those that failed."""

    problems_requested = Signal()
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[LayerProgress, ...] = ()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(5)
        self._labels: list[QLabel] = []
        self._bars: list[QProgressBar] = []
        self._failed = QToolButton(self)
        self._failed.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._failed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._failed.setFont(font(12))
        self._failed.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._failed.clicked.connect(self.problems_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addLayout(self._grid)
        layout.addWidget(self._failed)
        self.setMinimumWidth(LEAST_PX)
        self.hide()

    @property
    def rows(self) -> tuple[LayerProgress, ...]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[LayerProgress]) -> None:
        """Show these; none hides the card."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        self.retranslate()

    def retranslate(self) -> None:
        """Word the lines again."""
        going = [row for row in self._rows if not row.failed]
        failed = [row.title for row in self._rows if row.failed]
        shown = going[:MOST_ROWS]
        while len(self._labels) < len(shown):
            self._add_line()
        for i, (label, bar) in enumerate(zip(self._labels, self._bars, strict=True)):
            label.setVisible(i < len(shown))
            bar.setVisible(i < len(shown))
            if i < len(shown):
                label.setText(shown[i].title)
                bar.setAccessibleName(tr("viewport.loading", layer=shown[i].title))
                fraction = shown[i].fraction
                bar.setRange(0, 100 if fraction is not None else 0)
                bar.setValue(round(100 * fraction) if fraction is not None else 0)
        self._failed.setVisible(bool(failed))
        if failed:
            self._failed.setText(tr("viewport.failed", count=len(failed), layer=failed[0]))
            self._failed.setToolTip("\n".join(failed))
            self.retheme()
        self.setVisible(bool(self._rows))
        self.layout().activate()  # lines that were hidden just now still count before it
        self.adjustSize()
        self.resized.emit()

    def retheme(self) -> None:
        """Take over the theme's colours."""
        self._failed.setIcon(icon("mdi6.alert-outline", current_palette().warning))

    def _add_line(self) -> None:
        label, bar = QLabel(self), QProgressBar(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(font(12))
        bar.setTextVisible(False)
        bar.setFixedSize(84, 6)
        row = len(self._labels)
        self._grid.addWidget(label, row, 0)
        self._grid.addWidget(
            bar, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self._labels.append(label)
        self._bars.append(bar)
