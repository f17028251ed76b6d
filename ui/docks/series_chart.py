"""A chart of one series: the line, its thresholds, the clock, and how honest its last value is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from twin.live.states import State
from twin.model.layer import Series
from ui.docks.series_state import Reading, reading
from ui.docks.sources_view import provenance_line, quality_chip
from ui.forms.parts import Chip, heading, muted
from ui.i18n import text, tr, translator
from ui.i18n.formats import age, date_time, number, quantity, unit_symbol, zone
from ui.text import font
from ui.theme import current_palette

if TYPE_CHECKING:
    from datetime import tzinfo

    from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

HEIGHT_PX = 150
ROOM = 0.14
"""Room above and below the values, as a part of their span."""
ROOM_FOR_WORDS = 0.24
"""Room above the values where a threshold is the highest: its words stand on it."""
MINUTE_S = 60
DAY_S = 86_400
TONES = {
    State.LIVE: "good",
    State.REPLAYED: "accent",
    State.SIMULATED: "warning",
    State.STALE: "danger",
    State.MISSING: "plain",
}


class SeriesChart(QWidget):
    """Chart of a series."""

    time_chosen = Signal(object)
    """A moment (aware datetime) that the user clicked."""

    def __init__(self, series: Series, zone_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series, self._zone = series, zone_name
        self._title, self._now, self._source = heading(px=13), muted(), muted(px=11)
        self._chip = Chip()
        self._axis = TimeAxis(zone(zone_name), _offset_s(series, zone_name))
        self._plot = pg.PlotWidget(axisItems={"bottom": self._axis}, enableMenu=False)
        self._line = self._plot.plot(
            _seconds(series), series.value, connect="finite", antialias=True
        )
        self._beside = [
            self._plot.plot(_seconds(other), other.value, connect="finite", antialias=True)
            for other in series.beside
        ]
        self._others = muted(px=11)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._limits = [(name, self._add_limit(y)) for name, y in series.thresholds.items()]
        self._plot.addItem(self._cursor)
        self._set_up_plot()
        self._arrange()
        self._plot.scene().sigMouseClicked.connect(self._clicked)
        self.retheme()
        self.retranslate()

    def show_time(self, at: datetime) -> None:
        """Move the cursor to a moment and tell what the series says then."""
        self._cursor.setValue(at.timestamp())
        now = reading(self._series, at)
        self._chip.show_as(tr(f"live.{now.state.value}"), TONES[now.state])
        self._now.setText(self._said(now))

    def retranslate(self) -> None:
        """Word everything again."""
        unit = unit_symbol(self._series.unit)
        name = text(self._series.name)
        self._title.setText(f"{name} ({unit})" if unit else name)
        self._plot.setAccessibleName(tr("attributes.chart_of", name=name))
        self._plot.setToolTip(tr("attributes.chart_tip"))
        self._source.setText(provenance_line(self._series.provenance))
        self._source.setVisible(bool(self._source.text()))
        names = ", ".join(text(other.name) for other in self._series.beside)
        self._others.setText(tr("attributes.chart_beside", names=names))
        self._others.setVisible(bool(names))
        for limit, line in self._limits:
            key = f"threshold.{limit}"
            line.label.setFormat(tr(key) if translator.has(key) else limit.replace("_", " "))
        self._axis.picture = None
        self._axis.update()

    def retheme(self) -> None:
        """Take over the theme's colours."""
        palette = current_palette()
        self._plot.setBackground(QColor(palette.panel))
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(QColor(palette.border))
            axis.setTextPen(QColor(palette.muted))
        self._line.setPen(pg.mkPen(palette.accent, width=1.8))
        for other in self._beside:
            other.setPen(pg.mkPen(palette.warning, width=1.4, style=Qt.PenStyle.DashLine))
        self._cursor.setPen(pg.mkPen(palette.text, width=1))
        for name, line in self._limits:
            colour = palette.danger if "alarm" in name else palette.warning
            line.setPen(pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine))
            line.label.setColor(colour)

    def close_plot(self) -> None:
        """Let go of the plot's items."""
        self._plot.close()

    def _set_up_plot(self) -> None:
        self._plot.setFixedHeight(HEIGHT_PX)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.hideButtons()
        self._plot.showGrid(x=False, y=True, alpha=0.15)
        left = self._plot.getAxis("left")
        left.setStyle(tickFont=font(10), tickTextOffset=4)
        left.setWidth(44)
        left.tickStrings = _number_strings
        self._axis.setStyle(tickFont=font(10), tickTextOffset=4)
        self._plot.getViewBox().setDefaultPadding(0.02)
        low, high = self._heights()
        span = high - low or abs(high) or 1.0
        above = ROOM_FOR_WORDS if high in self._series.thresholds.values() else ROOM
        self._plot.setYRange(low - ROOM * span, high + above * span, padding=0)

    def _heights(self) -> tuple[float, float]:
        """Return what the chart must hold: all values and all thresholds."""
        every = np.concatenate([self._series.value, *(o.value for o in self._series.beside)])
        held = [*every[np.isfinite(every)]]
        held += [limit for limit in self._series.thresholds.values() if np.isfinite(limit)]
        return (float(min(held)), float(max(held))) if held else (0.0, 1.0)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        quality = self._series.provenance.quality
        if quality.value not in (State.SIMULATED.value, State.REPLAYED.value, "unknown"):
            top.addWidget(quality_chip(quality))
        top.addWidget(self._chip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._now)
        layout.addWidget(self._plot)
        layout.addWidget(self._others)
        layout.addWidget(self._source)

    def _add_limit(self, y: float) -> pg.InfiniteLine:
        line = pg.InfiniteLine(
            pos=y, angle=0, label="", labelOpts={"position": 0.04, "anchors": [(0, 1), (0, 1)]}
        )
        line.label.setFont(font(10))
        self._plot.addItem(line)
        return line

    def _said(self, now: Reading) -> str:
        if now.value is None or now.at is None:
            return tr("attributes.no_reading")
        return tr(
            "attributes.reading",
            value=quantity(now.value, self._series.unit),
            at=date_time(now.at, self._zone),
            age=age(now.age),
        )

    def _clicked(self, event: MouseClickEvent) -> None:
        box = self._plot.getViewBox()
        if box.sceneBoundingRect().contains(QPointF(event.scenePos())):
            x = box.mapSceneToView(event.scenePos()).x()
            self.time_chosen.emit(datetime.fromtimestamp(x, UTC))


class TimeAxis(pg.DateAxisItem):
    """Times in the zone of the project, in the user's language."""

    def __init__(self, time_zone: tzinfo, offset_s: float) -> None:
        super().__init__(utcOffset=-offset_s)
        self._time_zone = time_zone

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Write hours within a day, days beyond."""
        del scale
        moments = [datetime.fromtimestamp(value, self._time_zone) for value in values]
        if spacing < MINUTE_S:
            return [f"{moment:%H:%M:%S}" for moment in moments]
        if spacing < DAY_S:
            return [f"{moment:%H:%M}" for moment in moments]
        locale = translator.locale
        style = "d MMM" if spacing < 28 * DAY_S else "MMM yyyy"
        return [locale.toString(moment.date(), style) for moment in moments]


def _number_strings(values: Sequence[float], scale: float, spacing: float) -> list[str]:
    del scale
    decimals = max(0, -int(np.floor(np.log10(spacing)))) if spacing < 1 else 0
    return [number(value, decimals) for value in values]


def _seconds(series: Series) -> Any:
    return series.time_utc.astype("datetime64[ns]").astype("int64") / 1e9


def _offset_s(series: Series, zone_name: str) -> float:
    """Offset from UTC in the middle of a series: ticks fall on whole local hours."""
    if not len(series.time_utc):
        return 0.0
    middle = _seconds(series)[len(series.time_utc) // 2]
    offset = datetime.fromtimestamp(middle, zone(zone_name)).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0
