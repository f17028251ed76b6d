"""Flights keep clear of buildings: held against rays through the same walls, cast by trimesh."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from twin.drawables import Mesh
from twin.render.pose import Pose, pose_from
from twin.show.journey import Journey
from twin.show.obstacles import Skyline


def box(x: float, y: float, size: float, height: float) -> trimesh.Trimesh:
    made = trimesh.creation.box((size, size, height))
    made.apply_translation((x, y, height / 2))
    return made


@pytest.fixture(scope="module")
def town() -> trimesh.Trimesh:
    rng = np.random.default_rng(5)
    boxes = [
        box(x, y, 22.0, rng.uniform(8, 90))
        for x in range(-200, 201, 40)
        for y in range(-200, 201, 40)
    ]
    return trimesh.util.concatenate(boxes)


@pytest.fixture(scope="module")
def skyline(town: trimesh.Trimesh) -> Skyline:
    return Skyline(
        [Mesh(xyz_in_scene=town.vertices.astype(np.float32), triangles=town.faces.astype(np.int32))]
    )


def standing(x: float, y: float, z: float) -> Pose:
    return pose_from((x, y, z), (0.0, 0.0, 10.0), 50.0)


ENDS = [
    (standing(-180.0, -20.0, 1.7), standing(180.0, 20.0, 1.7)),  # street to street, across the town
    (standing(20.0, -180.0, 1.7), standing(300.0, 300.0, 250.0)),
    (standing(-300.0, 0.0, 30.0), standing(300.0, 10.0, 40.0)),  # through the towers, if straight
    (standing(-400.0, -400.0, 300.0), standing(400.0, 300.0, 280.0)),
]


@pytest.mark.parametrize(("start", "end"), ENDS)
def test_no_step_of_a_flight_crosses_a_wall(
    town: trimesh.Trimesh, skyline: Skyline, start: Pose, end: Pose
) -> None:
    journey = Journey(start, end, skyline)
    places = np.array([journey.pose(share).position for share in np.linspace(0, 1, 600)])
    steps = np.diff(places, axis=0)
    length = np.linalg.norm(steps, axis=1)
    moving = length > 1e-6
    where, which, _ = town.ray.intersects_location(
        places[:-1][moving], steps[moving] / length[moving, None], multiple_hits=False
    )
    away = np.linalg.norm(where - places[:-1][moving][which], axis=1)
    assert (away > length[moving][which]).all()
    assert not town.contains(places).any() if town.is_watertight else True


def test_a_straight_flight_would_have_crossed_one(town: trimesh.Trimesh) -> None:
    start, end = ENDS[2]
    places = np.array(
        [Journey(start, end).pose(share).position for share in np.linspace(0, 1, 600)]
    )
    steps = np.diff(places, axis=0)
    hits = town.ray.intersects_any(places[:-1], steps)
    assert hits.any()


def test_high_flights_stay_straight(skyline: Skyline) -> None:
    assert Journey(*ENDS[3], skyline).lift_m == 0.0
    assert Journey(*ENDS[2], skyline).lift_m > 20.0


def test_a_flight_begins_and_ends_at_rest_where_it_should(skyline: Skyline) -> None:
    start, end = ENDS[0]
    journey = Journey(start, end, skyline)
    assert journey.pose(0.0) == start
    assert journey.pose(1.0) == end
    near = np.array(journey.pose(0.001).position) - np.array(start.position)
    assert np.linalg.norm(near) < 0.05


def test_the_skyline_is_the_highest_roof_near_a_place(
    skyline: Skyline, town: trimesh.Trimesh
) -> None:
    tops = skyline.top_m(np.array([[0.0, 0.0], [1000.0, 1000.0]]))
    own = town.vertices[(abs(town.vertices[:, :2]) < 12).all(axis=1), 2].max()
    assert tops[0] == pytest.approx(own, abs=0.01)
    assert tops[1] == 0.0  # the ground
