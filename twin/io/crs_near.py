"""The coordinate systems that a file of a place may be in: what PROJ knows of the area, the most local first."""

from __future__ import annotations

from dataclasses import dataclass

WIDEST_DEG = 70.0
"""Grids of continents and of the world are made for none of their towns."""
ALWAYS = (("EPSG:4326", "WGS 84"), ("EPSG:3857", "WGS 84 / Pseudo-Mercator"))


@dataclass(frozen=True)
class Offered:
    """A CRS to choose: its code and its name."""

    code: str
    name: str


def crs_near(lon: float, lat: float) -> tuple[Offered, ...]:
    """Return the plane CRSs of EPSG whose area holds a place, and those of the whole Earth after them.

    Takes some tenths of a second: for a worker.
    """
    from pyproj.aoi import AreaOfInterest
    from pyproj.database import query_crs_info
    from pyproj.enums import PJType

    spot = AreaOfInterest(lon, lat, lon, lat)
    found = query_crs_info(
        auth_name="EPSG", pj_types=[PJType.PROJECTED_CRS], area_of_interest=spot, contains=True
    )
    sized: dict[Offered, float] = {}
    for info in found:
        area = info.area_of_use
        if area is None:
            continue
        wide = (area.east - area.west) % 360.0
        if 0.0 < wide < WIDEST_DEG:
            sized[Offered(f"EPSG:{info.code}", info.name)] = wide * (area.north - area.south)
    near = sorted(sized, key=lambda offered: (sized[offered], offered.code))
    return (*near, *(Offered(*pair) for pair in ALWAYS))
