"""Data files of a project: copied whole, and never over a file that is there already."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path


class Copies:
    """Copies of data sets that are made together; either all of them stay or none.

    Parameters
    ----------
    folder : Path
        The project's folder, or the one that will be.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Path] = []
        self._folders: list[Path] = []

    def add(self, path: Path) -> str:
        """Bring a data set into the folder's ``data`` under a free name; what lies in the folder stays there.

        Returns
        -------
        str
            Path of its main file relative to the folder, with ``/``.

        Raises
        ------
        OSError
            It cannot be read, or the folder cannot be written.
        """
        from twin.io.companions import files_of

        folder = self._folder.resolve()
        if path.resolve().is_relative_to(folder):
            return path.resolve().relative_to(folder).as_posix()
        data = folder / "data"
        files = files_of(path) or (path,)
        targets = next(t for t in _targets(path, files, data) if not any(p.exists() for p in t))
        for source, target in zip(files, targets, strict=True):
            self.put(source, target)
        return targets[0].relative_to(folder).as_posix()

    def put(self, source: Path, target: Path) -> None:
        """Copy one file, or a folder that is a data set, to a place that is free.

        Raises
        ------
        FileExistsError
            There is something already.
        OSError
            It cannot be read or written.
        """
        missing = [p for p in (target.parent, *target.parent.parents) if not p.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        self._folders += reversed(missing)
        if target.exists():
            raise FileExistsError(17, "exists already", str(target))
        self._made.append(target)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)

    def undo(self) -> None:
        """Take away again what was copied, and the folders that were made for it."""
        for path in reversed(self._made):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        for path in reversed(self._folders):
            if not any(path.iterdir()):
                path.rmdir()
        self._made.clear()
        self._folders.clear()


def _targets(path: Path, files: tuple[Path, ...], data: Path) -> Iterator[list[Path]]:
    """Yield places for the files of a data set, one set of places for each name that could be free."""
    for number in chain([""], (f"_{n}" for n in count(2))):
        stem = path.stem + number
        if path.suffix.lower() == ".vrt" and len(files) > 1:  # it names the others as they lie
            yield [data / stem / file.relative_to(path.parent) for file in files]
        else:
            yield [data / (stem + file.name.removeprefix(path.stem)) for file in files]
