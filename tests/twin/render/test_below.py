"""What lies wholly below the ground costs nothing while the ground hides it, and is there as soon as it does not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.twin.render.boxes import BLUE, colours, plane, put, share
from twin.drawables import Lines, Role
from twin.render.camera import Pose
from twin.render.stage import Stage

pytestmark = pytest.mark.render


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=(240, 160))
    made.camera.pose = Pose(target=(0, 0, 5), heading_deg=0, pitch_deg=35, distance_m=140)
    yield made
    made.close()


def pipe(*xyz: tuple[float, float, float]) -> Lines:
    return Lines(
        xyz_in_scene=np.array(xyz, np.float32),
        offsets=np.array([0, len(xyz)], np.int32),
        row_of_line=np.zeros(1, np.int32),
        radius_m=2.0,
        role=Role.UNDERGROUND,
    )


def drawn(stage: Stage) -> int:
    stage.render()
    return stage._canvas.drawn


def test_what_the_ground_hides_is_not_drawn(stage: Stage) -> None:
    put(stage, "pipe", pipe((-60, 0, -6), (60, 0, -6)), rgba=colours(BLUE))
    alone = drawn(stage)
    assert alone > 0
    put(stage, "ground", plane())
    both = drawn(stage)
    stage.remove_layer("pipe")
    assert both == drawn(stage)


@pytest.mark.parametrize("how", ["hidden", "translucent", "open", "x-ray", "dive"])
def test_it_is_there_where_the_ground_can_be_looked_through(stage: Stage, how: str) -> None:
    put(stage, "ground", plane())
    put(stage, "pipe", pipe((-60, 0, -6), (60, 0, -6)), rgba=colours(BLUE))
    before = drawn(stage)
    assert share(stage.image(), "blue") == 0.0
    if how == "hidden":
        stage.set_visible("ground", False)
    elif how == "translucent":
        stage.set_opacity("ground", 0.3)
    elif how == "open":
        stage.set_cut(np.array([[0.0, 1.0, 0.0, 0.0]]))  # all before y = 0
    elif how == "x-ray":
        stage.set_xray(True)
    else:
        stage.camera.allow_underground = True
    stage.upload(float("inf"))
    after = drawn(stage)
    stage.remove_layer("pipe")
    assert after > drawn(stage)
    stage.set_cut(None)
    stage.set_xray(False)
    stage.camera.allow_underground = False
    stage.set_visible("ground", True)
    stage.set_opacity("ground", 1.0)
    assert drawn(stage) <= before


@pytest.mark.parametrize(
    "xyz",
    [
        [(-60.0, 0.0, -6.0), (60.0, 0.0, -1.5)],  # its top comes out of the ground
        [(-60.0, 0.0, -6.0), (9_000.0, 0.0, -6.0)],  # beyond the edge of the ground
    ],
)
def test_what_comes_out_of_the_ground_is_drawn(
    stage: Stage, xyz: list[tuple[float, float, float]]
) -> None:
    put(stage, "ground", plane())
    without = drawn(stage)
    put(stage, "pipe", pipe(*xyz), rgba=colours(BLUE))
    assert drawn(stage) > without
