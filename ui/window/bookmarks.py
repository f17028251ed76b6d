"""Bookmarks of views: added from the present camera, flown to from the menu."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from twin.model.project import Project, View
from ui.i18n import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.window.main import MainWindow

NAMES = {"en": "View {}", "fr": "Vue {}"}
"""Names of new bookmarks; saved in the project, so in both languages."""


class Bookmarks(QObject):
    """The views of the project."""

    added = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def present(self) -> View:
        """Return the present camera, time and hidden layers as a view without a name."""
        window = self._window
        session = window.session
        hidden = tuple(spec.id for spec in session.project.layers if not spec.visible)
        return replace(
            window.viewport.view(), xray=window.viewport.xray, at=session.clock.at, hidden=hidden
        )

    def add(self) -> None:
        """Bookmark the present view under a name that can be changed in the panel."""
        session = self._window.session
        taken = {view.id for view in session.project.views}
        count = next(n for n in range(1, len(taken) + 2) if f"view-{n}" not in taken)
        title = {language: name.format(count) for language, name in NAMES.items()}
        view = replace(self.present(), id=f"view-{count}", title=title)

        def change(project: Project) -> Project:
            return replace(project, views=(*project.views, view))

        session.do("edit.add_view", change)
        self.added.emit(text(view.title))

    def fly(self, view: View) -> None:
        """Go to a bookmark: camera, x-ray, time, and exactly the layers that it shows."""
        window = self._window
        window.viewport.fly_to_view(view)
        if view.xray != window.viewport.xray:
            window.viewport.set_xray(on=view.xray)
        if view.at is not None:
            window.session.clock.set(view.at)
        window.session.do("command.show_layers", lambda p: p.as_in(view), merge="bookmark")
        window.action_set.refresh_soon()

    def fill(self, menu: QMenu) -> None:
        """Put the bookmarks into a menu."""
        session = self._window.session
        for view in session.project.views if session else ():
            menu.addAction(text(view.title, view.id)).triggered.connect(self._flyer(view))

    def _flyer(self, view: View) -> Callable[[], None]:
        return lambda: self.fly(view)
