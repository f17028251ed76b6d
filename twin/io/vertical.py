"""Heights: what the vertical part of a CRS says, and how to bring it to orthometric metres.

The scene keeps orthometric heights. A CRS with a gravity-related vertical part is kept as it is (metres, up);
one with ellipsoidal heights needs a geoid grid, which PROJ may or may not have on this machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import CrsError
from twin.model.geoframe import parse_crs, transformer
from twin.problems import Problem, Severity

if TYPE_CHECKING:
    from pyproj import Transformer


class Heights(StrEnum):
    """What the z of a CRS is measured from."""

    GRAVITY = "gravity"
    ELLIPSOID = "ellipsoid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitCrs:
    """A CRS taken apart.

    Parameters
    ----------
    horizontal : str
        ``"EPSG:2154"`` or WKT of the two-dimensional part; for geocentric sources EPSG:4979.
    heights : Heights
        What z is.
    metres_per_unit : float
        Factor on z.
    upward : bool
        False where the axis points down: depths.
    geocentric : bool
        x, y, z are measured from the centre of the Earth.
    """

    horizontal: str
    heights: Heights = Heights.UNKNOWN
    metres_per_unit: float = 1.0
    upward: bool = True
    geocentric: bool = False

    @property
    def changes_z(self) -> bool:
        """Whether z must be touched at all."""
        return not self.upward or self.metres_per_unit != 1.0 or self.heights is Heights.ELLIPSOID


def name_of(crs: Any) -> str:
    """Return ``"EPSG:2154"`` where the CRS is a registered one, else WKT."""
    code = crs.to_epsg(min_confidence=70)
    if code is not None:
        return f"EPSG:{code}"
    authority = crs.to_authority(min_confidence=70)
    if authority == ("OGC", "CRS84"):  # the same degrees, in the order that is used here anyway
        return "EPSG:4326"
    return f"{authority[0]}:{authority[1]}" if authority else str(crs.to_wkt())


@lru_cache(maxsize=64)
def split(text: str) -> SplitCrs:
    """Take a CRS apart into its horizontal and vertical part.

    Raises
    ------
    CrsError
        PROJ does not know it, or it has no position on Earth (an engineering or vertical CRS).
    """
    crs = parse_crs(text)
    if crs.is_geocentric:
        return SplitCrs(horizontal="EPSG:4979", heights=Heights.ELLIPSOID, geocentric=True)
    if crs.is_compound and len(crs.sub_crs_list) == 2:
        horizontal, vertical = crs.sub_crs_list
        axis = vertical.axis_info[0]
        return SplitCrs(
            horizontal=name_of(horizontal),
            heights=Heights.GRAVITY,
            metres_per_unit=float(axis.unit_conversion_factor or 1.0),
            upward=axis.direction.lower() != "down",
        )
    if not (crs.is_geographic or crs.is_projected or crs.is_bound or crs.is_derived):
        raise CrsError("crs.no_position", text[:120])
    if len(crs.axis_info) == 3:
        return SplitCrs(horizontal=name_of(crs.to_2d()), heights=Heights.ELLIPSOID)
    return SplitCrs(horizontal=name_of(crs))


@lru_cache(maxsize=64)
def plane_unit(text: str) -> tuple[float, str]:
    """Return metres of a unit, and its name, of a plane CRS that says nothing of heights; 1 for any other."""
    crs = parse_crs(text)
    axes = crs.axis_info
    if len(axes) != 2 or not crs.is_projected:
        return 1.0, ""
    return float(axes[0].unit_conversion_factor), str(axes[0].unit_name)


def feet_problem(where: str, unit: str) -> Problem:
    """Return the problem that says that heights were taken as feet because positions are."""
    return Problem("io.heights_in_feet", where, {"unit": unit}, Severity.INFO)


def geoid_undulation_m(lon: NDArray[Any], lat: NDArray[Any]) -> tuple[NDArray[Any], str] | None:
    """Return ellipsoidal minus orthometric height, and the vertical CRS used; None without a grid.

    Parameters
    ----------
    lon, lat : (n,) float64
        Degrees, WGS 84.
    """
    zero = np.zeros(len(lon))
    for vertical in ("EPSG:4326+5720", "EPSG:4326+5773", "EPSG:4326+3855"):  # IGN69, EGM96, EGM2008
        lowering = _lowering(vertical)
        if lowering is None:
            continue
        height = np.asarray(lowering.transform(lon, lat, zero)[2], dtype=np.float64)
        if np.isfinite(height).all() and np.abs(height).max(initial=0.0) > 1e-6:
            return -height, vertical
    return None


@lru_cache
def _lowering(vertical: str) -> Transformer | None:
    """Return what takes ellipsoidal heights to a geoid; None without its grid, which takes PROJ long to find out."""
    try:
        return transformer("EPSG:4979", vertical)
    except CrsError:
        return None


def to_metres_up(z: NDArray[np.float64], vertical: SplitCrs) -> NDArray[np.float64]:
    """Return z in metres, upward."""
    factor = vertical.metres_per_unit * (1.0 if vertical.upward else -1.0)
    return z if factor == 1.0 else z * factor


def ellipsoidal_problem(where: str, corrected_with: str) -> Problem:
    """Return the problem that says how ellipsoidal heights were treated."""
    key = "io.heights_estimated" if corrected_with else "io.heights_ellipsoidal"
    return Problem(key, where, {"grid": corrected_with})
