"""A place on Earth out of what somebody typed, and in words what was understood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twin.errors import CrsError
from twin.model.geoframe import GeoFrame, parse_crs, transformer
from ui.i18n import tr
from ui.i18n.formats import number
from ui.search.notation import Pair, read_pair, split_crs

WGS84 = "EPSG:4326"
LAMBERT_93 = "EPSG:2154"
NORTHWARD, WESTWARD = frozenset("NS"), frozenset("WO")
METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place.

    Parameters
    ----------
    lon, lat : float
        Degrees, WGS 84.
    crs : str
        What the numbers were taken for.
    x, y : float
        The numbers, easting or longitude first.
    distance_m : float
        From the origin of the scene, roughly.
    """

    lon: float
    lat: float
    crs: str
    x: float
    y: float
    distance_m: float

    def xy_in_scene(self, frame: GeoFrame) -> tuple[float, float]:
        """Return the place in the scene, metres. Raises CrsError where PROJ has no exact way."""
        x, y = frame.scene_from_lonlat([[self.lon, self.lat]])[0]
        return float(x), float(y)


def understand(text: str, frame: GeoFrame) -> Place | None:
    """Return the place that a text means, None where it means none.

    Longitude and latitude are read in degrees (decimal, or with minutes and seconds, hemispheres as
    N S E W or O for the French "ouest"), eastings and northings in Lambert-93 or the project's CRS; a CRS
    may be named first (``EPSG:3949 ...``). Where the order or the CRS is open, the reading that lies
    nearest to the scene is taken: say to the user which, by :func:`in_words`.
    """
    crs, rest = split_crs(text)
    pair = read_pair(rest)
    if pair is None:
        return None
    found = list(_readings(pair, crs, frame))
    return min(found, key=lambda place: place.distance_m) if found else None


def in_words(place: Place) -> str:
    """Return what was understood."""
    if place.crs == WGS84:
        return tr("goto.lonlat", lon=number(place.lon, 5), lat=number(place.lat, 5))
    name = "Lambert-93" if place.crs == LAMBERT_93 else parse_crs(place.crs).name
    x, y = (number(value, 0 if value == round(value) else 1) for value in (place.x, place.y))
    return tr("goto.projected", crs=name, x=x, y=y)


def _readings(pair: Pair, crs: str, frame: GeoFrame) -> Iterator[Place]:
    origin = frame.lonlat_from_scene([[0.0, 0.0]])[0]
    candidates = [crs] if crs else [WGS84, LAMBERT_93, frame.crs]
    if pair.degrees:
        candidates = [WGS84] if crs in ("", WGS84) else []
    for name in dict.fromkeys(candidates):
        for x, y in _orders(pair):
            place = _read(x, y, name, (float(origin[0]), float(origin[1])))
            if place is not None:
                yield place


def _orders(pair: Pair) -> Iterator[tuple[float, float]]:
    """Yield the pair as x, y in each order that its hemispheres allow, signs applied."""
    one, two = pair.letters
    first, second = _signed(pair.first, one), _signed(pair.second, two)
    if one not in NORTHWARD and (not two or two in NORTHWARD):
        yield first, second
    if two not in NORTHWARD and (not one or one in NORTHWARD):
        yield second, first


def _signed(value: float, letter: str) -> float:
    return -abs(value) if letter == "S" or letter in WESTWARD else value


def _read(x: float, y: float, crs: str, origin: tuple[float, float]) -> Place | None:
    if crs == WGS84:
        if not (-180 <= x <= 180 and -90 <= y <= 90):
            return None
        return Place(x, y, crs, x, y, _distance_m((x, y), origin))
    try:
        lon, lat = transformer(crs, WGS84).transform(x, y)
        area = parse_crs(crs).area_of_use
    except CrsError:
        return None
    if not (np.isfinite(lon) and np.isfinite(lat)):
        return None
    if area is not None and not (
        area.west - 1 <= lon <= area.east + 1 and area.south - 1 <= lat <= area.north + 1
    ):
        return None
    return Place(float(lon), float(lat), crs, x, y, _distance_m((lon, lat), origin))


def _distance_m(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Return the distance of two places in degrees as if the Earth were flat between them."""
    east = (one[0] - two[0]) * np.cos(np.radians((one[1] + two[1]) / 2))
    return float(np.hypot(east, one[1] - two[1]) * METRES_A_DEGREE)
