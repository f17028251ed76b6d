"""One leaf of the tree: from rows or drawables to a .glb and what its parents need of it. Pure; runs anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Role
from twin.errors import BelvedereError
from twin.problems import Problem, Severity
from twin.tiles.blocks import Blocks, blocks_of_rows, mesh_of
from twin.tiles.geometry import Shape, shapes_of
from twin.tiles.glb import Primitive, write_glb
from twin.tiles.metadata import properties_of
from twin.tiles.pictures import encoded
from twin.tiles.placing import Placement
from twin.tiles.simplify import clustered, skirted

FORMAT = 4
"""Raised when the same input gives other tiles: tiles of an older version are made anew."""
PLAIN_M = 4.0
"""Geometric error of single boxes in place of buildings with roofs and bays."""
WORTH = 2.0
"""A level of plain boxes is made where it has this many times fewer triangles."""
SKIRT_M = 1.0
ROOF_TONE = 0.87
"""Of the wall's colour: as the layer of buildings has it."""


class Maker(Protocol):
    """Turns rows into drawables on whatever machine it runs. Picklable."""

    def drawables(self, rows: Rows) -> Sequence[Drawable]:
        """Return what is drawn of the rows; their row numbers count from 0."""

    def digest(self) -> bytes:
        """Return what distinguishes it from another maker."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """Some features: attributes by column, geometry as WKB in the CRS of the project (None for none)."""

    columns: Mapping[str, NDArray[Any]]
    wkb: NDArray[Any] | None
    rgba: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.rgba)


@dataclass(frozen=True, eq=False, kw_only=True)
class LeafTask:
    """What one leaf is made of.

    Parameters
    ----------
    name : str
        Layer and tile.
    rows : Rows
        Its features; the property table is theirs.
    maker : Maker or None
        Makes the drawables; None where ``shapes`` are given.
    shapes : tuple of Shape
        Rows count from 0 in ``rows``.
    """

    name: str
    placement: Placement
    rows: Rows
    maker: Maker | None = None
    shapes: tuple[Shape, ...] = ()
    side_m: float = 1000.0

    def key(self) -> str:
        """Return a fingerprint of all that the tile depends on."""
        found = hashlib.sha256(f"{FORMAT} {self.name} {self.side_m}".encode())
        frame = self.placement.frame
        found.update(f"{frame.crs} {frame.origin} {self.placement.geoid}".encode())
        if self.maker is not None:
            found.update(self.maker.digest())
        for name, values in self.rows.columns.items():
            found.update(name.encode())
            found.update(_bytes(values))
        found.update(_bytes(self.rows.rgba))
        if self.rows.wkb is not None:
            found.update(b"".join(bytes(w or b"") + b"|" for w in self.rows.wkb))
        for shape in self.shapes:
            found.update(f"{shape.role} {shape.closed} {shape.solid}".encode())
            for array in (
                shape.xyz,
                shape.corners,
                shape.row,
                shape.rgba,
                shape.normals,
                shape.uv,
                shape.texture,
            ):
                found.update(b"-" if array is None else _bytes(array))
        return found.hexdigest()[:32]


@dataclass(frozen=True, eq=False, kw_only=True)
class Made:
    """A tile's content and what coarser tiles are made from.

    Parameters
    ----------
    glb : bytes
        Empty where there is nothing to draw.
    plain : bytes
        The same with boxes for buildings, empty where that saves little.
    box : (12,) float64
        Bounding volume in the root's frame.
    blocks : Blocks or None
    shapes : tuple of Shape
        What is no solid, already coarser; rows are those of ``rows``.
    rows : Rows
        Without geometry, those that blocks and shapes name.
    error_m : float
        How far its content is from the finest, metres.
    """

    glb: bytes
    plain: bytes
    box: NDArray[np.float64]
    blocks: Blocks | None
    shapes: tuple[Shape, ...]
    rows: Rows
    features: int
    triangles: int
    error_m: float = 0.0
    problems: tuple[Problem, ...] = ()


def make_leaf(task: LeafTask) -> Made:
    """Make one leaf. A layer's author may raise anything: the tile is then empty and says so."""
    problems: tuple[Problem, ...] = ()
    shapes = list(task.shapes)
    if task.maker is not None:
        try:
            shapes += shapes_of(task.maker.drawables(task.rows), task.rows.rgba)
        except BelvedereError as error:
            problems = (error.problem,)
        except Exception as error:  # noqa: BLE001 - a layer's author may raise anything
            reason = f"{type(error).__name__}: {error}"[:200]
            problems = (
                Problem("tiles.leaf_failed", task.name, {"reason": reason}, Severity.ERROR),
            )
    shapes = [s for s in shapes if len(s.corners)]
    solid = [s for s in shapes if s.solid]
    blocks = _blocks(solid) if solid else None
    coarse = _coarse([s for s in shapes if not s.solid], task.side_m / 128)
    bare = replace(task.rows, wkb=None)
    fine = [skirted(s, SKIRT_M) if s.role is Role.GROUND else s for s in shapes]
    glb, box = content(fine, bare, task.placement)
    return Made(
        glb=glb,
        plain=_plain(blocks, shapes, bare, task.placement),
        box=box,
        blocks=blocks,
        shapes=coarse,
        rows=bare,
        features=len(task.rows),
        triangles=sum(len(s.corners) for s in shapes),
        problems=problems,
    )


def content(
    shapes: Sequence[Shape],
    rows: Rows,
    placement: Placement,
    columns: Mapping[str, NDArray[Any]] | None = None,
) -> tuple[bytes, NDArray[np.float64]]:
    """Return the .glb of shapes with the attributes of their rows, and its box in the root's frame."""
    primitives = [_primitive(shape, placement) for shape in _joined(shapes)]
    if not primitives:
        return b"", np.zeros(12)
    properties = properties_of({**rows.columns, **(columns or {})})
    low = np.min([p.xyz.min(axis=0) for p in primitives], axis=0)
    high = np.max([p.xyz.max(axis=0) for p in primitives], axis=0)
    return write_glb(primitives, properties, len(rows)), box_of(low, high)


def box_of(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the 12 numbers of a box along the axes: centre and three half axes."""
    centre, half = (low + high) / 2, np.maximum((high - low) / 2, 0.05) + 0.01
    axes = np.diag(half).reshape(-1)
    return np.concatenate([centre, axes])


def shape_of_blocks(blocks: Blocks, *, local_rows: NDArray[np.int64] | None = None) -> Shape:
    """Return boxes as a shape."""
    xyz, triangles, of = mesh_of(blocks)
    row = blocks.row if local_rows is None else local_rows
    rgba = blocks.rgba[of]
    roof = np.arange(len(xyz)) % 12 >= 8
    rgba[roof, :3] = np.round(rgba[roof, :3] * ROOF_TONE).astype(np.uint8)
    return Shape(
        xyz=xyz,
        corners=triangles,
        row=row[of].astype(np.int32),
        rgba=rgba,
        role=Role.SOLID,
        closed=True,
        solid=True,
    )


def _plain(
    blocks: Blocks | None, shapes: Sequence[Shape], rows: Rows, placement: Placement
) -> bytes:
    if blocks is None:
        return b""
    full = sum(len(s.corners) for s in shapes if s.solid)
    if full < WORTH * 10 * len(blocks):
        return b""
    others = [s for s in shapes if not s.solid]
    return content([shape_of_blocks(blocks), *others], rows, placement)[0]


def _blocks(shapes: Sequence[Shape]) -> Blocks:
    one = _concatenated(shapes)
    return blocks_of_rows(one.xyz, one.corners, one.row, one.rgba)


def _coarse(shapes: Sequence[Shape], cell_m: float) -> tuple[Shape, ...]:
    made = [clustered(s, cell_m) for s in shapes]
    return tuple(s for s in made if len(s.corners))


def _joined(shapes: Sequence[Shape]) -> list[Shape]:
    """Return shapes of one kind as one: a primitive is a draw call."""
    groups: dict[tuple[Any, ...], list[Shape]] = {}
    for shape in shapes:
        picture = id(shape.texture) if shape.texture is not None else 0
        key = (shape.mode, shape.role, shape.closed, picture, shape.normals is None)
        groups.setdefault(key, []).append(shape)
    return [_concatenated(group) for group in groups.values()]


def _concatenated(shapes: Sequence[Shape]) -> Shape:
    if len(shapes) == 1:
        return shapes[0]
    starts = np.cumsum([0, *(len(s.xyz) for s in shapes[:-1])])
    first = shapes[0]

    def joined(name: str) -> Any:
        values = [getattr(s, name) for s in shapes]
        return None if values[0] is None else np.concatenate(values)

    corners = [s.corners + np.int32(k) for s, k in zip(shapes, starts, strict=True)]
    return replace(
        first,
        xyz=joined("xyz"),
        corners=np.concatenate(corners),
        row=joined("row"),
        rgba=joined("rgba"),
        normals=joined("normals"),
        uv=joined("uv"),
    )


def _primitive(shape: Shape, placement: Placement) -> Primitive:
    uv, picture = None, None
    if shape.uv is not None and shape.texture is not None:
        picture, uv = encoded(shape.texture, shape.uv)
    return Primitive(
        xyz=placement.root_from_scene(shape.xyz),
        indices=shape.corners,
        feature=shape.row,
        rgba=shape.rgba,
        mode=shape.mode,
        closed=shape.closed,
        normals=shape.normals,
        uv=uv,
        picture=picture,
        role=shape.role.value,
    )


def _bytes(values: NDArray[Any]) -> bytes:
    if values.dtype == object:
        return json.dumps([None if v is None else str(v) for v in values]).encode()
    return np.ascontiguousarray(values).tobytes()
