"""What one tile of 3D Tiles 1.0 or 1.1 holds: b3dm, i3dm, pnts, cmpt, glTF. Pure functions from bytes.

OGC 22-025r4 (3D Tiles 1.1). Coordinates come out in those of the tile, z up; the transform of the tile is the caller's.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.gltf_error import GltfError
from twin.io.gltf_file import Fetch, Gltf, natural, open_gltf
from twin.io.gltf_scene import Scene, scene_of
from twin.io.gltf_tables import batch_table
from twin.io.jsonstream import parse
from twin.io.tiles3d_instances import Features, instance_matrices
from twin.io.tiles3d_points import TilePoints, points_of

_LEGACY = 570_425_344
"""``{"`` read as a length: the header is of a draft and shorter (as in CesiumJS)."""
_GEOJSON = re.compile(rb'\s*\{[^{]{0,200}"type"\s*:\s*"Feature')
_DEEPEST = 8
_MOST_PARTS = 10_000


@dataclass(frozen=True, eq=False, kw_only=True)
class TileModel:
    """A glTF asset of a tile.

    Parameters
    ----------
    scene : Scene
        In the axes of glTF; :data:`twin.io.gltf_parts.Z_UP` turns it, unless the tileset has another up axis.
    matrices : tuple of (4, 4) float64
        Applied after the turn: one, or one for each instance.
    features : mapping of str to sequence
        Batch table, by column; empty where the asset has tables of its own.
    feature_of_matrix : (k,) int64 or None
        Feature of each instance.
    """

    gltf: Gltf
    scene: Scene
    matrices: tuple[NDArray[np.float64], ...]
    features: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    feature_of_matrix: NDArray[np.int64] | None = None


Content = TileModel | TilePoints


def decode(data: bytes, *, fetch: Fetch, where: str, depth: int = 0) -> list[Content]:
    """Return what a tile holds.

    Parameters
    ----------
    fetch : callable
        Gives what the tile names (images, buffers, the model of an i3dm), relative to the tile.
    where : str
        Name for messages.

    Raises
    ------
    ReadError
        Not a content that is read, or damaged.
    """
    kind = data[:4]
    try:
        if kind == b"b3dm":
            return [_b3dm(data, fetch, where)]
        if kind == b"i3dm":
            return [_i3dm(data, fetch, where)]
        if kind == b"pnts":
            table, _ = _tables(data, 28, where)
            return [points_of(table)]
        if kind == b"cmpt":
            return _cmpt(data, fetch, where, depth)
        if _GEOJSON.match(data):
            raise ReadError("io.tile_unknown", where, magic="GeoJSON")
        if kind == b"glTF" or data.lstrip()[:1] == b"{":
            return [_plain(open_gltf(data, fetch, where))]
    except (GltfError, ValueError, KeyError, TypeError, IndexError, struct.error) as error:
        raise ReadError("io.tile_damaged", where, reason=str(error)[:160]) from error
    raise ReadError("io.tile_unknown", where, magic=repr(kind)[2:-1])


def _plain(gltf: Gltf) -> TileModel:
    return TileModel(gltf=gltf, scene=scene_of(gltf), matrices=(np.eye(4),))


def _b3dm(data: bytes, fetch: Fetch, where: str) -> TileModel:
    table, body = _tables(data, _b3dm_header(data), where)
    gltf = open_gltf(body, fetch, where)
    count = natural(table.json.get("BATCH_LENGTH", 0))
    return TileModel(
        gltf=gltf,
        scene=scene_of(gltf),
        matrices=(table.centred(),),
        features=batch_table(table.batch, table.batch_binary, min(count, limits.FEATURES)),
    )


def _b3dm_header(data: bytes) -> int:
    lengths = struct.unpack_from("<4I", data, 12)
    if lengths[2] >= _LEGACY:
        return 20
    return 24 if lengths[3] >= _LEGACY else 28


def _i3dm(data: bytes, fetch: Fetch, where: str) -> TileModel:
    table, body = _tables(data, 32, where)
    if struct.unpack_from("<I", data, 28)[0] == 0:
        name = body.split(b"\x00")[0].decode("utf-8", "replace").strip()
        found = fetch(name)
        if found is None:
            raise ReadError("io.tile_missing", where, names=name[:120], count=1)
        body = found
    gltf = open_gltf(body, fetch, where)
    matrices, features = instance_matrices(table)
    return TileModel(
        gltf=gltf,
        scene=scene_of(gltf),
        matrices=tuple(matrices),
        features=batch_table(table.batch, table.batch_binary, len(matrices)),
        feature_of_matrix=features,
    )


def _cmpt(data: bytes, fetch: Fetch, where: str, depth: int) -> list[Content]:
    if depth > _DEEPEST:
        raise GltfError("tiles are nested too deeply")
    (count,) = struct.unpack_from("<I", data, 12)
    found: list[Content] = []
    position = 16
    for _ in range(min(count, _MOST_PARTS)):
        if position + 12 > len(data):
            raise GltfError("the inner tiles break off")
        (length,) = struct.unpack_from("<I", data, position + 8)
        if length < 12 or position + length > len(data):
            raise GltfError("an inner tile is longer than what is left")
        inner = data[position : position + length]
        found += decode(inner, fetch=fetch, where=where, depth=depth + 1)
        position += length
    return found


def _tables(data: bytes, header: int, where: str) -> tuple[Features, bytes]:
    """Return feature and batch table, and what follows them."""
    del where
    if len(data) < header:
        raise GltfError("the header breaks off")
    (length,) = struct.unpack_from("<I", data, 8)
    data = data[:length] if header <= length <= len(data) else data
    sizes, batch_count = _sizes(data, header)
    parts = []
    position = header
    for size in sizes:
        if position + size > len(data):
            raise GltfError("a table is longer than the tile")
        parts.append(data[position : position + size])
        position += size
    json = _object(parts[0])
    if batch_count is not None:
        json = {"BATCH_LENGTH": batch_count, **json}
    table = Features(json=json, binary=parts[1], batch=_object(parts[2]), batch_binary=parts[3])
    return table, data[position:]


def _sizes(data: bytes, header: int) -> tuple[tuple[int, ...], int | None]:
    if header == 20:
        count, size = struct.unpack_from("<2I", data, 12)
        return (0, 0, size, 0), count
    if header == 24:
        size, binary, count = struct.unpack_from("<3I", data, 12)
        return (0, 0, size, binary), count
    return struct.unpack_from("<4I", data, 12), None


def _object(text: bytes) -> dict[str, Any]:
    bare = text.strip(b" \x00\t\r\n")
    if not bare:
        return {}
    found = parse(bare)
    return found if isinstance(found, dict) else {}
