"""Numbers of a variant: each with its formula, its source and how sure it is. Pure functions on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.analysis.indicator_words import (
    CENSUS,
    DATA,
    GAS,
    LABELS,
    OURS,
    USES,
    WORDING,
    floor_area_of,
)
from twin.analysis.stock import Stock
from twin.drawables import Text
from twin.model.table import Quality

HOUSEHOLD = 2.15
"""Persons a dwelling. INSEE, census 2021: 2.15 persons a household in France."""

DWELLING_M2 = 70.0
"""Floor area of a dwelling where only the area is known: an assumption of ours."""

DPE_KWH_M2 = {"A": 50.0, "B": 90.0, "C": 145.0, "D": 215.0, "E": 290.0, "F": 375.0, "G": 450.0}
"""Middle of each class of the energy label, primary energy a year; bounds 70, 110, 180, 250, 330, 420
(France, arrêté of 31 March 2021)."""

POWER_KWH_M2 = 29.0
"""Specific electricity a year, an assumption of ours: replace it by figures of the project."""

CO2_KG_KWH = 0.227
"""Heating by natural gas (ADEME, Base Carbone: 0.227 kg CO2e a kWh, lower heating value)."""


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One number.

    Parameters
    ----------
    id : str
        Stable, for instance ``floor_area.residential``.
    value : float or None
        None where the data says nothing: never zero in its place.
    formula, source : Text
        How it is counted and from what.
    """

    id: str
    label: Text
    value: float | None
    unit: str = ""
    formula: Text = field(default_factory=dict)
    source: Text = field(default_factory=dict)
    quality: Quality = Quality.ESTIMATED


@dataclass(frozen=True, eq=False, kw_only=True)
class Scope:
    """What the indicators are counted for.

    Parameters
    ----------
    area_m2 : float or None
        Area of the perimeter.
    green_m2 : float or None
        Green areas in it, from layers of polygons; None where there is no such layer.
    trees : int or None
    uses : mapping of str to Text
        Words of the groups of use.
    """

    area_m2: float | None = None
    green_m2: float | None = None
    trees: int | None = None
    perimeter: Text = field(default_factory=dict)


def indicators(stock: Stock, scope: Scope) -> list[Indicator]:
    """Return all indicators of a stock of buildings in a scope."""
    return [
        *_ground(stock, scope),
        *_floors(stock),
        *_people(stock),
        *_shape(stock),
        *_materials(stock),
        *_energy(stock),
    ]


def _ground(stock: Stock, scope: Scope) -> list[Indicator]:
    footprint = _sum(stock.footprint_m2)
    open_m2 = None if scope.area_m2 is None else max(scope.area_m2 - (footprint or 0.0), 0.0)
    inside, trees = scope.perimeter, scope.trees
    return [
        _one("buildings", float(len(stock)), quality=Quality.DECLARED),
        _one("footprint", footprint, "m²"),
        _one("perimeter", scope.area_m2, "m²", inside),
        _one("open_ground", open_m2, "m²", inside),
        _one("built_share", _percent(footprint, scope.area_m2), "%", inside),
        _one("green_area", scope.green_m2, "m²"),
        _one("trees", None if trees is None else float(trees), quality=Quality.DECLARED),
    ]


def _floors(stock: Stock) -> list[Indicator]:
    floor = stock.floor_m2
    found = [_one("floor_area", _sum(floor), "m²")]
    for use in USES:
        own = stock.use == use
        if own.any():
            one = _one("floor_area", _sum(floor[own]), "m²")
            found.append(replace(one, id=f"floor_area.{use}", label=floor_area_of(use)))
    return found


def dwellings_of(stock: Stock) -> NDArray[np.float64]:
    """Return (n,) dwellings: those of the data, else the floor area of housing by 70 m² each."""
    guessed = np.where(stock.housing, np.floor(stock.floor_m2 / DWELLING_M2), 0.0)
    return np.where(np.isfinite(stock.dwellings), stock.dwellings, guessed)


def _people(stock: Stock) -> list[Indicator]:
    dwellings = _sum(dwellings_of(stock))
    known = bool(len(stock)) and bool(np.isfinite(stock.dwellings).all())
    quality = Quality.DECLARED if known else Quality.ESTIMATED
    people = None if dwellings is None else dwellings * HOUSEHOLD
    return [
        _one("dwellings", dwellings, quality=quality),
        _one("inhabitants", people, source=CENSUS),
        _one("parking", _sum(stock.parking), quality=Quality.DECLARED),
    ]


def _shape(stock: Stock) -> list[Indicator]:
    height = stock.height_m[np.isfinite(stock.height_m)]
    weight = np.nan_to_num(stock.footprint_m2[np.isfinite(stock.height_m)])
    some = len(height) > 0
    mean = float(np.average(height, weights=weight)) if some and weight.sum() > 0 else None
    return [
        _one("height_mean", mean, "m"),
        _one("height_median", float(np.median(height)) if some else None, "m"),
        _one("height_max", float(height.max()) if some else None, "m"),
        _one("volume", _sum(stock.volume_m3), "m³"),
    ]


def _materials(stock: Stock) -> list[Indicator]:
    known = stock.material != ""
    floor = stock.floor_m2
    share = _percent(_sum(floor[known & stock.timber]) or 0.0, _sum(floor[known]))
    return [_one("timber_share", share, "%")]


def _energy(stock: Stock) -> list[Indicator]:
    need = np.array([DPE_KWH_M2.get(str(label), np.nan) for label in stock.label], np.float64)
    known = np.isfinite(need) & np.isfinite(stock.floor_m2)
    heat = float((need * stock.floor_m2)[known].sum()) / 1000.0 if known.any() else None
    floor = _sum(stock.floor_m2)
    power = None if floor is None else floor * POWER_KWH_M2 / 1000.0
    return [
        _one("heat_demand", heat, "MWh/a", LABELS),
        _one("power_demand", power, "MWh/a", OURS),
        _one("co2", None if heat is None else heat * CO2_KG_KWH, "t/a", GAS),
    ]


def _one(
    name: str,
    value: float | None,
    unit: str = "",
    source: Text = DATA,
    *,
    quality: Quality = Quality.ESTIMATED,
) -> Indicator:
    told = WORDING[name]
    return Indicator(
        id=name,
        label=told.label,
        value=value,
        unit=unit,
        formula=told.formula,
        source=source,
        quality=quality,
    )


def _sum(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.sum()) if len(known) else None


def _percent(part: float | None, whole: float | None) -> float | None:
    if part is None or not whole:
        return None
    return 100.0 * part / whole


def as_rows(found: Sequence[Indicator], lang: str = "en") -> list[dict[str, Any]]:
    """Return JSON-ready rows in a language."""
    return [
        {
            "id": i.id,
            "label": i.label.get(lang) or next(iter(i.label.values()), i.id),
            "value": None if i.value is None else round(i.value, 3),
            "unit": i.unit,
            "formula": i.formula.get(lang) or next(iter(i.formula.values()), ""),
            "source": i.source.get(lang) or next(iter(i.source.values()), ""),
            "quality": i.quality.value,
        }
        for i in found
    ]
