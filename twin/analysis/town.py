"""What stands in the way of light and sight: a frozen snapshot of a scene as one soup of triangles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Glyphs, Mesh, Role
from twin.model.geoframe import GeoFrame
from twin.model.ground import GridGround, Ground
from twin.shapes import GLYPHS, ground_mesh

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
PLAIN_MARGIN_M = 5_000.0
"""How far a plain goes on around what stands on it."""


class Kind(IntEnum):
    """What a triangle belongs to."""

    GROUND = 0
    BUILT = 1
    TREE = 2
    WATER = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Body:
    """What one layer puts into the scene.

    Parameters
    ----------
    feature_ids : (n,) object
        By row of the layer's table.
    rows : (n,) bool
        Rows that exist at the moment of the snapshot.
    """

    layer_id: str
    drawables: tuple[Drawable, ...]
    feature_ids: NDArray[Any]
    rows: NDArray[np.bool_]


@dataclass(frozen=True, eq=False, kw_only=True)
class Town:
    """A scene at one moment in one variant.

    Parameters
    ----------
    time_zone : str
        IANA name; days of the analyses are days there.
    ground_id : str
        Layer that is the terrain, empty on a plain.
    """

    frame: GeoFrame
    ground: Ground
    bodies: tuple[Body, ...]
    time_zone: str = "Europe/Paris"
    ground_id: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Soup:
    """All triangles of a town.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float32
    triangles : (m, 3) int32
    body_of_triangle, row_of_triangle : (m,) int32
        Which body and which row of it; -1 for the ground.
    kind_of_triangle : (m,) uint8
        :class:`Kind`.
    closed_of_triangle : (m,) bool
        Part of a solid whose faces look outwards.
    """

    xyz_in_scene: Float32
    triangles: Int32
    body_of_triangle: Int32
    row_of_triangle: Int32
    kind_of_triangle: NDArray[np.uint8]
    closed_of_triangle: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.triangles)

    def crosses(self) -> NDArray[np.float64]:
        """Return (m, 3) normals whose length is twice the area of each triangle."""
        a, b, c = (self.xyz_in_scene[self.triangles[:, i]].astype(np.float64) for i in range(3))
        return np.cross(b - a, c - a)


def bodies_for_rays(bodies: Sequence[Body]) -> tuple[Body, ...]:
    """Return bodies with nothing but what stops rays: small enough to be handed to another process."""
    return tuple(_stopping(body) for body in bodies)


def _stopping(body: Body) -> Body:
    drawables = tuple(_bare(d) for d in body.drawables if _stops(d))
    if drawables:
        return replace(body, drawables=drawables)
    # Kept answers have a row for every sample: nobody asks for the names of what no ray meets.
    none, never = np.zeros(0, object), np.zeros(0, bool)
    return replace(body, drawables=(), feature_ids=none, rows=never)


def _stops(drawable: Drawable) -> bool:
    if isinstance(drawable, Mesh):
        return drawable.role in (Role.SOLID, Role.VEGETATION, Role.WATER)
    return isinstance(drawable, Glyphs) and drawable.role is Role.VEGETATION


def _bare(drawable: Drawable) -> Drawable:
    if not isinstance(drawable, Mesh):
        return drawable
    return replace(
        drawable,
        rgba_of_vertex=None,
        shade_of_vertex=None,
        normals_of_vertex=None,
        uv=None,
        texture=None,
    )


@dataclass(frozen=True, eq=False)
class _Piece:
    xyz: Float32
    triangles: Int32
    rows: Int32
    body: int
    kind: Kind
    closed: bool


def soup_of(town: Town, *, trees: bool = True, ground: bool = True) -> Soup:
    """Return everything of a town that stops light: ground, buildings and other solids, trees.

    Trees are opaque crowns with their trunks, all the year round. Symbols, labels, lines and what lies flat
    on the ground stop nothing.
    """
    pieces = [
        piece
        for number, body in enumerate(town.bodies)
        for drawable in body.drawables
        for piece in _pieces(drawable, number, body.rows, trees=trees)
    ]
    if ground:
        pieces.append(_ground(town, pieces))
    return _joined([p for p in pieces if len(p.triangles)])


def _pieces(
    drawable: Drawable, body: int, rows: NDArray[np.bool_], *, trees: bool
) -> Sequence[_Piece]:
    if isinstance(drawable, Mesh) and drawable.role in (Role.SOLID, Role.VEGETATION):
        kind = Kind.BUILT if drawable.role is Role.SOLID else Kind.TREE
        return [_mesh(drawable, body, rows, kind)] if trees or kind is Kind.BUILT else []
    if isinstance(drawable, Mesh) and drawable.role is Role.WATER:
        return [_mesh(drawable, body, rows, Kind.WATER)]
    if trees and isinstance(drawable, Glyphs) and drawable.role is Role.VEGETATION:
        return [_glyphs(drawable, body, rows)]
    return []


def _mesh(mesh: Mesh, body: int, rows: NDArray[np.bool_], kind: Kind) -> _Piece:
    triangles = mesh.triangles
    if mesh.row_of_vertex is None:
        row = np.full(len(triangles), -1, np.int32)
    else:
        row = mesh.row_of_vertex[triangles[:, 0]].astype(np.int32)
    kept = _existing(row, rows)
    return _Piece(mesh.xyz_in_scene, triangles[kept], row[kept], body, kind, mesh.closed)


def _glyphs(glyphs: Glyphs, body: int, rows: NDArray[np.bool_]) -> _Piece:
    shape = GLYPHS[glyphs.shape] if isinstance(glyphs.shape, str) else None
    xyz = shape.xyz if shape is not None else glyphs.shape.xyz_in_scene  # type: ignore[union-attr]
    faces = shape.triangles if shape is not None else glyphs.shape.triangles  # type: ignore[union-attr]
    count = len(glyphs.xyz_in_scene)
    row = np.full(count, -1, np.int32) if glyphs.row_of_glyph is None else glyphs.row_of_glyph
    kept = np.flatnonzero(_existing(row, rows))
    local = xyz[None] * glyphs.scale_m[kept][:, None]
    if glyphs.heading_deg is not None:
        angle = np.radians(glyphs.heading_deg[kept])[:, None]
        cos, sin, x, y = np.cos(angle), np.sin(angle), local[..., 0], local[..., 1]
        local = np.stack([x * cos + y * sin, y * cos - x * sin, local[..., 2]], axis=-1)
    placed = (local + glyphs.xyz_in_scene[kept][:, None]).astype(np.float32)
    triangles = faces[None] + (len(xyz) * np.arange(len(kept)))[:, None, None]
    return _Piece(
        placed.reshape(-1, 3),
        triangles.reshape(-1, 3).astype(np.int32),
        np.repeat(row[kept], len(faces)).astype(np.int32),
        body,
        Kind.TREE,
        closed=False,
    )


def _existing(row: Int32, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    known = (row >= 0) & (row < len(rows))
    if not len(rows):
        return np.ones(len(row), bool)
    return np.where(known, rows[np.clip(row, 0, len(rows) - 1)], True)


def _ground(town: Town, pieces: Sequence[_Piece]) -> _Piece:
    if isinstance(town.ground, GridGround):
        made = ground_mesh(town.ground)
        xyz, triangles = made.xyz.astype(np.float32), made.triangles
    else:
        corners = [p.xyz for p in pieces if len(p.xyz)] or [np.zeros((1, 3), np.float32)]
        low = np.min([c.min(axis=0) for c in corners], axis=0)[:2] - PLAIN_MARGIN_M
        high = np.max([c.max(axis=0) for c in corners], axis=0)[:2] + PLAIN_MARGIN_M
        x, y = [low[0], high[0], high[0], low[0]], [low[1], low[1], high[1], high[1]]
        z = town.ground.height_m(np.column_stack([x, y]))
        xyz = np.column_stack([x, y, z]).astype(np.float32)
        triangles = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    rows = np.full(len(triangles), -1, np.int32)
    return _Piece(xyz, triangles, rows, -1, Kind.GROUND, closed=False)


def _joined(pieces: Sequence[_Piece]) -> Soup:
    if not pieces:
        empty = np.zeros(0, np.int32)
        return Soup(
            xyz_in_scene=np.zeros((0, 3), np.float32),
            triangles=np.zeros((0, 3), np.int32),
            body_of_triangle=empty,
            row_of_triangle=empty,
            kind_of_triangle=empty.astype(np.uint8),
            closed_of_triangle=empty.astype(bool),
        )
    starts = np.cumsum([0, *(len(p.xyz) for p in pieces[:-1])])
    each = [len(p.triangles) for p in pieces]
    return Soup(
        xyz_in_scene=np.concatenate([p.xyz for p in pieces]),
        triangles=np.concatenate(
            [p.triangles + start for p, start in zip(pieces, starts, strict=True)]
        ).astype(np.int32),
        body_of_triangle=np.repeat([p.body for p in pieces], each).astype(np.int32),
        row_of_triangle=np.concatenate([p.rows for p in pieces]),
        kind_of_triangle=np.repeat([p.kind for p in pieces], each).astype(np.uint8),
        closed_of_triangle=np.repeat([p.closed for p in pieces], each).astype(bool),
    )
