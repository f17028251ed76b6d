"""What an author's ``load`` is given behind the walls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec
from twin.model.table import FeatureTable
from twin.work.context import JobContext
from twin.work.jobs import Job


class SandboxContext(JobContext):
    """The context of a job whose tables may come through the wall instead of from files."""

    def __init__(
        self,
        spec: LayerSpec,
        frame: GeoFrame,
        params: Any,
        job: Job,
        tables: Mapping[str, FeatureTable],
    ) -> None:
        super().__init__(spec, Path("/"), frame, params, job)
        self._handed = tables

    def path(self, role: str) -> Path:
        """Return where a source is; a table that is in no file has the path of none."""
        if role in self._handed:
            return Path(f"{self._handed[role].name}.gpkg")
        return super().path(role)

    def read(self, role: str, **options: Any) -> FeatureTable:
        """Return the table of a role; see :class:`~twin.work.context.JobContext`."""
        self.check_cancelled()
        if role in self._handed:
            return self._handed[role]
        return super().read(role, **options)
