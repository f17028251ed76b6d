"""Changes of a variant on streamed features: tiles stay as they were baked, which of their rows are shown follows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from twin.model.plans import (
    ADD,
    LEVEL,
    MODIFY,
    PHASE,
    REMOVE,
    STATUS,
    VARIANT,
    Change,
    feature_of,
)
from twin.model.table import FEATURE_ID, FeatureTable
from twin.problems import Problem, Severity
from twin.tiles.metadata import single
from twin.work import solids
from twin.work.plan import FROM, GEOMETRY, NEVER, NO_COLUMNS, TO
from twin.work.validity import times_of

SHAPE = frozenset({GEOMETRY, *solids.VALUES})
"""Values of a change that say how a feature looks: they are no attributes."""
FORM = SHAPE | {"height_m", "storeys", "roof_shape", "roof_height_m"}
"""Values that a building of another form would follow."""


def planned_rows(
    table: FeatureTable,
    changes: Sequence[Change],
    at: datetime,
    planned: FeatureTable | None = None,
) -> tuple[FeatureTable, tuple[Problem, ...]]:
    """Return streamed rows as a variant has them at a moment, and what of it tiles cannot show.

    What is removed, or stands in another shape from then on, is valid until its phase begins; what is modified has its
    new values from then on. Features that are not in the picture now are none: their tiles may come later.

    Parameters
    ----------
    planned : FeatureTable or None
        What the variant sets beside the tiles, see :mod:`twin.work.streamed_shapes`; it becomes the first rows.
    """
    one = single(table.frame, len(table))
    row_of = {str(name): row for row, name in enumerate(table.feature_ids) if one[row]}
    ends: dict[int, np.datetime64] = {}
    values: dict[int, dict[str, Any]] = {}
    for change in changes:
        row = row_of.get(change.feature_id)
        if row is None or LEVEL in change.values:
            continue
        if _ends(change):
            end = _moment(change.start)
            ends[row] = min(end, ends.get(row, end))
        elif change.op == MODIFY and (change.start is None or change.start <= at):
            values.setdefault(row, {}).update(_told(change))
    frame = _changed(table.frame, ends, values) if ends or values else table.frame
    if planned is not None and len(planned):
        frame = _beside(frame, planned.frame)
        table = replace(table, columns={**table.columns, **planned.columns})
    return replace(table, frame=frame), tuple(_left_out(changes, planned, table.name))


def gone_at(changes: Sequence[Change], at: datetime) -> tuple[str, ...]:
    """Return the features whose baked form is gone at a moment: removed, or another form stands in its place."""
    return tuple(
        change.feature_id
        for change in changes
        if _ends(change) and (change.start is None or change.start <= at)
    )


def _ends(change: Change) -> bool:
    """Whether a baked feature is not there any more from a change on."""
    replaced = change.op == MODIFY and GEOMETRY in change.values and LEVEL not in change.values
    return change.op == REMOVE or replaced


def _left_out(
    changes: Sequence[Change], planned: FeatureTable | None, where: str
) -> Iterator[Problem]:
    """Yield what no form was made of: nothing but its attributes follows the plan."""
    there = set() if planned is None else {feature_of(str(name)) for name in planned.feature_ids}
    for change in changes:
        shape = change.op == ADD or (change.op == MODIFY and FORM & change.values.keys())
        if shape and LEVEL not in change.values and change.feature_id not in there:
            told = {"feature": change.feature_id, "phase": change.phase}
            yield Problem("plan.streamed_shape", where, told, Severity.WARNING)


def _beside(frame: Any, planned: Any) -> Any:
    """Return streamed rows, the first of which are those of a plan."""
    count = len(planned)
    nothing = np.full(len(frame), np.datetime64("NaT", "s"))
    columns = {}
    for name in dict.fromkeys([*planned.columns, FROM, TO]):
        own = planned[name].to_numpy() if name in planned else nothing[:count]
        if name in (FROM, TO):
            column = times_of(frame[name].to_numpy()) if name in frame else nothing.copy()
            column[:count] = times_of(own)
        else:
            there = frame[name].to_numpy() if name in frame else np.full(len(frame), None, object)
            column = np.array(there, object)
            column[:count] = own
            column = column if name in (FEATURE_ID, GEOMETRY) else _plain(column)
        columns[name] = column
    return frame.assign(**columns)


def _told(change: Change) -> dict[str, Any]:
    """Return the attributes that a change gives, and who changed them."""
    own = {k: v for k, v in change.values.items() if k not in NO_COLUMNS | SHAPE}
    return {**own, PHASE: change.phase, STATUS: change.status, VARIANT: change.variant}


def _changed(frame: Any, ends: dict[int, np.datetime64], values: dict[int, dict[str, Any]]) -> Any:
    frame = frame.copy(deep=False)
    if ends:
        nothing = np.full(len(frame), np.datetime64("NaT", "s"))
        until = times_of(frame[TO].to_numpy()) if TO in frame else nothing
        for row, end in ends.items():
            until[row] = end if np.isnat(until[row]) else min(end, until[row])
        frame[TO] = until
        if FROM not in frame:
            frame[FROM] = nothing
    for name in dict.fromkeys(name for own in values.values() for name in own):
        column = frame[name].astype(object) if name in frame else np.full(len(frame), None, object)
        column = np.array(column, dtype=object)
        for row, own in values.items():
            if name in own:
                column[row] = own[name]
        frame[name] = _plain(column)
    return frame


def _plain(column: Any) -> Any:
    """Return numbers as numbers where all that is there is one."""
    known = [v for v in column if v is not None and v == v]  # noqa: PLR0124 - NaN
    numeric = known and all(
        isinstance(v, int | float | np.number) and not isinstance(v, bool) for v in known
    )
    return np.array([np.nan if v is None else v for v in column], float) if numeric else column


def _moment(start: datetime | None) -> np.datetime64:
    return NEVER if start is None else np.datetime64(int(start.timestamp()), "s")
