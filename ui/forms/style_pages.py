"""The pages of the style editor, one a kind of rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from twin.model.ramps import RAMPS
from twin.model.style import Categories, Constant, Graduated
from ui.forms.boxes import WholeBox
from ui.forms.parts import LinkButton, Swatch, clear, row, wrapping
from ui.forms.ramp_picture import SIZE, ramp_icon
from ui.i18n import text, tr, translator

METHODS = ("quantiles", "equal", "natural")
MOST_CLASSES = 12


class Page(QWidget):
    """A page: rows of label and editor."""

    edited = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._labels: list[tuple[QLabel, QWidget, str]] = []
        self._form = QFormLayout()
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(8)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.addLayout(self._form)

    def retranslate(self) -> None:
        """Word the labels again."""
        for label, widget, key in self._labels:
            label.setText(tr(key))
            widget.setAccessibleName(tr(key))

    def _row(self, key: str, widget: QWidget) -> None:
        label = QLabel()
        label.setBuddy(widget)
        self._labels.append((label, widget, key))
        self._form.addRow(label, widget)


class ConstantPage(Page):
    """One colour for all."""

    def __init__(self) -> None:
        super().__init__()
        self._swatch = Swatch(Constant().colour)
        self._swatch.setFixedSize(52, 24)
        self._swatch.picked.connect(lambda colour: self.edited.emit(Constant(colour=colour), ""))
        self._row("style.colour", self._swatch)
        self._outer.addStretch(1)

    def show_rule(self, rule: Constant) -> None:
        """Show the colour."""
        self._swatch.set_colour(rule.colour)


class CategoriesPage(Page):
    """A colour for each value of a column."""

    categories_wanted = Signal(str)

    def __init__(self, word_column: Callable[[str], str]) -> None:
        super().__init__()
        self._rule: Categories | None = None
        self._column = ColumnBox(word_column)
        self._column.chosen.connect(self.categories_wanted)
        self._row("style.column", self._column)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(5)
        self._outer.addLayout(self._rows)
        self._again = LinkButton("mdi6.refresh")
        self._again.clicked.connect(lambda: self.categories_wanted.emit(self._column.column()))
        self._outer.addWidget(self._again)
        self._outer.addStretch(1)

    def show_rule(self, rule: Categories, columns: Sequence[str]) -> None:
        """Show the column and a row a value."""
        self._column.fill(columns, rule.column)
        if rule == self._rule:
            return
        self._rule = rule
        clear(self._rows)
        for place, category in enumerate(rule.categories):
            words = text(category.label, category.value)
            self._add_row(
                category.colour, words, lambda colour, place=place: self._paint(place, colour)
            )
        self._add_row(rule.other, tr("legend.other"), self._paint_other)

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self._again.setText(tr("style.from_data"))
        self._column.retranslate()
        self._rule = None  # the words of its rows are those of another language

    def retheme(self) -> None:
        """Draw the icon in the colours of the theme."""
        self._again.retheme()

    def _add_row(self, colour: str, words: str, paint: Callable[[str], None]) -> None:
        swatch = Swatch(colour)
        swatch.setAccessibleName(tr("style.colour_of", value=words))
        swatch.setToolTip(tr("style.colour_of", value=words))
        swatch.picked.connect(paint)
        line = row(swatch, wrapping(words))
        line.setStretch(1, 1)
        self._rows.addLayout(line)

    def _paint(self, place: int, colour: str) -> None:
        if self._rule is None:
            return
        categories = list(self._rule.categories)
        categories[place] = replace(categories[place], colour=colour)
        self.edited.emit(replace(self._rule, categories=tuple(categories)), "")

    def _paint_other(self, colour: str) -> None:
        if self._rule is not None:
            self.edited.emit(replace(self._rule, other=colour), "")


class GraduatedPage(Page):
    """Classes of a number along a ramp."""

    def __init__(self, word_column: Callable[[str], str]) -> None:
        super().__init__()
        self._rule = Graduated(column="")
        self._column = ColumnBox(word_column)
        self._method, self._ramp = QComboBox(), QComboBox()
        self._classes = WholeBox()
        self._classes.setRange(2, MOST_CLASSES)
        self._breaks = QLineEdit()
        for method in METHODS:
            self._method.addItem(method, method)
        self._ramp.setIconSize(SIZE)
        for name in RAMPS:
            self._ramp.addItem(name, name)
        self._column.chosen.connect(lambda name: self._change(column=name, unit="", breaks=()))
        self._method.activated.connect(self._method_chosen)
        self._ramp.activated.connect(lambda: self._change(ramp=self._ramp.currentData()))
        self._classes.valueChanged.connect(self._classes_chosen)
        self._breaks.editingFinished.connect(self._breaks_typed)
        self._row("style.column", self._column)
        self._row("style.classes", self._classes)
        self._row("style.method", self._method)
        self._row("style.bounds", self._breaks)
        self._row("style.ramp", self._ramp)
        self._outer.addStretch(1)

    def show_rule(self, rule: Graduated, columns: Sequence[str]) -> None:
        """Show the rule; bounds that were computed are shown too."""
        count = len(rule.breaks) + 1 if rule.breaks else rule.classes
        redraw = len(self._rule.breaks) != len(rule.breaks) or self._ramp.itemIcon(0).isNull()
        self._rule = rule
        self._column.fill(columns, rule.column)
        self._method.setCurrentIndex(max(self._method.findData(rule.method), 0))
        with QSignalBlocker(self._classes):
            self._classes.setValue(count)
        if redraw:
            for place in range(self._ramp.count()):
                self._ramp.setItemIcon(place, ramp_icon(self._ramp.itemData(place), count))
        self._ramp.setCurrentIndex(max(self._ramp.findData(rule.ramp), 0))
        self._breaks.setText(self._written(rule.breaks))

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        for place, method in enumerate(METHODS):
            self._method.setItemText(place, tr(f"style.method.{method}"))
        self._breaks.setToolTip(tr("style.bounds_tip"))
        self._column.retranslate()

    def _change(self, **changes: object) -> None:
        self.edited.emit(replace(self._rule, **changes), "")  # type: ignore[arg-type]

    def _method_chosen(self) -> None:
        self._change(method=self._method.currentData(), breaks=(), classes=self._classes.value())

    def _classes_chosen(self, count: int) -> None:
        self.edited.emit(replace(self._rule, classes=count, breaks=()), "style.classes")

    def _breaks_typed(self) -> None:
        if self._breaks.text() == self._written(self._rule.breaks):
            return
        numbers = []
        for part in self._breaks.text().split(";"):
            number, good = translator.locale.toDouble(part.strip().replace(" ", ""))
            if part.strip() and not good:
                self._breaks.setText(self._written(self._rule.breaks))
                return
            if part.strip():
                numbers.append(number)
        self._change(breaks=tuple(sorted(set(numbers))))

    @staticmethod
    def _written(breaks: Sequence[float]) -> str:
        locale = translator.locale
        return " ; ".join(locale.toString(value, "g", 6) for value in breaks)


class ColumnBox(QComboBox):
    """A list of columns in the user's words."""

    chosen = Signal(str)

    def __init__(self, word: Callable[[str], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._word = word
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.activated.connect(lambda: self.chosen.emit(self.column()))

    def column(self) -> str:
        """Return the chosen column."""
        return str(self.currentData() or "")

    def fill(self, columns: Sequence[str], chosen: str) -> None:
        """List columns; a chosen one that is gone stays listed, so that it can be seen."""
        names = list(columns) if chosen in columns or not chosen else [*columns, chosen]
        if names != [self.itemData(place) for place in range(self.count())]:
            self.clear()
            for name in names:
                self.addItem(self._word(name), name)
        self.setCurrentIndex(self.findData(chosen))

    def retranslate(self) -> None:
        """Word the columns again."""
        for place in range(self.count()):
            self.setItemText(place, self._word(self.itemData(place)))
