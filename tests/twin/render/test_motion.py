"""Flows ask for frames only while they can be seen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from twin.drawables import Lines, Mesh, Role
from twin.render.camera import Pose
from twin.render.stage import Stage

pytestmark = pytest.mark.render

ROW = np.ones(1, dtype=bool)
WHITE = np.full((1, 4), 255, np.uint8)


def pipe(role: Role) -> Lines:
    return Lines(
        xyz_in_scene=np.array([[-50, 0, -2], [50, 0, -2]], np.float32),
        offsets=np.array([0, 2], np.int32),
        row_of_line=np.zeros(1, np.int32),
        radius_m=1.0,
        flow_column="speed",
        role=role,
    )


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=(160, 100))
    made.camera.pose = Pose(target=(0, 0, 0), heading_deg=0, pitch_deg=45, distance_m=200)
    yield made
    made.close()


def show(stage: Stage, role: Role, speed: float = 1.0) -> None:
    columns = {"speed": np.array([speed])}
    stage.set_layer("pipe", [pipe(role)], rgba=WHITE, rows_visible=ROW, columns_now=columns)
    while stage.upload(float("inf")):
        pass


def cover(stage: Stage) -> None:
    corners = np.array([[-90, -90, 0], [90, -90, 0], [90, 90, 0], [-90, 90, 0]], np.float32)
    triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    ground = Mesh(xyz_in_scene=corners, triangles=triangles, styled=False, role=Role.GROUND)
    stage.set_layer("ground", [ground], rgba=WHITE[:0], rows_visible=ROW[:0])
    while stage.upload(float("inf")):
        pass


def test_what_flows_in_sight_needs_frames(stage: Stage) -> None:
    show(stage, Role.SOLID)
    assert stage.advance(0.1)


def test_what_stands_still_or_is_hidden_or_out_of_sight_does_not(stage: Stage) -> None:
    show(stage, Role.SOLID, speed=0.0)
    assert not stage.advance(0.1)
    stage.set_columns("pipe", {"speed": np.array([-2.0])})
    assert stage.advance(0.1)
    stage.set_visible("pipe", False)
    assert not stage.advance(0.1)
    stage.set_visible("pipe", True)
    stage.camera.pose = Pose(target=(0, 900, 0), heading_deg=0, pitch_deg=20, distance_m=200)
    assert not stage.advance(0.1)


def test_what_flows_under_the_ground_moves_only_in_xray(stage: Stage) -> None:
    show(stage, Role.UNDERGROUND)
    assert stage.advance(0.1)
    cover(stage)
    assert not stage.advance(0.1)
    stage.set_xray(True)
    assert stage.advance(0.1)


def test_arrows_move_along_the_line(stage: Stage) -> None:
    show(stage, Role.SOLID)
    stage.render()
    before = stage.image().astype(int)
    stage.render()
    assert (stage.image() == before).all()
    stage.advance(0.7)
    stage.render()
    assert np.abs(stage.image() - before).max() > 20
