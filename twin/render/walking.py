"""Walking without going through walls."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from twin.render.camera import EYE_M, CameraRig
from twin.render.picking import Candidates, distance_ahead

Vector = NDArray[np.float64]

BODY_M = 0.45
"""How near a walker comes to a wall."""

KNEE_M = 0.5
"""Height above the ground of the lower of two looks ahead: lower things are stepped over."""

ASIDE_DEG = (0.0, 30.0, -30.0, 55.0, -55.0, 80.0, -80.0)
"""Ways along a wall that are tried, the straightest first."""


def free_step(
    walls: Sequence[Candidates], rig: CameraRig, forward_m: float, right_m: float
) -> tuple[float, float]:
    """Return the part of a step that no wall is in the way of, turned along the wall where that helps.

    Parameters
    ----------
    forward_m, right_m : float
        The wanted step, as of :meth:`CameraRig.walk`.
    """
    size = math.hypot(forward_m, right_m)
    if size < 1e-9:
        return forward_m, right_m
    wanted = math.atan2(right_m, forward_m)
    least = min(_free_m(walls, rig, rig.position, wanted), BODY_M) - 1e-6
    best, best_gain = (0.0, 0.0), 0.0
    for aside in ASIDE_DEG:
        angle = wanted + math.radians(aside)
        # Along a wall one comes as far as the step leads that way.
        length = size * math.cos(math.radians(aside))
        free = min(length, _free_m(walls, rig, rig.position, angle) - BODY_M)
        gain = free * math.cos(math.radians(aside))
        if gain <= best_gain + 1e-9:
            continue
        # Aside is no way of coming nearer to the wall that is ahead.
        there = rig.position + free * _towards(rig, angle)
        if aside == 0.0 or _free_m(walls, rig, there, wanted) >= least:
            best, best_gain = (free * math.cos(angle), free * math.sin(angle)), gain
        if aside == 0.0 and free >= length:
            break
    return best


def _towards(rig: CameraRig, angle: float) -> Vector:
    """Return the direction on the map at an angle clockwise from ahead."""
    heading = math.radians(rig.heading_deg) + angle
    return np.array([math.sin(heading), math.cos(heading), 0.0])


def _free_m(walls: Sequence[Candidates], rig: CameraRig, place: Vector, angle: float) -> float:
    """Return how far it is from a place to a wall in a direction, clockwise from ahead, at eye and at knee."""
    ahead = _towards(rig, angle)
    below = np.array([0.0, 0.0, EYE_M - KNEE_M])
    return min(distance_ahead(walls, rig, place - low, ahead) for low in (0.0, below))
