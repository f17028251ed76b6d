"""Single values of the project file, read with suspicion: what is missing or wrong raises, and its row is reported."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

Json = dict[str, Any]
Point = tuple[float, float, float]
YEARS = (2, 9998)
"""A moment may be written in any time zone without leaving the calendar."""
FIELD_OF_VIEW_DEG = (1.0, 170.0)
FARTHEST = 1e9


def word(row: Mapping[str, Any], name: str) -> str:
    """Return a text that must be there. Raises KeyError or ValueError."""
    value = row[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} must be a text")
    return value


def texts(value: object) -> dict[str, str]:
    """Return texts by language; a bare text is English, anything else none."""
    if isinstance(value, str) and value:
        return {"en": value}
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def number(value: Any) -> float:
    """Return a finite number. Raises ValueError or TypeError."""
    found = float(value)
    if not math.isfinite(found):
        raise ValueError("a number must be finite")
    return found


def point(value: Any) -> Point:
    """Return a position in the scene, metres. Raises ValueError or TypeError."""
    x, y, z = (number(v) for v in value)
    if not all(abs(v) < FARTHEST for v in (x, y, z)):
        raise ValueError("a position must be finite")
    return (x, y, z)


def moment(value: object) -> datetime | None:
    """Return a moment with its zone, None for none. Raises ValueError."""
    if not value:
        return None
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        raise ValueError(f"a time needs a zone: {value}")
    if not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError(f"a year must be in {YEARS[0]}..{YEARS[1]}")
    return found


def iso(at: datetime | None) -> str | None:
    """Return a moment as it is written."""
    return at.isoformat() if at else None


def rows(value: object) -> list[Json]:
    """Return a list of objects. Raises TypeError."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise TypeError("a list of objects is expected")
    return value


def one_of(value: object, allowed: tuple[str, ...]) -> str:
    """Return a word of a fixed list. Raises ValueError."""
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return str(value)
