"""Reshaping a planned building by hand: the grips around it, and what pulling one of them does. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.model.project import Delta
from twin.work import developments as dev

Float64 = NDArray[np.float64]
LEAST_SIDE_M, MOST_SIDES = 2.0, 24
"""Shorter sides, and sides of rings with more of them, have no grip."""

REACH_M = 4.0
"""How far outside the building the grips stand that turn it and raise it."""

TURN_STEP_DEG, SCALE_STEP, SIDE_STEP_M = 5.0, 0.05, 0.5
LEAST_HEIGHT_M, MOST_HEIGHT_M = 1.0, 1_000.0


class Hold(StrEnum):
    """What a grip does."""

    MOVE = "move"
    TURN = "turn"
    SCALE = "scale"
    RISE = "rise"
    SIDE = "side"


@dataclass(frozen=True, eq=False, kw_only=True)
class Grip:
    """A place to take hold of.

    Parameters
    ----------
    xyz : (3,) float64
        In the scene.
    side : int
        Of :attr:`Hold.SIDE`: which side of the outline.
    way : (2,) float64
        Of :attr:`Hold.SIDE`: outwards, of length one.
    """

    hold: Hold
    xyz: Float64
    side: int = -1
    way: Float64 | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Block:
    """A building as its grips see it, in the scene.

    Parameters
    ----------
    ring : (n, 2) float64
        Corners of its outline, the first not repeated, anticlockwise.
    base_m, top_m : float
        Where it stands and ends.
    """

    ring: Float64
    base_m: float
    top_m: float

    @property
    def centre(self) -> Float64:
        """(2,) the middle of the outline."""
        import shapely

        return np.asarray(shapely.get_coordinates(shapely.Polygon(self.ring).centroid)[0])


def block_of(delta: Delta, origin: Sequence[float], base_m: float) -> Block:
    """Return the block of a building.

    Raises
    ------
    BelvedereError
        ``plan.bad_geometry``: it has no outline.
    """
    ring = _ring(dev.outline_of(delta)) - np.asarray(origin[:2])
    height = float(delta.values.get("height_m") or 0.0)
    return Block(ring=ring, base_m=base_m, top_m=base_m + height)


def grips_of(block: Block, *, solid: bool) -> list[Grip]:
    """Return the grips of a block; ``solid``: a model of its own, whose sides cannot be pulled."""
    (x, y), high = block.centre, block.top_m - block.base_m
    away = np.hypot(*(block.ring - block.centre).T)
    corner = block.ring[int(np.argmax(away))]
    found = [
        Grip(hold=Hold.MOVE, xyz=np.array([x, y, block.top_m])),
        Grip(hold=Hold.RISE, xyz=np.array([x, y, block.top_m + max(REACH_M, 0.3 * high)])),
        Grip(hold=Hold.TURN, xyz=np.array([x + away.max() + REACH_M, y, block.base_m])),
        Grip(hold=Hold.SCALE, xyz=np.array([*corner, block.base_m])),
    ]
    if solid or len(block.ring) > MOST_SIDES:
        return found
    for i, (a, b) in enumerate(zip(block.ring, np.roll(block.ring, -1, axis=0), strict=True)):
        along = b - a
        length = float(np.hypot(*along))
        if length >= LEAST_SIDE_M:
            middle = np.array([*(a + b) / 2, (block.base_m + block.top_m) / 2])
            out = np.array([along[1], -along[0]]) / length
            found.append(Grip(hold=Hold.SIDE, xyz=middle, side=i, way=out))
    return found


def amount_of(grip: Grip, block: Block, start: Float64, end: Float64) -> float:
    """Return how far a grip was pulled from one place (3,) to another: metres, degrees, or a factor.

    Of :attr:`Hold.RISE` it is the new height.
    """
    if grip.hold is Hold.MOVE:
        return float(np.hypot(*(end - start)[:2]))
    if grip.hold is Hold.RISE:
        high = block.top_m - block.base_m + float(end[2] - start[2])
        return min(max(high, LEAST_HEIGHT_M), MOST_HEIGHT_M)
    if grip.hold is Hold.SIDE:
        assert grip.way is not None  # noqa: S101 - every side has one
        return float((end - start)[:2] @ grip.way)
    a, b = start[:2] - block.centre, end[:2] - block.centre
    if grip.hold is Hold.TURN:
        angle = math.degrees(math.atan2(b[1], b[0]) - math.atan2(a[1], a[0]))
        return (angle + 180.0) % 360.0 - 180.0
    return float(np.hypot(*b) / max(float(np.hypot(*a)), 1e-6))


def stepped(grip: Grip, amount: float, storey_m: float) -> float:
    """Return an amount brought to the next step: whole storeys, five degrees, half metres; a move stays free."""
    if grip.hold is Hold.RISE:
        return max(1.0, round(amount / storey_m)) * storey_m
    step = {Hold.TURN: TURN_STEP_DEG, Hold.SCALE: SCALE_STEP, Hold.SIDE: SIDE_STEP_M}.get(grip.hold)
    if step is None:
        return amount
    return max(round(amount / step) * step, step if grip.hold is Hold.SCALE else -math.inf)


def pulled(delta: Delta, grip: Grip, amount: float, way: Float64) -> Delta:
    """Return the building after a pull; ``way`` (2,) is the direction of a move, of length one.

    Raises
    ------
    BelvedereError
        ``plan.bad_number`` or ``plan.no_room``: nothing would be left of it.
    """
    if not math.isfinite(amount):
        raise BelvedereError("plan.bad_number", f"{amount:g}")
    if grip.hold is Hold.MOVE:
        return dev.moved(delta, float(way[0]) * amount, float(way[1]) * amount)
    if grip.hold is Hold.TURN:
        return dev.turned(delta, amount)
    if grip.hold is Hold.SCALE:
        return dev.scaled(delta, amount)
    if grip.hold is Hold.RISE:
        return dev.raised(delta, amount)
    return _side_pulled(delta, grip.side, amount)


def _side_pulled(delta: Delta, side: int, distance_m: float) -> Delta:
    """Move one side of the outline outwards; its neighbours grow or shrink in their own direction."""
    import shapely

    ring = _ring(dev.outline_of(delta))
    count = len(ring)
    a, b = ring[side], ring[(side + 1) % count]
    before, after = ring[(side - 1) % count], ring[(side + 2) % count]
    along = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
    shift = np.array([along[1], -along[0]]) * distance_m
    changed = ring.copy()
    changed[side] = _crossing(a + shift, along, a, a - before)
    changed[(side + 1) % count] = _crossing(b + shift, along, b, b - after)
    shape = shapely.Polygon(changed)
    if not shape.is_valid or shape.area < dev.LEAST_M2 or _turned_over(changed):
        raise BelvedereError("plan.no_room", f"{distance_m:g} m")
    wkt = str(shapely.to_wkt(shape, rounding_precision=3))
    return dev.counted(replace(delta, values={**delta.values, "geometry": wkt}), delta)


def _turned_over(ring: Float64) -> bool:
    import shapely

    return not bool(shapely.is_ccw(shapely.linearrings(ring)))


def _crossing(place: Float64, along: Float64, corner: Float64, side: Float64) -> Float64:
    """Return where the line through ``place`` meets that of a neighbouring side, else ``place``."""
    matrix = np.column_stack([along, -side])
    if abs(float(np.linalg.det(matrix))) < 1e-6 * float(np.hypot(*side)):
        return place
    return np.asarray(place + along * np.linalg.solve(matrix, corner - place)[0])


def _ring(shape: Any) -> Float64:
    """Return the corners of the largest ring of an outline, anticlockwise, none twice."""
    import shapely

    largest = max(shapely.get_parts(shape), key=lambda part: part.area)
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.normalize(largest)))[:-1]
    return ring if shapely.is_ccw(shapely.linearrings(ring)) else ring[::-1]
