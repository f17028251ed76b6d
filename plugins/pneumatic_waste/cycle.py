"""The simulated life of inlets: they fill, and a round empties one after the other.

All of it is simulated, from the id of the inlet alone, so that the same moment always looks the same. Facts that are
kept: 70 km/h in the tubes, three mobile rounds a week at the Fort (La Gazette, maisonapart, 2013). Assumed: an inlet
fills by 18 to 42 % a day, a round takes the inlets of one suction point after the other.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

AIR_M_S = 70 / 3.6
MOBILE_DAYS = (0, 2, 4)
"""Monday, Wednesday, Friday."""
FULL_PERCENT = 90.0
SLOWEST, QUICKEST = 18.0, 42.0
LONGEST_DAYS = 8


@dataclass(frozen=True, eq=False)
class Moment:
    """Inlets at a moment.

    Parameters
    ----------
    fill_percent, state : (n,)
    sucking : int
        The inlet that is being emptied, -1 for none.
    since_s : float
        For how long it is.
    """

    fill_percent: NDArray[np.float64]
    state: NDArray[Any]
    sucking: int
    since_s: float = 0.0


def rates(ids: NDArray[Any]) -> NDArray[np.float64]:
    """Return how fast each inlet fills, percent a day."""
    part = np.array([zlib.crc32(str(i).encode()) % 1000 for i in ids], np.float64) / 1000.0
    return SLOWEST + part * (QUICKEST - SLOWEST)


def last_round(at: datetime, first_hour: float, *, mobile: bool) -> datetime:
    """Return when the round that began last before a moment began."""
    at = at.astimezone(UTC)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(LONGEST_DAYS):
        day = midnight - timedelta(days=back)
        start = day + timedelta(hours=first_hour)
        if start <= at and (not mobile or day.weekday() in MOBILE_DAYS):
            return start
    return midnight - timedelta(days=LONGEST_DAYS)


def moment(
    ids: NDArray[Any],
    at: datetime,
    *,
    order: NDArray[np.intp],
    reached: NDArray[np.bool_],
    faulty: NDArray[np.bool_],
    timing: tuple[float, float, bool],
) -> Moment:
    """Return the inlets at a moment.

    Parameters
    ----------
    order : (n,) int
        Place of each inlet in the round.
    reached : (n,) bool
        Air can flow from it to a suction point.
    faulty : (n,) bool
        Its door is at fault: it is left out, and fills no further.
    timing : (first hour UTC, seconds for an inlet, mobile)
    """
    first_hour, seconds, mobile = timing
    now = at.astimezone(UTC)
    present = last_round(now, first_hour, mobile=mobile)
    previous = last_round(present - timedelta(seconds=1), first_hour, mobile=mobile)
    elapsed = (now - present).total_seconds()
    slot = order * seconds
    done = elapsed >= slot + seconds
    since_s = np.where(
        done, elapsed - slot - seconds, elapsed + (present - previous).total_seconds() - slot
    )
    # What no round reaches has been filling for a week.
    since_s = np.where(reached & ~faulty, since_s, 7 * 86_400.0)
    fill = np.clip(rates(ids) * since_s / 86_400.0, 0.0, 100.0)
    fill = np.where(faulty, np.minimum(fill, 60.0), fill)
    active = (elapsed >= slot) & ~done & reached & ~faulty
    sucking = int(np.flatnonzero(active)[0]) if active.any() else -1
    state = np.where(fill >= FULL_PERCENT, "full", "idle").astype(object)
    state[~reached] = "blocked"
    state[faulty] = "door_fault"
    if sucking >= 0:
        state[sucking] = "sucking"
        fill[sucking] *= 1.0 - (elapsed - slot[sucking]) / seconds
    since = float(elapsed - slot[sucking]) if sucking >= 0 else 0.0
    return Moment(fill, state, sucking, since)
