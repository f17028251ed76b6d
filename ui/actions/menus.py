"""Menus and the tool bar, built from the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar

from ui.actions.registry import ActionSet
from ui.i18n import tr

Filler = Callable[[QMenu], None]
"""Puts entries of the moment (recent projects, bookmarks) into a menu about to be shown."""


class Menus:
    """The menu bar.

    Parameters
    ----------
    order : sequence of str
        Names of the top menus, left to right, those without entries left out; worded by ``menu.<name>``.
    fillers : mapping
        By menu path, for menus whose entries are known only when they open.
    """

    def __init__(
        self,
        bar: QMenuBar,
        actions: ActionSet,
        *,
        order: Sequence[str],
        fillers: Mapping[tuple[str, ...], tuple[int, Filler]],
    ) -> None:
        self._bar = bar
        self._menus: dict[tuple[str, ...], QMenu] = {}
        self._sections: dict[tuple[str, ...], int] = {}
        entries: list[tuple[tuple[str, ...], int, str]] = [
            (record.menu, record.section, record.id) for record in actions.records if record.menu
        ]
        entries += [(path[:-1], section, "") for path, (section, _fill) in fillers.items()]
        used = {path[0] for path, _section, _id in entries}
        for name in order:
            if name in used:
                self._menu((name,))
        self._fill(actions, entries, list(fillers))
        for path, (_section, fill) in fillers.items():
            menu = self._menu(path)
            menu.aboutToShow.connect(lambda menu=menu, fill=fill: _refill(menu, fill))
        self.retranslate()

    def menu(self, *path: str) -> QMenu:
        """Return a menu by its path. Raises KeyError if there is none."""
        return self._menus[path]

    def retranslate(self) -> None:
        """Word the titles again."""
        for path, menu in self._menus.items():
            menu.setTitle(tr(f"menu.{path[-1]}"))

    def _fill(
        self,
        actions: ActionSet,
        entries: list[tuple[tuple[str, ...], int, str]],
        filled: list[tuple[str, ...]],
    ) -> None:
        waiting = list(filled)
        # Stable: entries of one section stay in the order of the records.
        for path, section, action_id in sorted(entries, key=lambda entry: entry[1]):
            menu = self._menu(path, section)
            self._line(path, menu, section)
            if action_id:
                menu.addAction(actions.qaction(action_id))
            else:
                own = next(candidate for candidate in waiting if candidate[:-1] == path)
                waiting.remove(own)
                self._menu(own, section)

    def _menu(self, path: tuple[str, ...], section: int = 0) -> QMenu:
        known = self._menus.get(path)
        if known is not None:
            return known
        made = QMenu(self._bar)
        made.setToolTipsVisible(False)
        if len(path) == 1:
            self._bar.addMenu(made)
        else:
            parent = self._menu(path[:-1])
            self._line(path[:-1], parent, section)
            parent.addMenu(made)
        self._menus[path] = made
        return made

    def _line(self, path: tuple[str, ...], menu: QMenu, section: int) -> None:
        if self._sections.setdefault(path, section) != section:
            menu.addSeparator()
            self._sections[path] = section


def _refill(menu: QMenu, fill: Filler) -> None:
    menu.clear()
    fill(menu)
    if menu.isEmpty():
        nothing = menu.addAction(tr("menu.nothing"))
        nothing.setEnabled(False)


def fill_tool_bar(bar: QToolBar, actions: ActionSet) -> None:
    """Put the actions that have a place on the tool bar there, a line between tens."""
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    last = 0
    for record in sorted((r for r in actions.records if r.bar), key=lambda r: r.bar):
        if last and record.bar // 10 != last // 10:
            bar.addSeparator()
        last = record.bar
        bar.addAction(actions.qaction(record.id))
