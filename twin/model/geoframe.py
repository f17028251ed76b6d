"""Where the scene is on Earth: projected CRS metres minus an origin; the one maker of transformers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.errors import CrsError

if TYPE_CHECKING:
    from pyproj import CRS, Transformer


@dataclass(frozen=True, kw_only=True)
class GeoFrame:
    """The scene: metres in ``crs`` minus ``origin``, heights orthometric.

    Parameters
    ----------
    crs : str
        A projected CRS in metres, ``"EPSG:2154"`` or WKT.
    origin : tuple of 3 float
        Easting, northing, height of the scene's zero, kept in float64.
    """

    crs: str
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def scene_from_crs(self, xyz_in_crs: ArrayLike) -> NDArray[np.float32]:
        """Return (n, 3) float32 scene coordinates of (n, 3) float64 project coordinates."""
        return np.asarray(np.asarray(xyz_in_crs, dtype=np.float64) - self.origin, dtype=np.float32)

    def crs_from_scene(self, xyz_in_scene: ArrayLike) -> NDArray[np.float64]:
        """Return (n, 3) float64 project coordinates of (n, 3) scene coordinates."""
        return np.asarray(np.asarray(xyz_in_scene, dtype=np.float64) + self.origin)

    def lonlat_from_scene(self, xy_in_scene: ArrayLike) -> NDArray[np.float64]:
        """Return (n, 2) longitude and latitude in degrees (WGS 84) of (n, 2) scene positions."""
        xy = np.asarray(xy_in_scene, dtype=np.float64) + self.origin[:2]
        lon, lat = transformer(self.crs, "EPSG:4326").transform(xy[:, 0], xy[:, 1])
        return np.column_stack([lon, lat])

    def scene_from_lonlat(self, lonlat: ArrayLike) -> NDArray[np.float64]:
        """Return (n, 2) scene positions of (n, 2) longitudes and latitudes in degrees (WGS 84)."""
        lonlat = np.asarray(lonlat, dtype=np.float64)
        x, y = transformer("EPSG:4326", self.crs).transform(lonlat[:, 0], lonlat[:, 1])
        return np.asarray(np.column_stack([x, y]) - self.origin[:2])


@lru_cache(maxsize=64)
def parse_crs(text: str) -> CRS:
    """Return the pyproj CRS of an authority code, WKT, URN or OGC URL.

    Raises
    ------
    CrsError
        The text names no CRS that PROJ knows.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise CrsError("crs.unknown", text[:120]) from error


def is_metric(crs: str) -> bool:
    """Whether a CRS is projected in metres, as that of a scene must be.

    Raises
    ------
    CrsError
        The text names no CRS that PROJ knows.
    """
    parsed = parse_crs(crs)
    return parsed.is_projected and {a.unit_name for a in parsed.axis_info[:2]} == {"metre"}


@lru_cache(maxsize=64)
def transformer(source: str, target: str) -> Transformer:
    """Return the horizontal transformer, always x/longitude first; the one place that makes them.

    PROJ's network is off and ballpark transformations are refused, so that a missing grid is an error and
    never a silent shift.

    Raises
    ------
    CrsError
        Unknown CRS, or no transformation without a guess.
    """
    from pyproj import Transformer
    from pyproj.exceptions import ProjError
    from pyproj.network import set_network_enabled  # type: ignore[attr-defined]

    set_network_enabled(active=False)
    try:
        return Transformer.from_crs(
            parse_crs(source), parse_crs(target), always_xy=True, allow_ballpark=False
        )
    except ProjError as error:
        raise CrsError("crs.no_transformation", f"{source[:60]} → {target[:60]}") from error
