"""What a presenter lays over the picture: spotlight, laser, strokes; black or a frozen picture."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QRadialGradient,
)
from PySide6.QtWidgets import QWidget

LASER, STROKE, SHADE = QColor("#ff3b30"), QColor("#ffcc5c"), QColor(0, 0, 0, 190)


class Tool(StrEnum):
    """What the pointer does on the picture."""

    NONE = "none"
    LASER = "laser"
    SPOTLIGHT = "spotlight"
    DRAW = "draw"


class Marks(QWidget):
    """Lies over the whole picture; places are shares of its width and height, so that screens may differ."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.tool = Tool.NONE
        self.blank = False
        self._at: QPointF | None = None
        self._strokes: list[list[QPointF]] = []
        self._frozen = QPixmap()

    @property
    def strokes(self) -> int:
        """How many strokes were drawn."""
        return len(self._strokes)

    @property
    def frozen(self) -> bool:
        """Whether a picture is held."""
        return not self._frozen.isNull()

    def set_tool(self, tool: Tool) -> None:
        """Take a tool, or put it away."""
        self.tool = tool
        self._at = None
        self.update()

    def set_blank(self, *, on: bool) -> None:
        """Show black, or the picture again."""
        self.blank = on
        self.update()

    def freeze(self, picture: QPixmap | None) -> None:
        """Hold a picture; None lets the scene show again."""
        self._frozen = picture or QPixmap()
        self.update()

    def point(self, at: QPointF | None, *, drawing: bool = False, begins: bool = False) -> None:
        """Move the pointer; with ``drawing`` leave a stroke behind."""
        self._at = at
        if at is not None and drawing and self.tool is Tool.DRAW:
            if begins or not self._strokes:
                self._strokes.append([])
            self._strokes[-1].append(at)
        self.update()

    def clear(self) -> None:
        """Take all strokes away."""
        self._strokes.clear()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what lies over the picture."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.blank:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
            painter.end()
            return
        if self.frozen:
            painter.drawPixmap(self.rect(), self._frozen)
        self._draw_strokes(painter)
        if self._at is not None and self.tool is Tool.SPOTLIGHT:
            self._draw_spotlight(painter, self._at)
        elif self._at is not None and self.tool is Tool.LASER:
            self._draw_laser(painter, self._at)
        painter.end()

    def _place(self, at: QPointF) -> QPointF:
        return QPointF(at.x() * self.width(), at.y() * self.height())

    def _draw_strokes(self, painter: QPainter) -> None:
        pen = QPen(STROKE, max(3.0, self.height() / 220.0))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            path = QPainterPath(self._place(stroke[0]))
            for at in stroke[1:]:
                path.lineTo(self._place(at))
            painter.drawPath(path)

    def _draw_spotlight(self, painter: QPainter, at: QPointF) -> None:
        path = QPainterPath()
        path.addRect(0, 0, self.width(), self.height())
        radius = self.height() / 6.0
        path.addEllipse(self._place(at), radius, radius)
        painter.fillPath(path, SHADE)

    def _draw_laser(self, painter: QPainter, at: QPointF) -> None:
        radius = max(8.0, self.height() / 55.0)
        glow = QRadialGradient(self._place(at), radius)
        glow.setColorAt(0.0, QColor("#ffffff"))
        glow.setColorAt(0.25, LASER)
        glow.setColorAt(1.0, QColor(255, 59, 48, 0))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(glow)
        painter.drawEllipse(self._place(at), radius, radius)
