"""A chart for an audience: few and large words, in the language of the story; the same on stage and in films."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from twin.model.layer import Series
from twin.show.card import RIGHT_TO_LEFT
from ui.docks.series_state import reading
from ui.i18n import catalogue
from ui.i18n.formats import unit_symbol
from ui.show.wording import isolated, locale_of
from ui.text import REGULAR, SEMIBOLD, font

GROUND, INK, SOFT = QColor(18, 26, 33), QColor("#ffffff"), QColor("#ccd8e0")
GOLD, BLUE, GRID = QColor("#ffcc5c"), QColor("#7cc4f0"), QColor(255, 255, 255, 40)
ALIGNED = {True: Qt.AlignmentFlag.AlignRight, False: Qt.AlignmentFlag.AlignLeft}
DAY_S = 86_400.0
MOST_TICKS = 5
HOURS = (1, 2, 3, 6, 12, 24)
ROOM = 0.08
"""Above and below the values, as a part of their span."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StageChart:
    """A series as an audience reads it.

    Parameters
    ----------
    time_zone : str
        In which hours are written.
    """

    series: Series
    language: str
    time_zone: str

    @property
    def title(self) -> str:
        """Name and unit."""
        unit = unit_symbol(self.series.unit)
        return _said(self.series.name, self.language) + (f" ({unit})" if unit else "")

    def value_at(self, at: datetime) -> str:
        """Return the value of a moment as it is written, empty where there is none."""
        value = reading(self.series, at).value
        if value is None:
            return ""
        unit = unit_symbol(self.series.unit)
        written = locale_of(self.language).toString(value, "f", 0 if abs(value) >= 100 else 1)
        return isolated(f"{written} {unit}".strip(), self.language)

    def paint(self, painter: QPainter, area: QRectF, at: datetime) -> None:
        """Draw the chart into an area, with what it says at a moment."""
        unit = area.height() / 240.0
        painter.fillRect(area, GROUND)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = area.adjusted(16 * unit, 10 * unit, -16 * unit, -10 * unit)
        mirrored = self.language in RIGHT_TO_LEFT
        head = QRectF(inner.left(), inner.top(), inner.width(), 30 * unit)
        _write(painter, head, self.title, ALIGNED[mirrored], (INK, 19 * unit, SEMIBOLD))
        _write(painter, head, self.value_at(at), ALIGNED[not mirrored], (GOLD, 22 * unit, SEMIBOLD))
        foot = QRectF(inner.left(), inner.bottom() - 18 * unit, inner.width(), 18 * unit)
        _write(painter, foot, self._source(), ALIGNED[mirrored], (SOFT, 11 * unit, REGULAR))
        self._draw(painter, inner.adjusted(46 * unit, 40 * unit, -4 * unit, -46 * unit), at, unit)

    def picture(self, size: tuple[int, int], at: datetime) -> NDArray[np.uint8]:
        """Return the chart as (h, w, 3) uint8."""
        width, height = size
        image = QImage(width, height, QImage.Format.Format_RGBX8888)
        painter = QPainter(image)
        self.paint(painter, QRectF(0, 0, width, height), at)
        painter.end()
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, width, 4)
        return np.ascontiguousarray(rows[..., :3])

    def _source(self) -> str:
        """Return how the values were obtained, and whose they are."""
        provenance = self.series.provenance
        quality = catalogue.find(f"quality.{provenance.quality.value}", self.language)
        return " · ".join(part for part in (str(quality or ""), provenance.source) if part)

    def _draw(self, painter: QPainter, area: QRectF, at: datetime, unit: float) -> None:
        """Draw grid, limits, lines and the moment."""
        every = [self.series, *self.series.beside]
        times = [_seconds(some) for some in every]
        known = np.concatenate([some.value[np.isfinite(some.value)] for some in every])
        if not len(known) or not len(times[0]):
            return
        begin, end = float(times[0][0]), float(max(times[0][-1], times[0][0] + 1))
        limits = list(self.series.thresholds.values())
        low, high = (
            float(min(known.min(), *limits, known.max())),
            float(max(known.max(), *limits, known.min())),
        )
        room = ROOM * ((high - low) or 1.0)
        low, high = low - room, high + room

        def place(seconds: float, value: float) -> QPointF:
            x = area.left() + (seconds - begin) / (end - begin) * area.width()
            return QPointF(x, area.bottom() - (value - low) / (high - low) * area.height())

        self._grid(painter, area, (low, high), unit)
        self._hours(painter, area, (begin, end), unit)
        painter.setPen(QPen(INK, 1.2 * unit, Qt.PenStyle.DashLine))
        for limit in limits:
            painter.drawLine(place(begin, limit), place(end, limit))
        for number, (some, at_s) in enumerate(zip(every, times, strict=True)):
            style = Qt.PenStyle.DashLine if number else Qt.PenStyle.SolidLine
            painter.setPen(QPen(BLUE if number else GOLD, 2.6 * unit, style))
            for part in _unbroken(some.value):
                points = [place(float(at_s[i]), float(some.value[i])) for i in part]
                painter.drawPolyline(QPolygonF(points))
        now = at.timestamp()
        if begin <= now <= end:
            painter.setPen(QPen(INK, 1.6 * unit))
            painter.drawLine(place(now, low), place(now, high))

    def _grid(
        self, painter: QPainter, area: QRectF, span: tuple[float, float], unit: float
    ) -> None:
        low, high = span
        step = _round_step((high - low) / 4)
        decimals = max(0, -int(np.floor(np.log10(step))))
        for value in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step:
            y = area.bottom() - (value - low) / (high - low) * area.height()
            painter.setPen(QPen(GRID, 1.0))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            written = locale_of(self.language).toString(float(value), "f", decimals)
            box = QRectF(area.left() - 60 * unit, y - 9 * unit, 54 * unit, 18 * unit)
            _write(painter, box, written, Qt.AlignmentFlag.AlignRight, (SOFT, 12 * unit, REGULAR))

    def _hours(
        self, painter: QPainter, area: QRectF, span: tuple[float, float], unit: float
    ) -> None:
        begin, end = span
        zone = ZoneInfo(self.time_zone)
        offset = datetime.fromtimestamp(begin, zone).utcoffset()
        shift = offset.total_seconds() if offset is not None else 0.0
        hours = next((h for h in HOURS if (end - begin) / 3600 / h <= MOST_TICKS), 24)
        step = (
            hours * 3600 * max(1, round((end - begin) / DAY_S / MOST_TICKS))
            if hours == 24
            else hours * 3600
        )
        first = np.ceil((begin + shift) / step) * step - shift
        for seconds in np.arange(first, end + 1, step):
            moment = datetime.fromtimestamp(float(seconds), zone)
            x = area.left() + (seconds - begin) / (end - begin) * area.width()
            written = (
                f"{moment:%H:%M}"
                if hours < 24
                else locale_of(self.language).toString(moment.date(), "d MMM")
            )
            box = QRectF(x - 40 * unit, area.bottom() + 4 * unit, 80 * unit, 18 * unit)
            _write(painter, box, written, Qt.AlignmentFlag.AlignHCenter, (SOFT, 12 * unit, REGULAR))


class StageChartView(QWidget):
    """A chart in the corner of the stage."""

    def __init__(self, chart: StageChart, at: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = chart
        self.show_time(at)

    def show_time(self, at: datetime) -> None:
        """Say what the chart says at another moment."""
        self._at = at
        self.setAccessibleName(f"{self.chart.title}: {self.chart.value_at(at)}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        self.chart.paint(painter, QRectF(self.rect()), self._at)
        painter.end()


def _write(
    painter: QPainter,
    box: QRectF,
    words: str,
    way: Qt.AlignmentFlag,
    ink: tuple[QColor, float, int],
) -> None:
    """Write one line; ``ink``: colour, size in pixels, weight."""
    colour, px, weight = ink
    painter.setFont(font(max(round(px), 8), weight))
    painter.setPen(colour)
    # Qt turns left and right round with the direction of a widget: here they mean what they say.
    painter.drawText(
        box, way | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, words
    )


def _said(words: object, language: str) -> str:
    texts = dict(words)  # type: ignore[call-overload]
    return str(texts.get(language) or texts.get("en") or next(iter(texts.values()), ""))


def _seconds(series: Series) -> NDArray[np.float64]:
    return series.time_utc.astype("datetime64[ms]").astype("int64") / 1e3


def _unbroken(value: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Return the rows of each stretch without a gap."""
    known = np.flatnonzero(np.isfinite(value))
    return np.split(known, np.flatnonzero(np.diff(known) > 1) + 1) if len(known) else []


def _round_step(rough: float) -> float:
    power = 10.0 ** np.floor(np.log10(rough))
    return float(next(n * power for n in (1.0, 2.0, 5.0, 10.0) if n * power >= rough))
