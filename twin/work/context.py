"""What an author's ``load`` is given: its sources, the frame, and how to read, report and stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin import io
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, Source
from twin.model.plans import Changes
from twin.model.table import FEATURE_ID, FeatureTable, Provenance
from twin.problems import Problem
from twin.work.jobs import Job
from twin.work.joined_sheets import cells_each, read_joined, sheets_of

NOTHING: Mapping[str, Any] = MappingProxyType({})


class JobContext:
    """The :class:`~twin.model.layer.LoadContext` of a running job; ``more`` are options of every reader."""

    def __init__(
        self,
        spec: LayerSpec,
        folder: Path,
        frame: GeoFrame,
        params: Any,
        job: Job,
        *,
        changes: Changes = (),
        more: Mapping[str, Any] = NOTHING,
    ) -> None:
        self._spec = spec
        self._folder = folder
        self._job = job
        self._changes = changes
        self._more = more
        self.frame = frame
        self.params = params

    @property
    def sources(self) -> Mapping[str, Source]:
        """The layer's sources by role."""
        return self._spec.sources

    @property
    def problems(self) -> list[Problem]:
        """What was reported so far."""
        return self._job.problems

    def path(self, role: str) -> Path:
        """Return the absolute path of a source. Raises KeyError for an unknown role."""
        return resolve(self._folder, self._spec.sources[role])

    def read(self, role: str, **options: Any) -> FeatureTable:
        """Read one source into a table in the project's CRS; sheets of a raster (``role_2`` ...) with it.

        Raises
        ------
        ReadError
            The layer has no source of that role, or nothing of it can be read.
        """
        names = sheets_of(role, self._spec.sources)
        if len(names) == 1:
            return self._read(role, options)
        options = {"cells": cells_each(len(names)), **options}
        return read_joined(names, lambda name: self._read(name, options), self.report)

    def _read(self, role: str, options: Mapping[str, Any]) -> FeatureTable:
        source = self._spec.sources.get(role)
        if source is None and not self._spec.sources:
            return self._as_planned(role, self._nothing())
        if source is None:
            raise ReadError("layer.source_missing", self._spec.id, role=role)
        self.check_cancelled()
        table = io.read(
            resolve(self._folder, source),
            sublayer=source.sublayer,
            crs=source.crs,
            target=self.frame,
            progress=self,
            options={**source.options, **options, **self._more},
        )
        table = self._joined(role, _with_provenance(table, source.provenance))
        return self._as_planned(role, table)

    def _nothing(self) -> FeatureTable:
        """Return the table of a layer without any source: all that is in it comes from variants."""
        import geopandas as gpd

        crs = self.frame.crs
        frame = gpd.GeoDataFrame({FEATURE_ID: []}, geometry=gpd.GeoSeries([], crs=crs), crs=crs)
        return FeatureTable(frame=frame, crs=crs, name=self._spec.id)

    def _joined(self, role: str, table: FeatureTable) -> FeatureTable:
        """Return the main table with the columns that the layer joins to it."""
        join = self._spec.sources.get("join")
        if join is None or role != next(iter(self._spec.sources)):
            return table
        from twin.work.joins import with_join

        try:
            told = {**join.options, "joined": True}
            other = io.read(resolve(self._folder, join), progress=self, options=told)
        except ReadError as error:
            self.report(error.problem)
            return table
        return with_join(table, _with_provenance(other, join.provenance), join.options, self)

    def _as_planned(self, role: str, table: FeatureTable) -> FeatureTable:
        """Return the table of the variant that stands: series, observations and pictures are in none."""
        main = role == next(iter(self._spec.sources), role) or table.raster is not None
        if not self._changes or not main:
            return table
        from twin.work.plan import changed_table

        return changed_table(table, self._changes, self)

    def check_cancelled(self) -> None:
        """Raise Cancelled if the job was asked to stop."""
        self._job.check_cancelled()

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Say how far the work is."""
        self._job.progress(done, total, unit)

    def report(self, problem: Problem) -> None:
        """Record a problem; the work goes on."""
        self._job.report(problem)


def resolve(folder: Path, source: Source) -> Path:
    """Return the absolute path of a source; a relative one may not leave the project folder.

    Raises
    ------
    ReadError
        The path climbs out of the folder, or can be no path at all.
    """
    path = Path(source.path)
    if path.is_absolute():
        return path
    try:
        full = (folder / path).resolve()
    except (OSError, ValueError, RuntimeError) as error:  # too long, a NUL, links in a circle
        raise ReadError("io.cannot_open", repr(source.path)[:120], reason=_words(error)) from error
    if not full.is_relative_to(folder.resolve()):
        raise ReadError("project.path_outside", source.path)
    return full


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)[:120]


def _with_provenance(table: FeatureTable, provenance: Provenance) -> FeatureTable:
    return table if provenance == Provenance() else replace(table, provenance=provenance)
