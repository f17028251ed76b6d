"""Colours and textures that are written to CityJSON come back with the model, and are valid."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.twin.io.made import cube, write_json
from tests.twin.io.test_write_models import read, schema
from twin import io
from twin.model.table import FeatureTable

RED, GLASS = (200, 40, 30, 255), (20, 60, 200, 102)


def model(folder: Path) -> FeatureTable:
    """A cube with a red roof, a glass wall, and a picture on another wall; of four corners of one colour each."""
    document = cube()
    solid = document["CityObjects"]["b1"]["geometry"][0]
    none = [[None]]
    solid["material"] = {"summer": {"values": [[None, None, 1, None, None, 0]]}}
    solid["texture"] = {"winter": {"values": [[none, [[0, 0, 1, 2, 3]], none, none, none, none]]}}
    document["appearance"] = {
        "materials": [
            {"name": "red", "diffuseColor": [c / 255 for c in RED[:3]]},
            {"name": "glass", "diffuseColor": [c / 255 for c in GLASS[:3]], "transparency": 0.6},
        ],
        "textures": [{"type": "PNG", "image": "wall.png"}],
        "vertices-texture": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]],
    }
    corners = np.array([[[250, 0, 0], [0, 250, 0]], [[0, 0, 250], [250, 250, 0]]], np.uint8)
    Image.fromarray(corners.repeat(8, 0).repeat(8, 1)).save(folder / "wall.png")
    return read(write_json(folder / "source.city.json", document))


def looks(table: FeatureTable) -> list[tuple[object, ...]]:
    """What each triangle looks like, whatever its place in the arrays: its middle, its colour, its pixels."""
    mesh = table.mesh
    assert mesh is not None
    rgba = mesh.rgba_of_triangle
    if rgba is None:
        rgba = np.zeros((len(mesh.triangles), 4), np.uint8)
    assert mesh.texture_of_triangle is not None
    assert mesh.uv_of_vertex is not None
    found = []
    for number, corners in enumerate(mesh.triangles):
        middle = tuple(np.round(mesh.xyz_in_crs[corners].mean(axis=0), 2).tolist())
        pixel: tuple[int, ...] = ()
        texture = int(mesh.texture_of_triangle[number])
        if texture >= 0:
            picture = mesh.textures[texture]
            u, v = mesh.uv_of_vertex[corners].mean(axis=0) % 1.0
            rows, columns = picture.shape[:2]
            pixel = tuple(picture[int((1 - v) * rows), int(u * columns)][:3].tolist())
        found.append((middle, tuple(rgba[number].tolist()), pixel))
    return sorted(found)


@pytest.mark.parametrize("suffix", [".city.json", ".city.jsonl"])
def test_colours_and_pictures_come_back(tmp_path: Path, suffix: str) -> None:
    table = model(tmp_path)
    before = looks(table)
    assert {rgba for _, rgba, _ in before} == {RED, GLASS, (0, 0, 0, 0)}
    assert sum(pixel != () for *_, pixel in before) == 2
    out = tmp_path / "out"
    out.mkdir()
    io.write_table(table, out / f"town{suffix}")
    assert sorted(p.name for p in out.iterdir()) == [f"town{suffix}", "town_texture_0.png"]
    assert looks(read(out / f"town{suffix}")) == before


@pytest.mark.shared_data
def test_what_is_written_with_its_looks_is_valid(tmp_path: Path, shared_data: Path) -> None:
    table = model(tmp_path)
    io.write_table(table, tmp_path / "town.city.json")
    whole = schema(shared_data, "cityjson.min.schema.json")
    document = json.loads((tmp_path / "town.city.json").read_bytes())
    assert [error.message[:200] for error in whole.iter_errors(document)] == []
    assert document["appearance"]["textures"][0]["image"] == "town_texture_0.png"
    io.write_table(table, tmp_path / "town.city.jsonl")
    feature = schema(shared_data, "cityjsonfeature.min.schema.json")
    for line in (tmp_path / "town.city.jsonl").read_bytes().splitlines()[1:]:
        assert [error.message[:200] for error in feature.iter_errors(json.loads(line))] == []


@pytest.mark.shared_data
def test_a_model_of_others_keeps_its_pictures(tmp_path: Path, shared_data: Path) -> None:
    source = shared_data / "citygml_models" / "ud-sample" / "CityGML"
    table = read(source / "LYON_1ER_BATI_2015_small_house.gml")
    io.write_table(table, tmp_path / "house.city.json")
    before, after = looks(table), looks(read(tmp_path / "house.city.json"))
    assert [pixel for *_, pixel in after] == [pixel for *_, pixel in before]
    assert sum(pixel != () for *_, pixel in before) > 10
