"""The camera: pixels and points agree, movements keep what they promise, the ground is never crossed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.model.ground import FlatGround, GridGround
from twin.model.project import View
from twin.render.camera import CLEARANCE_M, EYE_M, CameraRig, Pose, pose_of, ray_to_ground

SIZE = (1600, 900)


def rig(**pose: float) -> CameraRig:
    made = CameraRig(SIZE)
    made.bounds = (-2000.0, -1500.0, -20.0, 2000.0, 1500.0, 120.0)
    given_pose = {"heading_deg": 30.0, "pitch_deg": 35.0, "distance_m": 900.0} | pose
    made.pose = Pose(target=(10.0, 20.0, 5.0), **given_pose)
    return made


def slope() -> GridGround:
    """Rises to the north: 0 at y = -1000, 400 at y = 1000."""
    z = np.linspace(400.0, 0.0, 21, dtype=np.float32)[:, None].repeat(21, axis=1)
    return GridGround(z_in_scene=z, x_first=-1000.0, y_first=1000.0, cell_m=100.0, cell_y_m=100.0)


headings = st.floats(0.0, 360.0)
pitches = st.floats(-20.0, 90.0)
pixels = st.tuples(st.floats(0.0, SIZE[0]), st.floats(0.0, SIZE[1]))


def test_the_target_is_in_the_middle_of_the_picture() -> None:
    x, y, depth = rig().project([10.0, 20.0, 5.0])[0]
    assert (x, y) == pytest.approx((800.0, 450.0))
    assert depth == pytest.approx(900.0)


def test_looking_north_east_is_right_and_up_is_up() -> None:
    camera = rig(heading_deg=0.0)
    middle, east, higher, north = camera.project(
        [[10, 20, 5], [60, 20, 5], [10, 20, 55], [10, 70, 5]]
    )
    assert east[0] > middle[0]
    assert higher[1] < middle[1]
    assert north[1] < middle[1]


@given(heading=headings, pitch=pitches, at=pixels)
def test_a_point_on_the_ray_of_a_pixel_is_seen_at_that_pixel(
    heading: float, pitch: float, at: tuple[float, float]
) -> None:
    camera = rig(heading_deg=heading, pitch_deg=pitch)
    origin, direction = camera.ray(*at)
    assert np.linalg.norm(direction) == pytest.approx(1.0)
    assert camera.project(origin + 300.0 * direction)[0, :2] == pytest.approx(at, abs=1e-6)


@given(heading=headings, pitch=st.floats(5.0, 85.0), turn=st.floats(-90, 90), at=pixels)
def test_orbit_keeps_the_point_under_the_cursor(
    heading: float, pitch: float, turn: float, at: tuple[float, float]
) -> None:
    camera = rig(heading_deg=heading, pitch_deg=pitch)
    camera.allow_underground = True
    origin, direction = camera.ray(*at)
    pivot = origin + 250.0 * direction
    camera.orbit(turn, 4.0, pivot)
    x, y, depth = camera.project(pivot)[0]
    assert (x, y) == pytest.approx(at, abs=1e-6)
    assert depth > 0


@given(heading=headings, pitch=st.floats(5.0, 85.0), at=pixels, factor=st.floats(0.5, 3.0))
def test_zoom_keeps_the_point_under_the_cursor(
    heading: float, pitch: float, at: tuple[float, float], factor: float
) -> None:
    camera = rig(heading_deg=heading, pitch_deg=pitch)
    camera.allow_underground = True
    origin, direction = camera.ray(*at)
    point = origin + 250.0 * direction
    camera.zoom_to(*at, factor, point)
    x, y, _ = camera.project(point)[0]
    assert (x, y) == pytest.approx(at, abs=1e-5)
    assert np.linalg.norm(point - camera.position) == pytest.approx(250.0 / factor)


def test_zooming_never_passes_through_what_is_looked_at() -> None:
    camera = rig()
    for _ in range(200):
        camera.zoom(1.5)
    assert camera.pose.distance_m >= 1.0
    for _ in range(200):
        camera.zoom(0.5)
    assert np.linalg.norm(camera.position) < 200_000


def test_tilting_stops_straight_down_and_above_the_horizon() -> None:
    camera = rig()
    camera.orbit(0.0, 500.0)
    assert camera.pitch_deg == 90.0
    assert camera.project(camera.target)[0, :2] == pytest.approx((800.0, 450.0))
    camera.orbit(0.0, -500.0)
    assert -90.0 < camera.pitch_deg < 0.0


def test_straight_down_keeps_its_heading() -> None:
    camera = rig(heading_deg=70.0, pitch_deg=90.0)
    assert pose_of(camera.pose).heading_deg == 70.0
    assert np.linalg.norm(np.cross(camera.pose.right, camera.pose.up)) == pytest.approx(1.0)
    camera.top()
    assert camera.heading_deg == 0.0


@given(
    heading=headings,
    steps=st.lists(
        st.tuples(st.sampled_from(["orbit", "pan", "zoom", "fly"]), st.floats(-1.0, 1.0)),
        max_size=12,
    ),
)
def test_no_movement_dives_under_the_ground(heading: float, steps: list[tuple[str, float]]) -> None:
    camera = rig(heading_deg=heading, distance_m=300.0)
    camera.ground = slope()
    camera.fly(0.0, 0.0, 500.0)
    for name, amount in steps:
        if name == "orbit":
            camera.orbit(90.0 * amount, -80.0 * amount)
        elif name == "pan":
            camera.pan(800.0 * amount, 800.0 * amount)
        elif name == "zoom":
            camera.zoom(4.0**amount)
        else:
            camera.fly(600.0 * amount, 0.0, -600.0 * amount)
    ground = camera.ground.height_m(camera.position[None, :2])[0]
    assert camera.position[2] >= ground + CLEARANCE_M - 1e-6


def test_underground_is_allowed_when_asked_for() -> None:
    camera = rig()
    camera.fly(0.0, 0.0, -5000.0)
    assert camera.position[2] == pytest.approx(CLEARANCE_M)
    camera.allow_underground = True
    camera.fly(0.0, 0.0, -100.0)
    assert camera.position[2] < -50.0


def test_walking_follows_the_ground_at_eye_height() -> None:
    camera = rig(heading_deg=0.0)
    camera.ground = slope()
    camera.look(camera.street_pose([0.0, -500.0], 0.0))
    start = camera.position
    camera.walk(100.0, 0.0)
    assert camera.position[1] - start[1] == pytest.approx(100.0)
    assert camera.position[2] == pytest.approx(120.0 + EYE_M, abs=1e-3)
    camera.walk(0.0, 50.0)
    assert camera.position[0] == pytest.approx(50.0, abs=1e-6)


def test_looking_around_keeps_the_place() -> None:
    camera = rig()
    before = camera.position
    camera.turn(40.0, -10.0)
    assert camera.position == pytest.approx(before)
    assert camera.heading_deg == pytest.approx(70.0)


def test_home_shows_the_whole_scene_and_fills_the_picture() -> None:
    camera = rig()
    camera.home()
    low, high = np.array(camera.bounds[:3]), np.array(camera.bounds[3:])
    pick = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
    px = camera.project(np.where(pick, high, low))
    assert (px[:, 2] > 0).all()
    assert px[:, 0].min() >= 0
    assert px[:, 0].max() <= SIZE[0]
    assert px[:, 1].min() >= 0
    assert px[:, 1].max() <= SIZE[1]
    spans = np.ptp(px[:, 0]) / SIZE[0], np.ptp(px[:, 1]) / SIZE[1]
    assert max(spans) > 0.85


def test_north_and_top() -> None:
    camera = rig()
    camera.north()
    assert camera.heading_deg == 0.0
    camera.top()
    assert camera.pose.forward == pytest.approx([0.0, 0.0, -1.0], abs=1e-9)


def test_a_saved_view_is_seen_again() -> None:
    camera = rig()
    view = View(
        id="a",
        title={},
        position=camera.pose.position,
        target=camera.pose.target,
        field_of_view_deg=camera.fov_deg,
    )
    pose = pose_of(view)
    assert pose.heading_deg == pytest.approx(30.0)
    assert pose.pitch_deg == pytest.approx(35.0)
    assert pose.distance_m == pytest.approx(900.0)


@given(heading=headings, pitch=pitches)
def test_near_and_far_hold_the_scene(heading: float, pitch: float) -> None:
    camera = rig(heading_deg=heading, pitch_deg=pitch, distance_m=6000.0)
    near, far = camera.clipping()
    low, high = np.array(camera.bounds[:3]), np.array(camera.bounds[3:])
    pick = np.array([[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(8)])
    depth = camera.project(np.where(pick, high, low))[:, 2]
    assert depth.max() <= far
    assert 0 < near < far
    if (camera.position > high).any() or (camera.position < low).any():
        outside = np.linalg.norm(
            np.maximum(np.maximum(low - camera.position, camera.position - high), 0)
        )
        assert near <= max(outside, 1.0)


@given(heading=headings, pitch=st.floats(0.0, 90.0))
def test_what_is_in_the_picture_is_never_culled(heading: float, pitch: float) -> None:
    camera = rig(heading_deg=heading, pitch_deg=pitch)
    rng = np.random.default_rng(7)
    low = rng.uniform(-2000, 2000, (60, 3))
    boxes = np.concatenate([low, low + rng.uniform(1, 200, (60, 3))], axis=1)
    inside = boxes[:, :3] + 0.5 * (boxes[:, 3:] - boxes[:, :3])
    px = camera.project(inside)
    seen = (px[:, 2] > 0) & (px[:, 0] > 0) & (px[:, 0] < SIZE[0])
    seen &= (px[:, 1] > 0) & (px[:, 1] < SIZE[1])
    assert camera.sees(boxes)[seen].all()


def test_what_lies_behind_or_beside_is_culled() -> None:
    camera = rig(heading_deg=0.0, pitch_deg=0.0)
    behind = [0.0, -1500.0, 0.0, 20.0, -1400.0, 10.0]
    beside = [3000.0, 20.0, 0.0, 3010.0, 30.0, 10.0]
    ahead = [0.0, 500.0, 0.0, 20.0, 520.0, 10.0]
    assert camera.sees(np.array([behind, beside, ahead])).tolist() == [False, False, True]


def test_ground_under_a_pixel_lies_on_the_ground_and_at_that_pixel() -> None:
    camera = rig(heading_deg=200.0)
    camera.ground = slope()
    camera.fly(0.0, 0.0, 800.0)
    point = camera.ground_under(400.0, 700.0)
    assert point is not None
    assert point[2] == pytest.approx(camera.ground.height_m(point[None, :2])[0], abs=0.01)
    assert camera.project(point)[0, :2] == pytest.approx((400.0, 700.0), abs=0.1)


def test_above_the_horizon_there_is_no_ground() -> None:
    camera = rig(pitch_deg=0.0)
    assert camera.ground_under(800.0, 100.0) is None
    up = np.array([0.0, 0.0, 1.0])
    assert ray_to_ground(FlatGround(), np.array([0.0, 0.0, 5.0]), up, 1000.0) is None


def test_a_flight_starts_and_ends_where_it_should_and_turns_the_short_way() -> None:
    camera = rig(heading_deg=350.0)
    end = Pose(target=(900.0, -400.0, 10.0), heading_deg=20.0, pitch_deg=10.0, distance_m=120.0)
    flight = camera.fly_to(end, 1.0)
    headings_seen = []
    more = True
    while more:
        more = flight.advance(0.05)
        headings_seen.append((camera.heading_deg + 180.0) % 360.0 - 180.0)
    assert camera.pose == end
    assert flight.done
    assert min(headings_seen) >= -10.0 - 1e-6
    assert max(headings_seen) <= 20.0 + 1e-6


def test_a_long_flight_rises_so_that_the_city_stays_in_sight() -> None:
    camera = rig(distance_m=100.0)
    far = Pose(target=(1900.0, 1400.0, 5.0), heading_deg=30.0, pitch_deg=35.0, distance_m=100.0)
    flight = camera.fly_to(far, 1.0)
    highest = 0.0
    while flight.advance(0.02):
        highest = max(highest, camera.pose.distance_m)
    assert highest > 200.0


def test_flying_to_a_box_shows_it() -> None:
    camera = rig()
    box = (300.0, 400.0, 0.0, 360.0, 430.0, 25.0)
    camera.fly_to(box, 0.5).advance(1.0)
    px = camera.project([[300, 400, 0], [360, 430, 25], [360, 400, 0], [300, 430, 25]])
    assert (px[:, 0] > 0).all()
    assert (px[:, 0] < SIZE[0]).all()
    assert (px[:, 1] > 0).all()
    assert (px[:, 1] < SIZE[1]).all()
