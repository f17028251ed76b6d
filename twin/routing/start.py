"""Where one starts from, how, and when; and how far that gets one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Mode(StrEnum):
    """How one travels: rides are walked to and from."""

    WALK = "walk"
    BIKE = "bike"
    TRANSIT = "transit"


SPEED_M_S = {Mode.WALK: 1.25, Mode.BIKE: 15 / 3.6, Mode.TRANSIT: 1.25}
"""4.5 and 15 km/h: the usual assumptions of planners."""
ACCESS_M = 1500.0
"""How far from a street a stop may lie and still be walked to."""


class Router(StrEnum):
    """Who found the ways: a router that knows kinds of streets and their directions, or one speed on every line."""

    VALHALLA = "Valhalla"
    ESTIMATE = "estimate"


@dataclass(frozen=True, kw_only=True)
class Start:
    """A place and a time to leave.

    Parameters
    ----------
    xy : (x, y)
        In the project's CRS.
    leave_s : float
        Seconds after midnight.
    most_s : float
        Nothing further away in time is looked for.
    """

    xy: tuple[float, float]
    mode: Mode
    leave_s: float
    most_s: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Reach:
    """How long it takes to get there, in seconds, NaN beyond the limit.

    Parameters
    ----------
    stop_s : (s,) float64
        By row of the stops that were given.
    street_s : (n,) float64
        By row of the lines that were given.
    """

    stop_s: NDArray[np.float64]
    street_s: NDArray[np.float64]
    router: Router
