"""3D Tiles: contents of all kinds built byte by byte, trees that replace and add, implicit ones, and hostile ones."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh

from tests.twin.io.made import keys
from twin import io
from twin.errors import ReadError
from twin.io.gltf_file import nothing
from twin.io.tiles3d_content import TileModel, decode
from twin.io.tiles3d_points import TilePoints
from twin.model.table import FeatureTable
from twin.progress import Unattended

BOX = {"box": [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]}


def glb() -> bytes:
    return bytes(trimesh.Scene(trimesh.creation.box((2, 4, 6))).export(file_type="glb"))


def padded(text: bytes, fill: bytes = b" ") -> bytes:
    return text + fill * (-len(text) % 8)


def tile(
    kind: bytes,
    table: dict[str, Any],
    binary: bytes,
    body: bytes,
    batch: dict[str, Any] | None = None,
    extra: bytes = b"",
) -> bytes:
    columns = padded(json.dumps(batch).encode()) if batch else b""
    parts = [padded(json.dumps(table).encode()), padded(binary, b"\0"), columns, b""]
    sizes = struct.pack("<4I", *(len(part) for part in parts))
    inner = b"".join(parts) + body
    return kind + struct.pack("<2I", 1, 28 + len(extra) + len(inner)) + sizes + extra + inner


def b3dm(**table: Any) -> bytes:
    return tile(b"b3dm", {"BATCH_LENGTH": 0, **table}, b"", glb())


def pnts() -> bytes:
    xyz = np.array([[0, 0, 0], [1, 2, 3]], "<f4").tobytes()
    table = {
        "POINTS_LENGTH": 2,
        "POSITION": {"byteOffset": 0},
        "RGB": {"byteOffset": 24},
        "RTC_CENTER": [10, 20, 30],
    }
    return tile(b"pnts", table, xyz + bytes([255, 0, 0, 0, 255, 0]), b"")


def i3dm() -> bytes:
    places = np.array([[0, 0, 0], [100, 0, 0]], "<f4").tobytes()
    up = np.array([[0, 1, 0], [-1, 0, 0]], "<f4").tobytes()
    right = np.array([[1, 0, 0], [0, 1, 0]], "<f4").tobytes()
    table = {
        "INSTANCES_LENGTH": 2,
        "POSITION": {"byteOffset": 0},
        "NORMAL_UP": {"byteOffset": 24},
        "NORMAL_RIGHT": {"byteOffset": 48},
    }
    return tile(
        b"i3dm",
        table,
        places + up + right,
        glb(),
        {"species": ["oak", "elm"]},
        struct.pack("<I", 1),
    )


def write(folder: Path, root: dict[str, Any], **files: bytes) -> Path:
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    path = folder / "tileset.json"
    path.write_text(json.dumps({"asset": {"version": "1.1"}, "geometricError": 9, "root": root}))
    return path


def read(path: Path) -> tuple[FeatureTable, set[str]]:
    progress = Unattended()
    table = io.read(path, progress=progress)
    return table, set(keys(progress)) - {"io.crs_missing", "io.ids_not_unique"}


def test_a_b3dm_stands_at_its_centre() -> None:
    (model,) = decode(b3dm(RTC_CENTER=[5, 6, 7]), fetch=nothing, where="a")
    assert isinstance(model, TileModel)
    assert model.matrices[0][:3, 3].tolist() == [5, 6, 7]
    assert sum(len(part.cells) for part in model.scene.parts) == 12


def test_points_with_colours() -> None:
    (points,) = decode(pnts(), fetch=nothing, where="a")
    assert isinstance(points, TilePoints)
    assert points.xyz.tolist() == [[10, 20, 30], [11, 22, 33]]
    assert points.rgba is not None
    assert points.rgba.tolist() == [[255, 0, 0, 255], [0, 255, 0, 255]]


def test_tiles_in_a_tile_and_instances(tmp_path: Path) -> None:
    inner = [b3dm(), pnts(), i3dm()]
    body = b"".join(inner)
    composite = b"cmpt" + struct.pack("<3I", 1, 16 + len(body), len(inner)) + body
    assert [type(part).__name__ for part in decode(composite, fetch=nothing, where="a")] == [
        "TileModel", "TilePoints", "TileModel",
    ]  # fmt: skip
    path = write(
        tmp_path,
        {"boundingVolume": BOX, "geometricError": 0, "content": {"uri": "a.i3dm"}},
        a__i3dm=i3dm(),
    )
    table, problems = read(path)
    assert not problems
    assert list(table.frame["species"]) == ["oak", "elm"]
    mesh = table.mesh
    assert mesh is not None
    corners = [
        mesh.xyz_in_crs[mesh.triangles[mesh.row_of_triangle == row]].reshape(-1, 3)
        for row in (0, 1)
    ]
    assert np.ptp(corners[0], axis=0) == pytest.approx([2, 6, 4])
    # The second is turned by a quarter: what was east of it is north.
    assert np.ptp(corners[1], axis=0) == pytest.approx([6, 2, 4])
    assert corners[1].mean(axis=0)[0] == pytest.approx(100)


def test_children_that_replace_and_children_that_are_added(tmp_path: Path) -> None:
    def root(refine: str) -> dict[str, Any]:
        child = {
            "boundingVolume": BOX, "geometricError": 0, "content": {"uri": "fine.b3dm"},
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 50, 0, 0, 1],
        }  # fmt: skip
        return {
            "boundingVolume": BOX,
            "geometricError": 5,
            "refine": refine,
            "content": {"uri": "coarse.glb"},
            "children": [child],
        }

    path = write(tmp_path, root("REPLACE"), coarse__glb=glb(), fine__b3dm=b3dm())
    layer = io.inspect(path).layers[0]
    assert (layer.details["tiles"], layer.details["contents"], layer.details["triangles"]) == (
        2,
        2,
        12,
    )
    table, _ = read(path)
    assert table.mesh is not None
    assert table.mesh.xyz_in_crs[:, 0].mean() == pytest.approx(50)
    write(tmp_path, root("ADD"))
    assert io.inspect(path).layers[0].details["triangles"] == 24
    (tmp_path / "fine.b3dm").unlink()
    write(tmp_path, root("REPLACE"))
    found = io.inspect(path)
    assert found.layers[0].details["triangles"] == 12  # the coarse one stands in
    assert "io.tile_missing" in keys(found)


def test_a_tileset_on_the_earth(tmp_path: Path) -> None:
    from pyproj import Transformer

    x, y, z = Transformer.from_crs(4979, 4978, always_xy=True).transform(2.27, 48.82, 80.0)
    matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1]
    root = {
        "boundingVolume": BOX,
        "geometricError": 0,
        "content": {"uri": "a.glb"},
        "transform": matrix,
    }
    layer = io.inspect(write(tmp_path, root, a__glb=glb())).layers[0]
    assert layer.crs == "EPSG:4978"
    table, _ = read(tmp_path / "tileset.json")
    assert table.mesh is not None
    assert table.mesh.xyz_in_crs[:, :2].mean(axis=0) == pytest.approx([2.27, 48.82], abs=1e-4)


def test_implicit_tiling(tmp_path: Path) -> None:
    """A quadtree of two levels: the root, and the children 1 and 2 of it."""
    bits = bytes([0b00001101]) + bytes(7)
    subtree = {
        "buffers": [{"byteLength": 8}],
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 1}],
        "tileAvailability": {"bitstream": 0},
        "contentAvailability": [{"bitstream": 0}],
        "childSubtreeAvailability": {"constant": 0},
    }
    text = padded(json.dumps(subtree).encode())
    root = {
        "boundingVolume": BOX,
        "geometricError": 5,
        "refine": "REPLACE",
        "content": {"uri": "{level}_{x}_{y}.glb"},
        "implicitTiling": {
            "subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "availableLevels": 2,
            "subtrees": {"uri": "s_{level}_{x}_{y}.subtree"},
        },
    }  # fmt: skip
    names = ["0_0_0", "1_1_0", "1_0_1"]
    files = {f"{name}__glb": glb() for name in names}
    binary = b"subt" + struct.pack("<IQQ", 1, len(text), len(bits)) + text + bits
    path = write(tmp_path, root, s_0_0_0__subtree=binary, **files)
    layer = io.inspect(path).layers[0]
    assert layer.details["implicit"]
    assert (layer.details["tiles"], layer.details["contents"], layer.details["depth"]) == (3, 3, 1)
    assert sorted(read(path)[0].feature_ids) == ["1_0_1.glb#geometry_0", "1_1_0.glb#geometry_0"]


def test_a_tileset_that_contains_itself(tmp_path: Path) -> None:
    root = {"boundingVolume": BOX, "geometricError": 5, "content": {"uri": "tileset.json"}}
    assert "io.tileset_circle" in keys(io.inspect(write(tmp_path, root)))
    other = {"asset": {"version": "1.1"}, "geometricError": 1, "root": root}
    (tmp_path / "b.json").write_text(json.dumps(other))
    root["content"] = {"uri": "b.json"}
    assert "io.tileset_circle" in keys(io.inspect(write(tmp_path, root)))


@pytest.mark.parametrize(
    "uri", ["../secret.glb", "/etc/passwd", "http://127.0.0.1:9/a.glb", "C:/a.glb"]
)
def test_contents_outside_are_not_opened(tmp_path: Path, uri: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "secret.glb").write_bytes(glb())
    path = write(folder, {"boundingVolume": BOX, "geometricError": 0, "content": {"uri": uri}})
    found = io.inspect(path)
    assert "io.tile_missing" in keys(found)
    assert found.layers[0].details["triangles"] == 0


def deep(levels: int) -> dict[str, Any]:
    root: dict[str, Any] = {"boundingVolume": BOX, "geometricError": 0}
    for _ in range(levels):
        root = {"boundingVolume": BOX, "geometricError": 1, "children": [root]}
    return root


def test_a_tree_that_never_ends_is_cut(tmp_path: Path) -> None:
    assert "io.tileset_cut" in keys(io.inspect(write(tmp_path, deep(100))))


@pytest.mark.shared_data
def test_tilesets_of_many_producers(shared_data: Path) -> None:
    tried = 0
    for notes in (shared_data / "3dtiles_samples", shared_data / "3dtiles_cities"):
        for line in (notes / "DATA.md").read_text(encoding="utf-8").splitlines():
            found = re.match(r"^- 3dtiles `([^`]+)` (\{.*)$", line)
            if not found or not (notes / found[1]).is_file():
                continue
            about = json.loads(found[2])
            layer = io.inspect(notes / found[1]).layers[0]
            assert layer.details["version"] == about["version"], found[1]
            assert layer.details["implicit"] == about["implicit"], found[1]
            if not about["implicit"] and layer.details["tilesets"] == 1:
                assert layer.details["tiles"] == about["tiles"], found[1]
                assert layer.details["contents"] == about["contents"], found[1]
            tried += 1
    assert tried >= 30


@pytest.mark.shared_data
def test_every_building_of_lyon(shared_data: Path) -> None:
    folder = shared_data / "3dtiles_cities" / "lyon" / "3dtiles_colored_by_height"
    assert io.inspect(folder / "tileset.json").layers[0].count == 2576


def test_a_content_of_geojson_is_refused_by_name() -> None:
    text = json.dumps({"type": "FeatureCollection", "features": []}).encode()
    with pytest.raises(ReadError) as told:
        decode(text, fetch=lambda _name: None, where="roads.geojson")
    assert told.value.problem.key == "io.tile_unknown"
    assert told.value.problem.values["magic"] == "GeoJSON"
