"""The parts of a plugin's panel, drawn in our own widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.isolation.schema import params_class
from twin.model.layer import Fact, Series
from twin.model.panels import Button, Field, Form, Grid, Image, PanelPart, Paragraph
from ui.docks.facts_view import FactsView
from ui.forms.fields import Words
from ui.forms.params_form import ParamsForm
from ui.forms.parts import clear, heading, wrapping
from ui.i18n import text
from ui.i18n.formats import value

CHART_PX = 200
ROWS_SHOWN = 8


class PartsView(QWidget):
    """Draws the parts of a panel below each other; ``zone_name`` is the time zone of its charts."""

    edited = Signal(str, object)
    """The name of a field, and what was typed."""

    pressed = Signal(str)
    """The id of the command of a button."""

    def __init__(self, zone_name: str = "UTC", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone_name = zone_name
        self.at: datetime | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)

    def show_parts(self, parts: Sequence[PanelPart], at: datetime | None = None) -> None:
        """Show parts in place of those shown so far; a run of facts is one list, charts mark the moment ``at``."""
        clear(self._layout)
        self.at = at
        for is_fact, run in groupby(parts, lambda part: isinstance(part, Fact)):
            if is_fact:
                self._layout.addWidget(self._facts(list(run)))
            else:
                for part in run:
                    self._layout.addWidget(_MAKERS[type(part)](self, part))

    def _facts(self, facts: Sequence[Any]) -> QWidget:
        view = FactsView()
        view.show_facts(facts, self.zone_name)
        return view


def _paragraph(_view: PartsView, part: Paragraph) -> QWidget:
    return heading(text(part.text)) if part.heading else wrapping(text(part.text))


def _grid(view: PartsView, part: Grid) -> QWidget:
    table = QTableWidget(len(part.rows), len(part.columns))
    table.setHorizontalHeaderLabels([text(column) for column in part.columns])
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.verticalHeader().setVisible(False)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setStretchLastSection(True)
    for y, row in enumerate(part.rows):
        for x, cell in enumerate(row):
            table.setItem(y, x, QTableWidgetItem(_cell(cell, view.zone_name)))
    shown = min(len(part.rows), ROWS_SHOWN) + 1.5
    table.setMinimumHeight(int(shown * table.verticalHeader().defaultSectionSize()))
    return table


def _cell(cell: object, zone_name: str) -> str:
    return text(cell) if isinstance(cell, Mapping) else value(cell, "", zone_name)


def _image(_view: PartsView, part: Image) -> QWidget:
    high, wide = part.rgba.shape[:2]
    data = part.rgba.tobytes()
    picture = QImage(data, wide, high, 4 * wide, QImage.Format.Format_RGBA8888).copy()
    label = QLabel()
    label.setPixmap(QPixmap.fromImage(picture))
    label.setAccessibleName(text(part.text))
    label.setToolTip(text(part.text))
    return label


def _chart(view: PartsView, part: Series) -> QWidget:
    from ui.docks.series_chart import SeriesChart

    chart = SeriesChart(part, view.zone_name)
    chart.setMinimumHeight(CHART_PX)
    if view.at is not None:
        chart.show_time(view.at)
    return chart


def _button(view: PartsView, part: Button) -> QWidget:
    button = QPushButton(text(part.text))
    button.clicked.connect(lambda _on=False: view.pressed.emit(part.command))
    return button


def _form(view: PartsView, part: Form) -> QWidget:
    fields = {field.name: field for field in part.fields}
    cls = params_class([_row(field) for field in part.fields])
    words = Words(
        label=lambda name: text(fields[name].label),
        choice=lambda name: next(
            (text(f.choices[name]) for f in part.fields if name in f.choices), name
        ),
        column=str,
    )
    form = ParamsForm(cls, words)
    form.show_values(cls())
    form.edited.connect(lambda name, typed, _gesture: view.edited.emit(name, typed))
    form.reset_requested.connect(lambda: _reset(view, part))
    return form


def _reset(view: PartsView, part: Form) -> None:
    for field in part.fields:
        view.edited.emit(field.name, None)


def _row(field: Field) -> dict[str, object]:
    number = isinstance(field.value, int | float) and not isinstance(field.value, bool)
    return {
        "name": field.name,
        "type": type(field.value).__name__,
        "default": field.value,
        "range": [field.low, field.high] if number else None,
        "unit": field.unit,
        "choice": list(field.choices),
        "column": None,
    }


_MAKERS: Mapping[type, Callable[[PartsView, Any], QWidget]] = {
    Paragraph: _paragraph,
    Grid: _grid,
    Image: _image,
    Series: _chart,
    Button: _button,
    Form: _form,
}
