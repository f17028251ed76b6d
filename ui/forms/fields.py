"""One editor a field: slider and box for ranges, lists for choices and columns, ticks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QWidget,
)

from twin.model.params import ParamField
from ui.forms.boxes import NumberBox, WholeBox
from ui.i18n import translator
from ui.i18n.formats import unit_symbol
from ui.i18n.typography import NARROW_SPACE

SETTLE_MS = 70
"""A dragged slider is heard this often: each value may build a layer anew."""

PAUSE_MS = 1200
"""Edits closer than this belong to one gesture, and are undone together."""

SLIDER_STEPS = 1000


@dataclass(frozen=True, slots=True)
class Words:
    """How a field is worded: its label, a choice's label, a column's label."""

    label: Callable[[str], str]
    choice: Callable[[str], str]
    column: Callable[[str], str]


class Editor(QObject):
    """Edits one value. ``edited`` carries the value; ``gesture`` counts the user's separate actions."""

    edited = Signal(object)

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.widget = widget
        self.gesture = 0
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._paused)

    def value(self) -> object:
        """Return what it shows."""
        raise NotImplementedError

    def show_value(self, value: object) -> None:
        """Show a value without telling of it."""
        raise NotImplementedError

    def retranslate(self, words: Words) -> None:
        """Word choices, units and numbers again."""

    def _tell(self, value: object) -> None:
        self._pause.start()
        self.edited.emit(value)

    def _paused(self) -> None:
        self._next_gesture()

    def _next_gesture(self) -> None:
        self.gesture += 1


class YesNo(Editor):
    """A tick box with its label beside it."""

    def __init__(self, field: ParamField) -> None:
        self._field = field
        self._box = QCheckBox()
        super().__init__(self._box)
        self._box.toggled.connect(self._ticked)

    def retranslate(self, words: Words) -> None:
        """See base."""
        self._box.setText(words.label(self._field.name))

    def _ticked(self, on: bool) -> None:
        self._next_gesture()
        self._tell(on)

    def value(self) -> bool:
        """See base."""
        return self._box.isChecked()

    def show_value(self, value: object) -> None:
        """See base."""
        self._box.blockSignals(True)
        self._box.setChecked(bool(value))
        self._box.blockSignals(False)


class FreeText(Editor):
    """A line of text, told of when it is finished."""

    def __init__(self) -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._line.editingFinished.connect(self._finished)
        self._told = ""

    def value(self) -> str:
        """See base."""
        return self._line.text()

    def show_value(self, value: object) -> None:
        """See base."""
        self._told = str(value)
        if self._line.text() != self._told:
            self._line.setText(self._told)

    def _finished(self) -> None:
        if self._line.text() != self._told:
            self._told = self._line.text()
            self._next_gesture()
            self._tell(self._told)


class OneOf(Editor):
    """A list of texts; what the project holds is kept even where it is not among them."""

    def __init__(self, values: Sequence[str], word: Callable[[Words, str], str]) -> None:
        self._box = QComboBox()
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.setMinimumContentsLength(10)
        super().__init__(self._box)
        self._word = word
        for value in values:
            self._box.addItem(value, value)
        self._box.activated.connect(self._chosen)

    def value(self) -> str:
        """See base."""
        return str(self._box.currentData() or "")

    def show_value(self, value: object) -> None:
        """See base."""
        place = self._box.findData(value)
        if place < 0:
            self._box.addItem(str(value), value)
            place = self._box.count() - 1
        self._box.setCurrentIndex(place)

    def retranslate(self, words: Words) -> None:
        """See base."""
        for place in range(self._box.count()):
            self._box.setItemText(place, self._word(words, str(self._box.itemData(place))))

    def _chosen(self) -> None:
        self._next_gesture()
        self._tell(self.value())


class Number(Editor):
    """A number: a box, and a slider beside it where its range is known."""

    def __init__(self, field: ParamField) -> None:
        host = QWidget()
        super().__init__(host)
        self._field = field
        self._whole = field.type is int
        self._box: WholeBox | NumberBox = WholeBox() if self._whole else NumberBox()
        self._slider: QSlider | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        layout = QHBoxLayout(host)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        if field.range is not None:
            layout.addWidget(self._make_slider(), 1)
        layout.addWidget(self._box, 0 if self._slider else 1)
        host.setFocusProxy(self._slider or self._box)
        self._set_up_box()

    def value(self) -> float | int:
        """See base."""
        return self._box.value()

    def show_value(self, value: object) -> None:
        """See base."""
        if self._settle.isActive():
            return  # the user is ahead of the project
        number = float(value) if isinstance(value, int | float) else 0.0
        for widget in filter(None, (self._box, self._slider)):
            widget.blockSignals(True)
        self._box.setValue(int(number) if self._whole else number)  # type: ignore[arg-type]
        if self._slider is not None:
            self._slider.setValue(self._place_of(number, self._slider))
        for widget in filter(None, (self._box, self._slider)):
            widget.blockSignals(False)

    def retranslate(self, words: Words) -> None:
        """See base."""
        symbol = unit_symbol(self._field.unit)
        self._box.setSuffix(NARROW_SPACE + symbol if symbol else "")
        self._box.setLocale(QLocale(translator.locale))
        name = words.label(self._field.name)
        self._box.setAccessibleName(name)
        if self._slider is not None:
            self._slider.setAccessibleName(name)

    def _make_slider(self) -> QSlider:
        low, high = self._limits()
        self._slider = slider = QSlider(Qt.Orientation.Horizontal)
        steps = int(high - low) if self._whole else SLIDER_STEPS
        slider.setRange(0, min(steps, SLIDER_STEPS))
        slider.setPageStep(max(slider.maximum() // 10, 1))
        slider.setSingleStep(max(slider.maximum() // 100, 1))
        slider.valueChanged.connect(lambda place: self._slid(place, slider))
        slider.sliderPressed.connect(self._next_gesture)
        slider.sliderReleased.connect(self._flush)
        return slider

    def _set_up_box(self) -> None:
        low, high = self._limits()
        box = self._box
        if isinstance(box, WholeBox):
            box.setRange(int(low), int(high))
        else:
            box.setDecimals(_decimals(high - low) if self._field.range else 3)
            box.setRange(low, high)
            box.setSingleStep(10.0 ** -min(box.decimals(), 1) if self._field.range else 1.0)
        box.setKeyboardTracking(False)
        box.setMinimumWidth(96)
        box.valueChanged.connect(self._typed)

    def _limits(self) -> tuple[float, float]:
        if self._field.range is not None:
            return self._field.range.low, self._field.range.high
        return (-2_000_000_000.0, 2_000_000_000.0) if self._whole else (-1e12, 1e12)

    def _place_of(self, number: float, slider: QSlider) -> int:
        low, high = self._limits()
        return round((number - low) / ((high - low) or 1.0) * slider.maximum())

    def _slid(self, place: int, slider: QSlider) -> None:
        low, high = self._limits()
        number = low + (high - low) * place / max(slider.maximum(), 1)
        self._box.blockSignals(True)
        self._box.setValue(round(number) if self._whole else number)  # type: ignore[arg-type]
        self._box.blockSignals(False)
        if not self._settle.isActive():
            self._settle.start()

    def _typed(self) -> None:
        if self._slider is not None:
            self._slider.blockSignals(True)
            place = self._place_of(float(self._box.value()), self._slider)
            self._slider.setValue(place)
            self._slider.blockSignals(False)
        self._flush()

    def _flush(self) -> None:
        self._settle.stop()
        self._settled()

    def _paused(self) -> None:
        if self._slider is None or not self._slider.isSliderDown():
            super()._paused()

    def _settled(self) -> None:
        self._tell(self._box.value())


def editor_for(field: ParamField, columns: Sequence[str]) -> Editor:
    """Return the editor that fits a field; ``columns`` are those that a column field may name."""
    if field.type is bool:
        return YesNo(field)
    if field.type in (int, float):
        return Number(field)
    if field.choice:
        return OneOf(field.choice, lambda words, value: words.choice(value))
    if field.column is not None:
        names = ["", *(name for name in columns if name)]
        return OneOf(names, lambda words, value: words.column(value))
    return FreeText()


def _decimals(span: float) -> int:
    if span <= 0:
        return 2
    return min(max(2 - math.floor(math.log10(span)), 0), 4)
