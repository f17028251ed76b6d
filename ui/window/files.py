"""New, open, save, save as, recent: what happens to the project as files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu

from twin.errors import BelvedereError
from twin.store.pack import is_pack, pack_of
from twin.store.project_folder import (
    PROJECT_FILE,
    is_project,
    save_project,
    save_project_as,
    with_relative_sources,
)
from twin.work.jobs import Job
from ui.i18n import text, tr
from ui.opened import Opened
from ui.recovery import Answer, Keeper, ask_unsaved
from ui.window.messages import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from twin.model.project import Project
    from twin.problems import Problem
    from twin.work.session import Session
    from ui.window.main import MainWindow


class ProjectFiles(QObject):
    """The file side of the open project."""

    saved = Signal(object)
    """The folder, after the project was written to it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._keeper: Keeper | None = None
        self.folder: Path | None = None
        """Where the open project is saved; None: it never was."""

    @property
    def scratch(self) -> Path:
        """Where a project that was never saved pretends to be. Not made on disk."""
        return self._window.services.state_dir / "untitled" / str(os.getpid())

    @property
    def has_demo(self) -> bool:
        """Whether the demo city is there."""
        return is_project(self._window.services.demo)

    @property
    def unsaved(self) -> bool:
        """Whether there is anything to save."""
        session = self._window.session
        return session is not None and (session.dirty or self.folder is None)

    @property
    def own_folder(self) -> Path | None:
        """The project's folder where files may be added to it: not that of the demo, nor of a pack."""
        return None if self.folder is None or self._stays(self.folder) else self.folder

    def attach(self, session: Session, folder: Path | None) -> None:
        """Watch over a session that was just begun."""
        self.folder = folder
        self._keeper = Keeper(session, self._window.services.state_dir, self)
        self._keeper.write()
        if folder is not None:
            self._window.services.settings.remember(pack_of(folder) or folder)

    def detach(self) -> None:
        """Let go of the session: it was saved or discarded."""
        if self._keeper is not None:
            self._keeper.close()
            self._keeper.deleteLater()
            self._keeper = None

    def new(self) -> None:
        """Ask for title and place of a new project and open it, empty."""
        from ui.window.new_dialog import NewDialog

        dialog = NewDialog(self._window)
        dialog.made.connect(self.begin)
        dialog.open()

    def begin(self, project: Project) -> bool:
        """Open a project that was never saved, in place of the one that is open."""
        if not self.may_close():
            return False
        self._window.show_project(Opened(project=project, folder=None))
        return True

    def choose(self) -> None:
        """Let the user choose a project and open it."""
        settings = self._window.services.settings
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            tr("files.open_title"),
            str(settings.last_folder),
            tr("files.project_filter"),
        )
        if name:
            settings.last_folder = Path(name).parent.parent
            self.open(Path(name))

    def open_demo(self) -> None:
        """Open the demo city."""
        self.open(self._window.services.demo)

    def open(self, path: Path) -> bool:
        """Open a project in place of the one that is open; returns whether that was done."""
        try:
            opened = Opened.read(path)
        except BelvedereError as error:
            tell(self._window, error.problem)
            return False
        if not self.may_close():
            return False
        self._window.show_project(opened)
        return True

    def may_close(self) -> bool:
        """Ask about unsaved changes; returns whether the project may go."""
        session = self._window.session
        if session is None or not session.dirty:
            return True
        answer = ask_unsaved(self._window, session)
        if answer is Answer.SAVE:
            return self.save(wait=True)
        return answer is Answer.DISCARD

    def save(self, *, wait: bool = False) -> bool:
        """Write the project where it is; asks where if it never was. Returns whether it is written."""
        session = self._window.session
        if session is None:
            return False
        folder = self.folder
        if folder is None or self._stays(folder):
            return self.save_as(wait=wait)
        layers = tuple(with_relative_sources(spec, folder) for spec in session.project.layers)
        try:
            save_project(replace(session.project, layers=layers), folder)
        except BelvedereError as error:
            tell(self._window, error.problem)
            return False
        self._written(session, session.project, folder)
        return True

    def _stays(self, folder: Path) -> bool:
        """Whether a project stays as it is: a pack as it was signed, the demo city as everybody finds it."""
        return pack_of(folder) is not None or folder == self._window.services.demo.resolve()

    def save_as(self, *, wait: bool = False) -> bool:
        """Ask for a folder and write the project and its data there."""
        settings = self._window.services.settings
        name = QFileDialog.getExistingDirectory(
            self._window, tr("files.save_title"), str(settings.last_folder)
        )
        if not name:
            return False
        settings.last_folder = Path(name).parent
        return self.save_to(Path(name), wait=wait)

    def save_to(self, folder: Path, *, wait: bool = False) -> bool:
        """Write the project and its data to a folder; a long copy is a job.

        Parameters
        ----------
        wait : bool
            Do it now, because the window is about to close.
        """
        session = self._window.session
        if session is None:
            return False
        project, old = session.project, session.folder
        if wait:
            try:
                save_project_as(project, old, folder)
            except BelvedereError as error:
                tell(self._window, error.problem)
                return False
            self._moved(session, project, folder)
            return True
        job = Job("job.save", text(project.title, folder.name))
        session.jobs.run(
            job,
            lambda _job: save_project_as(project, old, folder),
            done=lambda _saved: self._moved(session, project, folder),
            failed=self._failed,
        )
        return True

    def fill_recent(self, menu: QMenu) -> None:
        """Put the recent projects into a menu."""
        settings = self._window.services.settings
        for path in settings.recent:
            entry = menu.addAction(path.name)
            entry.setToolTip(str(path))
            entry.triggered.connect(self._opener(path))
        if settings.recent:
            menu.addSeparator()
            menu.addAction(tr("menu.forget_recent"), settings.forget_recent)

    def _opener(self, path: Path) -> Callable[[], object]:
        return lambda: self.open(path)

    def _moved(self, session: Session, project: Project, folder: Path) -> None:
        if session is not self._window.session:
            return
        session.folder = folder
        self.detach()
        self.attach(session, folder)
        self._written(session, project, folder)

    def _written(self, session: Session, project: Project, folder: Path) -> None:
        session.history.mark_saved(project)
        self._window.services.settings.remember(folder)
        self.saved.emit(folder)

    def _failed(self, problem: Problem) -> None:
        tell(self._window, problem)


def project_of(path: Path) -> Path | None:
    """Return the project that a dropped path stands for, None if it is data."""
    if path.name == PROJECT_FILE or (is_project(path) and (path.is_dir() or is_pack(path))):
        return path
    return None
