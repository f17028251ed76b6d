"""The scene of a glTF asset as flat parts: nodes applied, materials told, triangles made of every mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.io import limits
from twin.io.gltf_error import GltfError
from twin.io.gltf_file import Gltf, extension

Matrix = NDArray[np.float64]
_MOST_DEEP = 64
_MOST_NODES = 200_000
_POINTS, _LINES, _TRIANGLES = "points", "lines", "triangles"


@dataclass(frozen=True, eq=False, kw_only=True)
class Part:
    """One primitive of one node, in the axes of glTF: y up, metres.

    Parameters
    ----------
    xyz : (n, 3) float64
    cells : (m, 3), (m, 2) or (m, 1) int64
        Triangles, lines or points as indices of vertices.
    name, material : str
    rgba : tuple of 4 int
        Base colour of the material; alpha 0 where it has none.
    rgba_of_vertex : (n, 4) uint8 or None
    uv : (n, 2) float32 or None
        v up.
    picture : int
        Index among the images of the asset, -1 for none.
    feature_of_vertex : (n,) int64 or None
        Feature ids (``_BATCHID``, ``_FEATURE_ID_0``), and the property table that they belong to.
    """

    xyz: NDArray[np.float64]
    cells: NDArray[np.int64]
    name: str
    node: int
    material: str = ""
    rgba: tuple[int, int, int, int] = (0, 0, 0, 0)
    rgba_of_vertex: NDArray[np.uint8] | None = None
    uv: NDArray[np.float32] | None = None
    picture: int = -1
    feature_of_vertex: NDArray[np.int64] | None = None
    feature_table: int = -1


@dataclass
class Scene:
    """The parts of an asset, and how many could not be read."""

    parts: list[Part] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    nodes: int = 0

    def fail(self, error: Exception) -> None:
        """Note a part that could not be read."""
        self.bad.append(str(error)[:160])


def scene_of(gltf: Gltf) -> Scene:
    """Return all parts of the default scene (of all nodes, where there is none)."""
    found = Scene()
    vertices = 0
    for number, matrix, ancestors in _placed_nodes(gltf, found):
        node = gltf.item("nodes", number)
        try:
            mesh = gltf.item("meshes", node["mesh"])
            matrices = _instances(gltf, node, matrix)
        except (GltfError, KeyError, TypeError, ValueError) as error:
            found.fail(error)
            continue
        name = str(node.get("name") or mesh.get("name") or ancestors or f"node {number}")
        primitives = mesh.get("primitives")
        for primitive in primitives if isinstance(primitives, list) else []:
            try:
                one = _primitive(gltf, primitive, name, number)
            except (GltfError, KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
                found.fail(error)
                continue
            vertices += len(one.xyz) * len(matrices)
            if vertices > limits.VERTICES:
                raise MemoryError("too many vertices")
            found.parts += [_moved(one, placed) for placed in matrices]
    return found


def _placed_nodes(gltf: Gltf, found: Scene) -> Iterator[tuple[int, Matrix, str]]:
    """Yield the nodes with a mesh, their matrix, and the name of the nearest named ancestor."""
    stack = [(number, np.eye(4), 0, "") for number in reversed(_roots(gltf))]
    while stack:
        number, above, depth, named = stack.pop()
        found.nodes += 1
        if depth > _MOST_DEEP or found.nodes > _MOST_NODES:
            found.fail(GltfError("the nodes are nested too deeply, or contain each other"))
            return
        try:
            node = gltf.item("nodes", number)
            matrix = above @ _matrix(node)
        except (GltfError, ValueError, TypeError) as error:
            found.fail(error)
            continue
        named = str(node.get("name") or named)
        if "mesh" in node:
            yield number, matrix, named
        children = node.get("children")
        if isinstance(children, list):
            stack += [(child, matrix, depth + 1, named) for child in reversed(children)]


def _roots(gltf: Gltf) -> list[Any]:
    scenes = gltf.items("scenes")
    chosen = gltf.json.get("scene", 0)
    if type(chosen) is int and 0 <= chosen < len(scenes) and isinstance(scenes[chosen], Mapping):
        roots = scenes[chosen].get("nodes", [])
        return list(roots) if isinstance(roots, list) else []
    children = {
        child
        for node in gltf.items("nodes")
        if isinstance(node, Mapping) and isinstance(node.get("children"), list)
        for child in node["children"]
        if isinstance(child, int)
    }
    return [number for number in range(len(gltf.items("nodes"))) if number not in children]


def _matrix(node: Mapping[str, Any]) -> Matrix:
    if "matrix" in node:
        return _finite(np.asarray(node["matrix"], np.float64).reshape(4, 4).T)
    matrix = np.eye(4)
    matrix[:3, :3] = _turn(np.asarray(node.get("rotation", (0, 0, 0, 1)), np.float64))
    matrix[:3, :3] *= np.asarray(node.get("scale", (1, 1, 1)), np.float64)
    matrix[:3, 3] = np.asarray(node.get("translation", (0, 0, 0)), np.float64)
    return _finite(matrix)


def _finite(matrix: Matrix) -> Matrix:
    if not np.isfinite(matrix).all():
        raise GltfError("a matrix has numbers that are none")
    return matrix


def _turn(quaternion: NDArray[np.float64]) -> Matrix:
    x, y, z, w = quaternion / max(float(np.linalg.norm(quaternion)), 1e-300)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _instances(gltf: Gltf, node: Mapping[str, Any], matrix: Matrix) -> list[Matrix]:
    """EXT_mesh_gpu_instancing: a node that stands in many places."""
    many = extension(node, "EXT_mesh_gpu_instancing")
    attributes = None if many is None else many.get("attributes")
    if not isinstance(attributes, Mapping):
        return [matrix]
    columns = {
        name: gltf.accessor(attributes[name])
        for name in ("TRANSLATION", "ROTATION", "SCALE")
        if name in attributes
    }
    count = min((len(values) for values in columns.values()), default=0)
    if count > _MOST_NODES:
        raise GltfError(f"{count} instances")
    names = {"TRANSLATION": "translation", "ROTATION": "rotation", "SCALE": "scale"}
    return [
        matrix @ _matrix({names[name]: values[i] for name, values in columns.items()})
        for i in range(count)
    ]


def _moved(part: Part, matrix: Matrix) -> Part:
    from dataclasses import replace

    xyz = part.xyz @ matrix[:3, :3].T + matrix[:3, 3]
    cells = part.cells
    if cells.shape[1] == 3 and np.linalg.det(matrix[:3, :3]) < 0:  # mirrored: keep the outside out
        cells = cells[:, ::-1]
    return replace(part, xyz=xyz, cells=cells)


def _primitive(gltf: Gltf, primitive: Any, name: str, node: int) -> Part:
    if not isinstance(primitive, Mapping):
        raise GltfError("a primitive is no object")
    attributes = primitive.get("attributes")
    if not isinstance(attributes, Mapping):
        raise GltfError("a primitive has no attributes")
    draco = extension(primitive, "KHR_draco_mesh_compression")
    if draco is not None:
        from twin.io.draco import decoded

        columns, index = decoded(gltf, draco)
    else:
        columns, index = {}, None
        if "indices" in primitive:
            index = gltf.accessor(primitive["indices"])

    def column(key: str) -> NDArray[Any] | None:
        if key in columns:
            return columns[key]
        if key not in attributes:
            return None
        return gltf.accessor(attributes[key], whole=key == "COLOR_0")

    xyz = column("POSITION")
    if xyz is None or xyz.ndim != 2 or xyz.shape[1] != 3:
        raise GltfError("a primitive has no positions")
    cells = _cells(primitive.get("mode", 4), index, len(xyz))
    material = _material(gltf, primitive.get("material"))
    features, table = _features(primitive, column, len(xyz))
    return Part(
        xyz=xyz.astype(np.float64),
        cells=cells,
        name=name,
        node=node,
        material=material.name,
        rgba=material.rgba,
        rgba_of_vertex=_colours(column("COLOR_0"), material.rgba, len(xyz)),
        uv=_uv(column(f"TEXCOORD_{material.uv_set}"), material, len(xyz)),
        picture=material.picture,
        feature_of_vertex=features,
        feature_table=table,
    )


def _cells(mode: Any, index: NDArray[Any] | None, vertices: int) -> NDArray[np.int64]:
    order = np.arange(vertices) if index is None else index.astype(np.int64)
    if order.ndim != 1 or (len(order) and int(order.max()) >= vertices):
        raise GltfError("an index is beyond the vertices")
    if mode == 0:
        return order[:, None]
    if mode in {1, 2, 3}:
        if mode == 1:
            return order[: len(order) // 2 * 2].reshape(-1, 2)
        ends = np.roll(order, -1) if mode == 2 else order[1:]
        return np.column_stack([order[: len(ends)], ends])
    if mode == 4:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    if len(order) < 3 or mode not in {5, 6}:
        raise GltfError(f"mode {mode} is none")
    if mode == 6:
        return np.column_stack([np.full(len(order) - 2, order[0]), order[1:-1], order[2:]])
    strip = np.column_stack([order[:-2], order[1:-1], order[2:]])
    strip[1::2] = strip[1::2, [1, 0, 2]]
    return strip


def _features(primitive: Mapping[str, Any], column: Any, count: int) -> tuple[Any, int]:
    """Return feature ids by vertex and the property table, of any of the ways in use."""
    described = extension(primitive, "EXT_mesh_features")
    sets = described.get("featureIds") if described else None
    if isinstance(sets, list) and sets and isinstance(sets[0], Mapping):
        number, table = sets[0].get("attribute"), sets[0].get("propertyTable", -1)
        if isinstance(number, int):
            found = column(f"_FEATURE_ID_{number}")
            return _whole(found, count), table if isinstance(table, int) else -1
        if "texture" not in sets[0]:
            return np.arange(count), table if isinstance(table, int) else -1
        return None, -1
    for name in ("_FEATURE_ID_0", "FEATURE_ID_0", "_BATCHID", "BATCHID"):
        found = column(name)
        if found is not None:
            return _whole(found, count), 0
    return None, -1


def _whole(values: Any, count: int) -> NDArray[np.int64] | None:
    if values is None or values.ndim != 1 or len(values) != count:
        return None
    finite = np.where(np.isfinite(values), values, 0)
    return np.clip(np.rint(finite), 0, 2**31).astype(np.int64)


@dataclass(frozen=True)
class _Material:
    name: str = ""
    rgba: tuple[int, int, int, int] = (0, 0, 0, 0)
    picture: int = -1
    uv_set: int = 0
    offset: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    angle: float = 0.0


def _material(gltf: Gltf, index: Any) -> _Material:
    if index is None:
        return _Material()
    entry = gltf.item("materials", index)
    shiny = extension(entry, "KHR_materials_pbrSpecularGlossiness")
    rough = entry.get("pbrMetallicRoughness")
    surface: Mapping[str, Any] = rough if isinstance(rough, Mapping) else {}
    colour, texture = surface.get("baseColorFactor"), surface.get("baseColorTexture")
    if shiny is not None and not surface:
        colour, texture = shiny.get("diffuseFactor"), shiny.get("diffuseTexture")
    rgba = _rgba(colour, opaque=entry.get("alphaMode", "OPAQUE") != "BLEND")
    name = str(entry.get("name", ""))
    if not isinstance(texture, Mapping):
        return _Material(name, rgba)
    picture = _picture(gltf, texture.get("index"))
    moved = extension(texture, "KHR_texture_transform") or {}
    uv_set = moved.get("texCoord", texture.get("texCoord", 0))
    return _Material(
        name,
        rgba,
        picture,
        uv_set if isinstance(uv_set, int) else 0,
        _pair(moved.get("offset"), 0.0),
        _pair(moved.get("scale"), 1.0),
        float(moved.get("rotation", 0.0)),
    )


def _picture(gltf: Gltf, index: Any) -> int:
    try:
        texture = gltf.item("textures", index)
    except GltfError:
        return -1
    webp = extension(texture, "EXT_texture_webp") or {}
    basis = extension(texture, "KHR_texture_basisu") or {}
    # A plain picture beside a compressed one is the same picture, and needs no transcoder.
    source = webp.get("source", texture.get("source", basis.get("source", -1)))
    return source if isinstance(source, int) else -1


def _pair(value: Any, default: float) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2:
        return (float(value[0]), float(value[1]))
    return (default, default)


def _rgba(colour: Any, *, opaque: bool) -> tuple[int, int, int, int]:
    """Linear light of glTF as the bytes of a screen."""
    parts = [1.0, 1.0, 1.0, 1.0]
    if isinstance(colour, list) and len(colour) in {3, 4}:
        parts[: len(colour)] = [float(part) for part in colour]
    linear = np.clip(np.nan_to_num(np.array(parts)), 0, 1)
    red, green, blue = (int(value) for value in np.rint(255 * screen_of_linear(linear[:3])))
    return (red, green, blue, 255 if opaque else max(round(255 * float(linear[3])), 1))


def screen_of_linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return sRGB of linear light (IEC 61966-2-1), both 0 to 1."""
    bright = 1.055 * np.maximum(values, 1e-9) ** (1 / 2.4) - 0.055
    return np.where(values <= 0.0031308, 12.92 * values, bright)


_SCREEN_OF_BYTE = 255 * screen_of_linear(np.arange(256) / 255.0)


def _colours(
    values: NDArray[Any] | None, base: tuple[int, int, int, int], count: int
) -> NDArray[np.uint8] | None:
    if values is None or values.ndim != 2 or len(values) != count or values.shape[1] < 3:
        return None
    tint = np.array(base[:3]) / 255.0 if base[3] else np.ones(3)
    rgba = np.full((count, 4), 255, np.uint8)
    if values.dtype == np.uint8:
        for k in range(3):
            rgba[:, k] = np.rint(_SCREEN_OF_BYTE * tint[k]).astype(np.uint8).take(values[:, k])
        return rgba
    if values.dtype.kind in "iu":
        values = values / float(np.iinfo(values.dtype).max)
    linear = np.clip(np.nan_to_num(values[:, :3].astype(np.float64)), 0, 1)
    rgba[:, :3] = np.rint(255 * screen_of_linear(linear) * tint)
    return rgba


def _uv(values: NDArray[Any] | None, material: _Material, count: int) -> NDArray[np.float32] | None:
    """Return texture coordinates with v up: glTF counts it from the top."""
    if values is None or values.ndim != 2 or values.shape != (count, 2) or material.picture < 0:
        return None
    uv = values.astype(np.float64) * material.scale
    if material.angle:
        cos, sin = np.cos(material.angle), np.sin(material.angle)
        uv = np.column_stack([uv[:, 0] * cos + uv[:, 1] * sin, uv[:, 1] * cos - uv[:, 0] * sin])
    uv = uv + material.offset
    return np.column_stack([uv[:, 0], 1.0 - uv[:, 1]]).astype(np.float32)
