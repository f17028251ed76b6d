"""What of a session can leave it as plain triangles and lines: the parts of a glTF file or of a web page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Glyphs, Lines, Mesh, Role
from twin.model.ground import FlatGround, Ground
from twin.shapes.glyphs import GLYPHS, GlyphShape

if TYPE_CHECKING:
    from twin.work.runtime import LayerRuntime
    from twin.work.session import Session

GROUND_STEP_M = 16.0
MOST_GROUND_NODES = 400_000
RIM_TRIANGLES = 10_000
LIFT_M = 0.4
"""Decals stand so high above the coarser terrain of a file, which would hide them here and there."""
MOST_PLACED = 9_000
"""Plants beyond this are left out of a page's model: a phone has to draw them."""
MOST_GLYPH_TRIANGLES = 1_500_000
"""Symbols and trees beyond this are left out of a file."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Placed:
    """Where a shape stands many times: its places, sizes and turns.

    Parameters
    ----------
    xyz_in_scene, scale_m : (k, 3) float64
    heading_deg : (k,) float64
        Clockwise from north.
    rgba : (k, 4) uint8
        Multiplied with the colours of the shape.
    """

    xyz_in_scene: NDArray[np.float64]
    scale_m: NDArray[np.float64]
    heading_deg: NDArray[np.float64]
    rgba: NDArray[np.uint8]


@dataclass(frozen=True, eq=False, kw_only=True)
class Around:
    """What is near enough to be taken: within reach of any of (k, 2) places; of symbols the nearest first."""

    places: NDArray[np.float64]
    reach_m: float
    glyph_triangles: int = MOST_GLYPH_TRIANGLES


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """Triangles, or lines, of one layer.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float64
    indices : (m, 3) uint32 for triangles, (m, 2) for lines
    rgba : (n, 4) uint8 or None
        sRGB; None where there is a texture.
    uv : (n, 2) float32 or None
        v up.
    texture : (h, w, 3) uint8 or None
        Top row first.
    facades : bool
        Upright sides have floors and windows.
    placed : Placed or None
        The triangles are a shape of unit size that stands there; None: they are where they are.
    """

    layer_id: str
    role: Role
    xyz_in_scene: NDArray[np.float64]
    indices: NDArray[np.uint32]
    rgba: NDArray[np.uint8] | None = None
    uv: NDArray[np.float32] | None = None
    texture: NDArray[np.uint8] | None = None
    facades: bool = False
    placed: Placed | None = None

    @property
    def lines(self) -> bool:
        """Whether it is lines."""
        return bool(self.indices.shape[1] == 2)


def parts_of(
    session: Session,
    *,
    layers: Sequence[str] | None = None,
    roles: frozenset[Role] = frozenset(Role),
    glyphs: bool = True,
    around: Around | None = None,
) -> Iterator[Part]:
    """Yield the parts of the layers that are visible, or of those named.

    The terrain is laid out anew on a coarser grid; what lies on it as a picture is its texture.
    """
    budget = around.glyph_triangles if around is not None else MOST_GLYPH_TRIANGLES
    for runtime in session.layers():
        wanted = runtime.spec.visible if layers is None else runtime.spec.id in layers
        for drawable in runtime.drawables if wanted else ():
            if getattr(drawable, "role", None) not in roles:
                continue
            if isinstance(drawable, Glyphs):
                part = _glyphs(runtime, drawable, budget, around) if glyphs else None
            else:
                part = _part_of(runtime, drawable, session.ground)
                if part is not None and around is not None:
                    part = near(part, around.places, around.reach_m)
            if part is not None:
                budget -= len(part.indices) if isinstance(drawable, Glyphs) else 0
                yield part


def plants_near(
    session: Session, layers: Sequence[str], places: NDArray[np.float64], reach_m: float
) -> Iterator[Part]:
    """Yield the plants within reach of any of (k, 2) places, each shape once with where it stands."""
    for runtime in session.layers():
        for drawable in runtime.drawables if runtime.spec.id in layers else ():
            if isinstance(drawable, Glyphs) and drawable.role is Role.VEGETATION:
                part = _placed_glyphs(runtime, drawable, places, reach_m)
                if part is not None:
                    yield part


def _placed_glyphs(
    runtime: LayerRuntime, glyphs: Glyphs, places: NDArray[np.float64], reach_m: float
) -> Part | None:
    chosen = _chosen(glyphs, MOST_PLACED, Around(places=places, reach_m=reach_m))
    if not len(chosen):
        return None
    shape, tint = _shape(glyphs), _tints(runtime, glyphs)[chosen]
    mean = np.maximum(tint[:, :3].mean(axis=0), 1.0)
    # All corners are multiplied with the tint: those that keep their own colour are divided by it before.
    own = shape.rgba_of_vertex.copy()
    own[:, :3] = np.clip(own[:, :3] * (255.0 / mean), 0, 255).astype(np.uint8)
    heading = (
        np.zeros(len(glyphs.xyz_in_scene)) if glyphs.heading_deg is None else glyphs.heading_deg
    )
    return Part(
        layer_id=runtime.spec.id,
        role=glyphs.role,
        xyz_in_scene=shape.xyz.astype(np.float64),
        indices=shape.triangles.astype(np.uint32),
        rgba=np.where(shape.tintable[:, None], 255, own).astype(np.uint8),
        placed=Placed(
            xyz_in_scene=glyphs.xyz_in_scene[chosen].astype(np.float64),
            scale_m=glyphs.scale_m[chosen].astype(np.float64),
            heading_deg=np.asarray(heading, np.float64)[chosen],
            rgba=tint,
        ),
    )


def _away(xyz: NDArray[np.floating[Any]], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far points are from the nearest of (k, 2) places, on the map."""
    away = np.full(len(xyz), np.inf)
    for place in places:
        away = np.minimum(away, np.hypot(*(xyz[:, :2] - place).T))
    return away


def _part_of(runtime: LayerRuntime, drawable: Drawable, ground: Ground) -> Part | None:
    if isinstance(drawable, Lines):
        return _lines(runtime, drawable) if len(drawable.xyz_in_scene) else None
    if not isinstance(drawable, Mesh):
        return None
    if drawable.role is not Role.GROUND or isinstance(ground, FlatGround):
        return _mesh(runtime, drawable)
    # The rim that hides where the land ends is of no use without the view that it was made for.
    whole = drawable.texture is not None or len(drawable.triangles) > RIM_TRIANGLES
    return _ground(runtime, drawable, ground) if whole else None


def near(part: Part, places: NDArray[np.float64], reach_m: float) -> Part | None:
    """Return what of a part lies within reach of any of (k, 2) places, None if nothing does."""
    kept = part.indices[_away(part.xyz_in_scene[part.indices[:, 0]], places) <= reach_m]
    if not len(kept):
        return None
    used, renumbered = np.unique(kept, return_inverse=True)
    return replace(
        part,
        xyz_in_scene=part.xyz_in_scene[used],
        indices=renumbered.reshape(kept.shape).astype(np.uint32),
        rgba=None if part.rgba is None else part.rgba[used],
        uv=None if part.uv is None else part.uv[used],
    )


def _mesh(runtime: LayerRuntime, mesh: Mesh) -> Part:
    if mesh.texture is not None and mesh.uv is not None:
        return _part(runtime, mesh, rgba=None, uv=mesh.uv, texture=mesh.texture[..., :3])
    count = len(mesh.xyz_in_scene)
    if mesh.rgba_of_vertex is not None:
        rgba = mesh.rgba_of_vertex
    else:
        rgba = _colours(runtime, mesh.row_of_vertex, mesh.rgba, count, styled=mesh.styled)
    if mesh.shade_of_vertex is not None:
        rgba = rgba.copy()
        shaded = rgba[:, :3] * np.asarray(mesh.shade_of_vertex)[:, None]
        rgba[:, :3] = np.clip(shaded, 0, 255).astype(np.uint8)
    return _part(runtime, mesh, rgba=rgba)


def _part(
    runtime: LayerRuntime,
    mesh: Mesh,
    *,
    rgba: NDArray[np.uint8] | None,
    uv: NDArray[np.float32] | None = None,
    texture: NDArray[np.uint8] | None = None,
) -> Part:
    lifted = (0.0, 0.0, LIFT_M if mesh.role is Role.DECAL else 0.0)
    return Part(
        layer_id=runtime.spec.id,
        role=mesh.role,
        xyz_in_scene=mesh.xyz_in_scene.astype(np.float64) + lifted,
        indices=mesh.triangles.astype(np.uint32),
        rgba=rgba,
        uv=uv,
        texture=texture,
        facades=mesh.facades,
    )


def _lines(runtime: LayerRuntime, lines: Lines) -> Part:
    count = len(lines.xyz_in_scene)
    starts, ends = lines.offsets[:-1], lines.offsets[1:]
    first = np.arange(count - 1)
    inside = np.ones(max(count - 1, 0), bool)
    inside[ends[(ends > 0) & (ends < count)] - 1] = False
    pairs = np.column_stack([first[inside], first[inside] + 1]).astype(np.uint32)
    rows = None
    if lines.row_of_line is not None:
        rows = np.repeat(lines.row_of_line, ends - starts)
    return Part(
        layer_id=runtime.spec.id,
        role=lines.role,
        xyz_in_scene=lines.xyz_in_scene.astype(np.float64),
        indices=pairs,
        rgba=_colours(runtime, rows, lines.rgba, count, styled=lines.styled),
    )


def _glyphs(
    runtime: LayerRuntime, glyphs: Glyphs, budget: int, around: Around | None
) -> Part | None:
    shape = _shape(glyphs)
    chosen = _chosen(glyphs, budget // max(len(shape.triangles), 1), around)
    count, corners = len(chosen), len(shape.xyz)
    if not count:
        return None
    turn = np.zeros(count) if glyphs.heading_deg is None else np.deg2rad(glyphs.heading_deg[chosen])
    local = shape.xyz.astype(np.float64)[None] * glyphs.scale_m[chosen, None, :]
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    turned = np.stack(
        [
            local[..., 0] * cos + local[..., 1] * sin,
            local[..., 1] * cos - local[..., 0] * sin,
            local[..., 2],
        ],
        axis=-1,
    )
    xyz = (turned + glyphs.xyz_in_scene[chosen, None, :]).reshape(-1, 3)
    indices = shape.triangles[None] + (np.arange(count) * corners)[:, None, None]
    tint = _tints(runtime, glyphs)[chosen]
    rgba = np.where(
        shape.tintable[None, :, None], tint[:, None, :], shape.rgba_of_vertex[None]
    ).reshape(-1, 4)
    return Part(
        layer_id=runtime.spec.id,
        role=glyphs.role,
        xyz_in_scene=xyz,
        indices=indices.reshape(-1, 3).astype(np.uint32),
        rgba=rgba,
    )


def _chosen(glyphs: Glyphs, most: int, around: Around | None) -> NDArray[np.intp]:
    """Return which symbols are taken, in their order: all, none if that is too many, or the nearest."""
    count = len(glyphs.xyz_in_scene)
    if around is None:
        return np.arange(count if count <= most else 0)
    away = _away(glyphs.xyz_in_scene, around.places)
    nearest = np.argsort(away, kind="stable")[:most]
    return np.sort(nearest[away[nearest] <= around.reach_m])


def _tints(runtime: LayerRuntime, glyphs: Glyphs) -> NDArray[np.uint8]:
    if glyphs.tint_of_glyph is not None:
        return np.asarray(glyphs.tint_of_glyph)
    count = len(glyphs.xyz_in_scene)
    return _colours(runtime, glyphs.row_of_glyph, glyphs.rgba, count, styled=glyphs.styled)


def _shape(glyphs: Glyphs) -> GlyphShape:
    if isinstance(glyphs.shape, str):
        return GLYPHS[glyphs.shape]
    mesh = glyphs.shape
    count = len(mesh.xyz_in_scene)
    own = mesh.rgba_of_vertex
    return GlyphShape(
        xyz=mesh.xyz_in_scene,
        triangles=mesh.triangles,
        rgba_of_vertex=np.full((count, 4), 255, np.uint8) if own is None else own,
        tintable=np.full(count, own is None),
        size_m=(1.0, 1.0, 1.0),
    )


def _ground(runtime: LayerRuntime, mesh: Mesh, ground: Ground) -> Part:
    """Return the terrain on an even grid, its texture placed by what the mesh has."""
    low, high = mesh.xyz_in_scene[:, :2].min(axis=0), mesh.xyz_in_scene[:, :2].max(axis=0)
    size = np.maximum(high - low, 1.0).astype(np.float64)
    step = max(GROUND_STEP_M, float(np.sqrt(np.prod(size) / MOST_GROUND_NODES)))
    columns, rows = (np.ceil(size / step).astype(int) + 1).tolist()
    x, y = np.meshgrid(np.linspace(low[0], high[0], columns), np.linspace(low[1], high[1], rows))
    xy = np.column_stack([x.ravel(), y.ravel()])
    xyz = np.column_stack([xy, np.asarray(ground.height_m(xy), np.float64)])
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    a, b, c, d = corner, corner + 1, corner + columns, corner + columns + 1
    indices = np.concatenate([np.column_stack([a, b, d]), np.column_stack([a, d, c])])
    uv = rgba = None
    if mesh.texture is not None and mesh.uv is not None:
        uv = _placed(mesh, xy).astype(np.float32)
    else:
        rgba = _colours(runtime, None, mesh.rgba, len(xy), styled=False)
    return Part(
        layer_id=runtime.spec.id,
        role=Role.GROUND,
        xyz_in_scene=xyz,
        indices=indices.astype(np.uint32),
        rgba=rgba,
        uv=uv,
        texture=None if uv is None or mesh.texture is None else mesh.texture[..., :3],
    )


def _placed(mesh: Mesh, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return texture coordinates of places: a picture on a terrain lies evenly, so a plane fits it."""
    assert mesh.uv is not None  # noqa: S101 - asked by the caller
    chosen = np.linspace(0, len(mesh.uv) - 1, min(len(mesh.uv), 2000)).astype(int)
    known = mesh.xyz_in_scene[chosen, :2].astype(np.float64)
    middle = known.mean(axis=0)
    system = np.column_stack([known - middle, np.ones(len(known))])
    fitted, *_ = np.linalg.lstsq(system, mesh.uv[chosen].astype(np.float64), rcond=None)
    return np.asarray(np.column_stack([xy - middle, np.ones(len(xy))]) @ fitted)


def _colours(
    runtime: LayerRuntime,
    rows: NDArray[np.int32] | None,
    rgba: tuple[float, float, float, float],
    count: int,
    *,
    styled: bool,
) -> NDArray[np.uint8]:
    plain = np.tile(np.round(np.array(rgba) * 255).astype(np.uint8), (count, 1))
    if rows is None or not styled or not len(runtime.rgba):
        return plain
    found = runtime.rgba[np.clip(rows, 0, len(runtime.rgba) - 1)]
    return np.where((rows >= 0)[:, None], found, plain).astype(np.uint8)
