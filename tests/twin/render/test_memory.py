"""The scene counts what it takes of the memory and keeps within what it may take."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.twin.render.boxes import RED, boxes, colours, finish, put, share
from twin.drawables import Mesh
from twin.render.camera import Pose
from twin.render.stage import Stage

pytestmark = pytest.mark.render


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=(160, 100))
    yield made
    made.close()


def town(x: float) -> Mesh:
    return boxes([(x + 30.0 * (i % 40), 30.0 * (i // 40)) for i in range(1600)], 5.0)


def look_at(stage: Stage, x: float) -> None:
    stage.camera.pose = Pose(target=(x + 600, 600, 0), heading_deg=0, pitch_deg=89, distance_m=1500)


def test_what_is_uploaded_and_the_pictures_are_counted(stage: Stage) -> None:
    assert stage.memory.used_bytes == 0
    mesh = town(0.0)
    look_at(stage, 0.0)
    put(stage, "town", mesh, rgba=np.tile(colours(RED), (1600, 1)))
    stage.render()
    memory = stage.memory
    assert memory.geometry_bytes >= mesh.xyz_in_scene.nbytes + mesh.triangles.nbytes
    assert memory.array_bytes >= mesh.xyz_in_scene.nbytes
    assert memory.texture_bytes == 0
    picture = np.zeros((64, 32, 3), np.uint8)
    corners = np.array([[0, 0, 0], [9, 0, 0], [9, 9, 0]], np.float32)
    sign = Mesh(
        xyz_in_scene=corners,
        triangles=np.array([[0, 1, 2]], np.int32),
        uv=np.zeros((3, 2), np.float32),
        texture=picture,
        styled=False,
    )
    put(stage, "sign", sign)
    assert stage.memory.texture_bytes == picture.nbytes * 4 // 3
    put(stage, "sign", boxes([(0.0, 0.0)]), rgba=colours(RED))
    assert stage.memory.texture_bytes == 0
    stage.remove_layer("town")
    stage.remove_layer("sign")
    assert stage.memory.used_bytes == 0


def test_what_is_out_of_sight_gives_way_and_comes_back(stage: Stage) -> None:
    reds = np.tile(colours(RED), (1600, 1))
    look_at(stage, 0.0)
    put(stage, "west", town(0.0), rgba=reds)
    put(stage, "east", town(90_000.0), rgba=reds)
    stage.render()
    west = stage.memory
    assert share(stage.image(), "red") > 0.02
    look_at(stage, 90_000.0)
    finish(stage)
    stage.render()
    both = stage.memory
    assert both.geometry_bytes > 1.5 * west.geometry_bytes
    assert both.array_bytes == west.array_bytes
    budget = both.used_bytes - west.geometry_bytes // 2
    stage.set_memory_budget(budget)
    assert stage.memory.used_bytes <= budget
    assert stage.memory.budget_bytes == budget
    stage.render()
    assert share(stage.image(), "red") > 0.02  # what is in sight stayed
    look_at(stage, 0.0)
    finish(stage)
    stage.render()
    assert share(stage.image(), "red") > 0.02  # and what went is there again
    stage.render()
    stage.upload(0.0)
    assert stage.memory.used_bytes <= budget


def test_the_budget_is_a_share_of_the_machine_unless_it_is_set(stage: Stage) -> None:
    whole = stage.memory.budget_bytes
    assert whole > 100_000_000
    stage.set_memory_budget(1 << 30)
    assert stage.memory.budget_bytes == 1 << 30
    stage.set_memory_budget(None)
    assert stage.memory.budget_bytes == whole
