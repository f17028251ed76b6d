"""The ``LoadContext`` of the suite: sample tables from memory, or the files that a plugin declares."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.errors import Cancelled, ReadError
from twin.model.geoframe import GeoFrame
from twin.model.layer import Source
from twin.model.table import FeatureTable
from twin.problems import Problem


class SampleContext:
    """What ``load`` is given.

    Parameters
    ----------
    frame : GeoFrame
    params : object
        The layer's parameters.
    files : mapping of str to Path
        Files by role; read with the readers of the application.
    tables : mapping of str to FeatureTable
        Tables by role, for roles without a file.
    cancelled : bool
        The user has asked to stop: the first look at it raises.
    """

    def __init__(
        self,
        frame: GeoFrame,
        params: Any,
        *,
        files: Mapping[str, Path],
        tables: Mapping[str, FeatureTable],
        cancelled: bool = False,
    ) -> None:
        self.frame = frame
        self.params = params
        self.problems: list[Problem] = []
        self._files = files
        self._tables = tables
        self._cancelled = cancelled

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources by role."""
        roles = [*self._files, *(r for r in self._tables if r not in self._files)]
        return {role: Source(path=self.path(role).as_posix()) for role in roles}

    @property
    def tables(self) -> Mapping[str, FeatureTable]:
        """Tables by role that are in no file."""
        return self._tables

    def path(self, role: str) -> Path:
        """Return where a source is. Raises KeyError for an unknown role."""
        if role in self._files:
            return self._files[role]
        return Path(f"{self._tables[role].name}.gpkg")

    def read(self, role: str, **options: Any) -> FeatureTable:
        """Read one source. Raises ReadError for a role without one."""
        self.check_cancelled()
        if role in self._files:
            from twin import io

            path = self._files[role]
            table: FeatureTable = io.read(path, target=self.frame, progress=self, options=options)
            return table
        if role in self._tables:
            return self._tables[role]
        raise ReadError("layer.source_missing", "contract", role=role)

    def check_cancelled(self) -> None:
        """Raise Cancelled if the work is to stop."""
        if self._cancelled:
            raise Cancelled

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Nobody watches."""

    def report(self, problem: Problem) -> None:
        """Keep what the layer reports."""
        self.problems.append(problem)
