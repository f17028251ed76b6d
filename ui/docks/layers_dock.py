"""The layers panel: a tree to switch, order and group layers, and the chosen layer below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from ui.docks.layer_inspector import LayerInspector
from ui.docks.layer_order import shifted
from ui.docks.layers_model import NAME, STATE, LayersModel
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, IconButton
from ui.i18n import tr
from ui.icons import icon

if TYPE_CHECKING:
    from twin.work.session import Session

SOON_MS = 150
"""Lines of layers that have news are drawn again together."""
OF_THE_CLOCK = frozenset({"columns", "rows", "colours"})
"""What a running clock changes ten times a second, none of which the panel shows."""

POLL_MS = 300
"""How often the progress of loading layers is shown."""


class LayersDock(Panel):
    """Tree of layers, and what is known and can be set of the chosen one."""

    fly_to_requested = Signal(object)
    """Bounds in the scene."""
    files_dropped = Signal(list)
    add_requested = Signal()
    table_requested = Signal(str)
    problems_requested = Signal(str)

    def __init__(self, session: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._model = LayersModel(self)
        self._tree = _Tree()
        self._tree.setModel(self._model)
        self._tree.set_up_columns()
        self._inspector = LayerInspector()
        self._empty = EmptyState("mdi6.layers-plus")
        self._add = QPushButton(flat=True)
        self._zoom = IconButton("mdi6.magnify-scan", self._zoom_to_current)
        self._table = IconButton("mdi6.table", self._open_table)
        self._remove = IconButton("mdi6.trash-can-outline", self._remove_current)
        self._poll = QTimer(self, interval=POLL_MS)
        self._poll.timeout.connect(self._show_progress)
        self._soon = QTimer(self, interval=SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._model.renew)
        self._arrange()
        self._connect()
        self._begin()

    @property
    def tree(self) -> QTreeView:
        """The tree; its model is a :class:`LayersModel`."""
        return self._tree

    @property
    def inspector(self) -> LayerInspector:
        """What shows the chosen layer."""
        return self._inspector

    def current_layer(self) -> str:
        """Return the id of the chosen layer, empty for none."""
        return self._model.layer_id(self._tree.currentIndex())

    def choose(self, layer_id: str) -> None:
        """Choose a layer in the tree."""
        index = self._model.index_of(layer_id)
        if index.isValid():
            self._tree.setCurrentIndex(index)
            self._tree.scrollTo(index)

    def retranslate(self) -> None:
        """See base."""
        self._empty.say(tr("layers.empty"), tr("layers.empty_advice"))
        self._tree.setAccessibleName(tr("dock.layers"))
        self._add.setText(tr("layers.add"))
        self._zoom.say(tr("layers.zoom"))
        self._table.say(tr("layers.table"))
        self._remove.say(tr("layers.remove"))
        self._inspector.retranslate()
        self._model.redraw()

    def retheme(self) -> None:
        """See base."""
        self._add.setIcon(icon("mdi6.plus"))
        self._empty.retheme()
        for button in (self._zoom, self._table, self._remove):
            button.retheme()
        self._inspector.retheme()
        self._model.redraw()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, self._on_project)
        self._links.connect(session.layer_changed, self._on_layer)

    def _refresh(self) -> None:
        chosen = self.current_layer()
        if self._model.session is not self._session:
            self._model.set_session(self._session)
        else:
            self._model.sync()
        self._tree.expand_groups()
        self._after_change(chosen)

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(2)
        bar.addWidget(self._add)
        bar.addStretch(1)
        for button in (self._zoom, self._table, self._remove):
            bar.addWidget(button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._tree)
        self._stack.addWidget(self._empty)
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(top)
        splitter.addWidget(self._inspector)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes([560, 300])
        splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        self._add.clicked.connect(self.add_requested)
        self._model.files_dropped.connect(self.files_dropped)
        self._tree.selectionModel().currentChanged.connect(lambda *_: self._show_current())
        self._tree.doubleClicked.connect(lambda _index: self._zoom_to_current())
        self._tree.customContextMenuRequested.connect(self._open_menu)
        self._inspector.problems_requested.connect(self.problems_requested)
        for keys, run in (
            (QKeySequence(QKeySequence.StandardKey.Delete), self._remove_current),
            (QKeySequence("Alt+Up"), lambda: self._shift(-1)),
            (QKeySequence("Alt+Down"), lambda: self._shift(+1)),
        ):
            shortcut = QShortcut(keys, self._tree, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(run)

    # What the session tells.

    def _on_project(self, _before: object, _after: object) -> None:
        self._follow()

    def _follow(self) -> None:
        chosen = self.current_layer()
        if self._model.sync():
            self._tree.expand_groups()
        self._after_change(chosen)

    def _on_layer(self, layer_id: str, aspects: frozenset[str]) -> None:
        self._watch_progress()
        if aspects <= OF_THE_CLOCK and not self._inspector.legend_is_old(layer_id):
            return
        if layer_id != self.current_layer() and "removed" not in aspects:
            # While a project loads, its layers have news many times a second.
            if not self._soon.isActive():
                self._soon.start()
            return
        if aspects & {"spec", "removed", "table", "colours", "drawables"}:
            self._follow()
            return
        self._inspector.refresh_state()
        if not self._soon.isActive():
            self._soon.start()

    def _after_change(self, chosen: str) -> None:
        empty = self._model.rowCount() == 0
        self._stack.setCurrentWidget(self._empty if empty else self._tree)
        if chosen:
            self.choose(chosen)
        if not self._tree.currentIndex().isValid() and not empty:
            self._tree.setCurrentIndex(self._first_layer())
        self._watch_progress()
        self._show_current()

    def _first_layer(self) -> QModelIndex:
        first = self._model.index(0, NAME)
        inside = self._model.index(0, NAME, first)
        return inside if inside.isValid() else first

    def _watch_progress(self) -> None:
        session = self._session
        busy = session is not None and any(runtime.busy for runtime in session.layers())
        if busy != self._poll.isActive():
            self._poll.start() if busy else self._poll.stop()

    def _show_progress(self) -> None:
        self._model.renew()
        self._inspector.refresh_state()
        self._watch_progress()

    def _show_current(self) -> None:
        layer_id = self.current_layer()
        self._inspector.show_layer(self._session, layer_id)
        some = bool(self._model.layers_of(self._tree.currentIndex()))
        self._remove.setEnabled(bool(layer_id))
        self._table.setEnabled(bool(layer_id))
        self._zoom.setEnabled(some)

    # What the user asks for.

    def _zoom_to_current(self) -> None:
        session = self._session
        if session is None:
            return
        ids = self._model.layers_of(self._tree.currentIndex())
        boxes = [session.layer(name).geometry_bounds_in_scene() for name in ids]
        found = [box for box in boxes if box is not None]
        if found:
            low = tuple(min(box[axis] for box in found) for axis in range(3))
            high = tuple(max(box[axis] for box in found) for axis in range(3, 6))
            self.fly_to_requested.emit((*low, *high))

    def _open_table(self) -> None:
        if self.current_layer():
            self.table_requested.emit(self.current_layer())

    def _remove_current(self) -> None:
        layer_id = self.current_layer()
        if self._session is not None and layer_id:
            self._session.do("edit.remove_layer", lambda p: p.without_layer(layer_id))

    def _shift(self, step: int) -> None:
        layer_id = self.current_layer()
        if self._session is not None and layer_id:
            self._session.do("edit.move_layer", lambda p: shifted(p, layer_id, step))

    def _open_menu(self, at: QPoint) -> None:
        index = self._tree.indexAt(at)
        if index.isValid():
            self._tree.setCurrentIndex(index.siblingAtColumn(NAME))
            menu = self.context_menu()
            menu.exec(self._tree.viewport().mapToGlobal(at))
            menu.deleteLater()

    def context_menu(self) -> QMenu:
        """Return the menu of the chosen line; the caller shows and deletes it."""
        menu = QMenu(self)
        layer_id = self.current_layer()
        menu.addAction(icon("mdi6.magnify-scan"), tr("layers.zoom"), self._zoom_to_current)
        if not layer_id:
            return menu
        menu.addAction(icon("mdi6.table"), tr("layers.table"), self._open_table)
        menu.addAction(icon("mdi6.pencil-outline"), tr("layers.rename"), self._rename)
        menu.addSeparator()
        menu.addAction(icon("mdi6.arrow-up"), tr("layers.up"), lambda: self._shift(-1))
        menu.addAction(icon("mdi6.arrow-down"), tr("layers.down"), lambda: self._shift(+1))
        menu.addSeparator()
        menu.addAction(icon("mdi6.refresh"), tr("layers.reload"), self._reload)
        menu.addAction(icon("mdi6.trash-can-outline"), tr("layers.remove"), self._remove_current)
        return menu

    def _rename(self) -> None:
        self._tree.edit(self._tree.currentIndex().siblingAtColumn(NAME))

    def _reload(self) -> None:
        if self._session is not None and self.current_layer():
            self._session.reload(self.current_layer())


class _Tree(QTreeView):
    """The tree's looks and keys."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setExpandsOnDoubleClick(False)

    def expand_groups(self) -> None:
        """Open every group; lines without children are left, Qt would draw them as open."""
        for row in range(self.model().rowCount()):
            index = self.model().index(row, NAME)
            if self.model().rowCount(index):
                self.expand(index)

    def set_up_columns(self) -> None:
        """Give the name the room and the state its icon."""
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(STATE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(STATE, 30)
