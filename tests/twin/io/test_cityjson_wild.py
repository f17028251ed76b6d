"""City models as they come: sequences, cut off, damaged, without a place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.io.made import LAT, LON, X, Y, cube, errors, keys, one, write_json
from twin import io
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureMesh, FeatureTable
from twin.progress import Unattended

LAMBERT = GeoFrame(crs="EPSG:2154")


def read(path: Path, **options: object) -> tuple[FeatureTable, Unattended]:
    progress = Unattended()
    return io.read(path, progress=progress, **options), progress  # type: ignore[arg-type]


def mesh_of(table: FeatureTable) -> FeatureMesh:
    assert table.mesh is not None
    return table.mesh


def area_and_volume(mesh: FeatureMesh) -> tuple[float, float]:
    a, b, c = (mesh.xyz_in_crs[mesh.triangles[:, k]] - mesh.xyz_in_crs[0] for k in range(3))
    area = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()
    return float(area), float((a * np.cross(b, c)).sum() / 6)


def first_geometry(model: dict[str, Any]) -> dict[str, Any]:
    return next(iter(model["CityObjects"].values()))["geometry"][0]


@pytest.mark.parametrize(
    "spoil,key,left",
    [
        (
            lambda g: g["boundaries"][0][0].__setitem__(0, [0, 3, 2, 99]),
            "io.cityjson_bad_indices",
            10,
        ),
        (lambda g: g["boundaries"][0][0].__setitem__(0, [0, 3, -2]), "io.cityjson_bad_indices", 10),
        (
            lambda g: g["boundaries"][0][0].__setitem__(0, [0, 3.5, 2]),
            "io.cityjson_bad_indices",
            10,
        ),
        (
            lambda g: g["boundaries"][0][0].__setitem__(0, [0, "3", 2]),
            "io.cityjson_bad_geometries",
            0,
        ),
        (lambda g: g["boundaries"][0][0].__setitem__(0, [0, 3, 3, 0]), "io.surfaces_dropped", 10),
        (lambda g: g["boundaries"][0].__setitem__(0, 7), "io.cityjson_bad_geometries", 0),
        (lambda g: g.update(type="Tesseract"), "io.cityjson_bad_geometries", 0),
        (lambda g: g.update(boundaries=[0, 1, 2]), "io.cityjson_bad_geometries", 0),
    ],
)
def test_bad_surfaces_do_not_hide_the_good_ones(
    tmp_path: Path, spoil: Any, key: str, left: int
) -> None:
    model = cube()
    spoil(first_geometry(model))
    table, progress = read(write_json(tmp_path / "m.json", model))
    assert key in keys(progress)
    assert len(table) == 1
    assert (0 if table.mesh is None else len(table.mesh.triangles)) == left


def test_vertices_that_are_no_numbers(tmp_path: Path) -> None:
    model = cube()
    model["vertices"][6] = [1, "two"]
    table, progress = read(write_json(tmp_path / "m.json", model))
    assert one(progress, "io.mesh_not_finite").values["count"] in {4, 5, 6}
    assert len(mesh_of(table).triangles) in {6, 7, 8}


def test_a_broken_off_model_shows_what_it_can(tmp_path: Path) -> None:
    model = cube()
    first = {key: model[key] for key in ("type", "version", "transform", "metadata", "vertices")}
    first["CityObjects"] = {f"b{i}": model["CityObjects"]["b1"] for i in range(20)}
    text = json.dumps(first)
    path = tmp_path / "cut.city.json"
    path.write_text(text[: int(len(text) * 0.6)])
    table, progress = read(path)
    assert 5 < len(table) < 20
    assert one(progress, "io.json_truncated").values["count"] == len(table)
    assert len(mesh_of(table).triangles) == 12 * len(table)


def test_objects_of_the_same_id_are_said(tmp_path: Path) -> None:
    text = json.dumps(cube()).replace('{"b1":', '{"b1": {"type": "Building"}, "b1":')
    path = tmp_path / "m.json"
    path.write_text(text)
    table, progress = read(path)
    assert len(table) == 1
    assert one(progress, "io.cityjson_doubles").values["count"] == 1


def sequence(features: int = 3) -> list[dict[str, Any]]:
    model = cube()
    header = {
        **{k: model[k] for k in ("type", "version", "transform", "metadata")},
        "CityObjects": {},
        "vertices": [],
    }
    lines = [header]
    for i in range(features):
        shifted = [[x + 20_000 * i, y, z] for x, y, z in model["vertices"]]
        lines.append(
            {
                "type": "CityJSONFeature",
                "id": f"f{i}",
                "CityObjects": {f"f{i}": model["CityObjects"]["b1"]},
                "vertices": shifted,
            }
        )
    return lines


@pytest.mark.parametrize("name", ["s.city.jsonl", "s.jsonl", "s.city.json"])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_sequence_by_any_name_and_on_any_lines(
    tmp_path: Path, name: str, indent: int | None
) -> None:
    path = tmp_path / name
    path.write_text("\n".join(json.dumps(line, indent=indent) for line in sequence()) + "\n")
    found = io.inspect(path)
    assert found.format == "CityJSON Text Sequence"
    assert (found.layers[0].count, found.layers[0].crs) == (3, "EPSG:5698")
    assert found.layers[0].extent == (X, Y, X + 50, Y + 10)
    table, progress = read(path, target=LAMBERT)
    assert list(table.feature_ids) == ["f0", "f1", "f2"]
    assert area_and_volume(mesh_of(table))[1] == pytest.approx(3000.0)
    assert not progress.problems


def test_a_sequence_without_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "s.city.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in sequence()[1:]))
    table, progress = read(path)
    assert (len(table), table.mesh) == (3, None)
    assert keys(progress) == {"io.cityjson_no_header"}


def test_a_sequence_with_a_damaged_feature(tmp_path: Path) -> None:
    lines = [json.dumps(line) for line in sequence()]
    lines[2] = lines[2].replace('"Solid"', "Solid")
    path = tmp_path / "s.city.jsonl"
    path.write_text("\n".join(lines))
    table, progress = read(path)
    assert list(table.feature_ids) == ["f0", "f2"]
    assert one(progress, "io.cityjson_bad_objects").values["count"] == 1


def test_small_numbers_are_a_model_of_its_own_never_degrees(tmp_path: Path) -> None:
    model = cube(transform={"scale": [0.001] * 3, "translate": [LON, LAT, 0.0]}, metadata={})
    path = write_json(tmp_path / "m.json", model)
    layer = io.inspect(path).layers[0]
    assert layer.crs == ""
    with pytest.raises(ReadError) as raised:
        read(path, target=LAMBERT)
    assert raised.value.problem.key == "io.crs_unplaceable"
    placed, _ = read(path, target=LAMBERT, crs="EPSG:2154")
    assert mesh_of(placed).xyz_in_crs[:, 0].min() == pytest.approx(LON)


def test_a_crs_that_nobody_knows(tmp_path: Path) -> None:
    model = cube(metadata={"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/9999999"})
    table, progress = read(write_json(tmp_path / "m.json", model), target=LAMBERT)
    assert one(progress, "io.crs_unknown").values["crs"] == "EPSG:9999999"
    assert "io.crs_assumed" in keys(progress)
    assert table.crs == "EPSG:2154"


def test_a_model_with_no_object(tmp_path: Path) -> None:
    path = write_json(tmp_path / "m.json", cube(CityObjects={}))
    assert io.inspect(path).shown
    table, progress = read(path, target=LAMBERT)
    assert (len(table), table.mesh) == (0, None)
    assert keys(progress) == {"io.no_features"}


@pytest.mark.parametrize(
    "transform", [{"scale": [1, 1]}, {"scale": "a", "translate": None}, [1], 7]
)
def test_a_transform_that_is_none(tmp_path: Path, transform: object) -> None:
    found = io.inspect(write_json(tmp_path / "m.json", cube(transform=transform)))
    assert errors(found) == {"io.cityjson_bad_transform"}
