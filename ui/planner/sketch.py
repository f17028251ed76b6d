"""Sketching in a variant and a phase: volumes drawn or put on a parcel, imported, demolished; earthworks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from twin.model import plans
from twin.work import developments as dev
from twin.work import importing
from twin.work.jobs import Job
from ui.forms.boxes import WholeBox
from ui.forms.narrow import form_label, narrow, narrow_form
from ui.forms.parts import Line, wrapping
from ui.i18n import tr
from ui.planner.drawing import DrawTool
from ui.planner.edit_box import EditBox
from ui.planner.objects_box import ObjectsBox
from ui.planner.plan_work import PlanWork, metres

if TYPE_CHECKING:
    from ui.planner.plans_panel import PlansPanel
    from ui.window.main import MainWindow

USES = ("housing", "office", "shop", "school", "public", "industry")
ROOFS = ("flat", "gabled", "hipped", "mono", "mansard")
MATERIALS = ("", "timber", "straw", "concrete", "brick", "stone")


class SketchBox(QWidget):
    """What can be done in the chosen variant and phase."""

    def __init__(self, window: MainWindow, panel: PlansPanel) -> None:
        super().__init__(panel)
        self._window, self._panel = window, panel
        self._work = PlanWork(window, panel)
        self.storeys, self.storey = WholeBox(), metres(3.0, 2.0, 6.0)
        self.setback, self.roof_rise = metres(0.0, 0.0, 50.0), metres(0.0, 0.0, 20.0)
        self.use, self.roof, self.material = (narrow(QComboBox()) for _ in range(3))
        self.draw = QPushButton(checkable=True)
        self.on_parcel, self.demolish = QPushButton(), QPushButton()
        self.import_, self.earth = QPushButton(), QPushButton(checkable=True)
        self.level = metres(0.0, -500.0, 9_000.0)
        self.edit, self.objects = EditBox(self._work, self), ObjectsBox(self._work)
        self.advice = wrapping()
        self._labels: dict[str, QLabel] = {}
        self._tool: DrawTool | None = None
        self._arrange()
        self._connect()

    def volume(self) -> dev.Volume:
        """Return the volume as the fields say."""
        return dev.Volume(
            storeys=self.storeys.value(),
            storey_m=self.storey.value(),
            setback_m=self.setback.value(),
            roof=str(self.roof.currentData() or "flat"),
            roof_m=self.roof_rise.value(),
            use=str(self.use.currentData() or "housing"),
            material=str(self.material.currentData() or ""),
        )

    def retranslate(self) -> None:
        """Word everything again."""
        for name, label in self._labels.items():
            label.setText(tr(f"plan.{name}"))
        self.draw.setText(tr("plan.draw"))
        self.on_parcel.setText(tr("plan.on_parcel"))
        self.demolish.setText(tr("plan.demolish"))
        self.import_.setText(tr("plan.import"))
        self.earth.setText(tr("plan.earth"))
        self.level.setAccessibleName(tr("plan.earth"))
        self.edit.retranslate()
        self.objects.retranslate()
        for box, names, kind in (
            (self.use, USES, "use"),
            (self.roof, ROOFS, "roof"),
            (self.material, MATERIALS, "material"),
        ):
            chosen = box.currentData()
            box.clear()
            for name in names:
                box.addItem(tr(f"plan.{kind}_{name or 'none'}"), name)
            box.setCurrentIndex(max(0, box.findData(chosen)))
        self.follow()

    def follow(self) -> None:
        """Offer what can be done now."""
        variant = self._panel.variant_id
        for button in (self.draw, self.on_parcel, self.demolish, self.import_, self.earth):
            button.setEnabled(bool(variant))
        self.edit.follow()
        self.objects.follow()
        self.advice.setText("" if variant else tr("plan.choose_variant"))
        self.advice.setVisible(not variant)

    # What the buttons do.

    def toggle_draw(self, on: bool) -> None:
        """Take or put away the tool that draws an outline."""
        if on:
            self._tool = self._work.draw(self.draw, self._drawn, closed=True)
        else:
            self._work.put_away(self._tool)

    def toggle_earth(self, on: bool) -> None:
        """Take or put away the tool that draws an earthwork."""
        if on:
            self._tool = self._work.draw(self.earth, self._dug, closed=True)
        else:
            self._work.put_away(self._tool)

    def build_on_parcel(self) -> None:
        """Put a volume on each selected outline, set back from its edge."""
        session = self._window.session
        if session is None:
            return
        place, found = self._work.place(), []
        project = session.project
        for layer, feature in session.selection.features:
            table = session.layer(layer).table
            row = table.row_of(feature) if table is not None else -1
            shape = self._work.outline(layer, row)
            if shape is None:
                continue
            volume = self.volume()
            outline = self._work.attempt(lambda s=shape, v=volume: dev.set_back(s, v.setback_m))
            if outline is not None:
                delta = dev.new_building(project, place, dev.values_of(outline, volume))
                project = plans.with_delta(project, delta)
                found.append(delta)
        self._work.do("plan.do.sketch", found)
        if not found:
            self._window.say("plan.select_outline")

    def demolish_selection(self) -> None:
        """Remove what is selected, from the chosen phase on."""
        session = self._window.session
        if session is None:
            return
        variant, phase, _ = self._work.place()
        found = [
            dev.demolished((variant, phase, layer), plans.feature_of(feature))
            for layer, feature in sorted(session.selection.features)
        ]
        self._work.do("plan.do.demolish", found)
        if not found:
            self._window.say("plan.select_first")

    def ask_import(self) -> None:
        """Ask for a file and add its buildings."""
        path, _ = QFileDialog.getOpenFileName(self, tr("plan.import"), str(Path.home()))
        if path:
            self.import_file(Path(path))

    def import_file(self, path: Path) -> None:
        """Add the buildings of a file; it is read on a worker."""
        session = self._window.session
        if session is None:
            return
        project, place = session.project, self._work.place()
        reading = Job("job.load", path.name)

        def done(found: importing.Imported) -> None:
            for problem in reading.problems:
                self._window.tell(problem)
            self._imported(found)

        session.jobs.run(
            reading,
            lambda job: importing.imported(project, place, path, job),
            done=done,
            failed=self._window.tell,
        )

    # Inside.

    def _imported(self, found: importing.Imported) -> None:
        """Take buildings over; those without a place of their own stand where the next click is."""
        if found.placed:
            self._work.do("plan.do.import", found.deltas)
            return
        tool = DrawTool(self._window.viewport, on_ground=True, most=1)

        def stand(xyz_in_scene: np.ndarray) -> None:
            session = self._window.session
            self._work.put_away(tool)
            if session is not None:
                at = xyz_in_scene[0] + np.asarray(session.project.frame.origin)
                self._work.do("plan.do.import", importing.at_place(found.deltas, at))

        tool.done.connect(stand)
        self._window.viewport.take_tool(tool)
        self._window.viewport.setFocus()
        self._window.say("plan.place_import")

    def _drawn(self, ring: np.ndarray) -> None:
        session = self._window.session
        if session is None:
            return
        volume, frame = self.volume(), session.project.frame
        outline = self._work.attempt(lambda: dev.outline_in_crs(frame, ring, volume.setback_m))
        if outline is not None:
            values = dev.values_of(outline, volume)
            self._work.do(
                "plan.do.sketch", [dev.new_building(session.project, self._work.place(), values)]
            )

    def _dug(self, ring: np.ndarray) -> None:
        session = self._window.session
        terrain = (
            next((r for r in session.layers() if r.ground is not None), None) if session else None
        )
        if session is None or terrain is None:
            self._window.say("plan.no_terrain")
            return
        variant, phase, _ = self._work.place()
        outline = self._work.attempt(lambda: dev.outline_in_crs(session.project.frame, ring))
        if outline is not None:
            place = (variant, phase, terrain.spec.id)
            self._work.do(
                "plan.do.earth",
                [dev.earthwork(session.project, place, outline, self.level.value())],
            )

    def _connect(self) -> None:
        self.draw.toggled.connect(self.toggle_draw)
        self.earth.toggled.connect(self.toggle_earth)
        self.on_parcel.clicked.connect(self.build_on_parcel)
        self.demolish.clicked.connect(self.demolish_selection)
        self.import_.clicked.connect(self.ask_import)

    def _arrange(self) -> None:
        self.storeys.setRange(1, 120)
        self.storeys.setValue(5)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.advice)
        form = narrow_form()
        for name, widget in (
            ("storeys", self.storeys),
            ("storey", self.storey),
            ("setback", self.setback),
            ("roof", self.roof),
            ("roof_rise", self.roof_rise),
            ("use", self.use),
            ("material", self.material),
        ):
            form.addRow(self._label(name), widget)
        layout.addLayout(form)
        for button in (self.draw, self.on_parcel, self.demolish, self.import_):
            layout.addWidget(button)
        layout.addWidget(self.earth)
        layout.addWidget(self.level)
        layout.addWidget(Line())
        layout.addWidget(self.edit)
        layout.addWidget(Line())
        layout.addWidget(self.objects)

    def _label(self, name: str) -> QLabel:
        self._labels[name] = label = form_label()
        return label
