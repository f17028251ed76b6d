"""Numbers of a variant: each with its formula, its source and how sure it is. Pure functions on arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

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


DATA: Text = {"en": "data of the layers", "fr": "données des couches"}
USES: dict[str, tuple[str, str]] = {
    "residential": ("housing", "logement"),
    "commercial": ("offices and shops", "bureaux et commerces"),
    "industrial": ("industry", "industrie"),
    "public": ("public services", "équipements publics"),
    "heritage": ("heritage", "patrimoine"),
    "sport": ("sport and leisure", "sport et loisirs"),
    "annex": ("annexes", "annexes"),
    "other": ("not specified", "non précisé"),
}


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
    inside = scope.perimeter
    return [
        _one("buildings", ("Buildings", "Bâtiments"), float(len(stock)), "", _COUNT, DATA, _DATA),
        _one("footprint", ("Footprint", "Emprise au sol"), footprint, "m²",
             ("sum of the areas of the footprints", "somme des aires des emprises"), DATA),
        _one("perimeter", ("Perimeter", "Périmètre"), scope.area_m2, "m²",
             ("area of the perimeter", "aire du périmètre"), inside),
        _one("open_ground", ("Open ground", "Espace libre"), open_m2, "m²",
             ("perimeter − footprint", "périmètre − emprise au sol"), inside),
        _one("built_share", ("Built share", "Coefficient d’emprise"),
             _ratio(footprint, scope.area_m2), "%",
             ("footprint / perimeter", "emprise au sol / périmètre"), inside),
        _one("green_area", ("Green area", "Espaces verts"), scope.green_m2, "m²",
             ("area of parks, gardens, lawns, woods inside the perimeter",
              "aire des parcs, jardins, pelouses et bois dans le périmètre"), DATA),
        _one("trees", ("Trees", "Arbres"), None if scope.trees is None else float(scope.trees), "",
             ("trees of the layers inside the perimeter", "arbres des couches dans le périmètre"),
             DATA, _DATA),
    ]  # fmt: skip


def _floors(stock: Stock) -> list[Indicator]:
    formula = ("footprint × storeys (height / 3 m where they are not known)",
               "emprise × niveaux (hauteur / 3 m s’ils sont inconnus)")  # fmt: skip
    floor = stock.floor_m2
    found = [
        _one("floor_area", ("Floor area", "Surface de plancher"), _sum(floor), "m²", formula, DATA)
    ]
    for use, (english, french) in USES.items():
        own = stock.use == use
        if own.any():
            label = (f"Floor area: {english}", f"Surface de plancher : {french}")
            found.append(_one(f"floor_area.{use}", label, _sum(floor[own]), "m²", formula, DATA))
    return found


def dwellings_of(stock: Stock) -> NDArray[np.float64]:
    """Return (n,) dwellings: those of the data, else the floor area of housing by 70 m² each."""
    guessed = np.where(stock.housing, np.floor(stock.floor_m2 / DWELLING_M2), 0.0)
    return np.where(np.isfinite(stock.dwellings), stock.dwellings, guessed)


def _people(stock: Stock) -> list[Indicator]:
    dwellings = _sum(dwellings_of(stock))
    known = bool(len(stock)) and bool(np.isfinite(stock.dwellings).all())
    return [
        _one("dwellings", ("Dwellings", "Logements"), dwellings, "",
             ("dwellings of the data; else floor area of housing / 70 m²",
              "logements des données ; sinon surface de plancher de logement / 70 m²"),
             DATA, _DATA if known else Quality.ESTIMATED),
        _one("inhabitants", ("Inhabitants", "Habitants"),
             None if dwellings is None else dwellings * HOUSEHOLD, "",
             (f"dwellings × {HOUSEHOLD}", f"logements × {HOUSEHOLD}".replace(".", ",")),
             {"en": "INSEE, census 2021: 2.15 persons a household",
              "fr": "INSEE, recensement 2021 : 2,15 personnes par ménage"}),
        _one("parking", ("Parking spaces", "Places de stationnement"), _sum(stock.parking), "",
             ("sum of the parking spaces of the data", "somme des places des données"), DATA, _DATA),
    ]  # fmt: skip


def _shape(stock: Stock) -> list[Indicator]:
    height = stock.height_m[np.isfinite(stock.height_m)]
    weight = np.nan_to_num(stock.footprint_m2[np.isfinite(stock.height_m)])
    some = len(height) > 0
    mean = float(np.average(height, weights=weight)) if some and weight.sum() > 0 else None
    return [
        _one("height_mean", ("Mean height", "Hauteur moyenne"), mean, "m",
             ("mean of the heights, weighted by footprint",
              "moyenne des hauteurs pondérée par l’emprise"), DATA),
        _one("height_median", ("Median height", "Hauteur médiane"),
             float(np.median(height)) if some else None, "m", ("median of the heights", "médiane"), DATA),
        _one("height_max", ("Greatest height", "Hauteur maximale"),
             float(height.max()) if some else None, "m", ("greatest height", "hauteur maximale"), DATA),
        _one("volume", ("Built volume", "Volume bâti"), _sum(stock.volume_m3), "m³",
             ("footprint × height; of closed surfaces their volume",
              "emprise × hauteur ; pour les surfaces closes, leur volume"), DATA),
    ]  # fmt: skip


def _materials(stock: Stock) -> list[Indicator]:
    known = stock.material != ""
    floor = stock.floor_m2
    share = _ratio(_sum(floor[known & stock.timber]) or 0.0, _sum(floor[known]))
    return [
        _one("timber_share", ("Timber and bio-sourced share", "Part de bois et biosourcés"), share, "%",
             ("floor area of timber, straw or hemp / floor area of known material",
              "surface de plancher en bois, paille ou chanvre / surface de matériau connu"), DATA),
    ]  # fmt: skip


def _energy(stock: Stock) -> list[Indicator]:
    need = np.array([DPE_KWH_M2.get(str(label), np.nan) for label in stock.label], np.float64)
    known = np.isfinite(need) & np.isfinite(stock.floor_m2)
    heat = float((need * stock.floor_m2)[known].sum()) / 1000.0 if known.any() else None
    floor = _sum(stock.floor_m2)
    power = None if floor is None else floor * POWER_KWH_M2 / 1000.0
    dpe = {"en": "classes of the French energy label (arrêté of 31 March 2021), their middle",
           "fr": "classes du DPE (arrêté du 31 mars 2021), milieu de classe"}  # fmt: skip
    return [
        _one("heat_demand", ("Heat demand", "Besoin de chaleur"), heat, "MWh/a",
             ("floor area × middle of the class of the energy label",
              "surface de plancher × milieu de la classe DPE"), dpe),
        _one("power_demand", ("Electricity demand", "Besoin d’électricité"), power, "MWh/a",
             (f"floor area × {POWER_KWH_M2:g} kWh/m²", f"surface de plancher × {POWER_KWH_M2:g} kWh/m²"),
             {"en": "assumption of Belvedere", "fr": "hypothèse de Belvedere"}),
        _one("co2", ("CO₂ of heating, if by gas", "CO₂ du chauffage, si au gaz"),
             None if heat is None else heat * CO2_KG_KWH, "t/a",
             (f"heat demand × {CO2_KG_KWH} kg/kWh", f"besoin de chaleur × {CO2_KG_KWH} kg/kWh".replace(".", ",")),
             {"en": "ADEME, Base Carbone: natural gas", "fr": "ADEME, Base Carbone : gaz naturel"}),
    ]  # fmt: skip


_COUNT = ("number of features that exist", "nombre d’objets existants")
_DATA = Quality.DECLARED
_Words = tuple[str, str]


def _one(  # noqa: PLR0917 - a table of indicators reads as rows
    name: str,
    label: _Words,
    value: float | None,
    unit: str,
    formula: _Words,
    source: Text,
    quality: Quality = Quality.ESTIMATED,
) -> Indicator:
    return Indicator(
        id=name,
        label={"en": label[0], "fr": label[1]},
        value=value,
        unit=unit,
        formula={"en": formula[0], "fr": formula[1]},
        source=source,
        quality=quality,
    )


def _sum(values: NDArray[np.float64]) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.sum()) if len(known) else None


def _ratio(part: float | None, whole: float | None) -> float | None:
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
