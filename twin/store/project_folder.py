"""A project on disk: a folder with ``project.json`` and its data, saved atomically."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from twin.errors import ProjectError
from twin.model.layer import LayerSpec, Source
from twin.model.project import Project
from twin.model.story import files_of as files_of_stop
from twin.problems import Problem
from twin.store.codec import from_json, to_json
from twin.store.data_files import Copies
from twin.store.pack import is_pack, open_pack

PROJECT_FILE = "project.json"
MAX_BYTES = 64 * 1024 * 1024


def project_folder(path: Path) -> Path:
    """Return the folder of a project given as folder or as its ``project.json``; a pack as it is.

    Raises
    ------
    ProjectError
        Neither of the two.
    """
    if is_pack(path):
        return path
    folder = path.parent if path.name == PROJECT_FILE else path
    if not (folder / PROJECT_FILE).exists():
        raise ProjectError("project.not_found", str(path))
    return folder


def is_project(path: Path) -> bool:
    """Whether a path is a project folder, its ``project.json``, or a pack."""
    return is_pack(path) or path.name == PROJECT_FILE or (path / PROJECT_FILE).exists()


def load_project(path: Path) -> tuple[Project, Path, list[Problem]]:
    """Open a project; a pack is checked and unpacked first.

    Returns
    -------
    (project, folder, problems)

    Raises
    ------
    ProjectError
        Not found, not readable, not JSON, or not a project.
    """
    remarks: list[Problem] = []
    if is_pack(path):
        folder, _, remarks = open_pack(path)
    else:
        folder = project_folder(path)
    file = folder / PROJECT_FILE
    project, problems = from_json(_read_json(file), str(file))
    return project, folder, [*remarks, *problems]


def save_project(project: Project, folder: Path) -> None:
    """Write ``project.json`` so that a crash leaves either the old file or the new one, whole.

    Raises
    ------
    ProjectError
        The folder cannot be written.
    """
    text = json.dumps(to_json(project), ensure_ascii=False, indent=1) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _keep_damaged(folder / PROJECT_FILE)
        write_atomically(folder / PROJECT_FILE, text)
    except OSError as error:
        raise ProjectError(
            "project.cannot_save", str(folder), reason=error.strerror or str(error)
        ) from error


def _keep_damaged(file: Path) -> None:
    """Before a project is written over a file of which parts could not be read, keep that file as well."""
    if not file.is_file():
        return
    try:
        _, problems = from_json(_read_json(file), str(file))
    except ProjectError:
        problems = [Problem("project.not_a_project", str(file))]
    if not problems:
        return
    numbers = ("", *(f"_{n}" for n in range(2, 100)))
    kept = [file.with_name(f"{file.stem}.damaged{number}.json") for number in numbers]
    shutil.copyfile(file, next((path for path in kept if not path.exists()), kept[-1]))


def save_project_as(project: Project, folder: Path, new_folder: Path) -> Project:
    """Copy a project and the data inside its folder to another folder; return it as saved there.

    Sources outside the old folder keep their absolute path.

    Raises
    ------
    ProjectError
        The new folder holds another project or a file of the same name, or cannot be written.
    """
    if (new_folder / PROJECT_FILE).exists():
        raise ProjectError("project.folder_taken", str(new_folder))
    copies = Copies(new_folder)
    try:
        for file, relative in _files_inside(project, folder).items():
            copies.put(file, new_folder / relative)
        save_project(project, new_folder)
    except ProjectError:
        copies.undo()
        raise
    except FileExistsError as error:
        copies.undo()
        raise ProjectError("project.file_in_the_way", str(error.filename)) from error
    except OSError as error:
        copies.undo()
        raise ProjectError(
            "project.cannot_save", str(new_folder), reason=error.strerror or str(error)
        ) from error
    return project


def relative_source(source: Source, folder: Path) -> Source:
    """Return a source whose path is relative to the project folder when it lies inside it."""
    path = Path(source.path)
    if path.is_absolute() and path.resolve().is_relative_to(folder.resolve()):
        return replace(source, path=path.resolve().relative_to(folder.resolve()).as_posix())
    return source


def with_relative_sources(spec: LayerSpec, folder: Path) -> LayerSpec:
    """Return a layer whose sources are relative where they can be."""
    return replace(spec, sources={r: relative_source(s, folder) for r, s in spec.sources.items()})


def write_atomically(path: Path, text: str) -> None:
    """Write a text file by a temporary one in the same folder and a rename."""
    handle, name = tempfile.mkstemp(prefix=path.name, suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is for its owner alone; a project is shared like any other file.
        temporary.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _files_inside(project: Project, folder: Path) -> dict[Path, Path]:
    """Return the data files that lie in a project's folder, and their path relative to it."""
    from twin.io.companions import files_of

    root = folder.resolve()
    found: dict[Path, Path] = {}
    for spec in project.layers:
        for source in spec.sources.values():
            path = Path(source.path)
            main = (folder / path).resolve()
            if path.is_absolute() or not main.is_relative_to(root):
                continue
            found |= {
                file: file.relative_to(root) for file in files_of(main) if file.is_relative_to(root)
            }
    told = (path for s in project.stories for stop in s.stops for path in files_of_stop(stop))
    for name in told:
        main = (folder / name).resolve()
        if main.exists() and main.is_relative_to(root):
            found[main] = main.relative_to(root)
    return found


def _read_json(file: Path) -> object:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ProjectError("project.too_large", str(file))
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProjectError(
            "project.cannot_read", str(file), reason=error.strerror or str(error)
        ) from error
    except (ValueError, RecursionError) as error:
        raise ProjectError("project.not_json", str(file), reason=str(error)[:200]) from error
