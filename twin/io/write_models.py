"""glTF, GLB and OBJ: models with their rows, so that names and attributes come back with the shapes."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from twin.io.columns import cell
from twin.model.table import FEATURE_ID, FeatureMesh, FeatureTable

_ALIGN = 8
_CLASS = "row"


@dataclass
class _Buffer:
    """The binary part of a GLB while it grows."""

    parts: list[bytes] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    size: int = 0

    def view(self, data: bytes, **more: Any) -> int:
        """Add bytes and return the number of their view."""
        entry = {"buffer": 0, "byteOffset": self.size, "byteLength": len(data), **more}
        self.views.append(entry)
        padding = -len(data) % _ALIGN
        self.parts.append(data + b"\x00" * padding)
        self.size += len(data) + padding
        return len(self.views) - 1

    def accessor(self, values: NDArray[Any], kind: str, component: int, **more: Any) -> int:
        """Add numbers and return the number of their accessor."""
        entry = {
            "bufferView": self.view(np.ascontiguousarray(values).tobytes()),
            "componentType": component,
            "count": len(values),
            "type": kind,
            **more,
        }
        self.accessors.append(entry)
        return len(self.accessors) - 1


def write_glb(table: FeatureTable, path: Path) -> None:
    """Write one binary file. Positions are kept exact: the zero of the scene stands in the node and in ``extras``."""
    document, binary = _document(table)
    document["buffers"] = [{"byteLength": len(binary)}]
    text = orjson.dumps(document)
    text += b" " * (-len(text) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(binary), b"BIN\x00") + binary
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, total) + chunks)


def write_gltf(table: FeatureTable, path: Path) -> None:
    """Write JSON with the numbers inside it."""
    import base64

    document, binary = _document(table)
    uri = "data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    document["buffers"] = [{"byteLength": len(binary), "uri": uri}]
    path.write_bytes(orjson.dumps(document))


def _document(table: FeatureTable) -> tuple[dict[str, Any], bytes]:
    buffer = _Buffer()
    mesh = table.mesh
    origin = np.zeros(3)
    if mesh is not None and len(mesh.xyz_in_crs):
        origin = np.floor(mesh.xyz_in_crs.mean(axis=0))
    document: dict[str, Any] = {
        "asset": {
            "version": "2.0",
            "generator": "Belvedere",
            "extras": {"crs": table.crs, "origin": origin.tolist(), "up": "z of the CRS is y here"},
        },
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [
            {
                "name": table.name or "model",
                "translation": (origin[[0, 2, 1]] * [1, 1, -1]).tolist(),
            }
        ],
    }
    if mesh is not None and len(mesh.triangles):
        document["nodes"][0]["mesh"] = 0
        document["meshes"] = [{"primitives": _primitives(mesh, origin, buffer, document)}]
        _add_table(table, buffer, document)
        document["extensionsUsed"] = ["EXT_mesh_features", "EXT_structural_metadata"]
    document["bufferViews"], document["accessors"] = buffer.views, buffer.accessors
    return {key: value for key, value in document.items() if value != []}, b"".join(buffer.parts)


def _primitives(
    mesh: FeatureMesh, origin: NDArray[np.float64], buffer: _Buffer, document: dict[str, Any]
) -> list[dict[str, Any]]:
    texture = (
        np.full(len(mesh.triangles), -1)
        if mesh.texture_of_triangle is None
        else mesh.texture_of_triangle
    )
    made = []
    for number in np.unique(texture).tolist():
        chosen = np.flatnonzero(texture == number)
        made.append(_primitive(mesh, chosen, origin, (buffer, document), number))
    return made


def _primitive(
    mesh: FeatureMesh,
    chosen: NDArray[np.intp],
    origin: NDArray[np.float64],
    into: tuple[_Buffer, dict[str, Any]],
    texture: int,
) -> dict[str, Any]:
    buffer, document = into
    corners = mesh.triangles[chosen].astype(np.int64)
    row = np.repeat(mesh.row_of_triangle[chosen].astype(np.int64), 3).reshape(-1, 3)
    rgba = _colours(mesh, chosen)
    packed = rgba.astype(np.int64) @ np.array([1 << 24, 1 << 16, 1 << 8, 1])
    colour = np.repeat(packed, 3).reshape(-1, 3)
    # A vertex of two rows or colours becomes two.
    keys = np.column_stack([corners.ravel(), row.ravel(), colour.ravel()])
    distinct, index = np.unique(keys, axis=0, return_inverse=True)
    xyz = (mesh.xyz_in_crs[distinct[:, 0]] - origin)[:, [0, 2, 1]] * [1, 1, -1]
    xyz = xyz.astype("<f4")
    attributes = {
        "POSITION": buffer.accessor(
            xyz, "VEC3", 5126, min=xyz.min(axis=0).tolist(), max=xyz.max(axis=0).tolist()
        ),
        "_FEATURE_ID_0": buffer.accessor(distinct[:, 1].astype("<f4"), "SCALAR", 5126),
    }
    if texture < 0 and rgba[:, 3].any():
        attributes["COLOR_0"] = buffer.accessor(_linear(distinct[:, 2]), "VEC4", 5126)
    if texture >= 0 and mesh.uv_of_vertex is not None:
        uv = mesh.uv_of_vertex[distinct[:, 0]] * [1, -1] + [0, 1]
        attributes["TEXCOORD_0"] = buffer.accessor(uv.astype("<f4"), "VEC2", 5126)
    features = [{"featureCount": len(np.unique(row)), "attribute": 0, "propertyTable": 0}]
    primitive = {
        "attributes": attributes,
        "indices": buffer.accessor(index.reshape(-1).astype("<u4"), "SCALAR", 5125),
        "mode": 4,
        "extensions": {"EXT_mesh_features": {"featureIds": features}},
    }
    if (
        texture >= 0 or "COLOR_0" in attributes
    ):  # else it has no colour, which a material would make white
        primitive["material"] = _material(mesh, texture, buffer, document)
    return primitive


def _colours(mesh: FeatureMesh, chosen: NDArray[np.intp]) -> NDArray[np.uint8]:
    if mesh.rgba_of_triangle is None:
        return np.zeros((len(chosen), 4), np.uint8)
    return mesh.rgba_of_triangle[chosen]


def _linear(packed: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the colours of a screen as linear light; what has none is white."""
    shifts = np.array([24, 16, 8, 0])
    rgba = ((packed[:, None] >> shifts) & 255) / 255.0
    rgba[rgba[:, 3] == 0] = 1.0
    screen = rgba[:, :3]
    linear = np.where(screen <= 0.04045, screen / 12.92, ((screen + 0.055) / 1.055) ** 2.4)
    return np.column_stack([linear, np.ones(len(rgba))]).astype("<f4")


def _material(mesh: FeatureMesh, texture: int, buffer: _Buffer, document: dict[str, Any]) -> int:
    materials = document.setdefault("materials", [])
    surface: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 0.9}
    if texture >= 0:
        from PIL import Image

        store = io.BytesIO()
        Image.fromarray(mesh.textures[texture]).save(store, "PNG")
        image = {"bufferView": buffer.view(store.getvalue()), "mimeType": "image/png"}
        document.setdefault("images", []).append(image)
        document.setdefault("textures", []).append({"source": len(document["images"]) - 1})
        surface["baseColorTexture"] = {"index": len(document["textures"]) - 1}
    materials.append({"pbrMetallicRoughness": surface, "doubleSided": True})
    return len(materials) - 1


def _add_table(table: FeatureTable, buffer: _Buffer, document: dict[str, Any]) -> None:
    """EXT_structural_metadata: one property table with a row for each row."""
    properties: dict[str, Any] = {}
    places: dict[str, Any] = {}
    frame = table.frame
    named = [(FEATURE_ID, frame[FEATURE_ID])]
    named += [
        (str(name), frame[name])
        for name in frame.columns
        if name not in {FEATURE_ID, frame.geometry.name}
    ]
    for number, (name, column) in enumerate(named):
        key = f"p{number}"
        if column.dtype.kind in "iuf":
            values = column.to_numpy(np.float64)
            properties[key] = {"name": name, "type": "SCALAR", "componentType": "FLOAT64"}
            places[key] = {"values": buffer.view(values.astype("<f8").tobytes())}
        else:
            texts = ["" if _missing(value) else str(cell(value)) for value in column]
            encoded = [text.encode() for text in texts]
            offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
            properties[key] = {"name": name, "type": "STRING"}
            places[key] = {
                "values": buffer.view(b"".join(encoded) or b" "),
                "stringOffsets": buffer.view(offsets.tobytes()),
            }
    document["extensions"] = {
        "EXT_structural_metadata": {
            "schema": {"id": "belvedere", "classes": {_CLASS: {"properties": properties}}},
            "propertyTables": [{"class": _CLASS, "count": len(frame), "properties": places}],
        }
    }


def _missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124 - NaN
