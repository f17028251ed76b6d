"""From a style and the columns of a table to one colour a row, and to the legend that explains it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.classes import natural_breaks
from twin.model.expressions import ExpressionError, Places, Rows, matching_rows, names_in, parse
from twin.model.numbers import numeric
from twin.model.ramps import hex_of_rgba, ramp_rgba, rgba_of_hex
from twin.model.style import (
    Categories,
    Category,
    Constant,
    Graduated,
    Legend,
    LegendEntry,
    Rules,
    Style,
)

ColumnOf = Callable[[str], NDArray[Any] | None]
"""Returns the (n_rows,) values of a column, None if there is none."""

QUALITATIVE = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
"""P. Tol's "bright" scheme: distinct to colour-blind viewers (SRON/EPS/TN/09-002, 2021)."""


def rgba_of_rows(
    style: Style, rows: int, column_of: ColumnOf, places: Places | None = None
) -> NDArray[np.uint8]:
    """Return (rows, 4) uint8 colours. A column that is missing gives the missing colour.

    Parameters
    ----------
    places : Places or None
        For conditions that ask what is around; without it they hold for no row.
    """
    rule = style.rule
    if isinstance(rule, Constant):
        return np.tile(rgba_of_hex(rule.colour), (rows, 1))
    if isinstance(rule, Rules):
        return _by_rules(rule, rows, column_of, places)
    values = column_of(rule.column)
    if isinstance(rule, Categories):
        return _categories(rule, values, rows)
    if values is None:
        return np.tile(rgba_of_hex(rule.missing), (rows, 1))
    return _graduated(rule, numeric(values))


def breaks_of(rule: Graduated, values: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the upper bounds of all classes but the last, increasing, from the rule or the values."""
    if rule.breaks:
        return rule.breaks
    finite = values[np.isfinite(values)]
    if not len(finite):
        return ()
    if rule.method == "equal":
        inner = np.linspace(finite.min(), finite.max(), rule.classes + 1)[1:-1]
    elif rule.method == "natural":
        ends = natural_breaks(finite, rule.classes)
        # A bound belongs to the class above it: halfway to the next value no value is near.
        inner = np.array([(e + finite[finite > e].min()) / 2 for e in ends if (finite > e).any()])
    else:
        inner = np.quantile(finite, np.linspace(0, 1, rule.classes + 1)[1:-1])
    return tuple(float(b) for b in np.unique(_rounded(inner, float(np.ptp(finite)))))


def fixed(style: Style, column_of: ColumnOf) -> Style:
    """Return the style with computed breaks written in, so that time does not move its classes."""
    rule = style.rule
    if not isinstance(rule, Graduated) or rule.breaks:
        return style
    values = column_of(rule.column)
    if values is None:
        return style
    return replace(style, rule=replace(rule, breaks=breaks_of(rule, numeric(values))))


def legend_of(style: Style, column_of: ColumnOf, unit_of: Callable[[str], str]) -> Legend:
    """Return what the colours mean; a constant style has one entry without a label."""
    rule = style.rule
    if isinstance(rule, Constant):
        return Legend(
            title=style.title, unit="", entries=(LegendEntry(colour=rule.colour, label={}),)
        )
    if isinstance(rule, Rules):
        return Legend(title=style.title, unit="", entries=_case_entries(rule))
    title = style.title or {"en": rule.column}
    values = column_of(rule.column)
    if isinstance(rule, Categories):
        return Legend(title=title, unit="", entries=_category_entries(rule, values))
    numbers = numeric(values) if values is not None else np.empty(0)
    breaks = breaks_of(rule, numbers)
    colours = ramp_rgba(rule.ramp, len(breaks) + 1)
    bounds = [None, *breaks, None]
    entries = [
        LegendEntry(colour=hex_of_rgba(colour), label={}, low=bounds[i], high=bounds[i + 1])
        for i, colour in enumerate(colours)
    ]
    if len(numbers) and not np.isfinite(numbers).all():
        entries.append(LegendEntry(colour=rule.missing, label={}, missing=True))
    return Legend(title=title, unit=rule.unit or unit_of(rule.column), entries=tuple(entries))


def categories_of(column: str, values: NDArray[Any], *, most: int = len(QUALITATIVE)) -> Categories:
    """Return a categories rule for the most frequent values of a column."""
    known = [str(v) for v in values if v is not None and v == v]  # noqa: PLR0124 - NaN
    texts = np.array(known, dtype=object)
    names, counts = np.unique(texts, return_counts=True)
    order = names[np.argsort(-counts, kind="stable")][:most]
    return Categories(
        column=column,
        categories=tuple(
            Category(value=str(v), colour=QUALITATIVE[i % len(QUALITATIVE)])
            for i, v in enumerate(order)
        ),
    )


def asks_around(style: Style) -> bool:
    """Whether conditions or the label of a style ask for places: other layers change what it says."""
    cases = style.rule.cases if isinstance(style.rule, Rules) else ()
    return any("(" in text for text in (style.label, *(case.when for case in cases)))


def rows_asked(text: str, rows: int, column_of: ColumnOf, places: Places | None = None) -> Rows:
    """Return what an expression is asked of where columns are only known by name."""
    named = [name for name in names_in(parse(text)) if column_of(name) is not None]
    return Rows(count=rows, columns=named, column_of=column_of, places=places)


def _by_rules(
    rule: Rules, rows: int, column_of: ColumnOf, places: Places | None
) -> NDArray[np.uint8]:
    rgba = np.tile(rgba_of_hex(rule.other), (rows, 1))
    for case in reversed(rule.cases):
        try:
            kept = matching_rows(parse(case.when), rows_asked(case.when, rows, column_of, places))
        except ExpressionError:
            continue  # it holds for no row; the form says why
        rgba[kept] = rgba_of_hex(case.colour)
    return rgba


def _case_entries(rule: Rules) -> tuple[LegendEntry, ...]:
    entries = [LegendEntry(colour=c.colour, label=c.label or {"en": c.when}) for c in rule.cases]
    return (*entries, LegendEntry(colour=rule.other, label={}, missing=True))


def _categories(rule: Categories, values: NDArray[Any] | None, rows: int) -> NDArray[np.uint8]:
    rgba = np.tile(rgba_of_hex(rule.other), (rows, 1))
    if values is not None:
        texts, row = _distinct_texts(values)
        for category in rule.categories:
            rgba[(texts == category.value)[row]] = rgba_of_hex(category.colour)
    return rgba


def _distinct_texts(values: NDArray[Any]) -> tuple[NDArray[np.str_], NDArray[np.integer]]:
    """Return texts of a column, and which of them each row has; few texts, where rows share them."""
    import pandas as pd

    if values.dtype == object:
        row, known = pd.factorize(values)  # by their hashes: several times faster than by sorting
        if all(isinstance(text, str) for text in known) and (row >= 0).all():
            return known.astype(str), row
    return values.astype(str), np.arange(len(values))


def _graduated(rule: Graduated, values: NDArray[np.float64]) -> NDArray[np.uint8]:
    breaks = np.asarray(breaks_of(rule, values))
    colours = ramp_rgba(rule.ramp, len(breaks) + 1)
    rgba = colours[np.searchsorted(breaks, values, side="right")]
    rgba[~np.isfinite(values)] = rgba_of_hex(rule.missing)
    return rgba


def _category_entries(rule: Categories, values: NDArray[Any] | None) -> tuple[LegendEntry, ...]:
    entries = [
        LegendEntry(colour=c.colour, label=c.label or {"en": c.value}) for c in rule.categories
    ]
    known = {c.value for c in rule.categories}
    if values is not None and not known.issuperset(_distinct_texts(values)[0]):
        entries.append(LegendEntry(colour=rule.other, label={}, missing=True))
    return tuple(entries)


def _rounded(values: NDArray[np.float64], span: float) -> NDArray[np.float64]:
    """Round class bounds to a hundredth of the span's power of ten: legible, and still apart."""
    if span <= 0:
        return values
    digits = 2 - int(np.floor(np.log10(span)))
    return np.asarray(np.round(values, digits))
