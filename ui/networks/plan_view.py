"""A drawing from above as the network that it becomes: parts that are not joined in colours of their own."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from twin.network.drawing import Look
from ui.theme import current_palette

EDGE_PX = 12.0
MOST_POINTS = 40_000
"""More tell no more at this size: of larger drawings the first lines are drawn."""
DEVICE_PX = 3.5


class PlanView(QWidget):
    """Draws a look at a drawing; the largest part is in the colour of text, the others in that of warnings."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: list[tuple[NDArray[np.float64], bool]] = []
        self._points = np.zeros((0, 2))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(260, 200)

    def sizeHint(self) -> QSize:
        """As wide as the form beside it."""
        return QSize(360, 300)

    def show_look(self, look: Look | None) -> None:
        """Show another drawing, or none."""
        self._lines, self._points, drawn = [], np.zeros((0, 2)), 0
        if look is not None:
            for line, island in zip(look.lines, look.island, strict=True):
                xy = shapely.get_coordinates(line)
                drawn += len(xy)
                if drawn > MOST_POINTS:
                    break
                self._lines.append((xy, island > 0))
            self._points = look.points[np.isfinite(look.points).all(axis=1)]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw lines, then devices."""
        del event
        if not self._lines:
            return
        painter, palette = QPainter(self), current_palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        every = np.concatenate([xy for xy, _ in self._lines])
        low, span = every.min(axis=0), np.maximum(np.ptp(every, axis=0), 1e-6)
        room = np.array([self.width(), self.height()]) - 2 * EDGE_PX
        scale = float(np.min(room / span))
        shift = EDGE_PX + (room - span * scale) / 2

        def on_paper(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            moved = (xy - low) * scale
            return np.column_stack([shift[0] + moved[:, 0], self.height() - shift[1] - moved[:, 1]])

        joined, apart = QPen(QColor(palette.accent), 1.6), QPen(QColor(palette.warning), 1.6)
        for xy, other in self._lines:
            painter.setPen(apart if other else joined)
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in on_paper(xy)]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.text))
        for x, y in on_paper(self._points):
            painter.drawRect(QRectF(x - DEVICE_PX, y - DEVICE_PX, 2 * DEVICE_PX, 2 * DEVICE_PX))
