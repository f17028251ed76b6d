"""The translucent card that overlay widgets stand on."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from ui.theme import current_palette

RADIUS_PX = 9.0


def paint_card(painter: QPainter, rect: QRectF, *, radius: float = RADIUS_PX) -> None:
    """Draw the ground of a card in the theme's colours."""
    palette = current_palette()
    fill, line = QColor(palette.card), QColor(palette.card_text)
    fill.setAlpha(palette.card_alpha)
    line.setAlpha(28)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(line, 1))
    painter.setBrush(fill)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


class Card(QFrame):
    """A rounded translucent frame; clicks on it do not reach the scene."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card under whatever children it has."""
        del event
        painter = QPainter(self)
        paint_card(painter, QRectF(self.rect()))
        painter.end()
