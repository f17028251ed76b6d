"""glTF written by other libraries, by hand, packed by Draco and meshopt; hostile ones."""

from __future__ import annotations

import base64
import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from tests.twin.io.made import keys
from twin import io
from twin.errors import ReadError
from twin.io import meshopt
from twin.io.gltf_error import GltfError
from twin.model.table import FeatureMesh, FeatureTable
from twin.progress import Unattended

TRIANGLE = np.array([[0, 0, 0], [2, 0, 0], [0, 3, 0]], "<f4")


def asset(**more: Any) -> dict[str, Any]:
    data = TRIANGLE.tobytes()
    uri = "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    return {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "wall"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "bufferViews": [{"buffer": 0, "byteLength": len(data)}],
        "buffers": [{"uri": uri, "byteLength": len(data)}],
        **more,
    }


def write(path: Path, content: dict[str, Any]) -> Path:
    path.write_text(json.dumps(content))
    return path


def read(path: Path) -> tuple[FeatureTable, set[str]]:
    progress = Unattended()
    table = io.read(path, progress=progress)
    return table, set(keys(progress)) - {"io.crs_missing"}


def mesh_of(table: FeatureTable) -> FeatureMesh:
    assert table.mesh is not None
    return table.mesh


def test_y_up_becomes_z_up(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gltf", asset())
    layer = io.inspect(path).layers[0]
    assert (layer.kind, layer.count, layer.details["triangles"]) == ("mesh", 1, 1)
    table, problems = read(path)
    assert not problems
    assert mesh_of(table).xyz_in_crs.tolist() == [[0, 0, 0], [2, 0, 0], [0, 0, 3]]
    assert list(table.frame["name"]) == ["wall"]


def test_nodes_are_applied_in_their_order(tmp_path: Path) -> None:
    half = float(np.sqrt(0.5))
    nodes = [
        {"children": [1], "translation": [10, 0, 0], "name": "house"},
        {"mesh": 0, "rotation": [0, half, 0, half], "scale": [2, 2, 2]},
    ]
    table, _ = read(write(tmp_path / "a.gltf", asset(nodes=nodes)))
    # x turns to -z about y: in a map that is from east to north.
    found = mesh_of(table).xyz_in_crs
    assert found == pytest.approx(np.array([[10, 0, 0], [10, 4, 0], [10, 0, 6]]), abs=1e-6)
    assert list(table.frame["name"]) == ["house"]


def test_what_trimesh_writes_is_read_the_same(tmp_path: Path) -> None:
    scene = trimesh.Scene()
    box = trimesh.creation.box((4, 6, 10))
    scene.add_geometry(
        box, node_name="tower", transform=trimesh.transformations.translation_matrix((1, 2, 3))
    )
    scene.add_geometry(trimesh.creation.icosphere(1), node_name="dome")
    path = tmp_path / "scene.glb"
    scene.export(path)
    table, problems = read(path)
    assert not problems
    assert set(table.frame["name"]) == {"tower", "dome"}
    mesh = mesh_of(table)
    row = list(table.frame["name"]).index("tower")
    tower = mesh.xyz_in_crs[np.unique(mesh.triangles[mesh.row_of_triangle == row])]
    assert np.ptp(tower, axis=0) == pytest.approx([4, 10, 6])
    assert len(mesh.triangles) == sum(len(g.faces) for g in scene.geometry.values())


def test_textures_and_colours(tmp_path: Path) -> None:
    Image.new("RGB", (2, 2), (9, 8, 7)).save(tmp_path / "a.png")
    uv = np.array([[0, 0], [1, 0], [0, 1]], "<f4").tobytes()
    both = TRIANGLE.tobytes() + uv
    content = asset(
        materials=[
            {
                "pbrMetallicRoughness": {
                    "baseColorTexture": {"index": 0},
                    "baseColorFactor": [1, 0, 0, 1],
                }
            }
        ],
        textures=[{"source": 0}],
        images=[{"uri": "a.png"}],
        buffers=[
            {"uri": "data:;base64," + base64.b64encode(both).decode(), "byteLength": len(both)}
        ],
        bufferViews=[
            {"buffer": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": len(uv)},
        ],
        accessors=[
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC2"},
        ],
        meshes=[{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "material": 0}]}],
    )
    table, problems = read(write(tmp_path / "a.gltf", content))
    assert not problems
    mesh = mesh_of(table)
    assert mesh.textures[0][0, 0].tolist() == [9, 8, 7]
    assert mesh.uv_of_vertex is not None
    assert mesh.uv_of_vertex.tolist() == [[0, 1], [1, 1], [0, 0]]
    assert mesh.rgba_of_triangle is not None
    assert mesh.rgba_of_triangle[0].tolist() == [255, 0, 0, 255]
    (tmp_path / "a.png").unlink()
    assert read(tmp_path / "a.gltf")[1] == {"io.textures_missing"}


def test_draco(tmp_path: Path) -> None:
    draco = pytest.importorskip("DracoPy")
    sphere = trimesh.creation.icosphere(2)
    packed = draco.encode(
        sphere.vertices.astype("f4"), sphere.faces.astype("u4"), quantization_bits=14
    )
    content = asset(
        extensionsUsed=["KHR_draco_mesh_compression"],
        extensionsRequired=["KHR_draco_mesh_compression"],
        buffers=[
            {"uri": "data:;base64," + base64.b64encode(packed).decode(), "byteLength": len(packed)}
        ],
        bufferViews=[{"buffer": 0, "byteLength": len(packed)}],
        accessors=[{"componentType": 5126, "count": 162, "type": "VEC3"}],
    )
    extension = {"KHR_draco_mesh_compression": {"bufferView": 0, "attributes": {"POSITION": 0}}}
    content["meshes"][0]["primitives"][0]["extensions"] = extension
    table, problems = read(write(tmp_path / "a.gltf", content))
    assert not problems
    mesh = mesh_of(table)
    assert len(mesh.triangles) == len(sphere.faces)
    assert np.linalg.norm(mesh.xyz_in_crs, axis=1) == pytest.approx(1.0, abs=1e-3)


def test_meshopt_attributes_in_all_widths() -> None:
    """Four elements of four bytes: channels of nothing, of 2 bits, of 4 bits with an escape, and of whole bytes."""

    def zigzag(value: int) -> int:
        return (value << 1) ^ (value >> 7) if value >= 0 else ((-value - 1) << 1) | 1

    small = bytes([0b01_00_00_00, 0, 0, 0])  # first difference 1 is -1
    four = bytes([0xF2, 0, 0, 0, 0, 0, 0, 0]) + bytes([zigzag(20)])  # 20 as an escape, then +1
    whole = bytes([zigzag(5), zigzag(-2), zigzag(0), zigzag(1)] + [0] * 12)
    stream = b"\xa0" + b"\x00" + b"\x01" + small + b"\x02" + four + b"\x03" + whole
    tail = bytes(28) + bytes([7, 10, 0, 100])
    found = np.frombuffer(meshopt.decode(stream + tail, 4, 4, mode="ATTRIBUTES"), np.uint8)
    assert found.reshape(4, 4).tolist() == [
        [7, 9, 20, 105], [7, 9, 21, 103], [7, 9, 21, 103], [7, 9, 21, 104],
    ]  # fmt: skip


def test_meshopt_triangles_and_sequences() -> None:
    # A new triangle 0 1 2, then one on its last edge (2, 0) with the new corner 3.
    aux = bytes(16)
    stream = b"\xe1" + bytes([0xF0, 0x00]) + aux
    found = np.frombuffer(meshopt.decode(stream, 6, 2, mode="TRIANGLES"), "<u2")
    assert found[:3].tolist() == [0, 1, 2]
    assert set(found[3:].tolist()) == {0, 2, 3}
    sequence = b"\xd1" + bytes([8 << 1, 1 << 2, 3 << 1]) + bytes(4)
    found = np.frombuffer(meshopt.decode(sequence, 3, 4, mode="INDICES"), "<u4")
    assert found.tolist() == [4, 5, (5 - 2) & 0xFFFFFFFF]


@pytest.mark.parametrize("mode", ["ATTRIBUTES", "TRIANGLES", "INDICES", "OTHER"])
@pytest.mark.parametrize(
    "data", [b"", b"\xa0", b"\xe1\xf0", b"\xd1", b"\xa0" + bytes(40), b"\xe1" + b"\xff" * 30]
)
def test_meshopt_that_breaks_off(mode: str, data: bytes) -> None:
    try:
        meshopt.decode(data, 300, 4, mode=mode)
    except GltfError:
        return
    assert mode == "ATTRIBUTES"  # nothing but zeros is 300 zeros


HOSTILE: dict[str, dict[str, Any]] = {
    "count beyond the view": {
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"}]
    },
    "2**31 of nothing": {"accessors": [{"componentType": 5126, "count": 2**31, "type": "VEC3"}]},
    "negative count": {
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": -3, "type": "VEC3"}]
    },
    "negative offset": {"bufferViews": [{"buffer": 0, "byteOffset": -12, "byteLength": 36}]},
    "no such type": {
        "accessors": [{"bufferView": 0, "componentType": 1, "count": 3, "type": "VEC9"}]
    },
    "no such buffer": {"bufferViews": [{"buffer": 7, "byteLength": 36}]},
    "outside": {"buffers": [{"uri": "../secret.bin", "byteLength": 36}]},
    "absolute": {"buffers": [{"uri": "/etc/passwd", "byteLength": 36}]},
    "on the network": {"buffers": [{"uri": "http://127.0.0.1:9/a.bin", "byteLength": 36}]},
    "a node in itself": {"nodes": [{"children": [0]}]},
    "a matrix of NaN": {"nodes": [{"mesh": 0, "matrix": ["x"] * 16}]},
    "a mesh that is a text": {"meshes": ["mesh"]},
    "index beyond": {
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 0}]}],
    },
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_assets_are_refused_with_a_reason(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.bin").write_bytes(TRIANGLE.tobytes())
    folder = tmp_path / "inner"
    folder.mkdir()
    path = write(folder / "a.gltf", asset(**HOSTILE[name]))
    with pytest.raises(ReadError) as caught:
        read(path)
    assert caught.value.problem.key == "io.gltf_damaged"
    assert not io.inspect(path).shown


def test_versions_and_extensions_that_are_not_read_are_named(tmp_path: Path) -> None:
    old = write(tmp_path / "old.gltf", asset(asset={"version": "1.0"}))
    assert keys(io.inspect(old)) == {"io.gltf_version"}
    new = write(tmp_path / "new.gltf", asset(extensionsRequired=["KHR_gaussian_splatting"]))
    found = io.inspect(new).problems[0]
    assert (found.key, found.values["names"]) == ("io.gltf_extension", "KHR_gaussian_splatting")
    glb = tmp_path / "old.glb"
    glb.write_bytes(struct.pack("<4sII", b"glTF", 1, 20) + bytes(8))
    assert keys(io.inspect(glb)) == {"io.gltf_version"}


@pytest.mark.shared_data
def test_models_of_khronos(shared_data: Path) -> None:
    folder = shared_data / "gltf_models"
    tried = 0
    for line in (folder / "DATA.md").read_text(encoding="utf-8").splitlines():
        found = re.match(r'^- mesh `([^`]+)` .*"faces": (\d+)', line)
        if found and (folder / found[1]).is_file() and found[1] != "CesiumMilkTruck.glb":
            layer = io.inspect(folder / found[1]).layers[0]
            assert layer.details["triangles"] == int(found[2]), found[1]
            tried += 1
    assert tried >= 6


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("kind", ["NONE", "OCTAHEDRAL", "EXPONENTIAL", "QUATERNION", "COLOR"])
def test_meshopt_in_both_versions_and_through_all_filters(version: int, kind: str) -> None:
    library = pytest.importorskip("meshopt")
    rng = np.random.default_rng(3)
    unit = rng.normal(size=(500, 4))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    three = np.abs(unit) if kind == "COLOR" else unit
    rows = {
        "NONE": lambda: unit.astype("<f4"),
        "OCTAHEDRAL": lambda: library.encode_filter_oct(unit, 8, 16),
        "EXPONENTIAL": lambda: library.encode_filter_exp(unit, 20),
        "QUATERNION": lambda: library.encode_filter_quat(unit, 8, 16),
        "COLOR": lambda: library.encode_filter_color(three, 8, 16),
    }[kind]()
    stride = rows.nbytes // len(rows)
    packed = library.encode_gltf_buffer(rows, "ATTRIBUTES", version)
    found = meshopt.decode(packed, 500, stride, mode="ATTRIBUTES", filter_=kind)
    assert len(found) == 500 * stride
    if kind in {"NONE", "EXPONENTIAL"}:
        assert np.frombuffer(found, "<f4").reshape(500, 4) == pytest.approx(unit, abs=1e-4)
    if kind == "QUATERNION":
        turned = np.frombuffer(found, "<i2").reshape(500, 4) / 32767.0
        assert np.abs((turned * unit).sum(axis=1)) == pytest.approx(1.0, abs=1e-3)


def ktx2_of_one_colour(rgba: tuple[int, int, int, int]) -> bytes:
    """A KTX 2 file of 4 by 4 pixels: one UASTC block in the mode for a single colour (mode 8, code 10111)."""
    bits = 0b10111 | sum(value << (5 + 8 * k) for k, value in enumerate(rgba))
    block = bits.to_bytes(16, "little")
    descriptor = struct.pack(
        "<IHHHHBBBBBBBBBBBBBBBB", 44, 0, 0, 2, 40, 166, 1, 2, 0, 3, 3, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0
    ) + struct.pack("<HBBIII", 0, 127, 3, 0, 0, 0xFFFFFFFF)
    first = 80 + 24
    header = b"\xabKTX 20\xbb\r\n\x1a\n" + struct.pack("<9I", 0, 1, 4, 4, 0, 0, 1, 1, 0)
    header += struct.pack("<4I2Q", first, len(descriptor), 0, 0, 0, 0)
    at = (first + len(descriptor) + 15) // 16 * 16
    header += struct.pack("<3Q", at, 16, 16) + descriptor
    return header.ljust(at, b"\0") + block


def test_a_ktx2_texture_is_transcoded_and_a_damaged_one_is_left_out(tmp_path: Path) -> None:
    pytest.importorskip("opengl_basisu")
    from twin.io import ktx2

    data = ktx2_of_one_colour((200, 100, 50, 255))
    found = ktx2.pixels(data, 1000)
    assert found is not None
    assert found.shape[:2] == (4, 4)
    assert np.abs(found[0, 0, :3].astype(int) - (200, 100, 50)).max() <= 2
    assert ktx2.pixels(data, 10) is None
    for cut in range(0, len(data), 7):
        assert ktx2.pixels(data[:cut], 1000) is None
