"""What is asked for: a place with an outline, in the coordinates that services want."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from twin.model.geoframe import transformer

LONLAT = "EPSG:4326"
METROPOLE = (-5.5, 41.0, 9.7, 51.5)
"""Longitude and latitude around metropolitan France: EPSG:2154 holds inside."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """A place.

    Parameters
    ----------
    name : str
        As the service calls it.
    outline : shapely Polygon or MultiPolygon
        Longitude and latitude, WGS 84.
    code : str
        INSEE code of a French commune, empty elsewhere.
    crs : str
        Projected CRS in metres that the project will have.
    margin_m : float
        How much around the outline is fetched, so that the edge of the model is not cut through houses.
    """

    name: str
    outline: Any
    code: str = ""
    crs: str = "EPSG:2154"
    margin_m: float = 50.0

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """x_min, y_min, x_max, y_max in ``crs``, metres, with the margin."""
        edge = shapely.segmentize(self.outline, 0.01)
        lon, lat = shapely.get_coordinates(edge).T
        x, y = transformer(LONLAT, self.crs).transform(lon, lat)
        m = self.margin_m
        return (
            float(np.min(x) - m),
            float(np.min(y) - m),
            float(np.max(x) + m),
            float(np.max(y) + m),
        )

    @property
    def lonlat_bounds(self) -> tuple[float, float, float, float]:
        """Longitude and latitude: west, south, east, north, with the margin."""
        x0, y0, x1, y1 = self.bounds
        t = np.linspace(0.0, 1.0, 9)
        x = np.concatenate([x0 + (x1 - x0) * t] * 2 + [np.full(9, x0), np.full(9, x1)])
        y = np.concatenate([np.full(9, y0), np.full(9, y1), y0 + (y1 - y0) * t, y0 + (y1 - y0) * t])
        lon, lat = transformer(self.crs, LONLAT).transform(x, y)
        return (
            float(np.min(lon)),
            float(np.min(lat)),
            float(np.max(lon)),
            float(np.max(lat)),
        )

    def words(self) -> Mapping[str, str]:
        """What the addresses and parameters of a catalogue may name in braces."""
        x0, y0, x1, y1 = self.bounds
        west, south, east, north = self.lonlat_bounds
        return {
            "name": self.name,
            "insee": self.code,
            "departement": self.code[:3] if self.code.startswith("97") else self.code[:2],
            "epsg": self.crs.partition(":")[2],
            "x_min": f"{x0:.2f}",
            "y_min": f"{y0:.2f}",
            "x_max": f"{x1:.2f}",
            "y_max": f"{y1:.2f}",
            "west": f"{west:.6f}",
            "south": f"{south:.6f}",
            "east": f"{east:.6f}",
            "north": f"{north:.6f}",
        }


def projected_crs(outline: Any) -> str:
    """Return Lambert-93 inside metropolitan France, else the UTM zone of the middle of an outline."""
    west, south, east, north = METROPOLE
    centre = outline.centroid
    lon, lat = float(centre.x), float(centre.y)
    if west <= lon <= east and south <= lat <= north:
        return "EPSG:2154"
    zone = min(max(math.floor((lon + 180.0) / 6.0) + 1, 1), 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
