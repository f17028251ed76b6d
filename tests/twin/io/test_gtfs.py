"""Timetables: the rows of others' feeds, days with exceptions, and files that are broken."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from twin.errors import ReadError
from twin.io.gtfs import read_timetable

SMALL: Mapping[str, str] = {
    "agency.txt": "agency_name,agency_url,agency_timezone\nA,https://example.org,Europe/Paris\n",
    "stops.txt": "\ufeffstop_id,stop_name,stop_lat,stop_lon\na,A,48.8,2.2\nb,B,48.8,2.21\nc,C,,\n",
    "routes.txt": "route_id,route_short_name,route_long_name,route_type\nr,,Long name,0\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign,shape_id\nr,week,t1,East,\nr,night,t2,,\n",
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t1,8:05:00,8:06:00,b,20\nt1,08:00:00,08:00:00,a,3\nt1,,,c,30\n"
        "t2,25:10:00,25:10:00,a,1\nt2,26:00:00,26:00:00,b,2\nghost,1:00:00,1:00:00,a,1\n"
    ),
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "week,1,1,1,1,1,0,0,20260101,20261231\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\nweek,20260714,2\nnight,20260714,1\n",
}


def written(path: Path, tables: Mapping[str, str] = SMALL, folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(folder + name, text)
    return path


def test_calls_are_in_order_and_times_may_exceed_a_day(tmp_path: Path) -> None:
    made = read_timetable(written(tmp_path / "a.zip", folder="inner/"))
    assert made.time_zone == "Europe/Paris"
    assert list(made.trips["line"]) == ["Long name", "Long name"]
    first = made.calls[made.calls["trip"] == 0]
    assert list(first["stop"]) == [0, 1, 2]
    assert list(first["departure_s"])[:2] == [28_800, 29_160]
    assert np.isnan(first["arrival_s"].iloc[2])
    assert made.calls["departure_s"].max() == 93_600
    assert np.isnan(made.stops["lon"].iloc[2])


def test_exceptions_stand_above_the_week(tmp_path: Path) -> None:
    made = read_timetable(written(tmp_path / "a.zip"))
    assert made.runs_on(date(2026, 7, 13)).tolist() == [True, False]
    assert made.runs_on(date(2026, 7, 14)).tolist() == [False, True]
    assert not made.runs_on(date(2026, 7, 12)).any()
    assert made.usual_day(date(2026, 7, 13)) == date(2026, 7, 13)
    assert made.runs_on(made.usual_day(date(2031, 1, 1))).any()


@pytest.mark.parametrize(
    "change",
    [
        {"stops.txt": None},
        {"trips.txt": "route_id\nr\n"},
        {"stop_times.txt": "trip_id;stop_id\nt1;a\n"},
        {"trips.txt": "\x00\xff,\x01\n"},
    ],
)
def test_a_broken_timetable_is_refused_in_words(
    tmp_path: Path, change: Mapping[str, str | None]
) -> None:
    tables = {name: text for name, text in {**SMALL, **change}.items() if text is not None}
    with pytest.raises(ReadError) as caught:
        read_timetable(written(tmp_path / "a.zip", tables))
    assert caught.value.problem.where == "a.zip"


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(ReadError):
        read_timetable(path)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("gtfs_rt/rt/ct.zip", (109, 176, 3498)),
        ("gtfs_static/gtfs_kit/cairns_gtfs.zip", (416, 1339, 37_790)),
        ("gtfs_static/gtfs_kit/nyc_subway_gtfs.zip", (273, 1990, 86_150)),
        ("gtfs_static/gtfs_kit/sample_gtfs.zip", (9, 144, 600)),
        ("gtfs_static/heidelberg/vrn_gtfs_cut.zip", (392, 1480, 46_269)),
    ],
)
def test_timetables_of_others(shared_data: Path, name: str, counts: tuple[int, int, int]) -> None:
    made = read_timetable(shared_data / name)
    assert (len(made.stops), len(made.trips), len(made.calls)) == counts


EVERY = "trip_id,start_time,end_time,headway_secs,exact_times\n"


def test_a_trip_with_a_frequency_stands_for_all_its_runs(tmp_path: Path) -> None:
    often = {"frequencies.txt": EVERY + "t1,06:00:00,06:30:00,600,0\nt1,06:30:00,07:00:00,1200,1\n"}
    made = read_timetable(written(tmp_path / "a.zip", {**SMALL, **often}))
    starts = ["06:00:00", "06:10:00", "06:20:00", "06:30:00", "06:50:00"]
    assert list(made.trips["trip_id"]) == ["t2", *(f"t1@{start}" for start in starts)]
    assert set(made.trips["line"]) == {"Long name"}
    fourth = made.calls[made.calls["trip"] == 4]
    assert list(fourth["stop"]) == [0, 1, 2]
    assert list(fourth["departure_s"])[:2] == [6.5 * 3600, 6.5 * 3600 + 360]
    assert made.runs_on(date(2026, 7, 13)).tolist() == [False, *[True] * 5]


@pytest.mark.parametrize(
    "row", ["t1,06:00:00,05:00:00,600,0", "ghost,6:00:00,7:00:00,600,", "t1,6:00:00,7:00:00,0,"]
)
def test_a_frequency_without_sense_changes_nothing(tmp_path: Path, row: str) -> None:
    made = read_timetable(written(tmp_path / "a.zip", {**SMALL, "frequencies.txt": EVERY + row}))
    assert list(made.trips["trip_id"]) == ["t1", "t2"]


def test_more_runs_than_memory_holds_are_refused(tmp_path: Path) -> None:
    rows = EVERY + "t1,00:00:00,999:00:00,1,0\n" * 3
    with pytest.raises(ReadError) as caught:
        read_timetable(written(tmp_path / "a.zip", {**SMALL, "frequencies.txt": rows}))
    assert caught.value.problem.key == "io.too_large_for_memory"
