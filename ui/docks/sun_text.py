"""Where the sun stands, in words, and how light a day is hour by hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from ui.i18n import tr
from ui.i18n.formats import number

if TYPE_CHECKING:
    from twin.work.session import Session

COMPASS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
TWILIGHT_DEG = -6.0
"""Civil twilight ends when the centre of the sun is this far below the horizon."""

STEPS_A_DAY = 96


def lonlat(session: Session) -> tuple[float, float]:
    """Return longitude and latitude of the origin of the scene, degrees."""
    lon, lat = session.project.frame.lonlat_from_scene([[0.0, 0.0]])[0]
    return float(lon), float(lat)


def sun_text(lon: float, lat: float, at: datetime) -> str:
    """Return the height and direction of the sun in words."""
    from twin.analysis.sun import sun_position

    azimuth_deg, elevation_deg = sun_position(lon, lat, at)
    if elevation_deg < TWILIGHT_DEG:
        return tr("time.night")
    if elevation_deg < 0:
        return tr("time.twilight")
    towards = COMPASS[round(azimuth_deg / 45) % 8]
    return tr("time.sun", elevation=number(elevation_deg, 0), towards=tr(f"compass.{towards}"))


@lru_cache(maxsize=64)
def daylight(lon: float, lat: float, midnight: datetime) -> tuple[float, ...]:
    """Return the elevation of the sun in degrees every quarter of an hour of a day.

    Parameters
    ----------
    midnight : datetime
        Aware: the beginning of the day.
    """
    from twin.analysis.sun import sun_position

    step = timedelta(days=1) / STEPS_A_DAY
    return tuple(
        sun_position(lon, lat, midnight + place * step)[1] for place in range(STEPS_A_DAY + 1)
    )
