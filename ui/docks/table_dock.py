"""The attribute table: every feature of a layer, sorted, filtered, selected both ways, exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from twin.model.expressions import ExpressionError
from twin.model.table import FEATURE_ID
from twin.problems import Problem
from twin.work.around import around_of
from twin.work.jobs import Job
from ui.docks.features import bounds_of_rows, columns_by_name, layer_title, rows_of, runtime_of
from ui.docks.panel import Panel
from ui.docks.table_export import ask_path, table_of_rows, write
from ui.docks.table_model import TableModel
from ui.docks.table_rows import Wanted, ranges_of, rows_wanted
from ui.docks.table_view import table_view
from ui.forms.expression_line import ExpressionLine
from ui.forms.parts import EmptyState, IconButton, muted
from ui.i18n import problem_text, tr

if TYPE_CHECKING:
    from pathlib import Path

    from twin.model.table import FeatureTable
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

AT_ONCE = 5_000
"""Tables up to this size are filtered and sorted at once, larger ones by a worker."""

MOST_RANGES = 400
"""A selection in more pieces than this is painted by the model: Qt's own would take seconds."""


class TableDock(Panel):
    """Attribute table of one layer at a time."""

    fly_to_requested = Signal(object)
    exported = Signal(object)
    """Path of a file that was written."""
    problem = Signal(object)

    def __init__(self, session: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._wanted = Wanted()
        self._request = 0
        self._table: FeatureTable | None = None
        self._following = False
        self._stale = False
        self._model = TableModel(self)
        self._layer = QComboBox()
        self._layer.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._filter = ExpressionLine()
        self._only = QToolButton(checkable=True)
        self._zoom = IconButton("mdi6.magnify-scan", self._zoom_to_selected)
        self._export = IconButton("mdi6.tray-arrow-down", self._ask_export)
        self._count = muted()
        self._view = table_view(self._model)
        self._empty = EmptyState("mdi6.table")
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._tell_selection)
        self._arrange()
        self._connect()
        self._begin()

    @property
    def view(self) -> QTableView:
        """The table; its model is a :class:`TableModel`."""
        return self._view

    @property
    def filter_line(self) -> ExpressionLine:
        """Where the filter is typed."""
        return self._filter

    def layer_id(self) -> str:
        """Return the layer that is shown, empty for none."""
        return str(self._layer.currentData() or "")

    def show_layer(self, layer_id: str) -> None:
        """Show the table of a layer."""
        place = self._layer.findData(layer_id)
        if place >= 0:
            self._layer.setCurrentIndex(place)

    def export(self, path: Path) -> None:
        """Write the shown rows to a file; ``exported`` or ``problem`` tells how it went."""
        session, runtime = self._session, self._runtime()
        if session is None or runtime is None or runtime.table is None:
            return
        rows = self._model.rows.copy()
        job = Job("job.export", path.name)
        session.jobs.run(
            job,
            lambda _job: write(table_of_rows(runtime, rows), path),
            done=self._written,
            failed=self._not_written,
        )

    def retranslate(self) -> None:
        """See base."""
        self._layer.setAccessibleName(tr("table.layer"))
        self._layer.setToolTip(tr("table.layer"))
        self._filter.retranslate()
        self._only.setText(tr("table.only_selected"))
        self._zoom.say(tr("table.zoom"))
        self._export.say(tr("table.export"))
        self._view.setAccessibleName(tr("dock.table"))
        self._empty.say(tr("table.empty"), tr("table.empty_advice"))
        self._model.headerDataChanged.emit(
            Qt.Orientation.Horizontal, 0, max(self._model.columnCount() - 1, 0)
        )

    def retheme(self) -> None:
        """See base."""
        self._filter.retheme()
        for part in (self._zoom, self._export, self._empty):
            part.retheme()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what was selected while the panel was hidden."""
        super().showEvent(event)
        if self._stale:
            self._load()
        self._follow_selection()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.layer_changed, self._on_layer)
        self._links.connect(session.project_changed, self._on_project)
        self._links.connect(session.selection.changed, self._on_selection)

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(10, 8, 10, 6)
        bar.setSpacing(8)
        self._only.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bar.addWidget(self._layer)
        bar.addWidget(self._filter, 1)
        for button in (self._only, self._zoom, self._export):
            bar.addWidget(button)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 4, 12, 6)
        foot.addWidget(self._count)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._view)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._filter.message)
        layout.addWidget(self._stack, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self._layer.currentIndexChanged.connect(lambda _place: self._load())
        self._filter.changed.connect(lambda _text: self._ask_rows())
        self._only.toggled.connect(lambda _on: self._ask_rows())
        self._model.sort_asked.connect(self._sort)
        self._view.selectionModel().selectionChanged.connect(lambda *_: self._selected())
        self._view.doubleClicked.connect(lambda _index: self._zoom_to_selected())

    # What the session tells.

    def _refresh(self) -> None:
        chosen = self.layer_id()
        self._list_layers(chosen)
        self._load()

    def _on_project(self, _before: object, _after: object) -> None:
        chosen = self.layer_id()
        self._list_layers(chosen)
        if self.layer_id() != chosen:
            self._load()

    def _on_layer(self, layer_id: str, aspects: frozenset[str]) -> None:
        if layer_id != self.layer_id():
            return
        runtime = self._runtime()
        if (runtime.table if runtime is not None else None) is not self._table:
            self._stale = True  # a panel that nobody sees holds nothing up
            if self.isVisible():
                self._load()
        elif "columns" in aspects and self.isVisible():
            self._model.refresh_columns()

    def _list_layers(self, chosen: str) -> None:
        self._layer.blockSignals(True)
        self._layer.clear()
        if self._session is not None:
            for spec in self._session.project.layers:
                self._layer.addItem(layer_title(self._session, spec.id), spec.id)
        self._layer.setCurrentIndex(max(self._layer.findData(chosen), 0))
        self._layer.blockSignals(False)

    def _runtime(self) -> LayerRuntime | None:
        return runtime_of(self._session, self.layer_id())

    def _load(self) -> None:
        self._stale = False
        runtime = self._runtime()
        self._table = runtime.table if runtime is not None else None
        ready = self._table is not None
        self._request += 1
        self._wanted = Wanted()
        self._following = True
        self._model.show_layer(self._session, runtime if ready else None)
        self._view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._following = False
        some = self._model.rowCount() > 0
        self._stack.setCurrentWidget(self._view if some else self._empty)
        self._filter.set_columns(self._names(runtime))
        for widget in (self._filter, self._only, self._zoom, self._export):
            widget.setEnabled(some)
        if some:
            self._view.resizeColumnsToContents()
            self._ask_rows()
        else:
            self._say_count()

    # Sorting and filtering.

    def _sort(self, column: str, descending: bool) -> None:
        if not self._following and (column, descending) != (
            self._wanted.sort_by,
            self._wanted.descending,
        ):
            self._wanted = Wanted(sort_by=column, descending=descending)
            self._ask_rows()

    def _ask_rows(self) -> None:
        """Find the rows to show; a newer question makes an older answer void."""
        runtime = self._runtime()
        if runtime is None or runtime.table is None or self._session is None:
            return
        self._request += 1
        request = self._request
        self._wanted = Wanted(
            filter=self._filter.text(),
            sort_by=self._wanted.sort_by,
            descending=self._wanted.descending,
            only=self._selected_rows(runtime) if self._only.isChecked() else None,
        )
        wanted, count = self._wanted, len(runtime.table)
        names = columns_by_name(self._session, runtime, self._model.columns)
        places = around_of(self._session, runtime.spec.id)
        if wanted.all_as_they_are:
            self._show_rows(np.arange(count), "")
            return

        def find(_job: object) -> tuple[Any, str, int]:
            try:
                found = rows_wanted(
                    wanted,
                    count,
                    tuple(names),
                    lambda name: runtime.column(names[name]),
                    places=places,
                )
                return found, "", -1
            except ExpressionError as error:
                return None, tr(error.key, **error.values), error.at

        def show(answer: tuple[Any, str, int]) -> None:
            if request == self._request:
                self._show_rows(*answer)

        if count <= AT_ONCE:
            show(find(None))
            return
        job = Job("job.filter", layer_title(self._session, runtime.spec.id))
        self._session.jobs.run(job, find, done=show, failed=self.problem.emit)

    def _names(self, runtime: LayerRuntime | None) -> tuple[str, ...]:
        if runtime is None or self._session is None:
            return ()
        return tuple(columns_by_name(self._session, runtime, self._model.columns))

    def _show_rows(self, rows: Any, trouble: str, at: int = -1) -> None:
        self._filter.tell(trouble, at)
        if rows is not None and not np.array_equal(rows, self._model.rows):
            self._following = True
            self._model.show_rows(rows)
            self._following = False
            self._follow_selection()
        self._say_count()

    def _say_count(self, extra: str = "", *, selected: int = -1) -> None:
        runtime = self._runtime()
        table = runtime.table if runtime is not None else None
        if table is None:
            self._count.setText("")
            return
        shown, count = self._model.rowCount(), len(table)
        words = [
            tr("table.count", count=count)
            if shown == count
            else tr("table.count_of", shown=shown, count=count)
        ]
        if selected < 0 and self._session is not None:
            selected = len(self._session.selection.of_layer(self.layer_id()))
        if selected > 0:
            words.append(tr("table.selected", count=selected))
        self._count.setText(" · ".join([*words, *filter(None, [extra])]))

    # Selecting, both ways.

    def _selected_rows(self, runtime: LayerRuntime) -> Any:
        if self._session is None or runtime.table is None:
            return np.empty(0, dtype=np.intp)
        return rows_of(runtime.table, self._session.selection.of_layer(self.layer_id()))

    def _selected(self) -> None:
        if not self._following:
            self._later.start()

    def _tell_selection(self) -> None:
        """Select in the scene what is selected in the table."""
        runtime = self._runtime()
        if self._session is None or runtime is None or runtime.table is None:
            return
        chosen = np.zeros(self._model.rowCount(), dtype=bool)
        for part in self._view.selectionModel().selection():
            chosen[part.top() : part.bottom() + 1] = True
        ids = runtime.table.frame[FEATURE_ID].to_numpy()[self._model.rows]
        layer_id, here = self.layer_id(), self._view.currentIndex().row()
        features = [(layer_id, feature_id) for feature_id in ids[chosen].tolist()]
        current = features[0] if features else None
        if here >= 0 and chosen[here]:
            current = (layer_id, ids[here])
        self._following = True
        self._model.mark(None)
        self._session.selection.set(features, current=current)
        self._following = False
        self._say_count(selected=len(features))

    def _on_selection(self, _features: object) -> None:
        if self._following:
            return
        if self._only.isChecked():
            self._ask_rows()
        elif self.isVisible():
            self._follow_selection()
        self._say_count()

    def _follow_selection(self) -> None:
        """Select in the table what is selected in the scene, and bring it into view."""
        runtime = self._runtime()
        if runtime is None or runtime.table is None or not self.isVisible():
            return
        places = self._model.places_of(self._selected_rows(runtime))
        chosen = QItemSelection()
        last_column = self._model.columnCount() - 1
        ranges = ranges_of(places)
        self._model.mark(places if len(ranges) > MOST_RANGES else None)
        for top, bottom in ranges if len(ranges) <= MOST_RANGES else ():
            chosen.select(self._model.index(top, 0), self._model.index(bottom, last_column))
        self._following = True
        self._view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if len(places):
            self._view.scrollTo(self._model.index(int(places[0]), 0))
        self._following = False
        self._later.stop()

    # What the user asks for.

    def _zoom_to_selected(self) -> None:
        runtime = self._runtime()
        if runtime is None or self._session is None:
            return
        bounds = bounds_of_rows(self._session, runtime, self._selected_rows(runtime))
        if bounds is not None:
            self.fly_to_requested.emit(bounds)

    def _ask_export(self) -> None:
        path = ask_path(self, self._layer.currentText())
        if path is not None:
            self.export(path)

    def _written(self, path: Path) -> None:
        self._say_count(tr("table.exported", file=path.name))
        self.exported.emit(path)

    def _not_written(self, problem: Problem) -> None:
        self._say_count(problem_text(problem))
        self.problem.emit(problem)
