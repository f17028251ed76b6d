"""The legend: what the colours of the visible layers mean. Folds to its title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from twin.model.style import Legend
from ui.forms.legend_view import entry_text
from ui.i18n import tr
from ui.i18n.formats import unit_symbol
from ui.text import MEDIUM, SEMIBOLD, font
from ui.theme import current_palette
from ui.viewport.overlay.card import Card

WIDTH_PX = 216
MOST_ENTRIES = 14


@dataclass(frozen=True, slots=True)
class Section:
    """The legend of one layer.

    Parameters
    ----------
    title : str
        Of the layer.
    what : str
        What its colours show.
    graduated : bool
        The entries are classes of a number.
    """

    title: str
    legend: Legend
    what: str = ""
    graduated: bool = False


class Swatch(QWidget):
    """A small rounded square of one colour."""

    def __init__(self, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = QColor(colour)
        self.setFixedSize(14, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the colour with an edge that shows on any ground."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QColor(current_palette().card_text)
        edge.setAlpha(90)
        painter.setPen(edge)
        painter.setBrush(self._colour)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)
        painter.end()


class LegendCard(Card):
    """All legends, one under the other, in a card that scrolls when the view is low."""

    fold_changed = Signal(bool)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sections: tuple[Section, ...] = ()
        self._room_px = 600
        self._fold = QToolButton(self, checkable=True, checked=True)
        self._fold.setProperty("quiet", "true")
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold.setFont(font(12, SEMIBOLD))
        self._fold.setObjectName("legend.fold")
        self._fold.toggled.connect(self._toggled)
        self._scroll = QScrollArea(self, widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 6)
        layout.setSpacing(2)
        layout.addWidget(self._fold)
        layout.addWidget(self._scroll)
        self.setFixedWidth(WIDTH_PX)
        self.hide()

    @property
    def unfolded(self) -> bool:
        """Whether the entries show."""
        return self._fold.isChecked()

    def set_unfolded(self, unfolded: bool) -> None:
        """Show or fold away the entries."""
        self._fold.setChecked(unfolded)

    def set_room(self, height_px: int) -> None:
        """Tell how high the card may be."""
        if height_px != self._room_px:
            self._room_px = height_px
            self._fit()

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show other legends; none hides the card."""
        if tuple(sections) != self._sections:
            self._sections = tuple(sections)
            self.retranslate()

    def texts(self) -> list[str]:
        """Return every text that the card shows, top to bottom (for tests and screen readers)."""
        body = self._scroll.widget()
        return [label.text() for label in body.findChildren(QLabel)] if body else []

    def retranslate(self) -> None:
        """Build the entries again in the current language."""
        self._fold.setText(tr("legend.title"))
        self._fold.setAccessibleName(tr("legend.title"))
        body = self._body()
        self._scroll.setWidget(body)
        body.setAutoFillBackground(False)  # the scroll area has just switched it on
        self.setVisible(bool(self._sections))
        self._toggled(self._fold.isChecked())

    def retheme(self) -> None:
        """Take over the theme's colours."""
        self.update()

    def _body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("legend.body")
        body.setAutoFillBackground(False)
        grid = QGridLayout(body)
        grid.setContentsMargins(4, 0, 4, 2)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for section in self._sections:
            self._add_section(grid, section)
        return body

    @staticmethod
    def _add_section(grid: QGridLayout, section: Section) -> None:
        legend, row = section.legend, grid.rowCount()
        unit, what = unit_symbol(legend.unit), section.what
        words = section.title if what in ("", section.title) else f"{section.title} – {what}"
        title = QLabel(f"{words} ({unit})" if unit else words)
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        title.setFont(font(11, MEDIUM))
        title.setContentsMargins(0, 5 if row > 1 else 0, 0, 0)
        grid.addWidget(title, row, 0, 1, 2)
        for i, entry in enumerate(legend.entries[:MOST_ENTRIES], start=1):
            label = QLabel(entry_text(entry, graduated=section.graduated))
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setFont(font(11))
            grid.addWidget(Swatch(entry.colour), row + i, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label, row + i, 1)
        left_out = len(legend.entries) - MOST_ENTRIES
        if left_out > 0:
            more = QLabel(tr("legend.more", count=left_out))
            more.setFont(font(11))
            grid.addWidget(more, row + MOST_ENTRIES + 1, 1)

    def _toggled(self, unfolded: bool) -> None:
        self._fold.setArrowType(Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow)
        self._scroll.setVisible(unfolded)
        self._fit()
        self.fold_changed.emit(unfolded)

    def _fit(self) -> None:
        head = self._fold.sizeHint().height() + 12
        body = self._scroll.widget()
        wanted = head
        if self._fold.isChecked() and body is not None:
            inner = WIDTH_PX - 12
            wanted += max(
                body.heightForWidth(inner),
                body.sizeHint().height() if body.heightForWidth(inner) < 0 else 0,
            )
        self.setFixedHeight(max(head, min(wanted, self._room_px)))
        self.resized.emit()

    def sizeHint(self) -> QSize:
        """The size it has fitted itself to."""
        return self.size()
