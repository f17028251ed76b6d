"""Fingers: one orbits, two pan, pinch and turn, three tilt; a short touch is a tap, two of them a double tap."""

from __future__ import annotations

import math
import time
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEventPoint, QTouchEvent

if TYPE_CHECKING:
    from ui.viewport.pilot import Pilot

TAP_PX = 12.0
TAP_S = 0.4
DOUBLE_TAP_S = 0.35


class Tap(StrEnum):
    """What the end of a touch meant."""

    NONE = "none"
    ONE = "one"
    TWO = "two"


class TouchInput:
    """Follows up to three fingers."""

    def __init__(self, pilot: Pilot) -> None:
        self._pilot = pilot
        self._fingers: list[QPointF] = []
        self._from = QPointF()
        self._began_s = 0.0
        self._moved = False
        self._last_tap = (-math.inf, QPointF())

    def handle(self, event: QTouchEvent) -> tuple[Tap, QPointF]:
        """Follow an event; returns whether it ended a tap, and where."""
        points = [p.position() for p in event.points() if p.state() != QEventPoint.State.Released]
        event.accept()
        if event.type() == QEvent.Type.TouchBegin:
            self._begin(points)
        elif event.type() == QEvent.Type.TouchUpdate:
            self._update(points)
        elif event.type() == QEvent.Type.TouchEnd:
            return self._end(), self._from
        else:
            self._fingers = []
            self._pilot.let_go()
        return Tap.NONE, self._from

    def _begin(self, points: list[QPointF]) -> None:
        self._fingers = points[:3]
        self._from = points[0]
        self._began_s = time.monotonic()
        self._moved = False
        self._pilot.stop()

    def _update(self, points: list[QPointF]) -> None:
        points = points[:3]
        if len(points) != len(self._fingers):
            # A finger came or went: go on from here, without a jump.
            self._moved = True
            self._pilot.let_go()
            if points:
                self._pilot.grab(_centre(points))
        elif len(points) == 1:
            self._one(points[0])
        elif len(points) == 2:
            self._two(points)
        elif len(points) == 3:
            self._moved = True
            self._pilot.orbit(0.0, (_centre(points) - _centre(self._fingers)).y())
        self._fingers = points

    def _one(self, at: QPointF) -> None:
        if not self._moved:
            if (at - self._from).manhattanLength() < TAP_PX:
                return
            self._moved = True
            self._pilot.grab(self._from)
        step = at - self._fingers[0]
        if self._pilot.walking:
            self._pilot.look(step.x(), step.y())
        else:
            self._pilot.orbit(step.x(), step.y())

    def _two(self, points: list[QPointF]) -> None:
        self._moved = True
        before, after = self._fingers, points
        self._pilot.pan(_centre(before), _centre(after))
        old_px, new_px = _spread(before), _spread(after)
        if old_px > 1.0 and new_px > 1.0:
            self._pilot.zoom(_centre(after), new_px / old_px)
            self._pilot.turn(_angle_deg(after) - _angle_deg(before), _centre(after))

    def _end(self) -> Tap:
        self._fingers = []
        self._pilot.let_go()
        now = time.monotonic()
        if self._moved or now - self._began_s > TAP_S:
            return Tap.NONE
        last_s, last_at = self._last_tap
        near = (self._from - last_at).manhattanLength() < 4 * TAP_PX
        if now - last_s < DOUBLE_TAP_S and near:
            self._last_tap = (-math.inf, QPointF())
            return Tap.TWO
        self._last_tap = (now, self._from)
        return Tap.ONE


def _centre(points: list[QPointF]) -> QPointF:
    total = QPointF()
    for point in points:
        total += point
    return total / len(points)


def _spread(points: list[QPointF]) -> float:
    step = points[1] - points[0]
    return math.hypot(step.x(), step.y())


def _angle_deg(points: list[QPointF]) -> float:
    step = points[1] - points[0]
    return math.degrees(math.atan2(step.y(), step.x()))
