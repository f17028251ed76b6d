"""Numbers as people write them: ``12 m``, ``12,5``, ``40'``, ``secret``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOOT_M = 0.3048
INCH_M = 0.0254

SENTINELS = frozenset(
    (-999.0, -9999.0, -99999.0, -999.9, -9999.9, -32767.0, -32768.0, 9999.0, 99999.0)
)
"""Values that producers write for "unknown"."""
MASKED = frozenset(
    (
        "secret",
        "s",
        "confidential",
        "confidentiel",
        "n/a",
        "na",
        "nd",
        "n.d.",
        "null",
        "none",
        "nan",
    )
)
"""Texts that stand for a value that is withheld, or for none."""

_NUMBER = re.compile(
    r"^[~≈<>]?\s*([+-]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?|[+-]?[.,]\d+)(?:[eE]([+-]?\d+))?\s*"
    r"(m|metres?|meters?|mètres?|mtr|ft|feet|foot|pieds?|cm|km|%)?\.?$",
    re.IGNORECASE,
)
_GROUPED = re.compile(
    r"^[+-]?\d{1,3}(?:(?:['’]\d{3})+(?:[.,]\d+)?|(?:\.\d{3})+,\d+|(?:,\d{3})+\.\d+|(?:\.\d{3}){2,}|(?:,\d{3}){2,})$"
)
"""Thousands set apart by another sign than a space, where it cannot be the decimal one: ``6.858.000,25``."""
_FEET = re.compile(r"^(\d+(?:[.,]\d+)?)\s*['′](?:\s*(\d+(?:[.,]\d+)?)\s*(?:\"|″|''))?$")
UNIT_M = {
    "ft": FOOT_M,
    "feet": FOOT_M,
    "foot": FOOT_M,
    "pied": FOOT_M,
    "pieds": FOOT_M,
    "cm": 0.01,
    "km": 1000.0,
    "us survey foot": 1200 / 3937,
    "us-ft": 1200 / 3937,
    "mm": 0.001,
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A column read as numbers.

    Attributes
    ----------
    values : (n,) float64
        NaN where there is none.
    texts : int
        Cells that were written as text and understood.
    not_understood : int
        Cells with a text that is no number.
    sentinels : int
        Cells with a value that stands for none.
    """

    values: NDArray[np.float64]
    texts: int
    not_understood: int
    sentinels: int


def metres(text: str) -> float | None:
    """Return the metres that a text says, NaN for a withheld value, None where it says no number.

    A bare number is in metres; a list such as ``3;4`` counts with its first item.

    >>> metres("12,5 m"), metres("40'"), metres("secret")
    (12.5, 12.192, nan)
    """
    text = text.strip()
    if not text or text.lower() in MASKED:
        return math.nan
    if _GROUPED.match(text):
        return _ungrouped(text)
    feet = _FEET.match(text)
    if feet:
        inches = float(feet[2].replace(",", ".")) if feet[2] else 0.0
        return float(feet[1].replace(",", ".")) * FOOT_M + inches * INCH_M
    found = _NUMBER.match(text.split(";")[0].strip())
    if not found:
        return None
    number = float(re.sub(r"[ \u00a0\u202f]", "", found[1]).replace(",", "."))
    if found[2]:
        number *= 10.0 ** int(found[2]) if abs(int(found[2])) < 30 else math.nan
    return number * UNIT_M.get((found[3] or "").lower(), 1.0)


def _ungrouped(text: str) -> float:
    marks = [sign for sign in text if not sign.isdigit() and sign not in "+-"]
    decimal = marks[-1] if marks.count(marks[-1]) == 1 and marks[-1] in ".," else ""
    whole, _, part = text.rpartition(decimal) if decimal else (text, "", "0")
    return float("".join(sign for sign in whole if sign.isdigit() or sign in "+-") + "." + part)


def parse(values: NDArray[Any], *, zero_is_none: bool = False) -> Parsed:
    """Read a column as numbers in metres (or as plain counts).

    Parameters
    ----------
    values : (n,) array
        Numbers, or objects among which are texts.
    zero_is_none : bool
        A height of 0 means that nobody knows it.
    """
    texts = not_understood = 0
    if values.dtype.kind in "iuf":
        numbers = values.astype(np.float64)
    else:
        numbers = np.full(len(values), np.nan)
        for row, value in enumerate(values):
            if isinstance(value, str):
                number = metres(value)
                not_understood += number is None
                texts += number is not None and not math.isnan(number)
                numbers[row] = np.nan if number is None else number
            elif isinstance(value, int | float) and not isinstance(value, bool):
                numbers[row] = value
    lost = np.isin(numbers, list(SENTINELS)) | np.isinf(numbers)
    if zero_is_none:
        lost |= numbers == 0
    numbers[lost] = np.nan
    return Parsed(numbers, int(texts), int(not_understood), int(lost.sum()))
