"""Where a network is in the scene: pipes side by side, cables that hang, points on the ground."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin import shapes
from twin.model.geoframe import GeoFrame
from twin.model.ground import Ground
from twin.model.table import FeatureTable

Float64 = NDArray[np.float64]
Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
MITER_LIMIT = 2.0
SAG_STEPS = 8


def in_scene(table: FeatureTable, frame: GeoFrame) -> NDArray[Any]:
    """Return (n,) shapely geometries in scene metres, without heights; None stays None."""
    geometries = shapely.force_2d(table.frame.geometry.to_numpy())
    origin = np.asarray(frame.origin[:2])
    return np.asarray(shapely.transform(geometries, lambda xy: xy - origin))


def points_on(
    geometries: NDArray[Any], rows: NDArray[np.intp], ground: Ground
) -> tuple[Float64, Int32]:
    """Return (m, 3) points on the ground and the row of each.

    A feature of many points has many; an area has one inside it.
    """
    parts, origin = shapely.get_parts(geometries[rows], return_index=True)
    good = ~shapely.is_empty(parts)
    parts, origin = parts[good], origin[good]
    area = shapely.get_dimensions(parts) == 2
    parts[area] = shapely.point_on_surface(parts[area])
    single = shapely.get_type_id(parts) == 0
    xy = shapely.get_coordinates(parts[single])
    z = shapes.surface_height(ground, xy)
    return np.column_stack([xy, z]), rows[origin[single]].astype(np.int32)


def beside(xyz: Float64, offsets: NDArray[Any], distance_m: Float64) -> Float64:
    """Return the vertices of polylines moved sideways, to the left of their direction.

    Parameters
    ----------
    xyz : (n, 3) float64
    offsets : (k + 1,) int
        Line ``i`` is ``xyz[offsets[i]:offsets[i + 1]]``.
    distance_m : (k,) float64
        Negative is to the right. Corners keep the distance from both their segments, up to a limit.
    """
    if len(xyz) < 2:
        return xyz
    line = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    step = np.diff(xyz[:, :2], axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    inside = (line[1:] == line[:-1]) & (length > 1e-9)
    normal = np.zeros_like(step)
    normal[inside] = np.column_stack([-step[:, 1], step[:, 0]])[inside] / length[inside, None]
    before = np.vstack([[0.0, 0.0], normal])
    after = np.vstack([normal, [0.0, 0.0]])
    total = before + after
    size = np.hypot(total[:, 0], total[:, 1])[:, None]
    unit = np.divide(total, size, out=np.zeros_like(total), where=size > 1e-9)
    cosine = np.maximum((unit * before).sum(1), (unit * after).sum(1))
    moved = xyz.copy()
    moved[:, :2] += unit * (distance_m[line] / np.maximum(cosine, 1 / MITER_LIMIT))[:, None]
    return moved


def side_signs(geometries: NDArray[Any], side: NDArray[Any]) -> Float64:
    """Return +1, -1 or 0 for every pipe: supply left, return right, those without a twin in the
    middle.

    A return pipe that is drawn against its supply pipe is turned: both would fall together.
    """
    single = shapely.get_type_id(geometries) == 1
    first = np.where(single, geometries, shapely.get_geometry(geometries, 0))
    ends = [shapely.get_point(first, index) for index in (0, -1)]
    xy = np.round(np.column_stack([f(e) for e in ends for f in (shapely.get_x, shapely.get_y)]), 1)
    keys = [(*key, *key) for key in xy.tolist()]
    supply = {key[:4] for key, s in zip(keys, side, strict=True) if s == "supply"}
    back = {key[:4] for key, s in zip(keys, side, strict=True) if s == "return"}
    sign = np.zeros(len(keys))
    for i, key in enumerate(keys):
        along, against = key[:4], key[2:6]
        if side[i] == "supply" and (along in back or against in back):
            sign[i] = 1.0
        elif side[i] == "return" and (along in supply or against in supply):
            sign[i] = -1.0 if along in supply else 1.0
    return sign


def upright(foot: Float64, head_z: Float64) -> tuple[Float32, Int32]:
    """Return vertical lines from (m, 3) feet to heights (m,): vertices and offsets."""
    xyz = np.repeat(foot, 2, axis=0)
    xyz[1::2, 2] = head_z
    return xyz.astype(np.float32), np.arange(0, 2 * len(foot) + 1, 2, dtype=np.int32)


def hanging(
    lines: NDArray[Any],
    rows: NDArray[Any],
    *,
    ground: Ground,
    height_m: Float64,
    sag_part: float = 0.02,
) -> tuple[Float64, Int32, Int32]:
    """Return cables that hang between poles, a pole at every vertex.

    Parameters
    ----------
    lines : (k,) object array of LineString or MultiLineString
    rows : (k,) int
    height_m : (k,) float64
        Of the cable at its poles, above the ground.
    sag_part : float
        Sag in the middle of a span as a part of the span; a parabola stands for the catenary.

    Returns
    -------
    xyz : (n, 3) float64
    offsets : (j + 1,) int32
    row_of_line : (j,) int32
    """
    parts, origin = shapes.line_parts(lines)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    if not len(xy):
        return np.zeros((0, 3)), np.zeros(1, np.int32), np.zeros(0, np.int32)
    z = shapes.surface_height(ground, xy) + np.asarray(height_m, np.float64)[origin][line]
    poles = np.column_stack([xy, z])
    same = line[1:] == line[:-1]
    start, end = poles[:-1][same], poles[1:][same]
    t = np.arange(SAG_STEPS) / SAG_STEPS
    along = start[:, None, :] + (end - start)[:, None, :] * t[None, :, None]
    span = np.hypot(*(end - start)[:, :2].T)
    along[:, :, 2] -= 4.0 * sag_part * span[:, None] * (t * (1.0 - t))[None, :]
    # Each span gives its points but the last; each line then ends with its last pole.
    vertices = np.vstack([along.reshape(-1, 3), poles[np.append(~same, True)]])
    of_line = np.concatenate([np.repeat(line[:-1][same], SAG_STEPS), line[np.append(~same, True)]])
    order = np.argsort(of_line, kind="stable")
    counts = np.bincount(of_line, minlength=len(parts))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return vertices[order], offsets, np.asarray(rows, np.int32)[origin]


def lines_of(xyz: Float64, offsets: NDArray[Any], chosen: NDArray[Any]) -> tuple[Float32, Int32]:
    """Return vertices and offsets of some of the lines, by their indices in increasing order."""
    sizes = np.diff(offsets)
    keep = np.zeros(len(sizes), dtype=bool)
    keep[chosen] = True
    new = np.concatenate([[0], np.cumsum(sizes[keep])])
    return xyz[np.repeat(keep, sizes)].astype(np.float32), new.astype(np.int32)
