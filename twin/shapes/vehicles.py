"""Shapes of vehicles, in metres; all look north."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from twin.shapes.solids import Colour, Solid, box

WHITE: Colour = (238, 238, 232)
DARK: Colour = (72, 78, 84)
PAINT: Colour = (150, 166, 180)


def _car() -> list[Solid]:
    """A parked car that looks north: body and roof take the paint."""
    glass = box((1.62, 2.3, 0.52), DARK, at=(0, -0.2, 0.8))
    upper = glass.xyz[:, 2] > 1.0
    glass.xyz[upper] = glass.xyz[upper] * (0.84, 0.68, 1.0) + (0.0, -0.1, 0.0)
    return [
        box((1.78, 4.2, 0.5), PAINT, at=(0, 0, 0.3), tint=True),
        glass,
        box((1.34, 1.5, 0.05), PAINT, at=(0, -0.24, 1.32), tint=True),
        box((1.8, 0.62, 0.36), DARK, at=(0, 1.28, 0.0)),
        box((1.8, 0.62, 0.36), DARK, at=(0, -1.28, 0.0)),
    ]


def _coaches(count: int, size: tuple[float, float, float], gap: float = 0.5) -> list[Solid]:
    """Coaches in a row that looks north: a body in the paint, a band of windows, a dark underframe."""
    wide, long, high = size
    parts: list[Solid] = []
    for y in (np.arange(count) - (count - 1) / 2) * (long + gap):
        parts += [
            box((wide * 0.9, long * 0.96, 0.4), DARK, at=(0, y, 0.0)),
            box((wide, long, high * 0.42), PAINT, at=(0, y, 0.4), tint=True),
            box((wide * 0.97, long * 0.98, high * 0.3), DARK, at=(0, y, 0.4 + high * 0.42)),
            box((wide, long, high * 0.16), PAINT, at=(0, y, 0.4 + high * 0.72), tint=True),
        ]
    return parts


def _boat() -> list[Solid]:
    hull = box((5.0, 24.0, 1.6), PAINT, tint=True)
    bow = (hull.xyz[:, 1] > 0) & (hull.xyz[:, 2] > 0.8)
    hull.xyz[bow] = hull.xyz[bow] * (0.5, 1.0, 1.0)
    return [hull, box((4.2, 16.0, 1.9), WHITE, at=(0, -2.0, 1.6))]


VEHICLES: Mapping[str, Callable[[], Sequence[Solid]]] = {
    "bus": lambda: _coaches(1, (2.55, 12.0, 3.0)),
    "tram": lambda: _coaches(3, (2.45, 11.0, 3.3)),
    "train": lambda: _coaches(4, (2.9, 22.0, 4.0)),
    "boat": _boat,
    "car": _car,
}
"""What makes each."""
