"""Shapes of sensors and of what they watch over, in metres; their faces look south.

Each says by its outline what is measured: it is seen small, from above, in the colour of a status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from twin.shapes.solids import Colour, Solid, ball, box, lathe
from twin.shapes.vehicles import VEHICLES

WHITE: Colour = (238, 238, 232)
METAL: Colour = (128, 134, 140)
DARK: Colour = (72, 78, 84)
NEUTRAL: Colour = (150, 166, 180)
CONCRETE: Colour = (196, 194, 188)


def _mast(height: float = 3.0) -> Solid:
    return lathe([(0.05, 0.0), (0.05, height)], METAL, sides=6)


def _pole() -> list[Solid]:
    return [_mast(), ball(0.28, NEUTRAL, z=3.2, tint=True)]


def _air() -> list[Solid]:
    """A pole with the stacked plates of a weather shield."""
    plates = [
        lathe([(0.3, z), (0.3, z + 0.1)], NEUTRAL, sides=8, tint=True) for z in (2.7, 2.9, 3.1, 3.3)
    ]
    return [_mast(2.7), *plates, lathe([(0.24, 3.5), (0.0, 3.62)], WHITE, sides=8)]


def _noise() -> list[Solid]:
    """A loudspeaker: of a microphone nobody sees what it is."""
    horn = lathe([(0.14, 0.0), (0.14, 0.3), (0.62, 0.9)], NEUTRAL, sides=10, tint=True)
    mouth = lathe([(0.5, 0.9), (0.5, 0.93)], DARK, sides=10)
    return [
        _mast(2.9),
        box((0.5, 0.4, 0.5), WHITE, at=(0.0, 0.35, 2.75)),
        *(part.tilted(90).moved(0.0, 0.2, 3.0) for part in (horn, mouth)),
    ]


def _traffic() -> list[Solid]:
    head = box((0.44, 0.4, 1.1), DARK, at=(0.0, 0.0, 2.6))
    lamps = [
        box((0.26, 0.1, 0.26), NEUTRAL, at=(0.0, -0.22, z), tint=True) for z in (2.7, 3.04, 3.38)
    ]
    return [_mast(2.6), head, *lamps]


def _parking() -> list[Solid]:
    """The sign: a white P on a plate, on both sides."""
    strokes = [
        box((0.16, 0.24, 0.86), WHITE, at=(-0.2, 0.0, 2.42)),
        box((0.34, 0.22, 0.14), WHITE, at=(0.03, 0.0, 3.13)),
        box((0.34, 0.22, 0.14), WHITE, at=(0.03, 0.0, 2.75)),
        box((0.14, 0.24, 0.5), WHITE, at=(0.25, 0.0, 2.76)),
    ]
    return [_mast(2.3), box((1.2, 0.16, 1.2), NEUTRAL, at=(0.0, 0.0, 2.25), tint=True), *strokes]


def _beam(start: tuple[float, float], end: tuple[float, float], depth: float) -> Solid:
    """Return a bar in the plane of a bicycle, from a place (x, height) to one farther east.

    Bars that meet have depths of their own: they pass through one another and share no corner.
    """
    made = box((1.0, depth, 0.09), NEUTRAL, tint=True)
    along = made.xyz[:, 0] + 0.5
    (x, z), (to_x, to_z) = start, end
    made.xyz[:, 0] = x + along * (to_x - x)
    made.xyz[:, 2] += z + along * (to_z - z) - 0.045
    return made


def _bike() -> list[Solid]:
    """A bicycle: two wheels and a frame in the colour, saddle and handlebar."""
    wheels: list[Solid] = []
    for x in (-0.75, 0.75):
        tyre = lathe([(0.5, 0.0), (0.5, 0.1)], DARK, sides=12)
        disc = lathe([(0.4, -0.02), (0.4, 0.12)], NEUTRAL, sides=12, tint=True)
        wheels += [part.tilted(90).moved(x, 0.05, 0.5) for part in (tyre, disc)]
    seat, head, crank = (-0.3, 1.2), (0.55, 1.25), (-0.05, 0.5)
    bars = [((-0.75, 0.5), seat), (seat, head), (crank, head), (seat, crank), (head, (0.75, 0.5))]
    return [
        *wheels,
        *(_beam(*ends, 0.08 + 0.01 * at) for at, ends in enumerate(bars)),
        box((0.36, 0.22, 0.1), DARK, at=(-0.32, 0.0, 1.25)),
        box((0.1, 0.6, 0.1), DARK, at=(0.52, 0.0, 1.36)),
    ]


def _car() -> list[Solid]:
    """A car of a fleet that is shared."""
    return [part.scaled(0.7, 0.7, 0.8) for part in VEHICLES["car"]()]


def _water() -> list[Solid]:
    drop = [(0.0, 0.9), (0.34, 1.15), (0.42, 1.45), (0.3, 1.85), (0.0, 2.5)]
    return [
        lathe([(0.3, 0.0), (0.3, 0.14)], CONCRETE, sides=8),
        _mast(0.95),
        lathe(drop, NEUTRAL, sides=8, tint=True),
    ]


def _meter() -> list[Solid]:
    """A cabinet with a bolt of lightning."""
    bolt = [
        _sheared(box((0.28, 0.5, 0.5), NEUTRAL, at=(0.06, 0.0, 0.86), tint=True), 0.4),
        _sheared(box((0.28, 0.5, 0.5), NEUTRAL, at=(-0.06, 0.0, 0.36), tint=True), 0.4),
        box((0.5, 0.5, 0.14), NEUTRAL, at=(0.0, 0.0, 0.79), tint=True),
    ]
    return [
        box((1.0, 0.4, 1.5), WHITE, at=(0.0, 0.0, 0.1)),
        box((1.1, 0.48, 0.1), METAL),
        box((1.1, 0.48, 0.1), METAL, at=(0.0, 0.0, 1.6)),
        *bolt,
    ]


def _sheared(solid: Solid, lean: float) -> Solid:
    """Return a solid whose top leans to the east, by so much of its height."""
    foot = solid.xyz[:, 2].min()
    solid.xyz[:, 0] += (solid.xyz[:, 2] - foot) * lean
    return solid


def _waste() -> list[Solid]:
    """A container on wheels with its lid."""
    body = box((1.0, 0.8, 1.1), NEUTRAL, at=(0.0, 0.0, 0.18), tint=True)
    body.xyz[body.xyz[:, 2] < 0.5, :2] *= 0.78
    lid = box((1.12, 0.96, 0.16), DARK, at=(0.0, 0.0, 1.28))
    wheels = [box((0.1, 0.24, 0.24), DARK, at=(x, 0.3, 0.0)) for x in (-0.42, 0.42)]
    return [body, lid, *wheels, box((0.8, 0.1, 0.1), DARK, at=(0.0, 0.5, 1.1))]


def _weather() -> list[Solid]:
    """A mast with the cups of an anemometer, a vane, and a screen in the colour."""
    cups = [
        ball(0.14, DARK, sides=6, rings=3).moved(0.42 * np.cos(a) - 0.5, 0.42 * np.sin(a), 3.5)
        for a in np.radians((90.0, 210.0, 330.0))
    ]
    return [
        _mast(3.3),
        box((1.7, 0.08, 0.08), METAL, at=(0.0, 0.0, 3.22)),
        box((0.06, 0.06, 0.3), METAL, at=(-0.5, 0.0, 3.25)),
        *cups,
        box((0.06, 0.06, 0.3), METAL, at=(0.65, 0.0, 3.25)),
        box((0.9, 0.05, 0.09), DARK, at=(0.6, 0.0, 3.55)),
        box((0.3, 0.05, 0.4), DARK, at=(0.2, 0.0, 3.4)),
        box((0.8, 0.8, 0.9), NEUTRAL, at=(0.0, 0.0, 1.5), tint=True),
        box((0.92, 0.92, 0.1), WHITE, at=(0.0, 0.0, 2.4)),
        *(box((0.84, 0.84, 0.08), WHITE, at=(0.0, 0.0, z)) for z in (1.62, 1.87, 2.12)),
    ]


SENSORS: Mapping[str, Callable[[], Sequence[Solid]]] = {
    "pole": _pole,
    "air": _air,
    "noise": _noise,
    "traffic": _traffic,
    "parking": _parking,
    "bike": _bike,
    "car": _car,
    "water": _water,
    "meter": _meter,
    "waste": _waste,
    "weather": _weather,
}
"""What makes each."""
