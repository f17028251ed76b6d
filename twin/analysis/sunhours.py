"""Hours of sun on facades, roofs and the ground over one or several days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from twin.analysis.rays import Caster, Stop, in_chunks
from twin.analysis.samples import Samples
from twin.analysis.sun import directions, suns_in_scene
from twin.analysis.town import Town
from twin.progress import Progress

STEP_MIN = 10
GRAZING = 1e-3
"""A surface that the sun only grazes gets none: cosine of the angle to the normal."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Suns:
    """Where the sun stands at the middle of every step at which it is up.

    Parameters
    ----------
    direction : (k, 3) float32
        Unit vectors towards it in the scene.
    hours : (k,) float64
        Length of each step.
    """

    direction: NDArray[np.float32]
    hours: NDArray[np.float64]
    times_utc: NDArray[np.datetime64]

    @property
    def up_h(self) -> float:
        """Hours between sunrise and sunset, in whole steps."""
        return float(self.hours.sum())


def suns_of_days(
    town: Town,
    days: Sequence[date],
    *,
    step_min: float = STEP_MIN,
    between_h: tuple[float, float] = (0.0, 24.0),
    xy_in_scene: tuple[float, float] = (0.0, 0.0),
) -> Suns:
    """Return the suns of whole days in the time zone of a town, those below the horizon left out.

    Parameters
    ----------
    between_h : tuple of 2 float
        Only this stretch of each day, local hours.
    """
    zone = ZoneInfo(town.time_zone)
    moments: list[np.datetime64] = []
    lengths: list[float] = []
    for day in days:
        start = datetime.combine(day, time(), zone).astimezone(UTC)
        end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        whole_h = (end - start).total_seconds() / 3600.0
        first, last = between_h[0], min(between_h[1], whole_h)
        steps = max(1, round((last - first) * 60.0 / step_min))
        length = (last - first) / steps
        middles = first + (np.arange(steps) + 0.5) * length
        base = np.datetime64(start.replace(tzinfo=None), "ms")
        moments.extend(base + (middles * 3_600_000).astype("timedelta64[ms]"))
        lengths.extend([length] * steps)
    times = np.array(moments, dtype="datetime64[ms]")
    azimuth, elevation = suns_in_scene(town.frame, times, xy_in_scene)
    up = elevation > 0
    return Suns(
        direction=directions(azimuth[up], elevation[up]).astype(np.float32),
        hours=np.array(lengths)[up],
        times_utc=times[up],
    )


def sun_hours(
    caster: Caster, samples: Samples, suns: Suns, progress: Progress
) -> NDArray[np.float64]:
    """Return (n,) hours of sun at each sample: steps in which it shines on the front and nothing is in the way.

    Raises
    ------
    Cancelled
        The job was asked to stop; at most a few hundredths of a second later.
    """
    hours = np.zeros(len(samples))
    origins = np.ascontiguousarray(samples.origins())

    def work(part: slice, stop: Stop) -> None:
        origin, normal = origins[part], samples.normal[part]
        total = np.zeros(len(origin))
        for step, towards in enumerate(suns.direction):
            stop()
            front = np.flatnonzero(normal @ towards > GRAZING)
            rays = np.broadcast_to(towards, (len(front), 3))
            blocked = caster.blocked(origin[front], np.ascontiguousarray(rays))
            total[front[~blocked]] += suns.hours[step]
        hours[part] = total

    in_chunks(len(samples), work, progress)
    return hours
