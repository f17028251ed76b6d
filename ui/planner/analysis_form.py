"""What an analysis is asked: its kind, and the fields of that kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from twin.model.kept import AGAINST, KINDS
from twin.work.kept import RULES
from twin.work.other_town import EXISTING
from ui.forms.boxes import NumberBox
from ui.forms.narrow import day_field, form_label, narrow, narrow_form
from ui.i18n import text, tr

if TYPE_CHECKING:
    from twin.work.session import Session

FIELDS = {
    "sun": ("day", "until", "threshold", "against", "around", "selected"),
    "facades": ("day", "until", "threshold", "around", "selected"),
    "shade": ("day", "against"),
    "irradiation": ("around", "selected"),
    "sight": (),
    "viewshed": ("radius", "against"),
    "monument": ("radius", "step", "against"),
    "view": ("against", "around", "selected"),
    "zoning": ("zones", "parcels", "height", "setback", "base", "slope", "share", "rule"),
}
PLACED = {"sight": "places", "viewshed": "eyes", "shade": "places"}
"""Kinds that ask for places in the scene, and what these are called in the question."""

ALONE = ("around", "selected")
"""Fields without a label beside them."""


class AnalysisForm(QWidget):
    """The form of a new analysis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        self.day, self.until = day_field(), day_field()
        self.threshold, self.radius = NumberBox(), NumberBox()
        self.step = NumberBox()
        self.around, self.selected = QCheckBox(), QCheckBox()
        self.against = QComboBox()
        self.zones, self.parcels, self.rule = QComboBox(), QComboBox(), QComboBox()
        self.rules = {name: QComboBox() for name in RULES}
        self._session: Session | None = None
        self._awaited = ""
        self._labels: dict[str, QLabel] = {}
        self._arrange()
        self.kind.currentIndexChanged.connect(lambda _index: self._show_fields())
        self.zones.currentIndexChanged.connect(lambda _index: self._fill_columns())
        self.day.dateChanged.connect(self.until.setDate)

    def kind_id(self) -> str:
        """Return the kind that is chosen."""
        return str(self.kind.currentData() or KINDS[0])

    def asked(self, session: Session, box: list[float]) -> dict[str, Any]:
        """Return the question; ``box`` is what is looked at, in the CRS."""
        kind, moment = self.kind_id(), session.clock.at.isoformat()
        if kind == "zoning":
            from twin.work.developments import building_layer

            return {
                "at": moment,
                "zones": str(self.zones.currentData() or ""),
                "parcels": str(self.parcels.currentData() or ""),
                **{name: box.currentText().strip() for name, box in self.rules.items()},
                "rule": self.rule.currentText(),
                "buildings": building_layer(session),
            }
        shown, asked = FIELDS[kind], {}
        if "day" in shown:
            asked |= self._days("until" in shown)
        else:
            asked["at"] = moment
        if "radius" in shown:
            asked["radius_m"] = self.radius.value()
        if "step" in shown:
            asked["spacing_m"] = self.step.value()
        if kind == "irradiation":
            asked |= {"year": session.clock.at.year, "surfaces": ["roof"]}
        if "against" in shown and self.against.currentData():
            asked[AGAINST] = str(self.against.currentData())
        chosen = self._chosen(session)
        if kind == "monument" or ("selected" in shown and self.selected.isChecked()):
            asked |= chosen
        elif "around" in shown and self.around.isChecked():
            asked["box"] = box
        return asked

    def _days(self, period: bool) -> dict[str, Any]:
        first = self.day.date().toString(Qt.DateFormat.ISODate)
        if not period:
            return {"date": first}
        until = self.until.date().toString(Qt.DateFormat.ISODate)
        return {"date": first, "until": until, "threshold_h": self.threshold.value()}

    @staticmethod
    def _chosen(session: Session) -> dict[str, list[str]]:
        """Return the layers and features that are selected."""
        features = sorted(session.selection.features)
        return {
            "layers": sorted({layer for layer, _ in features}),
            "features": [feature for _, feature in features],
        }

    def set_session(self, session: Session | None) -> None:
        """Offer the layers of a session, and days of the year that its clock shows."""
        if session is not None and session is not self._session:
            self.day.setDate(QDate(session.clock.at.year, 3, 21))
        self._session = session
        self._fill_against()
        for box in (self.zones, self.parcels):
            self._fill_layers(box)
        self._fill_columns()

    def await_zones(self, layer: str) -> None:
        """Choose a layer as zones as soon as it is there."""
        self._awaited = layer

    def _fill_layers(self, box: QComboBox) -> None:
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        if box is self.parcels:
            box.addItem(tr("analysis.parcels_none"), "")
        for runtime in self._session.layers() if self._session is not None else ():
            if runtime.table is not None and runtime.table.raster is None:
                box.addItem(text(runtime.spec.title, runtime.spec.id), runtime.spec.id)
        awaited = box.findData(self._awaited) if box is self.zones and self._awaited else -1
        if awaited >= 0:
            self._awaited = ""
        box.setCurrentIndex(awaited if awaited >= 0 else max(0, box.findData(chosen)))
        box.blockSignals(False)

    def _fill_against(self) -> None:
        chosen = self.against.currentData()
        self.against.clear()
        self.against.addItem(tr("analysis.against_none"), "")
        self.against.addItem(tr("plan.as_it_is"), EXISTING)
        for variant in self._session.project.variants if self._session is not None else ():
            self.against.addItem(text(variant.label, variant.id), variant.id)
        self.against.setCurrentIndex(max(0, self.against.findData(chosen)))

    def retranslate(self) -> None:
        """Word everything again."""
        for name, label in self._labels.items():
            label.setText(tr(f"analysis.{name}"))
        self.kind.setAccessibleName(tr("analysis.kind"))
        chosen = self.kind.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        for kind in KINDS:
            self.kind.addItem(tr(f"analysis.kind_{kind}"), kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))
        self.kind.blockSignals(False)
        for box in self.rules.values():
            box.setToolTip(tr("analysis.rule_advice"))
        self._fill_layers(self.parcels)
        self.around.setText(tr("analysis.around"))
        self.selected.setText(tr("analysis.selected"))
        self._fill_against()
        self._show_fields()

    def _fill_columns(self) -> None:
        layer = str(self.zones.currentData() or "")
        known = {r.spec.id: r for r in self._session.layers()} if self._session is not None else {}
        names = known[layer].column_names() if layer in known else ()
        for box in (*self.rules.values(), self.rule):
            chosen = box.currentText()
            box.clear()
            box.addItems([str(n) for n in names])
            if box.isEditable():
                box.setCurrentText(chosen)
            else:
                box.setCurrentIndex(max(0, box.findText(chosen)))

    def _show_fields(self) -> None:
        shown = FIELDS[self.kind_id()]
        for name, widget in self._fields.items():
            widget.setVisible(name in shown)
            if name in self._labels:
                self._labels[name].setVisible(name in shown)

    def _arrange(self) -> None:
        self.day.setDate(QDate(2026, 3, 21))
        self.until.setDate(QDate(2026, 3, 21))
        for box in (self.kind, self.zones, self.parcels, self.rule, self.against):
            narrow(box)
        for box in self.rules.values():
            narrow(box).setEditable(True)
        for field, low, high, value, unit in (
            (self.threshold, 0.5, 24.0, 2.0, " h"),
            (self.radius, 20.0, 5_000.0, 400.0, " m"),
            (self.step, 1.0, 100.0, 10.0, " m"),
        ):
            field.setRange(low, high)
            field.setValue(value)
            field.setSuffix(unit)
        self.around.setChecked(True)
        self._fields: dict[str, QWidget] = {
            "day": self.day,
            "until": self.until,
            "threshold": self.threshold,
            "radius": self.radius,
            "step": self.step,
            "against": self.against,
            "zones": self.zones,
            "parcels": self.parcels,
            **self.rules,
            "rule": self.rule,
            "around": self.around,
            "selected": self.selected,
        }
        form = narrow_form(self)
        form.addRow(self.kind)  # alone in its row: its words are long ones
        for name, widget in self._fields.items():
            form.addRow(*((widget,) if name in ALONE else (self._label(name), widget)))

    def _label(self, name: str) -> QLabel:
        self._labels[name] = label = form_label()
        return label
