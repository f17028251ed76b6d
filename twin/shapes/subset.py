"""The part of what is drawn that belongs to some rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Glyphs, Lines, Mesh, Points


def of_rows(drawables: Sequence[Drawable], rows: NDArray[np.intp]) -> list[Drawable]:
    """Return what of meshes, lines, points and glyphs belongs to some rows; what has no rows is left out."""
    made = [_part(drawable, rows) for drawable in drawables]
    return [part for part in made if part is not None]


def _part(drawable: Drawable, rows: NDArray[np.intp]) -> Drawable | None:
    if isinstance(drawable, Mesh):
        return mesh_of_rows(drawable, rows)
    if isinstance(drawable, Lines):
        return _lines(drawable, rows)
    if isinstance(drawable, Points) and drawable.row_of_point is not None:
        kept = np.isin(drawable.row_of_point, rows)
        return _taken(drawable, kept, ("xyz_in_scene", "row_of_point", "rgba_of_point"))
    if isinstance(drawable, Glyphs) and drawable.row_of_glyph is not None:
        kept = np.isin(drawable.row_of_glyph, rows)
        names = ("xyz_in_scene", "scale_m", "heading_deg", "row_of_glyph", "tint_of_glyph")
        return _taken(drawable, kept, names)
    return None


def mesh_of_rows(mesh: Mesh, rows: NDArray[np.intp]) -> Mesh | None:
    """Return the triangles of a mesh that belong to some rows, None without any."""
    if mesh.row_of_vertex is None or not len(mesh.triangles):
        return None
    kept = mesh.triangles[np.isin(mesh.row_of_vertex[mesh.triangles[:, 0]], rows)]
    if not len(kept):
        return None
    used, again = np.unique(kept, return_inverse=True)
    arrays: dict[str, Any] = {name: _of(getattr(mesh, name), used) for name in VERTEX_ARRAYS}
    return replace(mesh, triangles=again.reshape(kept.shape).astype(np.int32), **arrays)


VERTEX_ARRAYS = (
    "xyz_in_scene",
    "row_of_vertex",
    "rgba_of_vertex",
    "shade_of_vertex",
    "normals_of_vertex",
    "uv",
)


def _lines(lines: Lines, rows: NDArray[np.intp]) -> Lines | None:
    if lines.row_of_line is None:
        return None
    kept = np.flatnonzero(np.isin(lines.row_of_line, rows))
    if not len(kept):
        return None
    spans = [np.arange(lines.offsets[i], lines.offsets[i + 1]) for i in kept]
    offsets = np.concatenate([[0], np.cumsum([len(s) for s in spans])]).astype(np.int32)
    return replace(
        lines,
        xyz_in_scene=lines.xyz_in_scene[np.concatenate(spans)],
        offsets=offsets,
        row_of_line=lines.row_of_line[kept],
    )


def _taken(
    drawable: Points | Glyphs, kept: NDArray[np.bool_], names: Sequence[str]
) -> Drawable | None:
    if not kept.any():
        return None
    arrays: dict[str, Any] = {name: _of(getattr(drawable, name), kept) for name in names}
    return replace(drawable, **arrays)


def _of(
    array: NDArray[np.generic] | None, which: NDArray[np.generic]
) -> NDArray[np.generic] | None:
    return None if array is None else array[which]
