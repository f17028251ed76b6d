"""Glyphs: each one baked into merged triangles, which software OpenGL draws faster than instances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Glyphs, Mesh, Role
from twin.render.parts.mesh import SHADOWS
from twin.render.parts.part import Array, Part, Spread, edge_m, look_of
from twin.render.shaders.kind import Kind
from twin.shapes.glyphs import GLYPHS

TRIANGLES_A_PART = 10_000
MOST_A_PART = 160
"""Glyphs in one part: few enough to lie close together, so that they look equally large."""
RING = 5
BLOCK = np.array(
    [0, 1, 5, 0, 5, 4, 1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7, 4, 5, 6, 4, 6, 7],
    np.int32,
).reshape(-1, 3)
Float32 = NDArray[np.float32]


def parts_of_glyphs(glyphs: Glyphs) -> Iterator[Part]:
    """Yield the parts of glyphs, neighbours in space together. Pure arrays."""
    if not len(glyphs.xyz_in_scene):
        return
    shape = _shape_of(glyphs.shape)
    plain = _crown(shape) if glyphs.role is Role.VEGETATION else _block(shape)
    a_part = min(max(TRIANGLES_A_PART // max(len(shape.triangles), 1), 16), MOST_A_PART)
    order = _near_together(glyphs.xyz_in_scene, a_part)
    for first in range(0, len(order), a_part):
        chosen = order[first : first + a_part]
        far = None if plain is None else _baked(glyphs, plain, chosen)
        tall = float(np.median(glyphs.scale_m[chosen, 2])) * float(np.ptp(shape.xyz[:, 2]))
        part = _baked(glyphs, shape, chosen)
        yield replace(part, far=far, detail_m=tall, vanishes=glyphs.role is not Role.MARKER)


@dataclass(frozen=True, eq=False)
class _Shape:
    """Arrays of a built-in shape or of a mesh."""

    xyz: Float32
    triangles: NDArray[np.int32]
    rgba: NDArray[np.uint8]
    tintable: NDArray[np.bool_]
    closed: bool


def _shape_of(shape: str | Mesh) -> _Shape:
    if isinstance(shape, Mesh):
        count = len(shape.xyz_in_scene)
        own = shape.rgba_of_vertex
        rgba = np.full((count, 4), 255, np.uint8) if own is None else own
        tintable = np.full(count, own is None)
        return _Shape(shape.xyz_in_scene, shape.triangles, rgba, tintable, shape.closed)
    found = GLYPHS[shape] if shape in GLYPHS else GLYPHS["pin"]
    return _Shape(found.xyz, found.triangles, found.rgba_of_vertex, found.tintable, closed=True)


def _crown(shape: _Shape) -> _Shape | None:
    """Return the crown of a plant as two cones on one ring: what is left of it from afar."""
    crown = shape.tintable
    if not crown.any() or len(shape.triangles) <= 3 * RING:
        return None
    xyz = shape.xyz[crown]
    radius = np.hypot(xyz[:, 0], xyz[:, 1])
    wide, low, high = float(radius.max()), float(xyz[:, 2].min()), float(xyz[:, 2].max())
    middle = float(xyz[radius > 0.9 * wide, 2].mean())
    turn = np.arange(RING) * 2 * np.pi / RING
    # A ring of few corners is narrower than the round it stands for.
    ring = 1.12 * wide * np.column_stack([np.cos(turn), np.sin(turn)])
    points = np.vstack(
        [np.column_stack([ring, np.full(RING, middle)]), [[0, 0, low], [0, 0, high]]]
    )
    here, after = np.arange(RING), (np.arange(RING) + 1) % RING
    top = np.column_stack([here, after, np.full(RING, RING + 1)])
    foot = np.column_stack([after, here, np.full(RING, RING)])
    return _plain(points, np.vstack([top, foot]), shape.rgba[crown])


def _block(shape: _Shape) -> _Shape | None:
    """Return a block of about the bulk of a shape, without a floor."""
    if len(shape.triangles) <= 2 * len(BLOCK):
        return None
    centre, spread = shape.xyz.mean(axis=0), shape.xyz.std(axis=0)
    low, high = shape.xyz.min(axis=0), shape.xyz.max(axis=0)
    half = np.minimum(1.3 * spread, (high - low) / 2)
    x0, y0 = (centre - half)[:2]
    x1, y1 = (centre + half)[:2]
    ring = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    points = np.array([(x, y, z) for z in (low[2], high[2]) for x, y in ring])
    made = _plain(points, BLOCK, shape.rgba)
    return replace(made, tintable=np.full(len(points), bool(shape.tintable.mean() > 0.3)))


def _plain(points: NDArray[Any], triangles: NDArray[Any], rgba: NDArray[np.uint8]) -> _Shape:
    count = len(points)
    return _Shape(
        points.astype(np.float32),
        triangles.astype(np.int32),
        np.tile(rgba.mean(axis=0).astype(np.uint8), (count, 1)),
        np.ones(count, bool),
        closed=True,
    )


def _near_together(xyz: Float32, a_part: int) -> NDArray[np.intp]:
    """Return an order in which runs of ``a_part`` glyphs lie close to each other."""
    parts = max(len(xyz) / a_part, 1.0)
    columns = max(round(parts**0.5), 1)
    rank = np.argsort(np.argsort(xyz[:, 0], kind="stable"), kind="stable")
    strip = rank * columns // len(xyz)
    return np.lexsort((xyz[:, 1], strip))


def _baked(glyphs: Glyphs, shape: _Shape, chosen: NDArray[np.intp]) -> Part:
    count, size = len(chosen), len(shape.xyz)
    rows = np.full(count, -1, np.int32)
    if glyphs.row_of_glyph is not None:
        rows = glyphs.row_of_glyph[chosen].astype(np.int32)
    row_of_vertex = np.repeat(rows, size)
    first = np.arange(count, dtype=np.int64)[:, None, None] * size
    triangles = (shape.triangles[None] + first).reshape(-1, 3).astype(np.int32)
    points = _placed(glyphs, shape, chosen)
    plant = glyphs.role is Role.VEGETATION
    return Part(
        xyz=points,
        triangles=triangles,
        attributes=_looks(glyphs, shape, chosen, row_of_vertex),
        kind=Kind(
            body="vegetation" if plant else ("even" if glyphs.role is Role.MARKER else "plain"),
            styled=_by_style(glyphs),
            own_colour=True,
            mixed=True,
            moving=glyphs.moving,
        ),
        role=glyphs.role,
        cull=shape.closed,
        casts_shadow=glyphs.role in SHADOWS and not glyphs.moving,
        rows=row_of_vertex if glyphs.pickable else None,
        spread=_reach(rows, glyphs.scale_m[chosen]) if glyphs.moving else None,
        edge_m=edge_m(points, triangles),
    )


def _placed(glyphs: Glyphs, shape: _Shape, chosen: NDArray[np.intp]) -> Float32:
    """Return the vertices (n, 3) of glyphs where they stand; of those that move, around where they are."""
    xyz = _turned(glyphs, chosen, shape.xyz[None] * glyphs.scale_m[chosen][:, None])
    foot = glyphs.xyz_in_scene[chosen]
    xyz += (foot * [0.0, 0.0, 1.0] if glyphs.moving else foot)[:, None].astype(np.float32)
    return xyz.reshape(-1, 3).astype(np.float32)


def _by_style(glyphs: Glyphs) -> bool:
    return glyphs.styled and glyphs.tint_of_glyph is None


def _looks(
    glyphs: Glyphs, shape: _Shape, chosen: NDArray[np.intp], row_of_vertex: NDArray[np.int32]
) -> dict[str, Array]:
    """Return what the vertices of glyphs look like: row, shade and height, and their own colours."""
    count, size = len(chosen), len(shape.xyz)
    tall = glyphs.scale_m[chosen][:, 2]
    # Vertices that keep their own colour look like those without a row to the style's table.
    colour = np.where(
        shape.tintable[None, :, None], _tints(glyphs, chosen)[:, None, :], shape.rgba[None, :, :]
    ).reshape(-1, 4)
    plant = glyphs.role is Role.VEGETATION
    shade = _variety(glyphs.xyz_in_scene[chosen]) if plant else np.ones(count, np.float32)
    above = np.tile(shape.xyz[:, 2], count) * np.repeat(tall, size)
    look = look_of(
        row_of_vertex,
        np.repeat(shade, size),
        above.astype(np.float32),
        np.repeat(tall, size).astype(np.float32),
    )
    flags = np.where(np.tile(shape.tintable, count) & _by_style(glyphs), 255, 0).astype(np.uint8)
    return {"look": look, "colour": np.column_stack([colour[:, :3], flags]).astype(np.uint8)}


def _turned(glyphs: Glyphs, chosen: NDArray[np.intp], local: Float32) -> Float32:
    if glyphs.heading_deg is None or glyphs.moving:
        return local
    angle = np.radians(glyphs.heading_deg[chosen])[:, None]
    cos, sin = np.cos(angle), np.sin(angle)
    x, y = local[..., 0], local[..., 1]
    return np.stack([x * cos + y * sin, y * cos - x * sin, local[..., 2]], axis=-1)


def _reach(rows: NDArray[np.int32], scale: Float32) -> Spread:
    """Return by what moving glyphs are picked; where they are is filled in as they move."""
    nowhere = np.full((len(rows), 3), np.nan, np.float32)
    size = float(scale[:, :2].max()) / 2 if len(scale) else 0.0
    return Spread(start=nowhere, end=nowhere, row=rows, reach_px=8.0, reach_m=size)


def _tints(glyphs: Glyphs, chosen: NDArray[np.intp]) -> NDArray[np.uint8]:
    if glyphs.tint_of_glyph is not None:
        return glyphs.tint_of_glyph[chosen]
    one = np.round(np.asarray(glyphs.rgba) * 255).astype(np.uint8)
    return np.tile(one, (len(chosen), 1))


def _variety(xyz: Float32) -> Float32:
    """Return a factor a plant, from its place: no two trees have quite the same green."""
    noise = np.sin(xyz[:, 0] * 12.9898 + xyz[:, 1] * 78.233) * 43758.5453
    return (0.86 + 0.28 * (noise - np.floor(noise))).astype(np.float32)
