"""Cameras found again from what they see."""

from __future__ import annotations

import numpy as np
import pytest

from twin.analysis.photo import Camera, match
from twin.errors import BelvedereError
from twin.progress import Unattended
from twin.render.camera import CameraRig
from twin.render.pose import pose_from

SIZE = (1200, 800)
HOUSES = np.array(
    [[0, 0, 0], [20, 0, 9], [20, 15, 9], [0, 15, 12], [45, 5, 6], [60, 20, 14], [-15, 30, 3]],
    np.float64,
)


def camera(**other: float) -> Camera:
    told = {"heading_deg": 20.0, "pitch_deg": 4.0, "roll_deg": 0.0, "focal_px": 1100.0, **other}
    return Camera(position=(0.0, -70.0, 6.0), size_px=SIZE, **told)


def test_it_projects_as_the_camera_of_the_scene_does() -> None:
    one = camera()
    rig = CameraRig(SIZE)
    target = np.array(one.position) + 30.0 * one.axes()[2]
    rig.pose = pose_from(one.position, target, one.field_of_view_deg)
    np.testing.assert_allclose(one.project(HOUSES)[:, :2], rig.project(HOUSES)[:, :2], atol=1e-6)
    rays = one.rays(one.project(HOUSES)[:, :2])
    away = HOUSES - np.array(one.position)
    np.testing.assert_allclose(rays, away / np.linalg.norm(away, axis=1, keepdims=True), atol=1e-9)


@pytest.mark.parametrize(
    "other",
    [{}, {"roll_deg": 6.0}, {"heading_deg": 350.0, "pitch_deg": -3.0}, {"focal_px": 700.0}],
)
def test_a_camera_is_found_again_from_seven_points(other: dict[str, float]) -> None:
    true = camera(**other)
    found = match(HOUSES, true.project(HOUSES)[:, :2], SIZE, Unattended())
    assert found.good
    assert found.off_px.max() < 0.05
    np.testing.assert_allclose(found.camera.position, true.position, atol=0.05)
    assert found.camera.focal_px == pytest.approx(true.focal_px, rel=1e-3)
    assert found.camera.roll_deg == pytest.approx(true.roll_deg, abs=0.02)


def test_clicks_that_are_a_pixel_off_move_the_camera_by_little() -> None:
    true = camera(roll_deg=2.0)
    noise = np.random.default_rng(7).normal(0.0, 1.0, (len(HOUSES), 2))
    found = match(HOUSES, true.project(HOUSES)[:, :2] + noise, SIZE, Unattended())
    assert found.good
    assert np.linalg.norm(np.array(found.camera.position) - true.position) < 3.0


def test_points_on_one_line_agree_but_tell_no_place() -> None:
    line = np.array([[x, 0.0, 9.0] for x in (0, 20, 60, 100, 120)] + [[80.0, 6.0, 9.0]])
    seen = Camera(position=(70.0, -170.0, 14.0), heading_deg=2.0, pitch_deg=3.0, roll_deg=0.0,
                  focal_px=1040.0, size_px=SIZE).project(line)[:, :2]  # fmt: skip
    found = match(line, seen, SIZE, Unattended())
    assert found.off_px.max() < 0.01 * SIZE[0]
    assert found.unsure_m > 0.15 * found.away_m
    assert not found.good


def test_too_few_points_and_contradictions_are_named() -> None:
    seen = camera().project(HOUSES)[:, :2]
    with pytest.raises(BelvedereError, match="too_few"):
        match(HOUSES[:3], seen[:3], SIZE, Unattended())
    assert not judged(seen[::-1].copy())


def judged(px: np.ndarray) -> bool:
    """Whether points are taken for a match."""
    try:
        return match(HOUSES, px, SIZE, Unattended()).good
    except BelvedereError:
        return False
