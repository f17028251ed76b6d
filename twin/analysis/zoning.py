"""What a zoning allows: the envelope of each plot in three dimensions, and what of buildings exceeds it, by rule."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
LEAST_M2 = 0.5
TOLERANCE_M = 0.05
BAND_M = 1.0
"""A slope is judged in steps of this height: at the middle of each."""

CAGE_STEP_M = 3.0
"""The envelope is drawn by its outline at every storey."""

CAGE_WIDE_M = 0.35
FOOT_M = 0.25
"""Height of what marks a building that covers too much of its plot."""

HEIGHT, SETBACK, SLOPE, SHARE = "height", "setback", "slope", "share"
BREACHES = (HEIGHT, SETBACK, SLOPE, SHARE)


def _none() -> Float64:
    return np.zeros(0)


@dataclass(frozen=True, eq=False, kw_only=True)
class Rules:
    """What is allowed on each plot; NaN: no such rule.

    Parameters
    ----------
    height_m : (z,) float64
        Greatest height above the ground.
    setback_m : (z,) float64
        Least distance from the boundary.
    slope : (z,) float64
        Rise of the gabarit by metre of distance from the boundary: 1 is 45 degrees, "H = L".
    base_m : (z,) float64
        Height of the gabarit at the boundary, where a slope is given; NaN: 0.
    share : (z,) float64
        Greatest part of the plot that is built over, 0 to 1.
    """

    height_m: Float64
    setback_m: Float64 = field(default_factory=_none)
    slope: Float64 = field(default_factory=_none)
    base_m: Float64 = field(default_factory=_none)
    share: Float64 = field(default_factory=_none)

    def of(self, plot: int) -> tuple[float, float, float, float, float]:
        """Return height, setback, slope, base and share of a plot: ``inf`` and 0 where there is no rule."""

        def told(values: Float64, usual: float) -> float:
            value = float(values[plot]) if len(values) else math.nan
            return value if math.isfinite(value) else usual

        slope = told(self.slope, math.inf)
        return (
            told(self.height_m, math.inf),
            max(told(self.setback_m, 0.0), 0.0),
            slope if slope > 0 else math.inf,
            told(self.base_m, 0.0),
            told(self.share, math.inf),
        )


@dataclass(frozen=True, eq=False, kw_only=True)
class Excess:
    """A part of a building outside the envelope of a plot: an area, from a height above the ground upwards."""

    plot: int
    building: int
    breach: str
    shape: Any
    base_m: float
    height_m: float


def exceeding(
    plots: NDArray[Any], rules: Rules, outlines: NDArray[Any], height_m: Float64
) -> list[Excess]:
    """Return what stands outside the envelopes of plots.

    Parameters
    ----------
    plots : (z,) object array of polygons in the CRS
    outlines : (n,) object array of footprints in the CRS, None where there is none
    height_m : (n,) float64
        Heights above the ground.
    """
    known = np.flatnonzero(~shapely.is_missing(plots))
    tree = shapely.STRtree(plots[known])
    there = ~shapely.is_missing(outlines) & np.isfinite(height_m)
    row, hit = tree.query(outlines[there], predicate="intersects")
    building, plot = np.flatnonzero(there)[row], known[hit]
    part = shapely.intersection(
        shapely.make_valid(outlines[building]), shapely.make_valid(plots[plot])
    )
    found: list[Excess] = []
    for z, b, shape in zip(plot, building, part, strict=True):
        if shape.area > LEAST_M2:
            for breach, area, base, high in _of_one(plots[z], rules, z, shape, float(height_m[b])):
                found.append(
                    Excess(plot=int(z), building=int(b), breach=breach, shape=area,
                           base_m=base, height_m=high)
                )  # fmt: skip
    return found + _too_much_built(plots, rules, (plot, building, part), height_m)


Part = tuple[str, Any, float, float]


def _of_one(plot: Any, rules: Rules, z: int, shape: Any, high_m: float) -> Iterator[Part]:
    """Yield the breaches of one building on one plot; each cubic metre is named once."""
    most, setback, slope, base, _ = rules.of(z)
    inner = shapely.buffer(plot, -setback, join_style="mitre") if setback > 0 else plot
    outside = shapely.difference(shape, inner) if setback > 0 else shapely.Polygon()
    if outside.area > LEAST_M2:
        yield (SETBACK, outside, 0.0, high_m)
    rest = shapely.intersection(shape, inner) if setback > 0 else shape
    if high_m > most + TOLERANCE_M and rest.area > LEAST_M2:
        yield (HEIGHT, rest, most, high_m - most)
    top = min(high_m, most)
    if math.isfinite(slope) and top > base + TOLERANCE_M:
        for low, upper in _bands(base, top):
            allowed = _above(plot, (low + upper) / 2, slope, base)
            over = shapely.difference(rest, allowed)
            if over.area > LEAST_M2:
                yield (SLOPE, over, low, upper - low)


def _bands(low_m: float, high_m: float) -> Iterator[tuple[float, float]]:
    count = max(1, math.ceil((high_m - low_m) / BAND_M - 1e-9))
    edges = np.minimum(low_m + BAND_M * np.arange(count + 1), high_m)
    yield from zip(map(float, edges[:-1]), map(float, edges[1:]), strict=True)


def _above(plot: Any, z_m: float, slope: float, base_m: float) -> Any:
    """Return where a building may reach a height under a slope from the boundary."""
    away = max(z_m - base_m, 0.0) / slope
    return shapely.buffer(plot, -away, join_style="mitre") if away > 0 else plot


def _too_much_built(
    plots: NDArray[Any],
    rules: Rules,
    hits: tuple[NDArray[np.intp], NDArray[np.intp], NDArray[Any]],
    height_m: Float64,
) -> list[Excess]:
    """Return a mark on every building of a plot that is built over by more than is allowed."""
    plot, building, part = hits
    found = []
    for z in np.unique(plot):
        share = rules.of(int(z))[4]
        own = np.flatnonzero(plot == z)
        covered = shapely.union_all(part[own]).area
        if covered <= share * plots[z].area + LEAST_M2:
            continue
        for i in own:
            if part[i].area > LEAST_M2:
                high = float(height_m[building[i]])
                mark = Excess(plot=int(z), building=int(building[i]), breach=SHARE,
                              shape=part[i], base_m=high, height_m=FOOT_M)  # fmt: skip
                found.append(mark)
    return found


def cage(plot: Any, rules: Rules, z: int) -> list[tuple[Any, float]]:
    """Return the envelope of a plot as its outlines at rising heights: (ring with a width, height above ground).

    Without a greatest height the envelope ends where the slopes meet; without either it has no end, and only its
    foot is drawn.
    """
    most, setback, slope, base, _ = rules.of(z)
    inner = shapely.buffer(plot, -setback, join_style="mitre") if setback > 0 else plot
    found: list[tuple[Any, float]] = []
    for level in _levels(most, slope, base):
        inside = inner
        if math.isfinite(slope):
            inside = shapely.intersection(inner, _above(plot, level, slope, base))
        if inside.area <= LEAST_M2:
            break
        ring = shapely.difference(inside, shapely.buffer(inside, -CAGE_WIDE_M, join_style="mitre"))
        found.append((ring, level))
    return found


MOST_LEVELS = 120


def _levels(most_m: float, slope: float, base_m: float) -> list[float]:
    if not math.isfinite(most_m) and not math.isfinite(slope):
        return [0.0]
    end = most_m if math.isfinite(most_m) else base_m + MOST_LEVELS * CAGE_STEP_M
    levels = [*np.arange(0.0, end, CAGE_STEP_M)[:MOST_LEVELS], end]
    if math.isfinite(slope) and 0.0 < base_m < end:
        levels.append(base_m)
    return sorted({round(float(level), 3) for level in levels})


def rules_of_parcels(zones: NDArray[Any], parcels: NDArray[Any]) -> NDArray[np.intp]:
    """Return the zone of each parcel: the one that covers most of it, -1 where there is none."""
    tree = shapely.STRtree(zones)
    parcel, zone = tree.query(parcels, predicate="intersects")
    shared = shapely.area(shapely.intersection(parcels[parcel], zones[zone]))
    found = np.full(len(parcels), -1, np.intp)
    order = np.argsort(shared, kind="stable")
    found[parcel[order]] = zone[order]  # the largest comes last
    return found
