"""The optional methods of a layer: what they answer has the shape, units and texts that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from twin.contract.drawn import same
from twin.contract.findings import Caller, Findings, finding
from twin.contract.texts import check_text
from twin.model.layer import Fact, Series
from twin.model.ramps import RAMPS
from twin.model.style import Categories, Graduated, Style
from twin.model.table import FeatureTable

MOMENTS = tuple(
    datetime(2026, 6, 21, 12, tzinfo=UTC) + timedelta(days=d) for d in (-20_000, 0, 0.3, 20_000)
)


def check_columns(call: Caller, layer: Any, table: FeatureTable, params: Any) -> Findings:
    """Check ``columns_at``: one value a row, the same for the same time, numbers with a unit."""
    if not hasattr(layer, "columns_at"):
        return
    for at in MOMENTS:
        answer = call("columns_at", layer.columns_at, table, params, at)
        if answer is None:
            continue
        for name, values in answer.items():
            if not isinstance(values, np.ndarray) or values.shape != (len(table),):
                yield finding("contract.columns_shape", call.where, column=name, rows=len(table))
        if not same(answer, call("columns_at", layer.columns_at, table, params, at)):
            yield finding("contract.not_deterministic", call.where, what="columns_at")
    last = call("columns_at", layer.columns_at, table, params, MOMENTS[1]) or {}
    for name, values in last.items():
        measured = isinstance(values, np.ndarray) and values.dtype.kind == "f"
        if measured and not _unit(table, name):
            yield finding("contract.unit_missing", call.where, column=name)


POSITIONS = frozenset({"longitude", "latitude", "lon", "lat", "x", "y", "z"})
"""Columns that only say where: their unit is that of the CRS of the file."""


def check_units(table: FeatureTable, where: str) -> Findings:
    """Check that every column of measured numbers names its unit; whole numbers may be counts."""
    for name in table.frame.columns:
        if str(name).lower() in POSITIONS or name == table.frame.geometry.name:
            continue
        if table.frame[name].dtype.kind == "f" and not _unit(table, str(name)):
            yield finding("contract.unit_missing", where, column=name)


def check_style(
    call: Caller, layer: Any, table: FeatureTable, columns: Mapping[str, Any]
) -> Findings:
    """Check ``default_style``: its column exists, its texts are worded."""
    if not hasattr(layer, "default_style"):
        return
    style = call("default_style", layer.default_style, table)
    if style is None:
        return
    if not isinstance(style, Style):
        yield finding("contract.result", call.where, call="default_style", expected="Style or None")
        return
    if style.title:
        yield from check_text(style.title, "style.title", call.where)
    rule = style.rule
    if isinstance(rule, Categories | Graduated) and rule.column not in columns:
        yield finding(
            "contract.column_missing", call.where, column=rule.column, used="default_style"
        )
    if isinstance(rule, Graduated):
        yield from _graduated(rule, table, call.where)
    if isinstance(rule, Categories):
        for category in rule.categories:
            if category.label:
                yield from check_text(category.label, f"style {category.value}", call.where)


def _graduated(rule: Graduated, table: FeatureTable, where: str) -> Findings:
    if not (rule.unit or _unit(table, rule.column)):
        yield finding("contract.unit_missing", where, column=rule.column)
    if rule.ramp not in RAMPS:
        known = ", ".join(sorted(RAMPS))
        yield finding("contract.ramp_unknown", where, ramp=rule.ramp, known=known)


def check_facts(call: Caller, layer: Any, table: FeatureTable, params: Any) -> Findings:
    """Check ``describe`` and ``indicators``: labels in every language, a unit beside each measure."""
    rows = range(min(len(table), 40))
    for at in MOMENTS[1:]:
        if hasattr(layer, "describe"):
            for row in rows:
                yield from _facts(call, "describe", layer.describe, table, row, params, at)
        if hasattr(layer, "indicators"):
            yield from _facts(call, "indicators", layer.indicators, table, params, at)


def check_times(call: Caller, layer: Any, table: FeatureTable, params: Any) -> Findings:
    """Check ``series`` and ``time_extent``: times in order, aware, one value a time."""
    if hasattr(layer, "time_extent"):
        extent = call("time_extent", layer.time_extent, table)
        if extent is not None and not _ordered(extent):
            yield finding(
                "contract.result", call.where, call="time_extent", expected="two aware times"
            )
    if hasattr(layer, "series"):
        for row in range(min(len(table), 40)):
            for series in call("series", layer.series, table, row, params) or ():
                yield from _series(series, call.where)


def _unit(table: FeatureTable, name: str) -> str:
    """Return the unit of a column; a text column ``unit`` gives each row its own."""
    return table.column(name).unit or ("unit" if "unit" in table.frame else "")


def _ordered(extent: Any) -> bool:
    start, end = extent
    return start.tzinfo is not None and end.tzinfo is not None and bool(start <= end)


def _facts(call: Caller, name: str, method: Any, *args: Any) -> Findings:
    for fact in call(name, method, *args) or ():
        if not isinstance(fact, Fact):
            yield finding("contract.result", call.where, call=name, expected="Fact")
            continue
        if fact.label.get("en") not in args[0].frame.columns:  # names of the data need no words
            yield from check_text(fact.label, f"{name}: {dict(fact.label)}", call.where)
        if isinstance(fact.value, float | np.floating) and not fact.unit:
            yield finding("contract.unit_missing", call.where, column=f"{name}: {dict(fact.label)}")


def _series(series: Any, where: str) -> Findings:
    if not isinstance(series, Series):
        yield finding("contract.result", where, call="series", expected="Series")
        return
    yield from check_text(series.name, "series", where)
    if not series.unit:
        yield finding("contract.unit_missing", where, column=f"series: {dict(series.name)}")
    times = series.time_utc
    if len(times) != len(series.value) or bool((np.diff(times.astype("int64")) <= 0).any()):
        yield finding("contract.series_order", where)
