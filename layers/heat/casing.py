"""The casing of insulated pipes, open along its top: foam at the height of the axis, the jacket below it.

So the insulation is seen without hiding what flows. Diameters where none are stated, fits of ours to the usual sizes of
pre-insulated pipes (EN 253 for one pipe, EN 15698 for two in one casing), d the diameter of the pipe in metres:
``1.2 d + 0.07`` and ``2.2 d + 0.09``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from twin.api import Drawable, Mesh, Role

FOAM_RGBA, JACKET_RGBA = (0.86, 0.78, 0.55, 1.0), (0.13, 0.14, 0.16, 1.0)
TURNS = 6
"""Parts of the half round below the axis."""
Float64 = NDArray[np.float64]


def radius_m(diameter_m: Float64, insulation_m: Float64, *, twin: bool) -> Float64:
    """Return the outer radius of casings: by the stated thickness of the insulation, else as is usual."""
    usual = 2.2 * diameter_m + 0.09 if twin else 1.2 * diameter_m + 0.07
    pipes = 2.0 * diameter_m if twin else diameter_m
    stated = pipes + 2.0 * insulation_m
    return np.where(np.isfinite(insulation_m), stated, usual) / 2.0


def drawn(
    xyz: Float64, offsets: NDArray[np.int32], row: NDArray[np.intp], radius: Float64
) -> Iterator[Drawable]:
    """Return foam and jacket of pipes.

    Parameters
    ----------
    xyz : (n, 3) float64
        Axes of the casings, one after the other.
    offsets : (k + 1,) int32
    row, radius : (k,)
        Row of the table and outer radius in metres of each.
    """
    if len(offsets) < 2:
        return
    line = np.repeat(np.arange(len(row)), np.diff(offsets))
    side = _across(xyz, line) * radius[line][:, None]
    joints = np.flatnonzero(line[:-1] == line[1:])
    angle = np.linspace(0.0, np.pi, TURNS + 1)
    down = np.zeros((len(xyz), 3))
    down[:, 2] = -radius[line]
    ring = (
        xyz[:, None]
        + np.cos(angle)[None, :, None] * side[:, None]
        + np.sin(angle)[None, :, None] * down[:, None]
    )
    rows = row[line]
    yield _mesh(ring, joints, rows, JACKET_RGBA)
    yield _mesh(ring[:, [-1, 0]], joints, rows, FOAM_RGBA)


def _across(xyz: Float64, line: NDArray[np.intp]) -> Float64:
    """Return for each vertex the level direction to the left of its line."""
    step = np.diff(xyz[:, :2], axis=0)
    step[line[:-1] != line[1:]] = 0.0
    long = np.linalg.norm(step, axis=1, keepdims=True)
    step = np.divide(step, long, out=np.zeros_like(step), where=long > 1e-9)
    ahead = np.zeros((len(xyz), 2))
    ahead[:-1] += step
    ahead[1:] += step
    size = np.linalg.norm(ahead, axis=1, keepdims=True)
    ahead = np.divide(ahead, size, out=np.tile([1.0, 0.0], (len(xyz), 1)), where=size > 1e-9)
    return np.column_stack([-ahead[:, 1], ahead[:, 0], np.zeros(len(xyz))])


def _mesh(
    ring: Float64, joints: NDArray[np.intp], rows: NDArray[np.intp], rgba: tuple[float, ...]
) -> Mesh:
    """Return strips along the lines between the vertices of their rings, seen from outside."""
    wide = ring.shape[1]
    k = np.arange(wide - 1)
    a, b = joints[:, None] * wide + k, (joints[:, None] + 1) * wide + k
    triangles = np.concatenate(
        [np.stack([a, b, b + 1], axis=-1), np.stack([a, b + 1, a + 1], axis=-1)]
    )
    return Mesh(
        xyz_in_scene=ring.reshape(-1, 3).astype(np.float32),
        triangles=triangles.reshape(-1, 3).astype(np.int32),
        row_of_vertex=np.repeat(rows, wide).astype(np.int32),
        rgba=rgba,
        styled=False,
        role=Role.UNDERGROUND,
    )
