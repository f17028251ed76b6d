"""Writes binary glTF 2.0 with feature ids and attributes (EXT_mesh_features, EXT_structural_metadata).

The same input gives the same bytes. Positions are relative to the middle of the content, which the node
places in double precision; glTF has y up, the tile z: (east, north, up) becomes (east, up, -north).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import __version__
from twin.tiles.metadata import CLASS, Property, schema_of, text_buffers

FLOAT, UINT32, UINT16, UINT8 = 5126, 5125, 5123, 5121
ARRAY_BUFFER, ELEMENT_BUFFER = 34962, 34963
TRIANGLES, LINES, POINTS = 4, 1, 0
COMPONENTS = {np.dtype(np.uint16): UINT16, np.dtype(np.uint32): UINT32}


@dataclass(frozen=True, eq=False, kw_only=True)
class Primitive:
    """Triangles, lines or points of many features.

    Parameters
    ----------
    xyz : (n, 3) float64
        In the tile's frame, metres, z up.
    indices : (m,) int
        Three, two or one a piece by ``mode``.
    feature : (n,) int
        Row of the property table, -1 for none.
    rgba : (n, 4) uint8
    closed : bool
        Back faces may be culled.
    uv : (n, 2) float32 or None
        v down, as glTF has it. ``picture`` is then the encoded PNG or JPEG.
    role : str
        What it is in the scene; the name of its material.
    """

    xyz: NDArray[np.float64]
    indices: NDArray[Any]
    feature: NDArray[np.int32]
    rgba: NDArray[np.uint8]
    mode: int = TRIANGLES
    closed: bool = False
    normals: NDArray[np.float32] | None = None
    uv: NDArray[np.float32] | None = None
    picture: bytes | None = None
    role: str = "solid"


@dataclass
class _Buffer:
    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)

    def view(self, raw: bytes, *, align: int = 8, **more: Any) -> int:
        self.data += b"\0" * (-len(self.data) % align)
        self.views.append(
            {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(raw), **more}
        )
        self.data += raw
        return len(self.views) - 1

    def accessor(self, values: NDArray[Any], kind: str, component: int, **more: Any) -> int:
        target = ELEMENT_BUFFER if more.pop("is_index", False) else ARRAY_BUFFER
        view = self.view(np.ascontiguousarray(values).tobytes(), align=4, target=target)
        self.accessors.append(
            {
                "bufferView": view,
                "componentType": component,
                "count": len(values),
                "type": kind,
                **more,
            }
        )
        return len(self.accessors) - 1


def write_glb(primitives: Sequence[Primitive], properties: Sequence[Property], count: int) -> bytes:
    """Return a .glb file.

    Parameters
    ----------
    primitives : sequence of Primitive
        At least one with something to draw.
    properties : sequence of Property
        Columns of ``count`` rows.
    """
    primitives = [p for p in primitives if len(p.indices)]
    low = np.min([p.xyz.min(axis=0) for p in primitives], axis=0)
    high = np.max([p.xyz.max(axis=0) for p in primitives], axis=0)
    middle = np.round((low + high) / 2, 3)
    buffer = _Buffer()
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": f"Belvedere {__version__}"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "translation": [middle[0], middle[2], -middle[1]]}],
        "materials": [],
    }
    with_features = count > 0
    meshes = [_primitive(p, middle, buffer, document, with_features) for p in primitives]
    document["meshes"] = [{"primitives": meshes}]
    if with_features:
        _attributes(document, properties, count, buffer)
    document["bufferViews"], document["accessors"] = buffer.views, buffer.accessors
    buffer.data += b"\0" * (-len(buffer.data) % 8)
    document["buffers"] = [{"byteLength": len(buffer.data)}]
    return _packed(document, bytes(buffer.data))


def _primitive(
    p: Primitive,
    middle: NDArray[np.float64],
    buffer: _Buffer,
    document: dict[str, Any],
    with_features: bool,  # noqa: FBT001 - private
) -> dict[str, Any]:
    local = (p.xyz - middle).astype(np.float32)
    y_up = np.column_stack([local[:, 0], local[:, 2], -local[:, 1]])
    attributes = {
        "POSITION": buffer.accessor(
            y_up, "VEC3", FLOAT, min=_numbers(y_up.min(axis=0)), max=_numbers(y_up.max(axis=0))
        ),
    }
    if p.picture is None:
        attributes["COLOR_0"] = buffer.accessor(_linear(p.rgba), "VEC4", UINT8, normalized=True)
    if p.normals is not None:
        n = p.normals
        turned = np.column_stack([n[:, 0], n[:, 2], -n[:, 1]]).astype(np.float32)
        attributes["NORMAL"] = buffer.accessor(turned, "VEC3", FLOAT)
    if p.uv is not None and p.picture is not None:
        attributes["TEXCOORD_0"] = buffer.accessor(p.uv.astype(np.float32), "VEC2", FLOAT)
    made: dict[str, Any] = {"attributes": attributes, "mode": p.mode}
    if with_features:
        ids = np.where(p.feature < 0, count_of(p.feature), p.feature).astype(np.float32)
        attributes["_FEATURE_ID_0"] = buffer.accessor(ids, "SCALAR", FLOAT)
        distinct = np.unique(p.feature[p.feature >= 0])
        feature_ids: dict[str, Any] = {
            "featureCount": max(len(distinct), 1),
            "attribute": 0,
            "propertyTable": 0,
        }
        if (p.feature < 0).any():
            feature_ids["nullFeatureId"] = int(count_of(p.feature))
        made["extensions"] = {"EXT_mesh_features": {"featureIds": [feature_ids]}}
    size = np.uint16 if len(p.xyz) < 65_535 else np.uint32
    indices = p.indices.reshape(-1).astype(size)
    made["indices"] = buffer.accessor(indices, "SCALAR", COMPONENTS[np.dtype(size)], is_index=True)
    made["material"] = _material(p, buffer, document)
    return made


def _linear(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return colours of a screen (sRGB, IEC 61966-2-1) as the linear light that glTF has in vertices."""
    screen = np.arange(256) / 255.0
    light = np.where(screen <= 0.04045, screen / 12.92, ((screen + 0.055) / 1.055) ** 2.4)
    table = np.rint(255 * light).astype(np.uint8)
    return np.column_stack([table[rgba[:, :3]], rgba[:, 3]])


def count_of(feature: NDArray[np.int32]) -> int:
    """Return the id that says "no feature": one beyond the highest."""
    return int(feature.max(initial=-1)) + 1


def _material(p: Primitive, buffer: _Buffer, document: dict[str, Any]) -> int:
    pbr: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 0.9}
    if p.picture is not None:
        mime = "image/png" if p.picture[:4] == b"\x89PNG" else "image/jpeg"
        view = buffer.view(p.picture, align=4)
        images = document.setdefault("images", [])
        images.append({"bufferView": view, "mimeType": mime})
        # Mip levels are made by the reader: the format keeps the one picture.
        document.setdefault(
            "samplers", [{"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}]
        )
        textures = document.setdefault("textures", [])
        textures.append({"source": len(images) - 1, "sampler": 0})
        pbr["baseColorTexture"] = {"index": len(textures) - 1}
    material: dict[str, Any] = {
        "name": p.role,
        "pbrMetallicRoughness": pbr,
        "doubleSided": not p.closed,
    }
    if p.picture is None and bool((p.rgba[:, 3] < 255).any()):
        material["alphaMode"] = "BLEND"
    if material not in document["materials"]:
        document["materials"].append(material)
    return int(document["materials"].index(material))


def _attributes(
    document: dict[str, Any], properties: Sequence[Property], count: int, buffer: _Buffer
) -> None:
    columns: dict[str, Any] = {}
    for p in properties:
        if p.is_text:
            raw, offsets = text_buffers(p.values)
            columns[p.id] = {
                "values": buffer.view(raw or b"\0"),
                "stringOffsets": buffer.view(offsets.tobytes()),
            }
        else:
            columns[p.id] = {"values": buffer.view(p.values.tobytes())}
    document["extensionsUsed"] = ["EXT_mesh_features", "EXT_structural_metadata"]
    document["extensions"] = {
        "EXT_structural_metadata": {
            "schema": schema_of(properties),
            "propertyTables": [{"class": CLASS, "count": count, "properties": columns}],
        }
    }


def _numbers(values: NDArray[np.float32]) -> list[float]:
    return [float(v) for v in values]


def _packed(document: dict[str, Any], binary: bytes) -> bytes:
    text = json.dumps(document, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()
    text += b" " * ((4 - len(text)) % 8)  # the buffer then begins on a multiple of 8
    total = 12 + 8 + len(text) + 8 + len(binary)
    return b"".join(
        [
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        ]
    )
