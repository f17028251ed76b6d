"""Values along a traced way as curves: temperature and pressure, or voltage, from the source to the end."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtWidgets import QVBoxLayout, QWidget

from twin.network.profile import Profile
from ui.forms.parts import clear
from ui.i18n import tr
from ui.text import font
from ui.theme import current_palette

COLOURS = {"temperature": "#c4533a", "pressure": "#3a6ea5", "voltage": "#8a6bab"}


class ProfileView(QWidget):
    """One plot below the other, all over the same metres."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._shown: tuple[Profile, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self._shown

    def show_profiles(self, profiles: Sequence[Profile]) -> None:
        """Show other curves."""
        self._shown = tuple(profiles)
        self._draw()

    def retheme(self) -> None:
        """Draw again in the colours of the theme."""
        self._draw()

    def _draw(self) -> None:
        clear(self._column)
        palette = current_palette()
        for profile in self._shown:
            plot = pg.PlotWidget(enableMenu=False, background=palette.base)
            plot.setMouseEnabled(x=False, y=False)
            plot.hideButtons()
            title = f"{tr(f'networks.quantity.{profile.quantity}')} ({profile.unit})"
            for side, words in (("left", title), ("bottom", tr("networks.metres_from_source"))):
                axis = plot.getAxis(side)
                axis.setLabel(words)
                axis.setPen(palette.muted)
                axis.setTextPen(palette.muted)
                axis.setStyle(tickFont=font(11))
            pen = pg.mkPen(COLOURS.get(profile.quantity, palette.accent), width=2)
            plot.plot(profile.distance_m, profile.value, pen=pen, symbol="o", symbolSize=5,
                      symbolBrush=pen.color(), symbolPen=None, connect="finite", antialias=True)  # fmt: skip
            plot.setMinimumHeight(110)
            plot.setAccessibleName(title)
            self._column.addWidget(plot)
