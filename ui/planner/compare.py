"""Comparing two to four states, each any variant at any moment: beside each other, swiped, as a ghost, as a list."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from twin.work.differences import Difference, differences
from ui.i18n import tr, translator
from ui.planner.compare_side import Side
from ui.planner.difference_list import DifferenceList
from ui.planner.swipe import Mode, Sights

if TYPE_CHECKING:
    from ui.window.main import MainWindow

MOST_VIEWS = 4
SETTLE_MS = 150
AROUND_M, ABOVE_M = 60.0, 20.0


def open_compare(window: MainWindow) -> CompareWindow | None:
    """Open the comparison of the project that is open: the city as it is beside a variant, or two variants."""
    session = window.session
    if session is None:
        return None
    made = CompareWindow(window)
    names = [v.id for v in session.project.variants]
    first = session.variant or next(iter(names), "")
    others = [name for name in names if name != first]
    made.show_variants([first, others[0]] if session.variant and others else ["", first])
    made.show()
    return made


class CompareWindow(QWidget):
    """The comparison. The first view is what the others are compared with."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self._following = False
        self._found: dict[int, tuple[Difference, ...]] = {}
        self.sides: list[Side] = []
        self.sights = Sights()
        self.mode = QComboBox()
        self.more, self.fewer = QPushButton("+"), QPushButton("−")
        self.colours = QCheckBox()
        self.list = DifferenceList()
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._compare)
        self._arrange()
        self._connect()
        self.resize(1300, 800)
        self.retranslate()

    def retranslate(self, _language: str = "") -> None:
        """Word everything again."""
        self.setWindowTitle(tr("compare.title"))
        self.colours.setText(tr("compare.colours"))
        self.more.setToolTip(tr("compare.more"))
        self.more.setAccessibleName(tr("compare.more"))
        self.fewer.setToolTip(tr("compare.fewer"))
        self.fewer.setAccessibleName(tr("compare.fewer"))
        self.mode.setAccessibleName(tr("compare.mode"))
        for row, mode in enumerate(Mode):
            self.mode.setItemText(row, tr(f"compare.mode_{mode.value}"))
        self.sights.line.retranslate()
        for side in self.sides:
            side.retranslate()
        self._fill()

    def retheme(self) -> None:
        """Take over the theme's colours."""
        for side in self.sides:
            side.retheme()
        self._fill()

    def show_variants(self, variants: list[str]) -> None:
        """Show one view for each variant, all from where the main view looks."""
        while self.sides:
            self._drop()
        for variant in variants[:MOST_VIEWS]:
            self._add(variant)
        self._lay_out()

    def set_mode(self, mode: Mode) -> None:
        """Compare in another way."""
        self.mode.setCurrentIndex(self.mode.findData(mode))

    def add_view(self) -> None:
        """Add a view of the next variant, or of the last one once all are shown."""
        session = self._window.session
        if session is None or len(self.sides) >= MOST_VIEWS:
            return
        shown = {side.session.variant for side in self.sides}
        names = ["", *(v.id for v in session.project.variants)]
        self._add(next((name for name in names if name not in shown), names[-1]))
        self.set_mode(Mode.BESIDE)
        self._lay_out()

    def remove_view(self) -> None:
        """Take the last view away; two stay."""
        if len(self.sides) > 2:
            self._drop()
            self._lay_out()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let go of every session and stage."""
        self._later.stop()
        while self.sides:
            self._drop()
        if self._window.session is not None:
            self._window.session.clock.changed.disconnect(self._on_time, missing_ok=True)
            self._window.session.project_changed.disconnect(self._on_project, missing_ok=True)
        super().closeEvent(event)

    # Views.

    def _add(self, variant: str) -> None:
        side = Side(self._window, variant, self.sights)
        camera = self.sides[0].viewport if self.sides else self._window.viewport
        side.viewport.pilot.set_animated(on=False)
        side.viewport.pilot.fly(camera.stage.camera.pose, 0.0)
        side.viewport.pilot.moved.connect(lambda: self._follow(side))
        side.changed.connect(self._later.start)
        self.sides.append(side)

    def _drop(self) -> None:
        side = self.sides.pop()
        side.changed.disconnect(self._later.start)
        self.sights.set_views([s.head for s in self.sides], [s.viewport for s in self.sides])
        side.end()

    def _lay_out(self) -> None:
        self.sights.set_views([s.head for s in self.sides], [s.viewport for s in self.sides])
        self.more.setEnabled(len(self.sides) < MOST_VIEWS)
        self.fewer.setEnabled(len(self.sides) > 2)
        self._later.start()

    def _take_mode(self, _index: int) -> None:
        self.sights.set_mode(Mode(self.mode.currentData()))
        self._dress()

    def _follow(self, leader: Side) -> None:
        if self._following:
            return
        self._following = True
        pose = leader.viewport.stage.camera.pose
        for side in self.sides:
            if side is not leader:
                side.viewport.stage.camera.pose = replace(pose)
                side.viewport.frames.request()
        self._following = False

    # What differs.

    def _compare(self) -> None:
        """Find what differs, once everything that is compared is loaded."""
        if not self.sides:
            return
        if not all(side.loaded for side in self.sides):
            self._later.start()
            return
        first = self.sides[0]
        self._found = {
            i: differences(first.session, side.session)
            for i, side in enumerate(self.sides)
            if i > 0
        }
        self._dress()
        self._fill()

    def _dress(self) -> None:
        """Give every view its colours and ghosts."""
        on, ghost = self.colours.isChecked(), self.sights.mode is Mode.GHOST
        for i, side in enumerate(self.sides):
            side.show_plain()
            found = self._found.get(i, ())
            if on and i:
                side.show_colours(found)
            if i and (on or ghost):
                side.show_ghosts(self.sides[0], found, gone_only=not ghost)

    def _fill(self) -> None:
        session = self._window.session
        if session is not None:
            titles = [side.title for side in self.sides]
            self.list.fill(session.project, titles, self._found)

    def _fly(self) -> None:
        """Look at the difference that is chosen in the list."""
        chosen = self.list.chosen()
        if chosen is None or chosen[0] >= len(self.sides):
            return  # nothing, or of a view that has just been taken away
        view, found = chosen
        after = found.row_after >= 0
        side = self.sides[view] if after else self.sides[0]
        row = found.row_after if after else found.row_before
        table = side.session.layer(found.layer).table
        if table is None or row < 0:
            return
        x, y = table.frame.geometry.iloc[row].centroid.coords[0][:2]
        origin = side.session.project.frame.origin
        x, y = x - origin[0], y - origin[1]
        z = float(side.session.ground.height_m(np.array([[x, y]]))[0])
        box = (x - AROUND_M, y - AROUND_M, z, x + AROUND_M, y + AROUND_M, z + ABOVE_M)
        side.viewport.fly_to_bounds(box)

    # What happens elsewhere.

    def _on_session(self, _session: object) -> None:
        self.close()

    def _on_time(self, at: datetime) -> None:
        for side in self.sides:
            side.take_time(at)

    def _on_project(self, _before: object, _after: object) -> None:
        for side in self.sides:
            side.take_project()
        self._later.start()

    def _connect(self) -> None:
        session = self._window.session
        if session is not None:
            session.clock.changed.connect(self._on_time)
            session.project_changed.connect(self._on_project)
        self._window.session_changed.connect(self._on_session)
        translator.language_changed.connect(self.retranslate)
        self._window.services.theme.changed.connect(self.retheme)
        self.more.clicked.connect(self.add_view)
        self.fewer.clicked.connect(self.remove_view)
        self.colours.toggled.connect(lambda _on: self._dress())
        self.mode.currentIndexChanged.connect(self._take_mode)
        self.list.currentItemChanged.connect(lambda *_: self._fly())

    def _arrange(self) -> None:
        for mode in Mode:
            self.mode.addItem(mode.value, mode)
        bar = QHBoxLayout()
        bar.addWidget(self.mode)
        bar.addWidget(self.colours, 1)
        bar.addWidget(self.fewer)
        bar.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(bar)
        layout.addWidget(self.sights, 1)
        layout.addWidget(self.list)
