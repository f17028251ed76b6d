"""List entries of two lines: what it is, and in a muted colour what about it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from ui.docks.list_row import ListRow
from ui.text import font
from ui.theme import current_palette

SECOND_LINE = Qt.ItemDataRole.UserRole + 4
HEIGHT_PX = 44


class TwoLines(ListRow):
    """Draws entries with an icon and two lines; entries without a second line stand in the middle."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        """See Qt."""
        del option, index
        return QSize(240, HEIGHT_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """See Qt."""
        box, title, chosen = self.begin(painter, option, index)
        palette = current_palette()
        about = str(index.data(SECOND_LINE) or "")
        top = box.adjusted(0, 5, 0, -box.height() // 2 + 2) if about else box
        self._write(painter, top, title, px=13, colour=palette.on_soft if chosen else palette.text)
        bottom = box.adjusted(0, box.height() // 2, 0, -4)
        muted = palette.on_soft if chosen else palette.muted
        self._write(painter, bottom, about, px=11, colour=muted)

    @staticmethod
    def _write(painter: QPainter, box: QRect, words: str, *, px: int, colour: str) -> None:
        painter.setFont(font(px))
        painter.setPen(QColor(colour))
        fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, fitting)
