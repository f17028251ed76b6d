"""Solar energy on roofs and facades, and what photovoltaics on them would yield: clear sky by pvlib, shade by rays."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.answer import HEIGHTS, Answer, place_columns
from twin.analysis.rays import Caster, Stop, in_chunks
from twin.analysis.samples import NAMES, Samples, Wanted, samples_of
from twin.analysis.sunhours import suns_of_days
from twin.analysis.town import Town, soup_of
from twin.extras import require
from twin.progress import Progress

Float64 = NDArray[np.float64]
ALBEDO = 0.2
"""Reflected by the ground: the usual value of pvlib for towns."""


@dataclass(frozen=True, kw_only=True)
class PanelAsked:
    """A photovoltaic installation, as a planner estimates it.

    Parameters
    ----------
    efficiency : float
        Of the modules.
    performance : float
        Performance ratio: what cables, heat and inverters leave.
    clearness : float
        Share of the clear-sky energy that a usual year brings; 0.62 for Paris is our estimate from the
        1,150 kWh/m² of a usual year (PVGIS) and about 1,850 under a clear sky.
    usable : float
        Share of a roof that modules can cover.
    """

    efficiency: float = 0.20
    performance: float = 0.80
    clearness: float = 0.62
    usable: float = 0.60


def irradiation(
    town: Town, asked: PanelAsked, wanted: Wanted, year: int, progress: Progress
) -> Answer:
    """Return the energy of a year on every sample, from twelve days with clear sky, and the yield of its square.

    Columns: feature_id, surface, x_m, y_m, z_m, area_m2 (that the sample stands for), kwh_m2 (a usual year, shade
    counted), clear_kwh_m2 (without clouds, shade counted), pv_kwh (yield of the share of it that modules cover).

    Raises
    ------
    Cancelled
        The job was asked to stop.
    MissingExtraError
        Without pvlib (extra ``planning``).
    """
    require("planning", "pvlib")
    caster = Caster(soup_of(town))
    progress.check_cancelled()
    samples = samples_of(town, caster, wanted, progress)
    energy = _of_a_year(town, caster, samples, year, progress)
    told = {"year": year, "samples": len(samples)}
    return _answer(town, samples, energy, asked, told)


def _answer(
    town: Town, samples: Samples, energy: Float64, asked: PanelAsked, told: dict[str, Any]
) -> Answer:
    """Return the clear-sky energy of samples, what a usual year leaves of it, and what modules make of that."""
    usual, square = energy * asked.clearness, areas_m2(samples)
    pv = usual * square * asked.usable * asked.efficiency * asked.performance
    roof = samples.surface == NAMES.index("roof")
    columns = {
        **place_columns(town, samples),
        "area_m2": np.round(square, 2),
        "kwh_m2": np.round(usual, 1),
        "clear_kwh_m2": np.round(energy, 1),
        "pv_kwh": np.round(pv, 1),
    }
    summary = {
        **told,
        "roof_kwh_m2": round(float(usual[roof].mean()), 1) if roof.any() else None,
        "roof_pv_mwh": round(float(pv[roof].sum()) / 1000.0, 1),
        **asdict(asked),
        "quality": "estimated",
        "crs": town.frame.crs,
        "heights": HEIGHTS,
    }
    return Answer(
        kind="irradiation", columns=columns, summary=summary,
        value="kwh_m2", unit="kWh/m²", crs=town.frame.crs,
    )  # fmt: skip


def _of_a_year(
    town: Town, caster: Caster, samples: Samples, year: int, progress: Progress
) -> Float64:
    """Return the energy (n,) in kWh/m² on samples under a sky that is always clear, from one day of each month."""
    days = [date(year, month, 21) for month in range(1, 13)]
    suns = suns_of_days(town, days, step_min=30)
    lon, lat = (float(v) for v in town.frame.lonlat_from_scene([(0.0, 0.0)])[0])
    beam, diffuse, ground = clear_sky(lon, lat, suns.times_utc)
    weight = suns.hours * 365.25 / 12.0 / 1000.0  # from W/m² of one day a month to kWh/m² of a year
    energy = (beam * weight, diffuse * weight, ground * weight)
    return on_samples(caster, samples, suns.direction, energy, progress)


def areas_m2(samples: Samples) -> Float64:
    """Return the area (n,) that each sample stands for: a square of the lattice, on roofs as it lies in their slope."""
    square = np.array(samples.spacing_m)[samples.surface] ** 2
    roof = samples.surface == NAMES.index("roof")
    # The lattice of a roof lies in its plan.
    return np.asarray(np.where(roof, square / np.maximum(samples.normal[:, 2], 0.2), square))


def by_roof(answer: Answer) -> Answer:
    """Return the answer summed up by building, of its roof samples.

    Columns: feature_id, roof_m2 (of the sloping surface), kwh_m2 (mean), roof_mwh (what falls on it in a usual
    year), pv_kwh (yield of the share that modules cover).
    """
    roof = answer.columns["surface"] == "roof"
    ids, group = np.unique(answer.columns["feature_id"][roof].astype(str), return_inverse=True)
    area, energy = answer.columns["area_m2"][roof], answer.columns["kwh_m2"][roof]

    def total(values: Float64) -> Float64:
        return np.asarray(np.bincount(group.reshape(-1), weights=values, minlength=len(ids)))

    area_m2, falls = total(area), total(area * energy)
    return replace(
        answer,
        columns={
            "feature_id": ids.astype(object),
            "roof_m2": np.round(area_m2, 1),
            "kwh_m2": np.round(falls / np.maximum(area_m2, 1e-9), 1),
            "roof_mwh": np.round(falls / 1000.0, 2),
            "pv_kwh": np.round(total(answer.columns["pv_kwh"][roof]), 1),
        },
        summary={**answer.summary, "roofs": len(ids)},
    )


def clear_sky(
    lon: float, lat: float, times_utc: NDArray[np.datetime64], altitude_m: float = 50.0
) -> tuple[Float64, Float64, Float64]:
    """Return beam normal, diffuse and global horizontal irradiance under a clear sky, (k,) W/m².

    The model of Ineichen and Perez (Solar Energy 73, 2002) as pvlib has it, with a Linke turbidity of 3, usual
    for towns of middle latitudes.
    """
    import pandas as pd
    from pvlib.location import Location

    times = pd.DatetimeIndex(times_utc).tz_localize("UTC")
    sky = Location(lat, lon, tz="UTC", altitude=altitude_m).get_clearsky(times, linke_turbidity=3.0)
    beam, diffuse, whole = (sky[name].to_numpy(np.float64) for name in ("dni", "dhi", "ghi"))
    return beam, diffuse, whole


def on_samples(
    caster: Caster,
    samples: Samples,
    directions: NDArray[np.float32],
    energy: tuple[Float64, Float64, Float64],
    progress: Progress,
) -> Float64:
    """Return the energy (n,) on tilted samples: beam where nothing shades it, isotropic sky and ground.

    Parameters
    ----------
    directions : (k, 3) float32
        Towards the sun.
    energy : tuple of 3 (k,) float64
        Beam normal, diffuse horizontal and global horizontal energy of each step.
    """
    beam, diffuse, whole = energy
    rise = samples.normal[:, 2].astype(np.float64)
    total = np.asarray(
        diffuse.sum() * (1.0 + rise) / 2.0 + whole.sum() * ALBEDO * (1.0 - rise) / 2.0
    )
    origins = np.ascontiguousarray(samples.origins())

    def work(part: slice, stop: Stop) -> None:
        origin, normal = origins[part], samples.normal[part]
        found = np.zeros(len(origin))
        for step, towards in enumerate(directions):
            stop()
            cosine = normal @ towards
            front = np.flatnonzero(cosine > 1e-3)
            rays = np.ascontiguousarray(np.broadcast_to(towards, (len(front), 3)))
            free = front[~caster.blocked(origin[front], rays)]
            found[free] += beam[step] * cosine[free]
        total[part] += found

    in_chunks(len(samples), work, progress)
    return total
