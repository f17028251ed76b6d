"""Vehicles between their positions: on the path of their trip, by the timetable, and never as if measured."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.twin.io.test_gtfs import SMALL, written
from twin.io.gtfs import read_timetable
from twin.live.decoded import trip_key
from twin.live.decoders import gtfs_rt
from twin.live.fleet import Fleet, vehicles_of
from twin.live.paths import Paths
from twin.live.schedule import Schedule
from twin.model.geoframe import GeoFrame
from twin.store.history import Datastream, FolderHistory, batch_of

FRAME = GeoFrame(crs="EPSG:2154", origin=(642_000.0, 6_856_000.0, 0.0))
SHAPE = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" + "".join(
    f"s,{lat},{lon},{i}\n"
    for i, (lat, lon) in enumerate([(48.80, 2.20), (48.81, 2.205), (48.80, 2.21)])
)
BENT = {
    **SMALL,
    "shapes.txt": SHAPE,
    "trips.txt": SMALL["trips.txt"].replace("t1,East,", "t1,East,s"),
}
MORNING = datetime(2026, 6, 23, 6, 3, tzinfo=UTC)  # 8:03 in Paris: on the way from A to B


def schedule(tmp_path: Path) -> Schedule:
    return Schedule(read_timetable(written(tmp_path / "bent.zip", BENT)), FRAME)


def recorded(folder: Path, rows: list[tuple[str, float, float]]) -> str:
    """Keep observations of the vehicle v: property, seconds after MORNING, value."""
    history = FolderHistory(folder, write=True)
    names = {p: f"gtfs:v:v:{p}" for p, _, _ in rows}
    history.describe(
        Datastream(id=n, thing="gtfs:v:v", observed_property=p, lon=2.2, lat=48.8, ttl_s=300.0)
        for p, n in names.items()
    )
    times = [round((MORNING.timestamp() + at) * 1e6) for _, at, _ in rows]
    history.append(batch_of([names[p] for p, _, _ in rows], times, [v for _, _, v in rows]))
    history.commit()
    history.close()
    return str(folder)


def positions(lonlat: dict[float, tuple[float, float]], trip: str = "t1") -> list:
    rows = []
    for at, (lon, lat) in lonlat.items():
        rows += [("longitude", at, lon), ("latitude", at, lat), ("trip", at, trip_key(trip))]
    return rows


def fleet(folder: Path, rows: list, plan: Schedule | None) -> Fleet:
    from twin.live.memory import history_streams

    address = recorded(folder / "history", rows)
    return Fleet(address, vehicles_of(history_streams(address)), plan, FRAME)


def test_who_says_in_short_where_it_is_moves_if_it_drives() -> None:
    said = {"bus": ("lon", "lat", "speed"), "air": ("lon", "lat", "no2"), "van": ("lat", "speed")}
    streams = {
        f"{thing}#{part}": Datastream(id=f"{thing}#{part}", thing=thing, observed_property=part)
        for thing, parts in said.items()
        for part in parts
    }
    found = vehicles_of(streams)
    assert list(found) == ["bus"]
    assert found["bus"]["longitude"].id == "bus#lon"
    assert "speed" not in found["bus"], "nobody said in which unit"


def test_a_path_is_measured_and_walked() -> None:
    paths = Paths([np.array([[0, 0], [0, 100], [100, 100]], float)])
    xy, heading = paths.at(np.array([0, 0, -1]), np.array([50.0, 150.0, 3.0]))
    assert xy[:2] == pytest.approx(np.array([[0, 50], [50, 100]]))
    assert heading[:2] == pytest.approx([0.0, 90.0])
    assert np.isnan(xy[2]).all()
    along, off = paths.along(np.array([0]), np.array([[10.0, 60.0]]))
    assert (along[0], off[0]) == pytest.approx((60.0, 10.0))


def test_a_line_that_passes_a_stop_twice_does_not_jump_ahead() -> None:
    loop = np.array([[0, 0], [500, 0], [500, 500], [0, 500], [0, 0]], float)
    found = Paths([loop]).passes(0, np.array([[0, 0], [500, 250], [0, 0]], float))
    assert found == pytest.approx([0.0, 750.0, 2000.0], abs=50.0)


def test_trips_are_where_the_timetable_has_them_on_their_shape(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    along, following = plan.along(MORNING)
    assert along[0] == pytest.approx(0.6 * plan.paths.length_m[plan.path[0]], rel=0.05)
    assert plan.stop_name(int(following[0])) == "B"
    assert np.isnan(along[1])
    late, _ = plan.along(MORNING, np.array([120.0, np.nan]))
    assert late[0] == pytest.approx(along[0] / 3, rel=0.05)
    # t2 runs at 25:10 of 14 July, which is ten past one on the day after.
    night = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)
    assert np.isfinite(plan.along(night)[0][1])


def test_between_two_positions_a_vehicle_follows_its_shape_and_says_so(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    rows = positions({0.0: (2.20, 48.80), 100.0: (2.21, 48.80)})
    made = fleet(tmp_path, rows, plan)
    assert made.at(MORNING).state[0] == "replayed"
    halfway = made.at(MORNING + timedelta(seconds=50))
    assert halfway.state[0] == "estimated"
    corner = FRAME.scene_from_lonlat([(2.205, 48.81)])[0]
    assert halfway.xy[0] == pytest.approx(corner, abs=60.0)
    line = plan.paths.lines[plan.path[0]]
    for part in range(5, 100, 10):
        place = made.at(MORNING + timedelta(seconds=part)).xy[0]
        assert shapely.distance(line, shapely.points(place)) < 0.5
    alone = fleet(tmp_path / "alone", rows, None)
    straight = alone.at(MORNING + timedelta(seconds=50)).xy[0]
    assert straight == pytest.approx(FRAME.scene_from_lonlat([(2.205, 48.80)])[0], abs=1.0)


def test_after_its_last_position_it_goes_on_for_a_while_then_is_stale(tmp_path: Path) -> None:
    rows = positions({-20.0: (2.2000, 48.80), 0.0: (2.2020, 48.80)})
    made = fleet(tmp_path, rows, None)
    xs = [made.at(MORNING + timedelta(seconds=s)).xy[0, 0] for s in (0, 10, 20, 60, 200)]
    step = xs[1] - xs[0]
    assert step == pytest.approx(73.0, abs=3.0)
    assert xs[2] - xs[1] == pytest.approx(step, rel=0.01)
    assert xs[4] == xs[3]
    assert made.at(MORNING + timedelta(seconds=310)).state[0] == "stale"


def test_a_vehicle_takes_the_place_of_its_trip(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    made = fleet(tmp_path, positions({0.0: (2.20, 48.80)}), plan)
    now = made.at(MORNING)
    assert len(made) == 3
    assert now.trip[0] == 0
    assert now.state[1] == "missing"  # trip t1 is the vehicle
    later = made.at(MORNING + timedelta(seconds=-5))
    assert later.state[0] == "missing"
    assert later.state[1] == "estimated"
    made.by_timetable = False
    assert made.at(MORNING + timedelta(seconds=-5)).state[1] == "missing"


def test_moments_of_arrival_become_delays_by_the_timetable(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    due = datetime(2026, 6, 23, 6, 8, 30, tzinfo=UTC).timestamp()  # planned: 8:05 in Paris
    late = plan.delay_s(np.array([due, np.nan]), np.array([20.0, 1.0]))
    assert late[0] == pytest.approx(210.0)
    assert np.isnan(late[1])


@pytest.mark.shared_data
def test_a_feed_is_joined_to_its_timetable(shared_data: Path, tmp_path: Path) -> None:
    """Caltrain: 14 positions and 19 trip updates of a moment, with the timetable of that day."""
    folder = shared_data / "gtfs_rt/rt"
    history = FolderHistory(tmp_path / "history", write=True)
    for name in ("ct-vehicle-positions.pb", "ct-trip-updates.pb"):
        decoded = gtfs_rt.decode((folder / name).read_bytes())
        history.describe(decoded.streams.values())
        history.append(decoded.batch())
    history.commit()
    frame = GeoFrame(crs="EPSG:32610", origin=(570_000.0, 4_140_000.0, 0.0))
    timetable = read_timetable(folder / "ct.zip")
    plan = Schedule(timetable, frame)
    vehicles = vehicles_of(history.streams())
    made = Fleet(str(tmp_path / "history"), vehicles, plan, frame)
    history.close()
    assert len(vehicles) == 14
    at = datetime.fromtimestamp(1_699_405_549, UTC)
    now = made.at(at)
    assert [plan.trips[trip] for trip in now.trip[:14]] == [n.rpartition(":")[2] for n in vehicles]
    running = timetable.runs_on(date(2023, 11, 7))
    assert running[now.trip[:14]].all()
    _, off = plan.paths.along(plan.path[now.trip[:14]], now.xy[:14])
    assert np.median(off) < 30.0
    delays = now.delay_s[np.isfinite(now.delay_s)]
    assert len(delays) >= 14
    assert np.abs(delays).max() < 3600.0
