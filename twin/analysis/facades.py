"""The sun of dwellings: hours on every facade of a building, by orientation and storey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import HEIGHTS, Answer, place_columns
from twin.analysis.rays import Caster
from twin.analysis.samples import Samples, Wanted, samples_of
from twin.analysis.sun_study import SunAsked, hours_of
from twin.analysis.town import Soup, Town, soup_of
from twin.progress import Progress

Float64 = NDArray[np.float64]
SIDES = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
STOREY_M = 3.0
HALF = 0.5
"""A facade of a storey meets the threshold when at least half of its samples do."""


def facade_report(
    town: Town,
    asked: SunAsked,
    wanted: Wanted,
    progress: Progress,
    *,
    dwellings: Mapping[str, float] | None = None,
) -> Answer:
    """Return the sun of each facade of each storey.

    Columns: feature_id, surface (``facade``), x_m, y_m, z_m (middle), side (N, NE ...), storey (1 is the
    lowest), dwellings (of the building; empty: not known), samples, area_m2, sun_h (mean of the days together),
    least_h, most_h, meeting_share, meets_threshold.

    Parameters
    ----------
    dwellings : mapping of feature id to number, or None
        None: of all buildings; else only those with dwellings are reported.

    Raises
    ------
    Cancelled
        The job was asked to stop.
    """
    caster = Caster(soup_of(town, trees=asked.trees))
    progress.check_cancelled()
    samples = _housing(town, samples_of(town, caster, wanted, progress), dwellings)
    suns, hours = hours_of(caster, town, samples, asked, progress)
    keys, first, group = _facades_of(samples, caster.soup)
    sums = _rows(town, samples, hours, asked, group)
    columns = _named(_ids_of(town, samples)[first], keys, sums, dwellings or {})
    told = {"sun_up_h": round(suns.up_h, 3), "spacing_m": samples.spacing_m[0]}
    return Answer(
        kind="facades",
        columns=columns,
        summary={**_summary(columns, town, asked), **told},
        value="sun_h",
        unit="h",
        crs=town.frame.crs,
    )


def _facades_of(
    samples: Samples, soup: Soup
) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.intp]]:
    """Return body, row, side and storey of each facade, its first sample, and the facade of each sample."""
    side, storey = side_of(samples.normal), storey_of(samples, feet_of(soup))
    keys, first, group = np.unique(
        np.column_stack([samples.body, samples.row, side, storey]),
        axis=0, return_index=True, return_inverse=True,
    )  # fmt: skip
    return keys, first, group.reshape(-1)


def _ids_of(town: Town, samples: Samples) -> NDArray[np.str_]:
    return place_columns(town, samples)["feature_id"].astype(str)


def _housing(town: Town, samples: Samples, dwellings: Mapping[str, float] | None) -> Samples:
    """Return the samples of buildings with dwellings; all where it is not asked who has any."""
    if dwellings is None:
        return samples
    lived_in = [name for name, count in dwellings.items() if count > 0]
    return samples.taken(np.isin(_ids_of(town, samples), lived_in))


def _named(
    ids: NDArray[np.str_],
    keys: NDArray[Any],
    sums: dict[str, NDArray[Any]],
    dwellings: Mapping[str, float],
) -> dict[str, NDArray[Any]]:
    """Return the columns of a report: whose facade it is, where, and its sums; ``keys`` end with side and storey."""
    where = ("x_m", "y_m", "z_m")
    return {
        "feature_id": ids.astype(object),
        "surface": np.full(len(keys), "facade", object),
        **{name: sums[name] for name in where},
        "side": np.array(SIDES, object)[keys[:, 2]],
        "storey": keys[:, 3].astype(np.int64),
        "dwellings": np.array([dwellings.get(name, np.nan) for name in ids], np.float64),
        **{name: values for name, values in sums.items() if name not in where},
    }


def _summary(columns: Mapping[str, NDArray[Any]], town: Town, asked: SunAsked) -> dict[str, Any]:
    meets = columns["meets_threshold"]
    return {
        "date": asked.first.isoformat(),
        "until": asked.last.isoformat(),
        "time_zone": town.time_zone,
        "threshold_h": asked.threshold_h,
        "buildings": len(np.unique(columns["feature_id"].astype(str))),
        "facades": len(meets),
        "meeting": int(meets.sum()),
        "meeting_share": round(float(meets.mean()), 4) if len(meets) else 0.0,
        "crs": town.frame.crs,
        "heights": HEIGHTS,
    }


def side_of(normal: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return which of :data:`SIDES` (n,) outward normals look to."""
    azimuth = np.degrees(np.arctan2(normal[:, 0], normal[:, 1])) % 360.0
    return np.asarray(np.round(azimuth / 45.0).astype(np.intp) % 8)


def feet_of(soup: Soup) -> dict[tuple[int, int], float]:
    """Return the lowest z of each (body, row) of a soup."""
    owned = soup.row_of_triangle >= 0
    body, row = soup.body_of_triangle[owned].astype(np.int64), soup.row_of_triangle[owned]
    low = soup.xyz_in_scene[soup.triangles[owned]][..., 2].min(axis=1)
    key, number = np.unique(body * 2**31 + row, return_inverse=True)
    least = np.full(len(key), np.inf)
    np.minimum.at(least, number.reshape(-1), low)
    return {(int(k >> 31), int(k & (2**31 - 1))): float(z) for k, z in zip(key, least, strict=True)}


def storey_of(samples: Samples, feet: Mapping[tuple[int, int], float]) -> NDArray[np.int64]:
    """Return the storey (n,) of samples, 3 m each from the foot of their building."""
    foot = np.array([feet[b, r] for b, r in zip(samples.body, samples.row, strict=True)])
    above = samples.xyz_in_scene[:, 2] - foot if len(samples) else np.zeros(0)
    return np.maximum(np.floor(above / STOREY_M).astype(np.int64) + 1, 1)


def _rows(
    town: Town, samples: Samples, hours: Float64, asked: SunAsked, group: NDArray[np.intp]
) -> dict[str, NDArray[Any]]:
    """Sum up samples by group."""
    n = int(group.max()) + 1 if len(group) else 0
    count = np.maximum(np.bincount(group, minlength=n), 1)
    limit = asked.threshold_h * len(asked.days()) - 1e-9

    def mean(values: Float64) -> Float64:
        return np.asarray(np.bincount(group, weights=values, minlength=n) / count)

    least, most = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(least, group, hours)
    np.maximum.at(most, group, hours)
    middle = np.column_stack([mean(samples.xyz_in_scene[:, i]) for i in range(3)])
    xyz = np.round(town.frame.crs_from_scene(middle), 2) if n else np.zeros((0, 3))
    share = mean((hours >= limit).astype(np.float64))
    return {
        **{name: xyz[:, i] for i, name in enumerate(("x_m", "y_m", "z_m"))},
        "samples": count.astype(np.int64),
        "area_m2": np.round(count * samples.spacing_m[0] ** 2, 1),
        "sun_h": np.round(mean(hours), 3),
        "least_h": np.round(least, 3),
        "most_h": np.round(most, 3),
        "meeting_share": np.round(share, 4),
        "meets_threshold": share >= HALF - 1e-9,
    }
