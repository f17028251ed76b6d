"""What is seen from where: lines of sight, viewsheds, how much of a monument is seen, what fills a view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import COORDINATES, HEIGHTS, Answer, place_columns
from twin.analysis.rays import Caster, Stop, in_chunks
from twin.analysis.samples import NAMES, Samples, Wanted, inside_solids, samples_of
from twin.analysis.town import Town, soup_of
from twin.progress import Progress
from twin.shapes import surface_height

Float64 = NDArray[np.float64]
EYE_M = 1.6
"""Height of the eyes of someone who stands."""

SHORT_OF = 1e-4
"""A line of sight ends this share before its target, which would else stand in its own way."""

PLACES, STRIDE_M = 4000, 2.0
"""How many places are tried, on a spiral about that wide, for one that is free."""

GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


@dataclass(frozen=True, eq=False, kw_only=True)
class Sight:
    """One line of sight.

    Parameters
    ----------
    start_in_scene, end_in_scene : (3,) float64
    blocked_m : float
        How far one sees along it when something stands in the way; NaN where nothing does.
    layer_id, feature_id : str
        What stands in the way: empty layer for the ground.
    """

    start_in_scene: Float64
    end_in_scene: Float64
    blocked_m: float
    layer_id: str = ""
    feature_id: str = ""

    @property
    def seen(self) -> bool:
        """Whether the end can be seen."""
        return bool(np.isnan(self.blocked_m))

    @property
    def length_m(self) -> float:
        """From the eye to the target."""
        return float(np.linalg.norm(self.end_in_scene - self.start_in_scene))


def sight(town: Town, caster: Caster, start_in_scene: Float64, end_in_scene: Float64) -> Sight:
    """Return what a line of sight meets."""
    start, end = np.asarray(start_in_scene, np.float64), np.asarray(end_in_scene, np.float64)
    length = float(np.linalg.norm(end - start))
    if length < 1e-6:
        return Sight(start_in_scene=start, end_in_scene=end, blocked_m=float("nan"))
    towards = ((end - start) / length).astype(np.float32)
    hits = caster.first(start[None].astype(np.float32), towards[None])
    away, triangle = float(hits.distance_m[0]), int(hits.triangle[0])
    if triangle < 0 or away >= length * (1.0 - SHORT_OF) - 0.01:
        return Sight(start_in_scene=start, end_in_scene=end, blocked_m=float("nan"))
    body, row = int(caster.soup.body_of_triangle[triangle]), caster.soup.row_of_triangle[triangle]
    layer = town.bodies[body].layer_id if body >= 0 else ""
    named = body >= 0 and row >= 0
    feature = str(town.bodies[body].feature_ids[row]) if named else ""
    return Sight(
        start_in_scene=start,
        end_in_scene=end,
        blocked_m=away,
        layer_id=layer,
        feature_id=feature,
    )


def sight_lines(town: Town, pairs: Sequence[tuple[Float64, Float64]], progress: Progress) -> Answer:
    """Return an answer with a row for each line of sight: its end, how long, seen or not, what is in the way.

    Columns: feature_id (empty: a point), surface (``point``), x_m, y_m, z_m of the target, distance_m, visible,
    blocked_m, blocked_layer, blocked_feature.
    """
    caster = Caster(soup_of(town))
    progress.check_cancelled()
    lines = [sight(town, caster, start, end) for start, end in pairs]
    starts = np.round(town.frame.crs_from_scene([s.start_in_scene for s in lines]), 2)
    ends = np.round(town.frame.crs_from_scene([s.end_in_scene for s in lines]), 2)
    return Answer(
        kind="sight",
        columns=_columns_of(lines, ends),
        summary={
            "lines": [_told(*line) for line in zip(lines, starts, ends, strict=True)],
            "visible": sum(s.seen for s in lines),
            "crs": town.frame.crs,
            "heights": HEIGHTS,
        },
        value="visible",
        crs=town.frame.crs,
    )


def _columns_of(lines: Sequence[Sight], ends: Float64) -> dict[str, NDArray[Any]]:
    return {
        "feature_id": np.full(len(lines), "", object),
        "surface": np.full(len(lines), "point", object),
        **{name: ends[:, i] for i, name in enumerate(COORDINATES)},
        "distance_m": np.round([s.length_m for s in lines], 2),
        "visible": np.array([s.seen for s in lines], bool),
        "blocked_m": np.round([s.blocked_m for s in lines], 2),
        "blocked_layer": np.array([_blocker(s) for s in lines], object),
        "blocked_feature": np.array([s.feature_id for s in lines], object),
    }


def _told(line: Sight, start: Float64, end: Float64) -> dict[str, Any]:
    """Return a line as JSON, its ends in the CRS."""
    return {
        "from": start.tolist(),
        "to": end.tolist(),
        "distance_m": round(line.length_m, 2),
        "visible": line.seen,
        "blocked_m": None if line.seen else round(line.blocked_m, 2),
        "blocked_layer": _blocker(line),
        "blocked_feature": line.feature_id,
    }


def _blocker(line: Sight) -> str:
    return "" if line.seen else line.layer_id or "ground"


def viewshed(
    town: Town,
    eyes_in_scene: Float64,
    wanted: Wanted,
    progress: Progress,
    *,
    radius_m: float = 500.0,
) -> Answer:
    """Return which samples can be seen from any of some places (a point, or the points of a path).

    Columns: feature_id, surface, x_m, y_m, z_m, distance_m (to the nearest eye), visible.

    Raises
    ------
    Cancelled
        The job was asked to stop.
    """
    caster = Caster(soup_of(town))
    samples = samples_of(town, caster, wanted, progress)
    samples, away = within(samples, eyes_in_scene, radius_m)
    seen = seen_from(caster, samples, eyes_in_scene, progress)
    return viewshed_answer(town, eyes_in_scene, radius_m, Seen(samples, away, seen))


class Seen(NamedTuple):
    """Samples, how far they are from the nearest eye, and which of them are seen."""

    samples: Samples
    away_m: Float64
    seen: NDArray[np.bool_]


def viewshed_answer(town: Town, eyes_in_scene: Float64, radius_m: float, found: Seen) -> Answer:
    """Return what was found as a table, a row a sample, and its sums, by surface too."""
    samples, away, seen = found
    columns = place_columns(town, samples)
    columns["distance_m"], columns["visible"] = np.round(away, 2), seen
    surfaces = {
        name: {
            "samples": int((samples.surface == i).sum()),
            "visible": int(seen[samples.surface == i].sum()),
        }
        for i, name in enumerate(NAMES)
    }
    summary = {
        "from": np.round(town.frame.crs_from_scene(eyes_in_scene), 2).tolist(),
        "radius_m": radius_m,
        "samples": len(samples),
        "visible": int(seen.sum()),
        "visible_share": round(float(seen.mean()), 4) if len(seen) else 0.0,
        "spacing_m": dict(zip(NAMES, samples.spacing_m, strict=True)),
        "surfaces": surfaces,
        "crs": town.frame.crs,
        "heights": HEIGHTS,
    }
    return Answer(
        kind="viewshed", columns=columns, summary=summary, value="visible", crs=town.frame.crs
    )


def within(samples: Samples, places: Float64, radius_m: float) -> tuple[Samples, Float64]:
    """Return the samples that are no further than a radius from any of some places, and how far they are."""
    away = nearest_m(samples.xyz_in_scene, places)
    near = away <= radius_m
    return samples.taken(near), away[near]


def nearest_m(xyz: Float64, places: Float64) -> Float64:
    """Return the distance (n,) of points to the nearest of some places."""
    best = np.full(len(xyz), np.inf)
    for place in places:
        np.minimum(best, np.linalg.norm(xyz - place, axis=1), out=best)
    return best


def seen_from(
    caster: Caster, samples: Samples, eyes_in_scene: Float64, progress: Progress
) -> NDArray[np.bool_]:
    """Return (n,) True for samples whose front is seen from any of (k, 3) eyes."""
    seen = np.zeros(len(samples), bool)
    origins = samples.origins()
    eyes = np.asarray(eyes_in_scene, np.float32)

    def work(part: slice, stop: Stop) -> None:
        origin, normal = origins[part], samples.normal[part]
        found = np.zeros(len(origin), bool)
        for eye in eyes:
            stop()
            towards = eye - origin
            front = np.flatnonzero(~found & (np.einsum("nd,nd->n", normal, towards) > 0))
            rays = np.ascontiguousarray(towards[front])
            far = np.full(len(front), 1.0, np.float32)
            found[front[~caster.blocked(origin[front], rays, far)]] = True
        seen[part] = found

    in_chunks(len(samples), work, progress)
    return seen


def free_place(town: Town, caster: Caster, xy_in_scene: Sequence[float]) -> Float64:
    """Return (3,) the eyes of someone who stands at a place, or at the nearest one that is in no building."""
    i = np.arange(PLACES)
    away, angle = STRIDE_M * np.sqrt(i), GOLDEN * i
    xy = np.asarray(xy_in_scene[:2]) + np.column_stack([away * np.cos(angle), away * np.sin(angle)])
    z = surface_height(town.ground, xy) + EYE_M
    places = np.column_stack([xy, z])
    free = np.flatnonzero(~inside_solids(caster, places.astype(np.float32)))
    return np.asarray(places[free[0] if len(free) else 0])


def eye_at(town: Town, xy_in_scene: Sequence[float], height_m: float = EYE_M) -> Float64:
    """Return (3,) the eyes of someone who stands on the ground at a place."""
    x, y = xy_in_scene[:2]
    z = float(surface_height(town.ground, np.array([[x, y]]))[0])
    return np.array([x, y, z + height_m])
