"""A photograph with the points that were clicked in it, where the camera sees them, and the foreground."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

CROSS_PX, DOT_PX = 7.0, 5.0
ORANGE, GREEN, BLUE = QColor(238, 115, 26), QColor(40, 160, 70), QColor(50, 110, 200)


class PhotoView(QWidget):
    """Shows a picture as large as there is room for, and says where in it one clicks."""

    clicked = Signal(float, float)
    """Pixels of the picture from its top left."""
    completed = Signal()
    """A double click or Enter: what is drawn is complete."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(360, 260)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._image = QImage()
        self._points: list[tuple[float, float]] = []
        self._seen: np.ndarray = np.zeros((0, 2))
        self._rings: list[list[tuple[float, float]]] = []

    def show_picture(self, pixels: np.ndarray | None) -> None:
        """Show a picture, (h, w, 3) uint8."""
        if pixels is None:
            self._image = QImage()
        else:
            whole = np.ascontiguousarray(pixels)
            high, wide = whole.shape[:2]
            made = QImage(whole.data, wide, high, 3 * wide, QImage.Format.Format_RGB888)
            self._image = made.copy()
        self.update()

    def show_marks(
        self,
        points: Sequence[tuple[float, float]],
        seen: np.ndarray,
        rings: Sequence[Sequence[tuple[float, float]]],
    ) -> None:
        """Show the points that were clicked, where the camera sees them, and the foreground."""
        self._points, self._seen = list(points), seen
        self._rings = [list(ring) for ring in rings]
        self.update()

    def place(self) -> QRectF:
        """Return where the picture lies in the widget."""
        if self._image.isNull():
            return QRectF(self.rect())
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        x, y = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        return QRectF(x, y, size.width(), size.height())

    def widget_px(self, x: float, y: float) -> QPointF:
        """Return the place in the widget of a pixel of the picture."""
        area = self.place()
        factor = area.width() / max(self._image.width(), 1)
        return QPointF(area.x() + x * factor, area.y() + y * factor)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture and the marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._image.isNull():
            return
        painter.drawImage(self.place(), self._image)
        painter.setPen(QPen(BLUE, 2))
        painter.setBrush(QColor(50, 110, 200, 70))
        for ring in self._rings:
            painter.drawPolygon(QPolygonF([self.widget_px(*p) for p in ring]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(GREEN, 2))
        for x, y in self._seen:
            at = self.widget_px(float(x), float(y))
            painter.drawLine(at - QPointF(CROSS_PX, 0), at + QPointF(CROSS_PX, 0))
            painter.drawLine(at - QPointF(0, CROSS_PX), at + QPointF(0, CROSS_PX))
        painter.setPen(QPen(ORANGE, 2))
        for i, point in enumerate(self._points):
            at = self.widget_px(*point)
            painter.drawEllipse(at, DOT_PX, DOT_PX)
            painter.drawText(at + QPointF(DOT_PX + 2, -DOT_PX), str(i + 1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Say where in the picture this was."""
        area = self.place()
        if self._image.isNull() or not area.contains(event.position()):
            return
        factor = self._image.width() / max(area.width(), 1.0)
        at = (event.position() - area.topLeft()) * factor
        self.clicked.emit(at.x(), at.y())

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Complete what is drawn."""
        self.completed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter completes what is drawn."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.completed.emit()
        else:
            super().keyPressEvent(event)
