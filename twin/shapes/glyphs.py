"""Built-in small shapes: trees, sensors, plants of the networks, street furniture.

Each is one unit wide, deep and high with its foot at the origin, so that ``Glyphs.scale_m`` is its size in
metres; ``size_m`` is the usual one. Parts marked tintable take the colour of the style, the others keep their
own, so that a coloured sensor still looks like a sensor and a tree keeps its trunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from twin.shapes.parts import Float64, UInt8
from twin.shapes.sensors import SENSORS
from twin.shapes.solids import Colour, Solid, assembled, ball, box, lathe
from twin.shapes.vehicles import VEHICLES

WHITE: Colour = (238, 238, 232)
METAL: Colour = (128, 134, 140)
DARK: Colour = (72, 78, 84)
BARK: Colour = (118, 102, 86)
WOOD: Colour = (164, 124, 86)
NEUTRAL: Colour = (150, 166, 180)
CONCRETE: Colour = (196, 194, 188)
SENSOR_FACTOR = 1.5
"""Sensors stand larger than they are: else nobody would see them between houses."""


@dataclass(frozen=True, eq=False, kw_only=True)
class GlyphShape:
    """A shape of unit width, depth and height.

    Parameters
    ----------
    xyz : (n, 3) float32
        x and y in -0.5..0.5, z in 0..1.
    triangles : (m, 3) int32
        Outward.
    rgba_of_vertex : (n, 4) uint8
        Its own colours.
    tintable : (n,) bool
        Vertices that take the colour of the style.
    size_m : tuple of 3 float
        Usual width, depth and height.
    """

    xyz: NDArray[np.float32]
    triangles: NDArray[np.int32]
    rgba_of_vertex: UInt8
    tintable: NDArray[np.bool_]
    size_m: tuple[float, float, float]


Size = tuple[float, float, float]
Maker = Callable[[], Sequence[Solid]]


def _broadleaf() -> list[Solid]:
    crown = [(0.0, 2.2), (1.7, 2.9), (2.5, 4.6), (2.2, 6.4), (1.2, 7.6), (0.0, 8.0)]
    return [
        lathe([(0.22, 0.0), (0.16, 2.8)], BARK, sides=5),
        lathe(crown, (122, 152, 92), sides=7, tint=True, twist=0.5),
    ]


def _conifer() -> list[Solid]:
    green = (82, 118, 88)
    return [
        lathe([(0.22, 0.0), (0.18, 1.6)], BARK, sides=5),
        lathe([(0.0, 1.1), (2.0, 1.3), (0.0, 6.0)], green, sides=7, tint=True),
        lathe([(0.0, 4.0), (1.5, 4.1), (0.0, 8.2)], green, sides=7, tint=True, twist=0.5),
        lathe([(0.0, 6.6), (1.0, 6.7), (0.0, 10.0)], green, sides=7, tint=True),
    ]


def _poplar() -> list[Solid]:
    crown = [(0.0, 1.4), (0.9, 2.4), (1.25, 5.5), (1.0, 9.5), (0.0, 13.0)]
    return [
        lathe([(0.2, 0.0), (0.15, 2.0)], BARK, sides=5),
        lathe(crown, (132, 156, 86), sides=7, tint=True, twist=0.5),
    ]


def _orchard() -> list[Solid]:
    crown = [(0.0, 1.2), (1.3, 1.7), (1.6, 2.5), (1.0, 3.4), (0.0, 3.7)]
    return [
        lathe([(0.13, 0.0), (0.1, 1.6)], BARK, sides=5),
        lathe(crown, (150, 172, 104), sides=7, tint=True, twist=0.5),
    ]


def _substation() -> list[Solid]:
    return [
        box((3.2, 2.4, 0.2), CONCRETE),
        box((3.0, 2.2, 2.1), NEUTRAL, at=(0, 0, 0.2), tint=True),
        box((3.3, 2.5, 0.2), WHITE, at=(0, 0, 2.3)),
        box((0.9, 2.26, 1.6), DARK, at=(-0.7, 0, 0.2)),
    ]


def _transformer() -> list[Solid]:
    fins = [box((0.12, 1.7, 1.2), METAL, at=(x, 0, 0.4)) for x in (-1.15, -0.95, 0.95, 1.15)]
    insulators = [
        lathe([(0.1, 1.8), (0.16, 2.0), (0.08, 2.2), (0.12, 2.5)], WHITE, sides=6).moved(x)
        for x in (-0.5, 0.0, 0.5)
    ]
    return [
        box((2.6, 1.9, 0.2), CONCRETE),
        box((1.7, 1.3, 1.6), NEUTRAL, at=(0, 0, 0.2), tint=True),
        *fins,
        *insulators,
    ]


def _well() -> list[Solid]:
    return [
        lathe([(1.0, 0.0), (1.0, 0.25)], CONCRETE, sides=10),
        lathe([(0.42, 0.25), (0.42, 1.3)], NEUTRAL, sides=10, tint=True),
        lathe([(0.6, 1.3), (0.6, 1.48)], DARK, sides=10),
        lathe([(0.16, 1.48), (0.16, 2.0), (0.3, 2.0), (0.3, 2.12)], METAL, sides=8),
    ]


def _pump() -> list[Solid]:
    return [
        box((1.6, 0.9, 0.12), CONCRETE),
        box((1.5, 0.8, 1.2), WHITE, at=(0, 0, 0.12)),
        lathe([(0.42, 0.0), (0.42, 0.1)], NEUTRAL, sides=12, tint=True)
        .tilted(90)
        .moved(-0.3, -0.36, 0.72),
        box((0.4, 0.84, 0.8), NEUTRAL, at=(0.5, 0, 0.3), tint=True),
    ]


def _plant() -> list[Solid]:
    return [
        box((9.0, 6.0, 4.0), NEUTRAL, tint=True),
        box((9.3, 6.3, 0.3), WHITE, at=(0, 0, 4.0)),
        lathe([(0.45, 4.3), (0.38, 9.0)], METAL, sides=10).moved(3.0, 1.6),
        lathe([(0.45, 4.3), (0.38, 8.0)], METAL, sides=10).moved(1.8, 1.6),
    ]


def _panel() -> list[Solid]:
    blue = (52, 74, 110)
    return [
        box((0.08, 0.08, 0.9), METAL, at=(-0.6, 0.35, 0.0)),
        box((0.08, 0.08, 0.9), METAL, at=(0.6, 0.35, 0.0)),
        box((1.8, 1.15, 0.06), blue, tint=True).tilted(32).moved(0, 0, 0.55),
    ]


def _battery() -> list[Solid]:
    doors = [box((0.7, 1.06, 1.9), NEUTRAL, at=(x, 0, 0.25), tint=True) for x in (-0.8, 0.0, 0.8)]
    return [box((2.7, 1.1, 0.15), CONCRETE), box((2.6, 1.0, 2.2), WHITE, at=(0, 0, 0.15)), *doors]


def _charger() -> list[Solid]:
    return [
        box((0.5, 0.4, 1.5), WHITE),
        box((0.36, 0.44, 0.34), NEUTRAL, at=(0, 0, 1.0), tint=True),
        lathe([(0.26, 1.5), (0.26, 1.58)], NEUTRAL, sides=8, tint=True),
        box((0.1, 0.5, 0.3), DARK, at=(0.12, 0, 0.5)),
    ]


def _inlet() -> list[Solid]:
    """A waste inlet: a column with a slanted collar and a door."""
    return [
        lathe([(0.34, 0.0), (0.34, 0.08)], METAL, sides=10),
        lathe([(0.27, 0.08), (0.27, 0.75)], WHITE, sides=10),
        lathe([(0.31, 0.75), (0.31, 1.1), (0.16, 1.28)], NEUTRAL, sides=10, tint=True),
        box((0.3, 0.16, 0.26), DARK, at=(0.0, -0.24, 0.8)),
    ]


def _suction() -> list[Solid]:
    return [
        box((1.6, 1.2, 0.12), CONCRETE),
        lathe([(0.36, 0.12), (0.36, 0.9)], NEUTRAL, sides=10, tint=True),
        lathe([(0.44, 0.9), (0.44, 1.02)], METAL, sides=10),
        lathe([(0.26, 0.0), (0.26, 0.5), (0.32, 0.5), (0.32, 0.58)], DARK, sides=10)
        .tilted(90)
        .moved(0, -0.3, 0.55),
    ]


def _station() -> list[Solid]:
    """An entrance: a canopy on posts and a totem."""
    posts = [box((0.16, 0.16, 2.9), METAL, at=(x, y, 0)) for x in (-2.2, 2.2) for y in (-1.2, 1.2)]
    return [
        *posts,
        box((5.2, 3.2, 0.22), WHITE, at=(0, 0, 2.9)),
        box((0.22, 0.22, 5.0), METAL, at=(2.9, -1.4, 0)),
        lathe([(0.7, 0.0), (0.7, 0.2)], NEUTRAL, sides=12, tint=True)
        .tilted(90)
        .moved(2.9, -1.3, 4.6),
    ]


def _lamp() -> list[Solid]:
    return [
        lathe([(0.12, 0.0), (0.07, 0.8), (0.05, 5.8)], DARK, sides=6),
        box((0.08, 1.2, 0.08), DARK, at=(0, -0.5, 5.75)),
        box((0.24, 0.6, 0.1), (252, 240, 206), at=(0, -0.95, 5.66), tint=True),
    ]


def _bench() -> list[Solid]:
    return [
        box((0.1, 0.5, 0.44), DARK, at=(-0.7, 0, 0)),
        box((0.1, 0.5, 0.44), DARK, at=(0.7, 0, 0)),
        box((1.8, 0.5, 0.07), WOOD, at=(0, 0, 0.44), tint=True),
        box((1.8, 0.07, 0.42), WOOD, at=(0, 0.22, 0.51), tint=True),
    ]


def _pin() -> list[Solid]:
    return [
        lathe(
            [(0.0, 0.0), (0.1, 0.5), (0.32, 1.15), (0.36, 1.4), (0.25, 1.64), (0.0, 1.74)],
            NEUTRAL,
            sides=10,
            tint=True,
        )
    ]


_MAKERS: Mapping[str, tuple[Maker, float]] = {
    # name: parts in metres, factor from their size to the usual one
    "tree.broadleaf": (_broadleaf, 1.0),
    "tree.conifer": (_conifer, 1.0),
    "tree.poplar": (_poplar, 1.0),
    "tree.orchard": (_orchard, 1.0),
    "sphere": (lambda: [ball(0.5, NEUTRAL, z=0.5, sides=16, rings=9, tint=True)], 1.0),
    "cube": (lambda: [box((1.0, 1.0, 1.0), NEUTRAL, tint=True)], 1.0),
    "cone": (lambda: [lathe([(0.5, 0.0), (0.0, 1.0)], NEUTRAL, sides=16, tint=True)], 1.0),
    "cylinder": (lambda: [lathe([(0.5, 0.0), (0.5, 1.0)], NEUTRAL, sides=16, tint=True)], 1.0),
    "pin": (_pin, 4.0),
    "substation": (_substation, 1.0),
    "transformer": (_transformer, 1.0),
    "heat.well": (_well, 1.5),
    "heat.pump": (_pump, 1.5),
    "heat.plant": (_plant, 1.0),
    "pv.panel": (_panel, 1.0),
    "battery": (_battery, 1.0),
    "charger": (_charger, 1.0),
    "inlet": (_inlet, 1.0),
    "suction": (_suction, 1.0),
    "station": (_station, 1.0),
    "lamp": (_lamp, 1.0),
    "bench": (_bench, 1.0),
    **{f"sensor.{name}": (make, SENSOR_FACTOR) for name, make in SENSORS.items()},
    **{name: (make, 1.0) for name, make in VEHICLES.items()},
}


def _unit(xyz: Float64) -> tuple[Float64, Float64]:
    """Vertices stretched into the unit box, and the size they had (about the vertical axis, so it stays central)."""
    half = np.maximum(np.abs(xyz[:, :2]).max(axis=0), 1e-9)
    size = np.array([2 * half[0], 2 * half[1], xyz[:, 2].max()])
    return xyz / size, size


@lru_cache(maxsize=64)
def _shape(name: str) -> GlyphShape:
    maker, factor = _MAKERS[name]
    xyz, triangles, rgba, tintable = assembled(maker())
    unit, size = _unit(xyz)
    return GlyphShape(
        xyz=unit.astype(np.float32),
        triangles=triangles,
        rgba_of_vertex=rgba,
        tintable=tintable,
        size_m=(float(size[0] * factor), float(size[1] * factor), float(size[2] * factor)),
    )


class _Catalogue(Mapping[str, GlyphShape]):
    """The shapes by name, each made when first asked for."""

    def __getitem__(self, name: str) -> GlyphShape:
        return _shape(name) if name in _MAKERS else _contributed(name)

    def __iter__(self) -> Iterator[str]:
        return iter((*_MAKERS, *_CONTRIBUTED))

    def __len__(self) -> int:
        return len(_MAKERS) + len(_CONTRIBUTED)

    def __contains__(self, name: object) -> bool:
        return name in _MAKERS or name in _CONTRIBUTED


_CONTRIBUTED: dict[str, Callable[[], GlyphShape]] = {}


@lru_cache(maxsize=64)
def _contributed(name: str) -> GlyphShape:
    return _CONTRIBUTED[name]()


def contribute(name: str, make: Callable[[], GlyphShape]) -> None:
    """Offer a shape of a plugin, made when first asked for; never in place of one of ours."""
    if name not in _MAKERS:
        _CONTRIBUTED[name] = make
        _contributed.cache_clear()


GLYPHS: Mapping[str, GlyphShape] = _Catalogue()
"""Shapes by name: built-in ones, and those that plugins bring."""
