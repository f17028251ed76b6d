"""What a measured surface (DSM) says of the buildings under it: how high they are, and the form of their roof.

Every cell whose middle lies inside a footprint is a sample. Of four forms (flat, one slope, two slopes, four slopes
in the frame of the footprint's smallest turned rectangle) the simplest that explains the samples is taken; each is
fitted by least squares once, and again without what stands out of it: chimneys, and trees over the roof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.model.table import Raster
from twin.shapes.parts import Float64

LEAST_SAMPLES, MOST_SAMPLES = 4, 4000
SAMPLES_FOR_FORM = 12
FLAT_STEP_M = 0.9
"""A roof whose samples span less (from the 10th to the 90th hundredth) is flat."""
LEAST_RISE_M = 1.0
BETTER = 0.6
"""A form counts only where it leaves less than this part of what a flat roof leaves."""
MOST_LEFT_M = 0.8
"""A form that leaves more explains nothing: blocks of several heights, trees."""
SIMPLER = 0.85
"""A form of more slopes counts only where it leaves less than this part of what one with fewer leaves."""
RING_M = 6.0
"""Where no ground is known it is the low of the surface this far around the building."""

FORMS = ("flat", "skillion", "gabled", "hipped")


@dataclass(frozen=True, eq=False, kw_only=True)
class Measured:
    """Of each footprint, NaN (or an empty form) where too little of the surface lies over it.

    Parameters
    ----------
    ground_m : (n,) float64
        Lowest ground under it.
    top_m, rise_m : (n,) float64
        From the ground to the ridge, and from the eaves to the ridge, metres.
    form : (n,) object of str
        One of :data:`FORMS`.
    """

    ground_m: Float64
    top_m: Float64
    rise_m: Float64
    form: NDArray[np.object_]


def measure(footprints: NDArray[Any], surface: Raster, ground: Raster | None) -> Measured:
    """Measure footprints in a surface.

    Parameters
    ----------
    footprints : (n,) object array of shapely polygons
        In the CRS of the rasters, which is in metres; None where there is none.
    surface : Raster
        Heights of roofs and trees.
    ground : Raster or None
        Heights of the ground. None: the low of the surface around each building.
    """
    n = len(footprints)
    found = Measured(
        ground_m=np.full(n, np.nan), top_m=np.full(n, np.nan), rise_m=np.full(n, np.nan),
        form=np.full(n, "", dtype=object),
    )  # fmt: skip
    for row, polygon in enumerate(footprints):
        if polygon is None or shapely.is_empty(polygon) or shapely.area(polygon) <= 0:
            continue
        xyz = _samples(surface, polygon)
        if len(xyz) < LEAST_SAMPLES:
            continue
        foot = _foot(polygon, surface, ground)
        form, top, rise = _roof(xyz, polygon)
        if not np.isfinite(foot) or top <= foot:
            continue
        found.ground_m[row], found.top_m[row] = foot, top - foot
        found.rise_m[row], found.form[row] = min(rise, top - foot), form
    return found


def _samples(raster: Raster, polygon: Any) -> Float64:
    """Return (k, 3) the middles of the cells inside a polygon that have a value, thinned where there are many."""
    x_min, y_min, x_max, y_max = polygon.bounds
    rows, columns = raster.values.shape
    first = (
        max(0, int((raster.y_max - y_max) / raster.dy)),
        max(0, int((x_min - raster.x_min) / raster.dx)),
    )
    last = (
        min(rows, int((raster.y_max - y_min) / raster.dy) + 1),
        min(columns, int((x_max - raster.x_min) / raster.dx) + 1),
    )
    if first[0] >= last[0] or first[1] >= last[1]:
        return np.empty((0, 3))
    step = max(1, int(np.sqrt((last[0] - first[0]) * (last[1] - first[1]) / MOST_SAMPLES)))
    i, j = np.meshgrid(
        np.arange(first[0], last[0], step), np.arange(first[1], last[1], step), indexing="ij"
    )
    x = raster.x_min + (j.ravel() + 0.5) * raster.dx
    y = raster.y_max - (i.ravel() + 0.5) * raster.dy
    z = raster.values[i.ravel(), j.ravel()].astype(np.float64)
    kept = np.isfinite(z) & shapely.contains_xy(polygon, x, y)
    return np.asarray(np.column_stack([x, y, z])[kept], np.float64)


def _foot(polygon: Any, surface: Raster, ground: Raster | None) -> float:
    if ground is None:
        around = _samples(surface, polygon.buffer(RING_M).difference(polygon.buffer(surface.dx)))
        return float(np.percentile(around[:, 2], 10)) if len(around) else np.nan
    below = _samples(ground, polygon)
    if not len(below):
        below = _samples(ground, polygon.buffer(ground.dx))
    return float(below[:, 2].min()) if len(below) else np.nan


def _roof(xyz: Float64, polygon: Any) -> tuple[str, float, float]:
    """Return the form of a roof, the height of its top, and how far it rises from the eaves."""
    z = xyz[:, 2]
    flat = float(np.median(z))
    low, high = np.percentile(z, [10, 90])
    if high - low < FLAT_STEP_M or len(xyz) < SAMPLES_FOR_FORM:
        return "flat", flat, 0.0
    across, along = _in_frame(xyz[:, :2], polygon)
    best = ("flat", flat, 0.0)
    left = min(_left(z - flat) * BETTER, MOST_LEFT_M)
    for form, slopes in (
        ("skillion", np.column_stack([xyz[:, 0] - xyz[0, 0], xyz[:, 1] - xyz[0, 1]])),
        ("gabled", across[:, None]),
        ("hipped", np.maximum(across, along)[:, None]),
    ):
        fitted = _fitted(slopes, z)
        rise = float(np.ptp(fitted))
        remains = _left(z - fitted)
        falls_outward = form == "skillion" or np.corrcoef(slopes[:, 0], fitted)[0, 1] < 0
        if remains < left and rise >= LEAST_RISE_M and falls_outward:
            best, left = (form, float(fitted.max()), rise), remains * SIMPLER
    return best


def _in_frame(xy: Float64, polygon: Any) -> tuple[Float64, Float64]:
    """Return how far points lie from the long middle line, and beyond the ends of the ridge of a hip."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
    sides = np.diff(corners[:3], axis=0)
    lengths = np.linalg.norm(sides, axis=1)
    axis = sides[int(lengths.argmax())] / max(float(lengths.max()), 1e-9)
    away = xy - corners[:4].mean(axis=0)
    across = np.abs(away @ np.array([-axis[1], axis[0]]))
    ridge = max(float(lengths.max() - lengths.min()) / 2, 0.0)
    return across, np.maximum(np.abs(away @ axis) - ridge, 0.0)


def _fitted(slopes: Float64, z: Float64) -> Float64:
    """Return the heights of the plane through samples, fitted again without those that stand out."""
    columns = np.column_stack([slopes, np.ones(len(z))])
    kept = np.ones(len(z), bool)
    fitted = z
    for _ in range(2):
        answer = np.linalg.lstsq(columns[kept], z[kept], rcond=None)[0]
        fitted = columns @ answer
        off = np.abs(z - fitted)
        kept = off <= max(3 * float(np.median(off)), 0.2)
    return fitted


def _left(off: Float64) -> float:
    """Return how far samples typically lie off a form: robust against what stands on a roof."""
    return float(np.percentile(np.abs(off), 75))
