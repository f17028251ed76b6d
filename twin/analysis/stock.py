"""A building stock as arrays: what the indicators are counted from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io.guess import meanings
from twin.model.table import FeatureTable

Float64 = NDArray[np.float64]
STOREY_M = 3.0
"""A storey where only the height is known: the default of the buildings layer."""

LABELS = ("energy_label", "classe_bilan_dpe", "classe_dpe", "dpe", "etiquette_dpe", "dpe_label")
MATERIALS = ("wall_material", "material", "materiau", "mat_murs", "structure_material")
PARKING = ("parking_spaces", "parking", "places_stationnement", "stationnement")
HOUSING = ("resident", "housing", "house", "habitation", "logement", "apartment", "dwelling")
TIMBER = ("timber", "wood", "bois", "straw", "paille", "clt", "hemp", "chanvre")


@dataclass(frozen=True, eq=False, kw_only=True)
class Stock:
    """Buildings. Everything unknown is NaN or an empty text, never zero.

    Parameters
    ----------
    footprint_m2, height_m, volume_m3, storeys, dwellings, parking : (n,) float64
    use, material, label : (n,) object of str
        Group of use, wall material in lower case, energy label A to G.
    outlines : (n,) object
        Footprints as shapely geometries in the CRS, None where there is none.
    """

    footprint_m2: Float64
    height_m: Float64
    volume_m3: Float64
    storeys: Float64
    dwellings: Float64
    parking: Float64
    use: NDArray[Any]
    material: NDArray[Any]
    label: NDArray[Any]
    outlines: NDArray[Any]

    def __len__(self) -> int:
        return len(self.footprint_m2)

    @property
    def floor_m2(self) -> Float64:
        """(n,) gross floor area above ground: footprint times storeys."""
        return self.footprint_m2 * self.storeys

    @property
    def housing(self) -> NDArray[np.bool_]:
        """(n,) True for dwellings by use, or by having any."""
        by_use = np.array([any(w in str(u).lower() for w in HOUSING) for u in self.use], bool)
        return by_use | (np.nan_to_num(self.dwellings) > 0)

    @property
    def timber(self) -> NDArray[np.bool_]:
        """(n,) True where the material is timber, straw or the like."""
        return np.array([any(w in m for w in TIMBER) for m in self.material], bool)


def stock_of(table: FeatureTable, rows: NDArray[np.bool_]) -> Stock:
    """Return the buildings of a table that exist.

    Parameters
    ----------
    rows : (n,) bool
        Rows that exist at the moment.
    """
    frame = table.frame[rows]
    found = meanings(table)
    footprint = _numbers(frame, "footprint_m2")
    outlines = np.asarray(frame.geometry.array, object)
    height = _numbers(frame, "height_m", found.get("height", ""))
    told = _numbers(frame, found.get("storeys", ""), "storeys")
    estimated = np.maximum(1.0, np.round(height / STOREY_M))
    return Stock(
        footprint_m2=footprint,
        height_m=height,
        volume_m3=_numbers(frame, "volume_m3"),
        storeys=np.where(told > 0, told, estimated),
        dwellings=_numbers(frame, "dwellings", found.get("dwellings", "")),
        parking=_numbers(frame, *PARKING),
        use=_texts(frame, "use_group", found.get("use", "")),
        material=np.array(
            [m.lower() for m in _texts(frame, *MATERIALS, found.get("material", ""))], object
        ),
        label=np.array([t[:1].upper() for t in _texts(frame, *LABELS)], object),
        outlines=outlines,
    )


def joined(stocks: list[Stock]) -> Stock:
    """Return several stocks as one; at least one is needed."""
    names = Stock.__dataclass_fields__
    return Stock(**{n: np.concatenate([getattr(s, n) for s in stocks]) for n in names})


def _numbers(frame: Any, *names: str) -> Float64:
    import pandas as pd

    for name in names:
        if name and name in frame.columns:
            values = pd.to_numeric(frame[name], errors="coerce")
            return np.asarray(values.to_numpy(np.float64, na_value=np.nan), np.float64)
    return np.full(len(frame), np.nan)


def _texts(frame: Any, *names: str) -> NDArray[Any]:
    for name in names:
        if name and name in frame.columns and frame[name].notna().any():
            column = frame[name]
            return np.where(column.isna(), "", column.astype(str)).astype(object)
    return np.full(len(frame), "", object)
