"""A smooth way of the camera to another place, and where its rays meet the ground."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from twin.model.ground import Ground
from twin.render.pose import Pose, Vector


class Movable(Protocol):
    """Whatever has a pose that can be set: a camera rig."""

    pose: Pose


class Flight:
    """A smooth way from where the camera is to another pose."""

    def __init__(self, rig: Movable, end: Pose, duration_s: float) -> None:
        self._rig, self._start, self._end = rig, rig.pose, end
        self._duration_s = max(duration_s, 1e-6)
        self._passed_s = 0.0
        away = float(np.linalg.norm(np.subtract(end.target, rig.pose.target)))
        far = max(rig.pose.distance_m, end.distance_m)
        # A long way is flown in an arc, so that the city stays in sight.
        self._arc = min(away / (2.5 * far), 1.5) if away > 2 * far else 0.0

    @property
    def done(self) -> bool:
        """Whether it has arrived."""
        return self._passed_s >= self._duration_s

    def advance(self, seconds: float) -> bool:
        """Move on; return whether there is more to fly."""
        self._passed_s += seconds
        if self.done:
            self._rig.pose = self._end
            return False
        t = self._passed_s / self._duration_s
        self._rig.pose = self._between(t * t * t * (t * (6 * t - 15) + 10))
        return True

    def _between(self, t: float) -> Pose:
        a, b = self._start, self._end
        turn = (b.heading_deg - a.heading_deg + 180.0) % 360.0 - 180.0
        target = (1 - t) * np.asarray(a.target) + t * np.asarray(b.target)
        distance = math.exp((1 - t) * math.log(a.distance_m) + t * math.log(b.distance_m))
        return Pose(
            target=(float(target[0]), float(target[1]), float(target[2])),
            heading_deg=(a.heading_deg + t * turn) % 360.0,
            pitch_deg=(1 - t) * a.pitch_deg + t * b.pitch_deg,
            distance_m=distance * (1 + self._arc * 4 * t * (1 - t)),
            field_of_view_deg=(1 - t) * a.field_of_view_deg + t * b.field_of_view_deg,
        )


def ray_to_ground(
    ground: Ground, origin: Vector, direction: Vector, reach_m: float
) -> Vector | None:
    """Return where a ray first comes down to the ground within reach, else None."""
    # Steps that grow with distance find the first crossing; bisection sharpens it.
    along = np.concatenate([[0.0], np.geomspace(0.5, reach_m, 400)])
    points = origin + along[:, None] * direction
    above = points[:, 2] - ground.height_m(points[:, :2])
    crossing = np.flatnonzero((above[:-1] > 0) & (above[1:] <= 0))
    if not len(crossing):
        return None
    low, high = along[crossing[0]], along[crossing[0] + 1]
    for _ in range(30):
        middle = (low + high) / 2
        point = origin + middle * direction
        if point[2] > ground.height_m(point[None, :2])[0]:
            low = middle
        else:
            high = middle
    return np.asarray(origin + high * direction)
