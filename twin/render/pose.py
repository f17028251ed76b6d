"""A place of the camera: what it looks at, from which side and how far."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Vector = NDArray[np.float64]
Bounds = tuple[float, float, float, float, float, float]
"""x_min, y_min, z_min, x_max, y_max, z_max."""


class Bookmark(Protocol):
    """What can be looked at: a saved view, or a :class:`Pose`."""

    @property
    def position(self) -> tuple[float, float, float]:
        """Where the viewer stands."""

    @property
    def target(self) -> tuple[float, float, float]:
        """What is looked at."""

    @property
    def field_of_view_deg(self) -> float:
        """Vertical opening."""


@dataclass(frozen=True, kw_only=True)
class Pose:
    """A place of the camera. Its vectors are worked out once: a frame asks for each a dozen times."""

    target: tuple[float, float, float]
    heading_deg: float
    pitch_deg: float
    distance_m: float
    field_of_view_deg: float = 40.0

    @cached_property
    def forward(self) -> Vector:
        """Unit vector of the view."""
        heading, pitch = math.radians(self.heading_deg), math.radians(self.pitch_deg)
        flat = math.cos(pitch)
        return np.array(
            [math.sin(heading) * flat, math.cos(heading) * flat, -math.sin(pitch)], np.float64
        )

    @cached_property
    def right(self) -> Vector:
        """Unit vector to the right; level."""
        heading = math.radians(self.heading_deg)
        return np.array([math.cos(heading), -math.sin(heading), 0.0])

    @cached_property
    def up(self) -> Vector:
        """Unit vector to the top of the picture."""
        heading, pitch = math.radians(self.heading_deg), math.radians(self.pitch_deg)
        steep = math.sin(pitch)
        return np.array([math.sin(heading) * steep, math.cos(heading) * steep, math.cos(pitch)])

    @cached_property
    def position(self) -> tuple[float, float, float]:
        """Where the viewer stands."""
        x, y, z = np.asarray(self.target) - self.distance_m * self.forward
        return (float(x), float(y), float(z))


def pose_of(view: Bookmark) -> Pose:
    """Return the pose of a bookmark."""
    if isinstance(view, Pose):
        return view
    return pose_from(view.position, view.target, view.field_of_view_deg)


def pose_from(position: ArrayLike, target: ArrayLike, fov_deg: float, heading: float = 0.0) -> Pose:
    """Return the pose of a viewer; ``heading`` counts when looking straight down."""
    at = np.asarray(target, np.float64)
    offset = at - np.asarray(position, np.float64)
    distance = max(float(np.linalg.norm(offset)), 1e-3)
    flat = math.hypot(offset[0], offset[1])
    if flat > 1e-6 * distance:
        heading = math.degrees(math.atan2(offset[0], offset[1]))
    return Pose(
        target=(float(at[0]), float(at[1]), float(at[2])),
        heading_deg=heading % 360.0,
        pitch_deg=math.degrees(math.atan2(-offset[2], flat)),
        distance_m=distance,
        field_of_view_deg=fov_deg,
    )
