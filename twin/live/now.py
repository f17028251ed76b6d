"""What running feeds say of the rows of a table, as arrays: kept up to date by what changed, not by asking for all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from twin.live.latest import Latest

Float64 = NDArray[np.float64]


class Now:
    """The latest values of rows.

    Parameters
    ----------
    latest : Latest
        Written by the feeds.
    streams : (n,) of str
        Datastream of every row.

    Attributes
    ----------
    time_s, value, rate, since_s : (n,) float64
        Seconds since 1970 UTC, result, change a second, and seconds since the one before (0: it is the first); NaN
        where no feed told of a row.
    """

    def __init__(self, latest: Latest, streams: Sequence[str]) -> None:
        self._latest = latest
        self._news = latest.watch()
        self._rows: dict[str, list[int]] = {}
        for row, name in enumerate(streams):
            self._rows.setdefault(name, []).append(row)
        self.time_s, self.value, self.rate, self.since_s = np.full((4, len(streams)), np.nan)
        self._guard = Lock()
        self._take(self._rows)

    def is_of(self, latest: Latest) -> bool:
        """Whether these are the values of these feeds."""
        return self._latest is latest

    @property
    def complete(self) -> bool:
        """Whether feeds told of every row."""
        return bool(np.isfinite(self.time_s).all())

    def refresh(self) -> None:
        """Take over what came since the last time."""
        with self._guard:
            self._take(self._news.taken())

    def _take(self, names: Iterable[str]) -> None:
        for name in names:
            rows = self._rows.get(name)
            if rows is None:
                continue
            known = self._latest.get(name)
            said = (
                (np.nan,) * 4
                if known is None
                else (known.time_us / 1e6, known.result, known.trend_per_s, known.since_s)
            )
            for row in rows:
                self.time_s[row], self.value[row], self.rate[row], self.since_s[row] = said
