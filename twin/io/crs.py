"""Where a file lies on Earth: what it says, whether that can be, and what else it must be.

``crs_reason`` is one of the keys below; their wordings are with those of the problems.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from twin.errors import CrsError, ReadError
from twin.io.inspection import Bounds
from twin.io.loaded import Declared
from twin.io.vertical import SplitCrs, name_of, split
from twin.model.geoframe import parse_crs, transformer
from twin.problems import Problem

FILE = "io.crs_reason.file"
FORMAT = "io.crs_reason.format"
GIVEN = "io.crs_reason.given"
GUESSED = "io.crs_reason.guessed"
ASSUMED = "io.crs_reason.assumed"
MISSING = "io.crs_reason.missing"
DIAGRAM = "io.crs_reason.diagram"

LONLAT = "EPSG:4326"
Report = Callable[[Problem], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The decision on the CRS of a layer.

    Parameters
    ----------
    text : str
        Full CRS (with its vertical part); empty when unknown.
    reason : str
        Key of the wording.
    swapped : bool
        The file has latitude before longitude.
    """

    text: str
    reason: str
    swapped: bool = False

    def split(self) -> SplitCrs:
        """Return its parts. Raises :class:`~twin.errors.CrsError` when unknown."""
        return split(self.text)


def place(
    declared: Declared,
    bounds: Bounds | None,
    *,
    given: str,
    target: str,
    where: str,
    report: Report,
) -> Placed:
    """Decide in which CRS the coordinates of a layer are.

    Parameters
    ----------
    declared : Declared
        What the file says.
    bounds : tuple of 4 float or None
        x_min, y_min, x_max, y_max of the coordinates; None without any.
    given : str
        What the user says; it is taken unless PROJ does not know it.
    target : str
        CRS of the project; empty when there is none.
    where : str
        Name of the file for messages.
    report : callable
        Takes the problems found.

    Raises
    ------
    ReadError
        ``given`` is no CRS; or nothing is known and the coordinates cannot be those of the project.
    """
    if given:
        return _given(given, where)
    known = _known(declared.text, where, report)
    if known and bounds is not None:
        return _checked(known, declared, bounds, target=target, where=where, report=report)
    if known:
        return Placed(text=known, reason=FORMAT if declared.by_default else FILE)
    return _missing(declared, bounds, target=target, where=where, report=report)


def _given(given: str, where: str) -> Placed:
    try:
        split(given)
    except CrsError as error:
        raise ReadError("io.crs_given_unknown", where, crs=given[:80]) from error
    return Placed(text=given, reason=GIVEN)


def _known(text: str, where: str, report: Report) -> str:
    if not text:
        return ""
    try:
        split(text)
        return name_of(parse_crs(text))
    except CrsError:
        report(Problem("io.crs_unknown", where, {"crs": text[:120]}))
        return ""


def _checked(
    known: str, declared: Declared, bounds: Bounds, *, target: str, where: str, report: Report
) -> Placed:
    """Take the CRS of the file unless the numbers cannot be in it."""
    reason = FORMAT if declared.by_default else FILE
    if split(known).geocentric:
        return Placed(text=known, reason=reason)
    guess = _guess(bounds)
    values = {"crs": known, "extent": _printed(bounds), "guess": guess}
    if _outside_degrees(known, bounds) or (guess == LONLAT and _are_degrees_of(known, bounds)):
        if guess:
            report(Problem("io.crs_wrong_guessed", where, values))
            return Placed(text=guess, reason=GUESSED)
        report(Problem("io.crs_impossible", where, values))
        return _missing(declared, bounds, target=target, where=where, report=report)
    swapped = _swap_fits(known, bounds, target)
    if swapped:
        report(Problem("io.axes_swapped", where, {"crs": known}))
    elif not in_area_of_use(known, bounds):
        report(Problem("io.crs_implausible", where, values))
    return Placed(text=known, reason=reason, swapped=swapped)


def _are_degrees_of(known: str, bounds: Bounds) -> bool:
    """A CRS in metres was declared, but the numbers are degrees in the area that it is meant for."""
    area = area_of_use(known)
    return not _is_geographic(known) and area is not None and _overlaps(area, bounds)


def _missing(
    declared: Declared, bounds: Bounds | None, *, target: str, where: str, report: Report
) -> Placed:
    if bounds is None:
        return Placed(text="", reason=MISSING)
    values = {"extent": _printed(bounds), "crs": target[:60]}
    if target and not _is_geographic(target) and in_area_of_use(target, bounds):
        report(Problem("io.crs_assumed", where, values))
        return Placed(text=target, reason=ASSUMED)
    guess = _guess(bounds)
    if guess and not (declared.metric and guess == LONLAT):
        report(Problem("io.crs_guessed", where, {**values, "guess": guess}))
        return Placed(text=guess, reason=GUESSED)
    if target:
        raise ReadError("io.crs_unplaceable", where, **values)
    report(Problem("io.crs_missing", where, values))
    return Placed(text="", reason=MISSING)


def _guess(bounds: Bounds) -> str:
    """Return the CRS that the numbers can only be, empty when several could be."""
    x_min, y_min, x_max, y_max = bounds
    if -180 <= x_min <= x_max <= 180 and -90 <= y_min <= y_max <= 90:
        small = x_max - x_min <= 10 and y_max - y_min <= 10
        off_origin = not (x_min <= 2 and x_max >= -2 and y_min <= 2 and y_max >= -2)
        return LONLAT if small and off_origin else ""
    if 0 <= x_min <= x_max <= 1_300_000 and 6_000_000 <= y_min <= y_max <= 7_200_000:
        return "EPSG:2154"
    if x_min > 1_300_000 and x_max <= 2_300_000:
        zone = round((y_min - 200_000) / 1_000_000) + 41
        if (
            42 <= zone <= 50
            and abs((y_min + y_max) / 2 - (zone - 41) * 1_000_000 - 200_000) < 180_000
        ):
            return f"EPSG:{3900 + zone}"
    return ""


def _swap_fits(known: str, bounds: Bounds, target: str) -> bool:
    """Degrees lie in the project's area only when read as latitude, longitude."""
    if not target or not _is_geographic(known):
        return False
    x_min, y_min, x_max, y_max = bounds
    swapped = (y_min, x_min, y_max, x_max)
    area = area_of_use(target)
    return area is not None and _overlaps(area, swapped) and not _overlaps(area, bounds)


def _is_geographic(text: str) -> bool:
    try:
        return bool(parse_crs(split(text).horizontal).is_geographic)
    except CrsError:
        return False


def _outside_degrees(known: str, bounds: Bounds) -> bool:
    return _is_geographic(known) and (
        max(map(abs, bounds[::2])) > 360 or max(map(abs, bounds[1::2])) > 90
    )


@lru_cache(maxsize=64)
def area_of_use(text: str) -> Bounds | None:
    """Return west, south, east, north in degrees where a CRS is meant for, widened by a quarter."""
    area = parse_crs(split(text).horizontal).area_of_use
    if area is None or area.west > area.east:
        return None
    dx, dy = (area.east - area.west) / 4 + 3.0, (area.north - area.south) / 4 + 3.0
    return (area.west - dx, area.south - dy, area.east + dx, area.north + dy)


def in_area_of_use(text: str, bounds: Bounds) -> bool:
    """Whether coordinates in a CRS lie where that CRS is meant for."""
    horizontal = split(text).horizontal
    x = np.array([bounds[0], (bounds[0] + bounds[2]) / 2, bounds[2]])
    y = np.array([bounds[1], (bounds[1] + bounds[3]) / 2, bounds[3]])
    if _is_geographic(text):
        if _outside_degrees(text, bounds):
            return False
        lon, lat = x, y
    else:
        try:
            lon, lat = transformer(horizontal, LONLAT).transform(x, y)
        except CrsError:
            return True  # cannot be judged
    if not (np.isfinite(lon[1]) and np.isfinite(lat[1])):
        return False
    area = area_of_use(text)
    found = (
        float(np.nanmin(lon)),
        float(np.nanmin(lat)),
        float(np.nanmax(lon)),
        float(np.nanmax(lat)),
    )
    return area is None or _overlaps(area, found)


def _overlaps(a: Bounds, b: Bounds) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _printed(bounds: Bounds) -> str:
    digits = 5 if max(map(abs, bounds)) <= 360 else 0
    return " ".join(f"{value:.{digits}f}" for value in bounds)
