"""Changing the chosen building: with grips in the scene, or by numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from twin.model import plans
from twin.model.project import Delta
from twin.problems import Problem
from twin.work import developments as dev
from ui.forms.boxes import NumberBox
from ui.forms.narrow import form_label, narrow_form
from ui.forms.parts import wrapping
from ui.i18n import tr
from ui.planner.handles import HandleTool
from ui.planner.plan_work import PlanWork, metres

if TYPE_CHECKING:
    from ui.planner.sketch import SketchBox

LONGEST_STEP_M = 2_000.0
NEAR_M = 120.0
"""Corners of other buildings this near are snapped to."""


class EditBox(QWidget):
    """Grips, and fields for exact numbers."""

    def __init__(self, work: PlanWork, sketch: SketchBox) -> None:
        super().__init__()
        self._work, self._sketch = work, sketch
        self._tool: HandleTool | None = None
        self.handles = QPushButton(checkable=True)
        self.dx = metres(0.0, -LONGEST_STEP_M, LONGEST_STEP_M)
        self.dy = metres(0.0, -LONGEST_STEP_M, LONGEST_STEP_M)
        self.turn, self.factor = NumberBox(), NumberBox()
        self.apply = QPushButton()
        self.said = wrapping()
        self._labels: dict[str, QLabel] = {}
        self._arrange()
        self.handles.toggled.connect(self.toggle)
        self.apply.clicked.connect(self.change)

    def retranslate(self) -> None:
        """Word everything again."""
        for name, label in self._labels.items():
            label.setText(tr(f"plan.{name}"))
        self.handles.setText(tr("plan.handles"))
        self.handles.setToolTip(tr("plan.handles_advice"))
        self.apply.setText(tr("plan.apply"))

    def follow(self) -> None:
        """Offer what can be done with the chosen building."""
        delta = self.building()
        for widget in (self.dx, self.dy, self.turn, self.factor, self.apply, self.handles):
            widget.setEnabled(delta is not None)
        tool = self._tool
        if tool is None or self._work.window.viewport.tool is not tool:
            return
        if delta is None:
            self._work.put_away(tool)
        else:
            tool.set_delta(delta)

    def building(self) -> Delta | None:
        """Return the building to change: the planned one that is chosen, else the selected one as it stands.

        What a parent plans is changed in the variant that is chosen, and stays as it is in the parent.
        """
        panel, session = self._work.panel, self._work.window.session
        variant = panel.variant_id
        if session is None or not variant:
            return None
        delta = panel.chosen_change()
        if delta is not None and "geometry" in delta.values and "height_m" in delta.values:
            return replace(delta, variant=variant)
        current = session.selection.current
        if current is None or current[0] != dev.building_layer(session):
            return None
        table = session.layer(current[0]).table
        row = table.row_of(current[1]) if table is not None else -1
        if table is None or row < 0:
            return None
        shape = self._work.outline(current[0], row)
        if shape is None:
            return None
        told = {**table.frame.iloc[row], "geometry": shape}
        return dev.of_existing(told, self._work.place(current[0]))

    def toggle(self, on: bool) -> None:
        """Take or put away the grips."""
        delta = self.building()
        if not on or delta is None:
            self._work.put_away(self._tool)
            self.handles.setChecked(False)
            return
        tool = HandleTool(self._work.window.viewport, delta, self._corners)
        tool.reshaped.connect(self._reshaped)
        tool.said.connect(self.said.setText)
        tool.refused.connect(self._refused)
        tool.left.connect(lambda: self.said.setText(""))
        self._tool = tool
        self._work.take(self.handles, tool)
        self.said.setText(tr("plan.handles_advice"))

    def change(self) -> None:
        """Move, turn, scale and push the chosen building by the numbers of the fields."""
        delta = self.building()
        if delta is None:
            return
        volume = self._sketch.volume()

        def changed() -> Delta:
            found = dev.moved(delta, self.dx.value(), self.dy.value())
            found = dev.turned(found, self.turn.value())
            found = dev.scaled(found, self.factor.value())
            found = dev.pushed(found, volume.storeys)
            if delta.op != plans.ADD:
                return found
            return replace(found, values={**found.values, "use": volume.use})

        made = self._work.attempt(changed)
        if made is None:
            return
        self._work.do("plan.do.change", [made])
        for field, value in ((self.dx, 0.0), (self.dy, 0.0), (self.turn, 0.0), (self.factor, 1.0)):
            field.setValue(value)

    # Inside.

    def _reshaped(self, delta: Delta) -> None:
        if self._tool is not None:
            self._tool.set_delta(delta)
        self._work.do("plan.do.change", [delta])

    def _refused(self, problem: Problem) -> None:
        from ui.i18n import translator

        self.said.setText(translator.problem(problem)[0])

    def _corners(self, centre: np.ndarray) -> np.ndarray:
        """Return the corners of the buildings around a place, without those of the building that is held."""
        session, delta = self._work.window.session, self.building()
        none = np.zeros((0, 2))
        if session is None or delta is None:
            return none
        runtime = session.layer(delta.layer)
        if runtime.table is None:
            return none
        origin = np.asarray(session.project.frame.origin[:2])
        names = [plans.feature_of(str(name)) for name in runtime.table.feature_ids]
        others = runtime.rows_visible & (np.array(names, object) != delta.feature_id)
        shapes = np.asarray(runtime.table.frame.geometry.array, object)[others]
        box = shapely.box(*(centre + origin - NEAR_M), *(centre + origin + NEAR_M))
        near = shapes[~shapely.is_missing(shapes)]
        return shapely.get_coordinates(near[shapely.intersects(near, box)]) - origin

    def _arrange(self) -> None:
        self.turn.setRange(-360.0, 360.0)
        self.turn.setSuffix(" °")
        self.factor.setRange(0.05, 20.0)
        self.factor.setValue(1.0)
        self.factor.setSingleStep(0.05)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._label("edit"))
        layout.addWidget(self.handles)
        layout.addWidget(self.said)
        form = narrow_form()
        fields = {"dx": self.dx, "dy": self.dy, "turn": self.turn, "factor": self.factor}
        for name, widget in fields.items():
            form.addRow(self._label(name), widget)
        layout.addLayout(form)
        layout.addWidget(self.apply)

    def _label(self, name: str) -> QLabel:
        self._labels[name] = label = form_label()
        return label
