"""What moves while a stop is held: turning about a place, following a path or a vehicle, time passing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from twin.model.story import Stop
from twin.render.pose import Pose
from twin.show.following import Where
from twin.show.journey import CLEAR_M
from twin.show.obstacles import Skyline
from twin.show.staging import pose_at


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

    def at(self, share: float) -> Moment:
        """Return the moment after a share of the hold, 0 to 1."""
        kind = self._stop.motion.kind
        share = min(max(share, 0.0), 1.0)
        pose = self._start
        if kind == "orbit":
            turned = self._start.heading_deg + share * self._stop.motion.degrees
            pose = self._cleared(replace(self._start, heading_deg=turned % 360.0))
        elif kind == "path" and len(self._places) > 1:
            pose = self._cleared(self._along(share))
        at = self._when(share)
        if kind == "follow" and self._where is not None:
            self._last = self._where(at) or self._last
            pose = self._cleared(replace(self._start, target=self._last))
        return Moment(pose=pose, at=at)

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
        tx, ty, tz = pose.target
        return replace(pose, target=(tx, ty, tz + wanted - z))


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
