"""The figures of a stop: value, unit, what it counts, by language, and who says so: no figure without its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidgetItem

from twin.model.story import QUALIFIERS, Figure, Stop
from twin.model.table import Quality
from ui.forms.boxes import NumberBox
from ui.forms.narrow import narrow
from ui.forms.parts import muted
from ui.i18n import tr
from ui.show.stop_list import Listing, StopList, spoken_entry
from ui.show.stop_part import Changed, Shown, show_words, with_words
from ui.show.wording import UNITS, figure_row, unit_words

if TYPE_CHECKING:
    from ui.window.main import MainWindow

FARTHEST = 1e12
UNITS_OFFERED = ("", *UNITS, "%", "kWh", "year")


class StopFigures(StopList[Figure]):
    """A list of figures and the fields of the chosen one.

    Parameters
    ----------
    beside : bool
        Those of what stands beside the view, else the stop's own.
    """

    def __init__(self, window: MainWindow, changed: Changed, *, beside: bool = False) -> None:
        self._beside = beside
        self.label, self.source, self.date = QLineEdit(), QLineEdit(), QLineEdit()
        self.value = FigureBox(minimum=-FARTHEST, maximum=FARTHEST, decimals=6)
        self.qualifier, self.quality = narrow(QComboBox()), narrow(QComboBox())
        self.unit = narrow(QComboBox())
        self.unit.setEditable(True)
        self.unit.setCompleter(None)  # a unit may begin as another does
        self._units_in = ""
        fields = {
            "figure_label": self.label,
            "figure_value": self.value,
            "figure_unit": self.unit,
            "figure_qualifier": self.qualifier,
            "source": self.source,
            "figure_date": self.date,
            "figure_quality": self.quality,
        }
        listing = Listing(
            name="figure",
            fields=fields,
            things=self._things,
            put=self._with,
            entry=self._entry,
            show=self._show,
            taken=self._taken,
        )
        super().__init__(window, changed, listing)
        self._needs = muted()
        self._form.addRow(self._needs)
        self._connect()
        self.retranslate()

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self._needs.setText(tr("stop.figure_needs"))
        before, self._filling = self._filling, True
        qualifiers = {value: f"stop.figure_{value or 'exactly'}" for value in QUALIFIERS}
        qualities = {kind.value: f"quality.{kind.value}" for kind in Quality}
        for box, keys in ((self.qualifier, qualifiers), (self.quality, qualities)):
            chosen = box.currentData()
            box.clear()
            for value, key in keys.items():
                box.addItem(tr(key), value)
            box.setCurrentIndex(max(box.findData(chosen), 0))
        self._filling = before

    def _things(self, stop: Stop) -> Sequence[Figure]:
        if not self._beside:
            return stop.figures
        return stop.beside.figures if stop.beside is not None else ()

    def _with(self, stop: Stop, things: Sequence[Figure]) -> Stop:
        if not self._beside:
            return replace(stop, figures=tuple(things))
        if stop.beside is None:
            return stop
        return replace(stop, beside=replace(stop.beside, figures=tuple(things)))

    def _entry(self, thing: Figure, shown: Shown) -> QListWidgetItem:
        value, label, source = figure_row(thing, shown.story, shown.language)
        return spoken_entry(f"{value}  {label}", f"{value}, {label}, {source}")

    def _fill(self, shown: Shown) -> None:
        self._offer_units(shown.language)
        super()._fill(shown)

    def _show(self, thing: Figure | None) -> None:
        language = self._shown.language if self._shown else ""
        figure = thing or Figure(label={}, value=0.0, source="")
        show_words(self.label, figure.label.get(language, ""))
        show_words(self.source, figure.source)
        show_words(self.date, figure.date)
        if self.value.value() != figure.value:
            self.value.setValue(figure.value)
        for box, value in ((self.qualifier, figure.qualifier), (self.quality, figure.quality)):
            box.setCurrentIndex(box.findData(value))
        self._show_unit(figure.unit)
        self._needs.setVisible(thing is None)

    def _show_unit(self, unit: str) -> None:
        if self._unit() != unit:
            row = self.unit.findData(unit)
            self.unit.setCurrentIndex(row)
            if row < 0:
                self.unit.setEditText(unit)

    def _unit(self) -> str:
        """Return the unit as columns write it: one that is offered, or what was typed."""
        words = self.unit.currentText().strip()
        row = self.unit.findText(words)
        return str(self.unit.itemData(row)) if row >= 0 else words

    def _offer_units(self, language: str) -> None:
        if language == self._units_in:
            return
        unit, self._units_in = self._unit(), language
        self.unit.clear()
        for offered in UNITS_OFFERED:
            words = tr("stop.figure_year") if offered == "year" else unit_words(offered, language)
            self.unit.addItem(words, offered)
        self._show_unit(unit)

    def _taken(self, before: Figure | None) -> Figure | None:
        if self._shown is None:
            return None
        words = before.label if before is not None else {}
        label = with_words(words, self._shown.language, self.label.text().strip())
        source = self.source.text().strip()
        self._needs.setVisible(not (label and source))
        if not (label and source):
            return None
        return Figure(
            label=label,
            value=self.value.value(),
            source=source,
            unit=self._unit(),
            date=self.date.text().strip(),
            qualifier=str(self.qualifier.currentData() or ""),
            quality=str(self.quality.currentData() or Quality.DECLARED.value),
        )

    def _connect(self) -> None:
        for field in (self.label, self.source, self.date):
            field.textEdited.connect(lambda _text: self._take())
        self.value.valueChanged.connect(lambda _value: self._take())
        for box in (self.qualifier, self.quality):
            box.currentIndexChanged.connect(lambda _row: self._take())
        self.unit.editTextChanged.connect(lambda _text: self._take())


class FigureBox(NumberBox):
    """A box for a number of any size, without zeros behind the last digit that counts."""

    def textFromValue(self, value: float) -> str:
        """Return the number as it is written."""
        words = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return words.rstrip("0").removesuffix(point) if point in words else words
