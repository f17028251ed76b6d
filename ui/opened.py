"""A project on its way into the window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from twin.model.project import Project
from twin.problems import Problem
from twin.store.project_folder import load_project
from twin.work.session import Session

if TYPE_CHECKING:
    from twin.work.jobs import Deliver
    from ui.services import Services


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A project, where it is, and what was wrong with its file.

    Parameters
    ----------
    folder : Path or None
        None: it was never saved.
    saved : Project or None
        Its form on disk, where that differs: recovered work.
    """

    project: Project
    folder: Path | None
    problems: tuple[Problem, ...] = ()
    saved: Project | None = None

    @classmethod
    def read(cls, path: Path) -> Opened:
        """Read a project from disk. Raises ProjectError where that cannot be done."""
        project, folder, problems = load_project(path)
        return cls(project=project, folder=folder.resolve(), problems=tuple(problems))

    def session(self, services: Services, deliver: Deliver, *, scratch: Path) -> Session:
        """Return a session of it; ``scratch`` is the folder of a project that has none."""
        session = Session(
            self.project,
            self.folder or scratch,
            services.registry,
            deliver=deliver,
            prepared=services.prepared,
        )
        if self.saved is not None:
            session.history.mark_saved(self.saved)
        return session


def recovered(project: Project, folder: Path, *, scratch: Path) -> Opened:
    """Return recovered work as unsaved changes of the project on disk, or of none."""
    from twin.errors import ProjectError

    if folder == scratch or folder.parent == scratch.parent:
        return Opened(project=project, folder=None, saved=_blank(project))
    try:
        on_disk = Opened.read(folder)
    except ProjectError:
        return Opened(project=project, folder=None, saved=_blank(project))
    return Opened(
        project=project, folder=on_disk.folder, problems=on_disk.problems, saved=on_disk.project
    )


def _blank(project: Project) -> Project:
    return replace(project, layers=(), views=(), title={})
