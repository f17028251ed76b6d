"""Histogram, bars and scatter of a column; what is clicked is selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from twin.analysis.statistics import Histogram
from ui.i18n import tr
from ui.text import font
from ui.theme import current_palette

MOST_POINTS = 20_000
"""Points of a scatter that are drawn; an even choice of more."""

REACH = 0.02
"""How far from a point a click may be, as a part of the axes."""


class AskChart(QWidget):
    """One chart of the found rows."""

    rows_chosen = Signal(object)
    """Numbers of rows among the found ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._made: pg.PlotWidget | None = None
        self._item: Any = None
        self._bins: NDArray[np.intp] = np.zeros(0, np.intp)
        self._edges: NDArray[np.float64] = np.zeros(0)
        self._xy: NDArray[np.float64] = np.zeros((0, 2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    @property
    def _plot(self) -> pg.PlotWidget:
        """The plot, made when it is first drawn."""
        if self._made is None:
            plot = pg.PlotWidget(enableMenu=False)
            plot.hideButtons()
            plot.setMouseEnabled(x=False, y=False)
            plot.setFrameShape(plot.Shape.NoFrame)
            plot.setMinimumHeight(160)
            plot.scene().sigMouseClicked.connect(self._clicked)
            self.layout().addWidget(plot)
            self._made = plot
            self.retheme()
        return self._made

    def close_plot(self) -> None:
        """Let go of the plot's items, which have no owner but it."""
        plot, self._made, self._item = self._made, None, None
        if plot is not None:
            plot.close()
            plot.deleteLater()

    def show_nothing(self) -> None:
        """Empty the chart."""
        if self._made is not None:
            self._begin("", "")

    def show_histogram(self, histogram: Histogram, name: str) -> None:
        """Show counts between edges."""
        self._begin(name, tr("ask.how_count"))
        if not len(histogram.counts):
            return
        self._edges, self._bins = histogram.edges, histogram.bin_of_row
        self._add_bars(histogram.edges[:-1], np.diff(histogram.edges), histogram.counts)

    def show_bars(
        self, names: Sequence[str], counts: NDArray[Any], group_of_row: NDArray[np.intp], name: str
    ) -> None:
        """Show a bar for each word."""
        self._begin(name, tr("ask.how_count"))
        self._edges = np.arange(len(names) + 1) - 0.5
        self._bins = group_of_row
        self._add_bars(self._edges[:-1] + 0.1, np.full(len(names), 0.8), counts)
        self._plot.getAxis("bottom").setTicks([[(i, n[:14]) for i, n in enumerate(names)]])

    def show_scatter(
        self, x: NDArray[np.float64], y: NDArray[np.float64], names: tuple[str, str]
    ) -> float:
        """Show points; return the correlation of Pearson, NaN where there is none."""
        self._begin(*names)
        self._xy = np.column_stack([x, y])
        known = np.flatnonzero(np.isfinite(self._xy).all(axis=1))
        some = known[np.linspace(0, len(known) - 1, min(len(known), MOST_POINTS)).astype(int)]
        colour = QColor(current_palette().accent)
        colour.setAlphaF(0.55)
        self._item = pg.ScatterPlotItem(
            x[some], y[some], size=5, pen=None, brush=pg.mkBrush(colour), pxMode=True
        )
        self._plot.addItem(self._item)
        varied = len(known) > 2 and np.ptp(x[known]) > 0 and np.ptp(y[known]) > 0
        return float(np.corrcoef(x[known], y[known])[0, 1]) if varied else float("nan")

    def choose_at(self, x: float, y: float) -> None:
        """Choose the rows of the bar, or the point, at a place of the axes."""
        if len(self._edges):
            number = int(np.searchsorted(self._edges, x, side="right")) - 1
            if 0 <= number < len(self._edges) - 1:
                self.rows_chosen.emit(np.flatnonzero(self._bins == number))
        elif len(self._xy):
            (left, right), (low, high) = self._plot.getViewBox().viewRange()
            size = np.array([right - left or 1.0, high - low or 1.0])
            away = np.linalg.norm((self._xy - (x, y)) / size, axis=1)
            if np.nanmin(away, initial=np.inf) <= REACH:
                self.rows_chosen.emit(np.array([int(np.nanargmin(away))]))

    def retheme(self) -> None:
        """Take over the theme's colours."""
        if self._made is None:
            return
        palette = current_palette()
        self._plot.setBackground(QColor(palette.panel))
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(QColor(palette.border))
            axis.setTextPen(QColor(palette.muted))
            axis.setStyle(tickFont=font(10))
        if isinstance(self._item, pg.BarGraphItem):
            self._item.setOpts(brush=QColor(palette.accent), pen=QColor(palette.panel))

    def _begin(self, bottom: str, left: str) -> None:
        self._plot.clear()
        self._item = None
        self._edges, self._xy = np.zeros(0), np.zeros((0, 2))
        self._plot.getAxis("bottom").setTicks(None)
        self._plot.setLabel("bottom", bottom)
        self._plot.setLabel("left", left)
        self._plot.setAccessibleName(f"{bottom} {left}")
        self._plot.enableAutoRange()

    def _add_bars(self, left: NDArray[Any], width: NDArray[Any], counts: NDArray[Any]) -> None:
        palette = current_palette()
        self._item = pg.BarGraphItem(
            x0=left, width=width, height=np.nan_to_num(counts), brush=QColor(palette.accent),
            pen=QColor(palette.panel),
        )  # fmt: skip
        self._plot.addItem(self._item)

    def _clicked(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            place = self._plot.getViewBox().mapSceneToView(QPointF(event.scenePos()))
            self.choose_at(place.x(), place.y())
