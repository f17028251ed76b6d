"""What is under a pixel: a ray on the processor, one cell locator a piece, made when first needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkIdList, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkStaticCellLocator

from twin.render.actors import poly_data
from twin.render.camera import CameraRig
from twin.render.choice import metres_per_px
from twin.render.cut import kept
from twin.render.piece import PickMesh, Piece
from twin.render.rows import RowTable

Vector = NDArray[np.float64]
NEAR_ENOUGH_M = 4.0
"""What a label names may stand this much before it."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What was hit: ``row`` is -1 where the drawable has no rows."""

    layer_id: str
    row: int
    xyz_in_scene: tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Candidates:
    """The pieces of a visible layer and which of its rows are shown."""

    layer_id: str
    pieces: list[Piece]
    rows: RowTable


@dataclass(frozen=True, eq=False)
class _Found:
    distance_m: float
    row: int
    xyz: Vector


def pick(
    candidates: Iterable[Candidates],
    rig: CameraRig,
    at_px: tuple[float, float],
    cut: Vector | None = None,
) -> Hit | None:
    """Return the nearest visible thing under a pixel; ``cut`` (k, 4): planes as in :mod:`twin.render.cut`.

    Lines and points are met within some pixels, and then win over the surface they lie on.
    """
    layers = list(candidates)
    surface = _nearest_surface(layers, rig, rig.ray(*at_px), cut)
    best = (surface[1].distance_m, *surface) if surface else None
    for layer in layers:
        for piece in layer.pieces:
            if piece.pick is None or piece.pick.spread is None:
                continue
            found = _near_spread(piece.pick, layer.rows, rig, at_px)
            if found is not None and not kept(cut, found.xyz[None])[0]:
                continue
            score = found.distance_m * 0.98 - 2.0 if found else np.inf
            if found is not None and (best is None or score < best[0]):
                best = (score, layer.layer_id, found)
    if best is None:
        return None
    x, y, z = best[2].xyz
    return Hit(layer_id=best[1], row=best[2].row, xyz_in_scene=(float(x), float(y), float(z)))


def in_clear_view(candidates: Iterable[Candidates], rig: CameraRig, xyz: Vector) -> bool:
    """Whether no surface stands between the viewer and a point (3,)."""
    line = xyz - rig.position
    away = float(np.linalg.norm(line))
    if away < NEAR_ENOUGH_M:
        return True
    found = _nearest_surface(list(candidates), rig, (rig.position, line / away))
    return found is None or found[1].distance_m > away - NEAR_ENOUGH_M


def _nearest_surface(
    layers: Iterable[Candidates],
    rig: CameraRig,
    ray: tuple[Vector, Vector],
    cut: Vector | None = None,
) -> tuple[str, _Found] | None:
    """Try the boxes that the ray enters, nearest first, until a hit lies before all that are left.

    So that only the pieces along the ray ever need a locator.
    """
    tried = [
        (layer, piece)
        for layer in layers
        for piece in layer.pieces
        if piece.pick is not None and piece.pick.spread is None
    ]
    if not tried:
        return None
    enter = entries(np.array([piece.box for _, piece in tried]), *ray)
    reach_m = rig.clipping()[1]
    best: tuple[str, _Found] | None = None
    for i in np.argsort(enter):
        if enter[i] > (reach_m if best is None else best[1].distance_m):
            break
        layer, piece = tried[i]
        if piece.pick is None:
            continue
        found = _first_hit(piece.pick, layer.rows, ray, reach_m=reach_m, cut=cut)
        if found is not None and (best is None or found.distance_m < best[1].distance_m):
            best = (layer.layer_id, found)
    return best


def entries(boxes: NDArray[np.float64], origin: Vector, direction: Vector) -> NDArray[np.float64]:
    """Return the distance at which a ray enters each box (n, 6), 0 inside it, ``inf`` where it misses."""
    safe = np.where(np.abs(direction) < 1e-12, 1e-12, direction)
    to_low, to_high = (boxes[:, :3] - 0.01 - origin) / safe, (boxes[:, 3:] + 0.01 - origin) / safe
    enter = np.maximum(np.minimum(to_low, to_high).max(axis=1), 0.0)
    leave = np.maximum(to_low, to_high).min(axis=1)
    return np.where(leave >= enter, enter, np.inf)


def distance_ahead(
    candidates: Iterable[Candidates], rig: CameraRig, origin: Vector, direction: Vector
) -> float:
    """Return how far it is to the first surface from a place in a direction, ``inf`` where there is none."""
    found = _nearest_surface(list(candidates), rig, (origin, direction))
    return np.inf if found is None else found[1].distance_m


def _first_hit(
    mesh: PickMesh,
    rows: RowTable,
    ray: tuple[Vector, Vector],
    *,
    reach_m: float,
    cut: Vector | None,
) -> _Found | None:
    origin, direction = ray
    if mesh.locator is None:
        mesh.locator = vtkStaticCellLocator()
        mesh.locator.SetDataSet(poly_data(mesh.xyz, mesh.triangles))
        mesh.locator.BuildLocator()
    end = origin + direction * reach_m
    cells, points = vtkIdList(), vtkPoints()
    points.SetDataTypeToDouble()
    if not mesh.locator.IntersectWithLine(list(origin), list(end), 1e-6, points, cells):
        return None
    ids = np.array([cells.GetId(i) for i in range(cells.GetNumberOfIds())])
    places = np.array([points.GetPoint(i) for i in range(len(ids))])
    row = mesh.row_of_vertex[mesh.triangles[ids, 0]]
    away = (places - origin) @ direction
    away[~rows.shown(row) | ~kept(cut, places)] = np.inf
    nearest = int(np.argmin(away))
    if not np.isfinite(away[nearest]):
        return None
    return _Found(float(away[nearest]), int(row[nearest]), places[nearest])


def _near_spread(
    mesh: PickMesh, rows: RowTable, rig: CameraRig, at_px: tuple[float, float]
) -> _Found | None:
    spread = mesh.spread
    if spread is None or not len(spread.start):
        return None
    a, b = rig.project(spread.start), rig.project(spread.end)
    way = b[:, :2] - a[:, :2]
    length = np.maximum((way**2).sum(axis=1), 1e-12)
    t = np.clip(((np.asarray(at_px) - a[:, :2]) * way).sum(axis=1) / length, 0.0, 1.0)
    off = np.linalg.norm(a[:, :2] + t[:, None] * way - at_px, axis=1)
    near = rig.clipping()[0]
    a_metre = spread.reach_m / (np.maximum(a[:, 2], near) * metres_per_px(rig))
    good = (
        (off <= np.maximum(spread.reach_px, a_metre))
        & (a[:, 2] > near)
        & (b[:, 2] > near)
        & rows.shown(spread.row)
    )
    if not good.any():
        return None
    index = int(np.argmin(np.where(good, a[:, 2], np.inf)))
    xyz = spread.start[index] + t[index] * (spread.end[index] - spread.start[index])
    xyz = xyz.astype(np.float64)
    return _Found(float(np.linalg.norm(xyz - rig.position)), int(spread.row[index]), xyz)
