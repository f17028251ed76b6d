"""Models and clouds, cut, scratched, and with values of another kind: a clear error or what is left, never a crash.

Memory is watched: whatever a file promises, reading it takes no more than some hundred megabytes.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trimesh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.io.sound import faults, rows_and_cells
from tests.twin.io.test_citygml import appearance, building
from tests.twin.io.test_citygml import write as write_gml
from tests.twin.io.test_gltf import asset
from tests.twin.io.test_osm import answer
from tests.twin.io.test_tiles3d import BOX, b3dm, i3dm, pnts
from twin import io

NAMES = [
    "a.gml", "a.glb", "a.gltf", "a.obj", "a.stl", "a.ply", "a.off", "a.b3dm", "a.i3dm", "a.pnts", "tileset.json",
    "a.las", "a.laz", "overpass.json",
]  # fmt: skip
MOST_BYTES = 400_000_000
FEW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small good file of each format."""
    folder = tmp_path_factory.mktemp("models")
    write_gml(folder / "a.gml", building(), appearance("wall.png"))
    scene = trimesh.Scene(trimesh.creation.box((2, 4, 6)))
    for name in ("a.glb", "a.obj", "a.stl", "a.ply", "a.off"):
        scene.to_mesh().export(folder / name)
    (folder / "a.gltf").write_text(json.dumps(asset()))
    for name, data in (("a.b3dm", b3dm()), ("a.i3dm", i3dm()), ("a.pnts", pnts())):
        (folder / name).write_bytes(data)
    root = {"boundingVolume": BOX, "geometricError": 1, "content": {"uri": "a.b3dm"}}
    tileset = {"asset": {"version": "1.1"}, "geometricError": 2, "root": root}
    (folder / "tileset.json").write_text(json.dumps(tileset))
    (folder / "overpass.json").write_text(json.dumps(answer()))
    from tests.twin.io import test_las

    for name in ("a.las", "a.laz"):
        test_las.write(folder / name, count=200)
    return folder


@pytest.fixture(autouse=True)
def watched() -> Iterator[None]:
    """Fail where Python's own memory (numpy included) grew beyond any honest need."""
    tracemalloc.start()
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_BYTES


@pytest.mark.parametrize("name", NAMES)
def test_the_good_files_are_good(good: Path, name: str) -> None:
    assert rows_and_cells(good / name) > 0


def spoiled(good: Path, folder: Path, name: str, content: bytes) -> Path:
    if name == "tileset.json":
        (folder / "a.b3dm").write_bytes((good / "a.b3dm").read_bytes())
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(cut=st.floats(0.0, 1.0))
def test_cut_files(good: Path, tmp_path: Path, name: str, cut: float) -> None:
    content = (good / name).read_bytes()
    assert faults(spoiled(good, tmp_path, name, content[: int(cut * len(content))])) == []


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(
    changes=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=8)
)
def test_scratched_files(
    good: Path, tmp_path: Path, name: str, changes: list[tuple[float, int]]
) -> None:
    content = bytearray((good / name).read_bytes())
    for place, value in changes:
        content[int(place * len(content))] = value
    assert faults(spoiled(good, tmp_path, name, bytes(content))) == []


VALUES = st.sampled_from(
    [
        None,
        True,
        -1,
        2**31,
        2**53,
        1e308,
        float("nan"),
        "x",
        "../a.bin",
        "",
        [],
        {},
        [[]],
        [-1],
        [2**31],
        {"a": 1},
    ]
)


@pytest.mark.parametrize("name", ["a.gltf", "tileset.json"])
@settings(FEW, max_examples=40)
@given(data=st.data())
def test_values_of_another_kind(good: Path, tmp_path: Path, name: str, data: st.DataObject) -> None:
    whole: Any = json.loads((good / name).read_text())
    place: Any = whole
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.integers(0, 4)):
            place = inner
            continue
        place[key] = data.draw(VALUES)
        break
    assert faults(spoiled(good, tmp_path, name, json.dumps(whole).encode())) == []


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("head", [BOMB, OUTSIDE, '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_never_resolved(good: Path, tmp_path: Path, head: str, encoding: str) -> None:
    text = (good / "a.gml").read_text().partition("?>")[2].replace("Mairie", "&a;")
    path = tmp_path / "a.gml"
    path.write_text(f"<?xml version='1.0' encoding='{encoding}'?>{head}{text}", encoding=encoding)
    assert faults(path) == []
    for layer in io.inspect(path).layers:
        assert not any("root:" in attribute.example for attribute in layer.attributes)


@pytest.mark.parametrize("depth", [300, 100_000])
def test_nesting_without_end(tmp_path: Path, depth: int) -> None:
    gml = tmp_path / "a.gml"
    gml.write_text(
        "<CityModel xmlns='http://www.opengis.net/citygml/2.0'>"
        + "<cityObjectMember><Building>" * depth
    )
    assert faults(gml) == []
    tileset = tmp_path / "tileset.json"
    tileset.write_text(
        '{"asset":{"version":"1.1"},"geometricError":1,"root":' + '{"children":[' * depth
    )
    assert faults(tileset) == []


@pytest.mark.parametrize("count", [2**31 - 1, 2**32 - 1])
def test_counts_beyond_the_file(good: Path, tmp_path: Path, count: int) -> None:
    packed = count.to_bytes(4, "little")
    stl = tmp_path / "a.stl"
    stl.write_bytes(bytes(80) + packed + bytes(100))
    assert faults(stl) == []
    (tmp_path / "a.off").write_text(f"OFF\n{count} {count} 0\n0 0 0\n")
    assert faults(tmp_path / "a.off") == []
    ply = f"ply\nformat binary_little_endian 1.0\nelement vertex {count}\nproperty float x\nend_header\n"
    (tmp_path / "a.ply").write_bytes(ply.encode())
    assert faults(tmp_path / "a.ply") == []
    for name in ("a.b3dm", "a.i3dm", "a.pnts"):
        content = bytearray((good / name).read_bytes())
        for at in (8, 12, 16, 20, 24):
            spoilt = content.copy()
            spoilt[at : at + 4] = packed
            assert faults(spoiled(good, tmp_path, name, bytes(spoilt))) == []


@settings(FEW, max_examples=4)
@given(
    changes=st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=8)
)
def test_scratched_ifc(tmp_path: Path, changes: list[tuple[float, int]]) -> None:
    """It is read in another process: even a crash of the library there is a message here."""
    from tests.twin.io import test_ifc

    source = tmp_path / "good.ifc"
    if not source.exists():
        test_ifc.model(source, "conversion")
    content = bytearray(source.read_bytes())
    for place, value in changes:
        content[int(place * len(content))] = value
    path = tmp_path / "a.ifc"
    path.write_bytes(content)
    assert faults(path) == []
