"""From what a person asks for (layers, features, places) to what analyses take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.analysis.rays import Caster
from twin.analysis.samples import NAMES, Surface, Wanted
from twin.analysis.sight import EYE_M, eye_at, free_place
from twin.analysis.town import Town, soup_of
from twin.errors import BelvedereError
from twin.work.town import built

if TYPE_CHECKING:
    from twin.work.session import Session

ALL = "all"
Float64 = NDArray[np.float64]
FAR_M = 200_000.0
FINEST = 20_000_000
"""Samples at most: what a wish for a very small spacing may cost in memory."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a person chooses to sample.

    Parameters
    ----------
    layers : tuple of str
        Ids of layers, or ``all``; empty: the first with buildings.
    features : tuple of str
        Only these features of them.
    box_in_crs : tuple of 4 float or None
        x_min, y_min, x_max, y_max.
    """

    layers: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    spacing_m: float | None = None
    box_in_crs: tuple[float, ...] | None = None
    surfaces: tuple[str, ...] = NAMES


def wanted_of(town: Town, choice: Choice) -> Wanted:
    """Return what to sample.

    Raises
    ------
    BelvedereError
        Nothing in the scene has facades and roofs; an unknown layer or feature; too fine a spacing.
    """
    solid = {body.layer_id: i for i, body in enumerate(town.bodies) if built(body)}
    if not solid:
        raise BelvedereError("analyse.no_buildings")
    for name in choice.layers:
        if name != ALL and name not in solid:
            raise BelvedereError("analyse.unknown_layer", name, known=", ".join(solid))
    names = list(solid) if ALL in choice.layers else list(choice.layers) or list(solid)[:1]
    bodies = [solid[name] for name in names]
    rows = _rows(town, bodies, choice.features) if choice.features else None
    wanted = Wanted(
        bodies=bodies if rows is None else list(rows),
        rows=rows,
        surfaces=[Surface(NAMES.index(name)) for name in choice.surfaces],
        spacing_m=choice.spacing_m,
        box=_box(town, choice.box_in_crs),
    )
    if choice.spacing_m is not None and _estimate(town, wanted) > FINEST:
        raise BelvedereError("analyse.too_fine", f"{choice.spacing_m:g} m")
    return wanted


def around(wanted: Wanted, eyes: Sequence[Float64], radius_m: float) -> Wanted:
    """Return the same, within a distance of some places."""
    xy = np.array(eyes)[:, :2]
    (x_min, y_min), (x_max, y_max) = xy.min(axis=0) - radius_m, xy.max(axis=0) + radius_m
    return replace(wanted, box=(float(x_min), float(y_min), float(x_max), float(y_max)))


def point_in_scene(town: Town, xyz_in_crs: Sequence[float], *, eye_m: float = EYE_M) -> Float64:
    """Return (3,) a place given in the CRS; without a height, that of eyes above the ground.

    Raises
    ------
    BelvedereError
        ``analyse.far_place``: so far away that it must be in another CRS.
    """
    x, y = xyz_in_crs[0] - town.frame.origin[0], xyz_in_crs[1] - town.frame.origin[1]
    away = float(np.hypot(x, y))
    if away > FAR_M:
        where = ",".join(f"{v:g}" for v in xyz_in_crs)
        raise BelvedereError("analyse.far_place", where, km=round(away / 1000), crs=town.frame.crs)
    if len(xyz_in_crs) > 2:
        return np.array([x, y, xyz_in_crs[2] - town.frame.origin[2]])
    return eye_at(town, (x, y), eye_m)


def first_view(session: Session, town: Town) -> tuple[Float64, Float64]:
    """Return eye and target of the first bookmark; without one, of a walk across the middle of the scene."""
    if session.project.views:
        view = session.project.views[0]
        target = np.array(view.target, float)
        target[2] = max(target[2], eye_at(town, view.target[:2])[2])
        return np.array(view.position, float), target
    boxes = [r.bounds for r in session.layers() if r.bounds is not None and r.spec.visible]
    if not boxes:
        raise BelvedereError("analyse.no_buildings")
    low, high = np.min(boxes, axis=0)[:2], np.max(boxes, axis=0)[3:5]
    middle, step = (low + high) / 2, (high - low) / 8
    caster = Caster(soup_of(town, trees=False))
    start, end = (free_place(town, caster, xy.tolist()) for xy in (middle - step, middle + step))
    return start, end


def _rows(
    town: Town, bodies: Sequence[int], features: Sequence[str]
) -> dict[int, NDArray[np.int32]]:
    rows: dict[int, NDArray[np.int32]] = {}
    missing = set(features)
    for body in bodies:
        ids = town.bodies[body].feature_ids.astype(str)
        found = np.flatnonzero(np.isin(ids, list(features))).astype(np.int32)
        missing -= set(ids[found])
        if len(found):
            rows[body] = found
    if missing:
        raise BelvedereError("analyse.unknown_feature", ", ".join(sorted(missing))[:200])
    return rows


def _box(
    town: Town, box_in_crs: tuple[float, ...] | None
) -> tuple[float, float, float, float] | None:
    if box_in_crs is None:
        return None
    x, y = town.frame.origin[:2]
    x1, y1, x2, y2 = box_in_crs
    return (min(x1, x2) - x, min(y1, y2) - y, max(x1, x2) - x, max(y1, y2) - y)


def _estimate(town: Town, wanted: Wanted) -> float:
    """Return about how many samples the ground alone would have."""
    if wanted.spacing_m is None or Surface.GROUND not in wanted.surfaces:
        return 0.0
    box = wanted.box
    if box is None:
        xy = [
            d.xyz_in_scene[:, :2]
            for body in wanted.bodies
            for d in town.bodies[body].drawables
            if hasattr(d, "xyz_in_scene") and len(d.xyz_in_scene)
        ]
        low = np.min([a.min(axis=0) for a in xy], axis=0)
        high = np.max([a.max(axis=0) for a in xy], axis=0)
        box = (*low, *high)
    return float((box[2] - box[0]) * (box[3] - box[1]) / wanted.spacing_m**2)
