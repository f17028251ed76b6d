"""The closed set of things that can be drawn. Frozen, numpy only, in scene coordinates.

A layer turns its table into a list of these; ``twin.render`` turns each into a visual. Every vertex, line,
point, glyph or label may carry the row of the feature table that it belongs to, so that picking and
colouring need no object per feature. Scene coordinates are metres, x east, y north, z up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
UInt8 = NDArray[np.uint8]
Text = Mapping[str, str]
"""A text by language code, for instance ``{"fr": "Mairie", "en": "Town hall"}``."""

Rgba = tuple[float, float, float, float]
GREY: Rgba = (0.72, 0.72, 0.70, 1.0)

PLACE = ("x_in_scene", "y_in_scene", "heading_deg")
"""Columns of ``columns_at`` by which the rows of a ``moving`` drawable move: metres in the scene, and degrees
clockwise from north. They glide from each place to the next on the ground; NaN is drawn nowhere."""


class Role(StrEnum):
    """What a drawable is in the scene; it chooses material, draw order and the x-ray behaviour."""

    SOLID = "solid"  # buildings, walls: opaque, casts a shadow
    GROUND = "ground"  # the terrain: becomes translucent in x-ray mode
    DECAL = "decal"  # lies on the ground: drawn above it whatever the depth rounding says
    WATER = "water"  # lies on the ground and shines
    VEGETATION = "vegetation"
    UNDERGROUND = "underground"  # below the terrain: seen in x-ray mode, else hidden by the ground
    MARKER = "marker"  # a symbol: lit evenly, casts no shadow


@dataclass(frozen=True, eq=False, kw_only=True)
class Mesh:
    """Triangles.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float32
        Vertices, metres.
    triangles : (m, 3) int32
        Vertex indices, anticlockwise seen from outside.
    row_of_vertex : (n,) int32 or None
        Row of the feature table, -1 for none.
    rgba : tuple of 4 float in 0..1
        Colour where neither style nor ``rgba_of_vertex`` gives one.
    rgba_of_vertex : (n, 4) uint8 or None
        The drawable's own colours (semantic surfaces, scanned models).
    shade_of_vertex : (n,) float32 or None
        Factor on the colour, 1.0 neutral: lets walls be darker than roofs under one style colour.
    normals_of_vertex : (n, 3) float32 or None
        Only for smooth surfaces; None means flat shading, derived when drawn.
    uv : (n, 2) float32 or None
        Texture coordinates, v up.
    texture : (h, w, 3 or 4) uint8 or None
        Top row first.
    facades : bool
        Upright sides get a pattern of floors and windows; needs rows, which tell one building from the next.
    closed : bool
        The solids are closed and oriented outwards: back faces are culled.
    styled : bool
        Takes the colours of the layer's style.
    """

    xyz_in_scene: Float32
    triangles: Int32
    row_of_vertex: Int32 | None = None
    rgba: Rgba = GREY
    rgba_of_vertex: UInt8 | None = None
    shade_of_vertex: Float32 | None = None
    normals_of_vertex: Float32 | None = None
    uv: Float32 | None = None
    texture: UInt8 | None = None
    facades: bool = False
    closed: bool = False
    styled: bool = True
    role: Role = Role.SOLID
    pickable: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Lines:
    """Polylines, drawn as screen-width lines or as tubes.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float32
        Vertices of all lines, one after the other.
    offsets : (k + 1,) int32
        Line ``i`` is ``xyz_in_scene[offsets[i]:offsets[i + 1]]``.
    row_of_line : (k,) int32 or None
        Row of the feature table.
    width_px : float
        Width on screen, when ``radius_m`` is None.
    radius_m : float or None
        Radius of a tube in metres.
    readable_radius_m : float
        From afar, where a tube would be a few pixels thin, it is drawn wider, up to this radius; near, it has its own.
    flow_column : str or None
        Column of the table (or of ``columns_at``) with the speed along the line in m/s, negative against
        the drawing direction; moving marks show it.
    """

    xyz_in_scene: Float32
    offsets: Int32
    row_of_line: Int32 | None = None
    rgba: Rgba = (0.25, 0.35, 0.45, 1.0)
    width_px: float = 2.0
    radius_m: float | None = None
    readable_radius_m: float = 0.0
    flow_column: str | None = None
    styled: bool = True
    role: Role = Role.SOLID
    pickable: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Points:
    """Points of a constant size on screen. ``xyz_in_scene`` (n, 3) float32, ``row_of_point`` (n,) int32.

    ``moving`` as for :class:`Glyphs`. With ``cluster_m`` those that lie within so many metres of each other are
    drawn as one, with their number, from where they cannot be told apart; it has the colour of the one of the
    greatest value in the column ``cluster_by``. Points are drawn only where ``from_m`` metres look wide enough
    to be told apart, and ``until_m`` metres do not; 0 is no limit. How
    wide that looks is judged at the nearest corner of the box ``within`` (x, y, z low, then high), else of their own.
    """

    xyz_in_scene: Float32
    row_of_point: Int32 | None = None
    rgba: Rgba = (0.2, 0.4, 0.7, 1.0)
    rgba_of_point: UInt8 | None = None
    size_px: float = 8.0
    cluster_m: float = 0.0
    cluster_by: str = ""
    from_m: float = 0.0
    until_m: float = 0.0
    within: tuple[float, ...] | None = None
    moving: bool = False
    styled: bool = True
    role: Role = Role.MARKER
    pickable: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Glyphs:
    """One small shape, many times.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float32
        Where the foot of each glyph stands.
    shape : str or Mesh
        Name of a built-in shape (see ``twin.shapes.glyphs``) of unit height, or a mesh in metres around its foot.
    scale_m : (n, 3) float32
        Factor along x, y, z; for the built-in unit shapes these are width, depth and height in metres.
    heading_deg : (n,) float32 or None
        Turn about the vertical, clockwise from north.
    row_of_glyph : (n,) int32 or None
        Row of the feature table.
    tint_of_glyph : (n, 4) uint8 or None
        Colour of each glyph where the style gives none.
    moving : bool
        Each stands where the columns :data:`PLACE` say as of the clock; of ``xyz_in_scene`` only the height
        above the ground counts then. Needs rows; casts no shadow.
    """

    xyz_in_scene: Float32
    shape: str | Mesh
    scale_m: Float32
    heading_deg: Float32 | None = None
    row_of_glyph: Int32 | None = None
    rgba: Rgba = GREY
    tint_of_glyph: UInt8 | None = None
    moving: bool = False
    styled: bool = True
    role: Role = Role.SOLID
    pickable: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Labels:
    """Texts that face the viewer, drawn by the text engine, the most important first, without overlap.

    Parameters
    ----------
    xyz_in_scene : (n, 3) float32
        Anchor of each label.
    texts : tuple of n mappings
        Text by language.
    rank : (n,) int32
        0 is the most important; a label gives way to those of a lower rank.
    max_distance_m : float
        Not drawn from farther away.
    moving : bool
        As for :class:`Glyphs`.
    text_column : str or None
        Column of ``columns_at`` with texts that stand behind those given, as of the clock.
    apart_m, within : (n, 2) and (n, 6) float64 or None
        ``from_m`` and ``until_m``, and ``within``, of each label, as for :class:`Points`.
    """

    xyz_in_scene: Float32
    texts: tuple[Text, ...]
    rank: Int32
    row_of_label: Int32 | None = None
    max_distance_m: float = 20_000.0
    kind: str = "place"
    moving: bool = False
    text_column: str | None = None
    apart_m: NDArray[np.float64] | None = None
    within: NDArray[np.float64] | None = None
    pickable: bool = True


@dataclass(frozen=True, eq=False, kw_only=True)
class Drape:
    """A picture laid on the ground.

    Parameters
    ----------
    image : (h, w, 3 or 4) uint8
        Top row is the north.
    extent_in_scene : tuple of 4 float
        x_min, y_min, x_max, y_max in metres.
    """

    image: UInt8
    extent_in_scene: tuple[float, float, float, float]
    opacity: float = 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Tileset:
    """3D Tiles that are streamed as the view needs them.

    Parameters
    ----------
    address : str
        Path or http(s) address of a ``tileset.json``.
    crs, origin
        Those of the scene's frame, which tiles are brought to.
    error_px : float
        The largest geometric error that a picture may show, in pixels; smaller is finer and slower.
    budget_bytes : int
        Memory that its tiles may take; 0: the share that the machine allows.
    bounds : tuple of 6 float or None
        Box around it in the scene, where it is known: x_min, y_min, z_min, x_max, y_max, z_max.
    point_px : float
        Size of its points.
    options : mapping or None
        For tiles that are made of other data while they are looked at, see ``twin.tiles.made``.
    """

    address: str
    crs: str
    origin: tuple[float, float, float]
    error_px: float = 1.0
    budget_bytes: int = 0
    bounds: tuple[float, float, float, float, float, float] | None = None
    point_px: float = 3.0
    options: Mapping[str, Any] | None = None
    role: Role = Role.SOLID


Drawable = Mesh | Lines | Points | Glyphs | Labels | Drape | Tileset


ROWS: Mapping[str, str] = {
    "row_of_vertex": "xyz_in_scene",
    "row_of_point": "xyz_in_scene",
    "row_of_glyph": "xyz_in_scene",
    "row_of_label": "xyz_in_scene",
    "row_of_line": "offsets",
}
"""The arrays of rows, and the array beside which each stands; offsets have one entry more."""

_BESIDE = ("rgba_of_vertex", "shade_of_vertex", "normals_of_vertex", "uv", "rgba_of_point")


def check(drawable: Drawable, *, rows: int | None = None) -> None:
    """Raise ValueError where shapes, indices or numbers of a drawable cannot be drawn.

    Parameters
    ----------
    rows : int or None
        Rows of the table that it was made of: then its rows must be among them, or -1.
    """
    if not isinstance(drawable, Drawable):
        raise TypeError(f"{type(drawable).__name__} is no drawable")
    xyz = getattr(drawable, "xyz_in_scene", None)
    if xyz is not None:
        _require(xyz.ndim == 2 and xyz.shape[1] == 3, "xyz_in_scene must have shape (n, 3)")
        _require(xyz.dtype == np.float32, "xyz_in_scene must be float32")
        _require(bool(np.isfinite(xyz).all()), "xyz_in_scene has values that are not finite")
        for name in _BESIDE:
            beside = getattr(drawable, name, None)
            _require(beside is None or len(beside) == len(xyz), f"{name} must have n entries")
    rgba = getattr(drawable, "rgba", GREY)
    _require(
        len(rgba) == 4 and bool(np.isfinite(np.array(rgba, float)).all()), "rgba must be 4 numbers"
    )
    if isinstance(drawable, Mesh):
        _require(
            drawable.triangles.ndim == 2 and drawable.triangles.shape[1] == 3,
            "triangles must be (m, 3)",
        )
        _check_indices(drawable.triangles, len(drawable.xyz_in_scene), "triangles")
    if isinstance(drawable, Lines):
        _require(int(drawable.offsets[-1]) == len(drawable.xyz_in_scene), "offsets must end at n")
        _require(bool((np.diff(drawable.offsets) >= 0).all()), "offsets must not decrease")
    if isinstance(drawable, Glyphs):
        size = np.shape(drawable.scale_m)
        _require(size == np.shape(drawable.xyz_in_scene), "scale_m must have shape (n, 3)")
        _require(
            bool(np.isfinite(drawable.scale_m).all()), "scale_m has values that are not finite"
        )
    if isinstance(drawable, Labels):
        _require(len(drawable.texts) == len(drawable.xyz_in_scene), "one text a label")
    if rows is not None:
        _check_rows(drawable, rows)


def _check_rows(drawable: Drawable, rows: int) -> None:
    for name, beside in ROWS.items():
        index = getattr(drawable, name, None)
        if index is None:
            continue
        expected = len(getattr(drawable, beside)) - (name == "row_of_line")
        _require(len(index) == expected, f"{name} has {len(index)} entries for {expected}")
        inside = not len(index) or (int(index.min()) >= -1 and int(index.max()) < rows)
        _require(inside, f"{name} names rows that the table of {rows} does not have")


def _check_indices(indices: NDArray[Any], size: int, name: str) -> None:
    if indices.size:
        _require(
            int(indices.min()) >= 0 and int(indices.max()) < size,
            f"{name} point outside the vertices",
        )


def _require(condition: object, message: str) -> None:
    if not condition:
        raise ValueError(message)
