"""One view of a comparison: a session of its own with a variant, a moment, and colours for what differs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtCore import QDateTime, QObject, QTimeZone, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from twin.drawables import Role
from twin.shapes.subset import of_rows
from twin.work.differences import ADDED, CHANGED, KINDS, REMOVED, Difference, rows_of
from twin.work.runtime import LayerRuntime
from twin.work.session import Session
from ui.bridge import Bridge
from ui.forms.boxes import MomentBox
from ui.forms.narrow import narrow
from ui.forms.parts import IconButton
from ui.i18n import text, tr
from ui.i18n.formats import date as day
from ui.viewport import Viewport

if TYPE_CHECKING:
    from ui.window.main import MainWindow

RGBA = {ADDED: (35, 139, 69, 255), REMOVED: (203, 24, 29, 255), CHANGED: (254, 178, 76, 255)}
GHOST = "~ghost "
GHOST_OPACITY, GONE_OPACITY = 0.38, 0.6
"""Of what the other state has instead, and of what it alone has."""


class Side(QObject):
    """A view and what it shows; :class:`ui.planner.swipe.Sights` lays ``head`` and ``viewport`` out.

    Parameters
    ----------
    window : MainWindow
        Its project is shown, and its clock followed until the view gets a moment of its own.
    """

    changed = Signal()
    """Another variant or moment, or what it shows has been loaded."""

    def __init__(self, window: MainWindow, variant: str, parent: QWidget) -> None:
        super().__init__(parent)
        given = window.session
        assert given is not None  # noqa: S101 - open_compare asks first
        self._main = given
        self._filling = False
        self.bridge = Bridge(self)
        self.viewport = Viewport(parent)
        self.session = Session(
            given.project, given.folder, given.registry, deliver=self.bridge.deliver
        )
        self.head = QWidget(parent)
        self.chosen = narrow(QComboBox())
        self.moment = MomentBox()
        self.follows = IconButton("mdi6.link-variant")
        self.follows.setCheckable(True)
        self.follows.setChecked(True)
        row = QHBoxLayout(self.head)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.chosen, 1)
        row.addWidget(self.moment)
        row.addWidget(self.follows)
        self.session.clock.set(given.clock.at)
        self.session.set_variant(variant)
        self.session.start()
        self.viewport.set_session(self.session)
        self._connect()
        self.retranslate()
        self.retheme()

    # What it shows.

    def set_variant(self, variant: str) -> None:
        """Show another variant."""
        self.session.set_variant(variant)

    def set_moment(self, at: datetime) -> None:
        """Show another moment; from now on the view has a clock of its own."""
        self.follows.setChecked(False)
        self.session.clock.set(at)

    def take_time(self, at: datetime) -> None:
        """Follow the clock of the window, unless the view has its own moment."""
        if self.follows.isChecked():
            self.session.clock.set(at)

    def take_project(self) -> None:
        """Show the project as it is now."""
        project = self._main.project
        self.session.do("compare.title", lambda _before: project)
        self.retranslate()

    @property
    def title(self) -> str:
        """Variant and day in words."""
        return f"{self.chosen.currentText()}, {day(self.moment.dateTime().toPython(), long=False)}"

    @property
    def loaded(self) -> bool:
        """Whether everything that is shown is there."""
        return not any(r.busy for r in self.session.layers() if r.spec.visible)

    # What differs.

    def show_plain(self) -> None:
        """Colour everything as the project says, with no ghosts."""
        for layer in self.viewport.stage.layer_ids:
            if layer.startswith(GHOST):
                self.viewport.stage.remove_layer(layer)
        for runtime in self.session.layers():
            self._recolour(runtime, runtime.rgba)
        self.viewport.scene.refresh()

    def show_colours(self, found: Sequence[Difference]) -> None:
        """Colour what was added or changed against the first state."""
        for runtime in self.session.layers():
            rgba = runtime.rgba.copy()
            for kind in (ADDED, CHANGED):
                rows = rows_of(found, runtime.spec.id, kind, after=True)
                rgba[rows[rows < len(rgba)]] = RGBA[kind]
            self._recolour(runtime, rgba)
        self.viewport.scene.refresh()

    def show_ghosts(self, other: Side, found: Sequence[Difference], *, gone_only: bool) -> None:
        """Let what another state has instead shine through: only what is gone, in red, or all in its colours."""
        for runtime in other.session.layers():
            layer = runtime.spec.id
            kinds = (REMOVED,) if gone_only else KINDS
            parts = [rows_of(found, layer, kind, after=False) for kind in kinds]
            rows = np.concatenate(parts)
            rgba = runtime.rgba.copy()
            if gone_only:
                rgba[rows[rows < len(rgba)]] = RGBA[REMOVED]
            self._ghost(runtime, rows, rgba, GONE_OPACITY if gone_only else GHOST_OPACITY)
        self.viewport.scene.refresh()

    def end(self) -> None:
        """Let go of everything."""
        self.session.layer_changed.disconnect(self._on_layer, missing_ok=True)
        self.session.variant_changed.disconnect(self._on_variant, missing_ok=True)
        self.session.clock.changed.disconnect(self._on_clock, missing_ok=True)
        self.viewport.set_session(None)
        self.viewport.close()
        self.bridge.close()
        self.session.close()
        for widget in (self.head, self.viewport):
            widget.setParent(None)
            widget.deleteLater()

    def retheme(self) -> None:
        """Draw icons and the view in the colours of the theme."""
        self.follows.retheme()
        self.viewport.retheme()

    def retranslate(self) -> None:
        """Word everything again."""
        self._filling = True
        self.chosen.clear()
        self.chosen.addItem(tr("plan.as_it_is"), "")
        for known in self.session.project.variants:
            self.chosen.addItem(text(known.label, known.id), known.id)
        self.chosen.setCurrentIndex(max(0, self.chosen.findData(self.session.variant)))
        self.chosen.setAccessibleName(tr("plan.variant"))
        self.moment.setAccessibleName(tr("compare.moment"))
        self.moment.setToolTip(tr("compare.moment"))
        self.follows.say(tr("compare.follows"))
        self._filling = False
        self._show_moment()

    # Inside.

    def _ghost(
        self, runtime: LayerRuntime, rows: np.ndarray, rgba: np.ndarray, opacity: float
    ) -> None:
        name, stage = GHOST + runtime.spec.id, self.viewport.stage
        solid = [d for d in runtime.drawables if getattr(d, "role", None) is not Role.GROUND]
        drawables = of_rows(solid, rows) if len(rows) and runtime.spec.visible else []
        if not drawables:
            stage.remove_layer(name)
            return
        shown = np.zeros(len(rgba), bool)
        shown[rows] = True
        stage.set_layer(
            name, drawables, rgba=rgba, rows_visible=shown, opacity=opacity, order=5_000
        )

    def _recolour(self, runtime: LayerRuntime, rgba: np.ndarray) -> None:
        if runtime.spec.id in self.viewport.stage.layer_ids and len(rgba):
            self.viewport.stage.recolour(runtime.spec.id, rgba)

    def _connect(self) -> None:
        self.chosen.currentIndexChanged.connect(self._take_variant)
        self.moment.dateTimeChanged.connect(self._take_moment)
        self.follows.toggled.connect(self._take_follows)
        self.session.layer_changed.connect(self._on_layer)
        self.session.variant_changed.connect(self._on_variant)
        self.session.clock.changed.connect(self._on_clock)

    def _take_variant(self, _index: int) -> None:
        if not self._filling:
            self.set_variant(str(self.chosen.currentData() or ""))

    def _take_moment(self, shown: QDateTime) -> None:
        if not self._filling:
            self.set_moment(datetime.fromtimestamp(shown.toSecsSinceEpoch(), self._zone))

    def _take_follows(self, on: bool) -> None:
        if on:
            self.session.clock.set(self._main.clock.at)

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.session.project.time_zone)

    def _show_moment(self) -> None:
        self._filling = True
        zone = QTimeZone(self.session.project.time_zone.encode())
        seconds = int(self.session.clock.at.timestamp())
        self.moment.setTimeZone(zone)
        self.moment.setDateTime(QDateTime.fromSecsSinceEpoch(seconds, zone))
        self._filling = False

    def _on_layer(self, _layer: str, aspects: frozenset[str]) -> None:
        if aspects & {"drawables", "colours", "rows"}:
            self.changed.emit()

    def _on_variant(self, variant: str) -> None:
        self._filling = True
        self.chosen.setCurrentIndex(max(0, self.chosen.findData(variant)))
        self._filling = False
        self.changed.emit()

    def _on_clock(self, _at: datetime) -> None:
        self._show_moment()
        self.changed.emit()
