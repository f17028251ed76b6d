"""Rows of streamed tiles as the table of their layer: attributes, styles and filters work on what is in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.model.layer import LayerState
from twin.model.styling import legend_of, rgba_of_rows
from twin.model.table import FEATURE_ID, FeatureTable
from twin.problems import Problem, Severity
from twin.work import runtime as rt
from twin.work.runtime import Look
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


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def take_rows(
    session: Session,
    layer_id: str,
    table: FeatureTable,
    *,
    taken: NDArray[np.bool_],
    rgba_of_file: NDArray[np.uint8],
    problems: Sequence[Problem],
) -> None:
    """Make streamed rows the table of their layer. On the session's thread.

    Parameters
    ----------
    rgba_of_file : (n, 4) uint8
        The colours without a style.
    """
    try:
        runtime = session.layer(layer_id)
    except KeyError:
        return
    held = dict(runtime.table.tables) if runtime.table is not None else {}
    runtime.table = replace(table, tables=held)
    runtime.validity = Validity.of(table.frame)
    valid = runtime.validity.at(session.clock.at) if runtime.validity else taken
    runtime.rows_visible = np.asarray(valid & taken)
    look = _look(runtime, rgba_of_file)
    runtime.style, runtime.rgba, runtime.legend = look.style, look.rgba, look.legend
    told = tuple(problems)
    aspects = ["table"]
    if told != runtime.build_problems:
        runtime.build_problems = told
        bad = any(p.severity is not Severity.INFO for p in told)
        runtime.state = LayerState.PARTIAL if bad else LayerState.READY
        aspects += ["problems", "state"]
    session.changed(runtime, *aspects)
    session.changed(runtime, "colours", "rows")


def _look(runtime: Any, rgba_of_file: NDArray[np.uint8]) -> Look:
    table = runtime.table
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
