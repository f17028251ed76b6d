"""The balance of a network as a Sankey diagram: bands as wide as what flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from twin.network.balance import Flow
from ui.i18n import tr
from ui.i18n.formats import quantity
from ui.theme import current_palette

COLOURS = ("#2a6f97", "#d9a441", "#8f5b9a", "#3a8f6d", "#b3573a", "#6b7280")
LOSSES = "#8a8f98"
BAR_PX, EDGE_PX, GAP_PX = 12, 10, 16
WORDS_PX, TWO_LINES_PX = 190, 34


@dataclass
class _Box:
    """A word of the diagram: its column, how much goes in and out, where it stands."""

    level: int
    total: float
    top: float = 0.0
    inward: float = 0.0
    outward: float = 0.0


class Sankey(QWidget):
    """Draws flows; their sum by node is conserved, so that bands meet their bars exactly."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flows: tuple[Flow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(150)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self._flows

    def show_flows(self, flows: Sequence[Flow]) -> None:
        """Show other flows."""
        self._flows = tuple(flows)
        self.setAccessibleName(", ".join(self._worded(flow) for flow in flows))
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as a panel."""
        return QSize(360, 220)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw bands, bars and words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter, QRectF(self.rect()), self._flows)

    @staticmethod
    def _worded(flow: Flow) -> str:
        words = f"{tr(f'balance.{flow.start}')} → {tr(f'balance.{flow.end}')}"
        return f"{words} {quantity(flow.mw * 1000.0, 'kW')}"


def paint(painter: QPainter, area: QRectF, flows: Sequence[Flow]) -> None:
    """Draw a diagram into an area of any device."""
    if not flows:
        return
    boxes = _boxes(flows)
    deepest = max(box.level for box in boxes.values())
    scale = _scale(boxes, area.height())
    _place(boxes, area, scale)
    step = (area.width() - BAR_PX - 2 * EDGE_PX) / max(deepest, 1)

    def left(box: _Box) -> float:
        return area.left() + EDGE_PX + box.level * step

    for number, flow in enumerate(flows):
        start, end = boxes[flow.start], boxes[flow.end]
        colour = QColor(LOSSES if flow.end == "losses" else COLOURS[number % len(COLOURS)])
        width = flow.mw * scale
        one = QPointF(left(start) + BAR_PX, start.top + start.outward)
        two = QPointF(left(end), end.top + end.inward)
        start.outward, end.inward = start.outward + width, end.inward + width
        colour.setAlpha(130)
        painter.fillPath(_band(one, two, width), colour)
    bars = {
        name: QRectF(left(box), box.top, BAR_PX, max(box.total * scale, 2.0))
        for name, box in boxes.items()
    }
    written: list[QRectF] = []
    for name, bar in bars.items():
        painter.fillRect(bar, QColor(current_palette().accent))
        between = "\n" if bar.height() > TWO_LINES_PX else "  "
        total = quantity(boxes[name].total * 1000.0, "kW")
        words = f"{tr(f'balance.{name}')}{between}{total}"
        written.append(_write(painter, area, bar, words, written))


def _write(
    painter: QPainter, area: QRectF, bar: QRectF, words: str, written: Sequence[QRectF]
) -> QRectF:
    """Write beside a bar, a little higher or lower where others have written; return where."""
    late = bar.center().x() > area.center().x() + area.width() * 0.2
    side = Qt.AlignmentFlag.AlignRight if late else Qt.AlignmentFlag.AlignLeft
    flags = int(Qt.AlignmentFlag.AlignVCenter | side)
    size = painter.boundingRect(QRectF(0, 0, WORDS_PX, 200), flags, words).size()
    x = bar.left() - 6 - size.width() if late else bar.right() + 6
    room = QRectF(QPointF(x, bar.center().y() - size.height() / 2), size)
    tries = [room.translated(0, step * size.height() / 2) for step in (0, 1, -1, 2, -2, 3, -3)]
    free = (r for r in tries if area.contains(r) and not any(r.intersects(o) for o in written))
    room = next(free, room)
    painter.setPen(QColor(current_palette().text))
    painter.drawText(room, flags, words)
    return room


def _band(one: QPointF, two: QPointF, width: float) -> QPainterPath:
    middle = (one.x() + two.x()) / 2
    path = QPainterPath(one)
    path.cubicTo(QPointF(middle, one.y()), QPointF(middle, two.y()), two)
    path.lineTo(two + QPointF(0, width))
    path.cubicTo(
        QPointF(middle, two.y() + width), QPointF(middle, one.y() + width), one + QPointF(0, width)
    )
    path.closeSubpath()
    return path


def _boxes(flows: Sequence[Flow]) -> dict[str, _Box]:
    names = list(dict.fromkeys(n for f in flows for n in (f.start, f.end)))
    level = dict.fromkeys(names, 0)
    for _ in names:
        for flow in flows:
            level[flow.end] = max(level[flow.end], level[flow.start] + 1)
    boxes = {}
    for name in names:
        inward = sum(f.mw for f in flows if f.end == name)
        outward = sum(f.mw for f in flows if f.start == name)
        boxes[name] = _Box(level[name], max(inward, outward))
    # What feeds only a later step stands just before it.
    for name in names:
        ends = [level[f.end] for f in flows if f.start == name]
        if ends and not any(f.end == name for f in flows):
            boxes[name].level = min(ends) - 1
    return boxes


def _scale(boxes: dict[str, _Box], height: float) -> float:
    """Return pixels for a megawatt so that the fullest column fits."""
    scales = []
    for level in {box.level for box in boxes.values()}:
        column = [box for box in boxes.values() if box.level == level]
        room = height - 2 * EDGE_PX - GAP_PX * (len(column) - 1) - 26
        scales.append(max(room, 10.0) / max(sum(box.total for box in column), 1e-9))
    return min(scales)


def _place(boxes: dict[str, _Box], area: QRectF, scale: float) -> None:
    for level in {box.level for box in boxes.values()}:
        column = [box for box in boxes.values() if box.level == level]
        used = sum(max(box.total * scale, 2.0) for box in column) + GAP_PX * (len(column) - 1)
        y = area.top() + (area.height() - used) / 2
        for box in column:
            box.top = y
            y += max(box.total * scale, 2.0) + GAP_PX
