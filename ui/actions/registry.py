"""The registry: makes a QAction of each record and keeps wording, icon and state in step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ui.actions.action import Action, Scope
from ui.i18n import tr
from ui.icons import icon


class ActionSet(QObject):
    """All actions of a window.

    Parameters
    ----------
    actions : iterable of Action
        Ids and keys must be free.
    context : object
        Given to the functions of the records.
    window, viewport : QWidget
        Where the keys of the two scopes work.
    """

    ran = Signal(str)
    """Id of an action that was just run."""

    def __init__(
        self, actions: Iterable[Action], context: Any, *, window: QWidget, viewport: QWidget
    ) -> None:
        super().__init__(window)
        self._context = context
        self._hosts = {Scope.WINDOW: window, Scope.VIEWPORT: viewport}
        self._records: dict[str, Action] = {}
        self._qactions: dict[str, QAction] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        for action in actions:
            self.add(action)

    def add(self, action: Action) -> QAction:
        """Register an action. Raises ValueError where its id or one of its keys is taken."""
        if action.id in self._records:
            raise ValueError(f"action {action.id!r} is registered twice")
        taken = {key for record in self._records.values() for key in record.keys}
        clash = taken.intersection(action.keys)
        if clash:
            raise ValueError(f"keys {sorted(clash)} of action {action.id!r} are taken")
        self._records[action.id] = action
        self._qactions[action.id] = made = self._make(action)
        return made

    @property
    def records(self) -> tuple[Action, ...]:
        """All records, in the order of the menus."""
        return tuple(self._records.values())

    def qaction(self, action_id: str) -> QAction:
        """Return the Qt action. Raises KeyError for an unknown id."""
        return self._qactions[action_id]

    def wording(self, action_id: str) -> str:
        """Return what an action is called now."""
        record = self._records[action_id]
        return record.wording(self._context) if record.wording else tr(record.text)

    def keys(self, action_id: str) -> str:
        """Return the first shortcut as the user's system writes it, empty if there is none."""
        return self._qactions[action_id].shortcut().toString(QKeySequence.SequenceFormat.NativeText)

    def is_enabled(self, action_id: str) -> bool:
        """Whether an action can be done now."""
        record = self._records[action_id]
        return record.enabled is None or bool(record.enabled(self._context))

    def run(self, action_id: str) -> bool:
        """Do an action; returns False, and does nothing, where it cannot be done now."""
        if not self.is_enabled(action_id):
            return False
        self._records[action_id].run(self._context)
        self.ran.emit(action_id)
        self.refresh_soon()
        return True

    def refresh_soon(self) -> None:
        """Bring states up to date once the current event is through; many calls make one."""
        self._later.start()

    def refresh(self) -> None:
        """Bring enabled and checked states up to date."""
        for action_id, record in self._records.items():
            made = self._qactions[action_id]
            made.setEnabled(self.is_enabled(action_id))
            if record.checked is not None:
                made.setChecked(bool(record.checked(self._context)))
            if record.wording is not None:
                self._word(action_id)

    def retranslate(self) -> None:
        """Word everything again in the current language."""
        for action_id in self._records:
            self._word(action_id)

    def retheme(self) -> None:
        """Draw the icons again in the colours of the theme."""
        for action_id, record in self._records.items():
            if record.icon:
                self._qactions[action_id].setIcon(icon(record.icon))

    def _make(self, action: Action) -> QAction:
        host = self._hosts[action.scope]
        made = QAction(host)
        made.setObjectName(action.id)
        made.setCheckable(action.checked is not None)
        made.setShortcuts([QKeySequence(key) for key in action.keys])
        inside = action.scope is Scope.VIEWPORT
        # Not its children: a button on the view must get the space bar.
        contexts = Qt.ShortcutContext
        made.setShortcutContext(contexts.WidgetShortcut if inside else contexts.WindowShortcut)
        made.triggered.connect(lambda _checked=False, name=action.id: self.run(name))
        if action.icon:
            made.setIcon(icon(action.icon))
        host.addAction(made)
        return made

    def _word(self, action_id: str) -> None:
        made, words = self._qactions[action_id], self.wording(action_id)
        made.setText(words.replace("&", "&&"))
        keys = self.keys(action_id)
        plain = words.rstrip("…")
        made.setToolTip(f"{plain}  ({keys})" if keys else plain)
        made.setStatusTip("")
