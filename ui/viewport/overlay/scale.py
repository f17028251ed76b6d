"""The scale bar, with round lengths."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.i18n.formats import quantity
from ui.text import MEDIUM, font, tabular
from ui.theme import current_palette
from ui.viewport.overlay.card import paint_card

LONGEST_PX = 130


def round_length_m(longest_m: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above ``longest_m``.

    Raises
    ------
    ValueError
        The length is not a positive number.
    """
    if not (math.isfinite(longest_m) and longest_m > 0):
        raise ValueError(f"longest_m must be positive, got {longest_m}")
    power = 10.0 ** math.floor(math.log10(longest_m))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= longest_m * (1 + 1e-9))


def length_text(length_m: float) -> str:
    """Write a length in kilometres, metres or centimetres."""
    if length_m >= 1000:
        return quantity(length_m / 1000, "km")
    return quantity(length_m, "m") if length_m >= 1 else quantity(length_m * 100, "cm")


class ScaleBar(QWidget):
    """A bar of a round length at the middle of the view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length_m = 0.0
        self._bar_px = 0.0
        self.setFont(tabular(font(11, MEDIUM)))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """Room for the longest bar."""
        return QSize(LONGEST_PX + 20, 30)

    @property
    def length_m(self) -> float:
        """Length that the bar stands for; 0 where the scale is unknown."""
        return self._length_m

    def set_scale(self, metres_per_px: float) -> None:
        """Show the scale; not a positive number hides the bar (the view shows no ground)."""
        known = math.isfinite(metres_per_px) and metres_per_px > 0
        self.setVisible(known)
        if not known:
            self._length_m = 0.0
            return
        length_m = round_length_m(metres_per_px * LONGEST_PX)
        bar_px = length_m / metres_per_px
        if length_m != self._length_m or abs(bar_px - self._bar_px) > 0.25:
            self._length_m, self._bar_px = length_m, bar_px
            self.setAccessibleName(length_text(length_m))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, the bar and its length."""
        del event
        painter = QPainter(self)
        paint_card(painter, QRectF(self.rect()), radius=7)
        ink = QColor(current_palette().card_text)
        left = (self.width() - self._bar_px) / 2
        painter.setPen(ink)
        painter.drawText(
            QRectF(0, 3, self.width(), 15),
            Qt.AlignmentFlag.AlignCenter,
            length_text(self._length_m),
        )
        painter.fillRect(QRectF(left, 22, self._bar_px, 2), ink)
        for x in (left, left + self._bar_px - 2):
            painter.fillRect(QRectF(x, 18, 2, 6), ink)
        painter.end()
