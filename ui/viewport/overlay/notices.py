"""Banners and lines of text on the picture: what the user must know of the data."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ui.i18n import tr
from ui.icons import icon
from ui.text import MEDIUM, font
from ui.theme import current_palette
from ui.viewport.overlay.card import Card, paint_card


class NoticeBanner(Card):
    """The notices of the project and of its visible layers, the project's first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel(self)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setFont(font(12, MEDIUM))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 5, 13, 5)
        layout.setSpacing(7)
        layout.addWidget(self._icon)
        layout.addWidget(self._words)
        self._most_px = 600
        self._notices: tuple[str, ...] = ()
        self.retheme()
        self.hide()

    @property
    def words(self) -> str:
        """The first notice, and how many more there are."""
        if len(self._notices) < 2:
            return "".join(self._notices)
        return f"{self._notices[0]}  {tr('viewport.more_notices', count=len(self._notices) - 1)}"

    def set_notices(self, notices: Sequence[str]) -> None:
        """Show these; none hides the banner."""
        self._notices = tuple(dict.fromkeys(n for n in notices if n))
        self.setVisible(bool(self._notices))
        self._fit()

    def set_room(self, width_px: int) -> None:
        """Tell how wide the banner may be."""
        self._most_px = width_px
        self._fit()

    def retheme(self) -> None:
        """Take over the theme's colours."""
        self._icon.setPixmap(
            icon("mdi6.information-outline", current_palette().warning).pixmap(QSize(16, 16))
        )

    def _fit(self) -> None:
        metrics = QFontMetrics(self._words.font())
        self._words.setText(
            metrics.elidedText(self.words, Qt.TextElideMode.ElideMiddle, self._most_px - 60)
        )
        self.setToolTip("\n\n".join(self._notices))
        self.setAccessibleName(" ".join(self._notices))
        self.adjustSize()


class SourcesLine(QWidget):
    """Who made what is seen: one line, all of it in its tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources: tuple[str, ...] = ()
        self._most_px = 400
        self.setFont(font(10))
        self.hide()

    @property
    def words(self) -> str:
        """The whole line."""
        return " · ".join(self._sources)

    def set_sources(self, sources: Sequence[str]) -> None:
        """Show these; none hides the line."""
        self._sources = tuple(dict.fromkeys(s for s in sources if s))
        self.setVisible(bool(self._sources))
        self.setToolTip("\n".join(self._sources))
        self.setAccessibleName(self.words)
        self._fit()

    def set_room(self, width_px: int) -> None:
        """Tell how wide the line may be."""
        self._most_px = width_px
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the line to the new width."""
        self.update()
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card and as much of the line as fits."""
        del event
        painter = QPainter(self)
        paint_card(painter, QRectF(self.rect()), radius=6)
        painter.setPen(QColor(current_palette().card_text))
        inner = self.rect().adjusted(7, 0, -7, 0)
        words = painter.fontMetrics().elidedText(
            self.words, Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
        painter.end()

    def _fit(self) -> None:
        wanted = self.fontMetrics().horizontalAdvance(self.words) + 16
        self.setFixedSize(max(40, min(wanted, self._most_px)), 20)
