"""What is wrong: a line a problem, and below it what happened, where, and what to do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from twin.problems import Problem, Severity
from ui.docks.features import layer_title
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, IconButton, LinkButton, heading, muted, wrapping
from ui.i18n import tr, translator
from ui.icons import icon
from ui.theme import current_palette

if TYPE_CHECKING:
    from twin.work.session import Session

Index = QModelIndex | QPersistentModelIndex
ICONS = {
    Severity.ERROR: "mdi6.alert-circle-outline",
    Severity.WARNING: "mdi6.alert-outline",
    Severity.INFO: "mdi6.information-outline",
}
ORDER = tuple(ICONS)
WHAT, WHERE = 0, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A problem of a layer (empty id: of the application), and how often it was reported."""

    layer_id: str
    problem: Problem
    count: int


def entries_of(session: Session) -> list[Entry]:
    """Return the problems of a session, the worst first, equal ones counted."""
    counted: Counter[tuple[str, str, str, Severity, str]] = Counter()
    first: dict[tuple[str, str, str, Severity, str], Problem] = {}
    for layer_id, problem in session.problems:
        key = (layer_id, problem.key, problem.where, problem.severity, repr(problem.values))
        counted[key] += 1
        first.setdefault(key, problem)
    made = [Entry(key[0], first[key], count) for key, count in counted.items()]
    return sorted(made, key=lambda entry: ORDER.index(entry.problem.severity))


def colour_of(severity: Severity) -> str:
    """Return the colour in which a severity is drawn."""
    palette = current_palette()
    tones = {Severity.ERROR: palette.danger, Severity.WARNING: palette.warning}
    return tones.get(severity, palette.muted)


class ProblemsModel(QAbstractTableModel):
    """One row a problem: what, and which layer."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._session: Session | None = None
        self._entries: list[Entry] = []

    def show_session(self, session: Session | None) -> None:
        """Read the problems of a session."""
        self.beginResetModel()
        self._session = session
        self._entries = entries_of(session) if session is not None else []
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        """Return a problem by its row."""
        return self._entries[row] if 0 <= row < len(self._entries) else None

    def place(self, wanted: Entry | None) -> int:
        """Return the row of a problem, -1 if it is gone."""
        if wanted is None:
            return -1
        same = (wanted.layer_id, wanted.problem)
        found = (i for i, e in enumerate(self._entries) if (e.layer_id, e.problem) == same)
        return next(found, -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See Qt."""
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """See Qt."""
        return 0 if parent.isValid() else WHERE + 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """See Qt."""
        entry = self.entry(index.row())
        if entry is None or self._session is None:
            return None
        severity = entry.problem.severity
        if role == Qt.ItemDataRole.DecorationRole and index.column() == WHAT:
            return icon(ICONS[severity], colour_of(severity))
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == WHERE:
                return layer_title(self._session, entry.layer_id)
            what = translator.problem(entry.problem)[0]
            return tr("problems.times", what=what, count=entry.count) if entry.count > 1 else what
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == WHAT:
            return f"{tr(f'severity.{severity.value}')}: {translator.problem(entry.problem)[0]}"
        return None


class ProblemsDock(Panel):
    """List of problems with the chosen one in full."""

    layer_requested = Signal(str)
    """A layer that the user wants to see, because of its problem."""

    def __init__(self, session: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._chosen: Entry | None = None
        self._model = ProblemsModel(self)
        self._list = _problem_list(self._model)
        self._what, self._where = heading(px=13), muted()
        self._advice, self._severity = wrapping(), muted()
        self._go = LinkButton("mdi6.layers-search-outline")
        self._copy = IconButton("mdi6.content-copy", self._copy_text)
        self._empty = EmptyState("mdi6.check-circle-outline")
        self._later = QTimer(self, singleShot=True, interval=50)
        self._later.timeout.connect(self._refresh)
        self._arrange()
        self._go.clicked.connect(self._go_to_layer)
        self._list.selectionModel().currentRowChanged.connect(
            lambda now, _before: self._show(self._model.entry(now.row()))
        )
        self._list.doubleClicked.connect(lambda _index: self._go_to_layer())
        self._begin()

    @property
    def list(self) -> QTableView:
        """The list; its model is a :class:`ProblemsModel`."""
        return self._list

    def retranslate(self) -> None:
        """See base."""
        self._empty.say(tr("problems.none"), tr("problems.none_advice"))
        self._list.setAccessibleName(tr("dock.problems"))
        self._go.setText(tr("problems.go"))
        self._copy.say(tr("problems.copy"))
        self._show(self._chosen)

    def retheme(self) -> None:
        """See base."""
        for part in (self._go, self._copy, self._empty):
            part.retheme()
        self._list.viewport().update()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.problems_changed, self._soon)
        self._links.connect(session.project_changed, self._on_project)

    def _arrange(self) -> None:
        detail = QWidget()
        column = QVBoxLayout(detail)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self._severity, 1)
        top.addWidget(self._copy)
        column.addLayout(top)
        for widget in (self._what, self._where, self._advice):
            column.addWidget(widget)
        column.addWidget(self._go, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(240)
        area.setWidget(detail)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self._list)
        splitter.addWidget(area)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([600, 400])
        splitter.setChildrenCollapsible(False)
        self._stack = QStackedWidget()
        self._stack.addWidget(splitter)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _soon(self) -> None:
        self._later.start()

    def _on_project(self, _before: object, _after: object) -> None:
        self._later.start()

    def _refresh(self) -> None:
        self._later.stop()
        chosen = self._chosen
        self._model.show_session(self._session)
        self._stack.setCurrentIndex(0 if self._model.rowCount() else 1)
        if self._model.rowCount():
            self._list.selectRow(max(self._model.place(chosen), 0))
        else:
            self._show(None)

    def _show(self, entry: Entry | None) -> None:
        self._chosen = entry
        if entry is None or self._session is None:
            return
        what, advice = translator.problem(entry.problem)
        self._what.setText(what)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        parts = [
            layer_title(self._session, entry.layer_id) if entry.layer_id else "",
            entry.problem.where if entry.problem.where not in (entry.layer_id, "") else "",
        ]
        self._where.setText(" · ".join(part for part in parts if part))
        self._where.setVisible(bool(self._where.text()))
        self._severity.setText(tr(f"severity.{entry.problem.severity.value}"))
        self._go.setVisible(bool(entry.layer_id))

    def _go_to_layer(self) -> None:
        if self._chosen is not None and self._chosen.layer_id:
            self.layer_requested.emit(self._chosen.layer_id)

    def _copy_text(self) -> None:
        labels = (self._what, self._where, self._advice)
        lines = [label.text() for label in labels if label.text()]
        QGuiApplication.clipboard().setText("\n".join(lines))


def _problem_list(model: ProblemsModel) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.horizontalHeader().hide()
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(28)
    view.horizontalHeader().setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
    view.horizontalHeader().setSectionResizeMode(WHERE, QHeaderView.ResizeMode.ResizeToContents)
    return view
