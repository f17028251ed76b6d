"""Which rows a table shows, and in which order: pure functions on whole columns, for workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.expressions import Places, matching_rows, parse
from twin.model.expressions import Rows as Asked
from twin.model.expressions.evaluate import folded
from twin.model.numbers import numeric

Rows = NDArray[np.intp]
KEY = "U48"
"""Texts are sorted by as many letters."""

PROBE = 50
"""So many texts are looked at before all of them are tried as numbers."""

PIECE = 4_000
"""Texts are prepared in pieces of this many, so that the window is not kept waiting."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Wanted:
    """What the user asked a table to show.

    Parameters
    ----------
    filter : str
        An expression; empty keeps all.
    sort_by : str
        A column; empty keeps the order of the table.
    only : array of row numbers or None
        Keeps only these, for the selected ones.
    """

    filter: str = ""
    sort_by: str = ""
    descending: bool = False
    only: Rows | None = None

    @property
    def all_as_they_are(self) -> bool:
        """Whether nothing is filtered or sorted."""
        return not self.filter and not self.sort_by and self.only is None


def rows_wanted(
    wanted: Wanted,
    count: int,
    columns: Sequence[str],
    column_of: Callable[[str], NDArray[Any] | None],
    *,
    places: Places | None = None,
) -> Rows:
    """Return the rows to show, in order.

    Raises
    ------
    ExpressionError
        The filter cannot be understood.
    """
    rows = np.arange(count) if wanted.only is None else np.sort(wanted.only)
    if wanted.filter.strip():
        asked = Asked(count=count, columns=columns, column_of=column_of, places=places)
        kept = matching_rows(parse(wanted.filter), asked)
        rows = rows[kept[rows]]
    values = column_of(wanted.sort_by) if wanted.sort_by else None
    if values is not None:
        rows = rows[order_of(values[rows], descending=wanted.descending)]
    return rows


def order_of(values: NDArray[Any], *, descending: bool) -> Rows:
    """Return the order that sorts values: stable, missing ones last either way.

    Texts that are all numbers sort as numbers; others without regard to capitals and accents.
    """
    keys, missing = _keys(values)
    known, gone = np.flatnonzero(~missing), np.flatnonzero(missing)
    order = np.argsort(keys[known], kind="stable")
    if descending:
        # Turned around twice: equal values keep the order of the table.
        order = len(known) - 1 - np.argsort(keys[known][::-1], kind="stable")[::-1]
    return np.concatenate([known[order], gone])


def _keys(values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    if values.dtype.kind == "M":
        return values, np.isnat(values)
    if values.dtype.kind in "fiub":
        numbers = values.astype(np.float64)
        return numbers, np.isnan(numbers)
    import pandas as pd

    missing = np.asarray(pd.isna(values), dtype=bool)
    if np.isfinite(numeric(values[~missing][:PROBE])).all():
        numbers = np.concatenate(
            [numeric(values[start : start + PIECE]) for start in range(0, len(values), PIECE)]
            or [np.empty(0)]
        )
        if not np.isnan(numbers[~missing]).any():
            return numbers, missing
    pieces = [
        _text_keys(values[start : start + PIECE], missing[start : start + PIECE])
        for start in range(0, len(values), PIECE)
    ]
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=KEY), missing


def _text_keys(values: NDArray[Any], missing: NDArray[np.bool_]) -> NDArray[Any]:
    """Return what texts are sorted by, of a fixed width: numpy sorts such without the interpreter."""
    pairs = zip(values, missing, strict=True)
    return np.array(["" if gone else folded(str(value)) for value, gone in pairs], dtype=KEY)


def ranges_of(places: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return runs (first, last) of numbers in increasing order, each run without a gap."""
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) != 1)
    firsts = places[np.concatenate([[0], breaks + 1])]
    lasts = places[np.concatenate([breaks, [len(places) - 1]])]
    return [(int(a), int(b)) for a, b in zip(firsts, lasts, strict=True)]
