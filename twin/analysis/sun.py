"""Where the sun stands: one set of formulas for the light of the scene and for every analysis."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from twin.model.geoframe import GeoFrame

Float64 = NDArray[np.float64]

NORTHWARD_M = 200.0
"""How far north a second point is taken to find where true north lies in the scene."""

J2000 = 2_451_545.0
UNIX_EPOCH = 2_440_587.5
PRESSURE_HPA, TEMPERATURE_C = 1013.25, 12.0
HORIZON_DEG = -0.83337
"""Upper limb on the horizon: half the sun's disc and the refraction there."""

PERTURBATIONS = (
    # Amplitude, phase at 1900 and rate a Julian century of what Venus, Jupiter and the Moon add to the longitude of
    # the sun, degrees, and whether it is a sine. J. Meeus, Astronomical Formulae for Calculators, chapter 18.
    (0.00134, 153.23, 22518.7541, False),
    (0.00154, 216.57, 45037.5082, False),
    (0.00200, 312.69, 32964.3577, False),
    (0.00179, 350.74, 445267.1142, True),
    (0.00178, 231.19, 20.20, True),
)


def sun_positions(
    lon: float, lat: float, times_utc: ArrayLike, *, refraction: bool = True
) -> tuple[Float64, Float64]:
    """Return azimuths and elevations of the sun as seen from a place.

    J. Meeus, Astronomical Algorithms (2nd edition, 1998), chapters 12, 13, 22 and 25, with the largest
    perturbations of his Astronomical Formulae, the parallax, and the refraction of NREL's SPA (I. Reda and
    A. Andreas, NREL/TP-560-34302, equation 42). Within 0.01 degree of NREL's SPA from 1900 to 2100.

    Parameters
    ----------
    lon, lat : float
        WGS 84, degrees.
    times_utc : (n,) datetime64
        UTC.
    refraction : bool
        Lift the sun by what the air bends, at 1013.25 hPa and 12 degrees Celsius.

    Returns
    -------
    azimuth_deg : (n,) float64
        Clockwise from true north, 0 to 360.
    elevation_deg : (n,) float64
        Above the horizon, negative at night.
    """
    seconds = np.asarray(times_utc, dtype="datetime64[ms]").astype(np.int64) / 1000.0
    days = seconds / 86400.0 + (UNIX_EPOCH - J2000)
    declination, hour_angle = _equatorial(days)
    azimuth, elevation = _above_horizon(declination, hour_angle + math.radians(lon), lat)
    elevation = elevation - 8.794 / 3600.0 * np.cos(np.radians(elevation))  # parallax
    if refraction:
        elevation = elevation + _refraction(elevation)
    return azimuth, elevation


def _equatorial(days: Float64) -> tuple[Float64, Float64]:
    """Return the declination and the hour angle at Greenwich in radians; ``days`` since J2000 in UT."""
    year = 2000.0 + days / 365.25
    delta_t_s = 32.0 * ((year - 1820.0) / 100.0) ** 2 - 20.0  # Morrison and Stephenson, 2004
    longitude, obliquity, nutation = _ecliptic((days + delta_t_s / 86400.0) / 36525.0)
    declination = np.arcsin(np.sin(obliquity) * np.sin(longitude))
    ascension = np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
    return declination, _sidereal(days, nutation * np.cos(obliquity)) - ascension


def _above_horizon(
    declination: Float64, hour_angle: Float64, lat: float
) -> tuple[Float64, Float64]:
    """Return azimuth from north and elevation in degrees, as from the centre of the Earth and without air."""
    phi = math.radians(lat)
    elevation = np.degrees(
        np.arcsin(
            np.sin(phi) * np.sin(declination)
            + np.cos(phi) * np.cos(declination) * np.cos(hour_angle)
        )
    )
    azimuth = np.degrees(
        np.arctan2(
            np.sin(hour_angle),
            np.cos(hour_angle) * np.sin(phi) - np.tan(declination) * np.cos(phi),
        )
    )
    return (azimuth + 180.0) % 360.0, elevation


def sun_position(lon: float, lat: float, at: datetime) -> tuple[float, float]:
    """Return the azimuth and the elevation of the sun at one moment; see :func:`sun_positions`.

    Raises
    ------
    ValueError
        The time has no zone.
    """
    azimuth, elevation = sun_positions(lon, lat, _utc64([at]))
    return float(azimuth[0]), float(elevation[0])


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
    azimuth, elevation = suns_in_scene(frame, _utc64([at]), xy_in_scene)
    return float(azimuth[0]), float(elevation[0])


def suns_in_scene(
    frame: GeoFrame, times_utc: ArrayLike, xy_in_scene: tuple[float, float] = (0.0, 0.0)
) -> tuple[Float64, Float64]:
    """Return azimuths from the scene's y axis and elevations for (n,) datetime64 moments, UTC.

    Raises
    ------
    CrsError
        The place of the scene on Earth cannot be found.
    """
    x, y = xy_in_scene
    here, north = frame.lonlat_from_scene(np.array([(x, y), (x, y + NORTHWARD_M)]))
    azimuth, elevation = sun_positions(float(here[0]), float(here[1]), times_utc)
    east = (north[0] - here[0]) * math.cos(math.radians(float(here[1])))
    grid_north = math.degrees(math.atan2(float(east), float(north[1] - here[1])))
    return (azimuth - grid_north) % 360.0, elevation


def directions(azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> Float64:
    """Return (n, 3) unit vectors towards suns at azimuths clockwise from y and elevations."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(elevation)
    return np.column_stack([level * np.sin(azimuth), level * np.cos(azimuth), np.sin(elevation)])


def _utc64(moments: list[datetime]) -> NDArray[np.datetime64]:
    if any(at.tzinfo is None for at in moments):
        raise ValueError("a time needs a zone")
    naive = [at.astimezone(UTC).replace(tzinfo=None) for at in moments]
    return np.array(naive, dtype="datetime64[ms]")


def _ecliptic(t: Float64) -> tuple[Float64, Float64, Float64]:
    """Return the apparent longitude, the true obliquity and the nutation in longitude, in radians."""
    mean = 280.46646 + 36000.76983 * t + 0.0003032 * t**2
    anomaly = np.radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t**2) * np.sin(anomaly)
        + (0.019993 - 0.000101 * t) * np.sin(2 * anomaly)
        + 0.000289 * np.sin(3 * anomaly)
    )
    longitude = mean + centre
    for amplitude, phase, rate, is_sine in PERTURBATIONS:
        angle = np.radians(phase + rate * (t + 1.0))
        longitude = longitude + amplitude * (np.sin(angle) if is_sine else np.cos(angle))
    node = np.radians(125.04452 - 1934.136261 * t)
    sun, moon = np.radians(2 * mean), np.radians(2 * (218.3165 + 481267.8813 * t))
    nutation = -17.20 * np.sin(node) - 1.32 * np.sin(sun) - 0.23 * np.sin(moon)
    tilt = 9.20 * np.cos(node) + 0.57 * np.cos(sun) + 0.10 * np.cos(moon)
    obliquity = 23.4392911 - 0.0130042 * t + tilt / 3600.0
    apparent = longitude - 20.4898 / 3600.0 + nutation / 3600.0
    return np.radians(apparent), np.radians(obliquity), np.radians(nutation / 3600.0)


def _sidereal(days: Float64, equation: Float64) -> Float64:
    """Return the apparent sidereal time at Greenwich in radians; ``days`` since J2000 in UT."""
    t = days / 36525.0
    mean = 280.46061837 + 360.98564736629 * days + 0.000387933 * t**2
    return np.asarray(np.radians(mean % 360.0) + equation)


def _refraction(elevation_deg: Float64) -> Float64:
    """Return how much the air lifts the sun, degrees; nothing well below the horizon, as in SPA."""
    safe = np.maximum(elevation_deg, -1.0)
    air = (PRESSURE_HPA / 1010.0) * (283.0 / (273.0 + TEMPERATURE_C))
    lift = air * 1.02 / (60.0 * np.tan(np.radians(safe + 10.3 / (safe + 5.11))))
    return np.where(elevation_deg >= HORIZON_DEG, lift, 0.0)
