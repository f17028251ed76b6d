"""Positions of a network in the scene: pipes side by side below ground, points on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.api import FeatureTable, GeoFrame, Ground, shapes

Float64 = NDArray[np.float64]
MITER_LIMIT = 2.0


def in_scene(table: FeatureTable, frame: GeoFrame) -> NDArray[Any]:
    """Return (n,) shapely geometries in scene metres, without heights; None stays None."""
    geometries = shapely.force_2d(table.frame.geometry.to_numpy())
    origin = np.asarray(frame.origin[:2])
    return np.asarray(shapely.transform(geometries, lambda xy: xy - origin))


def points_on(
    geometries: NDArray[Any], rows: NDArray[np.intp], ground: Ground
) -> tuple[Float64, NDArray[np.int32]]:
    """Return (m, 3) points on the ground and the row of each; many-point features have many."""
    parts, origin = shapely.get_parts(geometries[rows], return_index=True)
    keep = ~shapely.is_empty(parts)
    xy = shapely.get_coordinates(parts[keep])
    z = shapes.surface_height(ground, xy)
    return np.column_stack([xy, z]), rows[origin[keep]].astype(np.int32)


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
    size = np.hypot(total[:, 0], total[:, 1])
    unit = np.divide(total, size[:, None], out=np.zeros_like(total), where=size[:, None] > 1e-9)
    cosine = np.maximum(np.maximum((unit * before).sum(1), (unit * after).sum(1)), 1 / MITER_LIMIT)
    moved = xyz.copy()
    moved[:, :2] += unit * (distance_m[line] / cosine)[:, None]
    return moved


def side_signs(geometries: NDArray[Any], side: NDArray[Any]) -> Float64:
    """Return +1, -1 or 0 for every pipe: supply left, return right, others in the middle.

    A return pipe that is drawn against its supply pipe is turned, so that both do not fall together.
    """
    sign = np.select([side == "supply", side == "return"], [1.0, -1.0], 0.0)
    start = shapely.get_coordinates(shapely.get_point(_first_part(geometries), 0))
    end = shapely.get_coordinates(shapely.get_point(_first_part(geometries), -1))
    if len(start) != len(sign):
        return np.asarray(sign)
    keys = [tuple(k) for k in np.round(np.hstack([start, end]), 1)]
    supply = {key for key, s in zip(keys, sign, strict=True) if s > 0}
    for i, key in enumerate(keys):
        against = (*key[2:], *key[:2])
        if sign[i] < 0 and key not in supply and against in supply:
            sign[i] = 1.0
    return np.asarray(sign)


def _first_part(geometries: NDArray[Any]) -> NDArray[Any]:
    single = shapely.get_type_id(geometries) == 1
    return np.where(single, geometries, shapely.get_geometry(geometries, 0))


def upright(foot: Float64, head_z: Float64) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return vertical lines from (m, 3) feet to heights (m,): vertices and offsets."""
    xyz = np.repeat(foot, 2, axis=0)
    xyz[1::2, 2] = head_z
    return xyz.astype(np.float32), np.arange(0, 2 * len(foot) + 1, 2, dtype=np.int32)
