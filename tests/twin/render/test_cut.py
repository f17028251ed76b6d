"""A scene that is cut open: what lies before the plane is neither drawn nor picked; a walker stops at walls."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from tests.twin.render.boxes import BLUE, RED, boxes, colours, finish, put, share
from twin.render.camera import EYE_M, Pose, pose_from
from twin.render.cut import kept
from twin.render.stage import Stage
from twin.render.walking import BODY_M

pytestmark = pytest.mark.render

SIZE = (200, 120)
TWO = [(-25.0, 0.0), (25.0, 0.0)]
EAST = np.array([[1.0, 0.0, 0.0, 0.0]])
"""What lies west of the origin is cut away."""


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=SIZE)
    made.camera.pose = Pose(target=(0, 0, 5), heading_deg=0, pitch_deg=35, distance_m=140)
    made.set_sun(200.0, 50.0)
    yield made
    made.close()


@pytest.mark.parametrize("quality", ["moving", "still"])
def test_what_is_cut_away_is_not_drawn(stage: Stage, quality: str) -> None:
    stage.set_quality(quality)
    put(stage, "a", boxes(TWO), rgba=colours(RED, BLUE))
    finish(stage)
    stage.render()  # the very first picture has no softened edges yet
    stage.render()
    whole = stage.image()
    stage.set_cut(EAST)
    stage.render()
    cut = stage.image()
    assert share(cut, "red") < 0.05 * share(whole, "red")
    assert share(cut, "blue") > 0.8 * share(whole, "blue")
    stage.set_cut(None)
    stage.render()
    np.testing.assert_allclose(stage.image(), whole, atol=2)


def test_a_plane_through_a_house_leaves_its_half(stage: Stage) -> None:
    put(stage, "a", boxes([(0.0, 0.0)]), rgba=colours(RED))
    finish(stage)
    stage.render()
    whole = share(stage.image(), "red")
    stage.set_cut(EAST)
    stage.render()
    image = stage.image()
    half = SIZE[0] // 2
    assert share(image[:, : half - 3], "red") == 0.0
    assert 0.25 * whole < share(image, "red") < 0.8 * whole


def test_what_is_cut_away_cannot_be_picked(stage: Stage) -> None:
    put(stage, "a", boxes(TWO), rgba=colours(RED, BLUE))
    finish(stage)
    stage.render()
    places = [stage.project((x, 0.0, 8.0)) for x in (-25.0, 25.0)]
    assert [stage.pick(*p).row for p in places] == [0, 1]
    stage.set_cut(EAST)
    assert stage.pick(*places[0]) is None
    assert stage.pick(*places[1]).row == 1


def test_points_are_kept_inside_all_planes() -> None:
    planes = np.array([[1.0, 0.0, 0.0, 2.0], [0.0, 0.0, -1.0, -5.0]])
    points = np.array([[3.0, 0.0, 1.0], [1.0, 0.0, 1.0], [3.0, 0.0, 6.0]])
    np.testing.assert_array_equal(kept(planes, points), [True, False, False])
    assert kept(None, points).all()


def walker(stage: Stage, x: float, y: float, towards: tuple[float, float]) -> None:
    ahead = (x + 10 * towards[0], y + 10 * towards[1], EYE_M)
    stage.camera.pose = pose_from((x, y, EYE_M), ahead, 60.0)


def test_a_walker_stops_at_a_wall_and_slides_along_it(stage: Stage) -> None:
    put(stage, "a", boxes([(0.0, 0.0)]), rgba=colours(RED))
    finish(stage)
    low = np.asarray(stage.bounds[:3])
    wall_y = float(low[1])
    walker(stage, 0.0, wall_y - 10.0, (0.0, 1.0))
    assert stage.free_step(2.0, 0.0) == pytest.approx((2.0, 0.0))
    forward, _ = stage.free_step(10.0, 0.0)
    assert forward == pytest.approx(10.0 - BODY_M, abs=0.02)
    # Straight at it, again and again: steps aside bring nobody through.
    walker(stage, 0.0, wall_y - 1.0, (0.0, 1.0))
    for _ in range(20):
        stage.camera.walk(*stage.free_step(0.3, 0.0))
    assert stage.camera.position[1] == pytest.approx(wall_y - BODY_M, abs=0.02)
    # At the wall, slanting: the step goes on along it.
    way = (math.sin(math.radians(60)), math.cos(math.radians(60)))
    walker(stage, -2.0, wall_y - BODY_M, way)
    forward, right = stage.free_step(1.0, 0.0)
    step = forward * np.array(way) + right * np.array([way[1], -way[0]])
    assert step[0] > 0.5
    assert step[1] <= 0.05
    walker(stage, 0.0, wall_y - 10.0, (0.0, -1.0))
    assert stage.free_step(30.0, 0.0) == pytest.approx((30.0, 0.0))
