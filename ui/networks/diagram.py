"""The network as a diagram, in step with the scene: what is selected there is selected here, and the other way."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from twin.network.model import Network
from twin.network.schematic import Schematic, schematic
from ui.networks.questions import feature_of
from ui.theme import current_palette

EDGE_PX = 16.0
NEAR_PX = 8.0
DOTS = {"source": 6.0, "consumer": 4.0}


class Diagram(QWidget):
    """Draws a schematic; a click picks the node or edge under it, the wheel makes it larger."""

    picked = Signal(str)
    """A feature id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._network: Network | None = None
        self._plan: Schematic | None = None
        self._marked: frozenset[str] = frozenset()
        self._zoom, self._shift = 1.0, QPointF(0, 0)
        self._pressed: QPointF | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(160)

    def show_network(self, network: Network | None) -> None:
        """Show another network."""
        if network is self._network:
            return
        self._network = network
        self._plan = schematic(network) if network is not None else None
        self._zoom, self._shift = 1.0, QPointF(0, 0)
        self.update()

    def mark(self, features: frozenset[str]) -> None:
        """Mark what is selected in the scene."""
        self._marked = features
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as a panel."""
        return QSize(360, 260)

    def places(self) -> Any:
        """Return the pixel of each node, (n, 2), NaN for those that are not drawn."""
        plan = self._plan
        if plan is None or not np.isfinite(plan.column).any():
            return np.zeros((0, 2))
        wide, high = np.nanmax(plan.column), np.nanmax(plan.row)
        x = EDGE_PX + plan.column / max(wide, 1) * (self.width() - 2 * EDGE_PX)
        y = EDGE_PX + plan.row / max(high, 1) * (self.height() - 2 * EDGE_PX)
        return np.column_stack([x, y]) * self._zoom + np.array([self._shift.x(), self._shift.y()])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw edges, then nodes."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        network, plan, at = self._network, self._plan, self.places()
        if network is None or plan is None or not len(at):
            return
        palette = current_palette()
        edges = network.edges
        plain, marked = QPen(QColor(palette.outline), 1.4), QPen(QColor(palette.accent), 3.2)
        broken = QPen(QColor(palette.danger), 1.6, Qt.PenStyle.DotLine)
        for e in plan.edges:
            chosen = feature_of(str(edges.ids[e])) in self._marked
            painter.setPen(marked if chosen else plain if edges.conducts[e] else broken)
            a, b = at[edges.start[e]], at[edges.end[e]]
            painter.drawLine(QPointF(a[0], a[1]), QPointF(a[0], b[1]))
            painter.drawLine(QPointF(a[0], b[1]), QPointF(b[0], b[1]))
        self._dots(painter, network, at)

    def _dots(self, painter: QPainter, network: Network, at: Any) -> None:
        palette, devices = current_palette(), network.devices
        painter.setPen(Qt.PenStyle.NoPen)
        for i in range(len(devices)):
            x, y = at[devices.node[i]]
            if not np.isfinite(x):
                continue
            size = DOTS.get(str(devices.role[i]), 3.0)
            chosen = feature_of(str(devices.ids[i])) in self._marked
            source = str(devices.role[i]) == "source"
            colour = palette.accent if chosen else palette.good if source else palette.muted
            painter.setBrush(QColor(colour))
            painter.drawEllipse(QRectF(x - size, y - size, 2 * size, 2 * size))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click or a drag begins."""
        self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the drawing while a button is held."""
        if self._pressed is not None and event.buttons():
            self._shift += event.position() - self._pressed
            self._pressed = event.position()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick what is under a click."""
        name = self.name_at(event.position())
        self._pressed = None
        if name:
            self.picked.emit(name)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Make it larger or smaller around the pointer."""
        factor = 1.2 if event.angleDelta().y() > 0 else 1 / 1.2
        zoom = min(max(self._zoom * factor, 1.0), 40.0)
        at = event.position()
        self._shift = at - (at - self._shift) * (zoom / self._zoom)
        if zoom == 1.0:
            self._shift = QPointF(0, 0)
        self._zoom = zoom
        self.update()

    def name_at(self, at: QPointF) -> str:
        """Return the feature under a place: a device before an edge; empty for none."""
        network, plan, places = self._network, self._plan, self.places()
        if network is None or plan is None or not len(places):
            return ""
        here = np.array([at.x(), at.y()])
        nodes = network.devices.node
        far = np.hypot(*(places[nodes] - here).T) if len(nodes) else np.zeros(0)
        if len(far) and np.isfinite(far).any() and np.nanmin(far) < NEAR_PX:
            return feature_of(str(network.devices.ids[int(np.nanargmin(far))]))
        edges = network.edges
        best, name = NEAR_PX, ""
        for e in plan.edges:
            a, b = places[edges.start[e]], places[edges.end[e]]
            corner = np.array([a[0], b[1]])
            near = min(_distance(here, a, corner), _distance(here, corner, b))
            if near < best:
                best, name = near, feature_of(str(edges.ids[e]))
        return name


def _distance(p: Any, a: Any, b: Any) -> float:
    along = b - a
    length = float(along @ along)
    t = 0.0 if length == 0 else min(max(float((p - a) @ along) / length, 0.0), 1.0)
    return float(np.hypot(*(p - a - t * along)))
