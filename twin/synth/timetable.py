"""The timetable of the demo: three lines that do not exist, on the streets of the model, as GTFS."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from twin.synth import geography
from twin.synth.open_files import Writer, lonlat
from twin.synth.plane import Float64
from twin.synth.routes import StreetGraph, path

EPOCH = (2026, 1, 1, 0, 0, 0)
FIRST_H, LAST_H = 6, 22
PACE_M_S, STAY_S = 5.5, 20.0
TRAM, BUS = 0, 3
"""Route types of GTFS."""


@dataclass(frozen=True)
class Line:
    """A line: its route type, minutes between runs, the ends by which its ways are called, and stops in
    short coordinates.
    """

    name: str
    ends: tuple[str, str]
    kind: int
    every_min: int
    stops: tuple[tuple[int, int], ...]


LINES = (
    Line("T1", ("Val de Seine", "Fort"), TRAM, 8,
         ((5000, 8300), (5600, 8500), (6200, 8700), (6640, 8500), (6900, 8200), (6700, 7700), (6300, 7400))),
    Line("39", ("Gare", "Hôtel de Ville"), BUS, 12,
         ((5300, 7900), (5800, 8050), (6300, 8250), (6650, 8480), (7000, 8700))),
    Line("189", ("Île", "Les Épinettes"), BUS, 15,
         ((5300, 8700), (5700, 8450), (6000, 8150), (6300, 7900), (6600, 7600))),
)  # fmt: skip
STOPS = ("Quai", "Rodin", "Barbusse", "Hôtel de Ville", "Corentin", "Épinettes", "Fort")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AGENCY = {
    "agency_id": "demo",
    "agency_name": "Synthetic",
    "agency_url": "https://example.org",
    "agency_timezone": "Europe/Paris",
}
Row = dict[str, Any]


def write(made: Writer, streets: Iterable[shapely.LineString]) -> None:
    """Write ``gtfs.zip``; the lines follow the streets, given by their centre lines."""
    graph = StreetGraph(streets)
    tables: dict[str, list[Row]] = {
        "agency": [AGENCY],
        "routes": [_route(line) for line in LINES],
        "stops": [row for line in LINES for row in _stops(line)],
        "shapes": [row for line in LINES for row in _shapes(line, graph)],
        "trips": [],
        "stop_times": [],
        "calendar": [
            {"service_id": "every", **dict.fromkeys(WEEK, 1), "start_date": "20260101", "end_date": "20271231"}
        ],
    }  # fmt: skip
    for line in LINES:
        trips, calls = _runs(line)
        tables["trips"] += trips
        tables["stop_times"] += calls
    made.raw("gtfs.zip", _zip(tables), len(tables["stop_times"]))


def _route(line: Line) -> Row:
    return {
        "route_id": line.name,
        "agency_id": "demo",
        "route_short_name": line.name,
        "route_long_name": " - ".join(line.ends),
        "route_type": line.kind,
    }


def _stops(line: Line) -> list[Row]:
    places = lonlat(geography.absolute(line.stops)).tolist()
    return [
        {"stop_id": f"{line.name}-{i}", "stop_name": STOPS[i % len(STOPS)], "stop_lat": lat, "stop_lon": lon}
        for i, (lon, lat) in enumerate(places)
    ]  # fmt: skip


def _shapes(line: Line, graph: StreetGraph) -> list[Row]:
    """Return the course along the streets, there and back."""
    there = _course(geography.absolute(line.stops), graph)
    return [
        {"shape_id": f"{line.name}-{way}", "shape_pt_lat": lat, "shape_pt_lon": lon, "shape_pt_sequence": k}
        for way, course in enumerate((there, there[::-1]))
        for k, (lon, lat) in enumerate(lonlat(course).tolist())
    ]  # fmt: skip


def _course(stops: Float64, graph: StreetGraph) -> Float64:
    """Return the shortest way along the streets from stop to stop, (n, 2)."""
    nodes = [graph.nearest(stop) for stop in stops]
    legs = [path(graph.tree(a), b) for a, b in pairwise(nodes)]
    course = np.vstack([legs[0], *(leg[1:] for leg in legs[1:])])
    return np.asarray(shapely.get_coordinates(shapely.simplify(shapely.linestrings(course), 0.5)))


def _runs(line: Line) -> tuple[list[Row], list[Row]]:
    """Return trips and calls of a line, both ways all day."""
    away_m = np.linalg.norm(np.diff(geography.absolute(line.stops), axis=0), axis=1)
    ride_s = np.concatenate([[0], np.cumsum(away_m / PACE_M_S + STAY_S)])
    trips: list[Row] = []
    calls: list[Row] = []
    for way, order in enumerate((range(len(line.stops)), range(len(line.stops) - 1, -1, -1))):
        times = ride_s if way == 0 else ride_s[-1] - ride_s[::-1]
        for run, start_min in enumerate(range(FIRST_H * 60, LAST_H * 60, line.every_min)):
            trip = f"{line.name}-{way}-{run}"
            trips.append(
                {"route_id": line.name, "service_id": "every", "trip_id": trip, "direction_id": way,
                 "trip_headsign": line.ends[1 - way], "shape_id": f"{line.name}-{way}"}
            )  # fmt: skip
            for k, stop in enumerate(order):
                clock = _clock(start_min * 60 + int(times[k]))
                call = {"trip_id": trip, "arrival_time": clock, "departure_time": clock}
                calls.append(call | {"stop_id": f"{line.name}-{stop}", "stop_sequence": k + 1})
    return trips, calls


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _zip(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            out = io.StringIO()
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            entry = zipfile.ZipInfo(f"{name}.txt", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, out.getvalue())
    return whole.getvalue()
