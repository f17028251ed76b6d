"""Changes of a variant on streamed features: the tiles stay as they were baked, what is shown of them follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from twin.model.plans import ADD, LEVEL, MODIFY, PHASE, REMOVE, STATUS, VARIANT, Change
from twin.model.table import FeatureTable
from twin.problems import Problem, Severity
from twin.tiles.metadata import single
from twin.work import solids
from twin.work.plan import FROM, GEOMETRY, NEVER, NO_COLUMNS, TO
from twin.work.validity import times_of

SHAPE = frozenset({GEOMETRY, *solids.VALUES})
"""Values of a change that say how a feature looks: a tile cannot follow them."""


def planned_rows(
    table: FeatureTable, changes: Sequence[Change], at: datetime
) -> tuple[FeatureTable, tuple[Problem, ...]]:
    """Return streamed rows as a variant has them at a moment, and what of it tiles cannot show.

    What is removed is valid until its phase begins; what is modified has its new values from then on. Features that
    are not in the picture now are none: their tiles may come later.
    """
    one = single(table.frame, len(table))
    row_of = {str(name): row for row, name in enumerate(table.feature_ids) if one[row]}
    ends: dict[int, np.datetime64] = {}
    values: dict[int, dict[str, Any]] = {}
    problems = []
    for change in changes:
        row = row_of.get(change.feature_id)
        if change.op == ADD or (change.op == MODIFY and SHAPE & change.values.keys()):
            told = {"feature": change.feature_id, "phase": change.phase}
            problems.append(Problem("plan.streamed_shape", table.name, told, Severity.WARNING))
        if row is None or LEVEL in change.values:
            continue
        if change.op == REMOVE:
            ends[row] = _moment(change.start)
        elif change.op == MODIFY and (change.start is None or change.start <= at):
            values.setdefault(row, {}).update(_told(change))
    if not ends and not values:
        return table, tuple(problems)
    return replace(table, frame=_changed(table.frame, ends, values)), tuple(problems)


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
    known = [v for v in column if v is not None]
    numeric = known and all(
        isinstance(v, int | float | np.number) and not isinstance(v, bool) for v in known
    )
    return np.array([np.nan if v is None else v for v in column], float) if numeric else column


def _moment(start: datetime | None) -> np.datetime64:
    return NEVER if start is None else np.datetime64(int(start.timestamp()), "s")
