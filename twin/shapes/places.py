"""What layers of places have in common: where things stand on the ground, arcs between them, rings around."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from twin.model.geoframe import GeoFrame
from twin.model.ground import Ground

ARC_STEPS = 24


def standing(
    geometry: ArrayLike, frame: GeoFrame, ground: Ground, *, lift_m: float = 0.0
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return where features stand: points where they are, lines and areas at a point of theirs.

    Parameters
    ----------
    geometry : (n,) of shapely geometries in the project's CRS
        Missing and empty ones stand nowhere.
    lift_m : float
        Height above the ground.

    Returns
    -------
    rows : (k,) int32
    xyz : (k, 3) float32
        In the scene.
    """
    shapes = np.asarray(geometry, dtype=object)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    rows = np.flatnonzero(there).astype(np.int32)
    if not len(rows):
        return rows, np.zeros((0, 3), dtype=np.float32)
    points = shapes[rows].copy()
    wide = shapely.get_type_id(points) != 0
    points[wide] = shapely.point_on_surface(points[wide])
    xy = shapely.get_coordinates(points)
    xyz = frame.scene_from_crs(np.column_stack([xy, np.zeros(len(xy))]))
    xyz[:, 2] = ground.height_m(xyz[:, :2]) + lift_m
    return rows, xyz


def arcs(
    starts: ArrayLike, ends: ArrayLike, *, rise: float = 0.25, steps: int = ARC_STEPS
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return curves through the air, for flows between places.

    Parameters
    ----------
    starts, ends : (k, 3) of positions in the scene
    rise : float
        Height of the middle above the straight line, as a share of its length.

    Returns
    -------
    xyz : (k * steps, 3) float32
    offsets : (k + 1,) int32
    """
    first, last = np.asarray(starts, float).reshape(-1, 3), np.asarray(ends, float).reshape(-1, 3)
    t = np.linspace(0.0, 1.0, steps)[None, :, None]
    xyz = first[:, None, :] * (1 - t) + last[:, None, :] * t
    length = np.linalg.norm(last[:, :2] - first[:, :2], axis=1)
    xyz[:, :, 2] += (length * rise)[:, None] * (4 * t[0, :, 0] * (1 - t[0, :, 0]))[None, :]
    offsets = np.arange(len(first) + 1, dtype=np.int32) * np.int32(steps)
    return xyz.reshape(-1, 3).astype(np.float32), offsets


def rings(xy_in_scene: ArrayLike, radius_m: ArrayLike, *, width_m: float = 2.0) -> NDArray[Any]:
    """Return a ring around each place, as polygons in the scene, to be laid on the ground.

    Parameters
    ----------
    xy_in_scene : (n, 2)
    radius_m : float or (n,)
        Of the outer edge.
    """
    xy = np.asarray(xy_in_scene, float)[:, :2]
    outer = np.broadcast_to(np.asarray(radius_m, float), (len(xy),))
    centres = shapely.points(xy)
    return np.asarray(
        shapely.difference(
            shapely.buffer(centres, outer, quad_segs=16),
            shapely.buffer(centres, np.maximum(outer - width_m, 0.1), quad_segs=16),
        )
    )
