"""Asks for the features that fit a condition: selected, listed, counted, charted, coloured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout

from twin.model.expressions import ExpressionError, Rows, matching_rows, parse
from twin.model.style import Constant, RuleCase, Rules, Style
from twin.model.table import FEATURE_ID
from twin.work.around import around_of
from twin.work.jobs import Job
from ui.docks.features import columns_by_name, layer_title, rows_of, runtime_of
from ui.docks.panel import Panel
from ui.forms.expression_line import ExpressionLine
from ui.forms.narrow import narrow
from ui.forms.parts import wrapping
from ui.i18n import text, tr
from ui.i18n.formats import number
from ui.planner.ask_builder import Builder, joined
from ui.planner.ask_results import Results

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session
    from ui.window.main import MainWindow

FOUND = "#d95f02"
SETTLE_MS = 200


class AskPanel(Panel):
    """The questions of a planner to one layer at a time."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._request = 0
        self.found = np.zeros(0, np.intp)
        self.layer = narrow(QComboBox())
        self.line = ExpressionLine()
        self.builder = Builder()
        self.count = wrapping()
        self.select, self.table, self.colour = QPushButton(), QPushButton(), QPushButton()
        self.results = Results()
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self._ask)
        self._arrange()
        self._connect()
        self._begin()

    def layer_id(self) -> str:
        """Return the layer that is asked about."""
        return str(self.layer.currentData() or "")

    def show_layer(self, layer_id: str) -> None:
        """Ask about a layer."""
        self.layer.setCurrentIndex(max(0, self.layer.findData(layer_id)))

    def choose(self) -> None:
        """Select what was found in the scene."""
        self._choose(self.found)

    def list_found(self) -> None:
        """Show the attribute table with the same condition."""
        table = self._window.docks.table
        self._window.docks.show("table")
        table.show_layer(self.layer_id())
        table.filter_line.set_text(self.line.text())

    def colour_found(self) -> None:
        """Colour what was found: a style of one rule that can be edited on."""
        session, text = self._session, self.line.text()
        if session is None or not text or not self.layer_id():
            return
        rule = Rules(cases=(RuleCase(when=text, colour=FOUND),), other=Constant().colour)
        layer = self.layer_id()
        session.do(
            "ask.do.colour", lambda p: p.with_layer(replace(p.layer(layer), style=Style(rule=rule)))
        )

    def retranslate(self) -> None:
        """See base."""
        self._list_layers()
        self.layer.setAccessibleName(tr("table.layer"))
        self.line.retranslate()
        self.builder.retranslate()
        self.results.retranslate()
        for button, key in (
            (self.select, "select"),
            (self.table, "table"),
            (self.colour, "colour"),
        ):
            button.setText(tr(f"ask.{key}"))

    def retheme(self) -> None:
        """See base."""
        self.line.retheme()
        self.results.retheme()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, lambda _before, _after: self._list_layers())
        self._links.connect(session.layer_changed, self._on_layer)
        self._links.connect(session.selection.changed, lambda _features: self._on_selection())

    def _refresh(self) -> None:
        self.setEnabled(self._session is not None)
        self._list_layers()
        self._show_columns()

    def _on_layer(self, layer: str, aspects: frozenset[str]) -> None:
        if layer == self.layer_id() and aspects & {"table", "columns"}:
            if "table" in aspects:
                self._show_columns()
            self._later.start()

    def _on_selection(self) -> None:
        if "selection" in self.line.text() or not self.line.text():
            self._later.start()

    def _list_layers(self) -> None:
        session, chosen = self._session, self.layer_id()
        specs = session.project.layers if session is not None else ()
        titled = [(text(s.title, s.id), s.id) for s in specs]
        shown = range(self.layer.count())
        if titled == [(self.layer.itemText(i), self.layer.itemData(i)) for i in shown]:
            return
        self.layer.blockSignals(True)
        self.layer.clear()
        for title, name in titled:
            self.layer.addItem(title, name)
        self.layer.setCurrentIndex(self.layer.findData(chosen or self._built()))
        self.layer.blockSignals(False)
        self._show_columns()

    def _built(self) -> str:
        """Return the layer that planners ask about most: the first with buildings."""
        from twin.work.developments import building_layer

        return building_layer(self._session) if self._session is not None else ""

    def _runtime(self) -> LayerRuntime | None:
        found = runtime_of(self._session, self.layer_id())
        return found if found is not None and found.table is not None else None

    def _show_columns(self) -> None:
        runtime, session = self._runtime(), self._session
        self.builder.show_layer(session, runtime)
        names = runtime.column_names() if runtime is not None else ()
        if session is not None and runtime is not None:
            self.line.set_columns(tuple(columns_by_name(session, runtime, names)))
        self.results.show_layer(session, runtime)
        self._later.start()

    def _ask(self) -> None:
        """Find the rows on a worker; a newer question makes an older answer void."""
        session, runtime = self._session, self._runtime()
        self._request += 1
        if session is None or runtime is None or runtime.table is None or not self.isVisible():
            return
        request, text = self._request, self.line.text()
        rows = self._rows_asked(session, runtime)
        chosen = rows_of(runtime.table, session.selection.of_layer(runtime.spec.id))

        def find(_job: Any) -> tuple[Any, str, int]:
            if not text:
                return (chosen if len(chosen) else np.arange(rows.count)), "", -1
            try:
                return np.flatnonzero(matching_rows(parse(text), rows)), "", -1
            except ExpressionError as error:
                return None, tr(error.key, **error.values), error.at

        def show(answer: tuple[Any, str, int]) -> None:
            if request == self._request:
                self._show(rows, *answer)

        job = Job("job.filter", layer_title(session, runtime.spec.id))
        session.jobs.run(job, find, done=show, failed=self._window.tell)

    @staticmethod
    def _rows_asked(session: Session, runtime: LayerRuntime) -> Rows:
        names = columns_by_name(session, runtime, runtime.column_names())
        return Rows(
            count=len(runtime.table) if runtime.table is not None else 0,
            columns=tuple(names),
            column_of=lambda name: runtime.column(names[name]),
            places=around_of(session, runtime.spec.id),
        )

    def _show(self, rows: Rows, found: Any, trouble: str, at: int) -> None:
        self.line.tell(trouble, at)
        if found is None:
            self.count.setText("")
            return
        self.found = found
        shown, count = number(len(found)), number(rows.count)
        key = "ask.found" if self.line.text() else "ask.all"
        if not self.line.text() and len(found) < rows.count:
            key = "ask.selected"
        self.count.setText(tr(key, shown=shown, count=count))
        self.results.show_rows(rows, found)

    def _choose(self, rows: Any) -> None:
        session, runtime = self._session, self._runtime()
        if session is None or runtime is None or runtime.table is None:
            return
        ids = runtime.table.frame[FEATURE_ID].to_numpy()[rows]
        session.selection.set([(runtime.spec.id, str(name)) for name in ids])

    def _connect(self) -> None:
        self.layer.currentIndexChanged.connect(lambda _index: self._show_columns())
        self.line.changed.connect(lambda _text: self._ask())
        self.builder.made.connect(self._add)
        self.select.clicked.connect(self.choose)
        self.table.clicked.connect(self.list_found)
        self.colour.clicked.connect(self.colour_found)
        self.results.rows_chosen.connect(self._choose)
        self.results.exported.connect(lambda n: self._window.say("status.exported", file=n))
        self.results.failed.connect(self._window.tell)

    def _add(self, word: str, condition: str) -> None:
        self.line.set_text(joined(self.line.text(), word, condition))

    def showEvent(self, event: Any) -> None:
        """Ask what was not asked while nobody looked."""
        super().showEvent(event)
        self._later.start()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(6)
        layout.addWidget(self.layer)
        layout.addWidget(self.builder)
        layout.addWidget(self.line)
        layout.addWidget(self.line.message)
        layout.addWidget(self.count)
        buttons = QHBoxLayout()
        for button in (self.select, self.table, self.colour):
            buttons.addWidget(button, 1)
        layout.addLayout(buttons)
        layout.addWidget(self.results, 1)
