"""Facts of a feature: label and value in rows, and under each run of one origin where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from twin.model.layer import Fact
from twin.model.table import Provenance, Quality
from ui.docks.sources_view import provenance_line, quality_chip
from ui.forms.parts import Line, clear, muted, wrapping
from ui.i18n import text
from ui.i18n.formats import DASH, value
from ui.text import MEDIUM, set_weight, tabular

Shape = tuple[tuple[str, Provenance], ...]


class FactsView(QWidget):
    """Shows facts; the same ones with other values are written in place, without flicker."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)
        self._values: list[QLabel] = []
        self._shape: Shape = ()

    def show_facts(self, facts: Sequence[Fact], zone_name: str) -> None:
        """Show facts, moments in the given time zone."""
        shape = tuple((text(fact.label), fact.provenance) for fact in facts)
        if shape != self._shape:
            self._shape = shape
            self._build(facts)
        for label, fact in zip(self._values, facts, strict=True):
            words = value(fact.value, fact.unit, zone_name)
            if words != label.text():
                label.setText(words)
                label.setEnabled(words != DASH)

    def as_text(self) -> str:
        """Return what is shown as lines of label, tab, value."""
        pairs = zip(self._shape, self._values, strict=True)
        return "\n".join(f"{label}\t{shown.text()}" for (label, _), shown in pairs)

    def _build(self, facts: Sequence[Fact]) -> None:
        clear(self._layout)
        self._values = []
        runs = [(origin, list(run)) for origin, run in groupby(facts, lambda f: f.provenance)]
        for place, (origin, run) in enumerate(runs):
            if place:
                self._layout.addWidget(Line())
            self._layout.addLayout(self._rows(run))
            self._add_origin(origin)

    def _rows(self, facts: Sequence[Fact]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(0, 9)
        grid.setColumnStretch(1, 11)
        for row, fact in enumerate(facts):
            label, shown = muted(text(fact.label)), wrapping()
            shown.setFont(tabular(shown.font()))
            set_weight(shown, MEDIUM)
            shown.setAccessibleName(text(fact.label))
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(label, row, 0, top)
            grid.addWidget(shown, row, 1, top)
            self._values.append(shown)
        return grid

    def _add_origin(self, origin: Provenance) -> None:
        words = provenance_line(origin)
        if not words and origin.quality is Quality.UNKNOWN:
            return
        line = QHBoxLayout()
        line.setSpacing(8)
        if origin.quality is not Quality.UNKNOWN:
            line.addWidget(quality_chip(origin.quality), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(muted(words, px=11), 1)
        self._layout.addLayout(line)
