"""The north arrow: shows where north is, and turns the view there when pressed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui.i18n import tr
from ui.text import SEMIBOLD, font
from ui.theme import current_palette
from ui.viewport.overlay.card import paint_card

SIZE_PX = 48


class Compass(QAbstractButton):
    """A round button with a needle; ``heading_deg`` is the direction of view, clockwise from north."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading_deg = 0.0
        self._tilted = True
        self.setFixedSize(SIZE_PX, SIZE_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(font(10, SEMIBOLD))
        self.retranslate()

    def sizeHint(self) -> QSize:
        """Large enough for a finger."""
        return QSize(SIZE_PX, SIZE_PX)

    @property
    def heading_deg(self) -> float:
        """Direction of view, clockwise from north."""
        return self._heading_deg

    def set_heading(self, heading_deg: float) -> None:
        """Turn the needle."""
        if abs(heading_deg - self._heading_deg) > 0.05:
            self._heading_deg = heading_deg % 360.0
            self.update()

    def retranslate(self) -> None:
        """Word it again."""
        self.setAccessibleName(tr("viewport.north"))
        self.setToolTip(tr("viewport.north"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the disc, the needle and the letter."""
        del event
        palette = current_palette()
        painter = QPainter(self)
        paint_card(painter, QRectF(self.rect()), radius=SIZE_PX / 2)
        if self.hasFocus() or self.underMouse():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawEllipse(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5))
        painter.translate(SIZE_PX / 2, SIZE_PX / 2)
        painter.rotate(-self._heading_deg)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#c8372d" if palette.name == "light" else "#ff7a6e"))
        painter.drawPolygon(
            QPolygonF([QPointF(0, -10), QPointF(5, 3), QPointF(0, 1), QPointF(-5, 3)])
        )
        grey = QColor(palette.card_text)
        grey.setAlpha(110)
        painter.setBrush(grey)
        painter.drawPolygon(
            QPolygonF([QPointF(0, 16), QPointF(5, 3), QPointF(0, 5), QPointF(-5, 3)])
        )
        painter.setPen(QColor(palette.card_text))
        painter.drawText(
            QRectF(-8, -22, 16, 12), Qt.AlignmentFlag.AlignCenter, tr("viewport.north_letter")
        )
        painter.end()
