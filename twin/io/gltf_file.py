"""The container of glTF 2.0: JSON and binary chunks, buffers, views and accessors, every promise checked.

Khronos glTF 2.0 Specification; EXT_meshopt_compression, KHR_mesh_quantization, KHR_draco_mesh_compression.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.gltf_error import GltfError
from twin.io.jsonstream import parse

Fetch = Callable[[str], bytes | None]
"""Gives the content of what a file names beside itself; None where it may not or cannot."""

_GLB = struct.Struct("<4sII")
_CHUNK = struct.Struct("<I4s")
_DTYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


def nothing(_name: str) -> bytes | None:
    """A :data:`Fetch` for content that may name nothing."""
    return None


@dataclass
class Gltf:
    """A glTF asset: its JSON, and its numbers when they are asked for.

    Raises
    ------
    GltfError
        From every method: what is asked for is not there, or not as large as promised.
    """

    json: Mapping[str, Any]
    binary: bytes | None = None
    fetch: Fetch = nothing
    _buffers: dict[int, bytes] = field(default_factory=dict)
    _views: dict[int, bytes] = field(default_factory=dict)

    def items(self, name: str) -> list[Any]:
        """Return the array of that name at the top of the JSON."""
        found = self.json.get(name)
        return found if isinstance(found, list) else []

    def item(self, name: str, index: Any) -> Mapping[str, Any]:
        """Return one entry of an array at the top."""
        found = self.items(name)
        if isinstance(index, float) and index.is_integer():
            index = int(index)
        if type(index) is not int or not 0 <= index < len(found):
            raise GltfError(f"no {name}[{index}]")
        entry = found[index]
        if not isinstance(entry, dict):
            raise GltfError(f"{name}[{index}] is no object")
        return entry

    def buffer(self, index: Any) -> bytes:
        """Return the bytes of a buffer."""
        found = self._buffers.get(index) if isinstance(index, int) else None
        if found is None:
            entry = self.item("buffers", index)
            uri = entry.get("uri")
            data = self.fetch(uri) if isinstance(uri, str) else self.binary
            size = natural(entry.get("byteLength", 0))
            if data is None and uri is None and size <= limits.TEXTURE_BYTES:
                data = bytes(size)  # what fills it is left to extensions; nothing is zeros
            if data is None:
                raise GltfError(f"buffer {str(uri)[:80]} is missing")
            found = data[:size] if size else data
            self._buffers[index] = found
        return found

    def view(self, index: Any) -> tuple[bytes, int]:
        """Return the bytes of a view and the distance of its elements, 0 where they touch."""
        entry = self.item("bufferViews", index)
        packed = extension(entry, "EXT_meshopt_compression") or extension(
            entry, "KHR_meshopt_compression"
        )
        if packed is not None:
            if index not in self._views:
                self._views[index] = self._unpacked(packed)
            return self._views[index], natural(packed.get("byteStride", 0))
        buffer = self.buffer(entry.get("buffer"))
        start, length = natural(entry.get("byteOffset", 0)), natural(entry.get("byteLength", 0))
        if start + length > len(buffer):
            raise GltfError(f"view {index} ends beyond its buffer")
        return buffer[start : start + length], natural(entry.get("byteStride", 0))

    def _unpacked(self, packed: Mapping[str, Any]) -> bytes:
        from twin.io.meshopt import decode

        buffer = self.buffer(packed.get("buffer"))
        start, length = natural(packed.get("byteOffset", 0)), natural(packed.get("byteLength", 0))
        count, stride = natural(packed.get("count", 0)), natural(packed.get("byteStride", 0))
        if start + length > len(buffer) or count * stride > limits.JSON_BYTES:
            raise GltfError("a compressed view promises too much")
        mode, kind = str(packed.get("mode")), str(packed.get("filter", "NONE"))
        return decode(buffer[start : start + length], count, stride, mode=mode, filter_=kind)

    def accessor(self, index: Any, *, whole: bool = False) -> NDArray[Any]:
        """Return (n,) or (n, k) numbers of an accessor; normalised integers are floats in -1 to 1.

        Parameters
        ----------
        whole : bool
            Normalised integers stay what they are.
        """
        entry = self.item("accessors", index)
        count = natural(entry.get("count", 0))
        dtype, width = _layout(entry)
        if count > limits.VERTICES or count * width > limits.VERTICES:
            raise GltfError(f"accessor {index} promises {count} elements")
        if "bufferView" in entry:
            values = self._elements(entry, count, dtype, width)
        else:
            if "sparse" not in entry and count > 1_000_000:
                raise GltfError(f"accessor {index} has {count} elements of nothing")
            values = np.zeros((count, width), dtype)
        if isinstance(entry.get("sparse"), Mapping):
            values = self._with_sparse(values, entry["sparse"], dtype, width)
        if entry.get("normalized") and not whole and values.dtype.kind in "iu":
            values = _normalised(values)
        return values[:, 0] if width == 1 else values

    def _elements(
        self, entry: Mapping[str, Any], count: int, dtype: np.dtype[Any], width: int
    ) -> NDArray[Any]:
        data, stride = self.view(entry["bufferView"])
        return strided(data, natural(entry.get("byteOffset", 0)), stride, count, (dtype, width))

    def _with_sparse(
        self, values: NDArray[Any], sparse: Mapping[str, Any], dtype: np.dtype[Any], width: int
    ) -> NDArray[Any]:
        count = natural(sparse.get("count", 0))
        where, what = sparse.get("indices"), sparse.get("values")
        if not isinstance(where, Mapping) or not isinstance(what, Mapping) or count > len(values):
            raise GltfError("a sparse accessor is incomplete")
        kind = np.dtype(_DTYPES.get(where.get("componentType", 5125), "<u4"))
        data, stride = self.view(where.get("bufferView"))
        start = natural(where.get("byteOffset", 0))
        index = strided(data, start, stride, count, (kind, 1))[:, 0].astype(np.int64)
        if len(index) and int(index.max()) >= len(values):
            raise GltfError("a sparse index is beyond its accessor")
        data, stride = self.view(what.get("bufferView"))
        start = natural(what.get("byteOffset", 0))
        changed = values.copy()
        changed[index] = strided(data, start, stride, count, (dtype, width))
        return changed


def open_gltf(data: bytes, fetch: Fetch, where: str) -> Gltf:
    """Take a ``.glb`` or ``.gltf`` apart.

    Raises
    ------
    ReadError
        Not glTF 2.0, or needs an extension that is not read here.
    """
    text, binary = _chunks(data, where) if data[:4] == b"glTF" else (data, None)
    text = text.removeprefix(b"\xef\xbb\xbf").rstrip(b" \x00")
    try:
        content = parse(text)
    except ValueError as error:
        raise ReadError("io.json_damaged", where, at=0, reason=str(error)[:120]) from error
    if not isinstance(content, Mapping) or not isinstance(content.get("asset"), Mapping):
        raise ReadError("io.gltf_damaged", where, reason="asset")
    version = str(content["asset"].get("version", ""))
    if not version.startswith("2"):
        raise ReadError("io.gltf_version", where, version=version[:20] or "?")
    required = content.get("extensionsRequired")
    unknown = (
        sorted({str(name) for name in required if name not in KNOWN})
        if isinstance(required, list)
        else []
    )
    if unknown:
        raise ReadError("io.gltf_extension", where, names=", ".join(unknown)[:200])
    return Gltf(content, binary, fetch)


KNOWN = {
    "CESIUM_RTC", "CESIUM_primitive_outline", "EXT_feature_metadata", "EXT_instance_features",
    "EXT_mesh_features", "EXT_mesh_gpu_instancing", "EXT_meshopt_compression",
    "EXT_structural_metadata", "EXT_texture_webp", "KHR_draco_mesh_compression", "KHR_lights_punctual",
    "KHR_materials_clearcoat", "KHR_materials_emissive_strength", "KHR_materials_ior",
    "KHR_materials_pbrSpecularGlossiness", "KHR_materials_sheen", "KHR_materials_specular",
    "KHR_materials_transmission", "KHR_materials_unlit", "KHR_materials_variants", "KHR_materials_volume",
    "KHR_mesh_quantization", "KHR_meshopt_compression", "KHR_techniques_webgl", "KHR_texture_basisu",
    "KHR_texture_transform",
    "KHR_xmp_json_ld", "KHR_animation_pointer", "MAXAR_content_geojson",
}  # fmt: skip
"""Extensions that are read, or that only change how something shines."""


def _chunks(data: bytes, where: str) -> tuple[bytes, bytes | None]:
    if len(data) < _GLB.size:
        raise ReadError("io.gltf_damaged", where, reason="header")
    _, version, _ = _GLB.unpack_from(data)
    if version != 2:
        raise ReadError("io.gltf_version", where, version=str(version))
    position = _GLB.size
    text, binary = b"", None
    while position + _CHUNK.size <= len(data):
        length, kind = _CHUNK.unpack_from(data, position)
        position += _CHUNK.size
        chunk = data[position : position + length]
        if kind == b"JSON" and not text:
            text = chunk
        elif kind == b"BIN\x00" and binary is None:
            binary = chunk
        position += length
    return text, binary


def natural(value: Any) -> int:
    """Return a count, length or offset. Raises GltfError for what is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int or not 0 <= value < 2**53:
        raise GltfError(f"{str(value)[:40]} is no count")
    return value


def extension(entry: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Return what an extension adds to an entry, None where it has none."""
    found = entry.get("extensions")
    inner = found.get(name) if isinstance(found, dict) else None
    return inner if isinstance(inner, dict) else None


def strided(
    data: bytes, start: int, stride: int, count: int, layout: tuple[np.dtype[Any], int]
) -> NDArray[Any]:
    """Return (count, width) numbers that lie ``stride`` bytes apart."""
    dtype, width = layout
    size = dtype.itemsize * width
    stride = stride or size
    if count and start + stride * (count - 1) + size > len(data):
        raise GltfError("an accessor ends beyond its view")
    if stride == size:
        return np.frombuffer(data, dtype, count * width, start).reshape(count, width)
    raw = np.frombuffer(data, np.uint8)
    if stride < size or not count:
        raise GltfError("elements overlap")
    rows = np.lib.stride_tricks.as_strided(raw[start:], (count, size), (stride, 1))
    return np.ascontiguousarray(rows).view(dtype).reshape(count, width)


def _layout(entry: Mapping[str, Any]) -> tuple[np.dtype[Any], int]:
    try:
        return np.dtype(_DTYPES[entry["componentType"]]), _WIDTHS[entry["type"]]
    except (KeyError, TypeError) as error:
        raise GltfError("an accessor has no known type") from error


def _normalised(values: NDArray[Any]) -> NDArray[np.float64]:
    top = float(np.iinfo(values.dtype).max)
    return np.maximum(values.astype(np.float64) / top, -1.0)
