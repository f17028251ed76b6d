"""Flights keep clear of buildings: held against rays through the same walls, cast by trimesh."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from twin.drawables import Mesh
from twin.model.story import Camera, Motion, Stop
from twin.render.pose import Pose, pose_from
from twin.show.journey import Journey
from twin.show.motion import Mover
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


def walls_crossed(town: trimesh.Trimesh, places: np.ndarray) -> int:
    """Return how many steps from place to place go through a wall."""
    steps = np.diff(places, axis=0)
    length = np.linalg.norm(steps, axis=1)
    moving = length > 1e-6
    where, which, _ = town.ray.intersects_location(
        places[:-1][moving], steps[moving] / length[moving, None], multiple_hits=False
    )
    away = np.linalg.norm(where - places[:-1][moving][which], axis=1)
    return int((away <= length[moving][which]).sum())


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
    assert walls_crossed(town, places) == 0
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


class RandomTown:
    """Blocks of any size, turned anyhow, some into each other, and free places between and above them."""

    def __init__(self, seed: int) -> None:
        self._rng = rng = np.random.default_rng(seed)
        blocks = []
        for _ in range(rng.integers(40, 140)):
            size = rng.uniform([6, 6, 5], [60, 60, 150])
            block = trimesh.creation.box(size)
            turned = trimesh.transformations.rotation_matrix(rng.uniform(0, np.pi), [0, 0, 1])
            block.apply_transform(turned)
            block.apply_translation([*rng.uniform(-300, 300, 2), size[2] / 2])
            blocks.append(block)
        self.walls = trimesh.util.concatenate(blocks)
        corners, faces = self.walls.vertices, self.walls.faces
        mesh = Mesh(xyz_in_scene=corners.astype(np.float32), triangles=faces.astype(np.int32))
        self.skyline = Skyline([mesh])

    def place(self) -> tuple[float, float, float]:
        """Return a place outside of all blocks."""
        while True:
            x, y, z = self._rng.uniform([-350, -350, 2], [350, 350, 200])
            if np.hypot(x, y) > 30 and self.skyline.top_m(np.array([[x, y]]))[0] < z:
                return float(x), float(y), float(z)

    def motion(self, kind: str) -> Motion:
        """Return a turn or a path anywhere."""
        if kind == "orbit":
            return Motion(kind="orbit", degrees=float(self._rng.uniform(90, 360)))
        return Motion(kind="path", cameras=(self.camera(), self.camera(), self.camera()))

    def camera(self) -> Camera:
        """Return a camera somewhere that looks at the middle."""
        return Camera(position=self.place(), target=(0.0, 0.0, 10.0))


@pytest.mark.parametrize("seed", range(4))
def test_no_flight_turn_or_path_crosses_a_wall_of_any_town(seed: int) -> None:
    town = RandomTown(seed)
    shares = np.linspace(0, 1, 600)
    for _ in range(5):
        start, end = (pose_from(town.place(), (0.0, 0.0, 10.0), 45.0) for _ in range(2))
        journey = Journey(start, end, town.skyline)
        assert walls_crossed(town.walls, np.array([journey.pose(s).position for s in shares])) == 0
    for kind in ("orbit", "path", "orbit", "path"):
        stop = Stop(id="any", title={}, camera=town.camera(), motion=town.motion(kind), hold_s=20)
        mover = Mover(stop, town.skyline)
        places = np.array([mover.at(share).pose.position for share in shares])
        assert walls_crossed(town.walls, places) == 0
        # Over a tower of 150 m in the thirtieth of a second that a picture lasts: it rises, it does not leap.
        assert np.abs(np.diff(places[:, 2])).max() < 6.0
