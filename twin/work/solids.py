"""Models of planned buildings: triangles with their colours, kept inside the plan as a short text.

A model travels with its plan, so that undo, copies of variants, packs and the journal need no second way. It stands
as ``model`` in the values of a change, its pictures as ``model_skin``, its place as ``model_at`` (x, y, z of its
anchor in the CRS), ``model_turn_deg`` (anticlockwise), ``model_scale`` (level) and ``model_rise`` (upright).
"""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError
from twin.model.table import FeatureMesh
from twin.work import skins
from twin.work.skins import Skin

MODEL, SKIN, AT, TURN, SCALE, RISE = (
    "model",
    "model_skin",
    "model_at",
    "model_turn_deg",
    "model_scale",
    "model_rise",
)
VALUES = (MODEL, SKIN, AT, TURN, SCALE, RISE)
MOST_TRIANGLES = 200_000
PER_M = 1_000
"""Coordinates are kept in whole millimetres around the anchor."""

_HEAD = struct.Struct("<II")


@dataclass(frozen=True, eq=False, kw_only=True)
class Solid:
    """Triangles around an anchor.

    Parameters
    ----------
    xyz : (n, 3) float64
        Metres from the anchor.
    triangles : (m, 3) int32
    rgba : (m, 4) uint8
        Alpha 0 where a triangle has no colour of its own.
    skin : Skin or None
        Its pictures; packed beside the triangles.
    """

    xyz: NDArray[np.float64]
    triangles: NDArray[np.int32]
    rgba: NDArray[np.uint8]
    skin: Skin | None = None


def packed(solid: Solid) -> str:
    """Return a solid as text, without its pictures.

    Raises
    ------
    BelvedereError
        ``plan.model_too_large``.
    """
    if len(solid.triangles) > MOST_TRIANGLES:
        values = {"count": len(solid.triangles), "most": MOST_TRIANGLES}
        raise BelvedereError("plan.model_too_large", "", **values)
    body = (
        _HEAD.pack(len(solid.xyz), len(solid.triangles))
        + np.round(solid.xyz * PER_M).astype("<i4").tobytes()
        + solid.triangles.astype("<u4").tobytes()
        + solid.rgba.astype("u1").tobytes()
    )
    return base64.b64encode(zlib.compress(body, 9)).decode("ascii")


def unpacked(text: str) -> Solid | None:
    """Return the solid of a text, None where it is none: files are hostile, and memory is bounded."""
    most = _HEAD.size + MOST_TRIANGLES * (3 * 12 + 12 + 4)
    try:
        body = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), most)
        vertices, count = _HEAD.unpack_from(body)
    except (binascii.Error, ValueError, zlib.error, struct.error):
        return None
    sizes = (vertices * 12, count * 12, count * 4)
    if count > MOST_TRIANGLES or len(body) != _HEAD.size + sum(sizes):
        return None
    starts = np.cumsum([_HEAD.size, *sizes])
    triangles = np.frombuffer(body, "<u4", count * 3, starts[1]).reshape(-1, 3)
    if count and int(triangles.max()) >= vertices:
        return None
    xyz = np.frombuffer(body, "<i4", vertices * 3, starts[0]).reshape(-1, 3) / PER_M
    rgba = np.frombuffer(body, "u1", count * 4, starts[2]).reshape(-1, 4)
    return Solid(xyz=xyz, triangles=triangles.astype(np.int32), rgba=rgba.astype(np.uint8))


def of_mesh(mesh: FeatureMesh, rows: NDArray[np.intp]) -> tuple[Solid, NDArray[np.float64]]:
    """Return the surfaces of some rows as one solid, and its anchor (3,): the middle of its foot, in the CRS."""
    chosen = np.isin(mesh.row_of_triangle, rows)
    if mesh.lod_of_triangle is not None and chosen.any():
        chosen &= mesh.lod_of_triangle == mesh.lod_of_triangle[chosen].max()
    corners = mesh.triangles[chosen].astype(np.int64)
    own = mesh.texture_of_triangle
    texture = own[chosen] if own is not None else np.full(len(corners), -1, np.int32)
    # A vertex between two pictures becomes two: each picture is cut down by itself.
    key = corners * (len(mesh.textures) + 1) + texture[:, None] + 1
    distinct, again = np.unique(key, return_inverse=True)
    used = distinct // (len(mesh.textures) + 1)
    xyz, triangles = mesh.xyz_in_crs[used], again.reshape(-1, 3).astype(np.int32)
    low, high = xyz.min(axis=0), xyz.max(axis=0)
    anchor = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    colours = mesh.rgba_of_triangle
    rgba = colours[chosen] if colours is not None else np.zeros((len(corners), 4), np.uint8)
    skin = None
    if mesh.uv_of_vertex is not None and (texture >= 0).any():
        whole = Skin(uv=mesh.uv_of_vertex[used], texture=texture, pictures=mesh.textures)
        skin = skins.fitted(whole, triangles)
    return Solid(xyz=xyz - anchor, triangles=triangles, rgba=rgba, skin=skin), anchor


def placed(values: Mapping[str, Any]) -> tuple[Solid, NDArray[np.float64]] | None:
    """Return the solid of the values of a change, and its vertices (n, 3) in the CRS; None where there is none.

    Pictures that cannot be read are left out.
    """
    solid = unpacked(str(values.get(MODEL, ""))) if values.get(MODEL) else None
    if solid is not None and values.get(SKIN):
        skin = skins.unpacked(str(values[SKIN]), len(solid.xyz), len(solid.triangles))
        solid = replace(solid, skin=skin)
    try:
        anchor = np.array(values[AT], np.float64).reshape(3)
        turn, scale, rise = (
            float(values.get(name) or usual)
            for name, usual in ((TURN, 0.0), (SCALE, 1.0), (RISE, 1.0))
        )
    except (KeyError, TypeError, ValueError):
        return None
    if solid is None or not np.isfinite([*anchor, turn, scale, rise]).all():
        return None
    angle = np.radians(turn)
    spin = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    xy = solid.xyz[:, :2] @ spin * scale
    return solid, np.column_stack([xy, solid.xyz[:, 2] * rise]) + anchor
