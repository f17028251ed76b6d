"""Columns of another table joined to a layer by a key, and a report of what did not match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.errors import BelvedereError
from twin.model.table import FEATURE_ID, FeatureTable
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    from twin.progress import Progress

ROLE = "join"
"""Role of the source of a layer whose columns are joined; its options ``key`` and ``on`` name the columns."""

KEY, ON = "key", "on"
EXAMPLES = 5
MOST_COLUMNS = 200


@dataclass(frozen=True, kw_only=True)
class JoinReport:
    """What a join found.

    Parameters
    ----------
    matched : int
        Rows of the layer that got values.
    without : tuple of str
        Keys of the layer that the other table does not have.
    unused : tuple of str
        Keys of the other table that the layer does not have.
    doubled : tuple of str
        Keys that stand more than once in the other table; the first counts.
    """

    rows: int
    matched: int
    without: tuple[str, ...]
    unused: tuple[str, ...]
    doubled: tuple[str, ...]

    def problem(self, where: str) -> Problem:
        """Return the report as a message."""
        values: Mapping[str, object] = {
            "matched": self.matched,
            "rows": self.rows,
            "without": len(self.without),
            "unused": len(self.unused),
            "doubled": len(self.doubled),
            "examples": ", ".join([*self.without, *self.unused][:EXAMPLES]) or "–",
        }
        whole = not (self.without or self.unused or self.doubled)
        return Problem("join.report", where, values, Severity.INFO if whole else Severity.WARNING)


def joined(
    table: FeatureTable, other: FeatureTable, key: str, on: str
) -> tuple[FeatureTable, JoinReport]:
    """Return a table with the columns of another one.

    Keys are compared as texts without spaces around them; ``7`` and ``7.0`` are the same key. Columns that the
    table has already get ``_join`` behind their name.

    Raises
    ------
    BelvedereError
        ``join.no_column``: one of the keys does not exist.
    """
    for frame, name, where in ((table.frame, key, table.name), (other.frame, on, other.name)):
        if name not in frame.columns:
            known = ", ".join(map(str, frame.columns))[:300]
            raise BelvedereError("join.no_column", where, column=name, known=known)
    mine, theirs = _keys(table.frame[key]), _keys(other.frame[on])
    first: dict[str, int] = {}
    doubled: dict[str, None] = {}
    for row, name in enumerate(theirs):
        if name and name in first:
            doubled[name] = None
        elif name:
            first[name] = row
    rows = np.array([first.get(name, -1) for name in mine], np.intp)
    hidden = {on, FEATURE_ID, str(other.frame.geometry.name)}
    added: dict[str, Any] = {}
    notes = dict(table.columns)
    for column in [c for c in map(str, other.frame.columns) if c not in hidden][:MOST_COLUMNS]:
        name = f"{column}_join" if column in table.frame.columns else column
        values = other.frame[column].reindex(rows).reset_index(drop=True)
        added[name] = values.where(rows >= 0)
        notes[name] = other.column(column)
    report = JoinReport(
        rows=len(table),
        matched=int((rows >= 0).sum()),
        without=tuple(sorted({m for m, row in zip(mine, rows, strict=True) if row < 0 and m})),
        unused=tuple(sorted(set(first) - set(mine))),
        doubled=tuple(doubled),
    )
    return replace(table, frame=table.frame.assign(**added), columns=notes), report


def _keys(column: Any) -> list[str]:
    return [_key(value) for value in column]


def _key(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def with_join(
    table: FeatureTable, other: FeatureTable, options: Mapping[str, Any], progress: Progress
) -> FeatureTable:
    """Return a table joined as the options of its source say; what did not match is reported."""
    try:
        made, report = joined(table, other, str(options.get(KEY, "")), str(options.get(ON, "")))
    except BelvedereError as error:
        progress.report(error.problem)
        return table
    progress.report(report.problem(table.name))
    return made
