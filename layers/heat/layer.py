"""Heat networks: wells, plants, pipes and sub-stations, coloured by temperature on the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from layers.heat import drawing, facts, planned, reading
from layers.heat.words import COLUMNS, KINDS, SIDES
from twin.api import (
    Categories,
    Category,
    Drawable,
    Fact,
    FeatureTable,
    Graduated,
    LoadContext,
    Range,
    Series,
    Style,
    Unit,
    ViewQuery,
    live,
    network,
    params,
)

SIDE_COLOURS = {"supply": "#c4533a", "return": "#3a6ea5"}
KIND_COLOURS = {
    "well": "#2a6f97",
    "plant": "#8c2d19",
    "substation": "#d98032",
    "heat_pump": "#d9a441",
    "storage": "#7a5ba6",
    "valve": "#6b7280",
    "node": "#9aa3ab",
    "pipe": "#b5573a",
}
"""Distinct in lightness too, for viewers who do not tell red from green."""

MOST_CLASSES = 8
FLAT_K = 0.1
"""One temperature everywhere says nothing as a colour."""


@params
class HeatParams:
    """Settings of a heat network."""

    min_diameter_m: Annotated[float, Range(0.0, 10.0), Unit("m")] = 1.2
    gap_m: Annotated[float, Range(0.0, 10.0), Unit("m")] = 2.0
    default_depth_m: Annotated[float, Range(0.0, 50.0), Unit("m")] = 1.2
    well_depth_shown_m: Annotated[float, Range(0.0, 3000.0), Unit("m")] = 150.0
    symbol_scale: Annotated[float, Range(0.2, 10.0), Unit("×")] = 1.0
    geology: bool = True
    insulation: bool = True
    flow: bool = True
    labels: bool = True
    repeat_day: bool = False


class Heat:
    """A heat network from features (points and lines of a ``kind``) and optional hourly series."""

    Params = HeatParams

    def load(self, ctx: LoadContext) -> FeatureTable:
        """Read the network: what a file does not say is guessed, and reported."""
        return planned.kept_visible(network.read_network(ctx, reading.VOCABULARY))

    def networks(self, table: FeatureTable) -> Sequence[network.Network]:
        """Return the networks in the table, for tracing and solving: one for each kind."""
        return network.networks_of(table, commodity="heat")

    def build(self, table: FeatureTable, params: HeatParams, view: ViewQuery) -> Sequence[Drawable]:
        """Draw pipes below ground, bores, plants, sub-stations and names."""
        return drawing.draw(table, params, view, flow=_has(table, "flow_m_s"))

    def default_style(self, table: FeatureTable) -> Style | None:
        """Colour by temperature from blue to red; without any, by side or kind."""
        breaks = _temperature_breaks(table)
        if breaks:
            rule = Graduated(column="temperature_c", breaks=breaks, ramp="vik", unit="°C")
            return Style(rule=rule, title=COLUMNS["temperature_c"].label)
        if "side" in table.frame:
            return _categories(table, "side", SIDE_COLOURS, SIDES)
        return _categories(table, "kind", KIND_COLOURS, KINDS)

    def columns_at(
        self, table: FeatureTable, params: HeatParams, at: datetime
    ) -> Mapping[str, NDArray[Any]]:
        """Return temperature_c, flow_m_s, heat_kw and data_state at a moment."""
        now = network.values_at(table, reading.VALUES, at, repeat_day=params.repeat_day)
        return planned.without_planned(table, now, at)

    def describe(
        self, table: FeatureTable, row: int, params: HeatParams, at: datetime
    ) -> Sequence[Fact]:
        """Return what a click shows."""
        return facts.describe(table, row, self.columns_at(table, params, at))

    def series(self, table: FeatureTable, row: int, params: HeatParams) -> Sequence[Series]:
        """Return the charts of a feature."""
        return network.series_of(table, reading.VALUES, row)

    def time_extent(self, table: FeatureTable) -> tuple[datetime, datetime] | None:
        """Return the time that the series cover."""
        timeline = live.timeline_of(table, "series", reading.VALUES)
        return timeline.extent if timeline is not None else None

    def indicators(self, table: FeatureTable, params: HeatParams, at: datetime) -> Sequence[Fact]:
        """Return the numbers of the network at a moment."""
        return facts.indicators(table, self.columns_at(table, params, at))


def _has(table: FeatureTable, name: str) -> bool:
    samples = table.tables.get("series")
    return name in table.frame or (samples is not None and name in samples)


def _temperature_breaks(table: FeatureTable) -> tuple[float, ...]:
    """Return round class bounds over all temperatures, so that time does not move the classes."""
    known = [table.frame["temperature_c"]] if "temperature_c" in table.frame else []
    samples = table.tables.get("series")
    if samples is not None and "temperature_c" in samples:
        known.append(samples["temperature_c"])
    values = (
        np.concatenate([k.to_numpy(dtype=np.float64, na_value=np.nan) for k in known or ()])
        if known
        else np.empty(0)
    )
    values = values[np.isfinite(values)]
    if not len(values):
        return ()
    low, high = float(values.min()), float(values.max())
    if high - low < FLAT_K:
        return ()
    for step in (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0):
        inner = np.arange(np.floor(low / step) + 1, np.ceil(high / step)) * step
        if len(inner) < MOST_CLASSES:
            break
    return tuple(float(b) for b in inner) or (round(low * 2) / 2,)


def _categories(
    table: FeatureTable, column: str, colours: Mapping[str, str], words: Mapping[str, Any]
) -> Style:
    """Return a colour for each value that the table has."""
    found = set(network.texts(table, column))
    chosen = tuple(
        Category(value=value, colour=colour, label=words[value])
        for value, colour in colours.items()
        if value in found
    )
    return Style(rule=Categories(column=column, categories=chosen), title=COLUMNS[column].label)
