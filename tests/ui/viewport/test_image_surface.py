"""The picture of the scene in the window: coarse while it moves, its labels sharp all the time."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from tests.twin.render.block_text import BlockText
from twin.drawables import Labels
from twin.render.camera import Pose
from twin.render.stage import Stage
from ui.viewport.frames import Step
from ui.viewport.image_surface import ImageSurface

pytestmark = pytest.mark.render


@pytest.fixture
def surface(qapp):
    host = QWidget()
    host.resize(640, 400)
    made = ImageSurface(lambda size: Stage(size=size, text=BlockText()), host)
    made.resize(640, 400)
    place = np.array([[0, 0, 5]], np.float32)
    label = Labels(xyz_in_scene=place, texts=({"en": "Town hall"},), rank=np.zeros(1, np.int32))
    made.stage.set_layer(
        "names", [label], rgba=np.zeros((0, 4), np.uint8), rows_visible=np.zeros(0, bool)
    )
    made.stage.upload(float("inf"))
    made.stage.camera.pose = Pose(target=(0, 0, 5), heading_deg=0, pitch_deg=40, distance_m=200)
    yield made
    made.close()
    host.deleteLater()


def drawn(surface: ImageSurface, step: Step) -> np.ndarray:
    surface.prepare(step)
    surface.draw(step)
    image = surface.grab().toImage()
    image = image.convertToFormat(image.Format.Format_RGB888)
    return np.array(image.constBits()).reshape(image.height(), image.bytesPerLine())[:, : 3 * 640]


def test_labels_stay_where_they_are_and_as_sharp_in_a_coarse_picture(surface) -> None:
    fine = drawn(surface, Step.FINE)
    (label,) = surface.stage.placed
    for _ in range(3):
        surface.note_coarse(1000.0)
    coarse = drawn(surface, Step.COARSE)
    assert surface.stage.size == (320, 200)
    (again,) = surface.stage.placed
    assert (again.left, again.top) == (label.left, label.top)
    assert again.image.width == label.image.width
    # Its ink ends at the same pixel: two pixels beyond are sky in both.
    left, top, right = label.left - 2, label.top - 2, label.left + label.image.width + 2
    box = np.s_[top : label.top + label.image.height + 2, 3 * left : 3 * right]
    ink = fine[box] < 80
    assert 0.5 < ink.mean() < 0.95
    assert np.array_equal(ink, coarse[box] < 80)


def test_a_label_of_a_coarse_picture_is_found_under_the_pointer(surface) -> None:
    for _ in range(3):
        surface.note_coarse(1000.0)
    drawn(surface, Step.COARSE)
    (label,) = surface.stage.placed
    middle = (label.left + label.image.width / 2, label.top + label.image.height / 2)
    from PySide6.QtCore import QPointF

    x_px, y_px = surface.stage_px(QPointF(*middle))
    assert surface.stage._lettering.at(x_px, y_px) is label


def test_other_tiles_fade_in_while_the_view_rests(surface, qtbot) -> None:
    surface.show()
    before = drawn(surface, Step.FINE)
    surface.stage.set_sun(150.0, -30.0)  # another picture of the same view
    surface.stage.levels_changed = True
    during = drawn(surface, Step.FINE)
    qtbot.waitUntil(lambda: surface._fade.opacity == 0.0)
    after = drawn(surface, Step.FINE)
    sky = np.s_[5, 900]
    assert int(after[sky]) + 20 < int(during[sky]) <= int(before[sky])


def test_a_view_that_moves_shows_other_tiles_at_once(surface) -> None:
    drawn(surface, Step.COARSE)
    surface.stage.camera.orbit(5.0, 0.0)
    surface.stage.levels_changed = True
    drawn(surface, Step.COARSE)
    assert surface._fade.opacity == 0.0
