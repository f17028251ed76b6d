"""From a history of positions and a timetable to the table of vehicles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.vehicles.words import COLUMNS
from twin.api import (
    FEATURE_ID,
    FeatureTable,
    GeoFrame,
    LoadContext,
    Problem,
    ReadError,
    Series,
    Severity,
    live,
)

if TYPE_CHECKING:
    import geopandas as gpd

GTFS, OBSERVATIONS, FLEET = "gtfs", "observations", "fleet"
MODE_OF = {0: "tram", 1: "tram", 2: "train", 4: "boat", 5: "tram", 6: "tram", 7: "tram", 12: "tram"}
"""Symbol by the route type of GTFS (basic types; of the extended ones the hundreds tell)."""
MODE_OF_HUNDREDS = {
    1: "train",
    2: "bus",
    4: "tram",
    5: "tram",
    6: "tram",
    9: "tram",
    10: "boat",
    12: "boat",
}


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What vehicles are made of: it stands in a companion table, so that a copy of the table has them too.

    ``version`` changes with the timetable's file and with the datastreams that are known.
    """

    gtfs: str = ""
    address: str = ""
    feed: str = ""
    timetable: bool = True
    crs: str = ""
    x: float = 0.0
    y: float = 0.0
    version: str = ""


def fleet_of(table: FeatureTable) -> live.Fleet:
    """Return the vehicles that a table was made of; none for a table that says nothing of them."""
    named = table.tables.get(FLEET)
    return _made(Origin() if named is None else Origin(**named.iloc[0].to_dict()))[0]


def placed_of(table: FeatureTable, at: datetime) -> live.Placed:
    """Return where the rows of a table are at a moment."""
    fleet = fleet_of(table)
    now = fleet.at(at)
    if len(table) == len(fleet):
        return now
    return now.of_rows(pd.Index(fleet.ids).get_indexer(pd.Index(table.feature_ids)))


@lru_cache(maxsize=8)
def _made(origin: Origin) -> tuple[live.Fleet, Mapping[str, Any], live.Timetable | None]:
    """Return vehicles, the datastreams that were known when they were looked for, and the timetable."""
    streams = _streams(origin)
    frame = GeoFrame(crs=origin.crs or "EPSG:3857", origin=(origin.x, origin.y, 0.0))
    vehicles = live.vehicles_of(streams)
    timetable = live.read_timetable(Path(origin.gtfs)) if origin.gtfs else None
    schedule = live.Schedule(timetable, frame) if timetable is not None else None
    fleet = live.Fleet(origin.address, vehicles, schedule, frame)
    fleet.by_timetable = origin.timetable
    return fleet, streams, timetable


def load(ctx: LoadContext) -> FeatureTable:
    """Read what there is of a history and a timetable.

    Raises
    ------
    ReadError
        There is neither, or the timetable cannot be read.
    """
    if GTFS not in ctx.sources and OBSERVATIONS not in ctx.sources:
        raise ReadError("vehicles.no_source", "")
    origin = _origin(ctx)
    fleet, streams, timetable = _made(origin)
    ctx.check_cancelled()
    if not len(fleet):
        values = {"count": len(streams)}
        ctx.report(Problem("vehicles.none_yet", origin.address, values, Severity.INFO))
    pairs = [(s.thing, s.id) for s in streams.values()]
    told = {"streams": pd.DataFrame(pairs, columns=[FEATURE_ID, "datastream"])}
    main = GTFS if GTFS in ctx.sources else OBSERVATIONS
    return FeatureTable(
        frame=_table(ctx, fleet, live.vehicles_of(streams), timetable),
        crs=ctx.frame.crs,
        name="vehicles",
        columns=COLUMNS,
        provenance=ctx.sources[main].provenance,
        tables={
            FLEET: pd.DataFrame([asdict(origin)]),
            **(told if OBSERVATIONS in ctx.sources else {}),
        },
    )


def _origin(ctx: LoadContext) -> Origin:
    history = ctx.path(OBSERVATIONS) if OBSERVATIONS in ctx.sources else None
    remembered = history is not None and live.is_history(history)
    gtfs = ctx.path(GTFS) if GTFS in ctx.sources else None
    origin = Origin(
        gtfs=str(gtfs or ""),
        address=str(history) if remembered else "",
        feed=ctx.params.feed,
        timetable=ctx.params.timetable,
        crs=ctx.frame.crs,
        x=float(ctx.frame.origin[0]),
        y=float(ctx.frame.origin[1]),
    )
    written = gtfs.stat().st_mtime_ns if gtfs is not None and gtfs.is_file() else 0
    return replace(origin, version=f"{written}/{len(_streams(origin))}")


def _streams(origin: Origin) -> Mapping[str, Any]:
    if not origin.address:
        return {}
    streams = live.history_streams(origin.address)
    return {n: s for n, s in streams.items() if not origin.feed or s.feed == origin.feed}


def _table(
    ctx: LoadContext, fleet: live.Fleet, vehicles: Mapping[str, Any], timetable: Any
) -> gpd.GeoDataFrame:
    """Return one row a vehicle, then one a trip, each where it was first seen or begins."""
    import geopandas as gpd

    spoken = [own["latitude"] for own in vehicles.values()]
    lonlat = np.array([[s.lon, s.lat] for s in spoken], np.float64).reshape(-1, 2)
    xy = [np.zeros((0, 2))]
    if len(lonlat):
        xy.append(ctx.frame.scene_from_lonlat(lonlat))
    frames = [
        pd.DataFrame(
            {
                FEATURE_ID: list(vehicles),
                "name": [s.thing_name or s.thing for s in spoken],
                "line": [s.thing_name for s in spoken],
                "headsign": "",
                "mode": "bus",
            }
        )
    ]
    if timetable is not None and fleet.schedule is not None:
        path = fleet.schedule.path
        frames.append(_of_trips(fleet.ids[len(vehicles) :], timetable.trips))
        xy.append(fleet.schedule.paths.at(path, np.where(path >= 0, 0.0, np.nan))[0])
    found = np.concatenate(xy) + np.asarray(ctx.frame.origin[:2])
    points = np.full(len(found), None, dtype=object)
    known = np.isfinite(found).all(axis=1)
    points[known] = shapely.points(found[known])
    rows = pd.concat(frames, ignore_index=True)
    if timetable is not None:
        _say_trips(rows, fleet, timetable.trips, len(vehicles))
    return gpd.GeoDataFrame(rows, geometry=points, crs=ctx.frame.crs)


def _of_trips(ids: Sequence[str], trips: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the trips of a timetable."""
    return pd.DataFrame(
        {
            FEATURE_ID: ids,
            "name": trips["line"],
            "line": trips["line"],
            "headsign": trips["headsign"],
            "mode": [mode_of(kind) for kind in trips["route_type"]],
        }
    )


def _say_trips(rows: pd.DataFrame, fleet: live.Fleet, trips: pd.DataFrame, count: int) -> None:
    """Give vehicles the line and the means of the trip that they served last, in place."""
    kinds = trips["route_type"]
    usual = mode_of(int(kinds.mode().iloc[0])) if len(kinds) else "bus"
    rows.loc[: count - 1, "mode"] = usual
    for row, trip in enumerate(fleet.trips_lately()[:count].tolist()):
        if trip >= 0:
            served = trips.iloc[trip]
            rows.loc[row, ["line", "headsign"]] = served[["line", "headsign"]].to_numpy()
            rows.loc[row, "mode"] = mode_of(int(served["route_type"]))


def mode_of(route_type: int) -> str:
    """Return the symbol of a route type."""
    if route_type >= 100:
        return MODE_OF_HUNDREDS.get(route_type // 100, "bus")
    return MODE_OF.get(route_type, "bus")


def charts(table: FeatureTable, row: int) -> list[Series]:
    """Return what was recorded of a vehicle or a trip over time."""
    fleet = fleet_of(table)
    made: list[Series] = []
    own = str(table.feature_ids[row])
    for name, stream in fleet.streams_of(own):
        times, values = fleet.memory.of_stream(stream) if fleet.memory is not None else ([], [])
        if not len(times):
            continue
        column = table.column("delay_min" if name == "delay" else "speed_kmh")
        factor = 1 / 60.0 if name == "delay" else 3.6
        made.append(
            Series(
                name=column.label,
                unit=column.unit,
                time_utc=times,
                value=values * factor,
                provenance=table.provenance,
            )
        )
    return made
