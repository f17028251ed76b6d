"""Electric grids: substations, lines and what they serve, coloured by loading on the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from numpy.typing import NDArray

from layers.grid import drawing, facts, reading
from layers.grid.words import COLUMNS, KINDS
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

LOADING_BREAKS = (40.0, 80.0, 100.0)
"""Above 80 % a line wants watching, above 100 % it is overloaded: the ramp turns from blue to red at 80."""

KIND_COLOURS = {
    "substation": "#3a5a80",
    "line": "#7a8a99",
    "load": "#8a8f98",
    "pv": "#e0a526",
    "storage": "#3a8f6d",
    "charger": "#4f9bd0",
    "lighting": "#d9c36a",
    "generator": "#b3703c",
    "plant": "#8c5a2b",
    "switch": "#5d6b7a",
    "node": "#9aa3ab",
}


@params
class GridParams:
    """Settings of a grid."""

    show_past: bool = True
    cable_diameter_m: Annotated[float, Range(0.05, 5.0), Unit("m")] = 0.6
    symbol_scale: Annotated[float, Range(0.2, 10.0), Unit("×")] = 1.0
    flow: bool = True
    labels: bool = True
    repeat_day: bool = False


class Grid:
    """A grid from features (points and lines of a ``kind``) and optional series of power."""

    Params = GridParams
    load_params = ("show_past",)

    def load(self, ctx: LoadContext) -> FeatureTable:
        """Read the grid; see :mod:`layers.grid.reading`."""
        return reading.load(ctx)

    def networks(self, table: FeatureTable) -> Sequence[network.Network]:
        """Return the network in the table, for tracing and solving."""
        return network.networks_of(table, commodity="electricity")

    def build(self, table: FeatureTable, params: GridParams, view: ViewQuery) -> Sequence[Drawable]:
        """Draw cables, poles, symbols and names."""
        return drawing.draw(table, params, view, flow=_has(table, "p_kw"))

    def default_style(self, table: FeatureTable) -> Style | None:
        """Colour by loading with the limits 80 and 100 %; without any, by kind."""
        if _has(table, "loading_percent"):
            rule = Graduated(column="loading_percent", breaks=LOADING_BREAKS, ramp="vik", unit="%")
            return Style(rule=rule, title=COLUMNS["loading_percent"].label)
        chosen = tuple(
            Category(value=kind, colour=colour, label=KINDS[kind])
            for kind, colour in KIND_COLOURS.items()
            if (table.frame["kind"] == kind).any()
        )
        rule_by_kind = Categories(column="kind", categories=chosen)
        return Style(rule=rule_by_kind, title=COLUMNS["kind"].label)

    def columns_at(
        self, table: FeatureTable, params: GridParams, at: datetime
    ) -> Mapping[str, NDArray[Any]]:
        """Return loading_percent, p_kw, the speed of the marks and the period at a moment."""
        return facts.columns_at(table, at, repeat_day=params.repeat_day)

    def describe(
        self, table: FeatureTable, row: int, params: GridParams, at: datetime
    ) -> Sequence[Fact]:
        """Return what a click shows."""
        return facts.describe(table, row, self.columns_at(table, params, at))

    def series(self, table: FeatureTable, row: int, params: GridParams) -> Sequence[Series]:
        """Return the charts of a feature, with the limits of its loading."""
        return facts.charts(table, row)

    def time_extent(self, table: FeatureTable) -> tuple[datetime, datetime] | None:
        """Return the time that the series cover."""
        timeline = live.timeline_of(table, "series", reading.VALUES)
        return timeline.extent if timeline is not None else None

    def indicators(self, table: FeatureTable, params: GridParams, at: datetime) -> Sequence[Fact]:
        """Return the numbers of the grid at a moment."""
        return list(facts.indicators(table, self.columns_at(table, params, at)))


def _has(table: FeatureTable, name: str) -> bool:
    samples = table.tables.get("series")
    return name in table.frame or (samples is not None and name in samples)
