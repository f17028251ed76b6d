"""Before and after: what a variant takes or gives, asked at the same points of two towns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import Answer
from twin.analysis.rays import Caster
from twin.analysis.samples import Samples, Wanted, inside_solids, samples_of
from twin.analysis.sight import Seen, seen_from, viewshed_answer, within
from twin.analysis.sun_study import SunAsked, hours_of, sun_answer
from twin.analysis.town import Town, soup_of
from twin.progress import Progress

Float64 = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pair:
    """Two towns, a caster in each, and the points that lie on something of both."""

    before: Town
    after: Town
    caster_before: Caster
    caster_after: Caster
    samples: Samples


def pair_of(
    before: Town, after: Town, wanted: Wanted, progress: Progress, *, trees: bool = True
) -> Pair:
    """Sample the later town and keep what was there before: a new facade had no sun to lose.

    Raises
    ------
    Cancelled
        The job was asked to stop.
    """
    caster_after = Caster(soup_of(after, trees=trees))
    progress.check_cancelled()
    caster_before = Caster(soup_of(before, trees=trees))
    progress.check_cancelled()
    found = samples_of(after, caster_after, wanted, progress)
    kept = _was_there(before, after, found)
    kept &= ~inside_solids(caster_before, found.origins())
    return Pair(before, after, caster_before, caster_after, found.taken(kept))


def _was_there(before: Town, after: Town, samples: Samples) -> NDArray[np.bool_]:
    """Return (n,) True for points of the ground and of features that stand in both towns."""
    standing = {
        body.layer_id: set(body.feature_ids[body.rows].astype(str)) for body in before.bodies
    }
    kept = samples.body < 0
    for number, body in enumerate(after.bodies):
        own = samples.body == number
        if own.any():
            known = np.isin(body.feature_ids.astype(str), list(standing.get(body.layer_id, ())))
            kept[own] = known[samples.row[own]]
    return kept


def sun_difference(
    before: Town, after: Town, asked: SunAsked, wanted: Wanted, progress: Progress
) -> Answer:
    """Return the hours of sun after and before, a row a sample.

    Columns: those of the sun study for the later town, then before_h and difference_h (after less before).
    """
    pair = pair_of(before, after, wanted, progress, trees=asked.trees)
    suns, hours = hours_of(pair.caster_after, pair.after, pair.samples, asked, progress)
    _, was = hours_of(pair.caster_before, pair.before, pair.samples, asked, progress)
    answer = sun_answer(pair.after, pair.samples, suns, hours, asked)
    change = np.round(hours - was, 3)
    limit = asked.threshold_h * len(asked.days()) - 1e-9
    columns = dict(answer.columns)
    columns["before_h"], columns["difference_h"] = np.round(was, 3), change
    told = {
        "mean_difference_h": round(float(change.mean()), 3) if len(change) else 0.0,
        "losing": int((change < -1e-6).sum()),
        "gaining": int((change > 1e-6).sum()),
        "no_longer_meeting": int(((was >= limit) & (hours < limit)).sum()),
        "newly_meeting": int(((was < limit) & (hours >= limit)).sum()),
    }
    return replace(
        answer,
        columns=columns,
        summary={**answer.summary, "triangles": len(pair.caster_after.soup), "difference": told},
        value="difference_h",
    )


CHANGES = ("same", "gained", "lost")


def viewshed_difference(
    before: Town,
    after: Town,
    eyes_in_scene: Float64,
    wanted: Wanted,
    progress: Progress,
    *,
    radius_m: float = 500.0,
) -> Answer:
    """Return what is seen after and before from some places.

    Columns: those of the viewshed, then visible_before and change (same, gained, lost).
    """
    pair = pair_of(before, after, wanted, progress)
    samples, away = within(pair.samples, eyes_in_scene, radius_m)
    seen = seen_from(pair.caster_after, samples, eyes_in_scene, progress)
    was = seen_from(pair.caster_before, samples, eyes_in_scene, progress)
    number = np.where(seen == was, 0, np.where(seen, 1, 2))
    change = np.array(CHANGES, object)[number]
    answer = viewshed_answer(after, eyes_in_scene, radius_m, Seen(samples, away, seen))
    told = {"gained": int((number == 1).sum()), "lost": int((number == 2).sum())}
    return replace(
        answer,
        columns={**answer.columns, "visible_before": was, "change": change},
        summary={**answer.summary, "difference": told},
        value="change",
    )
