"""What the last frame hid is left out while the picture moves, and nothing that can be seen."""

from __future__ import annotations

import numpy as np
import pytest

from twin.drawables import Mesh
from twin.render.camera import Pose
from twin.render.curtain import farthest
from twin.render.stage import Stage

pytestmark = pytest.mark.render

TRIANGLES = np.array(
    [[0, 1, 5], [0, 5, 4], [1, 2, 6], [1, 6, 5], [2, 3, 7], [2, 7, 6], [3, 0, 4], [3, 4, 7], [4, 5, 6], [4, 6, 7]],
    np.int32,
)  # fmt: skip


def block(x: float, y: float, half: tuple[float, float], high: float) -> np.ndarray:
    ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32) * half + (x, y)
    return np.vstack([np.column_stack([ring, np.full(4, z)]) for z in (0.0, high)]).astype(
        np.float32
    )


@pytest.fixture
def stage():
    """A high wall before a field of many small houses."""
    made = Stage(size=(320, 200))
    made.set_quality("moving")
    houses = [block(x, y, (4, 4), 6) for x in range(-200, 201, 20) for y in range(100, 1500, 20)]
    for name, blocks in (("wall", [block(0, 40, (400, 2), 60)]), ("houses", houses)):
        mesh = Mesh(
            xyz_in_scene=np.vstack(blocks),
            triangles=np.vstack([TRIANGLES + 8 * k for k in range(len(blocks))]),
            row_of_vertex=np.repeat(np.arange(len(blocks), dtype=np.int32), 8),
            closed=True,
        )
        rgba = np.tile(np.array([[200, 80, 60, 255]], np.uint8), (len(blocks), 1))
        made.set_layer(name, [mesh], rgba=rgba, rows_visible=np.ones(len(blocks), bool))
    made.upload(float("inf"))
    yield made
    made.close()


def in_the_street(stage: Stage) -> None:
    stage.camera.pose = Pose(target=(0, 40, 8), heading_deg=0, pitch_deg=2, distance_m=40)


def test_what_stands_behind_a_wall_is_not_drawn_while_it_moves(stage: Stage) -> None:
    in_the_street(stage)
    stage.render()
    whole, drawn = stage.image(), stage._canvas.drawn
    stage.render()
    assert stage._canvas.drawn < 0.4 * drawn  # what reaches out of the picture stays
    assert np.array_equal(stage.image(), whole)


def test_a_picture_that_rests_is_drawn_whole(stage: Stage) -> None:
    in_the_street(stage)
    stage.render()
    drawn = stage._canvas.drawn
    stage.render()
    stage.set_quality("still")
    stage.render()
    assert stage._canvas.drawn >= drawn


def test_after_a_jump_nothing_is_taken_to_be_hidden(stage: Stage) -> None:
    in_the_street(stage)
    stage.render()
    stage.render()
    stage.camera.pose = Pose(target=(0, 400, 0), heading_deg=0, pitch_deg=45, distance_m=700)
    stage.render()
    over_the_roofs = stage.image()
    stage.set_quality("still")
    stage.set_quality("moving")
    stage.render()
    assert np.array_equal(stage.image(), over_the_roofs)


def test_where_little_is_hidden_it_is_not_looked_for_at_each_frame(stage: Stage) -> None:
    stage.camera.pose = Pose(target=(0, 400, 0), heading_deg=0, pitch_deg=60, distance_m=900)
    for _ in range(3):
        stage.render()
    assert stage._canvas._curtain is not None
    assert stage._canvas._curtain._pause > 0


def test_a_cell_knows_the_farthest_of_its_depths() -> None:
    depth = np.zeros((6, 9), np.float32)
    depth[5, 8] = 1.0
    assert farthest(depth).tolist() == [[0, 0, 0], [0, 0, 1]]
