"""Drawables as primitives of tiles: one colour a vertex, one feature a vertex, nothing left to look up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Glyphs, Lines, Mesh, Points, Role
from twin.shapes.glyphs import GLYPHS
from twin.tiles.glb import LINES, POINTS, TRIANGLES

Array = NDArray[Any]
CORNERS = {TRIANGLES: 3, LINES: 2, POINTS: 1}
GLYPHS_AT_ONCE = 4000


@dataclass(frozen=True, eq=False, kw_only=True)
class Shape:
    """Triangles, lines or points in scene metres.

    Parameters
    ----------
    xyz : (n, 3) float64
    corners : (m, 3 or 2 or 1) int32
        Vertices of each piece.
    row : (n,) int32
        Row of the layer's table, -1 for none.
    rgba : (n, 4) uint8
    role : Role
    solid : bool
        An upright solid that may become a box from afar.
    uv : (n, 2) float32 or None
        v up, with ``texture`` top row first.
    """

    xyz: NDArray[np.float64]
    corners: NDArray[np.int32]
    row: NDArray[np.int32]
    rgba: NDArray[np.uint8]
    role: Role
    closed: bool = False
    solid: bool = False
    normals: NDArray[np.float32] | None = None
    uv: NDArray[np.float32] | None = None
    texture: NDArray[np.uint8] | None = None

    @property
    def mode(self) -> int:
        """Primitive mode of glTF."""
        return {3: TRIANGLES, 2: LINES, 1: POINTS}[self.corners.shape[1]]

    def take(self, pieces: Array) -> Shape:
        """Return some of the pieces, with the vertices they use."""
        chosen = self.corners[pieces]
        used, inverse = np.unique(chosen, return_inverse=True)
        return replace(
            self,
            xyz=self.xyz[used],
            corners=inverse.reshape(chosen.shape).astype(np.int32),
            row=self.row[used],
            rgba=self.rgba[used],
            normals=None if self.normals is None else self.normals[used],
            uv=None if self.uv is None else self.uv[used],
        )


def shapes_of(drawables: Iterable[Drawable], rgba_of_rows: NDArray[np.uint8]) -> Iterator[Shape]:
    """Yield what tiles can hold of drawables; labels and pictures on the ground are left out."""
    for drawable in drawables:
        if isinstance(drawable, Mesh) and len(drawable.triangles):
            yield _of_mesh(drawable, rgba_of_rows)
        elif isinstance(drawable, Lines) and len(drawable.xyz_in_scene):
            yield _of_lines(drawable, rgba_of_rows)
        elif isinstance(drawable, Points) and len(drawable.xyz_in_scene):
            yield _of_points(drawable, rgba_of_rows)
        elif isinstance(drawable, Glyphs) and len(drawable.xyz_in_scene):
            yield from _of_glyphs(drawable, rgba_of_rows)


def _of_mesh(mesh: Mesh, rgba_of_rows: NDArray[np.uint8]) -> Shape:
    count = len(mesh.xyz_in_scene)
    row = mesh.row_of_vertex if mesh.row_of_vertex is not None else np.full(count, -1, np.int32)
    own = mesh.rgba_of_vertex
    rgba = _coloured(row, rgba_of_rows, own, mesh.rgba, styled=mesh.styled)
    if mesh.shade_of_vertex is not None:
        rgba = rgba.copy()
        shade = np.clip(mesh.shade_of_vertex, 0.0, 1.0)[:, None]
        rgba[:, :3] = np.round(rgba[:, :3] * shade).astype(np.uint8)
    textured = mesh.uv is not None and mesh.texture is not None
    return Shape(
        xyz=mesh.xyz_in_scene.astype(np.float64),
        corners=mesh.triangles,
        row=row.astype(np.int32),
        rgba=rgba,
        role=mesh.role,
        closed=mesh.closed,
        solid=mesh.role is Role.SOLID and bool((row >= 0).all()) and not textured,
        normals=mesh.normals_of_vertex,
        uv=mesh.uv if textured else None,
        texture=mesh.texture if textured else None,
    )


def _of_lines(lines: Lines, rgba_of_rows: NDArray[np.uint8]) -> Shape:
    count = len(lines.xyz_in_scene)
    size = np.diff(lines.offsets)
    of = np.repeat(np.arange(len(size)), size)
    row = np.full(count, -1, np.int32) if lines.row_of_line is None else lines.row_of_line[of]
    joined = np.flatnonzero(of[1:] == of[:-1])
    return Shape(
        xyz=lines.xyz_in_scene.astype(np.float64),
        corners=np.column_stack([joined, joined + 1]).astype(np.int32),
        row=row.astype(np.int32),
        rgba=_coloured(row, rgba_of_rows, None, lines.rgba, styled=lines.styled),
        role=lines.role,
    )


def _of_points(points: Points, rgba_of_rows: NDArray[np.uint8]) -> Shape:
    count = len(points.xyz_in_scene)
    row = points.row_of_point if points.row_of_point is not None else np.full(count, -1, np.int32)
    return Shape(
        xyz=points.xyz_in_scene.astype(np.float64),
        corners=np.arange(count, dtype=np.int32)[:, None],
        row=row.astype(np.int32),
        rgba=_coloured(row, rgba_of_rows, points.rgba_of_point, points.rgba, styled=points.styled),
        role=points.role,
    )


def _of_glyphs(glyphs: Glyphs, rgba_of_rows: NDArray[np.uint8]) -> Iterator[Shape]:
    if isinstance(glyphs.shape, Mesh):
        unit, faces = glyphs.shape.xyz_in_scene, glyphs.shape.triangles
        own = _coloured(
            np.full(len(unit), -1), rgba_of_rows, glyphs.shape.rgba_of_vertex, glyphs.shape.rgba
        )
        tintable = np.ones(len(unit), bool)
    else:
        shape = GLYPHS[glyphs.shape]
        unit, faces, own, tintable = (
            shape.xyz,
            shape.triangles,
            shape.rgba_of_vertex,
            shape.tintable,
        )
    total = len(glyphs.xyz_in_scene)
    row = glyphs.row_of_glyph if glyphs.row_of_glyph is not None else np.full(total, -1, np.int32)
    tint = _coloured(row, rgba_of_rows, glyphs.tint_of_glyph, glyphs.rgba, styled=glyphs.styled)
    heading = np.zeros(total) if glyphs.heading_deg is None else np.radians(glyphs.heading_deg)
    n = len(unit)
    for first in range(0, total, GLYPHS_AT_ONCE):
        part = slice(first, min(first + GLYPHS_AT_ONCE, total))
        k = part.stop - first
        local = unit[None].astype(np.float64) * glyphs.scale_m[part][:, None, :]
        cos, sin = np.cos(-heading[part])[:, None], np.sin(-heading[part])[:, None]
        x = local[..., 0] * cos - local[..., 1] * sin
        y = local[..., 0] * sin + local[..., 1] * cos
        xyz = np.stack([x, y, local[..., 2]], axis=2) + glyphs.xyz_in_scene[part][:, None, :]
        rgba = np.where(tintable[None, :, None], tint[part][:, None, :], own[None])
        yield Shape(
            xyz=xyz.reshape(-1, 3),
            corners=(faces[None] + n * np.arange(k)[:, None, None]).reshape(-1, 3).astype(np.int32),
            row=np.repeat(row[part], n).astype(np.int32),
            rgba=rgba.reshape(-1, 4).astype(np.uint8),
            role=glyphs.role,
        )


def _coloured(
    row: Array,
    rgba_of_rows: NDArray[np.uint8],
    own: NDArray[np.uint8] | None,
    plain: tuple[float, float, float, float],
    *,
    styled: bool = False,
) -> NDArray[np.uint8]:
    if own is not None:
        found = own
    else:
        found = np.tile(np.round(np.asarray(plain) * 255).astype(np.uint8), (len(row), 1))
    if not styled or not len(rgba_of_rows):
        return found
    known = row >= 0
    # The alpha of a style says whether it has a colour for the row; a tile's vertices are opaque.
    chosen = rgba_of_rows[np.where(known, row, 0)]
    result = np.where(known[:, None], chosen, found).astype(np.uint8)
    result[:, 3] = 255 if own is None else found[:, 3]
    return result
