"""What stands beyond a section plane, as its drawing shows it: what is in front hides what is behind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.analysis.cuts import BEYOND, Cut, Plane, window_of
from twin.analysis.town import Body, Town
from twin.drawables import Mesh, Role
from twin.progress import Progress

Float64 = NDArray[np.float64]
DEPTH_M = 150.0
"""How far beyond the plane one looks, unless another depth is asked for."""

LEAST_M2 = 0.05
GRID_M = 1e-3
AT_ONCE = 64
"""Outlines whose union is taken in one go: what hides is a growing shape, and joining to it is dear."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Seen:
    """The outline of a feature from the plane, and how near it begins."""

    cut: Cut
    near_m: float


def beyond(town: Town, plane: Plane, progress: Progress, *, depth_m: float = DEPTH_M) -> list[Cut]:
    """Return what is seen of buildings beyond an upright plane, nearest first, none hiding another.

    What the plane cuts counts with its part beyond the plane; its face is drawn by :func:`twin.analysis.cuts.faces`.

    Raises
    ------
    Cancelled
        The job was asked to stop.
    """
    if not plane.upright:
        return []
    found: list[_Seen] = []
    for body in town.bodies:
        for drawable in body.drawables:
            progress.check_cancelled()
            if isinstance(drawable, Mesh) and drawable.role is Role.SOLID:
                found += _outlines(body, drawable, plane, depth_m)
    return _visible(sorted(found, key=lambda seen: seen.near_m), window_of(plane), progress)


def _outlines(body: Body, mesh: Mesh, plane: Plane, depth_m: float) -> list[_Seen]:
    """Return the outline of each feature of a mesh between the plane and the depth."""
    row = mesh.row_of_vertex
    if row is None or not len(mesh.triangles):
        return []
    xyz = mesh.xyz_in_scene.astype(np.float64)
    seen = np.column_stack([plane.in_plane(xyz), (xyz - plane.origin) @ plane.normal])
    owner = row[mesh.triangles[:, 0]]
    there = (owner >= 0) & body.rows[np.maximum(owner, 0)]
    there &= (seen[mesh.triangles][..., 2] < depth_m).all(axis=1)
    corners, rows = _behind(seen[mesh.triangles[there]], owner[there])
    flat = np.asarray(shapely.polygons(corners[:, [0, 1, 2, 0], :2]), object)
    drawn = np.asarray(shapely.area(flat)) > LEAST_M2 / 100  # walls seen edge-on have no outline
    if plane.length_m is not None:
        across = corners[..., 0]
        drawn &= (across.max(axis=1) > 0) & (across.min(axis=1) < plane.length_m)
    flat, rows, near = flat[drawn], rows[drawn], corners[drawn][..., 2].min(axis=1)
    found = []
    for number in np.unique(rows):
        mine = rows == number
        shape = shapely.union_all(shapely.set_precision(flat[mine], GRID_M))
        name = str(body.feature_ids[number])
        cut = Cut(shape=shape, part=BEYOND, layer=body.layer_id, feature=name)
        found.append(_Seen(cut=cut, near_m=float(near[mine].min())))
    return found


def _behind(corners: Float64, owner: NDArray[np.int32]) -> tuple[Float64, NDArray[np.int32]]:
    """Return triangles (n, 3, 3) cut off at the plane, whose distance is the last number of each corner."""
    behind = corners[..., 2] >= 0.0
    count = behind.sum(axis=1)
    # The corner that is alone on its side first.
    lone = np.argmax(behind == (count == 1)[:, None], axis=1)
    order = (lone[:, None] + np.arange(3)) % 3
    a, b, c = (corners[np.arange(len(corners)), order[:, i]] for i in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        ab = a + (a[:, 2] / (a[:, 2] - b[:, 2]))[:, None] * (b - a)
        ac = a + (a[:, 2] / (a[:, 2] - c[:, 2]))[:, None] * (c - a)
    whole, one, two = count == 3, count == 1, count == 2
    parts = [
        (corners, whole),
        (np.stack([a, ab, ac], axis=1), one),
        (np.stack([ab, b, c], axis=1), two),
        (np.stack([ab, c, ac], axis=1), two),
    ]
    return (
        np.concatenate([triangles[chosen] for triangles, chosen in parts]),
        np.concatenate([owner[chosen] for _, chosen in parts]),
    )


def _visible(found: list[_Seen], window: Any, progress: Progress) -> list[Cut]:
    """Return what each outline shows beside those in front of it, within the ends of the plane."""
    hidden: Any = shapely.Polygon()
    fresh: list[Any] = []
    shown: list[Cut] = []
    for seen in found:
        progress.check_cancelled()
        shape = shapely.intersection(seen.cut.shape, window)
        for front in (hidden, *fresh):
            shape = shapely.difference(shape, front) if shapely.intersects(shape, front) else shape
        fresh.append(seen.cut.shape)
        if len(fresh) == AT_ONCE:
            hidden, fresh = shapely.union_all([hidden, *fresh]), []
        if shape.area > LEAST_M2:
            shown.append(replace(seen.cut, shape=shape))
    return shown
