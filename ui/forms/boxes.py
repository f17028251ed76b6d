"""Boxes for numbers, days and times: digits clear of the edge, days written as the language does."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDateEdit,
    QDateTimeEdit,
    QDoubleSpinBox,
    QSpinBox,
    QTimeEdit,
)

from ui.i18n.formats import day_pattern

ROOM_PX = 6
"""Between the edge and the first digit: Qt heeds no padding of a style sheet here."""


def _make_room(box: QAbstractSpinBox) -> None:
    box.lineEdit().setTextMargins(ROOM_PX, 0, 0, 0)


def _own_way(box: QDateTimeEdit) -> None:
    """Let digits run as they do in every language: Qt would turn the parts of a day or a time round once more."""
    box.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


class WholeBox(QSpinBox):
    """A box for a whole number."""

    def __init__(self, *args: Any, **properties: Any) -> None:
        super().__init__(*args, **properties)
        _make_room(self)


class NumberBox(QDoubleSpinBox):
    """A box for a number."""

    def __init__(self, *args: Any, **properties: Any) -> None:
        super().__init__(*args, **properties)
        _make_room(self)


class DayBox(QDateEdit):
    """A box for a day, written by the habits of the language; it opens a calendar."""

    def __init__(self, *args: Any, **properties: Any) -> None:
        super().__init__(*args, calendarPopup=True, **properties)
        _own_way(self)
        self.setDisplayFormat(day_pattern())

    def changeEvent(self, event: QEvent) -> None:
        """Write days as another language does."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self.setDisplayFormat(day_pattern())


class TimeBox(QTimeEdit):
    """A box for hours and minutes."""

    def __init__(self, *args: Any, **properties: Any) -> None:
        super().__init__(*args, **properties)
        _own_way(self)
        self.setDisplayFormat("HH:mm")
        _make_room(self)


class MomentBox(QDateTimeEdit):
    """A box for a day and a time."""

    def __init__(self, *args: Any, **properties: Any) -> None:
        super().__init__(*args, calendarPopup=True, **properties)
        _own_way(self)
        self.setDisplayFormat(f"{day_pattern()} HH:mm")

    def changeEvent(self, event: QEvent) -> None:
        """Write days as another language does."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LocaleChange:
            self.setDisplayFormat(f"{day_pattern()} HH:mm")
