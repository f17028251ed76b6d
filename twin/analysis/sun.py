"""Where the sun stands."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from twin.model.geoframe import GeoFrame

NORTHWARD_M = 200.0
"""How far north a second point is taken to find where true north lies in the scene."""


def sun_position(lon: float, lat: float, at: datetime) -> tuple[float, float]:
    """Return the azimuth and the elevation of the sun as seen from a place.

    Follows NOAA's solar equations through ``astral``, refraction by the air included; good to about 0.1
    degree for this century.

    Parameters
    ----------
    lon, lat : float
        WGS 84, degrees.
    at : datetime
        Aware.

    Returns
    -------
    tuple of 2 float
        Azimuth in degrees clockwise from true north, 0 to 360; elevation above the horizon in degrees,
        negative at night.

    Raises
    ------
    ValueError
        The time has no zone.
    """
    from astral import Observer
    from astral.sun import zenith_and_azimuth

    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    zenith, azimuth = zenith_and_azimuth(Observer(lat, lon), at.astimezone(UTC))
    return azimuth % 360.0, 90.0 - zenith


def sun_in_scene(
    frame: GeoFrame, at: datetime, xy_in_scene: tuple[float, float] = (0.0, 0.0)
) -> tuple[float, float]:
    """Return the azimuth clockwise from the scene's y axis, and the elevation, in degrees.

    The y axis of a projected CRS is grid north; the difference to true north is taken off.

    Parameters
    ----------
    frame : GeoFrame
    at : datetime
        Aware.
    xy_in_scene : tuple of 2 float
        For which place, metres.

    Raises
    ------
    CrsError
        The place of the scene on Earth cannot be found.
    """
    here, north = frame.lonlat_from_scene(
        np.array([xy_in_scene, (xy_in_scene[0], xy_in_scene[1] + NORTHWARD_M)])
    )
    azimuth, elevation = sun_position(float(here[0]), float(here[1]), at)
    east = (north[0] - here[0]) * math.cos(math.radians(float(here[1])))
    grid_north = math.degrees(math.atan2(float(east), float(north[1] - here[1])))
    return (azimuth - grid_north) % 360.0, elevation
