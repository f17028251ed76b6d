"""What moves while a stop is held: turning about a place, following a path or a vehicle, time passing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from twin.model.story import Stop
from twin.render.pose import Pose
from twin.show.following import Where
from twin.show.journey import CLEAR_M
from twin.show.obstacles import Skyline
from twin.show.staging import pose_at

SHARES = np.linspace(0.0, 1.0, 401)
"""Of a hold: at these points it is looked what stands in the way."""
RAMP = 12
"""So many samples before a roof the camera has begun to rise, and as many behind it it is down again."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Where the camera is, and when the scene, at some point of a hold."""

    pose: Pose
    at: datetime | None


class Mover:
    """The motion of one stop.

    Parameters
    ----------
    stop : Stop
        With a camera.
    skyline : Skyline or None
        What a turn or a path must clear.
    where : callable or None
        Where what the stop follows is; where that is not known it is looked for at its last place.
    """

    def __init__(
        self, stop: Stop, skyline: Skyline | None = None, where: Where | None = None
    ) -> None:
        if stop.camera is None:
            raise ValueError("a stop without a camera does not move")
        self._stop, self._skyline, self._where = stop, skyline, where
        self._start = pose_at(stop.camera)
        self._last = self._start.target
        self._places = [self._start, *(pose_at(camera) for camera in stop.motion.cameras)]
        self._lifts_m = self._lifts() if stop.motion.kind in ("orbit", "path") else None

    def at(self, share: float) -> Moment:
        """Return the moment after a share of the hold, 0 to 1."""
        kind = self._stop.motion.kind
        share = min(max(share, 0.0), 1.0)
        at = self._when(share)
        if kind == "follow" and self._where is not None:
            self._last = self._where(at) or self._last
            return Moment(pose=self._cleared(replace(self._start, target=self._last)), at=at)
        pose = self._bare(share)
        if self._lifts_m is not None:
            pose = _lifted(pose, float(np.interp(share, SHARES, self._lifts_m)))
        return Moment(pose=pose, at=at)

    def _bare(self, share: float) -> Pose:
        """Return the pose of a turn or a path, whatever stands there."""
        motion = self._stop.motion
        if motion.kind == "orbit":
            turned = self._start.heading_deg + share * motion.degrees
            return replace(self._start, heading_deg=turned % 360.0)
        if motion.kind == "path" and len(self._places) > 1:
            return self._along(share)
        return self._start

    def _lifts(self) -> NDArray[np.float64] | None:
        """Return how far the camera is lifted at each sample, so that it passes over roofs in a smooth line.

        What is needed is widened to both sides and then averaged over the same width, twice: nowhere is the result
        below what is needed there.
        """
        from scipy.ndimage import maximum_filter1d, uniform_filter1d

        if self._skyline is None:
            return None
        places = np.array([self._bare(float(share)).position for share in SHARES])
        needed = self._skyline.top_m(places[:, :2]) + CLEAR_M - places[:, 2]
        # Where the camera was put by somebody, it may be near a wall.
        there = np.hypot(*(places[:, :2] - self._start.position[:2]).T) < 1.0
        needed = np.where(there, 0.0, np.maximum(needed, 0.0))
        widened = maximum_filter1d(needed, 4 * RAMP + 1, mode="nearest")
        for _ in range(2):
            widened = uniform_filter1d(widened, 2 * RAMP + 1, mode="nearest")
        return np.asarray(widened)

    def _when(self, share: float) -> datetime | None:
        stop = self._stop
        start, end = stop.at, stop.motion.until
        if stop.live:
            return None
        if stop.motion.kind == "follow" and start is not None and end is None:
            end = start + timedelta(seconds=stop.hold_s)
        if stop.motion.kind not in ("time_lapse", "follow") or start is None or end is None:
            return start
        return start + (end - start) * share

    def _along(self, share: float) -> Pose:
        """Return a pose on the smooth curve through the cameras (Catmull and Rom, 1974)."""
        places, along = self._places, share * (len(self._places) - 1)
        number = min(int(along), len(places) - 2)
        t = along - number
        around = [places[min(max(number + k, 0), len(places) - 1)] for k in (-1, 0, 1, 2)]
        target = _curve([np.asarray(p.target, np.float64) for p in around], t)
        a, b = around[1], around[2]
        turn = (b.heading_deg - a.heading_deg + 180.0) % 360.0 - 180.0
        return Pose(
            target=(float(target[0]), float(target[1]), float(target[2])),
            heading_deg=(a.heading_deg + t * turn) % 360.0,
            pitch_deg=(1 - t) * a.pitch_deg + t * b.pitch_deg,
            distance_m=(1 - t) * a.distance_m + t * b.distance_m,
            field_of_view_deg=(1 - t) * a.field_of_view_deg + t * b.field_of_view_deg,
        )

    def _cleared(self, pose: Pose) -> Pose:
        """Return a pose lifted above what stands where the camera would be."""
        if self._skyline is None:
            return pose
        x, y, z = pose.position
        wanted = float(self._skyline.top_m(np.array([[x, y]]))[0]) + CLEAR_M
        here = self._start.position
        still = np.hypot(x - here[0], y - here[1]) < 1.0
        if z >= wanted or still:
            return pose
        return _lifted(pose, wanted - z)


def _lifted(pose: Pose, by_m: float) -> Pose:
    x, y, z = pose.target
    return replace(pose, target=(x, y, z + by_m))


def poses_of(
    stop: Stop, frames: int, skyline: Skyline | None = None, where: Where | None = None
) -> Iterator[Moment]:
    """Yield the moments of a hold, one for each frame."""
    mover = Mover(stop, skyline, where)
    for number in range(frames):
        yield mover.at(number / max(frames - 1, 1))


def _curve(points: list[np.ndarray], t: float) -> np.ndarray:
    p0, p1, p2, p3 = points
    return np.asarray(
        0.5
        * (
            2 * p1
            + (p2 - p0) * t
            + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t * t
            + (3 * p1 - p0 - 3 * p2 + p3) * t**3
        )
    )
