"""Mouse and trackpad: drags become orbit, pan or look; a press that does not move is a click."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QNativeGestureEvent, QWheelEvent

if TYPE_CHECKING:
    from ui.viewport.pilot import Pilot

DRAG_PX = 4.0
"""A press that moves less is a click."""
WHEEL_STEP = 1.18
"""Zoom of one notch of the wheel (15 degrees, 120 units)."""


class Drag(StrEnum):
    """What a drag does."""

    NONE = "none"
    ORBIT = "orbit"
    PAN = "pan"
    LOOK = "look"


class MouseInput:
    """Follows one pointer.

    Parameters
    ----------
    pilot : Pilot
        Moves the camera.
    """

    def __init__(self, pilot: Pilot) -> None:
        self._pilot = pilot
        self._button = Qt.MouseButton.NoButton
        self._kind = Drag.NONE
        self._from = QPointF()
        self._last = QPointF()

    @property
    def dragging(self) -> bool:
        """Whether a drag is under way."""
        return self._kind is not Drag.NONE

    @property
    def pressed(self) -> bool:
        """Whether a button is down."""
        return self._button is not Qt.MouseButton.NoButton

    def press(self, event: QMouseEvent) -> None:
        """A button went down; the first one counts until it comes up."""
        if self.pressed:
            return
        self._button = event.button()
        self._kind = Drag.NONE
        self._from = self._last = event.position()
        self._pilot.stop()

    def move(self, event: QMouseEvent) -> None:
        """The pointer moved with a button down."""
        at = event.position()
        if not self.dragging:
            if (at - self._from).manhattanLength() < DRAG_PX:
                return
            self._kind = self._kind_of(event)
            self._pilot.grab(self._from)
        step = at - self._last
        if self._kind is Drag.ORBIT:
            self._pilot.orbit(step.x(), step.y())
        elif self._kind is Drag.PAN:
            self._pilot.pan(self._last, at)
        else:
            self._pilot.look(step.x(), step.y())
        self._last = at

    def release(self, event: QMouseEvent) -> bool:
        """A button came up; returns whether this was a click of the left one."""
        if event.button() is not self._button:
            return False
        click = not self.dragging and self._button is Qt.MouseButton.LeftButton
        self.cancel()
        return click

    def cancel(self) -> None:
        """Forget what is under way."""
        self._button, self._kind = Qt.MouseButton.NoButton, Drag.NONE
        self._pilot.let_go()

    def wheel(self, event: QWheelEvent) -> None:
        """Zoom to the cursor."""
        notches = event.angleDelta().y() / 120.0
        if notches:
            self._pilot.glide(event.position(), WHEEL_STEP**notches)
        event.accept()

    def gesture(self, event: QNativeGestureEvent) -> bool:
        """Pinch and turn of a trackpad; returns whether it was one of them."""
        if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self._pilot.zoom(event.position(), max(0.2, 1.0 + event.value()))
        elif event.gestureType() is Qt.NativeGestureType.RotateNativeGesture:
            self._pilot.turn(event.value(), event.position())
        else:
            return False
        event.accept()
        return True

    def _kind_of(self, event: QMouseEvent) -> Drag:
        if self._button is not Qt.MouseButton.LeftButton:
            return Drag.PAN
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return Drag.PAN
        return Drag.LOOK if self._pilot.walking else Drag.ORBIT
