"""What differs between two states of a city: two variants, two moments, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.model.plans import MARKS, PHASE, Change, Changes, feature_of
from twin.model.table import FEATURE_ID

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
KINDS = (ADDED, REMOVED, CHANGED)
UNTOLD = frozenset({FEATURE_ID, "valid_from", "valid_to", *MARKS})
"""Columns that say which state a row belongs to, not what it is."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A feature that is not the same in two states.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`: there only in the second state, only in the first, or in both with other values.
    row_before, row_after : int
        Its row in the table of each state, -1 where there is none.
    phase : str
        The phase that makes the difference, empty where time alone does.
    values : mapping
        Of a change: the value before and after, by column.
    """

    layer: str
    feature_id: str
    kind: str
    row_before: int = -1
    row_after: int = -1
    phase: str = ""
    values: Mapping[str, tuple[Any, Any]] = field(default_factory=lambda: MappingProxyType({}))


def differences(before: Session, after: Session) -> tuple[Difference, ...]:
    """Return what differs between what two sessions of one project show, layer by layer.

    Layers that one of them has not loaded yet are left out.
    """
    known = {r.spec.id: r for r in after.layers()}
    found: list[Difference] = []
    for first in before.layers():
        second = known.get(first.spec.id)
        if second is not None and first.table is not None and second.table is not None:
            found += of_layer(first, second)
    return tuple(found)


def of_layer(before: LayerRuntime, after: LayerRuntime) -> list[Difference]:
    """Return what differs in one layer."""
    if before.table is None or after.table is None:
        return []
    if before.table.raster is not None:
        return _of_ground(before.spec.id, before.changes, after.changes)
    first, second = _standing(before), _standing(after)
    layer = before.spec.id
    found = [_only(layer, ADDED, name, second[name], after) for name in second.keys() - first]
    found += [_only(layer, REMOVED, name, first[name], before) for name in first.keys() - second]
    planned = {*_planned(before, first), *_planned(after, second)}
    for name in planned & first.keys() & second.keys():
        values = _changes(before.table.frame, first[name], after.table.frame, second[name])
        if values:
            made = Difference(
                layer=layer,
                feature_id=name,
                kind=CHANGED,
                row_before=first[name],
                row_after=second[name],
                phase=_phase(after, second[name]) or _phase(before, first[name]),
                values=values,
            )
            found.append(made)
    return sorted(found, key=lambda d: (KINDS.index(d.kind), d.feature_id))


def rows_of(
    found: tuple[Difference, ...], layer: str, kind: str, *, after: bool
) -> NDArray[np.intp]:
    """Return the rows of a layer that differ in one way, in the table of the first state or of the second."""
    rows = [
        d.row_after if after else d.row_before for d in found if d.layer == layer and d.kind == kind
    ]
    return np.array([row for row in rows if row >= 0], np.intp)


def _standing(runtime: LayerRuntime) -> dict[str, int]:
    """Return the row of each feature that is there."""
    ids, marked = _frame(runtime)[FEATURE_ID].to_numpy(), _marked(runtime)
    return {
        feature_of(str(ids[row])) if marked[row] else str(ids[row]): int(row)
        for row in np.flatnonzero(runtime.rows_visible)
    }


def _planned(runtime: LayerRuntime, standing: Mapping[str, int]) -> list[str]:
    """Return the features that a plan has made what they are: all others are as the source has them."""
    marked = _marked(runtime)
    return [name for name, row in standing.items() if marked[row]]


def _marked(runtime: LayerRuntime) -> NDArray[np.bool_]:
    """Return (n,) whether a plan made a row."""
    frame = _frame(runtime)
    if PHASE not in frame:
        return np.zeros(len(frame), bool)
    marked: NDArray[np.bool_] = (frame[PHASE].notna() & (frame[PHASE] != "")).to_numpy(bool)
    return marked


def _frame(runtime: LayerRuntime) -> Any:
    assert runtime.table is not None  # noqa: S101 - the callers ask first
    return runtime.table.frame


def _only(layer: str, kind: str, name: str, row: int, runtime: LayerRuntime) -> Difference:
    before, after = (-1, row) if kind == ADDED else (row, -1)
    return Difference(
        layer=layer,
        feature_id=name,
        kind=kind,
        row_before=before,
        row_after=after,
        phase=_cause(runtime, name, row),
    )


def _cause(runtime: LayerRuntime, name: str, row: int) -> str:
    """Return the phase that brought a row, else the one that a plan of this state has for the feature."""
    named = (c.phase for c in runtime.changes if c.feature_id == name)
    return _phase(runtime, row) or next(named, "")


def _phase(runtime: LayerRuntime, row: int) -> str:
    return str(_frame(runtime)[PHASE].iloc[row]) if _marked(runtime)[row] else ""


def _changes(before: Any, i: int, after: Any, j: int) -> dict[str, tuple[Any, Any]]:
    """Return the values that differ between row ``i`` of one table and row ``j`` of another, by column."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in dict.fromkeys([*before.columns, *after.columns]):
        old = before[name].iloc[i] if name in before else None
        new = after[name].iloc[j] if name in after else None
        if name not in UNTOLD and not _same(old, new):
            found[str(name)] = (old, new)
    return found


def _same(old: Any, new: Any) -> bool:
    import pandas as pd

    missing = [pd.api.types.is_scalar(v) and (pd.isna(v) or v == "") for v in (old, new)]
    if any(missing):
        return all(missing)
    if hasattr(old, "equals_exact"):
        return bool(old.equals_exact(new, 1e-6))
    return bool(np.all(old == new))


def _earth(change: Change) -> tuple[Any, ...]:
    return (change.start, *sorted(dict(change.values).items()))


def _of_ground(layer: str, before: Changes, after: Changes) -> list[Difference]:
    """Return the earthworks that only one of two plans has: a terrain has no rows to compare."""
    first, second = ({c.feature_id: c for c in changes} for changes in (before, after))
    found = [
        Difference(layer=layer, feature_id=name, kind=ADDED, phase=second[name].phase)
        for name in sorted(second.keys() - first)
    ]
    found += [
        Difference(layer=layer, feature_id=name, kind=REMOVED, phase=first[name].phase)
        for name in sorted(first.keys() - second)
    ]
    found += [
        Difference(layer=layer, feature_id=name, kind=CHANGED, phase=second[name].phase)
        for name in sorted(first.keys() & second)
        if _earth(first[name]) != _earth(second[name])
    ]
    return found
