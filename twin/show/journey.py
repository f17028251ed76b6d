"""Flights from stop to stop: smooth, and over the roofs instead of through them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.render.pose import Pose
from twin.show.obstacles import Skyline

CLEAR_M = 4.0
"""How far above roofs and ground a flight stays, where its ends allow."""
CLIMB = 0.24
"""Part of the time that is spent climbing at one end, where the camera must rise before it may leave."""
STEEP_M = 25.0
SAMPLES = 400
AT_AN_END_M = 3.0
"""This near to an end, and no lower than it, the camera is where somebody has put it."""
LOOK_DOWN_DEG = 22.0


@dataclass(frozen=True, eq=False, kw_only=True)
class _Line:
    """How a flight is flown: how much it rises, and which part of the time goes into climbing."""

    lift_m: float
    climb: float


class Journey:
    """The way of a camera between two poses.

    Parameters
    ----------
    start, end : Pose
    skyline : Skyline or None
        What is to be flown over; None: nothing stands in the way.
    """

    def __init__(self, start: Pose, end: Pose, skyline: Skyline | None = None) -> None:
        self.start, self.end = start, end
        self._from, self._to = np.asarray(start.position), np.asarray(end.position)
        self._line = self._chosen(skyline)

    @property
    def lift_m(self) -> float:
        """How far the flight rises above the straight way."""
        return self._line.lift_m

    def pose(self, share: float) -> Pose:
        """Return the pose after a share of the time, 0 to 1."""
        if share <= 0.0:
            return self.start
        if share >= 1.0:
            return self.end
        a, b = self.start, self.end
        across = float(self._across(np.array([share]))[0])
        rise = float(self._rise(np.array([share]))[0])
        turn = (b.heading_deg - a.heading_deg + 180.0) % 360.0 - 180.0
        steep = min(LOOK_DOWN_DEG, self._line.lift_m / 4.0) * rise
        distance = math.exp((1 - across) * math.log(a.distance_m) + across * math.log(b.distance_m))
        pose = Pose(
            target=(0.0, 0.0, 0.0),
            heading_deg=(a.heading_deg + across * turn) % 360.0,
            pitch_deg=min((1 - across) * a.pitch_deg + across * b.pitch_deg + steep, 90.0),
            distance_m=distance,
            field_of_view_deg=(1 - across) * a.field_of_view_deg + across * b.field_of_view_deg,
        )
        x, y, z = self._place(np.array([share]))[0] + distance * pose.forward
        return Pose(
            target=(float(x), float(y), float(z)),
            heading_deg=pose.heading_deg,
            pitch_deg=pose.pitch_deg,
            distance_m=distance,
            field_of_view_deg=pose.field_of_view_deg,
        )

    def _chosen(self, skyline: Skyline | None) -> _Line:
        """Return the lowest of the ways that keep clear: straight, rising early, climbing at the ends."""
        straight = self._line = _Line(lift_m=0.0, climb=0.0)
        if skyline is None or self._wanted(skyline) <= 0.0:
            return straight
        for climb in (CLIMB / 2, CLIMB):
            self._line = _Line(lift_m=0.0, climb=climb)
            self._line = _Line(lift_m=self._wanted(skyline), climb=climb)
            if self._line.lift_m < STEEP_M:  # little enough to be climbed in passing
                break
        return self._line

    def _wanted(self, skyline: Skyline) -> float:
        """Return how much more the flight must rise to keep clear everywhere."""
        shares = np.linspace(0.0, 1.0, SAMPLES)
        places = self._place(shares)
        top = skyline.top_m(places[:, :2])
        # The ends were chosen by somebody: near them their own height is enough.
        for end in (self._from, self._to):
            here = np.linalg.norm(places[:, :2] - end[:2], axis=1) <= AT_AN_END_M
            top = np.where(here & (places[:, 2] >= end[2] - 1e-6), -np.inf, top)
        rise = self._rise(shares)
        low = top + CLEAR_M - places[:, 2]
        # Where the camera has hardly begun to rise, lifting more is of no use.
        counts = (low > 0.0) & (rise > 0.05)
        return float((low[counts] / rise[counts]).max()) if counts.any() else 0.0

    def _place(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        across = self._across(shares)[:, None]
        places = (1 - across) * self._from + across * self._to
        places[:, 2] += self._line.lift_m * self._rise(shares)
        return np.asarray(places)

    def _across(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much of the way is done: nothing of it while the camera climbs."""
        climb = self._line.climb
        return _eased(np.clip((shares - climb) / (1.0 - 2.0 * climb), 0.0, 1.0))

    def _rise(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        ends = np.minimum(shares, 1.0 - shares)
        climb = self._line.climb
        return _eased(np.clip(ends / (climb or 0.5), 0.0, 1.0))


def _eased(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Perlin's smoother step: speed and acceleration are nothing at both ends."""
    return np.asarray(share**3 * (share * (6.0 * share - 15.0) + 10.0))
