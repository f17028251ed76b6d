"""The CRS of a CityGML file and the order of its axes, which no two producers agree on."""

from __future__ import annotations

import re

from twin.errors import CrsError
from twin.io.cityjson_crs import crs_text
from twin.io.crs import in_area_of_use
from twin.io.inspection import Bounds
from twin.io.vertical import split
from twin.model.geoframe import parse_crs

_ADV = re.compile(r"urn:adv:crs:([A-Z0-9]+)_([A-Z0-9]+)(?:\*DE_([A-Z0-9]+)_NH)?", re.IGNORECASE)
_ADV_PLANE = {
    "ETRS89": {"UTM31": 25831, "UTM32": 25832, "UTM33": 25833, "LAT-LON": 4258},
    "DHDN": {"3GK2": 31466, "3GK3": 31467, "3GK4": 31468, "3GK5": 31469},
}
_ADV_HEIGHT = {"DHHN92": 5783, "DHHN2016": 7837, "DHHN85": 5784}


def crs_of(name: str) -> str:
    """Return ``"EPSG:25833+5783"`` of an ``srsName``; empty for a local system or none.

    Besides all that :func:`twin.io.cityjson_crs.crs_text` understands, the names of the German surveys
    (``urn:adv:crs:ETRS89_UTM32*DE_DHHN92_NH``).
    """
    name = name.strip()
    if not name or name.startswith("#"):
        return ""
    german = _ADV.search(name.replace("DE_DHDN", "DHDN"))
    if german:
        code = _ADV_PLANE.get(german[1].upper(), {}).get(german[2].upper())
        height = _ADV_HEIGHT.get((german[3] or "").upper())
        if code:
            return f"EPSG:{code}+{height}" if height else f"EPSG:{code}"
    if "CRS84" in name:
        return "OGC:CRS84"
    return crs_text({"referenceSystem": name})


def north_first(crs: str, bounds: Bounds) -> bool:
    """Whether the first number of a position is the northing (or latitude).

    The definition of the CRS and the files contradict each other often enough: where only one order falls
    into the area that the CRS is made for, that is it. Else latitude comes first, as every geographic CRS
    but CRS84 has it, and easting comes first in the plane, as nearly every file has it.

    Parameters
    ----------
    crs : str
        As :func:`crs_of` returns it.
    bounds : tuple of 4 float
        first_min, second_min, first_max, second_max as they stand in the file.
    """
    try:
        parsed = parse_crs(split(crs).horizontal)
        turned = (bounds[1], bounds[0], bounds[3], bounds[2])
        as_written, exchanged = in_area_of_use(crs, bounds), in_area_of_use(crs, turned)
    except CrsError:
        return False
    if as_written != exchanged:
        return exchanged
    return bool(parsed.is_geographic) and "CRS84" not in crs
