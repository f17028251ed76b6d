"""A GTFS timetable (https://gtfs.org/schedule/reference) as arrays: stops, and the connections of one day.

A connection is one ride between two stops in a row: departure stop and time, arrival stop and time, trip.
"""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from twin import api

MOST_BYTES = 400_000_000
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TRIP, VEHICLE = "gtfs:t:", "gtfs:v:"
MODES = {
    0: "tram",
    1: "metro",
    2: "rail",
    3: "bus",
    4: "ferry",
    5: "cable",
    6: "lift",
    7: "funicular",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Timetable:
    """One day of a timetable.

    Parameters
    ----------
    stops : list of rows
        ``feature_id``, ``name``, ``lon``, ``lat``, ``mode``.
    connections : (c, 5) int64
        From stop, to stop, departure, arrival (seconds after midnight), trip; by departure.
    day : date
    trips : tuple of str
        Ids, by the number that connections give a trip.
    """

    stops: list[dict[str, Any]]
    connections: Any
    day: date
    trips: tuple[str, ...] = ()

    def delayed(self, delay_s: Mapping[str, float]) -> Timetable:
        """Return the timetable with some trips late, or early, by seconds."""
        late = np.array([delay_s.get(trip, 0.0) for trip in self.trips], dtype=np.int64)
        moved = self.connections.copy()
        if len(moved):
            moved[:, 2:4] += late[moved[:, 4]][:, None]
        order = np.lexsort((moved[:, 3], moved[:, 2]))
        return replace(self, connections=moved[order])

    def delay_min_of_stops(self, delay_s: Mapping[str, float]) -> Any:
        """Return how late the trips that are told of are on average at each stop, NaN where none is told of."""
        late = np.array([delay_s.get(trip, np.nan) for trip in self.trips] or [np.nan]) / 60.0
        calls = np.concatenate([self.connections[:, [0, 4]], self.connections[:, [1, 4]]])
        calls = np.unique(calls, axis=0)
        told = calls[np.isfinite(late[calls[:, 1]])] if len(calls) else calls
        count = np.bincount(told[:, 0], minlength=len(self.stops)).astype(float)
        total = np.bincount(told[:, 0], late[told[:, 1]], minlength=len(self.stops))
        return np.divide(total, count, out=np.full(len(count), np.nan), where=count > 0)


def read(path: Path, wanted: str) -> Timetable:
    """Read a timetable.

    Parameters
    ----------
    wanted : str
        The day as ``2026-06-22``; empty: the first Tuesday on which something runs, else the first day.

    Raises
    ------
    ReadError
        It is no GTFS file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _timetable(archive, path.name, wanted)
    except (OSError, zipfile.BadZipFile, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise api.ReadError("io.damaged", path.name, reason=str(error)[:200]) from error


def _timetable(archive: zipfile.ZipFile, name: str, wanted: str) -> Timetable:
    stops = [
        row for row in _rows(archive, "stops.txt") if (row.get("location_type") or "0") in "01"
    ]
    index = {row["stop_id"]: i for i, row in enumerate(stops)}
    running, day = _services(archive, wanted)
    routes = {r["route_id"]: r for r in _rows(archive, "routes.txt")}
    trips = {
        r["trip_id"]: r.get("route_id", "")
        for r in _rows(archive, "trips.txt")
        if r["service_id"] in running
    }
    connections, modes, names = _connections(archive, trips, index, routes)
    rows = [
        {
            "feature_id": f"stop/{row['stop_id']}",
            "kind": "stop",
            "name": row.get("stop_name") or row["stop_id"],
            "lon": row.get("stop_lon"),
            "lat": row.get("stop_lat"),
            "mode": modes.get(i, ""),
        }
        for i, row in enumerate(stops)
    ]
    if not rows:
        raise api.ReadError("io.no_layers", name)
    return Timetable(stops=rows, connections=connections, day=day, trips=names)


def _rows(archive: zipfile.ZipFile, name: str) -> Iterator[Mapping[str, str]]:
    """Return the rows of a table of the feed, none where it has none."""
    found = next((i for i in archive.infolist() if PurePosixPath(i.filename).name == name), None)
    if found is None:
        return
    if found.file_size > MOST_BYTES:
        raise api.ReadError("io.too_large_for_memory", name)
    with archive.open(found) as file:
        yield from csv.DictReader(
            io.TextIOWrapper(file, "utf-8-sig", newline=""), skipinitialspace=True
        )


def _services(archive: zipfile.ZipFile, wanted: str) -> tuple[set[str], date]:
    calendar = list(_rows(archive, "calendar.txt"))
    exceptions = list(_rows(archive, "calendar_dates.txt"))
    day = _day(calendar, exceptions, wanted)
    stamp = day.strftime("%Y%m%d")
    running = {
        row["service_id"]
        for row in calendar
        if row.get(DAYS[day.weekday()]) == "1" and row["start_date"] <= stamp <= row["end_date"]
    }
    for row in exceptions:
        if row["date"] == stamp:
            (running.add if row["exception_type"] == "1" else running.discard)(row["service_id"])
    return running, day


def _day(calendar: list[Any], exceptions: list[Any], wanted: str) -> date:
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        pass
    starts = sorted(_date(row["start_date"]) for row in calendar)
    starts = starts or sorted(_date(row["date"]) for row in exceptions)
    if not starts:
        return date(2026, 1, 6)
    first = starts[0]
    return date.fromordinal(first.toordinal() + (1 - first.weekday()) % 7) if calendar else first


def _date(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


def _connections(
    archive: zipfile.ZipFile,
    trips: Mapping[str, str],
    index: Mapping[str, int],
    routes: Mapping[str, Mapping[str, str]],
) -> tuple[Any, dict[int, str], tuple[str, ...]]:
    calls: dict[str, list[tuple[int, int, int, int]]] = {}
    for row in _rows(archive, "stop_times.txt"):
        if row["trip_id"] in trips and row.get("stop_id") in index:
            arrival, departure = (
                seconds(row.get("arrival_time")),
                seconds(row.get("departure_time")),
            )
            if departure is not None or arrival is not None:
                order = int(row.get("stop_sequence") or 0)
                arrival = departure if arrival is None else arrival
                departure = arrival if departure is None else departure
                call = (order, index[row["stop_id"]], int(arrival or 0), int(departure or 0))
                calls.setdefault(row["trip_id"], []).append(call)
    found: list[tuple[int, int, int, int, int]] = []
    modes: dict[int, str] = {}
    for number, (trip, stops) in enumerate(sorted(calls.items())):
        stops.sort()
        kind = str(routes.get(trips[trip], {}).get("route_type", ""))
        mode = MODES.get(int(kind), "bus") if kind.isdigit() else ""
        modes |= {stop: mode for _, stop, _, _ in stops}
        for (_, a, _, leave), (_, b, arrive, _) in itertools.pairwise(stops):
            if arrive >= leave:
                found.append((a, b, leave, arrive, number))
    table = np.array(sorted(found, key=lambda c: (c[2], c[3])), dtype=np.int64).reshape(-1, 5)
    return table, modes, tuple(sorted(calls))


def realtime(path: Path) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Return seconds of delay by trip, and a row a vehicle, of a GTFS-Realtime message."""
    rows = api.live.read_message(path, "gtfs_rt")
    delays = {
        str(row["thing"]).removeprefix(TRIP): float(row["delay"])
        for row in rows
        if str(row["thing"]).startswith(TRIP) and "delay" in row
    }
    vehicles = [
        {
            "feature_id": f"vehicle/{row['thing'].removeprefix(VEHICLE)}",
            "kind": "vehicle",
            "name": row["name"],
            "lon": row["lon"],
            "lat": row["lat"],
            "reported": row["reported"],
        }
        for row in rows
        if str(row["thing"]).startswith(VEHICLE)
    ]
    return delays, vehicles


def seconds(text: str | None) -> int | None:
    """Return seconds after midnight of ``25:10:00``, None where there is none."""
    parts = (text or "").strip().split(":")
    if len(parts) != 3 or not all(p.strip().isdigit() for p in parts):
        return None
    hours, minutes, rest = (int(p) for p in parts)
    return hours * 3600 + minutes * 60 + rest
