"""GTFS-Realtime in the transit plugin, DATEX II in smart parking: messages of the standards, and a real one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plugins.smart_parking import reading
from plugins.smart_parking.layer import SmartParking
from plugins.transit import stops
from plugins.transit.layer import Transit
from twin import api
from twin.api import testing
from ui.plugin_home import ROOT

SAMPLE = ROOT / "plugins" / "transit" / "sample"
PARKS = ROOT / "plugins" / "smart_parking" / "sample"

DATEX = """<d2 xmlns="{space}">
<parkingRecord id="{known}"><parkingName><values><value>Known</value></values></parkingName>
<parkingNumberOfSpaces>120</parkingNumberOfSpaces></parkingRecord>
<parkingRecord id="new"><parkingName><values><value>New</value></values></parkingName>
<parkingNumberOfSpaces>80</parkingNumberOfSpaces><parkingLocation>
<latitude>48.823</latitude><longitude>2.271</longitude></parkingLocation></parkingRecord>
<parkingRecordStatus><parkingRecordReference id="{known}"/>
<parkingStatusOriginTime>2026-03-01T10:00:00Z</parkingStatusOriginTime><parkingOccupancy>
<parkingNumberOfVacantSpaces>30</parkingNumberOfVacantSpaces></parkingOccupancy></parkingRecordStatus>
<parkingRecordStatus><parkingRecordReference id="new"/><parkingOccupancy>
<parkingNumberOfOccupiedSpaces>60</parkingNumberOfOccupiedSpaces></parkingOccupancy></parkingRecordStatus>
</d2>"""


def message(tmp_path: Path, delays: dict[str, int]) -> Path:
    """Write a message with a vehicle, and delays by trip."""
    realtime = pytest.importorskip("google.transit.gtfs_realtime_pb2")
    feed = realtime.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = 1_782_000_000
    for trip, delay in delays.items():
        entity = feed.entity.add(id=trip)
        entity.trip_update.trip.trip_id = trip
        entity.trip_update.stop_time_update.add(stop_sequence=1).departure.delay = delay
    car = feed.entity.add(id="v")
    car.vehicle.vehicle.id = "bus-7"
    car.vehicle.position.latitude, car.vehicle.position.longitude = 48.82, 2.27
    path = tmp_path / "now.pb"
    path.write_bytes(feed.SerializeToString())
    return path


def load(tmp_path: Path, **files: Path) -> api.FeatureTable:
    files = {"gtfs": SAMPLE / "gtfs.zip", "streets": SAMPLE / "streets.geojson", **files}
    params = Transit.Params(most_min=180.0)
    return Transit().load(testing.FakeContext(files=files, params=params))


def sample_rides() -> api.routing.Rides:
    timetable = api.routing.read_timetable(SAMPLE / "gtfs.zip")
    return api.routing.rides_of(timetable, stops.day_of(timetable, ""))


def test_trips_run_as_late_as_the_message_says(tmp_path: Path) -> None:
    rides = sample_rides()
    path = message(tmp_path, dict.fromkeys(rides.trip_ids, 600))
    delays, vehicles = stops.realtime(path)
    assert delays == dict.fromkeys(rides.trip_ids, 600.0)
    assert [(v["feature_id"], v["lon"]) for v in vehicles] == [
        ("vehicle/bus-7", pytest.approx(2.27))
    ]
    late = rides.delayed(delays).connections
    assert (np.diff(late[:, 2]) >= 0).all()
    assert late[:, 3].sum() == rides.connections[:, 3].sum() + 600 * len(late)
    table, before = load(tmp_path, realtime=path).frame, load(tmp_path).frame
    calls = table["kind"] == "stop"
    assert set(table.loc[calls, "delay_min"].dropna()) == {10.0}
    assert (table["kind"] == "vehicle").sum() == 1
    now = table.set_index("feature_id")["minutes"].astype(float)
    then = before.set_index("feature_id")["minutes"].astype(float)
    both = now.dropna().index.intersection(then.dropna().index)
    assert (now[both] >= then[both] - 10.0 - 1e-6).all()  # a ride begun earlier may be caught now
    assert (now[both] != then[both]).any()


def test_a_trip_that_nobody_tells_of_runs_on_time(tmp_path: Path) -> None:
    rides = sample_rides()
    delays, _ = stops.realtime(message(tmp_path, {rides.trip_ids[0]: 120, "unknown": 900}))
    told = rides.delay_min_of_stops(delays)
    own = np.unique(rides.connections[rides.connections[:, 4] == 0][:, :2])
    assert set(np.flatnonzero(np.isfinite(told))) == set(own)
    assert (told[own] == 2.0).all()


@pytest.mark.shared_data
def test_a_real_message_is_read(shared_data: Path) -> None:
    _, vehicles = stops.realtime(shared_data / "gtfs_rt" / "rt" / "ct-vehicle-positions.pb")
    assert len(vehicles) > 10
    assert all(-180 <= v["lon"] <= 180 and -90 <= v["lat"] <= 90 for v in vehicles)


@pytest.mark.parametrize(
    "space", ["http://datex2.eu/schema/2/2_0", "http://datex2.eu/schema/3/parking"]
)
def test_occupancy_of_datex(tmp_path: Path, space: str) -> None:
    known = reading.parks(PARKS / "parks.csv")[0]
    path = tmp_path / "status.xml"
    path.write_text(DATEX.format(space=space, known=known["feature_id"]))
    files = {"parks": PARKS / "parks.csv", "occupancy": path}
    ctx = testing.FakeContext(files=files, params=SmartParking.Params())
    rows = SmartParking().load(ctx).frame.set_index("feature_id")
    assert float(rows.loc[known["feature_id"], "free"]) == 30.0
    assert rows.loc[known["feature_id"], "reported"] == "2026-03-01T10:00:00+00:00"
    assert (float(rows.loc["new", "spaces"]), float(rows.loc["new", "free"])) == (80.0, 20.0)
    assert rows.loc["new"].geometry is not None


@pytest.mark.parametrize(
    "text",
    ["", "<a>", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "<a/>"],
)
def test_what_is_no_publication_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.xml"
    path.write_text(text)
    with pytest.raises(api.ReadError):
        reading.occupancy_of(path)
