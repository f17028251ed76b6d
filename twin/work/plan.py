"""Changes of a variant put into a table: each becomes a stretch of validity of a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.model.plans import ADD, LEVEL, MODIFY, PHASE, REMOVE, STATUS, VARIANT, Change, version_id
from twin.model.table import FEATURE_ID, FeatureTable, Raster
from twin.problems import Problem
from twin.work import solids
from twin.work.plan_meshes import Placed, with_copies, with_solids
from twin.work.validity import times_of

if TYPE_CHECKING:
    import geopandas as gpd

    from twin.progress import Progress

FROM, TO = "valid_from", "valid_to"
NEVER = np.datetime64("0001-01-01", "s")
GEOMETRY = "geometry"
"""Value with a meaning: an outline as WKT in the project's CRS."""

NO_COLUMNS = frozenset({FEATURE_ID, FROM, TO, *solids.VALUES})
"""Values of a change that are no columns of the table."""

MOST_COLUMNS = 64
"""New columns that the values of changes may bring to a table."""


def changed_table(
    table: FeatureTable, changes: Sequence[Change], progress: Progress
) -> FeatureTable:
    """Return the table of a variant: features of its changes with their stretches of validity.

    What is removed keeps its row, valid until its phase begins; what is modified gets a second row, with the id
    ``<id>~<phase>``; what is added is a new row. Columns ``plan_phase``, ``plan_status`` and ``plan_variant`` say
    who changed a row. A change that cannot be made is reported and left out.
    """
    if table.raster is not None:
        return replace(table, raster=changed_raster(table.raster, changes, progress))
    solid = [c for c in changes if LEVEL not in c.values]
    if not solid:
        return table
    draft = _Draft(table, progress)
    for change in solid:
        draft.take(change)
    return draft.table()


class _Draft:
    """A table under change: rows to copy, and what differs in the copies."""

    def __init__(self, table: FeatureTable, progress: Progress) -> None:
        self._table, self._progress = table, progress
        count = len(table)
        frame = table.frame
        self.ids: list[str] = [str(i) for i in table.feature_ids]
        self._row_of = {name: row for row, name in enumerate(self.ids)}
        nothing = np.full(count, np.datetime64("NaT", "s"))
        self._from = list(times_of(frame[FROM].to_numpy()) if FROM in frame else nothing)
        self._to = list(times_of(frame[TO].to_numpy()) if TO in frame else nothing)
        self._copy_of: list[int] = list(range(count))
        self._values: dict[int, dict[str, Any]] = {}
        self._solids: dict[int, Placed] = {}

    def take(self, change: Change) -> None:
        """Make one change, or report why it cannot be made."""
        row = self._row_of.get(change.feature_id)
        start = _moment(change.start)
        if change.op == ADD and row is None:
            self._append(-1, change.feature_id, change, start)
        elif row is None:
            values = {"feature": change.feature_id, "op": change.op, "phase": change.phase}
            self._progress.report(Problem("plan.no_feature", self._table.name, values))
        elif change.op == REMOVE:
            self._end(row, start)
        elif change.op in (MODIFY, ADD):
            if np.isnat(start):
                self._set(row, change)
            else:
                self._end(row, start)
                self._append(row, version_id(change.feature_id, change.phase), change, start)

    def _end(self, row: int, start: np.datetime64) -> None:
        end = NEVER if np.isnat(start) else start
        if np.isnat(self._to[row]) or end < self._to[row]:
            self._to[row] = end

    def _append(self, source: int, name: str, change: Change, start: np.datetime64) -> None:
        values = self._checked(change)
        if source < 0 and GEOMETRY not in values:
            told = {"feature": change.feature_id, "phase": change.phase}
            self._progress.report(Problem("plan.no_geometry", self._table.name, told))
            return
        row = len(self.ids)
        self.ids.append(name)
        # Later changes of the feature are changes of its latest row.
        self._row_of[change.feature_id] = row
        self._from.append(start)
        self._to.append(np.datetime64("NaT", "s"))
        self._copy_of.append(self._copy_of[source] if source >= 0 else -1)
        before = self._values.get(source, {}) if source >= 0 else {}
        self._values[row] = {**before, **values, **_marks(change)}
        self._take_solid(row, change, source)

    def _set(self, row: int, change: Change) -> None:
        known = self._values.get(row, {})
        self._values[row] = {**known, **self._checked(change), **_marks(change)}
        self._take_solid(row, change, row)

    def _take_solid(self, row: int, change: Change, source: int) -> None:
        """Give a row the model of its change, else that of the row it comes from unless the outline is another."""
        if solids.MODEL in change.values:
            solid = solids.placed(change.values)
            if solid is None:
                told = {"feature": change.feature_id, "phase": change.phase}
                self._progress.report(Problem("plan.bad_geometry", self._table.name, told))
            else:
                self._solids[row] = solid
        elif GEOMETRY not in change.values and source in self._solids:
            self._solids[row] = self._solids[source]

    def _checked(self, change: Change) -> dict[str, Any]:
        values = {k: v for k, v in change.values.items() if k not in NO_COLUMNS}
        outline = values.pop(GEOMETRY, None)
        if outline is None:
            return values
        try:
            shape = shapely.from_wkt(str(outline))
        except shapely.errors.ShapelyError:
            shape = None
        if shape is None or shape.is_empty or not np.isfinite(shape.bounds).all():
            told = {"feature": change.feature_id, "phase": change.phase}
            self._progress.report(Problem("plan.bad_geometry", self._table.name, told))
            return values
        return {**values, GEOMETRY: shape}

    def table(self) -> FeatureTable:
        """Return the changed table."""
        frame = self._frame()
        mesh = self._table.mesh
        if mesh is not None:
            mesh = with_copies(mesh, self._copies())
        return replace(self._table, frame=frame, mesh=with_solids(mesh, self._solids))

    def _copies(self) -> list[tuple[int, int]]:
        """Return (row, the row it comes from) of what is modified without an outline of its own."""
        count = len(self._table)
        return [
            (row, source)
            for row, source in enumerate(self._copy_of)
            if row >= count and source >= 0 and GEOMETRY not in self._values.get(row, {})
        ]

    def _frame(self) -> gpd.GeoDataFrame:
        import geopandas as gpd

        old = self._table.frame
        taken = np.array(self._copy_of, np.intp)
        frame = old.reindex(np.where(taken >= 0, taken, -1)).reset_index(drop=True)
        columns = {name: frame[name] for name in frame.columns if name != old.geometry.name}
        geometry = np.array(frame.geometry.to_numpy(), dtype=object)
        new = {n: None for v in self._values.values() for n in v if n not in columns}
        new.pop(GEOMETRY, None)
        for name in list(new)[: MOST_COLUMNS + 3]:
            columns[name] = [None] * len(frame)
        changed: dict[str, dict[int, Any]] = {}
        for row, values in self._values.items():
            for name, value in values.items():
                if name == GEOMETRY:
                    geometry[row] = value
                elif name in columns:
                    changed.setdefault(name, {})[row] = value
        for name, of_row in changed.items():
            columns[name] = _filled(columns[name], of_row)
        columns[FEATURE_ID] = np.array(self.ids, object)
        columns[FROM] = np.array(self._from, "datetime64[s]")
        columns[TO] = np.array(self._to, "datetime64[s]")
        return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(geometry, crs=old.crs))


def _marks(change: Change) -> dict[str, str]:
    return {PHASE: change.phase, STATUS: change.status, VARIANT: change.variant}


def _filled(column: Any, values: dict[int, Any]) -> Any:
    """Return a column with some values set; numbers stay numbers where all of them are."""
    import pandas as pd

    series = pd.Series(column)
    rows, given = list(values), pd.Series(list(values.values()), dtype=object)
    if series.dtype.kind in "iufb":
        numbers = series.to_numpy(np.float64, copy=True)
        numbers[rows] = pd.to_numeric(given, errors="coerce")
        return numbers
    plain = series.to_numpy(object, copy=True)
    for row, value in values.items():
        plain[row] = value
    return plain if _has_words(series.dropna()[:1]) or _has_words(given) else _numbers(plain)


def _has_words(values: Any) -> bool:
    """Whether any value is there and no number: then nobody need look at all of a long column."""
    import pandas as pd

    return bool((pd.to_numeric(values, errors="coerce").isna() & values.notna()).any())


def _numbers(plain: NDArray[np.object_]) -> NDArray[Any]:
    """Return values as numbers where all that are there are, else as they are."""
    import pandas as pd

    values = pd.Series(plain, dtype=object)
    return plain if _has_words(values) else pd.to_numeric(values).to_numpy(np.float64)


def changed_raster(raster: Raster, changes: Sequence[Change], progress: Progress) -> Raster:
    """Return a terrain cut and filled: the cells inside each outline at the level of its change.

    The grid has no rows that could begin later: who asks gives the earthworks that have begun.
    """
    grid = raster.values  # noqa: PD011 - of a raster, not of pandas
    if grid.dtype.kind != "f":
        return raster
    grid = grid.copy()
    for change in changes:
        told_values = dict(change.values)
        if LEVEL not in told_values:
            continue
        try:
            level = float(told_values[LEVEL])
            shape = shapely.from_wkt(str(told_values.get(GEOMETRY)))
        except (ValueError, TypeError, shapely.errors.ShapelyError):
            shape, level = None, float("nan")
        if shape is None or not np.isfinite(level):
            told = {"feature": change.feature_id, "phase": change.phase}
            progress.report(Problem("plan.bad_geometry", change.feature_id, told))
            continue
        grid[_cells(raster, grid.shape, shape)] = level
    return replace(raster, values=grid)


def _cells(raster: Raster, size: tuple[int, ...], shape: Any) -> NDArray[np.bool_]:
    rows, columns = size[:2]
    x = raster.x_min + (np.arange(columns) + 0.5) * raster.dx
    y = raster.y_max - (np.arange(rows) + 0.5) * raster.dy
    x_min, y_min, x_max, y_max = shape.bounds
    inside = np.zeros((rows, columns), bool)
    across = np.flatnonzero((x >= x_min - raster.dx) & (x <= x_max + raster.dx))
    down = np.flatnonzero((y >= y_min - raster.dy) & (y <= y_max + raster.dy))
    if len(across) and len(down):
        grid_x, grid_y = np.meshgrid(x[across], y[down])
        inside[np.ix_(down, across)] = shapely.contains_xy(shape, grid_x, grid_y)
    return inside


def _moment(at: datetime | None) -> np.datetime64:
    if at is None:
        return np.datetime64("NaT", "s")
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "s")
