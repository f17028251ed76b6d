"""Views to come back to: gone to, added, named, ordered and removed; every change can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from twin.model.project import Project, View
from ui.docks.panel import Panel
from ui.forms.parts import EmptyState, IconButton
from ui.i18n import text, tr, translator
from ui.icons import icon

if TYPE_CHECKING:
    from twin.work.session import Session

ID = Qt.ItemDataRole.UserRole


class BookmarksDock(Panel):
    """List of the project's views."""

    fly_to_requested = Signal(object)
    """A :class:`twin.model.project.View`."""

    def __init__(self, session: Session | None, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._source: Callable[[], View] | None = None
        self._filling = False
        self._add = QPushButton(flat=True)
        self._go = IconButton("mdi6.eye-arrow-right-outline", self._go_to)
        self._update = IconButton("mdi6.camera-retake-outline", self._take_again)
        self._remove = IconButton("mdi6.trash-can-outline", self._remove_current)
        self._list = _ViewList()
        self._empty = EmptyState("mdi6.bookmark-plus-outline")
        self._arrange()
        self._connect()
        self._begin()

    @property
    def list(self) -> QListWidget:
        """The list of views."""
        return self._list

    def set_view_source(self, source: Callable[[], View]) -> None:
        """Set who tells the present camera; its id and title may be empty."""
        self._source = source
        self._update_buttons()

    def retranslate(self) -> None:
        """See base."""
        self._add.setText(tr("bookmarks.add"))
        self._go.say(tr("bookmarks.go"))
        self._update.say(tr("bookmarks.update"))
        self._remove.say(tr("bookmarks.remove"))
        self._list.setAccessibleName(tr("dock.bookmarks"))
        self._empty.say(tr("bookmarks.empty"), tr("bookmarks.empty_advice"))

    def retheme(self) -> None:
        """See base."""
        self._add.setIcon(icon("mdi6.bookmark-plus-outline"))
        for part in (self._go, self._update, self._remove, self._empty):
            part.retheme()
        self._fill()

    def _attach(self, session: Session) -> None:
        self._links.connect(session.project_changed, self._on_project)

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(2)
        bar.addWidget(self._add)
        bar.addStretch(1)
        for button in (self._go, self._update, self._remove):
            bar.addWidget(button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._stack, 1)

    def _connect(self) -> None:
        self._add.clicked.connect(lambda _checked=False: self.add_current())
        self._list.itemActivated.connect(lambda _item: self._go_to())
        self._list.itemChanged.connect(self._renamed)
        self._list.currentItemChanged.connect(lambda *_: self._update_buttons())
        self._list.model().rowsMoved.connect(lambda *_: self._reordered())
        self._list.customContextMenuRequested.connect(self._open_menu)
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), self._list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove_current)

    # What the session tells.

    def _on_project(self, before: Project, after: Project) -> None:
        if before.views != after.views:
            self._fill()

    def _refresh(self) -> None:
        self._fill()

    def _fill(self) -> None:
        chosen = self._current_id()
        views = self._session.project.views if self._session is not None else ()
        self._filling = True
        self._list.clear()
        for view in views:
            item = QListWidgetItem(icon("mdi6.bookmark-outline"), text(view.title, view.id))
            item.setData(ID, view.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self._list.addItem(item)
            if view.id == chosen:
                self._list.setCurrentItem(item)
        self._filling = False
        self._stack.setCurrentIndex(0 if views else 1)
        self._update_buttons()

    def _update_buttons(self) -> None:
        some = bool(self._current_id())
        can_take = self._source is not None and self._session is not None
        self._add.setEnabled(can_take)
        self._go.setEnabled(some)
        self._update.setEnabled(some and can_take)
        self._remove.setEnabled(some)

    def _current_id(self) -> str:
        item = self._list.currentItem()
        return str(item.data(ID)) if item is not None else ""

    def _view(self, view_id: str) -> View | None:
        views = self._session.project.views if self._session is not None else ()
        return next((view for view in views if view.id == view_id), None)

    # What the user does.

    def add_current(self) -> None:
        """Keep the present view, and let its name be typed."""
        if self._session is None or self._source is None:
            return
        taken = {view.id for view in self._session.project.views}
        count = next(n for n in range(1, len(taken) + 2) if f"view-{n}" not in taken)
        title = {translator.language: tr("bookmarks.name", number=str(count))}
        view = replace(self._source(), id=f"view-{count}", title=title)
        self._session.do("edit.add_view", lambda p: replace(p, views=(*p.views, view)))
        self._list.setCurrentRow(self._list.count() - 1)
        self._list.editItem(self._list.currentItem())

    def _go_to(self) -> None:
        view = self._view(self._current_id())
        if view is not None:
            self.fly_to_requested.emit(view)

    def _take_again(self) -> None:
        if self._source is None:
            return
        present = self._source()
        self._change(
            "edit.update_view", lambda view: replace(present, id=view.id, title=view.title)
        )

    def _remove_current(self) -> None:
        view_id = self._current_id()
        if self._session is not None and view_id:
            self._session.do(
                "edit.remove_view",
                lambda p: replace(p, views=tuple(v for v in p.views if v.id != view_id)),
            )

    def _renamed(self, item: QListWidgetItem) -> None:
        if self._filling or self._session is None:
            return
        name, view_id = item.text().strip(), str(item.data(ID))
        view = self._view(view_id)
        if view is None or not name or name == text(view.title, view.id):
            self._fill()
            return
        title = {**view.title, translator.language: name}
        self._change("edit.rename_view", lambda old: replace(old, title=title), view_id)

    def _reordered(self) -> None:
        session = self._session
        if self._filling or session is None:
            return
        order = [str(self._list.item(row).data(ID)) for row in range(self._list.count())]
        by_id = {view.id: view for view in session.project.views}
        if sorted(order) == sorted(by_id):
            views = tuple(by_id[view_id] for view_id in order)
            session.do("edit.move_view", lambda p: replace(p, views=views))

    def _change(self, label: str, change: Callable[[View], View], view_id: str = "") -> None:
        wanted = view_id or self._current_id()
        if self._session is None or not wanted:
            return
        self._session.do(
            label,
            lambda p: replace(p, views=tuple(change(v) if v.id == wanted else v for v in p.views)),
        )

    def _open_menu(self, at: QPoint) -> None:
        item = self._list.itemAt(at)
        if item is None:
            return
        self._list.setCurrentItem(item)
        menu = QMenu(self)
        menu.addAction(icon("mdi6.eye-arrow-right-outline"), tr("bookmarks.go"), self._go_to)
        rename = menu.addAction(icon("mdi6.pencil-outline"), tr("bookmarks.rename"))
        rename.triggered.connect(lambda: self._list.editItem(item))
        menu.addAction(icon("mdi6.camera-retake-outline"), tr("bookmarks.update"), self._take_again)
        menu.addSeparator()
        menu.addAction(icon("mdi6.trash-can-outline"), tr("bookmarks.remove"), self._remove_current)
        menu.exec(self._list.viewport().mapToGlobal(at))
        menu.deleteLater()


class _ViewList(QListWidget):
    """The list's looks and keys: Enter goes, F2 renames, dragging or Alt and arrows move."""

    def __init__(self) -> None:
        super().__init__()
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setUniformItemSizes(True)
        for keys, step in (("Alt+Up", -1), ("Alt+Down", +1)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda step=step: self._shift(step))

    def _shift(self, step: int) -> None:
        row = self.currentRow()
        if row < 0 or not 0 <= row + step < self.count():
            return
        top = QModelIndex()
        # Qt counts the target before the row is taken out.
        self.model().moveRow(top, row, top, row + step + (1 if step > 0 else 0))
