"""Parts of a scene as one binary glTF 2.0 file (Khronos, 2021), y up, metres; optionally quantised."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin import __version__
from twin.drawables import Role
from twin.export.parts import Part, Placed

FLOAT, USHORT, UINT, UBYTE = 5126, 5123, 5125, 5121
LINES, TRIANGLES = 1, 4
VERTICES, INDICES = 34962, 34963
TEXTURE_PX = 2048
STEPS, INSTANCES = "KHR_mesh_quantization", "EXT_mesh_gpu_instancing"


class _File:
    """Collects what a file holds."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.meshes: list[dict[str, Any]] = []
        self.nodes: list[dict[str, Any]] = []
        self.materials: list[dict[str, Any]] = []
        self.images: list[dict[str, Any]] = []
        self.textures: list[dict[str, Any]] = []
        self.extensions: set[str] = set()

    def view(self, data: bytes, **more: Any) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        self.views.append(
            {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data), **more}
        )
        self.data += data
        return len(self.views) - 1

    def accessor(self, array: NDArray[Any], kind: str, component: int, **more: Any) -> int:
        array = np.ascontiguousarray(array)
        target = more.pop("target", VERTICES)
        use: dict[str, Any] = {} if target is None else {"target": target}
        stride = {"byteStride": array.strides[0]} if target == VERTICES else {}
        view = self.view(array.tobytes(), **use, **stride)
        count = more.pop("count", len(array))
        self.accessors.append(
            {"bufferView": view, "componentType": component, "count": count, "type": kind, **more}
        )
        return len(self.accessors) - 1


def glb(
    parts: Iterable[Part], *, quantised: bool = False, extras: Mapping[str, Any] | None = None
) -> bytes:
    """Return parts as a .glb file; the same parts give the same bytes.

    Parameters
    ----------
    quantised : bool
        Positions as 16-bit steps (KHR_mesh_quantization): a fifth of a metre in ten kilometres.
    extras : mapping
        Stored beside the asset: title, origin and CRS of the scene.
    """
    file = _File()
    for part in parts:
        if len(part.indices) and len(part.xyz_in_scene):
            _add(file, part, quantised=quantised)
    body: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": f"Belvedere {__version__}"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(file.nodes))), "extras": dict(extras or {})}],
        "nodes": file.nodes,
        "meshes": file.meshes,
        "materials": file.materials,
        "accessors": file.accessors,
        "bufferViews": file.views,
        "buffers": [{"byteLength": len(file.data)}],
    }
    if file.images:
        body |= {"images": file.images, "textures": file.textures}
    if file.extensions:
        body["extensionsUsed"] = body["extensionsRequired"] = sorted(file.extensions)
    return _packed({key: value for key, value in body.items() if value != []}, bytes(file.data))


def _add(file: _File, part: Part, *, quantised: bool) -> None:
    node: dict[str, Any] = {"name": part.layer_id, "extras": {"role": part.role.value}}
    if part.facades:
        node["extras"]["facades"] = True
    xyz = _y_up(part.xyz_in_scene)
    if part.placed is not None:
        position = _exact(file, xyz)
        node["extensions"] = {INSTANCES: {"attributes": _instances(file, part.placed)}}
    elif quantised:
        position = _in_steps(file, xyz, node)
    else:
        low = xyz.min(axis=0)
        node["translation"] = low.tolist()
        position = _exact(file, xyz - low)
    attributes = {"POSITION": position}
    if part.rgba is not None:
        attributes["COLOR_0"] = file.accessor(_linear(part.rgba), "VEC4", UBYTE, normalized=True)
    if part.uv is not None:
        uv = np.column_stack([part.uv[:, 0], 1.0 - part.uv[:, 1]]).astype(np.float32)
        attributes["TEXCOORD_0"] = file.accessor(uv, "VEC2", FLOAT)
    flat = np.ascontiguousarray(part.indices.astype(np.uint32).ravel())
    primitive = {
        "attributes": attributes,
        "indices": file.accessor(flat, "SCALAR", UINT, target=INDICES),
        "mode": LINES if part.lines else TRIANGLES,
        "material": _material(file, part),
    }
    file.meshes.append({"primitives": [primitive], "name": part.layer_id})
    file.nodes.append({**node, "mesh": len(file.meshes) - 1})


def _y_up(xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    return xyz[:, [0, 2, 1]] * (1.0, 1.0, -1.0)


def _exact(file: _File, xyz: NDArray[np.float64]) -> int:
    """Add positions as they are; return their accessor."""
    exact = xyz.astype(np.float32)
    low, high = exact.min(axis=0).tolist(), exact.max(axis=0).tolist()
    return file.accessor(exact, "VEC3", FLOAT, min=low, max=high)


def _in_steps(file: _File, xyz: NDArray[np.float64], node: dict[str, Any]) -> int:
    """Add positions as 16-bit steps, of which the node says the size; return their accessor."""
    low = xyz.min(axis=0)
    step = float(max((xyz.max(axis=0) - low).max() / 65535.0, 1e-4))
    steps = np.zeros((len(xyz), 4), np.uint16)
    steps[:, :3] = np.round((xyz - low) / step)
    node |= {"translation": low.tolist(), "scale": [step] * 3}
    least, most = steps[:, :3].min(axis=0).tolist(), steps[:, :3].max(axis=0).tolist()
    file.extensions.add(STEPS)
    return file.accessor(steps, "VEC3", USHORT, min=least, max=most)


def _instances(file: _File, placed: Placed) -> dict[str, int]:
    """Add where a shape stands; return the accessors by name."""
    file.extensions.add(INSTANCES)
    turn = -np.deg2rad(placed.heading_deg) / 2.0
    zero = np.zeros(len(turn))
    turns = np.column_stack([zero, np.sin(turn), zero, np.cos(turn)])
    columns = {
        "TRANSLATION": (_y_up(placed.xyz_in_scene), "VEC3"),
        "ROTATION": (turns, "VEC4"),
        "SCALE": (placed.scale_m[:, [0, 2, 1]], "VEC3"),
    }
    made = {
        name: file.accessor(values.astype(np.float32), kind, FLOAT, target=None)
        for name, (values, kind) in columns.items()
    }
    # The underscore: colours of instances are not in the extension, but three.js and others read them so.
    tint = _linear(placed.rgba)
    made["_COLOR_0"] = file.accessor(tint, "VEC4", UBYTE, target=None, normalized=True)
    return made


def _material(file: _File, part: Part) -> int:
    surface: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": 0.95}
    if part.role is Role.WATER:
        surface["roughnessFactor"] = 0.2
    if part.texture is not None:
        surface["baseColorTexture"] = {"index": _texture(file, part.texture)}
    file.materials.append(
        {"name": part.layer_id, "pbrMetallicRoughness": surface, "doubleSided": True}
    )
    return len(file.materials) - 1


def _texture(file: _File, pixels: NDArray[np.uint8]) -> int:
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((TEXTURE_PX, TEXTURE_PX), Image.Resampling.BOX)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=82)
    file.images.append({"bufferView": file.view(written.getvalue()), "mimeType": "image/jpeg"})
    file.textures.append({"source": len(file.images) - 1})
    return len(file.textures) - 1


def _linear(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return vertex colours as glTF wants them: linear light."""
    share = np.arange(256) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    table = np.round(linear * 255).astype(np.uint8)
    made = np.ascontiguousarray(rgba.copy())
    made[:, :3] = table[rgba[:, :3]]
    return made


def _packed(body: Mapping[str, Any], data: bytes) -> bytes:
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    data += b"\0" * (-len(data) % 4)
    chunks = struct.pack("<II", len(text), 0x4E4F534A) + text
    chunks += struct.pack("<II", len(data), 0x004E4942) + data
    return struct.pack("<III", 0x46546C67, 2, 12 + len(chunks)) + chunks
