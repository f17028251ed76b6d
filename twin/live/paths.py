"""Lines that things move along, asked at many places at once; metres in the scene."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

AHEAD_M = 4.0
SAMPLE_M = 25.0
"""Along a line its passes by a stop are told apart so finely."""

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


class Paths:
    """Polylines with their lengths.

    Parameters
    ----------
    lines : sequence of (k, 2) float64
        At least two different points each.
    """

    def __init__(self, lines: Sequence[Float64]) -> None:
        made = [shapely.linestrings(line) for line in lines]
        self._lines = np.array(made, dtype=object)
        self.length_m: Float64 = shapely.length(self._lines) if made else np.zeros(0)

    @property
    def lines(self) -> NDArray[np.object_]:
        """The polylines, shapely LineStrings in the scene."""
        return self._lines

    def __len__(self) -> int:
        return len(self._lines)

    def at(self, path: Int64, along_m: Float64) -> tuple[Float64, Float64]:
        """Return where one is after so many metres, (n, 2), and which way it goes on, (n,) degrees.

        NaN where ``path`` is -1 or the way is not known.
        """
        xy, heading = np.full((len(path), 2), np.nan), np.full(len(path), np.nan)
        known = (path >= 0) & np.isfinite(along_m)
        if not known.any():
            return xy, heading
        lines, length = self._lines[path[known]], self.length_m[path[known]]
        here = np.clip(along_m[known], 0.0, length)
        ahead = np.minimum(here + AHEAD_M, length)
        back = np.maximum(ahead - 2 * AHEAD_M, 0.0)
        places = [_coordinates(lines, s) for s in (here, back, ahead)]
        step = places[2] - places[1]
        xy[known] = places[0]
        heading[known] = np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 360.0
        return xy, heading

    def along(self, path: Int64, xy: Float64) -> tuple[Float64, Float64]:
        """Return how far along its path each place lies, and how far off it; both (n,), NaN for -1."""
        along_m, off_m = np.full(len(path), np.nan), np.full(len(path), np.nan)
        known = (path >= 0) & np.isfinite(xy).all(axis=1)
        if known.any():
            lines, points = self._lines[path[known]], shapely.points(xy[known])
            along_m[known] = shapely.line_locate_point(lines, points)
            off_m[known] = shapely.distance(lines, points)
        return along_m, off_m

    def passes(self, path: int, stops: Float64) -> Float64:
        """Return how far along a path it passes its stops (n, 2) in their order; never backwards.

        A line may come by a stop twice: each stop is the first good pass after the one before.
        """
        length = float(self.length_m[path])
        steps = np.linspace(0.0, length, max(2, int(length / SAMPLE_M) + 1))
        line = np.repeat(self._lines[path], len(steps))
        samples = _coordinates(line, steps)
        found, first = np.zeros(len(stops)), 0
        for i, stop in enumerate(stops):
            away = np.hypot(*(samples[first:] - stop).T)
            if np.isfinite(away).all():
                first += int(np.argmax(away <= away.min() + SAMPLE_M))
            found[i] = steps[first]
        return found


def _coordinates(lines: Any, along_m: Float64) -> Float64:
    return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(lines, along_m)))
