"""Hours of shadow on chosen places: a bench, a playground, a square."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import HEIGHTS, Answer
from twin.analysis.rays import Caster
from twin.analysis.sun_study import SunAsked
from twin.analysis.sunhours import suns_of_days
from twin.analysis.town import Town, soup_of
from twin.progress import Progress

Float64 = NDArray[np.float64]


def shade_at(
    caster: Caster, town: Town, places_in_scene: Float64, asked: SunAsked, progress: Progress
) -> tuple[Float64, float]:
    """Return the hours (n,) in which places are in shadow while the sun is up, and how long it is up.

    Parameters
    ----------
    places_in_scene : (n, 3) float64
        Something stands in the way between here and the sun, or nothing does; there is no surface to face it.
    """
    suns = suns_of_days(
        town, asked.days(), step_min=asked.step_min, between_h=asked.between_h,
        xy_in_scene=tuple(places_in_scene[:, :2].mean(axis=0)) if len(places_in_scene) else (0, 0),
    )  # fmt: skip
    origins = np.ascontiguousarray(places_in_scene, np.float32)
    shade = np.zeros(len(origins))
    for towards, hours in zip(suns.direction, suns.hours, strict=True):
        progress.check_cancelled()
        rays = np.ascontiguousarray(np.broadcast_to(towards, origins.shape))
        shade[caster.blocked(origins, rays)] += hours
    return shade, suns.up_h


def shade_study(
    town: Town,
    places_in_scene: Float64,
    names: Sequence[str],
    asked: SunAsked,
    progress: Progress,
    *,
    before: Town | None = None,
) -> Answer:
    """Return the shadow on chosen places.

    Columns: feature_id (the name of the place), surface (``point``), x_m, y_m, z_m, shadow_h, sun_h; with
    ``before`` also shadow_before_h and difference_h.
    """
    shade, up_h = _shade_in(town, places_in_scene, asked, progress)
    xyz = np.round(town.frame.crs_from_scene(places_in_scene), 2)
    columns: dict[str, NDArray[Any]] = {
        "feature_id": np.array(list(names), object),
        "surface": np.full(len(shade), "point", object),
        **{name: xyz[:, i] for i, name in enumerate(("x_m", "y_m", "z_m"))},
        "shadow_h": np.round(shade, 3),
        "sun_h": np.round(up_h - shade, 3),
    }
    if before is not None:
        was, _ = _shade_in(before, places_in_scene, asked, progress)
        columns["shadow_before_h"] = np.round(was, 3)
        columns["difference_h"] = np.round(shade - was, 3)
    summary = {**_asked_words(town, asked), "sun_up_h": round(up_h, 3), **_of_places(shade)}
    return Answer(
        kind="shade",
        columns=columns,
        summary={**summary, "crs": town.frame.crs, "heights": HEIGHTS},
        value="shadow_h",
        unit="h",
        crs=town.frame.crs,
    )


def _shade_in(
    town: Town, places_in_scene: Float64, asked: SunAsked, progress: Progress
) -> tuple[Float64, float]:
    caster = Caster(soup_of(town, trees=asked.trees))
    progress.check_cancelled()
    return shade_at(caster, town, places_in_scene, asked, progress)


def _asked_words(town: Town, asked: SunAsked) -> dict[str, str]:
    first, last = asked.first.isoformat(), asked.last.isoformat()
    return {"date": first, "until": last, "time_zone": town.time_zone}


def _of_places(shade: Float64) -> dict[str, Any]:
    mean = round(float(shade.mean()), 3) if len(shade) else 0.0
    return {"places": len(shade), "mean_shadow_h": mean}
