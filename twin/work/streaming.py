"""Rows of streamed tiles as the table of their layer: attributes, styles and filters work on what is in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.model.layer import LayerState
from twin.model.plans import Changes, begun
from twin.model.styling import legend_of, rgba_of_rows
from twin.model.table import FEATURE_ID, FeatureTable
from twin.problems import Problem, Severity
from twin.tiles.metadata import single
from twin.work import runtime as rt
from twin.work.runtime import LayerRuntime, Look
from twin.work.validity import Validity

if TYPE_CHECKING:
    from twin.work.session import Session

NAMES = (FEATURE_ID, "gml_id", "gmlid", "globalid", "guid", "id", "batchId", "name")
"""Columns that name a feature, the surest first."""


def table_of_rows(
    columns: Mapping[str, NDArray[Any]], taken: NDArray[np.bool_], crs: str, name: str
) -> FeatureTable:
    """Return the features of the loaded tiles as a table without geometry; its rows are those of the picture.

    Parameters
    ----------
    columns : mapping of str to (n,) array
    taken : (n,) bool
        Rows that a loaded tile has; the others are empty and have no id.
    """
    import geopandas as gpd
    import pandas as pd

    ids = _ids(columns, taken)
    held = {FEATURE_ID: ids, **{n: v for n, v in columns.items() if n != FEATURE_ID}}
    frame = gpd.GeoDataFrame(
        pd.DataFrame(held), geometry=np.full(len(taken), None, dtype=object), crs=crs or None
    )
    return FeatureTable(frame=frame, crs=crs, name=name)


def _ids(columns: Mapping[str, NDArray[Any]], taken: NDArray[np.bool_]) -> NDArray[Any]:
    found = np.array([str(k) for k in range(len(taken))], dtype=object)
    for name in NAMES:
        values = columns.get(name)
        if values is None:
            continue
        known = np.array([v is not None and v == v and v != "" for v in values], bool)  # noqa: PLR0124
        if known[taken].any():
            found[known] = [_text(v) for v in values[known]]
            break
    found[~taken] = ""
    return found


def removed_rows(
    columns: Mapping[str, NDArray[Any]], count: int, removed: Sequence[str]
) -> NDArray[np.bool_]:
    """Return (count,) bool: which features of a tile a variant has removed; blocks of several stay."""
    gone = np.isin(_ids(columns, np.ones(count, bool)).astype(str), removed)
    return np.asarray(gone & single(columns, count))


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


@dataclass(frozen=True, eq=False, kw_only=True)
class StreamedRows:
    """The features of the tiles in the picture, as their files have them.

    Attributes
    ----------
    taken : (n,) bool
        Rows that a loaded tile has.
    rgba_of_file : (n, 4) uint8
        The colours without a style.
    begun : int
        How many changes of the variant had begun when they were last shown.
    """

    table: FeatureTable
    taken: NDArray[np.bool_]
    rgba_of_file: NDArray[np.uint8]
    problems: tuple[Problem, ...]
    begun: int = 0


def take_rows(session: Session, layer_id: str, rows: StreamedRows) -> None:
    """Make streamed rows the table of their layer. On the session's thread."""
    try:
        runtime = session.layer(layer_id)
    except KeyError:
        return
    runtime.streamed = rows
    show_rows(session, runtime)


def show_rows(session: Session, runtime: LayerRuntime) -> None:
    """Bring the table of a streamed layer in step with the variant and the clock."""
    rows, at = runtime.streamed, session.clock.at
    if rows is None:
        return
    runtime.streamed = replace(rows, begun=begun(runtime.changes, at))
    before = runtime.table
    held = {} if before is None else dict(before.tables)
    points = None if before is None else before.points  # by them a cloud is coloured and explained
    planned = runtime.planned if runtime.changes else None
    table, left_out = _planned(rows.table, runtime.changes, at, planned)
    runtime.table = replace(table, tables=held, points=points)
    runtime.validity = Validity.of(table.frame)
    taken = rows.taken.copy()
    taken[: 0 if planned is None else len(planned)] = True
    valid = runtime.validity.at(at) if runtime.validity else taken
    runtime.rows_visible = np.asarray(valid & taken)
    look = _look(runtime, runtime.table, rows.rgba_of_file)
    runtime.style, runtime.rgba, runtime.legend = look.style, look.rgba, look.legend
    told = (*rows.problems, *left_out)
    aspects = ["table"]
    if told != runtime.build_problems:
        runtime.build_problems = told
        bad = any(p.severity is not Severity.INFO for p in told)
        runtime.state = LayerState.PARTIAL if bad else LayerState.READY
        aspects += ["problems", "state"]
    session.changed(runtime, *aspects)
    session.changed(runtime, "colours", "rows")


def _planned(
    table: FeatureTable, changes: Changes, at: datetime, planned: FeatureTable | None
) -> tuple[FeatureTable, tuple[Problem, ...]]:
    if not changes:
        return table, ()
    from twin.work.streamed_plan import planned_rows  # it brings the reading of outlines with it

    return planned_rows(table, changes, at, planned)


def renew_rows(session: Session, runtime: LayerRuntime) -> None:
    """Show streamed rows anew where another change of the variant has begun since."""
    rows = runtime.streamed
    if rows is not None and rows.begun != begun(runtime.changes, session.clock.at):
        show_rows(session, runtime)


def _look(runtime: LayerRuntime, table: FeatureTable, rgba_of_file: NDArray[np.uint8]) -> Look:
    if runtime.spec.style is None:
        return Look(
            style=runtime.default_style,
            rgba=rgba_of_file,
            legend=legend_of(
                runtime.default_style, runtime.column, lambda name: table.column(name).unit
            ),
        )
    before = runtime.style
    look = rt.look(runtime)
    if type(before.rule) is type(runtime.spec.style.rule) and _same_column(before, look.style):
        # Classes that were worked out once stay, while tiles come and go.
        rgba = rgba_of_rows(before, len(table), runtime.column)
        legend = legend_of(before, runtime.column, lambda name: table.column(name).unit)
        return Look(style=before, rgba=rgba, legend=legend)
    return look


def _same_column(one: Any, other: Any) -> bool:
    same = getattr(one.rule, "column", "") == getattr(other.rule, "column", "")
    fixed = bool(getattr(one.rule, "breaks", ())) or bool(getattr(one.rule, "categories", ()))
    return same and fixed and getattr(one.rule, "ramp", "") == getattr(other.rule, "ramp", "")
