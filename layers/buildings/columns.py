"""Which column of a table says what about a building."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from twin import api

FOOT_M = 0.3048
FEET = frozenset({"ft", "foot", "feet", "'"})

MEANINGS: Mapping[str, str] = {
    # our word: that of ``api.meanings``
    "height": "height",
    "storeys": "storeys",
    "min_height": "min_height",
    "ground": "ground_z",
    "eaves": "eaves_z",
    "ridge": "roof_z",
    "roof_shape": "roof_shape",
    "roof_height": "roof_height",
    "roof_direction": "roof_direction",
    "roof_orientation": "roof_orientation",
    "colour": "colour",
    "roof_colour": "roof_colour",
    "use": "use",
    "material": "material",
    "year": "year",
    "min_level": "min_level",
}
ALSO: Mapping[str, tuple[str, ...]] = {
    "height": ("height_m",),
    "min_height": ("min_height_m",),
    "roof_height": ("roof_height_m",),
    "part": ("building_part",),
    "light": ("construction_legere", "leger"),
    "use": ("type",),
}


def plain(name: str) -> str:
    """Return a name in lower case without accents, words joined by underscores."""
    text = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def find(table: api.FeatureTable, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each meaning that the table has.

    Parameters
    ----------
    chosen : mapping of meaning to column name
        What the user set; empty names are looked for.
    """
    guessed = api.meanings(table)
    present = {plain(str(name)): str(name) for name in reversed(list(table.frame.columns))}
    found = {}
    for meaning in {**MEANINGS, **ALSO}:
        wanted = chosen.get(meaning, "")
        if wanted in present.values():
            found[meaning] = wanted
            continue
        also = next((present[n] for n in ALSO.get(meaning, ()) if n in present), "")
        name = guessed.get(MEANINGS.get(meaning, ""), "") or also
        if name:
            found[meaning] = name
    return found


def numbers(table: api.FeatureTable, name: str | None) -> NDArray[np.float64]:
    """Return (n,) float64 of a column in metres or counts; NaN where it is missing or no number."""
    if name is None:
        return np.full(len(table), np.nan)
    values = table.frame[name]
    if values.dtype == object or str(values.dtype).startswith(("string", "category")):
        import pandas as pd

        values = pd.to_numeric(values, errors="coerce")
    result = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return result * FOOT_M if table.column(name).unit.lower() in FEET else result


def texts(table: api.FeatureTable, name: str | None) -> NDArray[np.object_]:
    """Return (n,) str of a column, empty where it is missing."""
    if name is None:
        return np.full(len(table), "", dtype=object)
    values = table.frame[name]
    return np.where(values.isna(), "", values.astype(str)).astype(object)


def is_altitude(name: str | None) -> bool:
    """Whether a column that names a height holds altitudes: the roof heights of 3DBAG are metres above NAP."""
    return name is not None and plain(name).startswith("b3_h_")
