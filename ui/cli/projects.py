"""Finding and opening what a verb was given: a project, the demo, or plain files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twin.model.project import Project
from twin.problems import Problem, Severity
from twin.registry import Registry
from twin.store.project_folder import is_project, load_project
from twin.work.assemble import assemble
from ui.shipped import DEMO


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A project ready for a session."""

    project: Project
    folder: Path
    problems: tuple[Problem, ...]


def project_path(name: str) -> Path:
    """Return the path of a project named on the command line; ``demo`` is the demo city."""
    return DEMO if name == "demo" else Path(name)


def registry() -> Registry:
    """Return the built-in layers, the bundled plugins and those of this user."""
    from ui.plugin_home import registry as all_plugins

    return all_plugins()


def open_any(
    names: Sequence[str], registry: Registry, *, crs: str = "", streaming: bool = True
) -> Opened:
    """Open a project, or make one in memory of files.

    Parameters
    ----------
    streaming : bool
        See :func:`twin.work.assemble.assemble`.

    Raises
    ------
    BelvedereError
        Nothing of it can be shown.
    """
    first = project_path(names[0])
    if len(names) == 1 and is_project(first):
        project, folder, problems = load_project(first)
        return Opened(project=project, folder=folder, problems=tuple(problems))
    addresses = [name for name in names if name.startswith(("http://", "https://"))]
    paths = [Path(name) for name in names if name not in addresses]
    project, problems = assemble(paths, registry, crs=crs, addresses=addresses, streaming=streaming)
    left = tuple(p for p in problems if not _told_again(p, project))
    return Opened(project=project, folder=Path.cwd(), problems=left)


def _told_again(problem: Problem, project: Project) -> bool:
    """Whether reading the layers will say it as well, now that their files are in a project."""
    if problem.severity is Severity.ERROR or not problem.key.startswith("io."):
        return False
    names = [Path(s.path).name for spec in project.layers for s in spec.sources.values()]
    return problem.where.startswith(tuple(names))
