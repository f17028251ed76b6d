"""Statistics of columns: what a selection has in common, its histogram, and cross tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
MOST_BINS = 60
MOST_GROUPS = 60
"""Rows or columns of a cross table; the rest is one group."""

OTHERS = "…"
MISSING = "–"
HOW = ("count", "sum", "mean", "median", "min", "max")


def summary_of(values: NDArray[Any]) -> Mapping[str, float]:
    """Return count, missing, distinct, and of numbers sum, mean, median, min, max, deviation.

    The deviation is that of the values themselves (divided by n).
    """
    if values.dtype.kind not in "fiu":
        known = [str(v) for v in values if v is not None and v == v]  # noqa: PLR0124 - NaN
        missing = len(values) - len(known)
        return {"count": len(known), "missing": missing, "distinct": len(set(known))}
    numbers = values.astype(np.float64)
    finite = numbers[np.isfinite(numbers)]
    found: dict[str, float] = {
        "count": len(finite),
        "missing": len(numbers) - len(finite),
        "distinct": len(np.unique(finite)),
    }
    if len(finite):
        found |= {
            "sum": float(finite.sum()),
            "mean": float(finite.mean()),
            "median": float(np.median(finite)),
            "min": float(finite.min()),
            "max": float(finite.max()),
            "deviation": float(finite.std()),
        }
    return found


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts between edges.

    Parameters
    ----------
    edges : (k + 1,) float64
    counts : (k,) int
    bin_of_row : (n,) int
        -1 for rows without a number.
    """

    edges: Float64
    counts: NDArray[np.intp]
    bin_of_row: NDArray[np.intp]


def histogram_of(values: Float64) -> Histogram:
    """Return the histogram of numbers; the bins are those of Freedman and Diaconis (1981), 60 at most."""
    finite = values[np.isfinite(values)]
    none = np.full(len(values), -1, np.intp)
    if not len(finite):
        return Histogram(np.zeros(0), np.zeros(0, np.intp), none)
    edges = np.histogram_bin_edges(finite, bins="fd" if np.ptp(finite) > 0 else 1)
    if len(edges) - 1 > MOST_BINS:
        edges = np.linspace(finite.min(), finite.max(), MOST_BINS + 1)
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    bins = np.where(np.isfinite(values), place, -1)
    counts = np.bincount(bins[bins >= 0], minlength=len(edges) - 1)
    return Histogram(edges, counts, bins)


@dataclass(frozen=True, eq=False)
class Pivot:
    """A cross table.

    Parameters
    ----------
    rows, columns : tuple of str
        The groups, the most frequent ones; the rest is called :data:`OTHERS`, what is missing :data:`MISSING`.
    table : (r, c) float64
        NaN where no feature is.
    row_of, column_of : (n,) int
        The groups of each feature.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    table: Float64
    row_of: NDArray[np.intp]
    column_of: NDArray[np.intp]


def pivot_of(
    rows: NDArray[Any], columns: NDArray[Any] | None, values: Float64 | None, how: str = "count"
) -> Pivot:
    """Return a cross table.

    Parameters
    ----------
    rows, columns : (n,) arrays
        What is grouped by; no columns make one group of all.
    values : (n,) float64 or None
        What is summed up; missing ones are left out.
    how : str
        One of :data:`HOW`.
    """
    import pandas as pd

    names, row_of = groups_of(rows)
    heads, column_of = groups_of(np.full(len(rows), "", object) if columns is None else columns)
    if how == "count" or values is None:
        found = np.bincount(row_of * len(heads) + column_of, minlength=len(names) * len(heads))
        table = np.where(found > 0, found, np.nan).astype(np.float64)
        return Pivot(names, heads, table.reshape(len(names), len(heads)), row_of, column_of)
    known = np.isfinite(values)
    frame = pd.DataFrame({"r": row_of[known], "c": column_of[known], "v": values[known]})
    grouped = getattr(frame.groupby(["r", "c"])["v"], how)()
    table = np.full((len(names), len(heads)), np.nan)
    for (row, column), value in grouped.items():
        table[row, column] = value
    return Pivot(names, heads, table, row_of, column_of)


def groups_of(values: NDArray[Any]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the names of groups, in order, and the group of each value."""
    if values.dtype.kind == "f":
        texts = np.array([f"{v:.10g}" if np.isfinite(v) else MISSING for v in values], object)
    else:
        texts = np.array([MISSING if v is None or v != v else str(v) for v in values], object)  # noqa: PLR0124
    names, number, counts = np.unique(texts.astype(str), return_inverse=True, return_counts=True)
    number = number.reshape(-1).astype(np.intp)
    if len(names) > MOST_GROUPS:
        kept = np.sort(np.argsort(-counts, kind="stable")[:MOST_GROUPS])
        place = np.full(len(names), MOST_GROUPS, np.intp)
        place[kept] = np.arange(MOST_GROUPS)
        names, number = np.append(names[kept], OTHERS), place[number]
    order = np.array(sorted(range(len(names)), key=lambda i: _in_order(str(names[i]))), np.intp)
    turned = np.empty(len(names), np.intp)
    turned[order] = np.arange(len(names))
    return tuple(str(names[i]) for i in order), turned[number]


def _in_order(name: str) -> tuple[int, float, str]:
    """Sort numbers as numbers, then words, then what is missing or left over."""
    if name in (MISSING, OTHERS):
        return (2, 0.0, name)
    try:
        return (0, float(name), name)
    except ValueError:
        return (1, 0.0, name)
