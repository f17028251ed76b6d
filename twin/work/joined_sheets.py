"""A role with several files: ``elevation``, ``elevation_2`` ... are read one by one and joined to one raster."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from twin.errors import ReadError
from twin.io import limits
from twin.model.table import FeatureTable
from twin.problems import Problem

LEAST_CELLS = 250_000
"""A sheet keeps so many cells however many there are: a tenth of a second each."""


def sheets_of(role: str, roles: Iterable[str]) -> list[str]:
    """Return the names of the sources of a role in their order: itself first, then those with numbers."""
    numbered = re.compile(re.escape(role) + r"_(\d+)")
    more = [(int(found[1]), name) for name in roles if (found := numbered.fullmatch(name))]
    return [role, *(name for _, name in sorted(more))]


def cells_each(sheets: int) -> int:
    """Return how many cells may be read of each of several sheets."""
    return max(limits.RASTER_CELLS // sheets, LEAST_CELLS)


def read_joined(
    names: Iterable[str], read: Callable[[str], FeatureTable], report: Callable[[Problem], None]
) -> FeatureTable:
    """Read sources and join their rasters.

    What cannot be read is reported and left out; what lies beyond the window that was asked for is not missed.

    Raises
    ------
    ReadError
        None of them can be read: that of the first.
    """
    from twin.shapes import mosaic

    found: list[FeatureTable] = []
    failed: list[ReadError] = []
    for name in names:
        try:
            found.append(read(name))
        except ReadError as error:
            failed.append(error)
    if not found:
        raise failed[0]
    for problem in (failure.problem for failure in failed):
        if problem.key != "io.raster_elsewhere":
            report(problem)
    first = found[0]
    rasters = [table.raster for table in found if table.raster is not None]
    alike = [r for r in rasters if r.values.ndim == rasters[0].values.ndim]
    if len(alike) < len(found):
        report(Problem("layer.sheets_unlike", first.name, {"count": len(found) - len(alike)}))
    if len(alike) < 2:
        return first
    return replace(first, raster=mosaic(alike, max_cells=limits.RASTER_CELLS))
