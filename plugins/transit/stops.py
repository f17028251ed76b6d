"""Stops of a timetable as rows, and what GTFS-Realtime says of its trips and vehicles."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from twin import api

TRIP, VEHICLE = "gtfs:t:", "gtfs:v:"
STATION = 1
"""Above this ``location_type`` come entrances and other parts of stations."""


def day_of(timetable: api.routing.Timetable, wanted: str) -> date:
    """Return a day written as ``2026-06-22``; without one the busiest of the timetable's first fortnight."""
    try:
        return date.fromisoformat(wanted)
    except ValueError:
        return timetable.usual_day(date.min)


def rows_of(
    timetable: api.routing.Timetable, rides: api.routing.Rides, delay_min: Any
) -> list[dict[str, Any]]:
    """Return a row a stop; ``stop_row`` is its row in the timetable."""
    modes = rides.mode_of_stops()
    return [
        {
            "feature_id": f"stop/{stop.stop_id}",
            "kind": "stop",
            "name": stop.name or stop.stop_id,
            "lon": stop.lon,
            "lat": stop.lat,
            "mode": modes[i],
            "delay_min": delay_min[i],
            "stop_row": i,
        }
        for i, stop in enumerate(timetable.stops.itertuples(index=False, name="Stop"))
        if stop.location_type <= STATION
    ]


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
