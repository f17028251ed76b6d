"""A quiet line around what is under the pointer, laid over the picture: the scene need not be drawn anew."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

INK = QColor(255, 138, 31)
FILL = QColor(255, 160, 70, 38)
HALO = QColor(255, 255, 255, 150)
LINE_PX, HALO_PX = 1.6, 3.6
POINT_PX = 7.0


class HoverOutline(QWidget):
    """Lines in the colour of the selection, thinner; never in the way of the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.rings: list[QPolygonF] = []
        self.strokes: list[QPolygonF] = []
        self.hide()

    def show_lines(self, rings: Sequence[QPolygonF], strokes: Sequence[QPolygonF]) -> None:
        """Show closed rings and open strokes, in pixels of the widget; a stroke of one place is a point."""
        if self.rings == list(rings) and self.strokes == list(strokes):
            return
        before = self._reach()
        self.rings, self.strokes = list(rings), list(strokes)
        self.setVisible(bool(self.rings or self.strokes))
        self.update(before.united(self._reach()).toAlignedRect())

    def clear(self) -> None:
        """Show nothing."""
        if self.rings or self.strokes:
            self.show_lines((), ())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        for ring in self.rings:
            path.addPolygon(ring)
            path.closeSubpath()
        painter.fillPath(path, FILL)
        for stroke in self.strokes:
            if stroke.boundingRect().isEmpty() and stroke.first() == stroke.last():
                path.addEllipse(stroke.first(), POINT_PX, POINT_PX)
            else:
                path.addPolygon(stroke)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, width in ((HALO, HALO_PX), (INK, LINE_PX)):
            pen = QPen(ink, width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPath(path)
        painter.end()

    def _reach(self) -> QRectF:
        """Return what the lines cover."""
        area = QRectF()
        for line in (*self.rings, *self.strokes):
            area = area.united(line.boundingRect().adjusted(-12, -12, 12, 12))
        return area
