"""Which rows exist at a moment: columns ``valid_from`` and ``valid_to`` of a table."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAT = np.datetime64("NaT", "s")
_YEAR = re.compile(r"^\s*(-?\d{4})")
_DATE = re.compile(r"^\s*(\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?)?)?)")


class Validity:
    """Half-open spans [from, to) of rows; null is open.

    Parameters
    ----------
    start, end : (n,) datetime64[s]
        NaT where open.
    """

    def __init__(self, start: NDArray[np.datetime64], end: NDArray[np.datetime64]) -> None:
        self._start = np.where(np.isnat(start), np.datetime64("-9999-01-01", "s"), start)
        self._end = np.where(np.isnat(end), np.datetime64("9999-12-31", "s"), end)

    @classmethod
    def of(cls, frame: Any) -> Validity | None:
        """Return the spans of a table, None when it has neither column."""
        names = [name for name in ("valid_from", "valid_to") if name in frame.columns]
        if not names:
            return None
        nothing = np.full(len(frame), np.datetime64("NaT", "s"))
        times = {name: times_of(frame[name].to_numpy()) for name in names}
        return cls(times.get("valid_from", nothing), times.get("valid_to", nothing))

    def at(self, moment: datetime) -> NDArray[np.bool_]:
        """Return (n,) True for the rows that exist at an aware moment."""
        now = np.datetime64(int(moment.timestamp()), "s")
        return (self._start <= now) & (now < self._end)


def times_of(values: NDArray[Any]) -> NDArray[np.datetime64]:
    """Return (n,) datetime64[s], UTC, of texts, dates or numbers of years; NaT where there is none.

    Seconds and not nanoseconds, so that years before 1677 stay what they are.
    """
    if values.dtype.kind == "M":
        return values.astype("datetime64[s]")
    return np.array([_time(value) for value in values], dtype="datetime64[s]")


def _time(value: Any) -> np.datetime64:
    if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return NAT
    if isinstance(value, datetime):
        return np.datetime64(int(value.timestamp()), "s")
    if isinstance(value, int | float):
        return np.datetime64(f"{int(value):04d}-01-01", "s")
    return _time_of_text(str(value))


def _time_of_text(text: str) -> np.datetime64:
    for pattern, ending in ((_DATE, ""), (_YEAR, "-01-01")):
        found = pattern.match(text)
        try:
            if found:
                return np.datetime64(found.group(1).replace(" ", "T") + ending, "s")
        except ValueError:
            continue
    return NAT
