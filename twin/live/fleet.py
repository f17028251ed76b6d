"""Vehicles on the clock: where each is between the positions that it told, along its path where that is known.

A vehicle says where it is every few seconds, or every few minutes. Between two positions it is moved along
the path of its trip; after the last one it goes on as fast as it was, for a while. Trips that no vehicle
speaks for are where the timetable has them, as late as the feed says. All of these places are estimated,
and say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.live.decoded import TRIP
from twin.live.memory import Memory
from twin.live.schedule import Schedule, rows_by_key
from twin.live.states import STALE_AFTER_S, State
from twin.store.history import Datastream

if TYPE_CHECKING:
    from twin.model.geoframe import GeoFrame

ON_PATH_M = 120.0
"""A vehicle farther off the path of its trip is moved straight."""
LONGEST_GAP_S = 600.0
"""Over a longer silence a vehicle is not moved: nobody knows where it was."""
GOES_ON_S = 90.0
FASTEST_M_S = 45.0
FRESH_S = 1.0
"""A position of this age is where the vehicle is; an older one is only where it was."""

PARTS = ("longitude", "latitude", "speed", TRIP)
SHORT = {"lon": "longitude", "lng": "longitude", "lat": "latitude"}
"""What messages call a place in short; sensors that stand do so as well: who drives says how fast, or on which trip."""
DRIVES = frozenset({"speed", TRIP})
UPDATES = ("delay", "due", "call")
Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Text = NDArray[np.object_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Placed:
    """Where all vehicles are at a moment; one entry a row.

    Parameters
    ----------
    xy : (n, 2) float64
        In the scene, metres; NaN for what is nowhere now.
    heading_deg : (n,) float64
        Clockwise from north.
    speed_m_s, age_s, delay_s : (n,) float64
        NaN where not known.
    state : (n,) object
        ``live`` and ``replayed`` where it just said so, else ``estimated``, ``stale`` or ``missing``.
    trip : (n,) int64
        Row of the schedule, -1 where not known.
    next_call : (n,) int64
        Row of the schedule's calls of trips that are placed by the timetable, else -1.
    """

    xy: Float64
    heading_deg: Float64
    speed_m_s: Float64
    age_s: Float64
    delay_s: Float64
    state: Text
    trip: Int64
    next_call: Int64

    def of_rows(self, rows: Int64) -> Placed:
        """Return the entries of some rows; -1 is nowhere."""
        taken = {
            name: _taken(getattr(self, name), rows, nothing) for name, nothing in _NOTHING.items()
        }
        return Placed(**taken)


_NOTHING = {
    **dict.fromkeys(("xy", "heading_deg", "speed_m_s", "age_s", "delay_s"), np.nan),
    "state": State.MISSING.value,
    "trip": -1,
    "next_call": -1,
}


def _taken(values: NDArray[Any], rows: Int64, nothing: object) -> NDArray[Any]:
    made = np.full((len(rows), *values.shape[1:]), nothing, dtype=values.dtype)
    made[rows >= 0] = values[rows[rows >= 0]]
    return made


def vehicles_of(streams: Mapping[str, Datastream]) -> dict[str, dict[str, Datastream]]:
    """Return the things that tell where they are as they move, each with its datastreams by property."""
    things: dict[str, dict[str, Datastream]] = {}
    in_short: set[str] = set()
    for stream in streams.values():
        name, told = stream.thing or stream.id, stream.observed_property
        part = SHORT.get(told, told)
        if part in PARTS:
            things.setdefault(name, {})[part] = stream
        if told in SHORT:
            in_short.add(name)
    for name in in_short:
        if not things[name].keys() & DRIVES:
            del things[name]
            continue
        things[name].pop("speed", None)  # in whichever unit: their places tell it
    return {name: own for name, own in things.items() if {"longitude", "latitude"} <= own.keys()}


class Fleet:
    """Vehicles of a history, and trips of a timetable.

    Parameters
    ----------
    address : str
        Of the history; empty: there is only the timetable.
    vehicles : mapping
        As :func:`vehicles_of` gives them; their rows come first.
    schedule : Schedule or None
        Its trips have the rows behind.
    """

    def __init__(
        self,
        address: str,
        vehicles: Mapping[str, Mapping[str, Datastream]],
        schedule: Schedule | None,
        frame: GeoFrame,
    ) -> None:
        self._schedule, self._frame = schedule, frame
        self.by_timetable = True
        """Whether trips that no vehicle speaks for have a place."""
        self._vehicles_by_row = tuple(vehicles.values())
        self._count = len(vehicles)
        self.ids = (*vehicles, *(f"trip/{n}" for n in (schedule.trips if schedule else ())))
        self._rows = rows_by_key(schedule.trips) if schedule is not None else {}
        self._ttl_s = np.array([own["latitude"].ttl_s for own in vehicles.values()], np.float64)
        self._ttl_s = np.where(np.isfinite(self._ttl_s), self._ttl_s, STALE_AFTER_S)
        wanted = [
            own[part].id if part in own else "" for part in PARTS for own in vehicles.values()
        ]
        trips = schedule.trips if schedule is not None else ()
        wanted += [update_stream(name, part) for part in UPDATES for name in trips]
        self._memory = Memory(address, wanted) if address else None

    def __len__(self) -> int:
        return self._count + (len(self._schedule.trips) if self._schedule is not None else 0)

    @property
    def memory(self) -> Memory | None:
        """Where the positions come from."""
        return self._memory

    @property
    def schedule(self) -> Schedule | None:
        """The trips of the timetable, on their paths."""
        return self._schedule

    def trips_lately(self) -> Int64:
        """Return the trip that each row served last, a row of the schedule or -1."""
        ends = self._memory.extent if self._memory is not None else None
        if ends is not None:
            return self.at(ends[1]).trip
        return np.concatenate(
            [np.full(self._count, -1, np.int64), np.arange(len(self) - self._count)]
        )

    def streams_of(self, name: str) -> list[tuple[str, str]]:
        """Return what is recorded of one over time: ``speed`` or ``delay``, and the datastream."""
        row = self.ids.index(name)
        if row < self._count:
            own = self._vehicles_by_row[row]
            return [("speed", own["speed"].id)] if "speed" in own else []
        if self._schedule is None:
            return []
        return [("delay", update_stream(self._schedule.trips[row - self._count], "delay"))]

    def at(self, moment: datetime) -> Placed:
        """Return where everything is at a moment."""
        time_s, value = self._asked(moment)
        delay, said = self._delays(moment, time_s, value)
        told, trip = self._vehicles(moment, time_s, value, delay)
        if self._memory is not None and self._memory.shows_present(moment):
            told.state[told.state == State.REPLAYED.value] = State.LIVE.value
        if self._schedule is None:
            return told
        return _one_after_the_other(told, self._by_timetable(moment, delay, said, trip))

    def _asked(self, moment: datetime) -> tuple[Float64, Float64]:
        trips = len(self._schedule.trips) if self._schedule is not None else 0
        if self._memory is None:
            nothing = np.full((len(PARTS) * self._count + len(UPDATES) * trips, 3), np.nan)
            return nothing, nothing
        return self._memory.around(moment)

    def _vehicles(
        self, moment: datetime, time_s: Float64, value: Float64, delay: Float64
    ) -> tuple[Placed, Int64]:
        """Return where the vehicles are, and the trips that they speak for."""
        count, now_s = self._count, moment.timestamp()
        lon, lat, speed, trip_key = (value[k * count : (k + 1) * count] for k in range(len(PARTS)))
        when = time_s[:count]
        when = np.where(time_s[count : 2 * count] == when, when, np.nan)  # both parts of a place
        xy = self._in_scene(lon, lat, np.isfinite(when))
        trip = np.array(
            [self._rows.get(key, -1) if key == key else -1 for key in trip_key[:, 1]],  # noqa: PLR0124
            dtype=np.int64,
        )
        path = np.full(count, -1, np.int64)
        if self._schedule is not None and count:
            path[trip >= 0] = self._schedule.path[trip[trip >= 0]]
        usual, late = np.full(count, np.nan), np.full(count, np.nan)
        if self._schedule is not None:
            usual[trip >= 0] = self._schedule.pace_m_s[trip[trip >= 0]]
            late[trip >= 0] = delay[trip[trip >= 0]]
        way = _Way(self._schedule, xy, when, path)
        place, heading, pace = way.at(now_s, speed[:, 1], usual)
        age = now_s - when[:, 1]
        state = np.full(count, State.ESTIMATED.value, dtype=object)
        state[age <= FRESH_S] = State.REPLAYED.value
        state[age > self._ttl_s] = State.STALE.value
        state[~np.isfinite(place[:, 0])] = State.MISSING.value
        told = Placed(
            xy=place,
            heading_deg=heading,
            speed_m_s=pace,
            age_s=age,
            delay_s=late,
            state=state,
            trip=trip,
            next_call=np.full(count, -1, np.int64),
        )
        return told, trip[(trip >= 0) & (age <= self._ttl_s)]

    def _in_scene(self, lon: Float64, lat: Float64, known: NDArray[np.bool_]) -> Float64:
        """Return places (n, 3, 2) in the scene, metres; NaN where none is known."""
        xy = np.full((len(known), 3, 2), np.nan)
        if known.any():
            xy[known] = self._frame.scene_from_lonlat(np.column_stack([lon[known], lat[known]]))
        return xy

    def _delays(self, moment: datetime, time_s: Float64, value: Float64) -> tuple[Float64, Float64]:
        """Return how late every trip is, as far as that was said lately, and how old that is."""
        schedule, first = self._schedule, len(PARTS) * self._count
        said, due, call = np.split(value[first:, 1], len(UPDATES))
        ages = np.split(moment.timestamp() - time_s[first:, 1], len(UPDATES))
        if schedule is None:
            return said, ages[0]
        said = np.where(ages[0] <= LONGEST_GAP_S, said, np.nan)
        due = np.where(ages[1] <= LONGEST_GAP_S, due, np.nan)
        delay = np.where(np.isfinite(said), said, schedule.delay_s(due, call))
        return delay, np.where(np.isfinite(said), ages[0], ages[1])

    def _by_timetable(
        self, moment: datetime, delay: Float64, age: Float64, spoken_for: Int64
    ) -> Placed:
        """Return where the trips are that no vehicle speaks for."""
        schedule = self._schedule
        assert schedule is not None  # noqa: S101 - asked only where there is one
        along, following = schedule.along(moment, delay)
        along[spoken_for if self.by_timetable else slice(None)] = np.nan
        xy, heading = schedule.paths.at(schedule.path, along)
        there = np.isfinite(xy[:, 0])
        count = len(schedule.trips)
        state = np.full(count, State.MISSING.value, dtype=object)
        state[there] = State.ESTIMATED.value
        return Placed(
            xy=xy,
            heading_deg=heading,
            speed_m_s=np.full(count, np.nan),
            age_s=np.where(np.isfinite(delay), age, np.nan),
            delay_s=delay,
            state=state,
            trip=np.arange(count, dtype=np.int64),
            next_call=np.where(there, following, -1),
        )


def update_stream(trip_id: str, part: str) -> str:
    """Return the datastream of what trip updates of GTFS-Realtime say of a trip."""
    return f"gtfs:t:{trip_id}:{part}"


class _Way:
    """Vehicles with their last but one, last and next position, on their paths where they have one."""

    def __init__(self, schedule: Schedule | None, xy: Float64, when: Float64, path: Int64) -> None:
        self._xy, self._when = xy, when
        self._paths = schedule.paths if schedule is not None else None
        self._along = np.full(when.shape, np.nan)
        self._path = path.copy()
        if self._paths is None:
            return
        for k in range(3):
            along, off = self._paths.along(path, xy[:, k])
            self._along[:, k] = np.where(off <= ON_PATH_M, along, np.nan)
        self._path[~np.isfinite(self._along[:, 1])] = -1

    def at(
        self, now_s: float, spoken_m_s: Float64, usual_m_s: Float64
    ) -> tuple[Float64, Float64, Float64]:
        """Return places (n, 2), headings (n,) and speeds (n,) at a moment.

        Parameters
        ----------
        spoken_m_s, usual_m_s : (n,) float64
            How fast each says it is, and what its trip is on the average; NaN where not known.
        """
        before, last, after = self._when.T
        gap = after - last
        between = np.isfinite(gap) & (gap <= LONGEST_GAP_S)
        share = np.where(between, (now_s - last) / np.where(between, np.maximum(gap, 1e-3), 1.0), 0)
        pace = self._pace(spoken_m_s, before, last)
        goes_on = ~np.isfinite(after)
        reach = np.minimum(np.maximum(now_s - last, 0.0), self._patience(before, last))
        onward = np.where(np.isfinite(pace), pace, np.where(self._path >= 0, usual_m_s, 0.0))
        ahead_m = np.where(goes_on, np.nan_to_num(onward) * reach, 0.0)
        xy, heading = self._straight(share, ahead_m)
        if self._paths is not None:
            self._on_path(xy, heading, share, ahead_m)
        return xy, heading, pace

    def _patience(self, before: Float64, last: Float64) -> Float64:
        """Return for how long a vehicle goes on after its last position: about until the next is due."""
        usual = last - before
        known = np.isfinite(usual) & (usual > 0)
        return np.where(known, np.minimum(1.5 * usual, GOES_ON_S), GOES_ON_S / 3)

    def _pace(self, spoken_m_s: Float64, before: Float64, last: Float64) -> Float64:
        step = self._along[:, 1] - self._along[:, 0]
        straight = np.hypot(*(self._xy[:, 1] - self._xy[:, 0]).T)
        passed = last - before
        recent = (passed > 0) & (passed <= LONGEST_GAP_S)
        way_m = np.where(np.isfinite(step), np.abs(step), straight)
        seen = np.where(recent, way_m / np.where(recent, passed, 1.0), np.nan)
        pace = np.where(np.isfinite(spoken_m_s), spoken_m_s, seen)
        return np.asarray(np.where(pace <= FASTEST_M_S, pace, np.nan))

    def _straight(self, share: Float64, ahead_m: Float64) -> tuple[Float64, Float64]:
        here, there = self._xy[:, 1], self._xy[:, 2]
        came = here - self._xy[:, 0]
        course = np.where(np.isfinite(there[:, :1]), there - here, came)
        size = np.hypot(*course.T)
        still = ~(size > 1.0)
        unit = np.where(still[:, None], 0.0, course / np.where(still, 1.0, size)[:, None])
        step = np.where(np.isfinite(there), there - here, 0.0)
        xy = here + share[:, None] * step + ahead_m[:, None] * unit
        heading = np.degrees(np.arctan2(unit[:, 0], unit[:, 1])) % 360.0
        return xy, np.where(still, 0.0, heading)

    def _on_path(self, xy: Float64, heading: Float64, share: Float64, ahead_m: Float64) -> None:
        """Put on their paths those that have one, in place."""
        assert self._paths is not None  # noqa: S101 - asked only where there are some
        last, after = self._along[:, 1], self._along[:, 2]
        before = self._along[:, 0]
        # A train may be seen a little behind where it was: it stands. Far behind it goes round again.
        to_next = np.where(np.isfinite(after), after - last, 0.0)
        backward = (to_next < 0) | (before - last > ON_PATH_M)
        along = last + np.where(backward, 0.0, share * to_next) + np.where(backward, 0.0, ahead_m)
        usable = (self._path >= 0) & ~backward
        usable &= ~(np.isfinite(self._when[:, 2]) & ~np.isfinite(after))
        place, way = self._paths.at(np.where(usable, self._path, -1), along)
        xy[usable], heading[usable] = place[usable], way[usable]


def _one_after_the_other(first: Placed, second: Placed) -> Placed:
    return Placed(
        **{name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in _NOTHING}
    )
