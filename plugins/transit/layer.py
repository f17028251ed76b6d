"""Streets coloured by how long it takes to get there, and the stops of the timetable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import numpy as np
import shapely

from twin import api

from . import reach, stops

COLUMNS = {
    "name": api.Column(label={"en": "Name", "fr": "Nom", "ko": "이름", "ar": "الاسم"}),
    "mode": api.Column(label={"en": "Means", "fr": "Mode", "ko": "교통수단", "ar": "الوسيلة"}),
    "delay_min": api.Column(
        unit="min",
        label={
            "en": "Late by (mean)",
            "fr": "Retard moyen",
            "ko": "평균 지연",
            "ar": "متوسط التأخير",
        },
        provenance=api.Provenance(source="GTFS-Realtime", quality=api.Quality.MEASURED),
    ),
    "reported": api.Column(
        label={
            "en": "Reported (UTC)",
            "fr": "Relevé (UTC)",
            "ko": "보고 시각(UTC)",
            "ar": "وقت الإبلاغ (UTC)",
        }
    ),
}
ROUTER, ESTIMATE = api.routing.Router.VALHALLA, api.routing.Router.ESTIMATE
TITLES = {
    ROUTER: {
        "en": "Time to get there",
        "fr": "Temps d'accès",
        "ko": "도달 시간",
        "ar": "زمن الوصول",
    },
    ESTIMATE: {
        "en": "Time to get there (estimate)",
        "fr": "Temps d'accès (estimé)",
        "ko": "도달 시간(추정)",
        "ar": "زمن الوصول (تقدير)",
    },
}
SOURCES = {ROUTER: "Valhalla, GTFS, streets", ESTIMATE: "one speed on all streets, GTFS"}
MINUTES = {
    router: api.Column(
        unit="min",
        label=TITLES[router],
        provenance=api.Provenance(source=SOURCES[router], quality=api.Quality.ESTIMATED),
    )
    for router in TITLES
}


SYMBOLS = {"stop": ("pin", (6.0, 6.0, 22.0)), "vehicle": ("bus", (6.0, 24.0, 7.0))}
FIELDS = ("mode", "name", "delay_min", "reported")


@api.params
class TransitParams:
    """Settings; a position of 0, 0 stands for the middle of the stops."""

    mode: Annotated[str, api.Choice("transit", "walk", "bike")] = "transit"
    origin_lon: Annotated[float, api.Range(-180, 180), api.Unit("°")] = 0.0
    origin_lat: Annotated[float, api.Range(-90, 90), api.Unit("°")] = 0.0
    leave_hour: Annotated[float, api.Range(0, 24), api.Unit("h")] = 8.0
    date: str = ""
    most_min: Annotated[float, api.Range(5, 180), api.Unit("min")] = 45.0
    width_m: Annotated[float, api.Range(1, 30), api.Unit("m")] = 6.0


class Transit:
    """Reads a GTFS timetable and streets; without streets only stops are reached, as the crow flies."""

    Params = TransitParams
    load_params = ("mode", "origin_lon", "origin_lat", "leave_hour", "date", "most_min")

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read timetable and streets, and see how far one gets."""
        ctx.check_cancelled()
        timetable = api.routing.read_timetable(ctx.path("gtfs"))
        rides = api.routing.rides_of(timetable, stops.day_of(timetable, ctx.params.date))
        delay_min, vehicles = np.full(rides.stop_count, np.nan), []
        if "realtime" in ctx.sources:
            delays, vehicles = stops.realtime(ctx.path("realtime"))
            delay_min, rides = rides.delay_min_of_stops(delays), rides.delayed(delays)
        ctx.check_cancelled()
        rows = stops.rows_of(timetable, rides, delay_min)
        if not rows:
            raise api.ReadError("io.no_layers", ctx.path("gtfs").name)
        points = api.table_from_lonlat(rows + vehicles, ctx.frame, fields=FIELDS)
        lines = ctx.read("streets").frame if "streets" in ctx.sources else None
        frame, minutes, router = reach.minutes_of(points.frame, lines, rides, ctx)
        frame["minutes"] = minutes
        return api.FeatureTable(
            frame=frame.drop(columns=["stop_row"]),
            crs=points.crs,
            name="transit",
            columns={**COLUMNS, "minutes": MINUTES[router]},
            provenance=ctx.sources["gtfs"].provenance,
        )

    def build(
        self, table: api.FeatureTable, params: TransitParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Draw streets that are reached as ribbons, and stops as posts."""
        kinds = table.frame["kind"].to_numpy() if len(table) else np.zeros(0, dtype=object)
        geometry = table.frame.geometry.to_numpy()
        minutes = table.frame["minutes"].to_numpy(float)
        found: list[api.Drawable] = []
        at = np.flatnonzero((kinds == "street") & np.isfinite(minutes))
        if len(at):
            origin = np.array(view.frame.origin[:2])
            local = shapely.transform(shapely.force_2d(geometry[at]), lambda xy: xy - origin)
            bands = shapely.buffer(local, params.width_m / 2.0, cap_style="flat")
            flat = api.shapes.drape_polygons(bands, at, ground=view.ground, lift_m=0.6)
            found.append(
                api.Mesh(
                    xyz_in_scene=flat.xyz.astype(np.float32),
                    triangles=flat.triangles,
                    row_of_vertex=flat.row_of_vertex,
                    role=api.Role.DECAL,
                )
            )
        for kind, (shape, size_m) in SYMBOLS.items():
            at = np.flatnonzero(kinds == kind)
            rows, xyz = api.shapes.standing(geometry[at], view.frame, view.ground)
            if len(rows):
                size = np.tile(np.array(size_m, np.float32), (len(rows), 1))
                row = at[rows].astype(np.int32)
                found.append(
                    api.Glyphs(xyz_in_scene=xyz, shape=shape, scale_m=size, row_of_glyph=row)
                )
        return found

    def default_style(self, table: api.FeatureTable) -> api.Style:
        """Colour by minutes, near ones bright."""
        rule = api.Graduated(
            column="minutes",
            breaks=(5.0, 10.0, 15.0, 20.0, 30.0),
            ramp="viridis",
            unit="min",
        )
        return api.Style(rule=rule, title=table.column("minutes").label)

    def describe(
        self, table: api.FeatureTable, row: int, params: TransitParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what it is and how long it takes to get there."""
        return api.facts_of(table, row, (*COLUMNS, "minutes"))

    def indicators(
        self, table: api.FeatureTable, params: TransitParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Count the stops, and measure the streets, that are reached within a quarter of an hour."""
        near = table.frame["minutes"].to_numpy(float) <= 15.0
        street = table.frame["kind"].to_numpy() == "street"
        length = shapely.length(table.frame.geometry.to_numpy()[near & street])
        estimated = table.column("minutes").provenance
        return [
            api.Fact(
                label={
                    "en": "Streets within 15 min",
                    "fr": "Rues à moins de 15 min",
                    "ko": "15분 이내 거리",
                    "ar": "الشوارع ضمن 15 دقيقة",
                },
                value=float(np.nansum(length)) / 1000.0,
                unit="km",
                provenance=estimated,
            ),
            api.Fact(
                label={
                    "en": "Stops within 15 min",
                    "fr": "Arrêts à moins de 15 min",
                    "ko": "15분 이내 정류장",
                    "ar": "المواقف ضمن 15 دقيقة",
                },
                value=float((near & (table.frame["kind"].to_numpy() == "stop")).sum()),
                unit="1",
                provenance=estimated,
            ),
        ]
