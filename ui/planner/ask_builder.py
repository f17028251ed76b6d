"""One condition put together from lists: a column and a value, or a place; written as an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.docks.features import column_label, layer_title
from ui.forms.boxes import NumberBox
from ui.forms.expression_line import quoted
from ui.forms.narrow import narrow
from ui.i18n import tr

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
WORDS = ("contains", "starts with")
ALONE = ("is missing", "is not missing")
PLACES = ("near", "within", "intersects", "served_by", "exists")
MOST_VALUES = 200
"""Values of a column that are offered."""


class Builder(QWidget):
    """Puts a condition together."""

    made = Signal(str, str)
    """The word that joins it to what stands (``and``, ``or``), and the condition."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._runtime: LayerRuntime | None = None
        self.join, self.relation = QComboBox(), narrow(QComboBox())
        self.column, self.value, self.other = (narrow(QComboBox()) for _ in range(3))
        self.value.setEditable(True)
        self.away = NumberBox()
        self.away.setRange(0.0, 100_000.0)
        self.away.setValue(300.0)
        self.away.setSuffix(" m")
        self.add = QPushButton()
        for word in ("and", "or"):
            self.join.addItem(word, word)
        for word in (*COMPARISONS, *WORDS, *ALONE, *PLACES):
            self.relation.addItem(word, word)
        self._arrange()
        self.relation.currentIndexChanged.connect(lambda _index: self._show_fields())
        self.column.currentIndexChanged.connect(lambda _index: self._offer_values())
        self.add.clicked.connect(self._tell)

    def show_layer(self, session: Session | None, runtime: LayerRuntime | None) -> None:
        """Offer the columns of a layer, and the other layers."""
        self._session, self._runtime = session, runtime
        self.column.clear()
        self.other.clear()
        if session is None or runtime is None:
            return
        for name in runtime.column_names():
            self.column.addItem(column_label(session, runtime, name), name)
        self.other.addItem(tr("ask.selection"), "selection")
        for other in session.layers():
            if other.table is not None and other.table.raster is None:
                self.other.addItem(layer_title(session, other.spec.id), other.spec.id)
        self._show_fields()

    def condition(self) -> str:
        """Return the condition as it stands; empty where something is missing."""
        word = str(self.relation.currentData())
        other = '"' + str(self.other.currentData() or "") + '"'
        if word == "exists":
            return f'exists("{self.value.currentText().strip()}")' if self._value() else ""
        if word == "near":
            return f"near({other}, {self.away.value():g})"
        if word in PLACES:
            return f"{word}({other})"
        column = quoted(str(self.column.currentData() or ""))
        if word in ALONE:
            return f"{column} {word}"
        return f"{column} {word} {self._value()}" if self._value() else ""

    def retranslate(self) -> None:
        """Word everything again."""
        for box in (self.join, self.relation):
            for i in range(box.count()):
                word = str(box.itemData(i))
                named = word[0].isalpha()
                box.setItemText(i, tr("ask.word_" + word.replace(" ", "_")) if named else word)
        self.add.setText(tr("ask.add"))
        names = {"join": self.join, "column": self.column, "relation": self.relation}
        for name, box in {**names, "value": self.value, "other": self.other}.items():
            box.setAccessibleName(tr(f"ask.{name}"))
            box.setToolTip(tr(f"ask.{name}"))
        self.away.setAccessibleName(tr("ask.away"))

    def _value(self) -> str:
        """Return the value as an expression writes it: numbers plain, texts between quotation marks."""
        typed = self.value.currentText().strip()
        try:
            return f"{float(typed.replace(',', '.')):.15g}" if typed else ""
        except ValueError:
            return '"' + typed.replace('"', '""') + '"'

    def _tell(self) -> None:
        condition = self.condition()
        if condition:
            self.made.emit(str(self.join.currentData()), condition)

    def _show_fields(self) -> None:
        word = str(self.relation.currentData())
        self.column.setVisible(word not in PLACES)
        self.value.setVisible(word not in ALONE and word not in PLACES[:4])
        self.other.setVisible(word in PLACES[:4])
        self.away.setVisible(word == "near")
        if word == "exists":
            self.value.clear()
            self.value.setEditText("2030-01-01")
        elif not self.value.count():
            self._offer_values()

    def _offer_values(self) -> None:
        self.value.clear()
        runtime, name = self._runtime, str(self.column.currentData() or "")
        values = runtime.column(name) if runtime is not None and name else None
        if values is None or values.dtype.kind in "fM":
            return
        head = values[: 50 * MOST_VALUES]
        known = sorted({str(v) for v in head if v is not None and v == v})  # noqa: PLR0124 - NaN
        self.value.addItems(known[:MOST_VALUES])

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widgets in (
            (self.column, self.relation),
            (self.value, self.other, self.away),
            (self.join, self.add),
        ):
            row = QHBoxLayout()
            row.setSpacing(4)
            for widget in widgets:
                row.addWidget(widget, 0 if widget is self.join else 1)
            layout.addLayout(row)


def joined(text: str, word: str, condition: str) -> str:
    """Return an expression with a further condition; what stands is bracketed where it would else be torn apart."""
    if not text.strip():
        return condition
    whole = f"({text.strip()})" if word == "and" and _has_or(text) else text.strip()
    return f"{whole} {word} {condition}"


def _has_or(text: str) -> bool:
    from twin.model.expressions.syntax import tokens

    return any(token.kind == "word" and token.text == "or" for token in tokens(text))
