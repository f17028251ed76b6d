"""What a grid says of itself: columns on the clock, facts of a click, indicators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.grid.drawing import years_of
from layers.grid.reading import VALUES, past_at
from layers.grid.words import KINDS, MARK_SPEED, PERIOD, PERIODS
from twin.api import Fact, FeatureTable, Quality, Series, Text, network, rows

ORDER = (
    "kind",
    "voltage_kv",
    "rated_kw",
    "rated_kva",
    "capacity_kwh",
    "area_m2",
    "building",
    "depth_m",
    "height_m",
    "length_m",
    "from_node",
    "to_node",
)
NOTE: Text = {"en": "Note", "fr": "Remarque", "ko": "비고", "ar": "ملاحظة"}
EXISTED: Text = {"en": "Existed", "fr": "A existé", "ko": "존재 기간", "ar": "وُجد"}
LIMIT_PERCENT = 80.0
TITLES: Mapping[str, Text] = {
    "consumption": {
        "en": "Consumption now",
        "fr": "Consommation",
        "ko": "현재 소비",
        "ar": "الاستهلاك الآن",
    },
    "production": {
        "en": "Production now",
        "fr": "Production",
        "ko": "현재 발전",
        "ar": "الإنتاج الآن",
    },
    "highest": {
        "en": "Highest loading",
        "fr": "Taux de charge le plus élevé",
        "ko": "최고 부하율",
        "ar": "أعلى تحميل",
    },
    "above": {
        "en": "Lines above 80 %",
        "fr": "Lignes au-dessus de 80 %",
        "ko": "80 % 초과 선로",
        "ar": "خطوط فوق 80 %",
    },
    "length": {
        "en": "Length of lines",
        "fr": "Longueur de lignes",
        "ko": "선로 길이",
        "ar": "طول الخطوط",
    },
    "past": {
        "en": "Shown though past",
        "fr": "Montrés bien que passés",
        "ko": "지나갔지만 표시됨",
        "ar": "معروضة مع أنها انتهت",
    },
    "forecast": {
        "en": "Measured less forecast",
        "fr": "Écart mesure − prévision",
        "ko": "측정 − 예측",
        "ar": "القياس ناقص التوقع",
    },
}
"""Of the numbers of the whole grid."""


def columns_at(table: FeatureTable, at: datetime, *, repeat_day: bool) -> dict[str, NDArray[Any]]:
    """Return loading, power, speed of the marks and period of every row at a moment."""
    now = network.values_at(table, VALUES, at, repeat_day=repeat_day)
    if "p_kw" in now:
        loading = np.abs(now.get("loading_percent", np.full(len(table), 50.0)))
        part = np.minimum(np.nan_to_num(loading, nan=50.0), 120.0) / 100.0
        now[MARK_SPEED] = np.sign(np.nan_to_num(now["p_kw"])) * (0.5 + 2.0 * part)
    past = past_at(table, at)
    now[PERIOD] = np.where(past, "past", "present").astype(object)
    return now


def describe(table: FeatureTable, row: int, now: Mapping[str, NDArray[Any]]) -> list[Fact]:
    """Return what a click on a feature shows; what no longer exists says so first."""
    values = table.frame.iloc[row]
    own = rows.provenance_of(table, values)
    name, years = rows.text_of(values, "name"), years_of(values)
    facts = [network.fact(table, "name", name, own)] if name else []
    if years:
        period = rows.word(PERIODS, now[PERIOD][row])
        facts.append(network.fact(table, PERIOD, period, own))
        facts.append(Fact(label=EXISTED, value=years, provenance=own))
    for column in ORDER:
        if rows.known(values, column):
            value = rows.word(KINDS, values[column]) if column == "kind" else values[column]
            facts.append(network.fact(table, column, value, own))
    facts += network.moving_facts(
        table, row, {name: now[name] for name in now if name not in {MARK_SPEED, PERIOD}}
    )
    note = rows.text_of(values, "note")
    return [*facts, Fact(label=NOTE, value=note, provenance=own)] if note else facts


def _forecast(
    table: FeatureTable, now: Mapping[str, NDArray[Any]], power: NDArray[Any]
) -> Iterator[Fact]:
    """How far what happens is from what was forecast, over all that has a forecast."""
    expected = now.get("forecast_kw")
    both = (
        np.zeros(len(table), bool)
        if expected is None
        else np.isfinite(power) & np.isfinite(expected)
    )
    if expected is not None and both.any():
        apart = float((power[both] - expected[both]).sum())
        yield Fact(
            label=TITLES["forecast"],
            value=apart,
            unit="kW",
            provenance=table.column("forecast_kw").provenance,
        )


def charts(table: FeatureTable, row: int) -> list[Series]:
    """Return the charts of a row: the loading with its limits, the power with what was forecast of it."""
    limits = {"warn": LIMIT_PERCENT, "alarm": 100.0}
    loading, power, forecast = (
        table.column(c).label for c in ("loading_percent", "p_kw", "forecast_kw")
    )
    found = network.series_of(table, VALUES, row)
    expected = tuple(chart for chart in found if chart.name == forecast)
    made = []
    for chart in found:
        if chart.name == loading:
            made.append(replace(chart, thresholds=limits))
        elif chart.name == power:
            made.append(replace(chart, beside=expected))
        elif chart.name != forecast:
            made.append(chart)
    return made


def indicators(table: FeatureTable, now: Mapping[str, NDArray[Any]]) -> Iterator[Fact]:
    """Return the numbers of what exists at a moment; what is past is only counted."""
    if not len(table):
        return
    kind, exists = table.frame["kind"].to_numpy(object), now[PERIOD] == "present"
    line = (kind == "line") & exists
    nothing = np.full(len(table), np.nan)
    own = exists & (kind != "line") & (kind != "substation")
    power = np.where(own, now.get("p_kw", nothing), np.nan)
    yield from _powers(table, power)
    yield from _loadings(table, now.get("loading_percent", nothing)[line])
    yield from _forecast(table, now, power)
    length = float(shapely.length(table.frame.geometry.to_numpy()[line]).sum() / 1000)
    if length > 0:
        computed = replace(table.provenance, quality=Quality.ESTIMATED)
        yield Fact(label=TITLES["length"], value=length, unit="km", provenance=computed)
    if (~exists).any():
        gone = int((~exists).sum())
        yield Fact(label=TITLES["past"], value=gone, provenance=table.provenance)


def _powers(table: FeatureTable, power: NDArray[Any]) -> Iterator[Fact]:
    origin = table.column("p_kw").provenance
    for sign, title in ((1.0, "consumption"), (-1.0, "production")):
        side = power[np.isfinite(power) & (power * sign > 0)]
        if len(side):
            total = float(np.abs(side).sum())
            yield Fact(label=TITLES[title], value=total, unit="kW", provenance=origin)


def _loadings(table: FeatureTable, loading: NDArray[Any]) -> Iterator[Fact]:
    if np.isfinite(loading).any():
        origin = table.column("loading_percent").provenance
        top, many = float(np.nanmax(loading)), int((loading > LIMIT_PERCENT).sum())
        yield Fact(label=TITLES["highest"], value=top, unit="%", provenance=origin)
        yield Fact(label=TITLES["above"], value=many, provenance=origin)
