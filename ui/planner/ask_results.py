"""What the found features have in common: statistics, histogram, scatter, cross table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from twin.analysis.statistics import HOW, Pivot, histogram_of, pivot_of, summary_of
from twin.errors import BelvedereError
from twin.model.expressions import ExpressionError, Rows, parse, values_of
from twin.problems import Problem, Severity
from ui.docks.features import column_label
from ui.forms.expression_line import quoted
from ui.forms.narrow import narrow
from ui.forms.parts import IconButton, wrapping
from ui.i18n import tr
from ui.i18n.formats import number
from ui.planner.ask_chart import AskChart

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

KINDS = ("statistics", "histogram", "scatter", "pivot")
FIELDS = {
    "statistics": ("x",),
    "histogram": ("x",),
    "scatter": ("x", "y"),
    "pivot": ("x", "y", "value", "how"),
}


class Results(QWidget):
    """Looks at some rows of a layer in one of four ways; a click on a bar, a point or a cell selects."""

    rows_chosen = Signal(object)
    exported = Signal(str)
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asked: Rows | None = None
        self._found: NDArray[np.intp] = np.zeros(0, np.intp)
        self._pivot: Pivot | None = None
        self.kind, self.how = QComboBox(), QComboBox()
        self.fields = {name: narrow(QComboBox()) for name in ("x", "y", "value")}
        for box in self.fields.values():
            box.setEditable(True)  # an expression may stand for a column
        for kind in KINDS:
            self.kind.addItem(kind, kind)
        for how in HOW:
            self.how.addItem(how, how)
        self.chart = AskChart()
        self.table = QTableWidget()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.said = wrapping()
        self._save = IconButton("mdi6.tray-arrow-down", self._ask_save)
        self._stack = QStackedWidget()
        for widget in (self.table, self.chart):
            self._stack.addWidget(widget)
        self._arrange()
        self.kind.currentIndexChanged.connect(lambda _index: self._show_fields())
        self.how.currentIndexChanged.connect(lambda _index: self.show_again())
        for box in self.fields.values():
            box.currentTextChanged.connect(lambda _text: self.show_again())
        self.chart.rows_chosen.connect(lambda rows: self.rows_chosen.emit(self._found[rows]))
        self.table.cellClicked.connect(self._cell_clicked)

    def show_layer(self, session: Session | None, runtime: LayerRuntime | None) -> None:
        """Offer the columns of a layer; numbers first for what is measured."""
        if session is None:
            self.chart.close_plot()
            self._asked = None
        names = runtime.column_names() if runtime is not None else ()
        words = _words(session, runtime) if session is not None and runtime is not None else {}
        for place, box in self.fields.items():
            before = box.currentText()
            box.blockSignals(True)
            box.clear()
            if place != "x":
                box.addItem("", "")
            for name in names:
                box.addItem(quoted(words.get(name, name)), name)
                box.setItemData(box.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
            first = self._usual(runtime, names) if place == "x" else ""
            known = box.findText(before) >= 0
            usual = quoted(words.get(first, first)) if first else ""
            box.setCurrentText(before if known else usual)
            box.blockSignals(False)

    def show_rows(self, asked: Rows, found: NDArray[np.intp]) -> None:
        """Look at some rows."""
        self._asked, self._found = asked, found
        self.show_again()

    def show_again(self) -> None:
        """Work out what is chosen and show it."""
        if self._asked is None:
            return
        kind = str(self.kind.currentData())
        try:
            self.said.setText("")
            getattr(self, f"_show_{kind}")()
        except ExpressionError as error:
            self.said.setText(tr(error.key, **error.values))

    def values(self, place: str) -> NDArray[Any] | None:
        """Return the values of a field for the found rows, None where it is empty."""
        text = self.fields[place].currentText().strip()
        if not text or self._asked is None:
            return None
        return values_of(parse(text), self._asked)[self._found]

    def save(self, path: Path) -> None:
        """Write the table that is shown as CSV; of a chart, its values."""
        import pandas as pd

        columns = {
            box.currentText(): self.values(name)
            for name, box in self.fields.items()
            if name in FIELDS[str(self.kind.currentData())] and box.currentText().strip()
        }
        frame = pd.DataFrame(columns)
        if self._pivot is not None and self.kind.currentData() == "pivot":
            frame = pd.DataFrame(self._pivot.table, self._pivot.rows, self._pivot.columns)
        try:
            frame.to_csv(path, encoding="utf-8", index=self.kind.currentData() == "pivot")
        except OSError as error:
            reason = error.strerror or str(error)
            self.failed.emit(
                Problem("analyse.cannot_write", str(path), {"reason": reason}, Severity.ERROR)
            )
        else:
            self.exported.emit(path.name)

    def retranslate(self) -> None:
        """Word everything again."""
        for i, kind in enumerate(KINDS):
            self.kind.setItemText(i, tr(f"ask.kind_{kind}"))
        for i, how in enumerate(HOW):
            self.how.setItemText(i, tr(f"ask.how_{how}"))
        self.kind.setAccessibleName(tr("ask.kind"))
        self.how.setAccessibleName(tr("ask.how"))
        self._save.say(tr("ask.save"))
        self._show_fields()

    def retheme(self) -> None:
        """Draw in the colours of the theme."""
        self._save.retheme()
        self.chart.retheme()

    # The four ways.

    def _show_statistics(self) -> None:
        values = self.values("x")
        self._stack.setCurrentWidget(self.table)
        told = summary_of(values) if values is not None else {}
        self.table.setColumnCount(1)
        self.table.setRowCount(len(told))
        self.table.setHorizontalHeaderLabels([self.fields["x"].currentText()])
        self.table.setVerticalHeaderLabels([tr(f"ask.stat_{name}") for name in told])
        for row, value in enumerate(told.values()):
            self._put(row, 0, value)
        self._pivot = None

    def _show_histogram(self) -> None:
        values = self.values("x")
        self._stack.setCurrentWidget(self.chart)
        name = self.fields["x"].currentText()
        if values is None:
            self.chart.show_nothing()
        elif values.dtype.kind == "f":
            self.chart.show_histogram(histogram_of(values), name)
        else:
            pivot = pivot_of(values, None, None)
            self.chart.show_bars(pivot.rows, pivot.table[:, 0], pivot.row_of, name)

    def _show_scatter(self) -> None:
        self._stack.setCurrentWidget(self.chart)
        x, y = self.values("x"), self.values("y")
        if x is None or y is None or x.dtype.kind != "f" or y.dtype.kind != "f":
            self.chart.show_nothing()
            self.said.setText(tr("ask.two_numbers"))
            return
        names = (self.fields["x"].currentText(), self.fields["y"].currentText())
        told = self.chart.show_scatter(x, y, names)
        if np.isfinite(told):
            self.said.setText(tr("ask.correlation", r=number(round(told, 3), 3)))

    def _show_pivot(self) -> None:
        self._stack.setCurrentWidget(self.table)
        rows, columns, values = (self.values(name) for name in ("x", "y", "value"))
        if rows is None:
            self.table.setRowCount(0)
            return
        numbers = values if values is not None and values.dtype.kind == "f" else None
        self._pivot = pivot_of(rows, columns, numbers, str(self.how.currentData()))
        pivot = self._pivot
        self.table.setRowCount(len(pivot.rows))
        self.table.setColumnCount(len(pivot.columns))
        heads = [name or tr(f"ask.how_{self.how.currentData()}") for name in pivot.columns]
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setVerticalHeaderLabels(list(pivot.rows))
        for (row, column), value in np.ndenumerate(pivot.table):
            self._put(row, column, value)

    def _put(self, row: int, column: int, value: float) -> None:
        digits = 0 if float(value).is_integer() else 2
        item = QTableWidgetItem(number(value, digits) if np.isfinite(value) else "")
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItem(row, column, item)

    def _cell_clicked(self, row: int, column: int) -> None:
        if self._pivot is not None and self.kind.currentData() == "pivot":
            pivot = self._pivot
            inside = (pivot.row_of == row) & (pivot.column_of == column)
            self.rows_chosen.emit(self._found[inside])

    @staticmethod
    def _usual(runtime: LayerRuntime | None, names: tuple[str, ...]) -> str:
        """Return the column that one looks at first: a height, else the first number."""
        if runtime is None:
            return ""
        numbers = [n for n in names if np.asarray(runtime.column(n)).dtype.kind in "fiu"]
        return next((n for n in numbers if "height" in n or "haut" in n), next(iter(numbers), ""))

    def _show_fields(self) -> None:
        shown = FIELDS[str(self.kind.currentData())]
        for name, box in self.fields.items():
            box.setVisible(name in shown)
            box.setAccessibleName(tr(f"ask.field_{self.kind.currentData()}_{name}")
                                  if name in shown else "")  # fmt: skip
            box.setToolTip(box.accessibleName())
            edit = box.lineEdit()
            if edit is not None:
                edit.setPlaceholderText(box.accessibleName())
        self.how.setVisible("how" in shown)
        self.show_again()

    def _ask_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, tr("ask.save"), str(Path.home() / "table.csv"), "CSV (*.csv)"
        )
        if path:
            try:
                self.save(Path(path).with_suffix(".csv"))
            except (ExpressionError, BelvedereError):
                self.show_again()  # says what is wrong

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self.kind, 1)
        top.addWidget(self._save)
        layout.addLayout(top)
        row = QHBoxLayout()
        row.setSpacing(4)
        for widget in (*self.fields.values(), self.how):
            row.addWidget(widget, 1)
        layout.addLayout(row)
        layout.addWidget(self.said)
        layout.addWidget(self._stack, 1)


def _words(session: Session, runtime: LayerRuntime) -> dict[str, str]:
    """Return columns in the user's words, which expressions understand; those that share a word keep their names."""
    labels = {name: column_label(session, runtime, name) for name in runtime.column_names()}
    count = Counter(labels.values())
    return {name: label for name, label in labels.items() if count[label] == 1}
