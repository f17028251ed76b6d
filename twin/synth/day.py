"""The one day that the demo city has recorded: a mild Tuesday of spring, local midnight to midnight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.synth.plane import Float64

FIRST = np.datetime64("2026-04-13T22:00:00", "ms")
"""Local midnight (UTC+2) in UTC."""
UTC_OFFSET_H = 2.0
NOW = "2026-04-14T14:30:00+00:00"


def steps(minutes: int) -> NDArray[np.datetime64]:
    """Return moments in UTC from midnight to midnight, both included."""
    number = 24 * 60 // minutes + 1
    return np.asarray(FIRST + np.arange(number) * np.timedelta64(minutes * 60_000, "ms"))


def hours() -> NDArray[np.datetime64]:
    """Return the 25 full hours of the day in UTC."""
    return steps(60)


def local_hours() -> Float64:
    """Return the local hour of each moment of :func:`hours`, 0 to 24."""
    return np.arange(25, dtype=np.float64)
