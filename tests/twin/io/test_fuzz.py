"""Small good files, cut and scratched: never another exception than ReadError, never a hang, never a crash."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.io.made import (
    X,
    Y,
    buildings,
    collection,
    cube,
    feature,
    point,
    raster,
    square,
    write,
    write_json,
    zipped,
)
from tests.twin.io.sound import faults, rows_and_cells

NAMES = [
    "a.gpkg",
    "a.shp",
    "a.geojson",
    "a.fgb",
    "a.parquet",
    "a.kml",
    "a.csv",
    "a.tif",
    "a.asc",
    "a.city.json",
    "a.city.jsonl",
    "a.zip",
]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one small good file of each format."""
    folder = tmp_path_factory.mktemp("good")
    frame = buildings(
        6, hauteur=[3.0, None, 4.0, 5.0, 0.0, 6.0], nom=["é", None, "b", "c", "d", "e"]
    )
    for name in ("a.gpkg", "a.shp", "a.fgb"):
        write(frame, folder / name)
    frame.to_parquet(folder / "a.parquet")
    write(frame.to_crs(4326), folder / "a.kml", driver="KML")
    ring = shapely.geometry.mapping(square(z=40.0))
    write_json(
        folder / "a.geojson", collection(feature(point(), a=1), feature(ring, a="x"), feature(None))
    )
    (folder / "a.csv").write_text(f"x;y;wkt;n\n{X};{Y};POINT ({X} {Y});12,5 m\n{X};{Y};;secret\n")
    raster(folder / "a.tif", np.arange(600, dtype=np.float32).reshape(20, 30), nodata=-9999)
    (folder / "a.asc").write_text(
        f"ncols 2\nnrows 2\nxllcorner {X}\nyllcorner {Y}\ncellsize 5\n1 2\n3 4\n"
    )
    model = cube(appearance={"materials": [{"diffuseColor": [1, 0, 0]}]})
    write_json(folder / "a.city.json", model)
    header = {k: model[k] for k in ("type", "version", "transform", "metadata")}
    one = {
        "type": "CityJSONFeature",
        "id": "b1",
        "CityObjects": model["CityObjects"],
        "vertices": model["vertices"],
    }
    lines = [{**header, "CityObjects": {}, "vertices": []}, one]
    (folder / "a.city.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    zipped(folder / "a.zip", **{"b.geojson": (folder / "a.geojson").read_bytes()})
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_the_good_files_are_good(good: Path, name: str) -> None:
    assert rows_and_cells(good / name) > 0


COPIES = {"a.shp": (".shx", ".dbf", ".prj", ".cpg")}
RELAXED = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def spoiled(good: Path, folder: Path, name: str, content: bytes) -> Path:
    for suffix in COPIES.get(name, ()):
        side = (good / name).with_suffix(suffix)
        (folder / side.name).write_bytes(side.read_bytes())
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", NAMES)
@RELAXED
@given(cut=st.floats(0.0, 1.0))
def test_cut_files(good: Path, tmp_path: Path, name: str, cut: float) -> None:
    content = (good / name).read_bytes()
    assert faults(spoiled(good, tmp_path, name, content[: int(cut * len(content))])) == []


@pytest.mark.parametrize("name", NAMES)
@RELAXED
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


@pytest.mark.parametrize("name", ["a.shx", "a.dbf", "a.prj", "a.cpg"])
@RELAXED
@given(content=st.binary(max_size=300))
def test_side_files_of_nonsense(good: Path, tmp_path: Path, name: str, content: bytes) -> None:
    path = spoiled(good, tmp_path, "a.shp", (good / "a.shp").read_bytes())
    (tmp_path / name).write_bytes(content)
    assert faults(path) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(RELAXED, max_examples=60)
@given(data=st.data())
def test_city_models_with_a_value_of_another_kind(tmp_path: Path, data: st.DataObject) -> None:
    corners = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    leaf = {"type": "MultiSurface", "lod": "1", "boundaries": [[[0, 1, 2]]]}
    model = cube(appearance={"materials": [{"diffuseColor": [1, 0, 0]}]})
    model["geometry-templates"] = {"templates": [leaf], "vertices-templates": corners}
    instance = {"type": "GeometryInstance", "template": 0, "boundaries": [0]}
    model["CityObjects"]["t"] = {"type": "SolitaryVegetationObject", "geometry": [instance]}
    place = model
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.integers(0, 4)):
            place = inner
            continue
        place[key] = data.draw(JSON)
        break
    assert faults(write_json(tmp_path / "m.city.json", model)) == []


@settings(RELAXED, max_examples=40)
@given(
    value=JSON,
    key=st.sampled_from(["features", "geometry", "properties", "coordinates", "crs", "type"]),
)
def test_geojson_with_a_value_of_another_kind(tmp_path: Path, value: object, key: str) -> None:
    whole = collection(feature(point(), a=1), feature(point(), a=2))
    places = {"features": whole, "crs": whole, "coordinates": whole["features"][0]["geometry"]}
    places.get(key, whole["features"][0])[key] = value
    assert faults(write_json(tmp_path / "a.geojson", whole)) == []
