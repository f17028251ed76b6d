"""Charts of several series over one another, on the clock: zoom, statistics, export."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.work.jobs import Job
from ui.docks.panel import Panel
from ui.docks.series_chart import TimeAxis
from ui.forms.parts import EmptyState, IconButton
from ui.i18n import text, tr
from ui.i18n.formats import unit_symbol, zone
from ui.icons import icon
from ui.living.charted import Shown, again, numbers_of, series_of, write_csv
from ui.text import font
from ui.theme import current_palette

if TYPE_CHECKING:
    from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

    from twin.work.session import Session

COLOURS = ("#2f6fb0", "#d1702b", "#3a8f5f", "#a0468f", "#7a6a2f", "#c2362f", "#4d8fa6", "#6b5fae")
"""Told apart by lightness as well as by hue."""

MOST = 8
NAME_PX = 150
RENEW_MS = 1000
COLUMNS = ("series", "now", "least", "mean", "most", "count")


class ChartsPanel(Panel):
    """Several series with one time axis, which shows the clock."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self._shown: list[Shown] = []
        self._lines: list[pg.PlotDataItem] = []
        self._reading: Job | None = None
        self._add = QPushButton(flat=True)
        self._drop = IconButton("mdi6.close-circle-outline", self.clear_series)
        self._fit = IconButton("mdi6.fit-to-page-outline", self.fit)
        self._save = IconButton("mdi6.download-outline", self._ask_where)
        self.plot: pg.PlotWidget | None = None
        self._cursor = pg.InfiniteLine(angle=90, movable=True)
        self.table = QTableWidget(0, len(COLUMNS))
        self._empty = EmptyState("mdi6.chart-multiline")
        self._later = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._later.timeout.connect(self._read_again)
        self._arrange()
        self._add.clicked.connect(lambda _checked=False: self.add_selected())
        self._begin()

    def retranslate(self) -> None:
        """See base."""
        self._add.setText(tr("charts.add"))
        self._drop.say(tr("charts.clear"))
        self._fit.say(tr("charts.fit"))
        self._save.say(tr("charts.save"))
        self._empty.say(tr("charts.empty"), tr("charts.empty_advice"))
        self.table.setHorizontalHeaderLabels([tr(f"charts.column.{name}") for name in COLUMNS])
        self.table.setAccessibleName(tr("charts.numbers"))
        if self.plot is not None:
            self.plot.setAccessibleName(tr("dock.charts"))

    def retheme(self) -> None:
        """See base."""
        palette = current_palette()
        self._add.setIcon(icon("mdi6.chart-line"))
        for part in (self._drop, self._fit, self._save, self._empty):
            part.retheme()
        if self.plot is None:
            return
        self.plot.setBackground(QColor(palette.panel))
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(QColor(palette.border))
            axis.setTextPen(QColor(palette.muted))
        self._cursor.setPen(pg.mkPen(palette.text, width=1))
        self._cursor.setHoverPen(pg.mkPen(palette.accent, width=2))

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.addWidget(self._add)
        bar.addStretch(1)
        for button in (self._fit, self._save, self._drop):
            bar.addWidget(button)
        self.table.verticalHeader().setVisible(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setFrameShape(QTableWidget.Shape.NoFrame)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.table.setColumnWidth(0, NAME_PX)
        header.setMinimumSectionSize(54)
        body = QWidget()
        self._beside = QHBoxLayout(body)
        self._beside.setContentsMargins(8, 0, 8, 6)
        self._beside.addWidget(self.table, 4)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)

    def _made(self) -> pg.PlotWidget:
        """Return the plot, made for the first series; it is closed with its session."""
        if self.plot is not None:
            return self.plot
        name = self._session.project.time_zone if self._session is not None else "UTC"
        axis = TimeAxis(zone(name), 0.0)
        axis.setStyle(tickFont=font(10))
        plot = self.plot = pg.PlotWidget(axisItems={"bottom": axis}, enableMenu=False)
        self._cursor = pg.InfiniteLine(angle=90, movable=True)
        plot.addItem(self._cursor)
        plot.showGrid(x=False, y=True, alpha=0.15)
        plot.setMouseEnabled(x=True, y=False)
        plot.hideButtons()
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.getAxis("left").setStyle(tickFont=font(10))
        plot.getAxis("left").setWidth(48)
        plot.scene().sigMouseClicked.connect(self._clicked)
        plot.getViewBox().sigXRangeChanged.connect(lambda *_: self._show_numbers())
        self._cursor.sigDragged.connect(self._dragged)
        self._beside.insertWidget(0, plot, 5)
        self.retheme()
        self.retranslate()
        return plot

    def _close_plot(self) -> None:
        plot, self.plot = self.plot, None
        self._lines = []
        if plot is not None:
            self._beside.removeWidget(plot)
            plot.close()
            plot.deleteLater()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.clock.changed, self._on_time)
        self._links.connect(session.layer_changed, self._on_layer)
        self._links.connect(session.selection.changed, lambda _f: self._update())

    def set_session(self, session: Session | None) -> None:
        """See base; another session has other series, another language has not."""
        self._shown = []
        super().set_session(session)

    def _refresh(self) -> None:
        self._later.stop()
        self._close_plot()
        self._draw()
        self.fit()

    def _update(self) -> None:
        session = self._session
        self._add.setEnabled(session is not None and bool(session.selection.features))

    # Series.

    def add_selected(self) -> None:
        """Add the series of what is selected."""
        session = self._session
        if session is None:
            return
        known = {(s.layer, s.feature, text(s.series.name)) for s in self._shown}
        for layer, feature in sorted(session.selection.features):
            for found in series_of(session, layer, feature):
                if (layer, feature, text(found.series.name)) not in known:
                    self._shown.append(found)
        self._shown = self._shown[:MOST]
        self._draw()
        self.fit()

    def clear_series(self) -> None:
        """Show nothing."""
        self._shown = []
        self._draw()

    def fit(self) -> None:
        """Show the whole of every series."""
        ends = [s.seconds[[0, -1]] for s in self._shown if len(s.series.time_utc)]
        if ends and self.plot is not None:
            low, high = min(e[0] for e in ends), max(e[1] for e in ends)
            self.plot.setXRange(low, max(high, low + 60.0), padding=0.02)
            self.plot.enableAutoRange(axis="y")

    def _on_layer(self, layer: str, aspects: frozenset[str]) -> None:
        mine = any(s.layer == layer for s in self._shown)
        if mine and aspects & {"columns", "table"}:
            self._read_soon()
        if "removed" in aspects:
            self._shown = [s for s in self._shown if s.layer != layer]
            self._draw()

    def _read_soon(self) -> None:
        """Read again in a while; asked ten times a second, it is not put off each time."""
        if not self._later.isActive() and self.isVisible():
            self._later.start()

    def _read_again(self) -> None:
        """Read what grew, on a worker: of a long history that takes a while."""
        session, before = self._session, tuple(self._shown)
        if session is None or not before or self._reading in session.jobs.running:
            return
        self._reading = session.jobs.run(
            Job("job.series", before[0].layer),
            lambda _job: again(session, before),
            done=lambda found: self._take(before, found),
            failed=lambda _problem: None,  # what is drawn stays
        )

    def _take(self, before: tuple[Shown, ...], found: list[Shown]) -> None:
        """Draw what was read, unless other series are shown by now."""
        if tuple(map(id, before)) != tuple(map(id, self._shown)) or len(found) != len(before):
            return
        self._shown = found
        for line, shown in zip(self._lines, found, strict=True):
            line.setData(shown.seconds, shown.series.value)
        self._show_numbers()

    def _draw(self) -> None:
        if self._shown:
            self._draw_lines(self._made())
        elif self.plot is not None:
            self._draw_lines(self.plot)
        self._stack.setCurrentIndex(1 if self._shown else 0)
        for button in (self._drop, self._fit, self._save):
            button.setEnabled(bool(self._shown))
        if self._session is not None and self.plot is not None:
            self._cursor.setValue(self._session.clock.at.timestamp())
        self._show_numbers()
        self._update()

    def _draw_lines(self, plot: pg.PlotWidget) -> None:
        for line in self._lines:
            plot.removeItem(line)
        self._lines = [
            plot.plot(
                shown.seconds,
                shown.series.value,
                connect="finite",
                antialias=True,
                pen=pg.mkPen(COLOURS[i % len(COLOURS)], width=1.8),
            )
            for i, shown in enumerate(self._shown)
        ]
        for line in self._lines:
            line.setDownsampling(auto=True, method="peak")
            line.setClipToView(True)
        units = {unit_symbol(s.series.unit) for s in self._shown}
        plot.setLabel("left", units.pop() if len(units) == 1 else "")

    def _range(self) -> tuple[float, float]:
        if self.plot is None:
            return 0.0, 0.0
        low, high = self.plot.getViewBox().viewRange()[0]
        return float(low), float(high)

    def _show_numbers(self) -> None:
        low, high = self._range()
        at = self._session.clock.at.timestamp() if self._session is not None else high
        self.table.setRowCount(len(self._shown))
        for row, shown in enumerate(self._shown):
            name = f"{shown.title} · {text(shown.series.name)}"
            cells = [name, *numbers_of(shown, low, high, at)]
            for column, words in enumerate(cells):
                item = QTableWidgetItem(words)
                if column == 0:
                    item.setForeground(QColor(COLOURS[row % len(COLOURS)]))
                    item.setToolTip(name)
                else:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)

    # The clock.

    def _on_time(self, at: datetime) -> None:
        if not self._shown:
            return
        seconds = at.timestamp()
        self._cursor.setValue(seconds)
        low, high = self._range()
        if self.plot is None:
            return
        if self._session is not None and self._session.clock.playing and not low <= seconds <= high:
            span = high - low
            self.plot.setXRange(seconds - 0.8 * span, seconds + 0.2 * span, padding=0)
        self._read_soon()

    def _clicked(self, event: MouseClickEvent) -> None:
        if self.plot is None:
            return
        box = self.plot.getViewBox()
        if self._shown and box.sceneBoundingRect().contains(QPointF(event.scenePos())):
            self._go_to(box.mapSceneToView(event.scenePos()).x())

    def _dragged(self, line: pg.InfiniteLine) -> None:
        self._go_to(line.value())

    def _go_to(self, seconds: float) -> None:
        if self._session is not None:
            self._session.clock.set(datetime.fromtimestamp(seconds, UTC))

    # Export.

    def _ask_where(self) -> None:
        path, _kind = QFileDialog.getSaveFileName(
            self, tr("charts.save"), "series.csv", "CSV (*.csv);;PNG (*.png)"
        )
        if path:
            self.save(Path(path))

    def save(self, path: Path) -> None:
        """Write what is in view: a table of values, or a picture of the chart."""
        if path.suffix.lower() == ".png" and self.plot is not None:
            self.plot.grab().save(str(path), "PNG")
            return
        write_csv(path, self._shown, self._range())
