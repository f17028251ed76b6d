"""Every action by its name: type a few letters, press Enter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from ui.docks.fuzzy import score
from ui.docks.list_row import ListRow
from ui.forms.parts import muted
from ui.i18n import tr
from ui.icons import icon
from ui.text import font
from ui.theme import current_palette

if TYPE_CHECKING:
    from ui.actions import Action

ID, MENU, KEYS = (Qt.ItemDataRole.UserRole + i for i in range(3))
SPOKEN = Qt.ItemDataRole.AccessibleTextRole
ROW_PX, WIDTH_PX, MOST_ROWS = 34, 560, 11
BESIDE = 100.0
"""How far an action found by its menu stands behind one found by its title."""


class Actions(Protocol):
    """The registry of actions, as far as the palette needs it."""

    @property
    def records(self) -> Iterable[Action]:
        """All actions."""

    def wording(self, action_id: str) -> str:
        """Return what an action is called now."""

    def keys(self, action_id: str) -> str:
        """Return its first shortcut."""

    def is_enabled(self, action_id: str) -> bool:
        """Whether it can be done now."""

    def run(self, action_id: str) -> bool:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An action as the palette lists it."""

    id: str
    title: str
    menu: str
    keys: str
    icon: str


def entries_of(actions: Actions) -> list[Entry]:
    """Return the actions that can be done now, in the order of the menus."""
    return [
        Entry(
            id=record.id,
            title=actions.wording(record.id).rstrip("…"),
            menu=" › ".join(tr(f"menu.{name}") for name in record.menu),
            keys=actions.keys(record.id),
            icon=record.icon,
        )
        for record in actions.records
        if actions.is_enabled(record.id)
    ]


def fitting(query: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that fit what was typed, the best first; all of them for nothing."""
    if not query.strip():
        return list(entries)
    scored = [(_score(query, entry), entry) for entry in entries]
    kept = [(points, entry) for points, entry in scored if points is not None]
    return [entry for _points, entry in sorted(kept, key=lambda pair: -pair[0])]


def _score(query: str, entry: Entry) -> float | None:
    """Rank what the title answers before what only its menu does."""
    found = score(query, entry.title)
    if found is not None:
        return found
    beside = score(query, f"{entry.title} {entry.menu}")
    return None if beside is None else beside - BESIDE


class CommandPalette(QDialog):
    """A line to type in and the actions that fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._actions: Actions | None = None
        self._entries: list[Entry] = []
        self._line = QLineEdit()
        self._line.setFont(font(15))
        self._model = QStandardItemModel(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_Delegate(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._nothing = muted()
        self._nothing.setContentsMargins(10, 6, 10, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (self._line, self._list, self._nothing):
            layout.addWidget(widget)
        self._line.installEventFilter(self)
        self._line.textChanged.connect(self._show)
        self._list.clicked.connect(self._run)
        self._list.setMouseTracking(True)

    def open_for(self, actions: Actions) -> None:
        """List a registry's actions and wait for the user."""
        self._actions = actions
        self._entries = entries_of(actions)
        self._line.setPlaceholderText(tr("palette.hint"))
        self._line.setAccessibleName(tr("palette.hint"))
        self._list.setAccessibleName(tr("palette.actions"))
        self._nothing.setText(tr("palette.nothing"))
        self._show("")
        self.resize(WIDTH_PX, ROW_PX * MOST_ROWS + 66)
        parent = self.parentWidget()
        if parent is not None:
            top = parent.mapToGlobal(QPoint((parent.width() - self.width()) // 2, 72))
            self.move(top)
        self.show()
        self._line.setFocus()

    def titles(self) -> list[str]:
        """Return the titles that are listed, top to bottom."""
        return [self._model.item(row).text() for row in range(self._model.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let arrows move in the list while the line has the focus."""
        if (
            watched is self._line
            and isinstance(event, QKeyEvent)
            and (event.type() == QEvent.Type.KeyPress)
        ):
            return self._key(event)
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        keys = Qt.Key
        steps = {keys.Key_Down: 1, keys.Key_Up: -1, keys.Key_PageDown: 10, keys.Key_PageUp: -10}
        if event.key() in steps:
            self._move(steps[keys(event.key())])
            return True
        if event.key() in (keys.Key_Return, keys.Key_Enter):
            self._run(self._list.currentIndex())
            return True
        return False

    def _move(self, step: int) -> None:
        count = self._model.rowCount()
        if not count:
            return
        now = self._list.currentIndex().row()
        one = abs(step) == 1
        row = (now + step) % count if one else min(max(now + step, 0), count - 1)
        self._list.setCurrentIndex(self._model.index(row, 0))

    def _show(self, query: str) -> None:
        found = fitting(query, self._entries)
        self._model.clear()
        for entry in found:
            item = QStandardItem(icon(entry.icon or "mdi6.circle-small"), entry.title)
            item.setEditable(False)
            item.setData(entry.id, ID)
            item.setData(entry.menu, MENU)
            item.setData(entry.keys, KEYS)
            item.setData(", ".join(filter(None, (entry.title, entry.menu, entry.keys))), SPOKEN)
            self._model.appendRow(item)
        self._list.setCurrentIndex(self._model.index(0, 0))
        self._list.setVisible(bool(found))
        self._nothing.setVisible(not found)

    def _run(self, index: QModelIndex) -> None:
        actions = self._actions
        if not index.isValid() or actions is None:
            return
        chosen = str(index.data(ID))
        self.close()  # first: what is run may open a window of its own
        actions.run(chosen)


class _Delegate(ListRow):
    """A line: icon, title, menu in a muted colour, keys at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> QSize:
        del option, index
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """See Qt."""
        box, title, chosen = self.begin(painter, option, index)
        palette = current_palette()
        painter.setFont(font(13))
        painter.setPen(QColor(palette.on_soft if chosen else palette.text))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignLeft, title)
        used = painter.fontMetrics().horizontalAdvance(title)
        painter.setFont(font(12))
        painter.setPen(QColor(palette.on_soft if chosen else palette.muted))
        keys = str(index.data(KEYS))
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, keys)
        room = box.width() - used - painter.fontMetrics().horizontalAdvance(keys) - 36
        menu = painter.fontMetrics().elidedText(
            str(index.data(MENU)), Qt.TextElideMode.ElideRight, max(room, 0)
        )
        painter.drawText(
            box.adjusted(used + 14, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, menu
        )
