"""Indicators of all variants side by side, with the difference to the city as it is, formula and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from twin.analysis.indicators import Indicator
from twin.problems import Problem
from twin.work.jobs import Job
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, IconButton, wrapping
from ui.i18n import text, tr, translator
from ui.i18n.formats import quantity

if TYPE_CHECKING:
    from twin.work.indicators import Asked
    from twin.work.session import Session
    from ui.window.main import MainWindow

ROW = Qt.ItemDataRole.UserRole
SETTLE_MS = 600
ISLAND = "\u2066"
SPRING = "03-21"
"""Day of the year on which shadow is counted unless another analysis says otherwise."""


@dataclass(frozen=True, eq=False)
class _Counted:
    asked: Asked
    found: Mapping[str, Sequence[Indicator]]


class IndicatorsPanel(Panel):
    """The numbers of the variants. They are counted on a worker, and again when the plan changes."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self._job: Job | None = None
        self._counted: _Counted | None = None
        self.table = QTableWidget()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.formula = wrapping()
        self.count = QPushButton()
        self.now = QCheckBox()
        self.places = QPushButton()
        self._export = IconButton("mdi6.tray-arrow-down", self._ask_export)
        self._empty = EmptyState("mdi6.chart-bar")
        self._later = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._later.timeout.connect(self.run)
        self._arrange()
        self.count.clicked.connect(self.run)
        self.now.toggled.connect(lambda _on: self.run())
        self.places.clicked.connect(self.choose_places)
        self.table.currentCellChanged.connect(lambda *_: self._show_formula())
        self._begin()

    def run(self) -> None:
        """Count on a worker; an older count is dropped."""
        from twin.errors import BelvedereError
        from twin.work.indicators import answer_of, asked_of

        session = self._session
        if session is None or not self.isVisible():
            return
        if self._job is not None:
            self._job.cancel()
        at = session.clock.at if self.now.isChecked() else None
        try:
            asked = asked_of(session, at=at)
        except BelvedereError as error:
            self._window.tell(error.problem)
            return
        self._job = session.jobs.run(
            Job("job.indicators", ""),
            lambda job: _Counted(asked, answer_of(asked, job)),
            done=self._done,
            failed=self._failed,
        )

    def choose_places(self) -> None:
        """Ask for places in the scene; their hours of shadow become an analysis, and lines of the table."""
        session = self._session
        if session is not None:
            panel = self._window.docks.panel("analyses")
            panel.ask_places("shade", {"date": f"{session.clock.at.year}-{SPRING}"})

    def showEvent(self, event: Any) -> None:
        """Count when the panel comes into sight."""
        super().showEvent(event)
        self._later.start()

    def retranslate(self) -> None:
        """See base."""
        self.count.setText(tr("indicators.count"))
        self.now.setText(tr("indicators.now"))
        self.places.setText(tr("indicators.places"))
        self.places.setToolTip(tr("indicators.places_advice"))
        self._export.say(tr("indicators.export"))
        self.table.setAccessibleName(tr("dock.indicators"))
        self._empty.say(tr("indicators.empty"), tr("indicators.empty_advice"))
        self._fill()

    def retheme(self) -> None:
        """See base."""
        self._export.retheme()
        self._empty.retheme()

    def export(self, path: Path) -> None:
        """Write the table as CSV."""
        from twin.errors import BelvedereError
        from twin.work.indicators import table_of

        if self._counted is None:
            return
        try:
            made = table_of(self._counted.found, self._counted.asked, translator.language)
            made.write_csv(path)
        except BelvedereError as error:
            self._window.tell(error.problem)
        else:
            self._window.say("status.exported", file=path.name)

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, self._on_project)
        self._links.connect(session.layer_changed, self._on_layer)

    def _on_project(self, _before: object, _after: object) -> None:
        self._later.start()

    def _on_layer(self, _layer: str, aspects: frozenset[str]) -> None:
        if "table" in aspects:
            self._later.start()

    def _refresh(self) -> None:
        if self._session is None:
            self._counted = None
        self._fill()
        self._later.start()

    def _done(self, counted: _Counted) -> None:
        self._job, self._counted = None, counted
        self._fill()

    def _failed(self, problem: Problem) -> None:
        self._job = None
        self._counted = None
        self._fill()
        self.formula.setText(translator.problem(problem)[0])

    def _fill(self) -> None:
        counted = self._counted
        self._stack.setCurrentIndex(0 if counted is None else 1)
        if counted is None:
            return
        names = {v.id: text(v.label, v.id) for v in counted.asked.project.variants}
        variants = list(counted.found)
        every = {i.id: i for own in counted.found.values() for i in own}
        by_id = {v: {i.id: i for i in own} for v, own in counted.found.items()}
        heads = [tr("indicators.what")]
        for variant in variants:
            heads.append(names.get(variant, tr("plan.as_it_is")))
            if variant:
                heads.append(tr("indicators.difference"))
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setRowCount(len(every))
        for row, (name, one) in enumerate(every.items()):
            head = QTableWidgetItem(text(one.label, name))
            head.setData(ROW, one)
            self.table.setItem(row, 0, head)
            base = by_id[variants[0]].get(name)
            column = 1
            for variant in variants:
                own = by_id[variant].get(name)
                value = own.value if own is not None else None
                self.table.setItem(row, column, _cell(value, one.unit))
                column += 1
                if variant:
                    before = base.value if base is not None else None
                    known = value is not None and before is not None
                    change = value - before if known else None  # type: ignore[operator]
                    self.table.setItem(row, column, _cell(change, one.unit, signed=True))
                    column += 1
        self.table.resizeColumnsToContents()
        self._show_formula()

    def _show_formula(self) -> None:
        row = max(self.table.currentRow(), 0)
        item = self.table.item(row, 0)
        one = item.data(ROW) if item is not None else None
        if isinstance(one, Indicator):
            self.formula.setText(
                tr("indicators.said", formula=text(one.formula), source=text(one.source),
                   quality=tr(f"quality.{one.quality.value}"))
            )  # fmt: skip

    def _ask_export(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, tr("indicators.export"), str(Path.home() / "indicators.csv"), "CSV (*.csv)"
        )
        if path:
            self.export(Path(path).with_suffix(".csv"))

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.addWidget(self.count)
        bar.addWidget(self.now)
        bar.addWidget(self.places)
        bar.addStretch(1)
        bar.addWidget(self._export)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 10)
        layout.addLayout(bar)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.formula)


def _cell(value: float | None, unit: str, *, signed: bool = False) -> QTableWidgetItem:
    if value is None:
        words = "–"
    else:
        decimals = 0 if abs(value) >= 100 else 1
        words = quantity(value, unit, decimals)
        if signed and value > 0:
            # In Arabic the number and its unit are an island: its sign belongs inside.
            words = f"{ISLAND}+{words[1:]}" if words.startswith(ISLAND) else f"+{words}"
    item = QTableWidgetItem(words)
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
