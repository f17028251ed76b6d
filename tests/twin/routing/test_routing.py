"""How far one gets: estimated ways against other computations, and Valhalla's against known ways."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely

from twin import io, routing
from twin.errors import Cancelled
from twin.model.geoframe import GeoFrame
from twin.progress import Unattended
from twin.routing import estimate, program
from twin.routing.reach import _estimated
from twin.routing.rides import CHANGE_S, FAR_S, scan
from twin.routing.start import SPEED_M_S

FRAME = GeoFrame(crs="EPSG:2154", origin=(648_000.0, 6_858_000.0, 0.0))
BLOCK_M, SIDE = 100.0, 12
NO_RIDES = routing.Rides(
    connections=np.zeros((0, 5), np.int64), day=date(2026, 1, 6), trip_ids=(), stop_count=0, mode_of_trip=()
)  # fmt: skip
NOWHERE = (NO_RIDES, np.zeros((0, 2)))

valhalla = pytest.mark.skipif(
    not program.installed(), reason="the extra 'routing' is not installed"
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELVEDERE_CACHE", str(tmp_path / "cache"))


def place(i: float, j: float) -> tuple[float, float]:
    return (FRAME.origin[0] + i * BLOCK_M, FRAME.origin[1] + j * BLOCK_M)


def grid() -> list[shapely.LineString]:
    """Streets around square blocks, each drawn across the whole town."""
    ends = range(SIDE + 1)
    across = [shapely.LineString([place(0, k), place(SIDE, k)]) for k in ends]
    return across + [shapely.LineString([place(k, 0), place(k, SIDE)]) for k in ends]


def start(mode: str, *, most_min: float = 60.0, at: tuple[float, float] = (0, 0)) -> routing.Start:
    """Return a start a little along the first street: nobody starts on a corner."""
    xy = place(*at)
    mode_ = routing.Mode(mode)
    return routing.Start(xy=xy, mode=mode_, leave_s=8 * 3600.0, most_s=most_min * 60.0)


def corner_s(streets: routing.Streets, node_s: np.ndarray, i: int, j: int) -> float:
    node, away = streets.nearest([place(i, j)])
    assert away[0] < 0.1
    return float(node_s[node[0]])


def line_of_rides(*, every_s: int = 600, ride_s: int = 120) -> tuple[routing.Rides, np.ndarray]:
    """A tram along the edge of the town, from corner to corner, all day."""
    stops = np.array([place(0, 0), place(SIDE / 2, 0), place(SIDE, 0)])
    rows = []
    for trip, leave in enumerate(range(6 * 3600, 20 * 3600, every_s)):
        rows += [
            (0, 1, leave, leave + ride_s, trip),
            (1, 2, leave + ride_s, leave + 2 * ride_s, trip),
        ]
    connections = np.array(sorted(rows, key=lambda r: (r[2], r[3])), dtype=np.int64)
    count = len(rows) // 2
    return routing.Rides(
        connections=connections,
        day=date(2026, 1, 6),
        trip_ids=tuple(str(i) for i in range(count)),
        stop_count=3,
        mode_of_trip=("tram",) * count,
    ), stops


# --- the graph ------------------------------------------------------------------------------


def test_streets_are_cut_where_they_cross_and_where_they_all_but_touch() -> None:
    town = [*grid()[:2], shapely.LineString([place(3, 1.002), place(3, 2)])]  # ends 20 cm short
    streets = routing.streets_of([*town, shapely.LineString([place(5, 0), place(5, 1)])])
    node_s = estimate.spread(streets, np.array([[streets.nearest([place(5, 0)])[0][0], 0.0]]), 1.0)
    assert corner_s(streets, node_s, 3, 2) == pytest.approx(100 + 200 + 100, abs=1.0)


def test_a_bridge_does_not_meet_what_it_crosses() -> None:
    lines = [
        shapely.LineString([place(0, 0), place(2, 0)]),
        shapely.LineString([place(1, -1), place(1, 1)]),
    ]
    flat = routing.streets_of(lines)
    over = routing.streets_of(lines, {"bridge": [False, True]})
    for streets, reached in ((flat, True), (over, False)):
        begin = np.array([[streets.nearest([place(0, 0)])[0][0], 0.0]])
        node_s = estimate.spread(streets, begin, 1.0)
        assert np.isfinite(corner_s(streets, node_s, 1, 1)) == reached


def test_pieces_keep_the_direction_in_which_a_street_was_drawn() -> None:
    streets = routing.streets_of(grid())
    way = streets.nodes[streets.ends[:, 1]] - streets.nodes[streets.ends[:, 0]]
    assert (way.max(axis=1) > 0).all()
    assert (way.min(axis=1) > -0.01).all()


def test_what_is_known_of_a_street_becomes_tags() -> None:
    columns = {
        "nature": ["Escalier", "Route à 1 chaussée", None],
        "sens_de_circulation": ["", "Sens inverse", float("nan")],
        "highway": [None, None, "cycleway"],
    }
    lines = [shapely.LineString([place(i, 0), place(i, 1)]) for i in range(3)]
    found = [dict(tag) for tag in routing.streets_of(lines, columns).tags]
    assert found == [
        {"highway": "steps"},
        {"highway": "residential", "oneway": "-1"},
        {"highway": "cycleway"},
    ]


# --- the estimate ---------------------------------------------------------------------------


def test_rides_are_those_of_a_search_through_time() -> None:
    """Against a plain relaxation over all connections until nothing changes any more."""
    draw = np.random.default_rng(5)
    rows = []
    for trip in range(40):
        stops, t = draw.permutation(12)[:5], int(draw.integers(0, 3000))
        for a, b in itertools.pairwise(stops):
            leave = t + int(draw.integers(0, 60))
            t = leave + int(draw.integers(60, 400))
            rows.append((a, b, leave, t, trip))
    connections = np.array(sorted(rows, key=lambda r: (r[2], r[3])), dtype=np.int64)
    begin = np.full(12, FAR_S, np.int64)
    begin[0] = 0
    ours = scan(connections, begin)
    best = begin.copy()
    for _ in range(30):
        for trip in range(40):
            aboard = False
            for a, b, leave, arrive, _t in connections[connections[:, 4] == trip]:
                change = CHANGE_S if best[a] != begin[a] else 0
                aboard = aboard or best[a] + change <= leave
                if aboard:
                    best[b] = min(best[b], arrive)
    assert ours.tolist() == best.tolist()


def test_without_streets_stops_are_reached_as_the_crow_flies() -> None:
    rides, stops = line_of_rides()
    found = routing.how_far(start("walk"), (rides, stops), None, FRAME, Unattended())
    crow_s = np.arange(3) * SIDE / 2 * BLOCK_M * 1.3 / 1.25
    assert found.router is routing.Router.ESTIMATE
    assert found.stop_s == pytest.approx(crow_s)


def test_without_the_router_it_says_so_and_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_find", lambda _name: None)
    ctx = Unattended()
    lines = grid()
    found = routing.how_far(start("walk"), NOWHERE, routing.streets_of(lines), FRAME, ctx)
    assert [p.key for p in ctx.problems] == ["routing.not_installed"]
    assert found.router is routing.Router.ESTIMATE
    assert np.isfinite(found.street_s).all()


# --- Valhalla -------------------------------------------------------------------------------


@valhalla
@pytest.mark.parametrize("mode", ["walk", "bike"])
def test_a_grid_is_walked_and_ridden_as_long_as_it_is(mode: str) -> None:
    streets = routing.streets_of(grid())
    ctx = Unattended()
    found = routing.how_far(start(mode), NOWHERE, streets, FRAME, ctx)
    assert found.router is routing.Router.VALHALLA
    assert not ctx.problems
    by_hand = estimate.seconds_to_nodes(streets, start(mode))
    expected = streets.seconds_of_rows(by_hand)
    assert found.street_s == pytest.approx(expected, rel=0.12, abs=15)


@valhalla
def test_bikes_keep_to_one_way_streets_and_walkers_do_not() -> None:
    lines = grid()
    against = [""] * len(lines)
    against[0] = "-1"  # the lower edge may only be ridden towards where we start
    streets = routing.streets_of(lines, {"oneway": against})
    free = routing.streets_of(lines)
    took = {
        mode: routing.how_far(start(mode), NOWHERE, graph, FRAME, Unattended()).street_s[0]
        for mode, graph in (("walk", streets), ("bike", streets))
    }
    before = {
        mode: routing.how_far(start(mode), NOWHERE, free, FRAME, Unattended()).street_s[0]
        for mode in ("walk", "bike")
    }
    assert took["walk"] == pytest.approx(before["walk"], abs=2)
    assert took["bike"] > before["bike"] + 2 * BLOCK_M / SPEED_M_S[routing.Mode.BIKE] * 0.8


@valhalla
def test_rides_are_taken_where_they_are_faster() -> None:
    rides, stops = line_of_rides()
    streets = routing.streets_of(grid())
    here = start("transit", at=(0.3, 0))
    ridden = routing.how_far(here, (rides, stops), streets, FRAME, Unattended())
    walked = routing.how_far(
        start("walk", at=(0.3, 0)), (rides, stops), streets, FRAME, Unattended()
    )
    assert ridden.router is routing.Router.VALHALLA
    assert walked.stop_s[2] > 900  # 1.2 km
    assert ridden.stop_s[2] < walked.stop_s[2] - 60
    assert (ridden.street_s <= walked.street_s + 30).all()


@valhalla
def test_a_built_graph_is_kept_until_its_streets_change(tmp_path: Path) -> None:
    kept = tmp_path / "cache" / "routing"
    for lines, graphs in ((grid(), 1), (grid(), 1), (grid()[1:], 2)):
        routing.how_far(start("walk"), NOWHERE, routing.streets_of(lines), FRAME, Unattended())
        assert len(list(kept.iterdir())) == graphs


@valhalla
def test_the_router_stops_when_the_job_is_cancelled(tmp_path: Path) -> None:
    class Stopped(Unattended):
        def check_cancelled(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        routing.how_far(start("walk"), NOWHERE, routing.streets_of(grid()), FRAME, Stopped())
    assert not list((tmp_path / "cache" / "routing").iterdir())


@valhalla
@pytest.mark.shared_data
def test_a_town_and_its_timetable_by_others(shared_data: Path) -> None:
    """Two ways of finding out agree about Heidelberg, whose streets and rides neither of us made."""
    folder = shared_data / "gtfs_static" / "heidelberg"
    frame = GeoFrame(crs="EPSG:25832", origin=(478_000.0, 5_473_000.0, 0.0))
    ctx = Unattended()
    lines = io.read(
        folder / "heidelberg.test.pbf", sublayer="lines", target=frame, progress=ctx
    ).frame
    lines = lines[lines["highway"].notna()].cx[476_500:480_500, 5_471_500:5_475_500]
    streets = routing.streets_of(lines.geometry.to_numpy(), dict(lines.items()))
    timetable = routing.read_timetable(folder / "vrn_gtfs_cut.zip")
    rides = routing.rides_of(timetable, timetable.usual_day(date.min))
    assert set(rides.mode_of_stops()) - {""} <= {"tram", "bus", "rail"}
    stop_xy = frame.scene_from_lonlat(timetable.stops[["lon", "lat"]]) + frame.origin[:2]
    station = frame.scene_from_lonlat([(8.6941, 49.4094)])[0] + frame.origin[:2]
    for mode in routing.Mode:
        here = routing.Start(xy=tuple(station), mode=mode, leave_s=8 * 3600.0, most_s=1800.0)
        found = routing.how_far(here, (rides, stop_xy), streets, frame, ctx)
        guess = _estimated(here, rides, stop_xy, streets)
        both = np.isfinite(found.street_s) & np.isfinite(guess.street_s)
        assert found.router is routing.Router.VALHALLA
        assert both.sum() > 500
        ratio = np.median(found.street_s[both] / guess.street_s[both])
        # Bikes are slow on footways and keep to one-way streets, of which the middle of the town is full.
        assert 0.85 < ratio < (2.0 if mode is routing.Mode.BIKE else 1.35), mode
