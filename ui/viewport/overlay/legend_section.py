"""The legend of one layer: a heading that folds, and under it a ramp or a list of swatches."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from twin.model.style import Legend, LegendEntry, LegendSymbol
from ui.forms.legend_view import entry_text
from ui.i18n import text, tr
from ui.i18n.formats import number, unit_symbol
from ui.text import MEDIUM, font, tabular
from ui.theme import current_palette
from ui.viewport.overlay.symbols import ShapeSymbol

MOST_ENTRIES = 14
RAMP_COST = 3
SYMBOLS_A_LINE = 2


@dataclass(frozen=True, slots=True)
class Section:
    """What the colours of one layer mean.

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

    @property
    def subject(self) -> str:
        """What is shown, and its unit; empty where the title says it already."""
        unit = unit_symbol(self.legend.unit)
        if self.what in ("", self.title):
            return unit
        return f"{self.what} ({unit})" if unit else self.what

    @property
    def classes(self) -> tuple[LegendEntry, ...]:
        """The classes of a number, without the entry of missing values."""
        return tuple(entry for entry in self.legend.entries if not entry.missing)

    @property
    def as_ramp(self) -> bool:
        """Whether it fits a strip of colours with the bounds under it."""
        return self.graduated and len(self.classes) > 1

    @property
    def cost(self) -> int:
        """About how many lines it takes."""
        shapes = -(-len(self.legend.symbols) // SYMBOLS_A_LINE)
        return shapes + (
            RAMP_COST if self.as_ramp else 2 + min(len(self.legend.entries), MOST_ENTRIES)
        )


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
        painter.setPen(_edge())
        painter.setBrush(self._colour)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)
        painter.end()


class Ramp(QWidget):
    """The colours of classes side by side, the bounds between them written below where they fit."""

    def __init__(self, classes: tuple[LegendEntry, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours = [QColor(entry.colour) for entry in classes]
        self._bounds = [number(entry.high) for entry in classes[:-1] if entry.high is not None]
        self.setFont(tabular(font(10)))
        self.setMinimumHeight(30)
        words = [entry_text(entry, graduated=True) for entry in classes]
        self.setAccessibleName("; ".join(words))
        self.setToolTip("\n".join(words))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(120, 30)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the strip and its numbers."""
        del event
        painter = QPainter(self)
        cell = (self.width() - 1) / len(self._colours)
        for i, colour in enumerate(self._colours):
            painter.fillRect(QRectF(i * cell, 1, cell + 0.5, 12), colour)
        painter.setPen(_edge())
        painter.drawRect(QRectF(0, 0.5, self.width() - 1, 12.5))
        painter.setPen(QColor(current_palette().card_text))
        end = -4.0
        for i, words in enumerate(self._bounds, start=1):
            wide = painter.fontMetrics().horizontalAdvance(words)
            left = min(i * cell - wide / 2, self.width() - wide)
            if left > end + 4:
                painter.drawText(QRectF(left, 15, wide + 1, 14), Qt.AlignmentFlag.AlignLeft, words)
                end = left + wide
        painter.end()


class SectionView(QWidget):
    """A section on screen; ``folded`` tells when the user folds or unfolds it."""

    folded = Signal(bool)

    def __init__(
        self, section: Section, *, unfolded: bool, width_px: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.section = section
        self._head = QToolButton(checkable=True, checked=unfolded)
        self._head.setProperty("quiet", "true")
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._head.setFont(font(11, MEDIUM))
        metrics = QFontMetrics(self._head.font())
        words = metrics.elidedText(section.title, Qt.TextElideMode.ElideRight, width_px - 34)
        self._head.setText(words.replace("&", "&&"))
        self._head.setToolTip(section.title)
        self._head.setAccessibleName(section.title)
        self._body: QWidget | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(1)
        layout.addWidget(self._head, 0, Qt.AlignmentFlag.AlignLeft)
        self._kinds = _kinds(section.legend.symbols)
        layout.addWidget(self._kinds)
        self._subject = _label(section.subject)
        self._subject.setProperty("muted", "true")
        self._subject.setContentsMargins(8, 0, 8, 1)
        layout.addWidget(self._subject)
        self._head.toggled.connect(self._toggled)
        self._show(unfolded)

    def texts(self) -> list[str]:
        """Return the heading, and what shows under it."""
        if not self._head.isChecked():
            return [self.section.title]
        body = self._unfolded()
        ramps = [ramp.accessibleName() for ramp in body.findChildren(Ramp)]
        labels = [label.text() for label in body.findChildren(QLabel)]
        subject = [self.section.subject] if self.section.subject else []
        kinds = [label.text() for label in self._kinds.findChildren(QLabel)]
        return [self.section.title, *kinds, *subject, *ramps, *labels]

    def _unfolded(self) -> QWidget:
        """Return what shows under the heading, made when it first does."""
        if self._body is None:
            entries = self.section.legend.entries
            self._body = self._ramp() if self.section.as_ramp else self._list(entries)
            self.layout().addWidget(self._body)
        return self._body

    def _ramp(self) -> QWidget:
        body, layout = QWidget(), QVBoxLayout()
        layout.setContentsMargins(8, 1, 8, 0)
        layout.setSpacing(2)
        layout.addWidget(Ramp(self.section.classes))
        missing = [entry for entry in self.section.legend.entries if entry.missing]
        if missing:
            layout.addWidget(self._list(tuple(missing), edge=0))
        body.setLayout(layout)
        return body

    def _list(self, entries: tuple[LegendEntry, ...], *, edge: int = 8) -> QWidget:
        body, grid = QWidget(), QGridLayout()
        grid.setContentsMargins(edge, 0, edge, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for row, entry in enumerate(entries[:MOST_ENTRIES]):
            words = entry_text(entry, graduated=self.section.graduated)
            grid.addWidget(Swatch(entry.colour), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_label(words), row, 1)
        left_out = len(entries) - MOST_ENTRIES
        if left_out > 0:
            grid.addWidget(_label(tr("legend.more", count=left_out)), MOST_ENTRIES, 1)
        body.setLayout(grid)
        return body

    def _toggled(self, unfolded: bool) -> None:
        self._show(unfolded)
        self.folded.emit(not unfolded)

    def _show(self, unfolded: bool) -> None:
        arrow = Qt.ArrowType.DownArrow if unfolded else Qt.ArrowType.RightArrow
        self._head.setArrowType(arrow)
        if unfolded or self._body is not None:
            self._unfolded().setVisible(unfolded)
        self._kinds.setVisible(unfolded and bool(self.section.legend.symbols))
        self._subject.setVisible(unfolded and bool(self.section.subject))


def _kinds(symbols: tuple[LegendSymbol, ...]) -> QWidget:
    """Return what stands in the scene in these colours, two kinds side by side."""
    body, grid = QWidget(), QGridLayout()
    grid.setContentsMargins(6, 2, 6, 3)
    grid.setHorizontalSpacing(5)
    grid.setVerticalSpacing(2)
    for at, symbol in enumerate(symbols[:MOST_ENTRIES]):
        row, column = divmod(at, SYMBOLS_A_LINE)
        grid.addWidget(ShapeSymbol(symbol.shape), row, column * 2)
        grid.addWidget(_label(text(symbol.label, symbol.shape)), row, column * 2 + 1)
        grid.setColumnStretch(column * 2 + 1, 1)
    body.setLayout(grid)
    return body


def _label(words: str) -> QLabel:
    made = QLabel(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setFont(font(11))
    return made


def _edge() -> QColor:
    edge = QColor(current_palette().card_text)
    edge.setAlpha(90)
    return edge
