"""What was clicked: its values with unit, source, date and quality, and its charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from twin.model.layer import Fact, Series
from twin.problems import Problem, Severity
from twin.work.jobs import Job
from ui.docks.facts_view import FactsView
from ui.docks.features import (
    bounds_of_rows,
    column_label,
    column_unit,
    feature_title,
    in_words,
    layer_title,
)
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, IconButton, Line, clear, heading, muted
from ui.i18n import problem_text, tr

if TYPE_CHECKING:
    from datetime import datetime

    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session
    from ui.docks.series_chart import SeriesChart

RENEW_MS = 200
"""While time runs, values are read again this often."""

CONCERNS = frozenset({"spec", "table", "columns", "removed", "state"})


class AttributesDock(Panel):
    """Facts and charts of the selected feature."""

    fly_to_requested = Signal(object)

    def __init__(self, session: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._shown: tuple[str, str] | None = None
        self._request = 0
        self._charts: list[SeriesChart] = []
        self._title, self._layer, self._more = heading(px=16), muted(), muted()
        self._trouble = muted()
        self._zoom = IconButton("mdi6.magnify-scan", self._zoom_to)
        self._copy = IconButton("mdi6.content-copy", self._copy_text)
        self._clear = IconButton("mdi6.close", self._select_nothing)
        self._facts = FactsView()
        self._empty = EmptyState("mdi6.cursor-default-click-outline")
        self._later = QTimer(self, singleShot=True, interval=RENEW_MS)
        self._later.timeout.connect(self._renew)
        self._arrange()
        self._begin()

    def retranslate(self) -> None:
        """See base."""
        self._empty.say(tr("attributes.empty"), tr("attributes.empty_advice"))
        self._zoom.say(tr("attributes.zoom"))
        self._copy.say(tr("attributes.copy"))
        self._clear.say(tr("attributes.clear"))
        for chart in self._charts:
            chart.retranslate()

    def retheme(self) -> None:
        """See base."""
        for part in (self._zoom, self._copy, self._clear, self._empty):
            part.retheme()
        for chart in self._charts:
            chart.retheme()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.selection.changed, self._on_selection)
        self._links.connect(session.clock.changed, self._on_time)
        self._links.connect(session.layer_changed, self._on_layer)

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self._layer, 1)
        for button in (self._zoom, self._copy, self._clear):
            buttons.addWidget(button)
        self._series_layout = QVBoxLayout()
        self._series_layout.setSpacing(12)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 10, 14, 14)
        column.setSpacing(10)
        column.addLayout(buttons)
        for widget in (self._title, self._more, self._trouble, Line(), self._facts):
            column.addWidget(widget)
        column.addLayout(self._series_layout)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    # What the session tells.

    def _on_selection(self, _features: object) -> None:
        self._refresh()

    def _on_time(self, _at: datetime) -> None:
        if self._shown is not None and not self._later.isActive():
            self._later.start()

    def _on_layer(self, layer_id: str, aspects: frozenset[str]) -> None:
        if self._shown is None or layer_id != self._shown[0] or not aspects & CONCERNS:
            return
        if aspects & {"table", "removed"}:
            self._refresh()
        elif not self._later.isActive():
            self._later.start()

    def _refresh(self) -> None:
        self._later.stop()
        self._request += 1
        self._drop_charts()
        self._shown = self._session.selection.current if self._session is not None else None
        found = self._found()
        self._stack.setCurrentIndex(0 if found is None else 1)
        if found is None or self._session is None or self._shown is None:
            self._shown = None
            return
        runtime, row = found
        others = len(self._session.selection.features) - 1
        self._title.setText(feature_title(runtime, row))
        self._layer.setText(layer_title(self._session, self._shown[0]))
        self._more.setText(tr("attributes.others", count=others))
        self._more.setVisible(others > 0)
        self._show_facts(runtime, row)
        self._ask_series(runtime, row)

    def _renew(self) -> None:
        """Write values of the moment without building anything anew."""
        found = self._found()
        if found is None or self._session is None:
            return
        self._show_facts(*found)
        for chart in self._charts:
            chart.show_time(self._session.clock.at)

    def _found(self) -> tuple[LayerRuntime, int] | None:
        if self._session is None or self._shown is None:
            return None
        layer_id, feature_id = self._shown
        try:
            runtime = self._session.layer(layer_id)
        except KeyError:
            return None
        row = runtime.table.row_of(feature_id) if runtime.table is not None else -1
        return None if row < 0 else (runtime, row)

    def _show_facts(self, runtime: LayerRuntime, row: int) -> None:
        session = self._session
        if session is None:
            return
        if getattr(runtime.layer, "distant", False):
            self._ask_facts(runtime, row)
            return
        try:
            facts = runtime.facts(row, session.clock.at)
        except Exception as error:  # noqa: BLE001 - a layer's author may raise anything
            self._no_facts(runtime, repr(error))
        else:
            self._take_facts(runtime, facts)

    def _ask_facts(self, runtime: LayerRuntime, row: int) -> None:
        """Have a layer in another process asked by a worker: it may be busy, or hang."""
        session, request = self._session, self._request
        if session is None:
            return
        at = session.clock.at

        def done(facts: list[Fact]) -> None:
            if request == self._request and session is self._session:
                self._take_facts(runtime, facts)

        def failed(problem: Problem) -> None:
            if request == self._request:
                self._no_facts(runtime, problem_text(problem))

        job = Job("job.describe", layer_title(session, runtime.spec.id))
        session.jobs.run(
            job, lambda _job: runtime.facts(row, at), done=done, failed=failed, waits=True
        )

    def _no_facts(self, runtime: LayerRuntime, reason: str) -> None:
        values = {"reason": reason}
        problem = Problem("layer.describe_failed", runtime.spec.id, values, Severity.ERROR)
        self._trouble.setText(problem_text(problem))
        self._take_facts(runtime, [])

    def _take_facts(self, runtime: LayerRuntime, facts: list[Fact]) -> None:
        session = self._session
        if session is None:
            return
        self._trouble.setVisible(not facts)
        worded = [_worded(session, runtime, fact) for fact in facts]
        self._facts.show_facts(worded, session.project.time_zone)

    # Charts, read by a worker: a day of a thousand sensors is a large table.

    def _ask_series(self, runtime: LayerRuntime, row: int) -> None:
        session, request = self._session, self._request
        if session is None or not hasattr(runtime.layer, "series"):
            return

        def done(series: Any) -> None:
            if request == self._request and session is self._session:
                self._show_series(series)

        def failed(problem: Problem) -> None:
            if request == self._request:
                self._trouble.setText(problem_text(problem))
                self._trouble.show()

        job = Job("job.series", layer_title(session, runtime.spec.id))
        session.jobs.run(job, lambda _job: runtime.series(row), done=done, failed=failed)

    def _show_series(self, series: list[Series]) -> None:
        if self._session is None or not series:
            return
        from ui.docks.series_chart import SeriesChart  # charts load slowly: only when there is one

        zone_name = self._session.project.time_zone
        for one in series:
            self._series_layout.addWidget(Line())
            chart = SeriesChart(one, zone_name)
            chart.show_time(self._session.clock.at)
            chart.time_chosen.connect(self._go_to_time)
            self._series_layout.addWidget(chart)
            self._charts.append(chart)

    def _drop_charts(self) -> None:
        for chart in self._charts:
            chart.close_plot()
        self._charts.clear()
        clear(self._series_layout)

    # What the user asks for.

    def _go_to_time(self, at: datetime) -> None:
        if self._session is not None:
            self._session.clock.set(at)

    def _zoom_to(self) -> None:
        found = self._found()
        if found is not None and self._session is not None:
            bounds = bounds_of_rows(self._session, found[0], [found[1]])
            if bounds is not None:
                self.fly_to_requested.emit(bounds)

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._title.text()}\n{self._facts.as_text()}")

    def _select_nothing(self) -> None:
        if self._session is not None:
            self._session.selection.clear()


def _worded(session: Session, runtime: LayerRuntime, fact: Fact) -> Fact:
    """Give a fact that is a bare column the column's words."""
    name = fact.label.get("en", "")
    if len(fact.label) == 1 and name in runtime.column_names():
        return Fact(
            label={"en": column_label(session, runtime, name)},
            value=in_words(session, name, fact.value),
            unit=fact.unit or column_unit(runtime, name),
            provenance=fact.provenance,
        )
    return fact
