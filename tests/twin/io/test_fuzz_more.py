"""The other readers, cut and scratched: OpenStreetMap, GPX, DXF, MapInfo, TopoJSON, COLLADA, packs, pictures."""

from __future__ import annotations

import io as memory
import json
import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import trimesh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from trimesh.exchange.dae import export_collada

from tests.twin.io.made import LAT, LON, buildings, write
from tests.twin.io.sound import faults, rows_and_cells
from tests.twin.io.test_tiles3d import BOX, b3dm, pnts

NAMES = [
    "a.osm", "a.gpx", "a.dxf", "a.mif", "a.topojson", "a.dae", "a.cmpt", "a.3tz", "a.png", "a.sqlite", "net.json",
    "esri.json",
]  # fmt: skip
SIDES = {"a.mif": (".mid",), "a.png": (".pgw",)}
RELAXED = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    _written_by_gdal(folder)
    corners = [(0, 0), (0, 0.001), (0.001, 0.001), (0.001, 0)]
    nodes = "".join(
        f'<node id="{i}" lat="{LAT + a}" lon="{LON + b}" version="1"/>'
        for i, (a, b) in enumerate(corners, 1)
    )
    ring = "".join(f'<nd ref="{i}"/>' for i in (1, 2, 3, 4, 1))
    way = f'<way id="9" version="1">{ring}<tag k="building" v="yes"/><tag k="height" v="9"/></way>'
    (folder / "a.osm").write_text(f'<?xml version="1.0"?><osm version="0.6">{nodes}{way}</osm>')
    arcs = [[[LON, LAT], [LON + 1e-3, LAT], [LON, LAT + 1e-3], [LON, LAT]]]
    shape = {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "arcs": [[0]]}]}
    (folder / "a.topojson").write_text(
        json.dumps({"type": "Topology", "objects": {"plots": shape}, "arcs": arcs})
    )
    (folder / "a.dae").write_bytes(export_collada(trimesh.creation.box((2, 4, 6))))
    inner = b3dm() + pnts()
    (folder / "a.cmpt").write_bytes(b"cmpt" + struct.pack("<3I", 1, 16 + len(inner), 2) + inner)
    root = {"boundingVolume": BOX, "geometricError": 0, "content": {"uri": "a.b3dm"}}
    about = {"asset": {"version": "1.1"}, "geometricError": 1, "root": root}
    with zipfile.ZipFile(folder / "a.3tz", "w") as pack:
        pack.writestr("tileset.json", json.dumps(about))
        pack.writestr("a.b3dm", b3dm())
    picture = memory.BytesIO()
    Image.new("RGB", (20, 20), "red").save(picture, "PNG")
    (folder / "a.png").write_bytes(picture.getvalue())
    (folder / "a.pgw").write_text("1\n0\n0\n-1\n652000\n6861000\n")
    (folder / "net.json").write_text(json.dumps(_network()))
    ring_xy = [
        [652000.0, 6861000.0],
        [652010.0, 6861000.0],
        [652010.0, 6861010.0],
        [652000.0, 6861000.0],
    ]
    esri = {
        "geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 2154},
        "fields": [{"name": "n", "type": "esriFieldTypeInteger"}],
        "features": [{"attributes": {"n": 1}, "geometry": {"rings": [ring_xy]}}],
    }  # fmt: skip
    (folder / "esri.json").write_text(json.dumps(esri))
    return folder


def _written_by_gdal(folder: Path) -> None:
    frame = buildings()
    outlines = gpd.GeoDataFrame(geometry=frame.geometry.exterior, crs=frame.crs)
    write(outlines, folder / "a.dxf", driver="DXF")
    write(frame, folder / "a.mif", driver="MapInfo File")
    write(frame, folder / "a.sqlite", driver="SQLite")
    points = gpd.GeoDataFrame(
        {"name": ["a", "b"]}, geometry=gpd.points_from_xy([LON, LON], [LAT, LAT]), crs=4326
    )
    write(points, folder / "a.gpx", driver="GPX")


def _network() -> dict[str, object]:
    """A pandapipes network of two junctions and a pipe, as its JSON has it."""

    def table(columns: list[str], rows: list[list[object]]) -> dict[str, object]:
        text = json.dumps({"columns": columns, "index": list(range(len(rows))), "data": rows})
        return {
            "_module": "pandas.core.frame",
            "_class": "DataFrame",
            "_object": text,
            "orient": "split",
        }

    places = table(["x", "y"], [[LON, LAT], [LON + 0.001, LAT]])
    inside = {
        "junction": table(["name", "pn_bar", "tfluid_k"], [["a", 6.0, 330.0], ["b", 6.0, 330.0]]),
        "junction_geodata": places,
        "pipe": table(["name", "from_junction", "to_junction", "length_km"], [["p", 0, 1, 0.1]]),
    }
    return {"_module": "pandapipes.pandapipes_net", "_class": "pandapipesNet", "_object": inside}


def spoiled(good: Path, folder: Path, name: str, content: bytes) -> Path:
    for suffix in SIDES.get(name, ()):
        side = (good / name).with_suffix(suffix)
        (folder / side.name).write_bytes(side.read_bytes())
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_the_good_files_are_good(good: Path, name: str) -> None:
    assert rows_and_cells(good / name) > 0


def scratched(content: bytes, changes: list[tuple[float, int]]) -> bytes:
    found = bytearray(content)
    for place, value in changes:
        found[int(place * len(found))] = value
    return bytes(found)


CUT = st.floats(0.0, 1.0)
CHANGES = st.lists(st.tuples(st.floats(0, 0.9999), st.integers(0, 255)), min_size=1, max_size=8)
QUICK = [name for name in NAMES if name != "a.osm"]


@pytest.mark.parametrize("name", QUICK)
@RELAXED
@given(cut=CUT)
def test_cut_files(good: Path, tmp_path: Path, name: str, cut: float) -> None:
    content = (good / name).read_bytes()
    assert faults(spoiled(good, tmp_path, name, content[: int(cut * len(content))])) == []


@pytest.mark.parametrize("name", QUICK)
@RELAXED
@given(changes=CHANGES)
def test_scratched_files(
    good: Path, tmp_path: Path, name: str, changes: list[tuple[float, int]]
) -> None:
    assert (
        faults(spoiled(good, tmp_path, name, scratched((good / name).read_bytes(), changes))) == []
    )


@settings(RELAXED, max_examples=3)  # GDAL makes a database of every file of OpenStreetMap
@given(cut=CUT, changes=CHANGES)
def test_openstreetmap(
    good: Path, tmp_path: Path, cut: float, changes: list[tuple[float, int]]
) -> None:
    content = scratched((good / "a.osm").read_bytes(), changes)
    assert faults(spoiled(good, tmp_path, "a.osm", content[: int(cut * len(content))])) == []
