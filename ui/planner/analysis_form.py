"""What an analysis is asked: its kind, and the fields of that kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QWidget,
)

from twin.model.kept import KINDS
from ui.i18n import text, tr
from ui.planner.fields import day_field, narrow

if TYPE_CHECKING:
    from twin.work.session import Session

FIELDS = {
    "sun": ("day", "until", "threshold", "around"),
    "viewshed": ("radius",),
    "irradiation": ("around",),
    "zoning": ("zones", "height", "rule"),
}


class AnalysisForm(QWidget):
    """The form of a new analysis."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox()
        self.day, self.until = day_field(), day_field()
        self.threshold, self.radius = QDoubleSpinBox(), QDoubleSpinBox()
        self.around = QCheckBox()
        self.zones, self.height, self.rule = QComboBox(), QComboBox(), QComboBox()
        self._session: Session | None = None
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
                "height": self.height.currentText(),
                "rule": self.rule.currentText(),
                "buildings": building_layer(session),
            }
        if kind == "viewshed":
            return {"at": moment, "radius_m": self.radius.value()}
        asked: dict[str, Any] = {}
        if kind == "sun":
            asked["date"] = self.day.date().toString(Qt.DateFormat.ISODate)
            asked["until"] = self.until.date().toString(Qt.DateFormat.ISODate)
            asked["threshold_h"] = self.threshold.value()
        else:
            asked |= {"at": moment, "year": session.clock.at.year, "surfaces": ["roof"]}
        if self.around.isChecked():
            asked["box"] = box
        return asked

    def set_session(self, session: Session | None) -> None:
        """Offer the layers of a session, and days of the year that its clock shows."""
        if session is not None and session is not self._session:
            self.day.setDate(QDate(session.clock.at.year, 3, 21))
        self._session = session
        chosen = self.zones.currentData()
        self.zones.blockSignals(True)
        self.zones.clear()
        for runtime in session.layers() if session is not None else ():
            if runtime.table is not None and runtime.table.raster is None:
                self.zones.addItem(text(runtime.spec.title, runtime.spec.id), runtime.spec.id)
        self.zones.setCurrentIndex(max(0, self.zones.findData(chosen)))
        self.zones.blockSignals(False)
        self._fill_columns()

    def retranslate(self) -> None:
        """Word everything again."""
        for name, label in self._labels.items():
            label.setText(tr(f"analysis.{name}"))
        chosen = self.kind.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        for kind in KINDS:
            self.kind.addItem(tr(f"analysis.kind_{kind}"), kind)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))
        self.kind.blockSignals(False)
        self.around.setText(tr("analysis.around"))
        self._show_fields()

    def _fill_columns(self) -> None:
        layer = str(self.zones.currentData() or "")
        known = {r.spec.id: r for r in self._session.layers()} if self._session is not None else {}
        names = known[layer].column_names() if layer in known else ()
        for box in (self.height, self.rule):
            chosen = box.currentText()
            box.clear()
            box.addItems([str(n) for n in names])
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
        for box in (self.kind, self.zones, self.height, self.rule):
            narrow(box)
        for field, low, high, value, unit in (
            (self.threshold, 0.5, 24.0, 2.0, " h"),
            (self.radius, 20.0, 5_000.0, 400.0, " m"),
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
            "zones": self.zones,
            "height": self.height,
            "rule": self.rule,
            "around": self.around,
        }
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self._label("kind"), self.kind)
        for name, widget in self._fields.items():
            form.addRow(*((widget,) if name == "around" else (self._label(name), widget)))

    def _label(self, name: str) -> QLabel:
        self._labels[name] = label = QLabel()
        return label
