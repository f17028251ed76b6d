"""The shapes of roofs as numbers: height over the footprint's frame, and the lines where it bends.

In the frame of a footprint, ``u`` runs along its longer side from -half_length to half_length and ``v``
across it from -half_width to half_width, in metres. Heights are 0 at the eaves and 1 at the ridge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.shapes.parts import Float64
from twin.shapes.slicing import NEAR, cut

Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Outline:
    """Frame coordinates of vertices, (n,) float64 each."""

    u: Float64
    v: Float64
    half_length: Float64
    half_width: Float64


Rule = Callable[[Outline], Float64]


@dataclass(frozen=True)
class Profile:
    """A framed roof: its height rule and its creases.

    ``creases`` are pairs of functions: the first is zero on the line, the second (or None) is not negative
    where the crease exists.
    """

    height: Rule
    creases: Sequence[tuple[Rule, Rule | None]] = ()

    def crease(self, vertices: Float64, triangles: Indices) -> tuple[Float64, Indices]:
        """Cut triangles along the creases; the first four columns of ``vertices`` are an Outline."""
        for line, half in self.creases:
            vertices, triangles = cut(
                vertices, triangles, line(_outline(vertices)), allowed=_side(half)
            )
        return vertices, triangles


def _outline(vertices: Float64) -> Outline:
    return Outline(vertices[:, 0], vertices[:, 1], vertices[:, 2], vertices[:, 3])


def _side(half: Rule | None) -> Callable[[Float64], NDArray[np.bool_]] | None:
    if half is None:
        return None
    rule = half
    return lambda vertices: np.asarray(rule(_outline(vertices)) >= -NEAR)


def _from_side(o: Outline) -> Float64:
    """Distance from the long sides, in half widths."""
    return 1.0 - np.abs(o.v) / o.half_width


def _from_end(o: Outline) -> Float64:
    """Distance from the short sides, in half widths."""
    return (o.half_length - np.abs(o.u)) / o.half_width


def _hip(o: Outline) -> Float64:
    return np.minimum(_from_side(o), _from_end(o))


def _from_one_end(o: Outline) -> Float64:
    """Distance from the short side at the end of ``u``, in half widths."""
    return (o.half_length - o.u) / o.half_width


def _hip_lines(start: float, ends: tuple[int, ...] = (-1, 1)) -> list[tuple[Rule, Rule]]:
    """The lines where a hip, ``start`` half widths above the eaves at the end walls, meets the sides."""

    def line(along: int, across: int) -> tuple[Rule, Rule]:
        def zero(o: Outline) -> Float64:
            return along * o.u - across * o.v - o.half_length + (1 - start) * o.half_width

        def half(o: Outline) -> Float64:  # only in its own quarter of the roof
            return np.minimum(along * o.u, across * o.v)

        return zero, half

    return [line(along, across) for along in ends for across in (-1, 1)]


def _at_v(share: float) -> tuple[Rule, None]:
    return (lambda o: o.v - share * o.half_width), None


def _at_u(share: float, back: float = 0.0) -> tuple[Rule, None]:
    """A line across, at ``share`` half lengths minus ``back`` half widths from the middle."""
    return (lambda o: o.u - share * (o.half_length - back * o.half_width)), None


RIDGE = _at_v(0.0)
STEEP = 0.4
"""Where the slope of a mansard or gambrel changes, in half widths from the eaves; at 70 % of its height."""


def broken(distance: Float64) -> Float64:
    """Return the height of a roof that is steep below and gentle above; distance and height are 0 to 1."""
    return np.interp(distance, [0.0, STEEP, 1.0], [0.0, 0.7, 1.0])


_BARREL = tuple(float(s) for s in np.cos(np.linspace(0, np.pi, 9)[1:-1]))

GABLET = 0.6
"""Height, of the whole, at which the hips of a hipped and gabled roof end in a small upright gable."""
_BELL = ((0.0, 0.35, 1.0), (0.0, 0.2, 1.0))
"""Distance from the eaves and height where the slope of a bell-cast gable changes."""
_MOVED = 0.4
"""Where the ridge of a gable that is moved to a side lies, in half widths from the middle."""

_TEETH = (-1.0, -0.36, -0.32, 0.31, 0.35, 1.0)
"""Where the three teeth of a saw-tooth roof rise and drop, in half lengths."""

FRAMED: Mapping[str, Profile] = {
    "gabled": Profile(_from_side, [RIDGE]),
    "hipped": Profile(_hip, [RIDGE, *_hip_lines(0.0)]),
    "half_hipped": Profile(
        lambda o: np.minimum(_from_side(o), 0.5 + _from_end(o)), [RIDGE, *_hip_lines(0.5)]
    ),
    "side_hipped": Profile(
        lambda o: np.minimum(_from_side(o), _from_one_end(o)), [RIDGE, *_hip_lines(0.0, (1,))]
    ),
    "side_half_hipped": Profile(
        lambda o: np.minimum(_from_side(o), 0.5 + _from_one_end(o)),
        [RIDGE, *_hip_lines(0.5, (1,))],
    ),
    "hipped_and_gabled": Profile(
        lambda o: np.minimum(
            _from_side(o), np.interp(_from_end(o), [0, GABLET, GABLET + 0.02], [0, GABLET, 1])
        ),
        [
            RIDGE,
            *_hip_lines(0.0),
            *(_at_u(side, GABLET + step) for side in (-1.0, 1.0) for step in (0.0, 0.02)),
        ],
    ),
    "bellcast_gable": Profile(
        lambda o: np.interp(_from_side(o), *_BELL),
        [RIDGE, _at_v(1 - _BELL[0][1]), _at_v(_BELL[0][1] - 1)],
    ),
    "gabled_height_moved": Profile(
        lambda o: np.interp(o.v / o.half_width, [-1.0, _MOVED, 1.0], [0.0, 1.0, 0.0]),
        [_at_v(_MOVED)],
    ),
    "mansard": Profile(
        lambda o: broken(_hip(o)),
        [
            RIDGE,
            *_hip_lines(0.0),
            _at_v(1 - STEEP),
            _at_v(STEEP - 1),
            _at_u(1.0, STEEP),
            _at_u(-1.0, STEEP),
        ],
    ),
    "gambrel": Profile(
        lambda o: broken(_from_side(o)), [RIDGE, _at_v(1 - STEEP), _at_v(STEEP - 1)]
    ),
    "skillion": Profile(lambda o: 0.5 + 0.5 * o.v / o.half_width),
    "saltbox": Profile(
        lambda o: np.interp(o.v / o.half_width, [-1.0, 0.35, 1.0], [0.0, 1.0, 0.35]), [_at_v(0.35)]
    ),
    "butterfly": Profile(lambda o: np.abs(o.v) / o.half_width, [RIDGE]),
    "round": Profile(
        lambda o: np.sqrt(np.maximum(0.0, 1.0 - np.square(o.v / o.half_width))),
        [_at_v(s) for s in _BARREL],
    ),
    "sawtooth": Profile(
        lambda o: np.interp(o.u / o.half_length, _TEETH, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]),
        [_at_u(share) for share in _TEETH[1:-1]],
    ),
    "crosspitched": Profile(
        lambda o: np.maximum(_from_side(o), 1.0 - np.abs(o.u) / o.half_length),
        [
            RIDGE,
            _at_u(0.0),
            ((lambda o: o.u / o.half_length - o.v / o.half_width), None),
            ((lambda o: o.u / o.half_length + o.v / o.half_width), None),
        ],
    ),
}

_ARC = np.linspace(0, np.pi / 2, 6)
RADIAL: Mapping[str, Sequence[tuple[float, float]]] = {
    "pyramidal": ((1.0, 0.0), (0.0, 1.0)),
    "onion": (
        (1.0, 0.0),
        (0.98, 0.18),
        (0.86, 0.36),
        (0.58, 0.54),
        (0.26, 0.7),
        (0.08, 0.86),
        (0.0, 1.0),
    ),
    "dome": tuple((float(np.cos(a)), float(np.sin(a))) for a in _ARC),
}

_ALIASES = {
    "gabled": "gable pitched dual_pitched saddle deux_pans bati_deux_pans 1030 1020",
    "hipped": "hip quatre_pans 1040",
    "half_hipped": "croupe demi_croupe 1050",
    "pyramidal": "pyramid tented pavillon pavilion cone conical 1070 1080",
    "mansard": "mansarde 1060",
    "gambrel": "gambrel_roof",
    "side_hipped": "",
    "side_half_hipped": "",
    "hipped_and_gabled": "gablet dutch_gable",
    "bellcast_gable": "bellcast",
    "gabled_height_moved": "gabled_row",
    "onion": "bulbe",
    "skillion": "lean_to monopitch shed un_pan monopente 1010",
    "dome": "spherical coupole cupola 1090",
    "round": "barrel vault voute rounded",
    "saltbox": "double_saltbox",
    "butterfly": "papillon",
    "sawtooth": "saw_tooth shed_roofs dents_de_scie",
    "crosspitched": "cross_gabled crosspitched_roof",
}
_KIND = {alias: kind for kind, words in _ALIASES.items() for alias in (kind, *words.split())}


def roof_kind(name: object) -> str:
    """Return the shape that a word of OpenStreetMap, Overture or CityGML names; ``flat`` when it names none."""
    word = str(name).strip().lower().replace("-", "_").replace(" ", "_")
    return _KIND.get(word.removesuffix(".0"), "flat")
