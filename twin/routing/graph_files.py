"""Streets and rides as the files that Valhalla's programs read: numbers for names, so no text of others gets there."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.extras import require
from twin.routing.rides import MODES, Rides
from twin.routing.streets import Streets

ZONE = "Etc/UTC"
"""Of timetable and streets alike: the hours of the timetable then stand as they are written."""
VALID_DAYS = 50

Float64 = NDArray[np.float64]


def write_streets(path: Path, streets: Streets, lonlat: Float64) -> None:
    """Write streets as OpenStreetMap PBF; node ``i`` gets the id ``i + 1``."""
    osmium = require("routing", "osmium")
    mutable = require("routing", "osmium.osm.mutable")
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in enumerate(lonlat.tolist(), start=1):
            writer.add_node(mutable.Node(id=number, version=1, location=tuple(place)))
        for number, (nodes, row) in enumerate(_chains(streets), start=1):
            tags = dict(streets.tags[row])
            writer.add_way(mutable.Way(id=number, version=1, nodes=nodes, tags=tags))


def _chains(streets: Streets) -> Iterable[tuple[list[int], int]]:
    """Return the node ids of each chain, and its row."""
    begins = np.flatnonzero(np.diff(streets.chain_of_piece, prepend=-1))
    for begin, end in zip(begins, np.append(begins[1:], len(streets.ends)), strict=False):
        ends = streets.ends[begin:end] + 1
        yield [int(ends[0, 0]), *ends[:, 1].tolist()], int(streets.row_of_piece[begin])


def write_rides(folder: Path, rides: Rides, lonlat: Float64, today: date) -> None:
    """Write rides as a GTFS feed that runs every day from yesterday on: Valhalla drops days that are over."""
    folder.mkdir(parents=True)
    first, last = today - timedelta(days=1), today + timedelta(days=VALID_DAYS)
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    there = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
    trips = sorted(set(rides.connections[:, 4].tolist()))
    modes = [rides.mode_of_trip[trip] or "bus" for trip in trips]
    kinds = sorted(set(modes))
    tables: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]] = {
        "agency": (
            ("agency_id", "agency_name", "agency_url", "agency_timezone"),
            [("1", "1", "https://example.org", ZONE)],
        ),
        "calendar": (
            ("service_id", *days, "start_date", "end_date"),
            [("1", *"1111111", f"{first:%Y%m%d}", f"{last:%Y%m%d}")],
        ),
        "routes": (
            ("route_id", "agency_id", "route_short_name", "route_type"),
            [(kind, "1", kind, MODES.index(kind)) for kind in kinds],
        ),
        "stops": (
            ("stop_id", "stop_name", "stop_lat", "stop_lon"),
            [(i, i, f"{lonlat[i, 1]:.7f}", f"{lonlat[i, 0]:.7f}") for i in there.tolist()],
        ),
        "trips": (
            ("route_id", "service_id", "trip_id"),
            [(mode, "1", trip) for trip, mode in zip(trips, modes, strict=True)],
        ),
        "stop_times": (
            ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
            _calls(rides, set(there.tolist())),
        ),
    }
    for name, (head, rows) in tables.items():
        with (folder / f"{name}.txt").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(head)
            table.writerows(rows)


def _calls(rides: Rides, there: set[int]) -> Iterable[Sequence[Any]]:
    """Return the calls of each trip in order: where a connection arrives, the next of its trip leaves."""
    order = np.lexsort((rides.connections[:, 2], rides.connections[:, 4]))
    open_call: tuple[int, int, int] | None = None
    sequence = 0
    for a, b, leave, arrive, trip in rides.connections[order].tolist():
        if leave < 0 or not {a, b} <= there:
            continue
        goes_on = open_call is not None and open_call[:2] == (trip, a)
        if open_call is not None and not goes_on:
            yield (open_call[0], _clock(open_call[2]), _clock(open_call[2]), open_call[1], sequence)
        sequence = sequence + 1 if goes_on or (open_call and open_call[0] == trip) else 1
        came = open_call[2] if goes_on and open_call is not None else leave
        yield (trip, _clock(came), _clock(leave), a, sequence)
        open_call, sequence = (trip, b, arrive), sequence + 1
    if open_call is not None:
        yield (open_call[0], _clock(open_call[2]), _clock(open_call[2]), open_call[1], sequence)


def write_zone(path: Path, lonlat: Float64) -> None:
    """Write the time zone of the streets, as the table of areas in which Valhalla looks it up."""
    import geopandas as gpd
    import shapely

    (west, south), (east, north) = lonlat.min(axis=0) - 0.5, lonlat.max(axis=0) + 0.5
    area = shapely.multipolygons([shapely.box(west, south, east, north)])
    table = gpd.GeoDataFrame({"TZID": [ZONE]}, geometry=[area], crs="EPSG:4326")
    table.to_file(
        path,
        layer="tz_world",
        driver="SQLite",
        dataset_options={"SPATIALITE": "YES"},
        layer_options={"GEOMETRY_NAME": "geom", "LAUNDER": "NO"},
    )


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
