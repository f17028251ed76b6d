"""The sun study: hours of sun a sample, and which samples meet a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import HEIGHTS, Answer, place_columns
from twin.analysis.rays import Caster
from twin.analysis.samples import NAMES, Samples, Wanted, samples_of
from twin.analysis.sunhours import STEP_MIN, Suns, sun_hours, suns_of_days
from twin.analysis.town import Town, soup_of
from twin.progress import Progress

LONGEST_DAYS = 366


@dataclass(frozen=True, kw_only=True)
class SunAsked:
    """What a sun study is asked.

    Parameters
    ----------
    first, last : date
        In the town's time zone, both included.
    threshold_h : float
        Hours a day that a sample must get, on the mean of the days.
    step_min : float
        Length of the steps in which the sun moves on.
    between_h : tuple of 2 float
        Stretch of each day that counts, local hours.
    """

    first: date
    last: date
    threshold_h: float = 2.0
    step_min: float = STEP_MIN
    between_h: tuple[float, float] = (0.0, 24.0)
    trees: bool = True

    def days(self) -> Sequence[date]:
        """Return the days."""
        count = (self.last - self.first).days + 1
        return [self.first + timedelta(days=i) for i in range(min(count, LONGEST_DAYS))]


def sun_study(town: Town, asked: SunAsked, wanted: Wanted, progress: Progress) -> Answer:
    """Return the hours of sun at every sample of a town.

    Columns: feature_id, surface (facade, roof, ground), x_m, y_m, z_m, sun_h (total of the days),
    meets_threshold.

    Raises
    ------
    Cancelled
        The job was asked to stop.
    CrsError
        The place of the scene on Earth cannot be found.
    """
    soup = soup_of(town, trees=asked.trees)
    progress.check_cancelled()
    caster = Caster(soup)
    samples = samples_of(town, caster, wanted, progress)
    suns, hours = hours_of(caster, town, samples, asked, progress)
    answer = sun_answer(town, samples, suns, hours, asked)
    return replace(answer, summary={**answer.summary, "triangles": len(soup)})


def hours_of(
    caster: Caster, town: Town, samples: Samples, asked: SunAsked, progress: Progress
) -> tuple[Suns, NDArray[np.float64]]:
    """Return the suns of the days asked for, and the hours (n,) that samples get of them."""
    suns = suns_of_days(
        town,
        asked.days(),
        step_min=asked.step_min,
        between_h=asked.between_h,
        xy_in_scene=_middle(samples),
    )
    return suns, sun_hours(caster, samples, suns, progress)


def sun_answer(
    town: Town, samples: Samples, suns: Suns, hours: NDArray[np.float64], asked: SunAsked
) -> Answer:
    """Return hours of sun as the answer of a study."""
    meets = hours >= asked.threshold_h * len(asked.days()) - 1e-9
    columns = place_columns(town, samples)
    columns["sun_h"] = np.round(hours, 3)
    columns["meets_threshold"] = meets
    return Answer(
        kind="sun",
        columns=columns,
        summary={
            "date": asked.first.isoformat(),
            "until": asked.last.isoformat(),
            "time_zone": town.time_zone,
            "threshold_h": asked.threshold_h,
            "step_min": asked.step_min,
            "sun_up_h": round(suns.up_h, 3),
            "samples": len(samples),
            "spacing_m": dict(zip(NAMES, samples.spacing_m, strict=True)),
            "crs": town.frame.crs,
            "heights": HEIGHTS,
            "surfaces": _by_surface(samples, hours, meets),
            "features": _features(columns, samples, meets),
        },
        value="sun_h",
        unit="h",
        crs=town.frame.crs,
    )


def _middle(samples: Samples) -> tuple[float, float]:
    if not len(samples):
        return (0.0, 0.0)
    xy = samples.xyz_in_scene[:, :2]
    x, y = (xy.min(axis=0) + xy.max(axis=0)) / 2
    return (float(x), float(y))


def _by_surface(
    samples: Samples, hours: NDArray[np.float64], meets: NDArray[np.bool_]
) -> dict[str, Any]:
    found = {}
    for number, name in enumerate(NAMES):
        own = samples.surface == number
        if own.any():
            found[name] = {
                "samples": int(own.sum()),
                "mean_sun_h": round(float(hours[own].mean()), 3),
                "meeting": int(meets[own].sum()),
                "meeting_share": round(float(meets[own].mean()), 4),
            }
    return found


def _features(
    columns: dict[str, NDArray[Any]], samples: Samples, meets: NDArray[np.bool_]
) -> dict[str, int]:
    """Count the features, and those whose facades have at least one sample that meets the threshold."""
    solid = samples.row >= 0
    facade = samples.surface == 0
    return {
        "sampled": len(np.unique(columns["feature_id"][solid].astype(str))),
        "with_facade": len(np.unique(columns["feature_id"][facade].astype(str))),
        "facade_meeting": len(np.unique(columns["feature_id"][facade & meets].astype(str))),
    }
