"""Measures between places of the scene: pure functions on (n, 3) float64 arrays in metres."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from twin.model.ground import Ground
from twin.shapes import surface_height

Float64 = NDArray[np.float64]


def length_m(xyz: Float64) -> float:
    """Return the length of a line in space."""
    return float(np.linalg.norm(np.diff(xyz, axis=0), axis=1).sum()) if len(xyz) > 1 else 0.0


def level_length_m(xyz: Float64) -> float:
    """Return the length of a line as on a map."""
    return length_m(np.column_stack([xyz[:, :2], np.zeros(len(xyz))]))


def rise_m(xyz: Float64) -> float:
    """Return by how much the last place is above the first."""
    return float(xyz[-1, 2] - xyz[0, 2]) if len(xyz) > 1 else 0.0


def slope_percent(xyz: Float64) -> float:
    """Return the slope from the first to the last place in percent; infinite when it is upright, NaN for one place."""
    if len(xyz) < 2:
        return math.nan
    level = float(np.linalg.norm(xyz[-1, :2] - xyz[0, :2]))
    rise = rise_m(xyz)
    if level < 1e-9:
        return math.copysign(math.inf, rise) if abs(rise) > 1e-9 else math.nan
    return 100.0 * rise / level


def area_m2(xyz: Float64) -> float:
    """Return the area that a ring encloses on the map."""
    if len(xyz) < 3:
        return 0.0
    x, y = xyz[:, 0] - xyz[0, 0], xyz[:, 1] - xyz[0, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0)


def surface_m2(xyz: Float64) -> float:
    """Return the area of a ring in its own plane, for roofs and facades: half its vector area."""
    if len(xyz) < 3:
        return 0.0
    around = xyz - xyz.mean(axis=0)
    return float(np.linalg.norm(np.cross(around, np.roll(around, -1, axis=0)).sum(axis=0)) / 2.0)


def perimeter_m(xyz: Float64) -> float:
    """Return the length around a ring in space."""
    return length_m(np.vstack([xyz, xyz[:1]])) if len(xyz) > 2 else length_m(xyz)


def angle_deg(xyz: Float64) -> float:
    """Return the angle at the second of three places, 0 to 180 degrees; NaN where there is none."""
    if len(xyz) < 3:
        return math.nan
    one, other = xyz[0] - xyz[1], xyz[2] - xyz[1]
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    if size < 1e-12:
        return math.nan
    return math.degrees(math.acos(min(1.0, max(-1.0, float(one @ other) / size))))


def volume_m3(
    ground: Ground, ring: Float64, level_m: float, *, step_m: float = 0.5
) -> tuple[float, float]:
    """Return what must be dug out and filled up to bring the ground inside a ring to a level.

    Parameters
    ----------
    ring : (n, 2) or (n, 3) float64
        In the scene.
    level_m : float
        Z in the scene.
    step_m : float
        Side of the columns that are summed up; coarser for large rings, at most a million columns.

    Returns
    -------
    tuple of 2 float
        Cut and fill, both positive, m³.
    """
    import shapely

    if len(ring) < 3:
        return (0.0, 0.0)
    shape = shapely.Polygon(np.asarray(ring)[:, :2])
    x_min, y_min, x_max, y_max = shape.bounds
    step = max(step_m, math.sqrt((x_max - x_min) * (y_max - y_min) / 1e6))
    x = np.arange(x_min + step / 2, x_max, step)
    cut = fill = columns = 0.0
    for y in np.arange(y_min + step / 2, y_max, step):  # row by row: no call is a long one
        row = np.column_stack([x, np.full(len(x), y)])
        xy = row[shapely.contains_xy(shape, row)]
        above = surface_height(ground, xy) - level_m
        cut += float(above[above > 0].sum())
        fill -= float(above[above < 0].sum())
        columns += len(xy)
    # The columns stand for the whole ring, whatever its edge cuts off of them.
    each = float(shape.area) / max(columns, 1)
    return (cut * each, fill * each)


def profile(ground: Ground, line: Float64, *, step_m: float = 1.0) -> tuple[Float64, Float64]:
    """Return the section of the ground along a line.

    Returns
    -------
    along_m, height_m : (n,) float64
        Way along the map, and z in the scene.
    """
    if len(line) < 2:
        return np.zeros(0), np.zeros(0)
    each = np.linalg.norm(np.diff(line[:, :2], axis=0), axis=1)
    way = np.concatenate([[0.0], np.cumsum(each)])
    count = int(min(max(way[-1] / step_m, 2), 20_000)) + 1
    along = np.linspace(0.0, way[-1], count)
    xy = np.column_stack([np.interp(along, way, line[:, i]) for i in (0, 1)])
    return along, surface_height(ground, xy)
