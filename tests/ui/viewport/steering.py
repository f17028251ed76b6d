"""A surface without pictures: the real camera on a plane, so that steering is tested exactly."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from twin.render.camera import CameraRig

SIZE = (800, 600)


class BlindStage:
    """Has a camera and sees no features."""

    def __init__(self) -> None:
        self.camera = CameraRig(SIZE)
        self.hit = None
        self.free = 1.0

    def pick(self, x_px: float, y_px: float):
        return self.hit

    def free_step(self, forward_m: float, right_m: float) -> tuple[float, float]:
        """Nothing is in the way, unless a test puts a wall there."""
        return forward_m * self.free, right_m * self.free


class BlindSurface:
    """Two pixels of the stage for one of the widget, as on a dense screen."""

    def __init__(self) -> None:
        self.stage = BlindStage()
        self.widget = QWidget()
        self.widget.resize(SIZE[0] // 2, SIZE[1] // 2)

    def stage_px(self, at: QPointF) -> tuple[float, float]:
        return at.x() * 2, at.y() * 2
