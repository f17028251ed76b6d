"""Streets coloured by how long it takes to get there, and the stops of the timetable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from twin import api

from . import gtfs, reach

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
    "minutes": api.Column(
        unit="min",
        label={
            "en": "Time to get there (estimate)",
            "fr": "Temps d'accès (estimé)",
            "ko": "도달 시간(추정)",
            "ar": "زمن الوصول (تقدير)",
        },
        provenance=api.Provenance(source="GTFS, streets", quality=api.Quality.ESTIMATED),
    ),
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
        timetable = gtfs.read(ctx.path("gtfs"), ctx.params.date)
        vehicles: list[dict[str, Any]] = []
        delay_min = np.full(len(timetable.stops), np.nan)
        if "realtime" in ctx.sources:
            delays, vehicles = gtfs.realtime(ctx.path("realtime"))
            delay_min = timetable.delay_min_of_stops(delays)
            timetable = timetable.delayed(delays)
        rows = [s | {"delay_min": d} for s, d in zip(timetable.stops, delay_min, strict=True)]
        stops = api.table_from_lonlat(rows + vehicles, ctx.frame, fields=FIELDS)
        ctx.check_cancelled()
        lines = ctx.read("streets").frame if "streets" in ctx.sources else None
        frame = _joined(stops.frame, lines)
        frame["minutes"] = _minutes(frame, timetable, ctx)
        return api.FeatureTable(
            frame=frame,
            crs=stops.crs,
            name="transit",
            columns=COLUMNS,
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
        return api.Style(
            rule=rule,
            title={
                "en": "Time to get there",
                "fr": "Temps d'accès",
                "ko": "도달 시간",
                "ar": "زمن الوصول",
            },
        )

    def describe(
        self, table: api.FeatureTable, row: int, params: TransitParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Say what it is and how long it takes to get there."""
        return api.facts_of(table, row, tuple(COLUMNS))

    def indicators(
        self, table: api.FeatureTable, params: TransitParams, at: datetime
    ) -> Sequence[api.Fact]:
        """Count the stops, and measure the streets, that are reached within a quarter of an hour."""
        near = table.frame["minutes"].to_numpy(float) <= 15.0
        street = table.frame["kind"].to_numpy() == "street"
        length = shapely.length(table.frame.geometry.to_numpy()[near & street])
        estimated = COLUMNS["minutes"].provenance
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


def _joined(stops: gpd.GeoDataFrame, lines: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return stops and streets in one frame; ids of streets begin with what they are."""
    if lines is None:
        return stops.copy()
    geometry = lines.geometry.to_numpy()
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    there &= np.isin(shapely.get_type_id(geometry), (1, 5))
    kept = lines[there]
    names = kept["name"] if "name" in kept else pd.Series([""] * len(kept), index=kept.index)
    made = pd.DataFrame(
        {
            "feature_id": ("street/" + kept[api.FEATURE_ID].astype(str)).to_numpy(),
            "kind": "street",
            "name": names.fillna("").astype(str).to_numpy(),
            "mode": "",
        }
    )
    streets = gpd.GeoDataFrame(made, geometry=gpd.GeoSeries(geometry[there], crs=stops.crs))
    return api.stacked([stops, streets])


def _minutes(frame: gpd.GeoDataFrame, timetable: gtfs.Timetable, ctx: api.LoadContext) -> Any:
    """Return minutes from the origin for each row, NaN beyond the limit."""
    params = ctx.params
    minutes = np.full(len(frame), np.nan)
    kinds, geometry = frame["kind"].to_numpy(), frame.geometry.to_numpy()
    stops = np.flatnonzero((kinds == "stop") & ~shapely.is_missing(geometry))
    streets = np.flatnonzero(kinds == "street")
    if not len(stops):
        return minutes
    stop_xy = shapely.get_coordinates(geometry[stops])
    origin = _origin(params, ctx.frame, stop_xy)
    speed = reach.SPEED_M_S[params.mode]
    graph = reach.streets(geometry[streets], streets) if len(streets) else None
    start = _first_leg(graph, origin, stop_xy, speed)
    ctx.check_cancelled()
    reached = _rides(timetable, stops, start, params) if params.mode == "transit" else start[0]
    minutes[stops] = reached / 60.0
    if graph is not None:
        node_s = start[1]
        if params.mode == "transit":
            near, away = graph.nearest(stop_xy)
            begin = np.column_stack([near, reached + away / speed])
            node_s = np.fmin(
                node_s, reach.seconds_on_streets(graph, begin[np.isfinite(begin[:, 1])], speed)
            )
        for row, value in reach.minutes_of_pieces(graph, node_s).items():
            minutes[row] = value
    minutes[minutes > params.most_min] = np.nan
    return minutes


def _origin(params: TransitParams, frame: api.GeoFrame, stop_xy: Any) -> Any:
    if params.origin_lon == 0.0 and params.origin_lat == 0.0:
        return np.median(stop_xy, axis=0)
    xy = frame.scene_from_lonlat([(params.origin_lon, params.origin_lat)])[0]
    there = xy + np.array(frame.origin[:2])
    # A place where the project's coordinates mean nothing is no place to start from.
    return there if np.isfinite(there).all() else np.median(stop_xy, axis=0)


def _first_leg(
    graph: reach.Streets | None, origin: Any, stop_xy: Any, speed: float
) -> tuple[Any, Any]:
    """Return seconds to each stop, and to each node, without riding."""
    if graph is None:
        crow = np.linalg.norm(stop_xy - origin, axis=1) * 1.3 / speed
        return crow, np.zeros(0)
    node, away = graph.nearest([origin])
    node_s = reach.seconds_on_streets(graph, [(node[0], away[0] / speed)], speed)
    near, off = graph.nearest(stop_xy)
    seconds = node_s[near] + off / speed
    seconds[off > reach.ACCESS_M] = np.inf
    return seconds, node_s


def _rides(
    timetable: gtfs.Timetable,
    stops: Any,
    start: Any,
    params: TransitParams,
) -> Any:
    """Return seconds to each stop when one may ride."""
    leave = int(params.leave_hour * 3600)
    at = np.full(len(timetable.stops), reach.FAR_S, dtype=np.int64)
    seconds = np.where(np.isfinite(start[0]), start[0], reach.FAR_S / 2)
    at[stops] = np.where(np.isfinite(start[0]), leave + seconds, reach.FAR_S).astype(np.int64)
    connections = timetable.connections
    window = connections[:, 2] >= leave
    window &= connections[:, 2] <= leave + int(params.most_min * 60)
    best = reach.scan(connections[window], at)[stops]
    return np.where(best < reach.FAR_S, (best - leave).astype(float), np.inf)
