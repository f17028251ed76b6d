"""Drawing what is no building: trees, roads, parks, and features of any layer; giving what is selected other values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from twin.model import plans
from twin.model.project import Delta
from twin.work import objects
from ui.forms.narrow import beside, form_label, narrow, narrow_form
from ui.i18n import text, tr
from ui.planner.drawing import DrawTool
from ui.planner.plan_work import PlanWork, metres

if TYPE_CHECKING:
    from twin.work.session import Session

FIELDS = {
    "tree": ("tree_height", "crown", "species"),
    "trees": ("tree_height", "crown", "species", "spacing"),
    "road": ("width",),
    "park": (),
}
SPECIES = ("broadleaf", "conifer", "poplar", "orchard")
"""Beginnings of the built-in symbols of trees."""


class ObjectsBox(QWidget):
    """What is drawn, its sizes, and the values of what is selected."""

    def __init__(self, work: PlanWork) -> None:
        super().__init__()
        self._work = work
        self._tool: DrawTool | None = None
        self.sort = narrow(QComboBox())
        self.height_m = metres(10.0, 0.5, 60.0)
        self.crown = metres(6.0, 0.5, 40.0)
        self.spacing = metres(8.0, 1.0, 200.0)
        self.width_m = metres(6.0, 0.5, 100.0)
        self.species = narrow(QComboBox())
        self.draw = QPushButton(checkable=True)
        self.column, self.value = narrow(QComboBox()), QLineEdit()
        self.column.setEditable(True)
        self.set = QPushButton()
        self._labels: dict[str, QLabel] = {}
        self._arrange()
        self.sort.currentIndexChanged.connect(lambda _index: self._show_fields())
        self.draw.toggled.connect(self.toggle)
        self.set.clicked.connect(self.set_value)

    def retranslate(self) -> None:
        """Word everything again."""
        for name, label in self._labels.items():
            label.setText(tr(f"plan.{name}"))
        self.draw.setText(tr("plan.draw_object"))
        self.set.setText(tr("plan.set_value"))
        self.set.setToolTip(tr("plan.set_value_advice"))
        self.value.setAccessibleName(tr("plan.value"))
        self.column.setAccessibleName(tr("plan.column"))
        chosen = self.species.currentData()
        self.species.clear()
        for name in SPECIES:
            self.species.addItem(tr(f"plan.species_{name}"), name)
        self.species.setCurrentIndex(max(0, self.species.findData(chosen)))
        self.follow()

    def follow(self) -> None:
        """Offer the layers that there are and the columns of what is selected."""
        session, planned = self._work.window.session, bool(self._work.panel.variant_id)
        chosen = self.sort.currentData()
        self.sort.blockSignals(True)
        self.sort.clear()
        for name in objects.SORTS:
            self.sort.addItem(tr(f"plan.sort_{name}"), name)
        if session is not None:
            self._add_layers(session)
        self.sort.setCurrentIndex(max(0, self.sort.findData(chosen)))
        self.sort.blockSignals(False)
        self._show_fields()
        self.draw.setEnabled(planned)
        layer = self._selected_layer()
        self.set.setEnabled(planned and bool(layer))
        self._fill_columns(layer)

    def toggle(self, on: bool) -> None:
        """Take or put away the tool that draws."""
        if not on:
            self._work.put_away(self._tool)
            return
        shape = self._shape()
        self._tool = self._work.draw(
            self.draw,
            self.drawn,
            closed=shape == objects.AREA,
            most=1 if shape == objects.POINT else 0,
        )

    def drawn(self, xyz_in_scene: np.ndarray) -> None:
        """Plan what was drawn."""
        session = self._work.window.session
        if session is None:
            return
        xyz = xyz_in_scene + np.asarray(session.project.frame.origin)
        sort = str(self.sort.currentData())
        if sort not in objects.SORTS:
            self._drawn_in_layer(session, sort, xyz)
            return
        variant, phase, _ = self._work.place()
        made = self._work.attempt(
            lambda: objects.planned(session.project, (variant, phase), sort, xyz, self.sizes())
        )
        if made is not None:
            session.do("plan.do.object", lambda _project: made)

    def sizes(self) -> objects.Sizes:
        """Return the sizes as the fields say."""
        return objects.Sizes(
            height_m=self.height_m.value(),
            crown_m=self.crown.value(),
            spacing_m=self.spacing.value(),
            width_m=self.width_m.value(),
            species=str(self.species.currentData() or SPECIES[0]),
        )

    def set_value(self) -> None:
        """Give what is selected another value in a column, from the chosen phase on."""
        session, column = self._work.window.session, self.column.currentText().strip()
        words = self.value.text().strip()
        if session is None or not column:
            return
        layer = self._selected_layer()
        known = {(d.layer, d.feature_id): d for d in self._own(session)}
        found = []
        for of_layer, feature in sorted(session.selection.features):
            if of_layer != layer:
                continue
            before = known.get((layer, plans.feature_of(feature)))
            values = {**(before.values if before is not None else {}), column: _typed(words)}
            if before is not None:
                found.append(replace(before, values=values))
            else:
                found.append(objects.modified(self._work.place(layer), feature, values))
        self._work.do("plan.do.value", found)

    # Inside.

    def _own(self, session: Session) -> list[Delta]:
        variant, phase, _ = self._work.place()
        return [
            d
            for d in session.project.deltas
            if d.variant == variant and d.phase in (phase, "always")
        ]

    def _drawn_in_layer(self, session: Session, layer: str, xyz: np.ndarray) -> None:
        table = session.layer(layer).table
        if table is None:
            return
        current = session.selection.current
        row = table.row_of(current[1]) if current is not None and current[0] == layer else -1
        values = objects.like(table, row) if row >= 0 else {}
        kind = objects.shape_of_layer(table)
        made = self._work.attempt(
            lambda: objects.added(
                session.project, self._work.place(layer), objects.shape_of(kind, xyz), values
            )
        )
        if made is not None:
            self._work.do("plan.do.object", [made])

    def _add_layers(self, session: Session) -> None:
        own = {sort.layer for sort in objects.SORTS.values()}
        for layer, _shape in objects.layers_to_plan_in(session):
            if layer not in own:
                title = text(session.layer(layer).spec.title, layer)
                self.sort.addItem(tr("plan.sort_layer", layer=title), layer)

    def _shape(self) -> str:
        sort, session = str(self.sort.currentData()), self._work.window.session
        if sort in objects.SORTS or session is None:
            return objects.SORTS[sort].shape
        table = session.layer(sort).table
        return objects.shape_of_layer(table) if table is not None else objects.POINT

    def _selected_layer(self) -> str:
        session = self._work.window.session
        current = session.selection.current if session is not None else None
        return current[0] if current is not None else ""

    def _fill_columns(self, layer: str) -> None:
        session = self._work.window.session
        chosen = self.column.currentText()
        self.column.clear()
        if session is not None and layer:
            self.column.addItems([str(n) for n in session.layer(layer).column_names()])
        self.column.setCurrentText(chosen)

    def _show_fields(self) -> None:
        shown = FIELDS.get(str(self.sort.currentData()), ())
        for name, widget in self._fields.items():
            widget.setVisible(name in shown)
            self._labels[name].setVisible(name in shown)

    def _arrange(self) -> None:
        self._fields: dict[str, QWidget] = {
            "tree_height": self.height_m,
            "crown": self.crown,
            "species": self.species,
            "spacing": self.spacing,
            "width": self.width_m,
        }
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._label("objects"))
        layout.addLayout(beside(self.sort, self.draw))
        form = narrow_form()
        for name, widget in self._fields.items():
            form.addRow(self._label(name), widget)
        layout.addLayout(form)
        layout.addWidget(self._label("of_selection"))
        layout.addWidget(self.column)
        layout.addLayout(beside(self.value, self.set))

    def _label(self, name: str) -> QLabel:
        self._labels[name] = label = form_label()
        return label


def _typed(words: str) -> str | float:
    """Return a number where one was typed, with a point or a comma."""
    try:
        return float(words.replace(",", "."))
    except ValueError:
        return words
