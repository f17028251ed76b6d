"""The ground under a measured surface: houses and trees taken off.

The progressive morphological filter of Zhang et al., "A progressive morphological filter for removing nonground
measurements from airborne LIDAR data", IEEE TGRS 41 (2003): windows grow, and what stands out of the opened surface by
more than the land can rise over a window is no ground.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.model.table import Raster

STEEPEST = 0.3
"""Rise of land over a length; what rises more is a wall."""
LEAST_STEP_M, MOST_STEP_M = 0.5, 3.0
SMOOTHED_CELLS = 5


def bare_ground(raster: Raster, widest_m: float) -> Raster:
    """Return heights without what stands on the ground and is at most so wide; estimated where that was.

    Parameters
    ----------
    raster : Raster
        Heights in a CRS in metres; NaN stays NaN.
    widest_m : float
        Width of the widest building to take off.
    """
    from scipy import ndimage

    heights = raster.values.astype(np.float32)
    known = np.isfinite(heights)
    if not known.any():
        return raster
    cell_m = (raster.dx * raster.dy) ** 0.5
    surface = np.where(known, heights, np.float32(np.nanmax(heights)))
    ground = known.copy()
    before = 1
    for window in _windows(widest_m / cell_m):
        opened = ndimage.grey_opening(surface, size=(window, window))
        step_m = min(STEEPEST * (window - before) * cell_m + LEAST_STEP_M, MOST_STEP_M)
        ground &= surface - opened <= step_m
        surface, before = opened, window
    return replace(raster, values=_filled(heights, known, ground))


def _windows(widest_cells: float) -> list[int]:
    """Return odd window sizes, about doubling, up to what takes off the widest building."""
    sizes, size = [], 3
    while size < widest_cells:
        sizes.append(size)
        size = 2 * size - 1
    return [*sizes, 2 * int(widest_cells // 2) + 3]


def _filled(
    heights: NDArray[np.float32], known: NDArray[np.bool_], ground: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return the ground, and between it what the nearest ground lets expect, smoothed."""
    from scipy import ndimage

    if not ground.any():
        return heights
    nearest = ndimage.distance_transform_edt(~ground, return_distances=False, return_indices=True)
    filled = heights[tuple(nearest)]
    smooth = ndimage.uniform_filter(filled, SMOOTHED_CELLS)
    return np.where(ground, heights, np.where(known, smooth, np.float32(np.nan)))
