from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QTouchEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from tests.ui.viewport.steering import BlindSurface
from ui.viewport.pilot import Pilot
from ui.viewport.touch import Tap, TouchInput


class Pad(QWidget):
    """Gives the touches that Qt delivers to the input under test."""

    def __init__(self, hand: TouchInput) -> None:
        super().__init__()
        self.hand = hand
        self.taps: list[Tap] = []
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.resize(400, 300)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QTouchEvent):
            tap, _ = self.hand.handle(event)
            if event.type() == QEvent.Type.TouchEnd:
                self.taps.append(tap)
            return True
        return super().event(event)


@pytest.fixture(scope="module")
def device(qapp):
    return QTest.createTouchDevice()


@pytest.fixture
def surface(qtbot):
    made = BlindSurface()
    qtbot.addWidget(made.widget)
    return made


@pytest.fixture
def pad(surface, qtbot):
    pilot = Pilot(surface)
    pilot.set_animated(on=False)
    made = Pad(TouchInput(pilot))
    made.pilot = pilot  # kept alive
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def touch(pad, device):
    """Do one step: ``press``, ``move`` or ``release`` of fingers by number."""

    def step(**fingers) -> None:
        sequence = QTest.touchEvent(pad, device, False)
        for kind, points in fingers.items():
            for finger, at in points.items():
                getattr(sequence, kind)(finger, QPoint(*at), pad)
        sequence.commit(True)

    return step


def under(surface, at) -> np.ndarray:
    return surface.stage.camera.ground_under(*surface.stage_px(QPointF(*at)))


def test_a_tap_and_two_taps(pad, touch) -> None:
    for _ in range(3):
        touch(press={0: (50, 60)})
        touch(release={0: (50, 60)})
    assert pad.taps == [Tap.ONE, Tap.TWO, Tap.ONE]


def test_one_finger_turns_about_what_it_touched(pad, touch, surface) -> None:
    camera = surface.stage.camera
    point, heading = under(surface, (130, 180)), camera.heading_deg
    touch(press={0: (130, 180)})
    touch(move={0: (160, 180)})
    touch(move={0: (190, 185)})
    touch(release={0: (190, 185)})
    assert pad.taps == [Tap.NONE]
    assert camera.heading_deg != heading
    x, y, _ = camera.project(point)[0]
    assert (x / 2, y / 2) == (pytest.approx(130, abs=0.5), pytest.approx(180, abs=0.5))


def test_two_fingers_carry_the_scene(touch, surface) -> None:
    point = under(surface, (150, 180))
    touch(press={0: (140, 180), 1: (160, 180)})
    touch(move={0: (170, 200), 1: (190, 200)})
    assert under(surface, (180, 200)) == pytest.approx(point, abs=1.0)


def test_pinching_comes_nearer_and_turning_turns(touch, surface) -> None:
    camera = surface.stage.camera
    away, heading = camera.pose.distance_m, camera.heading_deg
    touch(press={0: (180, 150), 1: (220, 150)})
    touch(move={0: (160, 150), 1: (240, 150)})
    assert camera.pose.distance_m == pytest.approx(away / 2, rel=0.02)
    assert camera.heading_deg == pytest.approx(heading)
    touch(move={0: (160, 140), 1: (240, 160)})
    assert camera.heading_deg != pytest.approx(heading)


def test_three_fingers_tilt(touch, surface) -> None:
    before = surface.stage.camera.pose
    touch(press={0: (100, 150), 1: (150, 150), 2: (200, 150)})
    touch(move={0: (100, 120), 1: (150, 120), 2: (200, 120)})
    touch(move={0: (130, 90), 1: (180, 90), 2: (230, 90)})
    touch(release={0: (130, 90), 1: (180, 90), 2: (230, 90)})
    after = surface.stage.camera.pose
    assert after.pitch_deg != pytest.approx(before.pitch_deg)
    assert after.heading_deg == pytest.approx(before.heading_deg)


def test_a_finger_that_comes_or_goes_makes_no_jump(touch, surface) -> None:
    touch(press={0: (100, 100)})
    touch(move={0: (120, 100)})
    before = surface.stage.camera.pose
    touch(move={0: (120, 100)}, press={1: (300, 200)})
    touch(release={0: (120, 100)}, move={1: (300, 200)})
    touch(release={1: (300, 200)})
    assert surface.stage.camera.pose == before
