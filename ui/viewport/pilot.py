"""Moves the camera for mouse, fingers, keys and actions; places are in widget pixels."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QTimer, Signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from twin.render.camera import Bookmark, Bounds, CameraRig, Flight, Pose
    from ui.viewport.keys import Axes
    from ui.viewport.surface import Surface

TURN_DEG_PER_PX = 0.28
TILT_DEG_PER_PX = 0.22
LOOK_DEG_PER_PX = 0.12
PAN_PX_PER_S = 620.0
TURN_DEG_PER_S = 70.0
RISE_PER_S = 0.7
WALK_M_PER_S = 5.0
RUN_M_PER_S = 18.0
FLIGHT_S = 1.1
TICK_MS = 16
LONGEST_TICK_S = 0.12
GLIDE_S = 0.07
"""After so long a third of a notch of the wheel is left to go; slowly turned, the notches run into one motion."""
ARRIVED = 0.004
"""Of the distance: so near a glide ends."""


@dataclass
class _Glide:
    """The rest of a zoom towards what is under a place."""

    at: QPointF
    point: NDArray[np.float64] | None
    left: float
    """Logarithm of the factor that is still to come."""


class Pilot(QObject):
    """The one who steers.

    Parameters
    ----------
    surface : Surface
        Its stage has the camera.
    """

    moved = Signal()
    walking_changed = Signal(bool)

    def __init__(self, surface: Surface, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._surface = surface
        self._pivot: NDArray[np.float64] | None = None
        self._flight: Flight | None = None
        self._glide: _Glide | None = None
        self._walking = False
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._last_s = 0.0
        self._animate = True

    @property
    def camera(self) -> CameraRig:
        """The camera of the stage."""
        return self._surface.stage.camera

    @property
    def walking(self) -> bool:
        """Whether the viewer walks at eye height."""
        return self._walking

    @property
    def flying(self) -> bool:
        """Whether a flight or a zoom is under way."""
        return self._flight is not None or self._glide is not None

    def set_animated(self, *, on: bool) -> None:
        """Fly smoothly, or jump (for those whom motion makes ill, and for tests)."""
        self._animate = on

    # Hands.

    def grab(self, at: QPointF) -> None:
        """Take hold of what is under a place: it is the point that a drag turns about."""
        self._pivot = self.point_under(at)

    def let_go(self) -> None:
        """Let go of what was grabbed."""
        self._pivot = None

    def point_under(self, at: QPointF) -> NDArray[np.float64] | None:
        """Return the point of the scene under a place: a feature, else the ground, else None."""
        x_px, y_px = self._surface.stage_px(at)
        hit = self._surface.stage.pick(x_px, y_px)
        if hit is not None:
            return np.asarray(hit.xyz_in_scene, dtype=np.float64)
        return self.camera.ground_under(x_px, y_px)

    def orbit(self, dx_px: float, dy_px: float) -> None:
        """Turn about what was grabbed; the scene follows the hand."""
        self.camera.orbit(-dx_px * TURN_DEG_PER_PX, dy_px * TILT_DEG_PER_PX, self._pivot)
        self.moved.emit()

    def look(self, dx_px: float, dy_px: float) -> None:
        """Look around from where the viewer stands."""
        self.camera.turn(-dx_px * LOOK_DEG_PER_PX, -dy_px * LOOK_DEG_PER_PX)
        self.moved.emit()

    def turn(self, turn_deg: float, at: QPointF) -> None:
        """Turn the scene about a place, clockwise on the screen."""
        about = self._pivot if self._pivot is not None else self.point_under(at)
        self.camera.orbit(-turn_deg, 0.0, about)
        self.moved.emit()

    def pan(self, before: QPointF, after: QPointF) -> None:
        """Move the scene so that what was under ``before`` comes under ``after``."""
        shift = self._shift(before, after)
        if shift is None:
            ratio = self._surface.stage_px(QPointF(1.0, 1.0))
            step = after - before
            self.camera.pan(step.x() * ratio[0], step.y() * ratio[1])
        else:
            pose = self.camera.pose
            x, y, z = pose.target
            self.camera.pose = replace(pose, target=(x + shift[0], y + shift[1], z))
            self.camera.orbit(0.0, 0.0)  # lifts the camera where a hill is in its way
        self.moved.emit()

    def zoom(self, at: QPointF, factor: float) -> None:
        """Come nearer to what is under a place; on foot, step ahead."""
        if self._walking:
            self._walk(4.0 if factor > 1.0 else -4.0, 0.0)
        else:
            x_px, y_px = self._surface.stage_px(at)
            self.camera.zoom_to(x_px, y_px, factor, self.point_under(at))
        self.moved.emit()

    def glide(self, at: QPointF, factor: float) -> None:
        """Come nearer to what is under a place over some frames: by itself, a notch of a wheel is a jump."""
        if self._walking or not self._animate:
            self.zoom(at, factor)
            return
        before = self._glide.left if self._glide is not None else 0.0
        if self._glide is None:
            self.stop()
            self._last_s = time.perf_counter() - TICK_MS / 1000.0
            self._timer.start()
        self._glide = _Glide(at, self.point_under(at), before + math.log(factor))
        self._tick()

    def zoom_centre(self, factor: float) -> None:
        """Come nearer to the middle of the view."""
        widget = self._surface.widget
        self.zoom(QPointF(widget.width() / 2, widget.height() / 2), factor)

    def move(self, axes: Axes, seconds: float, *, fast: bool) -> None:
        """Move while keys are held: right, forward, up. ``fast`` turns instead, or runs."""
        right, forward, up = axes
        camera = self.camera
        if self._walking:
            speed = (RUN_M_PER_S if fast else WALK_M_PER_S) * seconds
            self._walk(forward * speed, right * speed)
            camera.turn(0.0, -up * TURN_DEG_PER_S * seconds / 2)
        elif fast:
            angle = TURN_DEG_PER_S * seconds
            camera.orbit(right * angle, forward * angle)
        else:
            ratio = self._surface.stage_px(QPointF(1.0, 1.0))[0]
            pixels = PAN_PX_PER_S * seconds * ratio
            camera.pan(-right * pixels, forward * pixels)
        if up and not self._walking:
            camera.fly(0.0, 0.0, up * RISE_PER_S * seconds * camera.pose.distance_m)
        self.moved.emit()

    # Flights.

    def stop(self) -> None:
        """End a flight where it is: the user has taken the controls."""
        self._flight = self._glide = None
        self._timer.stop()

    def fly(self, where: Bookmark | Bounds, seconds: float = FLIGHT_S) -> None:
        """Fly to a bookmark, a pose or a box. Ends a walk."""
        self._set_walking(on=False)
        self._fly(where, seconds)

    def fly_to_point(self, at: QPointF) -> None:
        """Fly to what is under a place: halfway nearer, looking at it."""
        point = self.point_under(at)
        if point is None:
            return
        pose = self.camera.pose
        away = float(np.linalg.norm(point - self.camera.position))
        target = (float(point[0]), float(point[1]), float(point[2]))
        end = replace(pose, target=target, distance_m=max(away * 0.4, 25.0))
        self.fly(replace(end, pitch_deg=max(pose.pitch_deg, 12.0)))

    def start_walk(self) -> None:
        """Come down to eye height at the middle of the view and walk."""
        widget = self._surface.widget
        x_px, y_px = self._surface.stage_px(QPointF(widget.width() / 2, widget.height() / 2))
        point = self.camera.ground_under(x_px, y_px)
        at = point if point is not None else self.camera.position
        self._fly(self.camera.street_pose(at, self.camera.heading_deg), FLIGHT_S)
        self._set_walking(on=True)

    def end_walk(self) -> None:
        """Rise from where the viewer stands."""
        if not self._walking:
            return
        pose = self.camera.pose
        x, y, z = pose.position
        above = replace(pose, target=(x, y, z), pitch_deg=35.0, distance_m=220.0)
        self.fly(replace(above, field_of_view_deg=40.0))

    def close(self) -> None:
        """Stop for good."""
        self.stop()

    def _walk(self, forward_m: float, right_m: float) -> None:
        """Step as far as no wall is in the way."""
        self.camera.walk(*self._surface.stage.free_step(forward_m, right_m))

    def _fly(self, where: Bookmark | Bounds | Pose, seconds: float) -> None:
        self.stop()
        flight = self.camera.fly_to(where, seconds)
        if not self._animate:
            flight.advance(seconds + 1.0)
            self.moved.emit()
            return
        self._flight = flight
        self._last_s = time.perf_counter()
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        seconds, self._last_s = min(now - self._last_s, LONGEST_TICK_S), now
        if self._flight is not None:
            more = self._flight.advance(seconds)
        else:
            more = self._glide is not None and self._glide_on(self._glide, seconds)
        if not more:
            self.stop()
        self.moved.emit()

    def _glide_on(self, glide: _Glide, seconds: float) -> bool:
        """Bring a zoom a step further; return whether more is to come."""
        step = glide.left * (1.0 - math.exp(-seconds / GLIDE_S))
        if abs(glide.left - step) < ARRIVED:
            step = glide.left
        glide.left -= step
        self.camera.zoom_to(*self._surface.stage_px(glide.at), math.exp(step), glide.point)
        return glide.left != 0.0

    def _set_walking(self, *, on: bool) -> None:
        if on != self._walking:
            self._walking = on
            self.walking_changed.emit(on)

    def _shift(self, before: QPointF, after: QPointF) -> NDArray[np.float64] | None:
        """Return how far the level plane through the grabbed point must move, None near the horizon."""
        height = self._pivot[2] if self._pivot is not None else self.camera.target[2]
        points = []
        for at in (before, after):
            origin, direction = self.camera.ray(*self._surface.stage_px(at))
            if direction[2] > -0.05 or origin[2] <= height:
                return None
            points.append(origin + direction * ((height - origin[2]) / direction[2]))
        shift: NDArray[np.float64] = points[0] - points[1]
        if float(np.linalg.norm(shift)) > 2.0 * self.camera.pose.distance_m:
            return None
        return shift
