"""A picture that is drawn part by part is the picture that is drawn at once."""

from __future__ import annotations

import numpy as np
import pytest

from twin.drawables import Labels, Lines, Mesh, Points, Role
from twin.render.part import cells
from twin.render.stage import Stage


def test_parts_cover_a_picture_once() -> None:
    for size, most in (
        ((100, 60), 32),
        ((2048, 2048), 2048),
        ((16_384, 11_585), 2048),
        ((7, 5), 3),
    ):
        seen = np.zeros((size[1], size[0]), np.uint8) if size[0] < 5000 else None
        area = 0
        for cell in cells(size, most):
            assert max(cell.width, cell.height) <= most
            area += cell.width * cell.height
            if seen is not None:
                seen[cell.top : cell.top + cell.height, cell.left : cell.left + cell.width] += 1
            assert cell.part.share == (cell.width / size[0], cell.height / size[1])
        assert area == size[0] * size[1]
        assert seen is None or (seen == 1).all()


@pytest.mark.render
def test_a_picture_of_parts_is_the_whole_picture() -> None:
    stage = Stage(size=(360, 240))
    try:
        fill(stage)
        stage.set_quality("best")
        stage.render()
        whole = stage.image().copy()
        parts = stage.large_image((360, 240), part_px=100, frames=8)
        assert parts.shape == whole.shape
        off = np.abs(parts.astype(int) - whole.astype(int)).max(axis=2)
        assert (off > 12).mean() < 0.01, f"{(off > 12).mean():.3f} of the pixels differ"
        assert stage.size == (360, 240)
        stage.render()
        np.testing.assert_allclose(stage.image().astype(int), whole.astype(int), atol=3)
    finally:
        stage.close()


def fill(stage: Stage) -> None:
    """A roof, a road and a few points on a plain."""
    box = np.array([[x, y, z] for x in (-20, 20) for y in (-15, 15) for z in (0, 18)], np.float32)
    faces = np.array(
        [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [1, 5, 7], [1, 7, 3]],
        np.int32,
    )  # fmt: skip
    plain = np.array([[-80, -80, 0], [80, -80, 0], [80, 80, 0], [-80, 80, 0]], np.float32)
    drawables = [
        Mesh(xyz_in_scene=plain, triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32), role=Role.GROUND),
        Mesh(xyz_in_scene=box, triangles=faces, rgba=(0.8, 0.4, 0.3, 1.0)),
        Lines(
            xyz_in_scene=np.array([[-60, -40, 0.3], [60, -30, 0.3]], np.float32),
            offsets=np.array([0, 2], np.int32),
            width_px=4.0,
        ),
        Points(xyz_in_scene=np.array([[30, -30, 2], [-40, 30, 3]], np.float32), size_px=10.0),
        Labels(
            xyz_in_scene=np.array([[0, 0, 22]], np.float32), texts=({"en": "x"},), rank=np.zeros(1, np.int32)
        ),
    ]  # fmt: skip
    stage.set_layer("a", drawables, rgba=np.zeros((0, 4), np.uint8), rows_visible=np.zeros(0, bool))
    stage.camera.home((-70.0, -70.0, 0.0, 70.0, 70.0, 20.0))
