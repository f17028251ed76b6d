"""A GTFS timetable (gtfs.org/schedule/reference) as arrays: stops, trips with their calls, and shapes."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import frequencies

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 400_000_000
"""Of one table: a larger timetable is cut to an area first."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TIME = r"^\s*(\d{1,3}):(\d\d):(\d\d)\s*$"

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Timetable:
    """What runs where and when.

    Parameters
    ----------
    stops : DataFrame
        ``stop_id``, ``name``, ``lon``, ``lat`` (degrees WGS 84, NaN where not given), ``location_type`` (int: 0 a
        stop, 1 a station, above that entrances and the like).
    trips : DataFrame
        ``trip_id``, ``route_id``, ``service_id``, ``headsign``, ``line`` (name of the route),
        ``route_type`` (int, -1 where not given), ``shape_id``; in the order of ``calls``.
    calls : DataFrame
        ``trip`` (row of ``trips``, not decreasing), ``sequence``, ``stop`` (row of ``stops``), ``arrival_s`` and
        ``departure_s`` (seconds after midnight, may exceed a day; NaN between timepoints), ``dist``
        (along the shape in the file's own unit, NaN where not given); by sequence within a trip.
    shapes : mapping of str to (k, 3) float64
        Longitude, latitude, and distance in the file's own unit (NaN where not given).
    time_zone : str
        Of the agency.
    """

    name: str
    stops: pd.DataFrame
    trips: pd.DataFrame
    calls: pd.DataFrame
    shapes: Mapping[str, Float64]
    time_zone: str
    _calendar: pd.DataFrame
    _exceptions: pd.DataFrame

    def runs_on(self, day: date) -> NDArray[np.bool_]:
        """Return which trips run on a day, (n,) bool."""
        stamp = day.strftime("%Y%m%d")
        calendar, exceptions = self._calendar, self._exceptions
        running: set[str] = set()
        if len(calendar):
            open_now = (calendar["start_date"] <= stamp) & (stamp <= calendar["end_date"])
            on = open_now & (calendar[DAYS[day.weekday()]] == "1")
            running = set(calendar.loc[on, "service_id"])
        today = exceptions[exceptions["date"] == stamp] if len(exceptions) else exceptions
        for service, kind in zip(today["service_id"], today["exception_type"], strict=True):
            (running.add if kind == "1" else running.discard)(service)
        return np.asarray(self.trips["service_id"].isin(running), dtype=bool)

    def usual_day(self, today: date) -> date:
        """Return today where anything runs today, else the busiest of two weeks of the timetable."""
        if self.runs_on(today).any():
            return today
        stamps = [*self._calendar["start_date"], *self._exceptions["date"]]
        first = min((s for s in stamps if len(s) == 8 and s.isdigit()), default="")
        if not first:
            return today
        begin = date(int(first[:4]), int(first[4:6]), int(first[6:]))
        days = [begin + timedelta(days=k) for k in range(14)]
        return max(days, key=lambda day: int(self.runs_on(day).sum()))


def read_timetable(path: Path) -> Timetable:
    """Read a timetable.

    Raises
    ------
    ReadError
        It is no GTFS file, or larger than memory allows.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _timetable(_Tables(archive, path.name), path.name)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, NotImplementedError) as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        raise ReadError("io.damaged", path.name, reason=reason) from error


class _Tables:
    """The tables of the archive, as texts; the files may lie in a folder of it."""

    def __init__(self, archive: zipfile.ZipFile, where: str) -> None:
        self._archive, self._where = archive, where

    def get(
        self, name: str, columns: tuple[str, ...], *, need: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Return a table with exactly these columns, empty texts where it has no such column."""
        import pandas as pd
        import pyarrow as pa
        from pyarrow import csv

        found = next(
            (i for i in self._archive.infolist() if PurePosixPath(i.filename).name == name), None
        )
        if found is None:
            if need:
                raise ReadError("io.damaged", self._where, reason=f"{name} is missing")
            return pd.DataFrame({column: pd.Series(dtype=str) for column in columns})
        if found.file_size > MOST_BYTES:
            raise ReadError("io.too_large_for_memory", f"{self._where}: {name}")
        data = self._archive.read(found).removeprefix(b"\xef\xbb\xbf")
        names = [c.strip().strip('"') for c in data.split(b"\n", 1)[0].decode("utf-8").split(",")]
        lacking = [column for column in need if column not in names]
        if lacking:
            reason = f"{name}: {', '.join(lacking)}"
            raise ReadError("io.damaged", self._where, reason=reason)
        try:
            table = csv.read_csv(
                pa.BufferReader(data),
                read_options=csv.ReadOptions(column_names=names, skip_rows=1),
                parse_options=csv.ParseOptions(invalid_row_handler=lambda _row: "skip"),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    include_columns=[column for column in columns if column in names],
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid as error:
            raise ValueError(str(error)) from error
        frame: pd.DataFrame = table.to_pandas()
        for column in columns:
            frame[column] = frame[column].str.strip() if column in frame else ""
        return frame[list(columns)]


def _timetable(tables: _Tables, name: str) -> Timetable:
    stops, trips = _stops(tables), _trips(tables)
    trips, calls = frequencies.spelled_out(
        trips, _calls(tables, trips, stops), _frequencies(tables), where=name
    )
    agency = tables.get("agency.txt", ("agency_timezone",))
    zone = str(agency["agency_timezone"].iloc[0]) if len(agency) else ""
    return Timetable(
        name=name,
        stops=stops,
        trips=trips,
        calls=calls,
        shapes=_shapes(tables),
        time_zone=zone or "UTC",
        _calendar=tables.get("calendar.txt", ("service_id", *DAYS, "start_date", "end_date")),
        _exceptions=tables.get("calendar_dates.txt", ("service_id", "date", "exception_type")),
    )


def _stops(tables: _Tables) -> pd.DataFrame:
    names = ("stop_id", "stop_name", "stop_lon", "stop_lat", "location_type")
    frame = tables.get("stops.txt", names, need=("stop_id",))
    named = {"stop_name": "name", "stop_lon": "lon", "stop_lat": "lat"}
    frame = frame.rename(columns=named).drop_duplicates("stop_id", ignore_index=True)
    kind = np.nan_to_num(_numbers(frame["location_type"])).astype(np.int64)
    lon, lat = _numbers(frame["lon"]), _numbers(frame["lat"])
    return frame.assign(lon=lon, lat=lat, location_type=kind)


def _trips(tables: _Tables) -> pd.DataFrame:
    routes = tables.get(
        "routes.txt", ("route_id", "route_short_name", "route_long_name", "route_type")
    ).drop_duplicates("route_id")
    routes["line"] = routes["route_short_name"].where(
        routes["route_short_name"] != "", routes["route_long_name"]
    )
    trips = tables.get(
        "trips.txt",
        ("trip_id", "route_id", "service_id", "trip_headsign", "shape_id"),
        need=("trip_id", "service_id"),
    ).drop_duplicates("trip_id", ignore_index=True)
    trips = trips.rename(columns={"trip_headsign": "headsign"})
    trips = trips.merge(routes[["route_id", "line", "route_type"]], on="route_id", how="left")
    kind = _numbers(trips["route_type"])
    return trips.assign(
        line=trips["line"].fillna(""),
        route_type=np.nan_to_num(kind, nan=-1.0).astype(np.int64),
    )


def _calls(tables: _Tables, trips: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    names = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")
    rows = tables.get(
        "stop_times.txt", (*names, "shape_dist_traveled"), need=("trip_id", "stop_id")
    )
    trip = pd.Index(trips["trip_id"]).get_indexer(pd.Index(rows["trip_id"]))
    stop = pd.Index(stops["stop_id"]).get_indexer(pd.Index(rows["stop_id"]))
    arrival, departure = _seconds(rows["arrival_time"]), _seconds(rows["departure_time"])
    frame = pd.DataFrame(
        {
            "trip": trip.astype(np.int64),
            "stop": stop.astype(np.int64),
            "arrival_s": np.where(np.isfinite(arrival), arrival, departure),
            "departure_s": np.where(np.isfinite(departure), departure, arrival),
            "dist": _numbers(rows["shape_dist_traveled"]),
            "sequence": np.nan_to_num(_numbers(rows["stop_sequence"])),
        }
    )
    frame = frame[(trip >= 0) & (stop >= 0)].sort_values(["trip", "sequence"], kind="stable")
    calls: pd.DataFrame = frame.reset_index(drop=True)
    return calls


def _frequencies(tables: _Tables) -> pd.DataFrame:
    rows = tables.get("frequencies.txt", frequencies.COLUMNS)
    return rows.assign(
        start_s=_seconds(rows["start_time"]),
        end_s=_seconds(rows["end_time"]),
        headway_s=_numbers(rows["headway_secs"]),
    )


def _shapes(tables: _Tables) -> dict[str, Float64]:
    names = ("shape_id", "shape_pt_lon", "shape_pt_lat", "shape_pt_sequence", "shape_dist_traveled")
    rows = tables.get("shapes.txt", names)
    if not len(rows):
        return {}
    points = np.column_stack([_numbers(rows[c]) for c in names[1:]])
    good = np.isfinite(points[:, :3]).all(axis=1)
    ids, points = rows["shape_id"].to_numpy(object)[good], points[good]
    code, first = np.unique(ids.astype(str), return_inverse=True)
    order = np.lexsort((points[:, 2], first))
    ends = np.searchsorted(first[order], np.arange(len(code) + 1))
    columns = points[order][:, [0, 1, 3]]
    return {
        str(code[i]): columns[ends[i] : ends[i + 1]]
        for i in range(len(code))
        if ends[i + 1] - ends[i] > 1
    }


def _numbers(texts: pd.Series) -> Float64:
    import pandas as pd

    return np.asarray(pd.to_numeric(texts, errors="coerce"), dtype=np.float64)


def _seconds(texts: pd.Series) -> Float64:
    """Return seconds after midnight of ``25:10:00``, NaN for what is none."""
    parts = texts.str.extract(TIME).astype("float64").to_numpy()
    return np.asarray(parts @ np.array([3600.0, 60.0, 1.0]))
