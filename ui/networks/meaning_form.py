"""The form that says which column of a drawing is what: guessed first, changed by hand, with examples of values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from twin.network.drawing import COMMODITIES, NUMBERS, SNAP_LIMITS_M, TEXTS, Meaning
from ui.forms.boxes import NumberBox
from ui.forms.parts import muted, row
from ui.i18n import tr

if TYPE_CHECKING:
    import geopandas as gpd

MOST_EXAMPLES = 2
COLUMN_PX = 130
OURS = {"feature_id", "geometry"}


class MeaningForm(QWidget):
    """Commodity, snap distance and one line for each of our columns; ``changed`` after every choice."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.commodity, self.snap = QComboBox(), NumberBox(decimals=2, suffix=" m")
        self.snap.setRange(*SNAP_LIMITS_M)
        self.columns: dict[str, QComboBox] = {}
        self.units: dict[str, QComboBox] = {}
        self._examples: dict[str, QLabel] = {}
        self._labels: dict[str, QLabel] = {}
        self._frame: gpd.GeoDataFrame | None = None
        self._arrange()
        self.retranslate()

    def _arrange(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 8, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._add(form, "commodity", self.commodity)
        self._add(form, "snap", self.snap)
        for name in (*TEXTS, *NUMBERS):
            box, example = QComboBox(), muted()
            box.setMinimumWidth(COLUMN_PX)
            example.setWordWrap(False)
            self.columns[name], self._examples[name] = box, example
            line = QWidget()
            layout = row(box, gap=6)
            if len(NUMBERS.get(name, ())) > 1:
                unit = self.units[name] = QComboBox()
                for word, factor in NUMBERS[name]:
                    unit.addItem(word, factor)
                unit.activated.connect(lambda _i: self.changed.emit())
                layout.addWidget(unit)
            layout.addWidget(example, 1)
            line.setLayout(layout)
            self._add(form, name, line)
            box.activated.connect(lambda _i, n=name: self._choose(n))
        self.commodity.activated.connect(lambda _i: self.changed.emit())
        self.snap.valueChanged.connect(lambda _v: self.changed.emit())

    def _add(self, form: QFormLayout, name: str, field: QWidget) -> None:
        label = self._labels[name] = QLabel()
        label.setBuddy(self.columns.get(name, field))
        form.addRow(label, field)

    def retranslate(self) -> None:
        """Word everything again."""
        for name, label in self._labels.items():
            label.setText(tr(f"networks.drawing.{name}"))
        for name, box in self.columns.items():
            box.setAccessibleName(tr(f"networks.drawing.{name}"))
            if box.count():
                box.setItemText(0, tr("networks.drawing.none"))
        for name, box in self.units.items():
            box.setAccessibleName(
                tr("networks.drawing.unit_of", name=tr(f"networks.drawing.{name}"))
            )
        chosen = self.commodity.currentIndex()
        self.commodity.clear()
        for word in COMMODITIES:
            self.commodity.addItem(tr(f"networks.commodity.{word}"), word)
        self.commodity.setCurrentIndex(max(chosen, 0))

    def show_drawing(self, frame: gpd.GeoDataFrame, meaning: Meaning) -> None:
        """Fill the form for a drawing with what was guessed of it. Says nothing of the change."""
        self._frame = frame
        names = [str(c) for c in frame.columns if str(c) not in OURS]
        for ours, box in self.columns.items():
            box.clear()
            box.addItem(tr("networks.drawing.none"), "")
            for name in names:
                box.addItem(name, name)
            box.setCurrentIndex(max(box.findData(meaning.columns.get(ours, "")), 0))
            self._show_example(ours)
        for ours, unit in self.units.items():
            unit.setCurrentIndex(max(unit.findData(meaning.factors.get(ours, 1.0)), 0))
        self.commodity.setCurrentIndex(max(self.commodity.findData(meaning.commodity), 0))
        self.snap.blockSignals(True)
        self.snap.setValue(meaning.snap_m)
        self.snap.blockSignals(False)

    def meaning(self) -> Meaning:
        """Return what the form says."""
        columns = {
            name: box.currentData() for name, box in self.columns.items() if box.currentData()
        }
        factors = {
            name: float(unit.currentData())
            for name, unit in self.units.items()
            if name in columns and unit.currentData() != 1.0
        }
        return Meaning(
            columns=columns,
            factors=factors,
            commodity=str(self.commodity.currentData()),
            snap_m=self.snap.value(),
        )

    def _choose(self, name: str) -> None:
        self._show_example(name)
        self.changed.emit()

    def _show_example(self, name: str) -> None:
        """Show the first values of a column beside it."""
        column, frame = str(self.columns[name].currentData() or ""), self._frame
        values = [] if frame is None or not column else frame[column].dropna().astype(str)
        known = [v for v in dict.fromkeys(values) if v][:MOST_EXAMPLES]
        self._examples[name].setText(", ".join(v[:18] for v in known))
