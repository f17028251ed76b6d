"""When buildings were built and what their walls are made of, in one notation whatever the source writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.buildings.columns import texts
from twin import api

YEAR, MATERIAL = "built_year", "wall_material"
EARLIEST, LATEST = 1000, 2200
_YEAR = re.compile(r"\s*(\d{4})(?!\d)")
_DAY = re.compile(r"\s*(\d{4})\d{4}$")
LAND_TAX: Mapping[str, str] = {
    # Codes of the French land tax, as BD TOPO has them; the second digit is the second material.
    "1": "stone", "2": "stone", "3": "concrete", "4": "brick", "5": "cement_block", "6": "wood",
}  # fmt: skip
_CODE = re.compile(r"[0-9]{1,2}(?:\.0)?")


def columns(table: api.FeatureTable, found: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """Return the columns that the table has material or year for; None where a row has none."""
    made: dict[str, NDArray[Any]] = {}
    if "year" in found:
        made[YEAR] = _plain(table.frame[found["year"]])
        if made[YEAR] is None:
            told = years(texts(table, found["year"]))
            # Whole numbers where every row has one: the same type comes back from the cache.
            made[YEAR] = told.astype(np.int64) if all(v is not None for v in told) else told
    if "material" in found:
        made[MATERIAL] = materials(texts(table, found["material"]))
    return made


def _plain(told: Any) -> Any:
    """Return a column that is nothing but years as whole numbers, else None."""
    if told.dtype.kind != "i":
        return None
    found = told.to_numpy(np.int64)
    return found if ((found >= EARLIEST) & (found <= LATEST)).all() else None


def years(words: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the year that dates of any notation begin with: ``1650-01-01Z``, ``19870312``, ``1987.0``."""
    import pandas as pd

    # A town writes a few hundred different dates: each is read once.
    codes, distinct = pd.factorize(words)
    read = np.array([*map(_year, distinct), None], dtype=object)
    found: NDArray[np.object_] = read[codes]  # -1, nothing told, is the last
    return found


def _year(word: object) -> int | None:
    match = _YEAR.match(str(word)) or _DAY.match(str(word))
    year = int(match[1]) if match else 0
    return year if EARLIEST <= year <= LATEST else None


def materials(words: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the main material: codes of the land tax as words, words as they are."""
    known = [str(word).strip() for word in words]
    coded = all(_CODE.fullmatch(word) for word in known if word)
    found = [LAND_TAX.get(word[:1]) if coded else word or None for word in known]
    return np.array(found, dtype=object)
