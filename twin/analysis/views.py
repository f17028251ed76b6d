"""What windows look at, and from where a monument is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import HEIGHTS, Answer, place_columns
from twin.analysis.difference import pair_of
from twin.analysis.rays import Caster, Stop, in_chunks
from twin.analysis.samples import Samples, Surface, Wanted, inside_solids, samples_of
from twin.analysis.sight import EYE_M, GOLDEN
from twin.analysis.town import Kind, Town, soup_of
from twin.errors import BelvedereError
from twin.progress import Progress
from twin.shapes import surface_height

Float64 = NDArray[np.float64]
SHARES = ("sky", "green", "water", "built", "ground")
RAYS = 1024
"""Directions of the half space before a window: shares are right to about two hundredths."""

WINDOWS_AT_ONCE = 32
EYES_AT_ONCE = 64
MONUMENT_SAMPLES = 300
"""Points of a monument at most; each eye looks at each of them."""


def half_space(count: int = RAYS) -> Float64:
    """Return (count, 3) directions evenly over the half sphere around +z (a Fibonacci lattice)."""
    i = np.arange(count) + 0.5
    z = 1.0 - i / count
    level = np.sqrt(1.0 - z**2)
    return np.column_stack([level * np.cos(GOLDEN * i), level * np.sin(GOLDEN * i), z])


def turned(directions: Float64, normals: Float64) -> Float64:
    """Return (n, k, 3) directions around +z, turned so that +z becomes each of (n, 3) unit normals."""
    helper = np.where(np.abs(normals[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    side = np.cross(helper, normals)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    basis = np.stack(
        [side, np.cross(normals, side), normals], axis=1
    )  # rows: x, y, z of the window
    return np.asarray(np.einsum("kj,njd->nkd", directions, basis))


def shares_at(
    caster: Caster, samples: Samples, green: Sequence[Any], progress: Progress, *, rays: int = RAYS
) -> Float64:
    """Return (n, 5) shares of what each sample looks at, in the order of :data:`SHARES`; each row sums to 1.

    Parameters
    ----------
    green : sequence of shapely polygons in the scene
        Parks and lawns: ground that counts as green, as trees do.
    """
    import shapely

    lattice = half_space(rays)
    origins = samples.origins()
    tree = shapely.STRtree(list(green)) if len(green) else None
    found = np.zeros((len(samples), len(SHARES)))
    column = {None: 0, Kind.TREE: 1, Kind.WATER: 2, Kind.BUILT: 3, Kind.GROUND: 4}
    place_of_kind = np.array([column[Kind(k)] for k in range(len(Kind))])

    def work(part: slice, stop: Stop) -> None:
        stop()
        towards = turned(lattice, samples.normal[part].astype(np.float64)).reshape(-1, 3)
        start = np.repeat(origins[part], rays, axis=0)
        hits = caster.first(start, np.ascontiguousarray(towards, np.float32))
        met = hits.triangle >= 0
        place = np.zeros(len(start), np.intp)
        place[met] = place_of_kind[caster.soup.kind_of_triangle[hits.triangle[met]]]
        if tree is not None:
            on_ground = np.flatnonzero(place == 4)
            at = start[on_ground] + towards[on_ground] * hits.distance_m[on_ground, None]
            lawns, _ = tree.query(shapely.points(at[:, :2]), predicate="intersects")
            place[on_ground[np.unique(lawns)]] = 1
        number = np.repeat(np.arange(len(start) // rays), rays)
        counts = np.bincount(number * 5 + place, minlength=(len(start) // rays) * 5)
        found[part] = counts.reshape(-1, 5) / rays

    in_chunks(len(samples), work, progress, unit="windows", chunk=WINDOWS_AT_ONCE)
    return found


def view_study(
    town: Town,
    wanted: Wanted,
    progress: Progress,
    *,
    green: Sequence[Any] = (),
    before: Town | None = None,
) -> Answer:
    """Return what windows on facades look at: sky, green, water, built and ground, shares of the half space.

    Columns: feature_id, surface, x_m, y_m, z_m, sky, green, water, built, ground; with ``before`` also
    sky_before ... and sky_difference.

    Raises
    ------
    Cancelled
        The job was asked to stop.
    """
    if before is not None:
        pair = pair_of(before, town, wanted, progress)
        caster, samples = pair.caster_after, pair.samples
        was = shares_at(pair.caster_before, samples, green, progress)
    else:
        caster = Caster(soup_of(town))
        progress.check_cancelled()
        samples, was = samples_of(town, caster, wanted, progress), None
    shares = shares_at(caster, samples, green, progress)
    return _view_answer(town, samples, shares, was)


def _view_answer(town: Town, samples: Samples, shares: Float64, was: Float64 | None) -> Answer:
    columns: dict[str, NDArray[Any]] = place_columns(town, samples)
    columns |= {name: np.round(shares[:, i], 4) for i, name in enumerate(SHARES)}
    summary: dict[str, Any] = {
        "windows": len(samples),
        "spacing_m": samples.spacing_m[Surface.FACADE],
        "mean": _means(shares),
        "crs": town.frame.crs,
        "heights": HEIGHTS,
    }
    if was is not None:
        columns |= {f"{name}_before": np.round(was[:, i], 4) for i, name in enumerate(SHARES)}
        columns["sky_difference"] = np.round(shares[:, 0] - was[:, 0], 4)
        summary["mean_before"] = _means(was)
    value = "sky" if was is None else "sky_difference"
    return Answer(kind="view", columns=columns, summary=summary, value=value, crs=town.frame.crs)


def _means(shares: Float64) -> dict[str, float | None]:
    if not len(shares):
        return dict.fromkeys(SHARES)
    return {name: round(float(shares[:, i].mean()), 4) for i, name in enumerate(SHARES)}


@dataclass(frozen=True, kw_only=True)
class MonumentAsked:
    """From where a monument is looked for: a grid of eyes on free ground around it."""

    radius_m: float = 500.0
    spacing_m: float = 10.0
    eye_m: float = EYE_M


MOST_EYES = 200_000


def monument_study(
    town: Town,
    monument: Wanted,
    asked: MonumentAsked,
    progress: Progress,
    *,
    before: Town | None = None,
) -> Answer:
    """Return how much of a monument is seen from each place around it.

    Columns: feature_id (the terrain), surface, x_m, y_m, z_m of the eye, distance_m, visible, seen_m2 (area of
    the monument that is in sight), seen_share (of what is turned to the eye); with ``before`` also
    seen_share_before and seen_share_difference.

    Raises
    ------
    BelvedereError
        ``analyse.too_fine``: more eyes than can be asked.
    """
    caster = Caster(soup_of(town))
    progress.check_cancelled()
    samples = _thinned(samples_of(town, caster, monument, progress))
    eyes = _eyes(town, caster, samples, asked)
    progress.check_cancelled()
    share, seen_m2 = _seen_from(caster, samples, eyes, progress)
    answer = Answer(
        kind="monument",
        columns={
            **_eye_columns(town, samples, eyes),
            "visible": seen_m2 > 0,
            "seen_m2": np.round(seen_m2, 2),
            "seen_share": np.round(share, 4),
        },
        summary=_seeing(town, samples, seen_m2 > 0, asked),
        value="seen_share",
        crs=town.frame.crs,
    )
    if before is None:
        return answer
    past = Caster(soup_of(before))
    progress.check_cancelled()
    return _beside(answer, share, *_seen_from(past, samples, eyes, progress))


def _seeing(
    town: Town, samples: Samples, sees: NDArray[np.bool_], asked: MonumentAsked
) -> dict[str, Any]:
    return {
        "radius_m": asked.radius_m,
        "spacing_m": asked.spacing_m,
        "places": len(sees),
        "seeing": int(sees.sum()),
        "seeing_share": round(float(sees.mean()), 4) if len(sees) else 0.0,
        "monument_samples": len(samples),
        "crs": town.frame.crs,
        "heights": HEIGHTS,
    }


def _beside(answer: Answer, share: Float64, was: Float64, was_m2: Float64) -> Answer:
    """Return what is seen of a monument with what was seen of it before."""
    change = {
        "seen_share_before": np.round(was, 4),
        "seen_share_difference": np.round(share - was, 4),
    }
    return replace(
        answer,
        columns={**answer.columns, **change},
        summary={**answer.summary, "seeing_before": int((was_m2 > 0).sum())},
        value="seen_share_difference",
    )


def _seen_from(
    caster: Caster, samples: Samples, eyes: Float64, progress: Progress
) -> tuple[Float64, Float64]:
    """Return for each eye which share of what is turned to it it sees, and that area, m²."""
    turned_m2, seen_m2 = seen_areas(caster, samples, eyes, progress)
    share = np.divide(seen_m2, turned_m2, out=np.zeros(len(eyes)), where=turned_m2 > 0)
    return share, seen_m2


def _eye_columns(town: Town, samples: Samples, eyes: Float64) -> dict[str, NDArray[Any]]:
    xyz = np.round(town.frame.crs_from_scene(eyes), 2) if len(eyes) else np.zeros((0, 3))
    middle = samples.xyz_in_scene.mean(axis=0) if len(samples) else np.zeros(3)
    return {
        "feature_id": np.full(len(eyes), town.ground_id or "ground", object),
        "surface": np.full(len(eyes), "ground", object),
        **{name: xyz[:, i] for i, name in enumerate(("x_m", "y_m", "z_m"))},
        "distance_m": np.round(np.linalg.norm(eyes[:, :2] - middle[:2], axis=1), 2),
    }


def _thinned(samples: Samples) -> Samples:
    """Take evenly as many points as there may be; they follow a curve through space."""
    if len(samples) <= MONUMENT_SAMPLES:
        return samples
    return samples.taken(np.linspace(0, len(samples) - 1, MONUMENT_SAMPLES).round().astype(np.intp))


def _eyes(town: Town, caster: Caster, samples: Samples, asked: MonumentAsked) -> Float64:
    if not len(samples):
        return np.zeros((0, 3))
    xy = samples.xyz_in_scene[:, :2]
    low, high = xy.min(axis=0) - asked.radius_m, xy.max(axis=0) + asked.radius_m
    if float(np.prod((high - low) / asked.spacing_m)) > MOST_EYES:
        raise BelvedereError("analyse.too_fine", f"{asked.spacing_m:g} m")
    x, y = (np.arange(low[i] + asked.spacing_m / 2, high[i], asked.spacing_m) for i in (0, 1))
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    middle = xy.mean(axis=0)
    grid = grid[np.linalg.norm(grid - middle, axis=1) <= asked.radius_m]
    eyes = np.column_stack([grid, surface_height(town.ground, grid) + asked.eye_m])
    return eyes[~inside_solids(caster, eyes.astype(np.float32))]


def seen_areas(
    caster: Caster, samples: Samples, eyes: Float64, progress: Progress
) -> tuple[Float64, Float64]:
    """Return for each eye (n,) the area of samples that is turned to it, and that of them it sees, m²."""
    origins = samples.origins()
    weight = np.array(samples.spacing_m)[samples.surface] ** 2
    turned_m2, seen_m2 = np.zeros(len(eyes)), np.zeros(len(eyes))

    def work(part: slice, stop: Stop) -> None:
        stop()
        towards = eyes[part, None].astype(np.float32) - origins[None]
        facing = np.einsum("ekd,kd->ek", towards, samples.normal) > 0
        eye, sample = np.nonzero(facing)
        far = np.ones(len(eye), np.float32)
        free = ~caster.blocked(origins[sample], np.ascontiguousarray(towards[eye, sample]), far)
        count = facing.shape[0]
        turned_m2[part] = np.bincount(eye, weights=weight[sample], minlength=count)
        seen_m2[part] = np.bincount(eye[free], weights=weight[sample[free]], minlength=count)

    in_chunks(len(eyes), work, progress, unit="places", chunk=EYES_AT_ONCE)
    return turned_m2, seen_m2
