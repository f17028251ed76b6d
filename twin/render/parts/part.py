"""A part of a visual: triangles with attributes, ready for the graphics card but still only arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Role
from twin.render.piece import Spread
from twin.render.shaders.surface import Kind

Array = NDArray[Any]


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
