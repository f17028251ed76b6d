"""Colours by conditions: a row each, the first that holds counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from twin.model.expressions import ExpressionError, parse
from twin.model.style import RuleCase, Rules
from twin.model.styling import QUALITATIVE
from ui.forms.expression_line import ExpressionLine
from ui.forms.parts import IconButton, LinkButton, Swatch, clear, row, wrapping
from ui.i18n import text, tr, translator


class RulesPage(QWidget):
    """Edits the rules of a style."""

    edited = Signal(object, str)

    def __init__(self) -> None:
        super().__init__()
        self._rule = Rules()
        self._columns: tuple[str, ...] = ()
        self._shown: Rules | None = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(5)
        self._lines: list[ExpressionLine] = []
        self._add = LinkButton("mdi6.plus")
        self._add.clicked.connect(self.add)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._rows)
        outer.addWidget(self._add)
        outer.addStretch(1)

    def show_rule(self, rule: Rules, columns: Sequence[str]) -> None:
        """Show the conditions; those being typed are left alone."""
        self._rule, self._columns = rule, tuple(columns)
        if rule == self._shown:
            return
        self._shown = rule
        clear(self._rows)
        self._lines = []
        for place, case in enumerate(rule.cases):
            self._add_case(place, case)
        other = Swatch(rule.other)
        other.picked.connect(lambda colour: self._change(replace(self._rule, other=colour)))
        self._rows.addLayout(row(other, wrapping(tr("legend.other"))))

    def add(self) -> None:
        """Add a condition that holds for nothing yet."""
        colour = QUALITATIVE[len(self._rule.cases) % len(QUALITATIVE)]
        case = RuleCase(when="false", colour=colour)
        self._shown = None
        self._change(replace(self._rule, cases=(*self._rule.cases, case)))

    def retranslate(self) -> None:
        """Word everything again."""
        self._add.setText(tr("style.add_rule"))
        self._shown = None

    def retheme(self) -> None:
        """Draw the icons in the colours of the theme."""
        self._add.retheme()
        for line in self._lines:
            line.retheme()

    def _add_case(self, place: int, case: RuleCase) -> None:
        swatch, name = Swatch(case.colour), QLineEdit(text(case.label))
        line = ExpressionLine()
        line.retranslate()
        line.retheme()
        line.set_columns(self._columns)
        line.show_text(case.when)
        self._lines.append(line)
        name.setPlaceholderText(tr("style.rule_name"))
        name.setAccessibleName(tr("style.rule_name"))
        swatch.picked.connect(lambda colour: self._put(place, colour=colour))
        name.editingFinished.connect(
            lambda: self._put(
                place, label={translator.language: name.text()} if name.text() else {}
            )
        )
        line.changed.connect(lambda words: self._when(place, line, words))
        remove = IconButton("mdi6.close", lambda: self._remove(place))
        remove.say(tr("style.remove_rule"))
        remove.retheme()
        head = row(swatch, name, remove)
        head.setStretch(1, 1)
        self._rows.addLayout(head)
        self._rows.addWidget(line)
        self._rows.addWidget(line.message)

    def _when(self, place: int, line: ExpressionLine, words: str) -> None:
        try:
            parse(words)
        except ExpressionError as error:
            line.tell(tr(error.key, **error.values), error.at)
            return
        line.tell("")
        self._put(place, when=words)

    def _put(self, place: int, **changes: object) -> None:
        cases = list(self._rule.cases)
        if place < len(cases):
            cases[place] = replace(cases[place], **changes)  # type: ignore[arg-type]
            rule = replace(self._rule, cases=tuple(cases))
            if "when" in changes or "label" in changes:
                self._shown = rule  # the fields stand as they were typed
            self._change(rule)

    def _remove(self, place: int) -> None:
        cases = self._rule.cases
        self._change(replace(self._rule, cases=cases[:place] + cases[place + 1 :]))

    def _change(self, rule: Rules) -> None:
        if rule != self._rule:
            self._rule = rule
            self.edited.emit(rule, "")
