"""A project put into a photograph, through the window: points clicked in both, masked, written."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from tests.ui.planner.conftest import X, Y
from tests.ui.planner.hands import look_down, panel, pixel, settle, sketch
from twin.analysis.photo import Camera
from twin.export.insertion import drawn, turned
from twin.render.pose import pose_from
from ui.planner.photo_window import PhotoWindow

LEFT = Qt.MouseButton.LeftButton
SIZE = (600, 400)
TRUE = Camera(
    position=(70.0, -170.0, 14.0),
    heading_deg=2.0,
    pitch_deg=3.0,
    roll_deg=4.0,
    focal_px=430.0,
    size_px=SIZE,
)
CORNERS = [
    (0.0, 0.0, 0.0), (0.0, 0.0, 9.0), (60.0, 0.0, 9.0), (100.0, 0.0, 0.0), (140.0, 0.0, 9.0),
    (120.0, 15.0, 9.0), (40.0, 15.0, 9.0), (180.0, 0.0, 0.0), (180.0, 0.0, 9.0),
]  # fmt: skip


@pytest.fixture
def opened(window, qtbot, tmp_path):
    """A photograph of the estate as it is, taken with a slanting camera; and a variant with a block before it."""
    view = window.viewport
    shot = PhotoWindow(window)
    qtbot.addWidget(shot)
    photo = turned(TRUE, drawn(TRUE, shot._draw))
    Image.fromarray(photo).save(tmp_path / "street.png")
    look_down(window)
    desk = panel(window, "plans")
    desk.add_phase()
    desk.add_variant()
    sketch(window, qtbot, [(60, -60), (100, -60), (100, -40), (60, -40)], 5)
    window.session.clock.set(window.session.project.phases[0].start)
    settle(window, qtbot)
    view.stage.upload(math.inf)
    shot.show()
    shot.take_photo(tmp_path / "street.png")
    qtbot.waitUntil(lambda: shot.photo is not None, timeout=20_000)
    return shot


def look_from_the_south(window) -> None:
    """Eaves and feet of the front walls are apart."""
    window.viewport.pilot.fly(pose_from((100.0, -230.0, 170.0), (100.0, 0.0, 0.0), 45.0))
    window.viewport.frames.finish()


def pair(window, shot: PhotoWindow, qtbot, xyz: tuple[float, float, float]) -> None:
    """Click a corner in the photograph and then in the scene, where it is caught."""
    x, y, _ = TRUE.project(np.array([xyz]))[0]
    qtbot.mouseClick(shot.view, LEFT, pos=shot.view.widget_px(x, y).toPoint())
    assert window.viewport.tool is not None
    qtbot.mouseClick(window.viewport, LEFT, pos=pixel(window, *xyz))


def test_a_project_is_put_into_a_photograph(window, opened, qtbot, tmp_path) -> None:
    shot = opened
    look_from_the_south(window)
    for corner in CORNERS:
        pair(window, shot, qtbot, corner)
    np.testing.assert_allclose([p.xyz for p in shot.pairs], CORNERS, atol=0.01)
    qtbot.waitUntil(
        lambda: shot.found is not None and len(shot.found.off_px) == len(CORNERS), timeout=30_000
    )
    camera = shot.found.camera
    assert shot.found.good
    # Clicks are to the pixel of the widget.
    away = np.linalg.norm(np.array(camera.position) - TRUE.position)
    assert away < 3 * shot.found.unsure_m
    assert camera.roll_deg == pytest.approx(4.0, abs=0.5)
    qtbot.mouseClick(shot.put_in, LEFT)
    qtbot.waitUntil(lambda: shot.after is not None, timeout=60_000)
    changed = (shot.after.astype(int) != shot.photo).any(axis=2)
    # The block before the houses, and nothing else: its corners as the camera sees them.
    seen = TRUE.project(
        np.array([[x, y, z] for x in (60, 100) for y in (-60, -40) for z in (0, 15)])
    )
    low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    rows, columns = np.nonzero(changed)
    np.testing.assert_allclose([columns.min(), rows.min()], low, atol=6.0)
    np.testing.assert_allclose([columns.max(), rows.max()], high, atol=6.0)
    # What a mask surrounds stays as it was photographed.
    qtbot.mouseClick(shot.mask, LEFT)
    middle = (low + high) / 2
    for x, y in (
        (low[0] - 9, low[1] - 9),
        (middle[0], low[1] - 9),
        (middle[0], high[1] + 9),
        (low[0] - 9, high[1] + 9),
    ):
        qtbot.mouseClick(shot.view, LEFT, pos=shot.view.widget_px(x, y).toPoint())
    before = shot.after
    qtbot.keyClick(shot.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shot.after is not before, timeout=60_000)
    masked = (shot.after.astype(int) != shot.photo).any(axis=2)
    assert not masked[:, : int(middle[0]) - 3].any()
    assert masked[:, int(middle[0]) + 3 :].any()
    shot.export(tmp_path / "permit.png")
    settle(window, qtbot)
    np.testing.assert_array_equal(
        np.asarray(Image.open(tmp_path / "permit-before.png")), shot.photo
    )
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "permit-after.png")), shot.after)
    told = json.loads((tmp_path / "permit.json").read_text(encoding="utf-8"))
    assert told["position_in_crs"] == pytest.approx([X + 70, Y - 170, 14.0], abs=40.0)
    assert told["variant"] == "variant-1"


def test_too_few_points_give_no_camera(window, opened, qtbot) -> None:
    for corner in CORNERS[:3]:
        pair(window, opened, qtbot, corner)
    settle(window, qtbot)
    assert opened.found is None
    assert not opened.put_in.isEnabled()
    qtbot.mouseClick(opened.less, LEFT)
    assert len(opened.pairs) == 2


def test_a_file_that_is_no_picture_is_named(window, opened, qtbot, tmp_path, monkeypatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(window, "tell", lambda problem: told.append(problem.key))
    (tmp_path / "x.jpg").write_bytes(b"no picture")
    opened.take_photo(tmp_path / "x.jpg")
    qtbot.waitUntil(lambda: told == ["photo.cannot_read"], timeout=20_000)
