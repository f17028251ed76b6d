"""Vehicles that move along the paths of their trips, by what they say and by the timetable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from layers.vehicles import drawing, reading
from layers.vehicles.words import (
    COLUMNS,
    COUNTED,
    LATE,
    LEGEND,
    MODES,
    NEXT_STOP,
    STATE_COLOURS,
    STATES,
    TRIP,
)
from twin.api import (
    Categories,
    Category,
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
    params,
    rows,
)

LATE_MIN = 5.0
ALERT = "alert"


@params
class VehicleParams:
    """Settings of vehicles."""

    symbol_scale: Annotated[float, Range(0.2, 20.0), Unit("×")] = 1.0
    dot_px: Annotated[float, Range(0.0, 32.0), Unit("px")] = 9.0
    labels: bool = True
    timetable: bool = True
    paths: bool = True
    feed: str = ""


class Vehicles:
    """Vehicles of a history of positions, joined to a timetable (GTFS) by their trips; either may lack."""

    Params = VehicleParams
    load_params = ("timetable", "feed")

    def load(self, ctx: LoadContext) -> FeatureTable:
        """Read timetable and history; see :mod:`layers.vehicles.reading`."""
        return reading.load(ctx)

    def build(
        self, table: FeatureTable, params: VehicleParams, view: ViewQuery
    ) -> Sequence[Drawable]:
        """Draw a moving symbol and a dot each, names of lines, and the ways that they go."""
        return drawing.draw(table, params, view)

    def default_style(self, table: FeatureTable) -> Style | None:
        """Colour by how the place is known."""
        chosen = tuple(
            Category(value=state, colour=colour, label=LEGEND[state])
            for state, colour in STATE_COLOURS.items()
            if state != "missing"
        )
        rule = Categories(column="state", categories=chosen, other=STATE_COLOURS["missing"])
        return Style(rule=rule, title=COLUMNS["state"].label)

    def symbols(self, table: FeatureTable, params: VehicleParams) -> Sequence[LegendSymbol]:
        """Return which means of transport there are."""
        there = set(table.frame["mode"])
        return [LegendSymbol(shape=m, label=words) for m, words in MODES.items() if m in there]

    def columns_at(
        self, table: FeatureTable, params: VehicleParams, at: datetime
    ) -> Mapping[str, NDArray[Any]]:
        """Return where each is, how fast and how late, and how that is known."""
        now = reading.placed_of(table, at)
        memory = reading.fleet_of(table).memory
        state = now.state.copy()
        if memory is not None:
            state[memory.alerted(table.feature_ids, at)] = ALERT
        return {
            "x_in_scene": now.xy[:, 0],
            "y_in_scene": now.xy[:, 1],
            "heading_deg": now.heading_deg,
            "speed_kmh": now.speed_m_s * 3.6,
            "delay_min": now.delay_s / 60.0,
            "age_s": now.age_s,
            "state": state,
        }

    def describe(
        self, table: FeatureTable, row: int, params: VehicleParams, at: datetime
    ) -> Sequence[Fact]:
        """Return what a click shows."""
        return list(_facts(table, row, at))

    def series(self, table: FeatureTable, row: int, params: VehicleParams) -> Sequence[Series]:
        """Return speed or delay over time, where that was recorded."""
        return reading.charts(table, row)

    def time_extent(self, table: FeatureTable) -> tuple[datetime, datetime] | None:
        """Return the time that the positions cover."""
        memory = reading.fleet_of(table).memory
        return memory.extent if memory is not None else None

    def indicators(
        self, table: FeatureTable, params: VehicleParams, at: datetime
    ) -> Sequence[Fact]:
        """Count what is under way, and what is late."""
        now = reading.placed_of(table, at)
        origin = table.column("state").provenance
        late = np.nan_to_num(now.delay_s) > LATE_MIN * 60.0
        going = now.state != "missing"
        return [
            Fact(label=COUNTED, value=int(going.sum()), unit="1", provenance=origin),
            Fact(label=LATE, value=int((late & going).sum()), unit="1", provenance=origin),
        ]


def _facts(table: FeatureTable, row: int, at: datetime) -> Iterator[Fact]:
    now, features = reading.placed_of(table, at), table.frame.iloc[row]
    for name in ("name", "line", "headsign"):
        text = rows.text_of(features, name)
        if text:
            yield Fact(label=COLUMNS[name].label, value=text, provenance=table.provenance)
    kind = rows.word(MODES, features["mode"])
    yield Fact(label=COLUMNS["mode"].label, value=kind, provenance=table.provenance)
    state = rows.word(STATES, now.state[row])
    yield Fact(
        label=COLUMNS["state"].label, value=state, provenance=table.column("state").provenance
    )
    for name, value, unit in (
        ("speed_kmh", now.speed_m_s[row] * 3.6, "km/h"),
        ("delay_min", now.delay_s[row] / 60.0, "min"),
        ("age_s", now.age_s[row], "s"),
    ):
        if np.isfinite(value):
            column = table.column(name)
            shown = round(float(value), 1)
            yield Fact(label=column.label, value=shown, unit=unit, provenance=column.provenance)
    schedule = reading.fleet_of(table).schedule
    if schedule is not None and now.trip[row] >= 0:
        trip = schedule.trips[now.trip[row]]
        yield Fact(label=TRIP, value=trip, provenance=table.provenance)
        call = int(now.next_call[row])
        if call < 0 and np.isfinite(now.xy[row]).all():
            call = schedule.call_after(int(now.trip[row]), now.xy[row])
        if call >= 0:
            stop = schedule.stop_name(call)
            yield Fact(label=NEXT_STOP, value=stop, provenance=table.provenance)
