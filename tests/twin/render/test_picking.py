"""Picks find what is seen under a pixel: the nearest, of visible rows, of visible layers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.render.boxes import RED, boxes, colours, plane, put
from twin.drawables import Lines, Points, Role
from twin.render.camera import Pose
from twin.render.picking import entries
from twin.render.stage import Stage

pytestmark = pytest.mark.render

SIZE = (400, 300)
MIDDLE = (200.0, 150.0)


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=SIZE)
    made.camera.pose = Pose(target=(0, 0, 10), heading_deg=0, pitch_deg=0, distance_m=200)
    yield made
    made.close()


def test_the_nearest_of_two_is_found_and_where(stage: Stage) -> None:
    put(stage, "far", boxes([(0.0, 100.0)]), rgba=colours(RED))
    put(stage, "near", boxes([(0.0, 0.0)]), rgba=colours(RED))
    hit = stage.pick(*MIDDLE)
    assert hit is not None
    assert (hit.layer_id, hit.row) == ("near", 0)
    assert hit.xyz_in_scene == pytest.approx((0.0, -10.0, 10.0), abs=1e-3)


def test_hidden_rows_and_layers_let_the_ray_through(stage: Stage) -> None:
    put(stage, "far", boxes([(0.0, 100.0)]), rgba=colours(RED))
    put(stage, "near", boxes([(0.0, 0.0), (0.0, 40.0)]), rgba=colours(RED, RED))
    stage.set_rows("near", np.array([False, True]))
    hit = stage.pick(*MIDDLE)
    assert hit is not None
    assert (hit.layer_id, hit.row) == ("near", 1)
    stage.set_visible("near", False)
    hit = stage.pick(*MIDDLE)
    assert hit is not None
    assert hit.layer_id == "far"
    stage.set_rows("far", np.array([False]))
    assert stage.pick(*MIDDLE) is None


def test_the_sky_is_nothing(stage: Stage) -> None:
    put(stage, "a", boxes([(0.0, 0.0)]), rgba=colours(RED))
    assert stage.pick(200, 5) is None


def test_ground_has_a_place_and_no_row(stage: Stage) -> None:
    put(stage, "ground", plane())
    stage.camera.pose = Pose(target=(0, 0, 0), heading_deg=0, pitch_deg=45, distance_m=80)
    hit = stage.pick(*MIDDLE)
    assert hit is not None
    assert hit.row == -1
    assert hit.xyz_in_scene == pytest.approx((0.0, 0.0, 0.0), abs=1e-3)
    assert stage.pick_ground(*MIDDLE) == pytest.approx((0.0, 0.0, 0.0), abs=0.05)


def test_what_cannot_be_picked_is_seen_through(stage: Stage) -> None:
    put(stage, "glass", boxes([(0.0, 0.0)], pickable=False), rgba=colours(RED))
    assert stage.pick(*MIDDLE) is None


def test_thin_lines_and_points_are_met_near_by(stage: Stage) -> None:
    line = Lines(
        xyz_in_scene=np.array([[-50, 0, 20], [50, 0, 20]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.array([5], np.int32),
    )
    dot = Points(
        xyz_in_scene=np.array([[0, 0, 40]], np.float32), row_of_point=np.array([2], np.int32)
    )
    rows = colours(*[RED] * 6)
    put(stage, "line", line, rgba=rows)
    put(stage, "dot", dot, rgba=rows)
    on_line = stage.camera.project([13.0, 0.0, 20.0])[0]
    hit = stage.pick(on_line[0], on_line[1] + 3)
    assert hit is not None
    assert (hit.layer_id, hit.row) == ("line", 5)
    assert hit.xyz_in_scene == pytest.approx((13.0, 0.0, 20.0), abs=1.0)
    assert stage.pick(on_line[0], on_line[1] + 40) is None
    on_dot = stage.camera.project([0.0, 0.0, 40.0])[0]
    hit = stage.pick(on_dot[0] + 2, on_dot[1] - 2)
    assert hit is not None
    assert (hit.layer_id, hit.row) == ("dot", 2)


def test_a_line_behind_a_wall_is_not_found(stage: Stage) -> None:
    line = Lines(
        xyz_in_scene=np.array([[-50, 40, 10], [50, 40, 10]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.zeros(1, np.int32),
    )
    put(stage, "wall", boxes([(0.0, 0.0)]), rgba=colours(RED))
    put(stage, "line", line, rgba=colours(RED))
    hit = stage.pick(*MIDDLE)
    assert hit is not None
    assert hit.layer_id == "wall"


def test_in_xray_picks_reach_what_lies_below(stage: Stage) -> None:
    pipe = Lines(
        xyz_in_scene=np.array([[-50, 0, -5], [50, 0, -5]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.zeros(1, np.int32),
        radius_m=1.0,
        role=Role.UNDERGROUND,
    )
    put(stage, "ground", plane())
    put(stage, "pipe", pipe, rgba=colours(RED))
    stage.camera.pose = Pose(target=(0, 0, -5), heading_deg=0, pitch_deg=50, distance_m=80)
    hit = stage.pick(*MIDDLE)
    assert hit is not None
    assert hit.layer_id == "ground"
    stage.set_xray(True)
    hit = stage.pick(*MIDDLE)
    assert hit is not None
    assert hit.layer_id == "pipe"


def test_a_new_shape_is_found_where_it_is_now(stage: Stage) -> None:
    put(stage, "a", boxes([(0.0, 0.0)]), rgba=colours(RED))
    assert stage.pick(*MIDDLE) is not None
    put(stage, "a", boxes([(60.0, 0.0)]), rgba=colours(RED))
    assert stage.pick(*MIDDLE) is None
    x, y, _ = stage.camera.project([60.0, -10.0, 10.0])[0]
    hit = stage.pick(x, y)
    assert hit is not None
    assert hit.row == 0


coordinate = st.floats(-100, 100)
vector = st.tuples(coordinate, coordinate, coordinate)


@given(low=vector, size=st.tuples(*[st.floats(0.5, 50)] * 3), origin=vector, inside=vector)
def test_a_ray_toward_a_point_of_a_box_enters_it_before_that_point(
    low: tuple[float, ...],
    size: tuple[float, ...],
    origin: tuple[float, ...],
    inside: tuple[float, ...],
) -> None:
    corner, start = np.array(low), np.array(origin)
    goal = corner + (np.array(inside) + 100) / 200 * size
    line = goal - start
    length = float(np.linalg.norm(line))
    if length < 1e-3:
        return
    box = np.concatenate([corner, corner + size])[None]
    (enter,) = entries(box, start, line / length)
    assert enter <= length + 1e-6


def test_a_ray_that_points_away_enters_nothing() -> None:
    box = np.array([[10.0, -1, -1, 12, 1, 1]])
    away, toward = np.array([-1.0, 0, 0]), np.array([1.0, 0, 0])
    start = np.zeros(3)
    assert entries(box, start, away).tolist() == [np.inf]
    assert entries(box, start, toward) == pytest.approx([9.99])
    assert entries(box, np.array([11.0, 0, 0]), toward).tolist() == [0.0]
