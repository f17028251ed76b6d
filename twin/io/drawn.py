"""Networks that are drawn like a diagram, not like a map: found by their lengths, brought to scale, or laid out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.shapes.diagram import tree

EARTH_RADIUS_M = 6_371_000.0
FAR_OFF = 20.0
"""Streets wind, and lengths are rounded: only lengths that are so many times off cannot be those of the drawing."""
NULL_ISLAND_DEG = 2.0
"""Nobody has a network in the Gulf of Guinea, where small numbers lie if they are taken for degrees."""
NEAR_ZERO_M = 20_000.0
"""Coordinates of maps are counted from far away."""
STEP_M = 100.0
"""Length of a line of which nothing is said."""
ROW_OF_STEP = 0.6

Float64 = NDArray[np.float64]
Geometries = NDArray[Any]


def is_diagram(geometry: Geometries, said_m: Float64, *, degrees: bool) -> bool:
    """Whether positions can be no place on Earth.

    Parameters
    ----------
    said_m : (n,) float64
        Lengths of the lines as the file states them, NaN where it does not.
    degrees : bool
        The numbers could be longitude and latitude.
    """
    bounds = shapely.total_bounds(geometry)
    if degrees and (bounds[:2] <= NULL_ISLAND_DEG).all() and (bounds[2:] >= -NULL_ISLAND_DEG).all():
        return True
    if not degrees and np.abs(bounds).max() < NEAR_ZERO_M:
        return True
    lines = _measured(geometry, said_m)
    if not lines.any() or np.ptp(said_m[lines]) < 1e-6 * said_m[lines].max():
        return False  # one length for all stands for none
    drawn = on_sphere_m(geometry[lines], 1) if degrees else shapely.length(geometry[lines])
    off = abs(float(np.log(np.median(np.maximum(drawn, 1e-9) / said_m[lines]))))
    return off > float(np.log(FAR_OFF))


def to_scale(geometry: Geometries, said_m: Float64) -> Geometries:
    """Return a drawing in metres around its middle: its usual line is as long as the file says that lines are."""
    bounds = shapely.total_bounds(geometry)
    middle = (bounds[:2] + bounds[2:]) / 2
    lines = _measured(geometry, said_m)
    long = (shapely.get_type_id(geometry) == 1) & (shapely.length(geometry) > 0)
    drawn = float(np.median(shapely.length(geometry[long]))) if long.any() else 1.0
    wanted = float(np.median(said_m[lines])) if lines.any() else STEP_M
    moved = shapely.transform(geometry, lambda xy: (xy - middle) * (wanted / drawn))
    return np.asarray(moved, dtype=object)


def laid_out(count: int, pairs: Sequence[tuple[int, int]], roots: Sequence[int]) -> Float64:
    """Return (count, 2) positions in steps: sources at the left, what hangs on them to the right.

    Parameters
    ----------
    pairs : sequence of (int, int)
        What is joined to what.
    roots : sequence of int
        Where to begin; what they do not reach begins anew.
    """
    beside: dict[int, list[int]] = {}
    for start, end in pairs:
        beside.setdefault(start, []).append(end)
        beside.setdefault(end, []).append(start)
    children: dict[int, list[int]] = {}
    seen, begun = np.zeros(count, bool), []
    for root in [*roots, *range(count)]:
        if not seen[root]:
            begun.append(root)
            _reach(root, beside, seen, children)
    column, row = tree(count, begun, children)
    return np.column_stack([column, -ROW_OF_STEP * row])


def _reach(
    root: int, beside: dict[int, list[int]], seen: NDArray[np.bool_], children: dict[int, list[int]]
) -> None:
    """Walk outwards from a root, the nearest first, and note who was reached from whom."""
    seen[root] = True
    ring = [root]
    while ring:
        further = []
        for node in ring:
            for other in beside.get(node, ()):
                if not seen[other]:
                    seen[other] = True
                    children.setdefault(node, []).append(other)
                    further.append(other)
        ring = further


def _measured(geometry: Geometries, said_m: Float64) -> NDArray[np.bool_]:
    """Return which lines have a length both as drawn and as stated."""
    is_line = shapely.get_type_id(geometry) == 1
    return np.asarray(is_line & (said_m > 0) & (shapely.length(geometry) > 0))


def on_sphere_m(lines: Geometries, lat: int) -> Float64:
    """Return lengths on the sphere, with the latitude in the given column of the coordinates."""
    degrees, line = shapely.get_coordinates(lines, return_index=True)
    step = np.radians(np.diff(degrees, axis=0))
    middle = np.radians((degrees[1:, lat] + degrees[:-1, lat]) / 2)
    metres = EARTH_RADIUS_M * np.hypot(step[:, lat], step[:, 1 - lat] * np.cos(middle))
    same = line[1:] == line[:-1]
    total = np.bincount(line[1:][same], weights=metres[same], minlength=len(lines))
    return np.asarray(np.maximum(total, 1e-3))
