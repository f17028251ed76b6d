"""A timetable as moving things: where on its path every trip is at a moment, delays included."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from numpy.typing import NDArray

from twin.live.decoded import trip_key
from twin.live.paths import Paths

if TYPE_CHECKING:
    from twin.io.gtfs import Timetable
    from twin.model.geoframe import GeoFrame

DAY_S = 86_400
SAME_M = 0.5

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


class Schedule:
    """The trips of a timetable on their paths.

    Attributes
    ----------
    trips : tuple of str
        Ids.
    paths : Paths
        One for each shape, or for each row of stops where a trip has none.
    path : (n,) int64
        Path of each trip, -1 where it has none.
    """

    def __init__(self, timetable: Timetable, frame: GeoFrame) -> None:
        self._timetable = timetable
        self.trips = tuple(timetable.trips["trip_id"])
        self.names = tuple(timetable.stops["name"])
        self._zone = _zone(timetable.time_zone)
        self._stops = frame.scene_from_lonlat(timetable.stops[["lon", "lat"]].to_numpy(np.float64))
        self._running: dict[date, NDArray[np.bool_]] = {}
        calls = timetable.calls
        timed = calls[np.isfinite(calls["arrival_s"]).to_numpy()]
        self._trip = timed["trip"].to_numpy(np.int64)
        self._sequence = timed["sequence"].to_numpy(np.float64)
        self._stop = timed["stop"].to_numpy(np.int64)
        self._arrival = timed["arrival_s"].to_numpy(np.float64)
        self._departure = timed["departure_s"].to_numpy(np.float64)
        self._ends = np.searchsorted(self._trip, np.arange(len(self.trips) + 1))
        self.paths, self.path, self._along = self._placed(timed["dist"].to_numpy(), frame)
        self._span = 4 * DAY_S
        self._key = self._trip * self._span + self._departure

    def _placed(self, dist: Float64, frame: GeoFrame) -> tuple[Paths, Int64, Float64]:
        """Return paths, the path of each trip, and how far along it each call is."""
        shapes = self._timetable.shapes
        path, along = np.full(len(self.trips), -1, np.int64), np.zeros(len(self._trip))
        lines: list[Float64] = []
        number: dict[object, int] = {}
        ids = self._timetable.trips["shape_id"].to_numpy(object)
        for trip, name in enumerate(ids):
            rows = slice(self._ends[trip], self._ends[trip + 1])
            key: object = name if name in shapes else tuple(self._stop[rows])
            if key not in number:
                xy = frame.scene_from_lonlat(shapes[name][:, :2]) if name in shapes else None
                line = _line(self._stops[self._stop[rows]] if xy is None else xy)
                number[key] = len(lines) if line is not None else -1
                if line is not None:
                    lines.append(line)
            path[trip] = number[key]
        paths = Paths(lines)
        known: dict[tuple[int, tuple[int, ...]], Float64] = {}
        for trip, on in enumerate(path.tolist()):
            rows = slice(self._ends[trip], self._ends[trip + 1])
            pattern = on, tuple(self._stop[rows])
            if on < 0:
                continue
            if pattern not in known:
                measured = _measured(dist[rows], shapes.get(ids[trip]), paths.length_m[on])
                stops = self._stops[self._stop[rows]]
                known[pattern] = paths.passes(on, stops) if measured is None else measured
            along[rows] = known[pattern]
        return paths, path, along

    def along(self, at: datetime, delay_s: Float64 | None = None) -> tuple[Float64, Int64]:
        """Return how far each trip is along its path, and the row of ``calls`` it goes to next.

        Parameters
        ----------
        delay_s : (n,) float64, optional
            How late each trip is; NaN counts as none.

        Returns
        -------
        along_m : (n,) float64
            NaN for trips that do not run at that moment.
        next_call : (n,) int64
            -1 for these.
        """
        count = len(self.trips)
        along, following = np.full(count, np.nan), np.full(count, -1, np.int64)
        late = np.zeros(count) if delay_s is None else np.nan_to_num(delay_s)
        local = at.astimezone(self._zone)
        for back in (1, 0):  # a night's last trips belong to the day before
            day = local.date() - timedelta(days=back)
            seconds = at.timestamp() - self._midnight(day) - late
            self._of_day(day, seconds, along, following)
        return along, following

    def _of_day(self, day: date, seconds: Float64, along: Float64, following: Int64) -> None:
        """Fill in the trips of a service day that are under way so many seconds after its midnight."""
        first, last = self._ends[:-1], self._ends[1:] - 1
        some = last > first
        start = np.where(some, self._departure[np.minimum(first, len(self._key) - 1)], np.inf)
        end = np.where(some, self._arrival[np.maximum(last, 0)], -np.inf)
        rows = np.flatnonzero(self._runs(day) & (seconds >= start) & (seconds <= end))
        if not len(rows):
            return
        at = seconds[rows]
        before = np.searchsorted(self._key, rows * self._span + at, side="right") - 1
        before = np.clip(before, first[rows], last[rows])
        after = np.minimum(before + 1, last[rows])
        leaves, comes = self._departure[before], self._arrival[after]
        share = np.clip((at - leaves) / np.maximum(comes - leaves, 1.0), 0.0, 1.0)
        along[rows] = self._along[before] + share * (self._along[after] - self._along[before])
        following[rows] = after

    @property
    def pace_m_s(self) -> Float64:
        """How fast each trip is on its whole way, stops included, (n,); NaN where that is not known."""
        pace = np.full(len(self.trips), np.nan)
        some = np.flatnonzero(np.diff(self._ends) > 1)
        first, last = self._ends[some], self._ends[some + 1] - 1
        passed = self._arrival[last] - self._departure[first]
        way = self._along[last] - self._along[first]
        pace[some] = np.where(passed > 0, way / np.maximum(passed, 1.0), np.nan)
        return pace

    def delay_s(self, due_s: Float64, sequence: Float64) -> Float64:
        """Return how late each trip is that is due at one of its calls at a moment, (n,) s; NaN where not known.

        Parameters
        ----------
        due_s : (n,) float64
            Moment, seconds since 1970 UTC.
        sequence : (n,) float64
            Of the call.
        """
        delay = np.full(len(self.trips), np.nan)
        for trip in np.flatnonzero(np.isfinite(due_s) & np.isfinite(sequence)):
            rows = slice(self._ends[trip], self._ends[trip + 1])
            found = np.flatnonzero(self._sequence[rows] == sequence[trip])
            if len(found):
                planned = self._arrival[rows][found[0]]
                day = datetime.fromtimestamp(due_s[trip], self._zone).date()
                late = due_s[trip] - self._midnight(day) - planned
                delay[trip] = (late + DAY_S / 2) % DAY_S - DAY_S / 2  # whichever day it began
        return delay

    def call_after(self, trip: int, xy: Float64) -> int:
        """Return the call that a vehicle of a trip goes to next from a place (2,); -1 past the last."""
        path = self.path[trip : trip + 1]
        along, _ = self.paths.along(path, xy[None])
        rows = slice(self._ends[trip], self._ends[trip + 1])
        ahead = np.flatnonzero(self._along[rows] > along[0])
        return int(rows.start + ahead[0]) if len(ahead) else -1

    def stop_name(self, call: int) -> str:
        """Return the name of the stop of a call."""
        return str(self.names[self._stop[call]])

    def _runs(self, day: date) -> NDArray[np.bool_]:
        if day not in self._running:
            if len(self._running) > 8:
                self._running.clear()
            self._running[day] = self._timetable.runs_on(day)
        return self._running[day]

    def _midnight(self, day: date) -> float:
        """Return the moment from which times of a day count: noon minus twelve hours (GTFS, Time)."""
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self._zone)
        return noon.timestamp() - DAY_S / 2


def _line(xy: Float64) -> Float64 | None:
    """Return a line without points that repeat; None where it is none."""
    xy = xy[np.isfinite(xy).all(axis=1)]
    if len(xy) < 2:
        return None
    moved = np.hypot(*np.diff(xy, axis=0).T) > SAME_M
    kept = xy[np.concatenate([[True], moved])]
    return kept if len(kept) > 1 else None


def _measured(dist: Float64, shape: Float64 | None, length_m: float) -> Float64 | None:
    """Return distances in metres by the file's own measure, None where it has none that is any good."""
    if shape is None or not (np.isfinite(dist).all() and np.isfinite(shape[:, 2]).all()):
        return None
    low, high = shape[0, 2], shape[-1, 2]
    if high <= low or (np.diff(dist) < 0).any():
        return None
    return np.asarray(np.clip((dist - low) / (high - low), 0.0, 1.0) * length_m)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def rows_by_key(trips: tuple[str, ...]) -> Mapping[float, int]:
    """Return the row of each trip by :func:`~twin.live.decoded.trip_key`."""
    return {trip_key(name): row for row, name in enumerate(trips)}
