"""Files from outside: chosen or dropped, looked at, and added as layers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QFileDialog

from twin.work.jobs import Job, JobBoard
from ui.i18n import tr
from ui.opened import Opened
from ui.window.files import project_of
from ui.window.messages import tell

if TYPE_CHECKING:
    from twin.model.project import Project
    from twin.problems import Problem
    from ui.window.main import MainWindow


class Imports:
    """Adds data to the open project, or makes a project of it where none is open."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._board: JobBoard | None = None

    def choose(self) -> None:
        """Let the user choose files and add them."""
        from twin import io

        settings = self._window.services.settings
        patterns = " ".join(f"*{suffix}" for suffix in sorted(io.suffixes()))
        filters = [tr("files.data_filter", patterns=patterns), tr("files.all_filter")]
        names, _ = QFileDialog.getOpenFileNames(
            self._window, tr("files.add_title"), str(settings.last_folder), ";;".join(filters)
        )
        if names:
            settings.last_folder = Path(names[0]).parent
            self.add([Path(name) for name in names])

    def take(self, paths: Sequence[Path]) -> None:
        """Take what was dropped: a project is opened, anything else is added."""
        for path in paths:
            project = project_of(path)
            if project is not None:
                self._window.files.open(project)
                return
        if paths:
            self.add(paths)

    def add(self, paths: Sequence[Path]) -> None:
        """Add files as layers; the user sees first what they hold."""
        if self._window.session is None:
            self._assemble(paths)
            return
        from ui.dialogs.import_dialog import ImportDialog

        dialog = ImportDialog(self._window.session, list(paths), self._window)
        dialog.open()

    def close(self) -> None:
        """Stop what is under way."""
        if self._board is not None:
            self._board.close()
            self._board = None

    def _assemble(self, paths: Sequence[Path]) -> None:
        from twin.work.assemble import assemble

        window = self._window
        self._board = self._board or JobBoard(window.bridge.deliver, workers=1)
        job = Job("job.inspect", ", ".join(path.name for path in paths))
        registry = window.services.registry

        def done(answer: tuple[Project, list[Problem]]) -> None:
            project, problems = answer
            if window.session is None:
                window.show_project(Opened(project=project, folder=None, problems=tuple(problems)))

        self._board.run(
            job,
            lambda _job: assemble(list(paths), registry),
            done=done,
            failed=lambda problem: tell(window, problem),
        )


def paths_in(mime: QMimeData) -> list[Path]:
    """Return the local files and folders that are dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
