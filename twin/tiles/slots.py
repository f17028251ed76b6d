"""Rows for the features of tiles that come and go: each tile gets a stretch of row numbers while it is there."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.tiles.columns import Columns

PLASTER = (222, 216, 204, 255)
PLANNED_ROWS = 512
"""The first rows are never given: they are those of what a variant sets beside the tiles."""


class Slots:
    """Gives and takes stretches of rows; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[tuple[int, int]] = []
        self._held: dict[int, tuple[int, Columns, NDArray[np.uint8]]] = {}
        self._news: list[int] = []
        self.size = PLANNED_ROWS
        self.version = 0

    def give(self, columns: Mapping[str, NDArray[Any]], rgba: NDArray[np.uint8]) -> int:
        """Return the first of as many rows as ``rgba`` (n, 4) has."""
        count = len(rgba)
        held = columns if isinstance(columns, Columns) else Columns(columns)
        with self._lock:
            start = self._start(count)
            if count:
                self._held[start] = (count, held, _with_plaster(rgba))
                self._news.append(start)
                self.version += 1
            return start

    def nbytes(self, start: int) -> int:
        """Return what the stretch takes that begins at a row."""
        with self._lock:
            held = self._held.get(start)
        return 0 if held is None else held[1].nbytes + held[2].nbytes

    def take_back(self, start: int, count: int) -> None:
        """Free rows that were given."""
        if not count:
            return
        with self._lock:
            self._held.pop(start, None)
            self.version += 1
            free = sorted([*self._free, (start, start + count)])
            joined: list[tuple[int, int]] = []
            for low, high in free:
                if joined and joined[-1][1] == low:
                    joined[-1] = (joined[-1][0], high)
                else:
                    joined.append((low, high))
            if joined and joined[-1][1] == self.size:
                self.size = joined.pop()[0]
            self._free = joined

    def _start(self, count: int) -> int:
        for index, (low, high) in enumerate(self._free):
            if high - low >= count:
                if high - low == count:
                    del self._free[index]
                else:
                    self._free[index] = (low + count, high)
                return low
        start = self.size
        self.size += count
        return start

    def rgba(self) -> NDArray[np.uint8]:
        """Return (size, 4) uint8: the colours that the files give, plaster where they give none."""
        with self._lock:
            found = np.empty((self.size, 4), np.uint8)
            found[:] = PLASTER
            for start, (count, _, rgba) in self._held.items():
                found[start : start + count] = rgba
            return found

    def news(self) -> list[tuple[int, Mapping[str, NDArray[Any]], NDArray[np.uint8]]]:
        """Return the stretches that were given since the last time: first row, attributes, colours (n, 4)."""
        with self._lock:
            given, self._news = self._news, []
            held = [(start, self._held[start]) for start in given if start in self._held]
        return [(start, columns, rgba) for start, (_, columns, rgba) in held]

    def columns(
        self, of: Collection[int] | None = None
    ) -> tuple[dict[str, NDArray[Any]], NDArray[np.bool_]]:
        """Return all attributes, (size,) each with gaps for rows that nobody has, and which rows somebody has.

        Parameters
        ----------
        of : collection of int or None
            First rows of the tiles that count; None: all.
        """
        with self._lock:
            held = [(k, v) for k, v in self._held.items() if of is None or k in of]
            size = self.size
        names = list(dict.fromkeys(name for _, (_, columns, _) in held for name in columns))
        taken = np.zeros(size, bool)
        found: dict[str, NDArray[Any]] = {}
        for name in names:
            numeric = not any(c.is_text(name) for _, (_, c, _) in held if name in c)
            values: NDArray[Any] = (
                np.full(size, np.nan) if numeric else np.full(size, None, dtype=object)
            )
            for start, (count, columns, _) in held:
                if name in columns:
                    values[start : start + count] = columns[name]
            found[name] = values
        for start, (count, _, _) in held:
            taken[start : start + count] = True
        return found, taken


def _with_plaster(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    found = rgba.copy()
    found[rgba[:, 3] == 0] = PLASTER
    return found
