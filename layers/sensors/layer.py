"""Sensors: points with their latest value on the clock, how fresh it is, and its thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from layers.sensors import drawing, reading, values
from layers.sensors.words import (
    COLUMNS,
    COUNTS,
    STATUS,
    STATUS_COLOURS,
    THRESHOLDS,
    TRENDS,
    span,
)
from twin.api import (
    Categories,
    Category,
    ColumnName,
    Drawable,
    Fact,
    FeatureTable,
    LegendSymbol,
    LoadContext,
    Range,
    Series,
    Style,
    Unit,
    ViewQuery,
    live,
    network,
    params,
    rows,
)


@params
class SensorParams:
    """Settings of sensors."""

    symbol_scale: Annotated[float, Range(0.2, 20.0), Unit("×")] = 1.0
    dot_px: Annotated[float, Range(0.0, 32.0), Unit("px")] = 9.0
    stem_m: Annotated[float, Range(0.0, 200.0), Unit("m")] = 0.0
    labels: bool = True
    clusters: bool = True
    repeat_day: bool = False
    observed_property: str = ""
    feed: str = ""
    warn_above: Annotated[float, Range(0.0, 1e9)] = 0.0
    alarm_above: Annotated[float, Range(0.0, 1e9)] = 0.0
    value_column: Annotated[str, ColumnName(numeric=True)] = ""
    time_column: Annotated[str, ColumnName()] = ""


class Sensors:
    """Sensors from points, with recorded observations replayed, or simulated where there are none."""

    Params = SensorParams
    load_params = (
        *("value_column", "time_column", "observed_property", "feed"),
        *("warn_above", "alarm_above"),
    )

    def __init__(self) -> None:
        self._asked_at: datetime | None = None

    def load(self, ctx: LoadContext) -> FeatureTable:
        """Read the sensors; see :mod:`layers.sensors.reading`."""
        return reading.load(ctx)

    def build(
        self, table: FeatureTable, params: SensorParams, view: ViewQuery
    ) -> Sequence[Drawable]:
        """Draw a symbol a sensor by what it observes, a dot for afar, and names."""
        return drawing.draw(table, params, view)

    def default_style(self, table: FeatureTable) -> Style | None:
        """Colour by status."""
        chosen = tuple(
            Category(value=status, colour=colour, label=STATUS[status])
            for status, colour in STATUS_COLOURS.items()
        )
        rule = Categories(column="status", categories=chosen, other=STATUS_COLOURS["missing"])
        return Style(rule=rule, title=COLUMNS["status"].label)

    def symbols(self, table: FeatureTable, params: SensorParams) -> Sequence[LegendSymbol]:
        """Return which kinds of sensors stand in the scene."""
        return drawing.symbols(table)

    def columns_at(
        self, table: FeatureTable, params: SensorParams, at: datetime
    ) -> Mapping[str, NDArray[Any]]:
        """Return value, age_s, state and status at a moment."""
        self._asked_at = at  # which day a chart of simulated values is to show
        return values.columns_at(table, at, repeat_day=params.repeat_day)

    def describe(
        self, table: FeatureTable, row: int, params: SensorParams, at: datetime
    ) -> Sequence[Fact]:
        """Return what a click shows."""
        return list(_facts(table, row, self.columns_at(table, params, at), at))

    def series(self, table: FeatureTable, row: int, params: SensorParams) -> Sequence[Series]:
        """Return the history of a sensor with its thresholds."""
        return values.charts(table, row, self._asked_at)

    def time_extent(self, table: FeatureTable) -> tuple[datetime, datetime] | None:
        """Return the time that the observations cover."""
        return values.time_extent(table)

    def indicators(self, table: FeatureTable, params: SensorParams, at: datetime) -> Sequence[Fact]:
        """Return how many sensors there are and how many want attention."""
        status = self.columns_at(table, params, at)["status"]
        origin = values.observed_provenance(table)
        label = {"en": "Sensors", "fr": "Capteurs", "ko": "센서", "ar": "المجسّات"}
        facts = [Fact(label=label, value=len(table), provenance=table.provenance)]
        facts += [
            Fact(label=counted, value=int((status == name).sum()), provenance=origin)
            for name, counted in COUNTS.items()
        ]
        return facts


def _facts(
    table: FeatureTable, row: int, now: Mapping[str, NDArray[Any]], at: datetime
) -> Iterator[Fact]:
    features = table.frame.iloc[row]
    own, observed = rows.provenance_of(table, features), values.observed_provenance(table)
    unit = str(features["unit"]) or "1"
    name = rows.text_of(features, "name")
    if name:
        yield network.fact(table, "name", name, own)
    value, age = float(now["value"][row]), float(now["age_s"][row])
    yield Fact(
        label=values.label_of(table, row),
        value=value if np.isfinite(value) else None,
        unit=unit,
        provenance=observed,
    )
    yield network.fact(table, "status", rows.word(STATUS, now["status"][row]), observed)
    yield network.fact(table, "state", rows.word(live.STATE_WORDS, now["state"][row]), observed)
    if "trend" in now and now["trend"][row]:
        yield network.fact(table, "trend", rows.word(TRENDS, now["trend"][row]), observed)
    if np.isfinite(age):
        label = {"en": "Observed at", "fr": "Observé à", "ko": "관측 시각", "ar": "وقت الرصد"}
        yield Fact(label=label, value=at - timedelta(seconds=age), provenance=observed)
        yield Fact(label=COLUMNS["age_s"].label, value=span(age), provenance=observed)
    for column, label in THRESHOLDS.items():
        if rows.known(features, column):
            yield Fact(label=label, value=float(features[column]), unit=unit, provenance=own)
    note = rows.text_of(features, "note")
    if note:
        yield Fact(
            label={"en": "Note", "fr": "Remarque", "ko": "메모", "ar": "ملاحظة"},
            value=note,
            provenance=own,
        )
