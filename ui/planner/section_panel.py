"""Sections: a plane or a box cuts the scene open, its faces are filled, and the drawing of a plane is saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPushButton, QSlider, QVBoxLayout

from twin.analysis import cuts
from twin.analysis.elevation import DEPTH_M, beyond
from twin.export.drawing import write_drawing
from twin.work.jobs import Job
from twin.work.town import town_of
from ui.docks.panel import Panel
from ui.forms.narrow import beside, form_label, narrow_form
from ui.forms.parts import IconButton, Line, muted, wrapping
from ui.i18n import tr
from ui.i18n.formats import quantity
from ui.planner.drawing import DrawTool
from ui.planner.plan_work import metres

if TYPE_CHECKING:
    from ui.window.main import MainWindow

REACH_M = 400
SLIDER_PER_M = 10
USUAL_HEIGHT_M = 15.0


class SectionPanel(Panel):
    """Cuts the scene open while the panel is in sight."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._tool: DrawTool | None = None
        self._section = window.viewport.section
        self._planes: tuple[cuts.Plane, ...] = ()
        self.by_line, self.by_box = QPushButton(checkable=True), QPushButton(checkable=True)
        self.by_level = QPushButton()
        self.height = metres(USUAL_HEIGHT_M, -100.0, 2_000.0)
        self.shift = QSlider(Qt.Orientation.Horizontal)
        self.shift.setRange(-REACH_M * SLIDER_PER_M, REACH_M * SLIDER_PER_M)
        self.flip, self.look, self.off = QPushButton(), QPushButton(), QPushButton()
        self.beyond, self.depth = QCheckBox(), metres(DEPTH_M, 5.0, 2_000.0, 10.0)
        self.beyond.setChecked(True)
        self.said, self.advice = wrapping(), muted()
        self._height_label, self._shift_label = form_label(), form_label()
        self._save = IconButton("mdi6.tray-arrow-down", self._ask_save)
        self._arrange()
        self._connect()
        self._begin()

    # What is cut.

    def cut_line(self, xyz_in_scene: np.ndarray) -> None:
        """Cut along the line between two places; what lies behind it stays."""
        self._take((cuts.through(xyz_in_scene[0], xyz_in_scene[-1]),))

    def cut_level(self) -> None:
        """Cut at a height above the ground of what is looked at."""
        session = self._session
        if session is None:
            return
        at = self._window.viewport.stage.camera.target
        ground = float(session.ground.height_m(at[None, :2])[0])
        self._take((cuts.level(ground + self.height.value()),))

    def cut_box(self, xyz_in_scene: np.ndarray) -> None:
        """Keep what lies between two corners, up to the height of the field."""
        low, high = xyz_in_scene.min(axis=0), xyz_in_scene.max(axis=0)
        top = float(high[2]) + self.height.value()
        self._take(cuts.box(low, np.array([high[0], high[1], top])))

    def planes(self) -> tuple[cuts.Plane, ...]:
        """Return the planes as they are shifted now."""
        shift = self.shift.value() / SLIDER_PER_M
        return tuple(plane.moved(shift) for plane in self._planes)

    def clear(self) -> None:
        """Close the scene again."""
        self._planes = ()
        self._apply()

    def turn_round(self) -> None:
        """Keep the other side of the plane."""
        if len(self._planes) == 1:
            self._planes = (self._planes[0].flipped(),)
            self.shift.setValue(-self.shift.value())
            self._apply()

    def look_at(self) -> None:
        """Look at the face of the plane, upright."""
        planes = self.planes()
        if not planes:
            return
        plane = planes[0]
        centre = plane.origin + plane.along * (plane.length_m or 0.0) / 2
        away = max(plane.length_m or 100.0, 40.0)
        session = self._session
        ground = float(session.ground.height_m(centre[None, :2])[0]) if session else 0.0
        target = np.array([centre[0], centre[1], ground + 0.1 * away])
        from twin.render.pose import pose_from

        position = target - plane.normal * away + np.array([0.0, 0.0, 0.12 * away])
        self._window.viewport.pilot.fly(pose_from(position, target, 40.0))

    def save(self, path: Path) -> None:
        """Write the drawing of the first plane, with what is seen beyond it, on a worker."""
        session, faces = self._session, self._section.faces
        if session is None or not faces:
            self._window.say("section.none")
            return
        plane, found = faces[0]
        town = town_of(session) if self.beyond.isChecked() else None
        depth_m, zero_m = self.depth.value(), session.project.frame.origin[2]

        def work(job: Job) -> None:
            behind = beyond(town, plane, job, depth_m=depth_m) if town is not None else []
            write_drawing(path, [*behind, *found], zero_m)

        session.jobs.run(
            Job("job.export", path.name),
            work,
            done=lambda _none: self._window.say("status.exported", file=path.name),
            failed=self._window.tell,
        )

    # The panel.

    def retranslate(self) -> None:
        """See base."""
        for name in ("by_line", "by_box", "by_level", "flip", "look", "off"):
            getattr(self, name).setText(tr(f"section.{name}"))
        self._height_label.setText(tr("section.height"))
        self.beyond.setText(tr("section.beyond"))
        self.beyond.setToolTip(tr("section.beyond_advice"))
        self.depth.setAccessibleName(tr("section.beyond"))
        self._shift_label.setText(tr("section.shift"))
        self.shift.setAccessibleName(tr("section.shift"))
        self.advice.setText(tr("section.advice"))
        self._save.say(tr("section.save"))
        self._say()

    def retheme(self) -> None:
        """See base."""
        self._save.retheme()

    def hideEvent(self, event: object) -> None:
        """Close the scene when the panel is put away."""
        super().hideEvent(event)  # type: ignore[arg-type]
        if self._planes:
            self.clear()

    def _refresh(self) -> None:
        self.setEnabled(self._session is not None)
        if self._planes:
            self.clear()
        self._offer()

    def _take(self, planes: tuple[cuts.Plane, ...]) -> None:
        self._planes = planes
        self.shift.blockSignals(True)
        self.shift.setValue(0)
        self.shift.blockSignals(False)
        if self._tool is not None and self._window.viewport.tool is self._tool:
            self._window.viewport.take_tool(None)
        self._apply()

    def _apply(self) -> None:
        """Cut at once; the faces follow when they are computed."""
        self._section.show(self.planes())
        self._offer()

    def _offer(self) -> None:
        """Offer what can be done with the planes that there are."""
        for button in (self.flip, self._save):
            button.setEnabled(len(self._planes) == 1)
        for widget in (self.look, self.off, self.shift):
            widget.setEnabled(bool(self._planes))

    def _say(self) -> None:
        found = [cut for _, some in self._section.faces for cut in some if cut.part == cuts.BUILT]
        if not self._planes:
            self.said.setText("")
            return
        area = quantity(sum(float(cut.shape.area) for cut in found), "m²", 0)
        self.said.setText(tr("section.said", count=len({c.feature for c in found}), area=area))

    def _draw(self, button: QPushButton, on: bool) -> None:
        if not on:
            if self._tool is not None and self._window.viewport.tool is self._tool:
                self._window.viewport.take_tool(None)
            return
        tool = DrawTool(self._window.viewport, on_ground=True, most=2)
        tool.done.connect(self.cut_line if button is self.by_line else self.cut_box)
        tool.left.connect(lambda: button.setChecked(False))
        self._window.viewport.take_tool(tool)
        self._window.viewport.setFocus()
        self._tool = tool

    def _ask_save(self) -> None:
        kinds = ("SVG (*.svg)", "DXF (*.dxf)")
        chosen, kind = QFileDialog.getSaveFileName(
            self, tr("section.save"), str(Path.home() / "section.svg"), ";;".join(kinds)
        )
        if chosen:
            path = Path(chosen)
            if path.suffix.lower() not in (".svg", ".dxf"):
                path = path.with_name(path.name + kind[kind.index("*") + 1 : -1])
            self.save(path)

    def _connect(self) -> None:
        self.by_line.toggled.connect(lambda on: self._draw(self.by_line, on))
        self.by_box.toggled.connect(lambda on: self._draw(self.by_box, on))
        self.by_level.clicked.connect(self.cut_level)
        self._section.changed.connect(self._say)
        self._section.failed.connect(self._window.tell)
        self.shift.valueChanged.connect(lambda _value: self._apply())
        self.flip.clicked.connect(self.turn_round)
        self.look.clicked.connect(self.look_at)
        self.off.clicked.connect(self.clear)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(self.advice)
        layout.addWidget(self.by_line)
        layout.addLayout(beside(self.by_level, self.by_box))
        form = narrow_form()
        form.addRow(self._height_label, self.height)
        layout.addLayout(form)
        layout.addWidget(Line())
        layout.addWidget(self._shift_label)
        layout.addWidget(self.shift)
        layout.addLayout(beside(self.flip, self.look))
        layout.addWidget(Line())
        layout.addLayout(beside(self.beyond, self.depth))
        layout.addLayout(beside(self.off, self._save))
        layout.addWidget(self.said)
        layout.addStretch(1)
