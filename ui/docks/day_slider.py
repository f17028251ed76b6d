"""A slider over one day or several: night and light behind it, hours or days below it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QWidget

from ui.text import font, tabular
from ui.theme import current_palette

MINUTES = 24 * 60
BAND_PX = 6
HOURS = range(0, 25, 3)


DAY_PX = 58
"""Room that the name of a day takes."""


class DaySlider(QSlider):
    """Minutes of a day, or of several; the band behind shows when it is light."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, MINUTES - 1)
        self.setSingleStep(5)
        self.setPageStep(60)
        self.setMinimumWidth(180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._elevations: tuple[float, ...] = ()
        self._marks: tuple[tuple[float, str], ...] = ()
        self._days: tuple[str, ...] = ("",)

    def set_days(self, names: Sequence[str]) -> None:
        """Span several days, given by what is written below each; one day has its hours written instead."""
        made = tuple(names)
        if made != self._days:
            self._days = made
            self.setRange(0, len(made) * MINUTES - 1)
            self.setPageStep(60 if len(made) == 1 else MINUTES)
            self.update()

    def set_marks(self, marks: Sequence[tuple[float, str]]) -> None:
        """Set what happened: minutes after the first midnight, and the tone of each (a colour of the theme)."""
        made = tuple(marks)
        if made != self._marks:
            self._marks = made
            self.update()

    def set_daylight(self, elevation_deg: Sequence[float]) -> None:
        """Set the elevation of the sun at equal steps from the first midnight to the last."""
        made = tuple(elevation_deg)
        if made != self._elevations:
            self._elevations = made
            self.update()

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(360, 34)

    def minimumSizeHint(self) -> QSize:
        """See Qt."""
        return QSize(180, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the band, the hours, then the handle."""
        del event
        palette = current_palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_band(painter)
        self._paint_marks(painter)
        painter.setFont(tabular(font(9)))
        painter.setPen(QColor(palette.muted))
        for minute, words in self._ticks():
            box = QRectF(self._x_of(minute) - DAY_PX / 2, self._band().bottom() + 6, DAY_PX, 12)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        self._paint_handle(painter)

    def _ticks(self) -> list[tuple[int, str]]:
        """Return what is written below, and at which minute: hours, or as many days as there is room for."""
        if len(self._days) == 1:
            return [(hour * 60, f"{hour % 24:02d}") for hour in HOURS]
        every = max(1, ceil(len(self._days) * DAY_PX / max(1, self.width())))
        middle = MINUTES // 2
        return [(n * MINUTES + middle, words) for n, words in enumerate(self._days)][::every]

    def _paint_band(self, painter: QPainter) -> None:
        palette = current_palette()
        band = self._band()
        painter.setPen(Qt.PenStyle.NoPen)
        gradient = QLinearGradient(band.topLeft(), band.topRight())
        night, day = QColor(palette.outline), QColor(palette.warning)
        # By lightness, not by theme: the band is quieter than the handle on either ground.
        if QColor(palette.panel).lightnessF() > 0.5:
            day = day.lighter(260)
        else:
            night, day = QColor(palette.border), day.darker(120)
        last = max(len(self._elevations) - 1, 1)
        for place, elevation in enumerate(self._elevations):
            share = min(max((elevation + 6.0) / 18.0, 0.0), 1.0)
            gradient.setColorAt(place / last, _mixed(night, day, share))
        painter.setBrush(gradient if self._elevations else night)
        painter.drawRoundedRect(band, BAND_PX / 2, BAND_PX / 2)

    def _paint_marks(self, painter: QPainter) -> None:
        """Draw a small flag above the band for each thing that happened."""
        palette, band = current_palette(), self._band()
        painter.setPen(Qt.PenStyle.NoPen)
        for minute, tone in self._marks:
            painter.setBrush(QColor(str(getattr(palette, tone))))
            painter.drawRect(QRectF(self._x_of(minute) - 1.0, band.top() - 5.0, 2.5, 6.0))

    def _paint_handle(self, painter: QPainter) -> None:
        palette = current_palette()
        painter.setPen(QColor(palette.accent if self.hasFocus() else palette.outline))
        painter.setBrush(QColor(palette.base))
        painter.drawEllipse(QPointF(self._x_of(self.value()), self._band().center().y()), 7.0, 7.0)

    def _band(self) -> QRectF:
        return QRectF(10, 7, self.width() - 20, BAND_PX)

    def _x_of(self, minute: float) -> float:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        groove = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderGroove, self
        )
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        room = groove.width() - handle.width()
        return groove.left() + handle.width() / 2 + room * minute / self.maximum()


def _mixed(first: QColor, second: QColor, share: float) -> QColor:
    rest = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * rest + second.redF() * share,
        first.greenF() * rest + second.greenF() * share,
        first.blueF() * rest + second.blueF() * share,
    )
