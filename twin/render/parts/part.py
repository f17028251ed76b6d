"""A part of a visual: triangles with attributes, ready for the graphics card but still only arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Role
from twin.model.ground import Ground
from twin.render.shaders.kind import Kind

COVER_M = 0.25
"""The mesh of the ground may lie so much below the heights that it was made of."""

Array = NDArray[Any]
Box = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Spread:
    """What is spread on the screen: segments (points have equal ends) and their reach."""

    start: NDArray[np.float32]
    end: NDArray[np.float32]
    row: NDArray[np.int32]
    reach_px: float
    reach_m: float = 0.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """What becomes one actor.

    Parameters
    ----------
    attributes : mapping
        Vertex attributes by their name in the shader.
    kind : Kind
        The program.
    texture : (h, w, c) uint8 or None
        Row 0 is v = 0. Parts that share the array share the texture.
    rows : (n,) int32 or None
        Row of each vertex for picking; None cannot be picked.
    spread : Spread or None
        What is picked instead of the triangles.
    edge_m : float
        Usual length of an edge.
    far : Part or None
        A plainer shape of the same for where ``detail_m`` looks small.
    vanishes : bool
        Not drawn where ``detail_m`` looks tiny.
    from_m, until_m : float
        Drawn only where ``from_m`` looks wide and ``until_m`` does not, see :mod:`twin.render.clusters`.
    within : tuple of 6 float or None
        Box that it counts as having.
    buried : bool
        All of it lies below the ground, see :func:`lies_below`.

    Attributes
    ----------
    box : (6,) float64
        x_min, y_min, z_min, x_max, y_max, z_max; worked out where the part is made, on a worker.
    """

    xyz: NDArray[np.float32]
    triangles: NDArray[np.int32]
    attributes: Mapping[str, Array]
    kind: Kind
    role: Role
    cull: bool = False
    casts_shadow: bool = False
    texture: Array | None = None
    rows: NDArray[np.int32] | None = None
    flow_column: str | None = None
    spread: Spread | None = None
    edge_m: float = 1e9
    far: Part | None = None
    detail_m: float = 0.0
    vanishes: bool = False
    from_m: float = 0.0
    until_m: float = 0.0
    within: tuple[float, ...] | None = None
    buried: bool = False
    box: Box = field(init=False)

    def __post_init__(self) -> None:
        box = box_of(self.xyz) if self.within is None else np.array(self.within, np.float64)
        object.__setattr__(self, "box", box)

    @property
    def moving(self) -> bool:
        """Whether its rows move by a table of places."""
        return self.kind.moving

    @cached_property
    def vertex_bytes(self) -> int:
        """What its vertices take, in memory as on the graphics card."""
        return self.xyz.nbytes + sum(values.nbytes for values in self.attributes.values())


def lies_below(part: Part, ground: Ground) -> bool:
    """Whether no corner of a part that is drawn as being under the ground comes near its surface."""
    if part.role is not Role.UNDERGROUND or part.moving or not len(part.xyz):
        return False
    return bool((part.xyz[:, 2] < ground.height_m(part.xyz[:, :2]) - COVER_M).all())


def box_of(xyz: NDArray[np.float32]) -> Box:
    """Return the box (6,) around points."""
    if not len(xyz):
        return np.zeros(6)
    # Column by column: reducing rows of three is many times slower.
    return np.array([f(xyz[:, k]) for f in (np.min, np.max) for k in range(3)], np.float64)


def look_of(
    rows: NDArray[np.int32],
    shade: NDArray[np.float32] | None = None,
    above: NDArray[np.float32] | None = None,
    tall: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Return the (n, 4) attribute that all surfaces have: row, factor, metres above the foot, height."""
    look = np.zeros((len(rows), 4), np.float32)
    look[:, 0] = rows
    look[:, 1] = 1.0 if shade is None else shade
    if above is not None and tall is not None:
        look[:, 2], look[:, 3] = above, tall
    return look


def bytes_of(rgba: tuple[float, float, float, float], count: int) -> NDArray[np.uint8]:
    """Return (count, 4) uint8 of one colour in 0..1."""
    return np.tile(np.round(np.asarray(rgba) * 255).astype(np.uint8), (count, 1))


def edge_m(xyz: NDArray[np.float32], triangles: NDArray[np.int32]) -> float:
    """Return the usual length of an edge, from the mean area of some of the triangles."""
    some = triangles[:: max(len(triangles) // 250, 1)]
    a, b, c = (xyz.take(some[:, i], axis=0) for i in range(3))
    (x, y, z), (u, v, w) = (b - a).T, (c - a).T
    area = np.sqrt((y * w - z * v) ** 2 + (z * u - x * w) ** 2 + (x * v - y * u) ** 2)
    return float(np.sqrt(area.mean())) if len(area) else 0.0
