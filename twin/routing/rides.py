"""Rides of one day of a timetable, and the earliest arrivals by them: the connection scan algorithm.

Dibbelt, Pajor, Strasser, Wagner, "Intriguingly Simple and Fast Transit Routing", SEA 2013.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.gtfs import Timetable

CHANGE_S = 60
FAR_S = np.iinfo(np.int64).max // 4
MODES = ("tram", "metro", "rail", "bus", "ferry", "cable", "lift", "funicular")
"""By ``route_type`` of GTFS."""
EXTENDED = {
    1: "rail", 2: "bus", 4: "metro", 7: "bus", 8: "bus", 9: "tram", 10: "ferry", 13: "lift", 14: "funicular",
}  # fmt: skip
"""By the hundreds of the extended route types."""

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Rides:
    """What runs on a day.

    Parameters
    ----------
    connections : (c, 5) int64
        From stop, to stop, departure, arrival (seconds after midnight), trip; by departure. Stops and trips are rows
        of the timetable.
    trip_ids : tuple of str
        Of all trips of the timetable.
    stop_count : int
    mode_of_trip : tuple of str
        One of ``MODES``, or empty.
    """

    connections: Int64
    day: date
    trip_ids: tuple[str, ...]
    stop_count: int
    mode_of_trip: tuple[str, ...]

    def delayed(self, delay_s: Mapping[str, float]) -> Rides:
        """Return the day with some trips late, or early, by seconds."""
        late = np.array([delay_s.get(trip, 0.0) for trip in self.trip_ids], dtype=np.int64)
        moved = self.connections.copy()
        if len(moved):
            moved[:, 2:4] += late[moved[:, 4]][:, None]
        return replace(self, connections=moved[np.lexsort((moved[:, 3], moved[:, 2]))])

    def delay_min_of_stops(self, delay_s: Mapping[str, float]) -> Float64:
        """Return how late the trips that are told of are on average at each stop, NaN where none is."""
        late = np.array([delay_s.get(trip, np.nan) for trip in self.trip_ids] or [np.nan]) / 60.0
        calls = np.concatenate([self.connections[:, [0, 4]], self.connections[:, [1, 4]]])
        calls = np.unique(calls, axis=0)
        told = calls[np.isfinite(late[calls[:, 1]])] if len(calls) else calls
        count = np.bincount(told[:, 0], minlength=self.stop_count).astype(float)
        total = np.bincount(told[:, 0], late[told[:, 1]], minlength=self.stop_count)
        nothing = np.full(len(count), np.nan)
        return np.asarray(np.divide(total, count, out=nothing, where=count > 0))

    def mode_of_stops(self) -> list[str]:
        """Return what calls at each stop, empty where nothing does."""
        found = [""] * self.stop_count
        for a, b, _, _, trip in self.connections.tolist():
            found[a] = found[b] = self.mode_of_trip[trip]
        return found


def rides_of(timetable: Timetable, day: date) -> Rides:
    """Return what runs on a day; calls between timepoints, for which no time is given, are ridden past."""
    calls = timetable.calls
    timed = np.isfinite(calls["arrival_s"]) & np.isfinite(calls["departure_s"])
    kept = calls[timed.to_numpy() & timetable.runs_on(day)[calls["trip"].to_numpy()]]
    trip = kept["trip"].to_numpy(np.int64)
    stop = kept["stop"].to_numpy(np.int64)
    leave, arrive = kept["departure_s"].to_numpy(float), kept["arrival_s"].to_numpy(float)
    on = (trip[1:] == trip[:-1]) & (arrive[1:] >= leave[:-1])
    table = np.column_stack([stop[:-1], stop[1:], leave[:-1], arrive[1:], trip[:-1]])[on]
    order = np.lexsort((table[:, 3], table[:, 2]))
    return Rides(
        connections=table[order].astype(np.int64).reshape(-1, 5),
        day=day,
        trip_ids=tuple(timetable.trips["trip_id"]),
        stop_count=len(timetable.stops),
        mode_of_trip=tuple(mode_of(kind) for kind in timetable.trips["route_type"]),
    )


def mode_of(route_type: int) -> str:
    """Return what kind of vehicle a route type of GTFS is, plain or extended; empty for what is unknown."""
    if 0 <= route_type < len(MODES):
        return MODES[route_type]
    return EXTENDED.get(route_type // 100, "")


def scan(connections: Any, start_s: Any) -> Int64:
    """Return the earliest arrival at each stop, given when one can be at each without riding.

    Parameters
    ----------
    connections : (c, 5) int64, by departure
    start_s : (n,) int64
        ``FAR_S`` where one cannot be.
    """
    at = np.asarray(start_s, np.int64).copy()
    aboard: set[int] = set()
    for a, b, leave, arrive, trip in connections.tolist():
        if trip in aboard or at[a] + (CHANGE_S if at[a] != start_s[a] else 0) <= leave:
            aboard.add(trip)
            at[b] = min(at[b], arrive)
    return at
