"""What exceeds the height that a zoning allows: the part of each building above the envelope, with the rule's name."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
LEAST_M2 = 0.5
TOLERANCE_M = 0.05


def exceeding(
    zones: NDArray[Any], allowed_m: Float64, outlines: NDArray[Any], height_m: Float64
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[Any], Float64]:
    """Return what stands above the envelopes of zones.

    Parameters
    ----------
    zones : (z,) object array of polygons in the CRS
    allowed_m : (z,) float64
        Greatest height above the ground; NaN: none given, nothing exceeds it.
    outlines : (n,) object array of footprints in the CRS, None where there is none
    height_m : (n,) float64
        Heights above the ground.

    Returns
    -------
    zone, building : (k,) int
        Which zone and which building.
    part : (k,) object
        The part of the footprint in that zone.
    excess_m : (k,) float64
        By how much it is too high.
    """
    known = np.flatnonzero(np.isfinite(allowed_m) & ~shapely.is_missing(zones))
    tree = shapely.STRtree(zones[known])
    there = ~shapely.is_missing(outlines) & np.isfinite(height_m)
    row, hit = tree.query(outlines[there], predicate="intersects")
    building, zone = np.flatnonzero(there)[row], known[hit]
    excess = height_m[building] - allowed_m[zone]
    high = excess > TOLERANCE_M
    building, zone, excess = building[high], zone[high], excess[high]
    part = shapely.intersection(
        shapely.make_valid(outlines[building]), shapely.make_valid(zones[zone])
    )
    large = shapely.area(part) > LEAST_M2
    return zone[large], building[large], part[large], excess[large]
