"""What narrow panels share: short lists and forms, days, widgets beside each other."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QWidget

from ui.forms.boxes import DayBox

YEARS = (1700, 2200)


def narrow(box: QComboBox) -> QComboBox:
    """Let a list be narrower than its longest entry."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    return box


def day_field() -> DayBox:
    """Return a field for a day."""
    field = DayBox()
    field.setDateRange(QDate(YEARS[0], 1, 1), QDate(YEARS[1], 12, 31))
    return field


def moment_of(field: DayBox) -> datetime:
    """Return the beginning of a field's day, UTC."""
    day = field.date()
    return datetime(day.year(), day.month(), day.day(), tzinfo=UTC)


def form_label() -> QLabel:
    """Return the words of a field, or of a group of them, that break their lines where there is little room."""
    label = QLabel()
    label.setWordWrap(True)
    return label


def narrow_form(parent: QWidget | None = None) -> QFormLayout:
    """Return a form whose fields come under their words where there is little room."""
    form = QFormLayout() if parent is None else QFormLayout(parent)
    form.setContentsMargins(0, 0, 0, 0)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    return form


def beside(first: QWidget, *others: QWidget) -> QHBoxLayout:
    """Return a row in which the first widget takes the room that the others leave."""
    layout = QHBoxLayout()
    layout.setSpacing(2)
    layout.addWidget(first, 1)
    for widget in others:
        layout.addWidget(widget)
    return layout
