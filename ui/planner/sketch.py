"""Sketching in a variant and a phase: volumes drawn or put on a parcel, pushed, moved, demolished, imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from twin.errors import BelvedereError
from twin.model import plans
from twin.model.project import Delta
from twin.work import developments as dev
from twin.work.jobs import Job
from ui.forms.parts import wrapping
from ui.i18n import tr, translator
from ui.planner.drawing import DrawTool
from ui.planner.fields import narrow

if TYPE_CHECKING:
    from ui.planner.plans_panel import PlansPanel
    from ui.window.main import MainWindow

USES = ("housing", "office", "shop", "school", "public", "industry")
ROOFS = ("flat", "gabled", "hipped", "mono", "mansard")
MATERIALS = ("", "timber", "straw", "concrete", "brick", "stone")
LONGEST_STEP_M = 2_000.0


class SketchBox(QWidget):
    """What can be done in the chosen variant and phase."""

    def __init__(self, window: MainWindow, panel: PlansPanel) -> None:
        super().__init__(panel)
        self._window, self._panel = window, panel
        self.storeys, self.storey = QSpinBox(), _metres(3.0, 2.0, 6.0)
        self.setback, self.roof_rise = _metres(0.0, 0.0, 50.0), _metres(0.0, 0.0, 20.0)
        self.use, self.roof, self.material = (narrow(QComboBox()) for _ in range(3))
        self.draw = QPushButton(checkable=True)
        self.on_parcel, self.demolish = QPushButton(), QPushButton()
        self.import_, self.earth = QPushButton(), QPushButton(checkable=True)
        self.level = _metres(0.0, -500.0, 9_000.0)
        self.dx, self.dy = (
            _metres(0.0, -LONGEST_STEP_M, LONGEST_STEP_M),
            _metres(0.0, -LONGEST_STEP_M, LONGEST_STEP_M),
        )
        self.turn, self.factor = QDoubleSpinBox(), QDoubleSpinBox()
        self.apply = QPushButton()
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
        self.apply.setText(tr("plan.apply"))
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
        variant, delta = self._panel.variant_id, self._panel.chosen_change()
        for button in (self.draw, self.on_parcel, self.demolish, self.import_, self.earth):
            button.setEnabled(bool(variant))
        own = delta is not None and delta.variant == variant and delta.op == plans.ADD
        for field in (self.dx, self.dy, self.turn, self.factor, self.apply):
            field.setEnabled(own)
        self.advice.setText("" if variant else tr("plan.choose_variant"))
        self.advice.setVisible(not variant)

    # What the buttons do.

    def toggle_draw(self, on: bool) -> None:
        """Take or put away the tool that draws an outline."""
        self._toggle(self.draw, on, self._drawn)

    def toggle_earth(self, on: bool) -> None:
        """Take or put away the tool that draws an earthwork."""
        self._toggle(self.earth, on, self._dug)

    def build_on_parcel(self) -> None:
        """Put a volume on each selected outline, set back from its edge."""
        session = self._window.session
        if session is None:
            return
        place, found = self._place(), []
        project = session.project
        for layer, feature in session.selection.features:
            table = session.layer(layer).table
            row = table.row_of(feature) if table is not None else -1
            shape = table.frame.geometry.iloc[row] if table is not None and row >= 0 else None
            if shape is None or shape.geom_type not in ("Polygon", "MultiPolygon"):
                continue
            volume = self.volume()
            outline = self._try(lambda s=shape, v=volume: dev.set_back(s, v.setback_m))
            if outline is not None:
                delta = dev.new_building(project, place, dev.values_of(outline, volume))
                project = plans.with_delta(project, delta)
                found.append(delta)
        self._do("plan.do.sketch", found)
        if not found:
            self._window.say("plan.select_outline")

    def demolish_selection(self) -> None:
        """Remove what is selected, from the chosen phase on."""
        session = self._window.session
        if session is None:
            return
        variant, phase, _ = self._place()
        found = [
            dev.demolished((variant, phase, layer), feature.partition("~")[0])
            for layer, feature in sorted(session.selection.features)
        ]
        self._do("plan.do.demolish", found)
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
        project, place, frame = session.project, self._place(), session.project.frame
        session.jobs.run(
            Job("job.load", path.name),
            lambda job: dev.imported(project, place, path, frame, job),
            done=lambda found: self._do("plan.do.import", found),
            failed=self._window.tell,
        )

    def change(self) -> None:
        """Move, turn, scale and push the chosen building."""
        delta = self._panel.chosen_change()
        if delta is None:
            return

        def changed() -> Delta:
            found = dev.moved(delta, self.dx.value(), self.dy.value())
            found = dev.turned(found, self.turn.value())
            found = dev.scaled(found, self.factor.value())
            found = dev.pushed(found, self.storeys.value())
            return replace(found, values={**found.values, "use": self.volume().use})

        made = self._try(changed)
        if made is not None:
            self._do("plan.do.change", [made])
            for field, value in (
                (self.dx, 0.0),
                (self.dy, 0.0),
                (self.turn, 0.0),
                (self.factor, 1.0),
            ):
                field.setValue(value)

    # Inside.

    def _toggle(self, button: QPushButton, on: bool, done: Callable[[np.ndarray], None]) -> None:
        view = self._window.viewport
        if not on:
            if self._tool is not None and view.tool is self._tool:
                view.take_tool(None)
            return
        tool = DrawTool(view, closed=True, on_ground=True)
        tool.done.connect(done)
        tool.left.connect(lambda: button.setChecked(False))
        view.take_tool(tool)
        self._tool = tool
        view.setFocus()
        self._window.say("plan.draw_advice")

    def _drawn(self, ring: np.ndarray) -> None:
        session = self._window.session
        if session is None:
            return
        volume, frame = self.volume(), session.project.frame
        outline = self._try(lambda: dev.outline_in_crs(frame, ring, volume.setback_m))
        if outline is not None:
            values = dev.values_of(outline, volume)
            self._do("plan.do.sketch", [dev.new_building(session.project, self._place(), values)])

    def _dug(self, ring: np.ndarray) -> None:
        session = self._window.session
        terrain = (
            next((r for r in session.layers() if r.ground is not None), None) if session else None
        )
        if session is None or terrain is None:
            self._window.say("plan.no_terrain")
            return
        variant, phase, _ = self._place()
        outline = self._try(lambda: dev.outline_in_crs(session.project.frame, ring))
        if outline is not None:
            place = (variant, phase, terrain.spec.id)
            self._do(
                "plan.do.earth",
                [dev.earthwork(session.project, place, outline, self.level.value())],
            )

    def _place(self) -> tuple[str, str, str]:
        session = self._window.session
        layer = dev.building_layer(session) if session is not None else ""
        return (self._panel.variant_id, self._panel.phase_id or "always", layer)

    def _do(self, label: str, found: list[Delta]) -> None:
        session = self._window.session
        if session is not None and found:
            session.do(label, lambda p: dev.with_all(p, found))

    def _try(self, work: Callable[[], object]) -> object:
        try:
            return work()
        except BelvedereError as error:
            self._window.tell(error.problem)
            return None

    def _connect(self) -> None:
        self.draw.toggled.connect(self.toggle_draw)
        self.earth.toggled.connect(self.toggle_earth)
        self.on_parcel.clicked.connect(self.build_on_parcel)
        self.demolish.clicked.connect(self.demolish_selection)
        self.import_.clicked.connect(self.ask_import)
        self.apply.clicked.connect(self.change)

    def _arrange(self) -> None:
        self.storeys.setRange(1, 120)
        self.storeys.setValue(5)
        self.turn.setRange(-360.0, 360.0)
        self.turn.setSuffix(" °")
        self.factor.setRange(0.05, 20.0)
        self.factor.setValue(1.0)
        self.factor.setSingleStep(0.05)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.advice)
        form = QFormLayout()
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
        buttons = QGridLayout()
        for i, button in enumerate((self.draw, self.on_parcel, self.demolish, self.import_)):
            buttons.addWidget(button, i // 2, i % 2)
        buttons.addWidget(self.earth, 2, 0)
        buttons.addWidget(self.level, 2, 1)
        layout.addLayout(buttons)
        layout.addWidget(self._label("edit"))
        edit = QFormLayout()
        for name, widget in (
            ("dx", self.dx),
            ("dy", self.dy),
            ("turn", self.turn),
            ("factor", self.factor),
        ):
            edit.addRow(self._label(name), widget)
        layout.addLayout(edit)
        layout.addWidget(self.apply)

    def _label(self, name: str) -> QLabel:
        self._labels[name] = label = QLabel()
        return label


def _metres(value: float, low: float, high: float) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(low, high)
    field.setValue(value)
    field.setSingleStep(0.5)
    field.setSuffix(" m")
    field.setLocale(translator.locale)
    return field
