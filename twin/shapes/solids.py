"""Small coloured solids that glyphs are put together from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.shapes.parts import Float64, UInt8

Colour = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Solid:
    """A piece of a glyph: vertices, triangles, one colour, and whether a style may tint it."""

    xyz: Float64
    triangles: NDArray[np.intp]
    colour: Colour
    tint: bool = False

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Solid:
        """Return a shifted copy."""
        return Solid(self.xyz + np.array([x, y, z]), self.triangles, self.colour, self.tint)

    def scaled(self, x: float, y: float, z: float) -> Solid:
        """Return a copy stretched about the foot; factors are positive."""
        return Solid(self.xyz * (x, y, z), self.triangles, self.colour, self.tint)

    def tilted(self, degrees: float) -> Solid:
        """Return a copy turned about the x axis, its top towards the south for positive angles."""
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        turn = np.array([[1.0, 0.0, 0.0], [0.0, cos, -sin], [0.0, sin, cos]])
        return Solid(self.xyz @ turn.T, self.triangles, self.colour, self.tint)


def lathe(
    profile: Sequence[tuple[float, float]],
    colour: Colour,
    *,
    sides: int = 6,
    tint: bool = False,
    twist: float = 0.0,
) -> Solid:
    """Turn a profile about the vertical axis.

    Parameters
    ----------
    profile : sequence of (radius, z), from the foot up
        A radius of 0 at either end closes it in a point; other ends get a lid.
    twist : float
        Part of a side by which each ring is turned against the one below: gives crowns of trees facets.
    """
    points: list[tuple[float, float]] = list(profile)
    if points[0][0] > 0:
        points.insert(0, (0.0, points[0][1]))
    if points[-1][0] > 0:
        points.append((0.0, points[-1][1]))
    angle = 2 * np.pi * np.arange(sides) / sides
    xyz = [np.array([[0.0, 0.0, points[0][1]]])]
    for ring, (radius, z) in enumerate(points[1:-1]):
        turned = angle + ring * twist * 2 * np.pi / sides
        xyz.append(
            np.column_stack([radius * np.cos(turned), radius * np.sin(turned), np.full(sides, z)])
        )
    xyz.append(np.array([[0.0, 0.0, points[-1][1]]]))
    here = np.arange(sides)
    after = (here + 1) % sides
    rings = len(points) - 2
    triangles = [np.column_stack([np.zeros(sides, int), 1 + after, 1 + here])]
    for ring in range(rings - 1):
        low, high = 1 + ring * sides, 1 + (ring + 1) * sides
        triangles += [
            np.column_stack([low + here, low + after, high + after]),
            np.column_stack([low + here, high + after, high + here]),
        ]
    top = 1 + rings * sides
    low = top - sides
    triangles.append(np.column_stack([low + here, low + after, np.full(sides, top)]))
    return Solid(np.concatenate(xyz), np.concatenate(triangles), colour, tint)


def box(
    size: tuple[float, float, float],
    colour: Colour,
    *,
    at: tuple[float, float, float] = (0.0, 0.0, 0.0),
    tint: bool = False,
) -> Solid:
    """A block of a width (x), depth (y) and height, its foot centred at a point."""
    x, y, z = size[0] / 2, size[1] / 2, size[2]
    corners = np.array([
        [-x, -y, 0], [x, -y, 0], [x, y, 0], [-x, y, 0],
        [-x, -y, z], [x, -y, z], [x, y, z], [-x, y, z],
    ])  # fmt: skip
    quads = np.array(
        [[0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7], [4, 5, 6, 7], [3, 2, 1, 0]]
    )
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return Solid(corners + at, triangles, colour, tint)


def ball(
    radius: float,
    colour: Colour,
    *,
    z: float = 0.0,
    sides: int = 8,
    rings: int = 5,
    tint: bool = False,
) -> Solid:
    """A sphere of facets around a point at a height."""
    polar = np.linspace(-np.pi / 2, np.pi / 2, rings + 2)
    profile = [(float(radius * np.cos(a)), float(z + radius * np.sin(a))) for a in polar]
    profile[0], profile[-1] = (0.0, z - radius), (0.0, z + radius)
    return lathe(profile, colour, sides=sides, tint=tint)


def assembled(
    solids: Sequence[Solid],
) -> tuple[Float64, NDArray[np.int32], UInt8, NDArray[np.bool_]]:
    """Return vertices, triangles, colours (n, 4) and tint mask (n,) of solids put together."""
    starts = np.cumsum([0, *(len(s.xyz) for s in solids[:-1])])
    xyz = np.concatenate([s.xyz for s in solids])
    triangles = np.concatenate(
        [s.triangles + start for s, start in zip(solids, starts, strict=True)]
    )
    rgba = np.concatenate(
        [np.tile(np.array([*s.colour, 255], np.uint8), (len(s.xyz), 1)) for s in solids]
    )
    tint = np.concatenate([np.full(len(s.xyz), s.tint) for s in solids])
    return xyz, triangles.astype(np.int32), rgba, tint
