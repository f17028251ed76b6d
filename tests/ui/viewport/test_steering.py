from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from tests.ui.viewport.steering import BlindSurface
from twin.render.camera import EYE_M
from ui.viewport.keys import KeyInput
from ui.viewport.mouse import MouseInput
from ui.viewport.pilot import Pilot

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def surface(qtbot):
    made = BlindSurface()
    qtbot.addWidget(made.widget)
    return made


@pytest.fixture
def pilot(surface):
    made = Pilot(surface)
    made.set_animated(on=False)
    return made


@pytest.fixture
def camera(surface):
    return surface.stage.camera


def mouse(kind, at, button=LEFT, modifiers=PLAIN) -> QMouseEvent:
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else button
    point = QPointF(*at)
    return QMouseEvent(kind, point, point, button, held, modifiers)


def drag(pilot, start, *ways, button=LEFT, modifiers=PLAIN) -> bool:
    hand = MouseInput(pilot)
    hand.press(mouse(QEvent.Type.MouseButtonPress, start, button, modifiers))
    for at in ways:
        hand.move(mouse(QEvent.Type.MouseMove, at, button, modifiers))
    last = ways[-1] if ways else start
    return hand.release(mouse(QEvent.Type.MouseButtonRelease, last, button, modifiers))


def key(code, kind=QEvent.Type.KeyPress, modifiers=PLAIN) -> QKeyEvent:
    return QKeyEvent(kind, code, modifiers)


def wheel(at, notches: float) -> QWheelEvent:
    from PySide6.QtCore import QPoint

    return QWheelEvent(
        QPointF(*at),
        QPointF(*at),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        PLAIN,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def under(camera, surface, at) -> np.ndarray:
    return camera.ground_under(*surface.stage_px(QPointF(*at)))


def test_a_short_press_is_a_click_and_moves_nothing(pilot, camera) -> None:
    before = camera.pose
    assert drag(pilot, (100, 100), (101, 101))
    assert camera.pose == before
    assert not drag(pilot, (100, 100), button=RIGHT)


def test_left_drag_turns_about_the_point_under_the_cursor(pilot, camera, surface) -> None:
    point = under(camera, surface, (130, 180))
    heading, pitch = camera.heading_deg, camera.pitch_deg
    assert not drag(pilot, (130, 180), (180, 190), (190, 200))
    assert camera.heading_deg != pytest.approx(heading)
    assert camera.pitch_deg > pitch  # pulled down: the scene tilts up to the viewer
    x, y, _ = camera.project(point)[0]
    assert (x / 2, y / 2) == (pytest.approx(130, abs=0.5), pytest.approx(180, abs=0.5))


@pytest.mark.parametrize(
    "button, modifiers", [(RIGHT, PLAIN), (MIDDLE, PLAIN), (LEFT, SHIFT)], ids=str
)
def test_panning_keeps_the_grabbed_point_under_the_cursor(
    pilot, camera, surface, button, modifiers
) -> None:
    point = under(camera, surface, (130, 180))
    heading, pitch, z = camera.heading_deg, camera.pitch_deg, camera.position[2]
    drag(pilot, (130, 180), (160, 200), (230, 150), button=button, modifiers=modifiers)
    assert under(camera, surface, (230, 150)) == pytest.approx(point, abs=0.5)
    assert (camera.heading_deg, camera.pitch_deg) == (heading, pitch)
    assert camera.position[2] == pytest.approx(z)


def test_the_wheel_comes_nearer_to_what_is_under_the_cursor(pilot, camera, surface, qtbot) -> None:
    hand = MouseInput(pilot)
    pilot.set_animated(on=True)
    point = under(camera, surface, (310, 220))
    away = np.linalg.norm(camera.position - point)
    hand.wheel(wheel((310, 220), 3))
    qtbot.waitUntil(lambda: not pilot.flying)
    assert np.linalg.norm(camera.position - point) == pytest.approx(away / 1.18**3, rel=1e-3)
    assert under(camera, surface, (310, 220)) == pytest.approx(point, abs=0.5)
    hand.wheel(wheel((310, 220), -3))
    qtbot.waitUntil(lambda: not pilot.flying)
    assert np.linalg.norm(camera.position - point) == pytest.approx(away, rel=1e-3)


def test_notches_of_the_wheel_run_into_one_motion(pilot, camera, surface, qtbot) -> None:
    hand = MouseInput(pilot)
    pilot.set_animated(on=True)
    distances = [camera.pose.distance_m]
    pilot.moved.connect(lambda: distances.append(camera.pose.distance_m))
    for _ in range(3):  # each before the one before it has come to its end
        hand.wheel(wheel((200, 150), 1))
        qtbot.wait(30)
        assert pilot.flying
    qtbot.waitUntil(lambda: not pilot.flying)
    steps = -np.diff(distances)
    assert len(steps) > 6
    assert (steps >= 0).all()
    assert steps.max() < 0.6 * steps.sum()
    assert distances[0] / distances[-1] == pytest.approx(1.18**3, rel=1e-3)


def test_a_hand_stops_a_zoom_and_no_motion_means_a_jump(pilot, camera, qtbot) -> None:
    hand = MouseInput(pilot)
    pilot.set_animated(on=True)
    hand.wheel(wheel((200, 150), 5))
    assert pilot.flying
    pilot.stop()
    at = camera.pose.distance_m
    qtbot.wait(60)
    assert camera.pose.distance_m == at
    pilot.set_animated(on=False)
    hand.wheel(wheel((200, 150), -2))
    assert not pilot.flying
    assert camera.pose.distance_m == pytest.approx(at * 1.18**2, rel=1e-3)


def test_no_drag_takes_the_camera_below_the_ground(pilot, camera) -> None:
    for _ in range(8):
        drag(pilot, (200, 150), (200, 20))
    MouseInput(pilot).wheel(wheel((200, 290), 60))
    assert camera.position[2] > 0.0


def test_keys_move_while_they_are_held(pilot, camera, qtbot) -> None:
    keys = KeyInput(pilot)
    start = camera.position
    assert keys.press(key(Qt.Key.Key_Up))
    first = camera.position - start
    assert first[1] > 0
    assert first[0] == pytest.approx(0)
    qtbot.waitUntil(lambda: np.linalg.norm(camera.position - start) > 3 * np.linalg.norm(first))
    assert keys.release(key(Qt.Key.Key_Up, QEvent.Type.KeyRelease))
    at = camera.position
    qtbot.wait(60)
    assert camera.position == pytest.approx(at)


def test_shift_and_arrows_turn_instead(pilot, camera) -> None:
    keys = KeyInput(pilot)
    target, heading = camera.target, camera.heading_deg
    keys.press(key(Qt.Key.Key_Right, modifiers=SHIFT))
    keys.release_all()
    assert camera.heading_deg != heading
    assert camera.target == pytest.approx(target)


def test_letters_are_shortcuts_unless_walking(pilot) -> None:
    keys = KeyInput(pilot)
    assert not keys.wants(key(Qt.Key.Key_W))
    pilot.start_walk()
    assert keys.wants(key(Qt.Key.Key_W))
    assert keys.wants(key(Qt.Key.Key_Z))
    assert not keys.wants(key(Qt.Key.Key_D, modifiers=Qt.KeyboardModifier.ControlModifier))


def test_a_walk_stays_at_eye_height_and_ends_above(pilot, camera, qtbot) -> None:
    heard: list[bool] = []
    pilot.walking_changed.connect(heard.append)
    pilot.start_walk()
    assert camera.position[2] == pytest.approx(EYE_M)
    keys = KeyInput(pilot)
    start = camera.position
    keys.press(key(Qt.Key.Key_W))
    keys.release_all()
    assert camera.position[2] == pytest.approx(EYE_M)
    assert camera.position[1] > start[1]
    heading = camera.heading_deg
    drag(pilot, (200, 150), (260, 150))  # looks around from where one stands
    assert camera.heading_deg != heading
    pilot.end_walk()
    assert heard == [True, False]
    assert camera.position[2] > 50


def test_a_walk_goes_as_far_as_no_wall_is_in_the_way(pilot, camera) -> None:
    pilot.start_walk()
    start = camera.position
    pilot._surface.stage.free = 0.0
    pilot.move((0.0, 1.0, 0.0), 1.0, fast=False)
    pilot.zoom(QPointF(10, 10), 2.0)
    assert camera.position == pytest.approx(start)
    pilot._surface.stage.free = 1.0
    pilot.move((0.0, 1.0, 0.0), 1.0, fast=False)
    assert camera.position[1] > start[1] + 1.0


def test_a_flight_ends_where_it_should_and_any_hand_stops_it(pilot, camera, qtbot) -> None:
    pilot.set_animated(on=True)
    end = camera.top_pose()
    pilot.fly(end, 0.15)
    assert pilot.flying
    qtbot.waitUntil(lambda: not pilot.flying)
    assert camera.pose == end
    pilot.fly(camera.home_pose(), 5.0)
    MouseInput(pilot).press(mouse(QEvent.Type.MouseButtonPress, (10, 10)))
    assert not pilot.flying


def test_flying_to_a_point_comes_nearer_and_looks_at_it(pilot, camera, surface) -> None:
    point = under(camera, surface, (300, 200))
    away = np.linalg.norm(camera.position - point)
    pilot.fly_to_point(QPointF(300, 200))
    assert camera.target == pytest.approx(point)
    assert np.linalg.norm(camera.position - point) < 0.5 * away
