"""How high the ground of a tileset lies at some places: what a plan sets beside its buildings stands on it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.drawables import Mesh, Role
from twin.model.geoframe import GeoFrame
from twin.tiles.decode import TileContent
from twin.tiles.select import Look
from twin.tiles.stream import TileStream

Float64 = NDArray[np.float64]
REACH_M = 60.0
"""So far around a place tiles are looked into."""
PATIENCE_S = 20.0
MEMORY_BYTES = 256 << 20
NEIGHBOURS = 4
FINEST_PX = 1e6
"""Pixels of a metre a metre away: so large that the finest tiles are chosen."""


class TiledGround:
    """A ground that is known at some points: in between, the nearest ones count, the nearer the more.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float64
        At least one.
    """

    cell_m: float = 5.0

    def __init__(self, xyz_in_scene: Float64) -> None:
        from scipy.spatial import KDTree

        self._z = xyz_in_scene[:, 2]
        self._near = KDTree(xyz_in_scene[:, :2])

    def height_m(self, xy_in_scene: ArrayLike) -> Float64:
        """Return z in the scene, (n,), see :class:`twin.model.ground.Ground`."""
        count = min(NEIGHBOURS, len(self._z))
        at = np.asarray(xy_in_scene, np.float64).reshape(-1, 2)
        away, which = (
            np.asarray(found) for found in self._near.query(at, k=list(range(1, count + 1)))
        )
        weight = 1.0 / np.maximum(away, 1e-3) ** 2
        z = self._z[which]
        return np.asarray((weight * z).sum(axis=1) / weight.sum(axis=1))


def ground_at(
    address: str, frame: GeoFrame, xy_in_scene: Float64, options: Mapping[str, Any] | None = None
) -> TiledGround | None:
    """Return the ground of a tileset around some places: that of its terrain, else the feet of its buildings.

    Reads the finest tiles there, on the caller's thread. None where there is nothing, or not in time.

    Parameters
    ----------
    xy_in_scene : (n, 2) float64
    options : mapping or None
        Those of the :class:`twin.drawables.Tileset`.
    """
    found = [_points(content) for content in _contents(address, frame, xy_in_scene, options)]
    for kind in zip(*found, strict=True):
        points = np.concatenate(kind)
        if len(points):
            return TiledGround(points)
    return None


def _contents(
    address: str, frame: GeoFrame, places: Float64, options: Mapping[str, Any] | None
) -> list[TileContent]:
    def near(boxes: Float64) -> NDArray[np.bool_]:
        low, high = boxes[:, None, :2] - REACH_M, boxes[:, None, 3:5] + REACH_M
        inside = np.all((places >= low) & (places <= high), axis=2)
        return np.asarray(np.any(inside, axis=1))

    stream = TileStream(
        address, frame, prepare=lambda content, _first: content,
        budget_bytes=MEMORY_BYTES, workers=1, options=options,
    )  # fmt: skip
    look = Look(position=np.array([*places.mean(axis=0), 0.0]), px_per_rad=FINEST_PX, sees=near)
    end = time.monotonic() + PATIENCE_S
    try:
        while time.monotonic() < end:
            stream.look(look)
            for held in stream.fresh():
                held.ready = stream.stirred = True
            if not stream.busy and not stream.stirred:
                break
            stream.wait(0.02)
        return [held.payload for held in stream.drawn]
    finally:
        stream.close()


def _points(content: TileContent) -> tuple[Float64, Float64]:
    """Return points of the terrain, and of the lowest of each building."""
    ground, feet = [np.zeros((0, 3))], [np.zeros((0, 3))]
    for drawable in content.drawables:
        if not isinstance(drawable, Mesh):
            continue
        if drawable.role is Role.GROUND:
            ground.append(drawable.xyz_in_scene.astype(np.float64))
        elif drawable.row_of_vertex is not None and drawable.role is Role.SOLID:
            feet.append(_lowest(drawable.xyz_in_scene, drawable.row_of_vertex))
    return np.concatenate(ground), np.concatenate(feet)


def _lowest(xyz: NDArray[np.float32], row: NDArray[np.int32]) -> Float64:
    """Return (k, 3): the lowest vertex of each row."""
    order = np.lexsort((xyz[:, 2], row))
    first = np.flatnonzero(np.append(True, np.diff(row[order]) != 0))
    return xyz[order[first]].astype(np.float64)
