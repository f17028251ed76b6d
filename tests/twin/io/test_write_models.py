"""Models written and read back the same: CityJSON, its sequence, glTF, OBJ; valid by the official schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.twin.io.made import X, Y, cube, write_json
from twin import io
from twin.errors import ReadError
from twin.io.merge import merged
from twin.model.table import FeatureTable
from twin.progress import Unattended

SUFFIXES = [".city.json", ".city.jsonl", ".glb", ".gltf", ".obj"]


def model(folder: Path) -> FeatureTable:
    """A closed cube with a part, attributes of all kinds, and a surface alone."""
    document = cube()
    objects = document["CityObjects"]
    objects["b1"]["attributes"] = {
        "nom": "Mairie",
        "hauteur": 10.5,
        "etages": 3,
        "classe": True,
        "note": None,
    }
    objects["p1"] = {
        **json.loads(json.dumps(objects["b1"])),
        "type": "BuildingPart",
        "parents": ["b1"],
    }
    objects["b1"]["children"] = ["p1"]
    objects["b1"]["geometry"] = []
    objects["square"] = {
        "type": "LandUse",
        "geometry": [{"type": "MultiSurface", "lod": "1", "boundaries": [[[0, 1, 2, 3]]]}],
    }
    return read(write_json(folder / "source.city.json", document))


def read(path: Path) -> FeatureTable:
    return io.read(path, progress=Unattended())


def area_of_rows(table: FeatureTable) -> dict[str, float]:
    mesh = table.mesh
    assert mesh is not None
    a, b, c = (mesh.xyz_in_crs[mesh.triangles[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    total = np.bincount(mesh.row_of_triangle, weights=area, minlength=len(table))
    names = table.frame["name"] if "name" in table.frame.columns else table.feature_ids
    return {
        str(name): round(float(value), 2) for name, value in zip(names, total, strict=True) if value
    }


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_shapes_and_rows_come_back(tmp_path: Path, suffix: str) -> None:
    table = model(tmp_path)
    path = tmp_path / f"out{suffix}"
    io.write_table(table, path)
    again = read(path)
    assert area_of_rows(again) == area_of_rows(table) == {"p1": 600.0, "square": 100.0}
    assert again.mesh is not None
    assert table.mesh is not None
    assert again.mesh.xyz_in_crs.min(axis=0) == pytest.approx(
        table.mesh.xyz_in_crs.min(axis=0), abs=0.001
    )
    assert again.mesh.xyz_in_crs.max(axis=0) == pytest.approx(
        table.mesh.xyz_in_crs.max(axis=0), abs=0.001
    )


@pytest.mark.parametrize("suffix", [".city.json", ".city.jsonl"])
def test_city_models_come_back_with_everything(tmp_path: Path, suffix: str) -> None:
    table = model(tmp_path)
    path = tmp_path / f"out{suffix}"
    io.write_table(table, path)
    again = read(path)
    order = [list(again.feature_ids).index(name) for name in table.feature_ids]
    frame = again.frame.iloc[order].reset_index(drop=True)
    assert again.crs == table.crs
    for name in ("type", "parent_id", "nom", "hauteur"):
        assert frame[name].astype(str).tolist() == table.frame[name].astype(str).tolist(), name
    assert table.mesh is not None
    assert again.mesh is not None
    kinds = [
        sorted(m.surface_names[k] for k in m.surface_of_triangle) for m in (table.mesh, again.mesh)
    ]
    assert kinds[0] == kinds[1]
    second = tmp_path / f"again{suffix}"
    io.write_table(again, second)
    assert area_of_rows(read(second)) == area_of_rows(table)


def test_a_glb_brings_its_attributes_back(tmp_path: Path) -> None:
    table = model(tmp_path)
    io.write_table(table, tmp_path / "out.glb")
    again = read(tmp_path / "out.glb")
    row = again.row_of("p1")
    assert (again.frame["nom"].iloc[row], again.frame["hauteur"].iloc[row]) == ("Mairie", 10.5)
    assert again.crs == table.crs


def test_footprints_become_blocks_of_their_height(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"feature_id": ["a", "b"], "hauteur": [12.0, np.nan]},
        geometry=[
            shapely.box(X, Y, X + 10, Y + 5).difference(shapely.box(X + 2, Y + 2, X + 4, Y + 3)),
            shapely.box(X + 20, Y, X + 30, Y + 5),
        ],
        crs="EPSG:2154",
    )
    io.write_table(
        FeatureTable(frame=frame, crs="EPSG:2154", name="bati"), tmp_path / "a.city.json"
    )
    document = json.loads((tmp_path / "a.city.json").read_text())
    kinds = {name: item["geometry"][0]["type"] for name, item in document["CityObjects"].items()}
    assert kinds == {"a": "Solid", "b": "MultiSurface"}
    assert document["metadata"]["referenceSystem"].endswith("/5698")
    again = read(tmp_path / "a.city.json")
    mesh = again.mesh
    assert mesh is not None
    a, b, c = (mesh.xyz_in_crs[mesh.triangles[:, k]] - mesh.xyz_in_crs[0] for k in range(3))
    mine = mesh.row_of_triangle == again.row_of("a")
    assert ((a * np.cross(b, c)).sum(axis=1) / 6)[mine].sum() == pytest.approx(12 * (50 - 2))


def test_tables_are_put_together(tmp_path: Path) -> None:
    table = model(tmp_path)
    both = merged([table, table], name="both")
    assert len(both) == 2 * len(table)
    assert len(set(both.feature_ids)) == len(both)
    assert area_of_rows(both)["p1#2"] == 600.0


def test_a_suffix_that_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="write_format"):
        io.write_table(model(tmp_path), tmp_path / "a.skp")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["source.city.json"]


def schema(shared_data: Path, name: str) -> Any:
    jsonschema = pytest.importorskip("jsonschema_rs", reason="extra test: jsonschema-rs")
    path = shared_data / "cityjson_schemas" / "cjval" / "schemas" / "20" / name
    return jsonschema.Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.shared_data
def test_what_is_written_is_valid(tmp_path: Path, shared_data: Path) -> None:
    whole = schema(shared_data, "cityjson.min.schema.json")
    feature = schema(shared_data, "cityjsonfeature.min.schema.json")
    sources = [
        shared_data / "citygml_models" / "citygml4j" / "datasets" / "lod4_building_v2.gml",
        shared_data
        / "citygml_models"
        / "ud-sample"
        / "CityGML"
        / "LYON_1ER_BATI_2015_small_house.gml",
    ]
    for number, source in enumerate([write_json(tmp_path / "cube.city.json", cube()), *sources]):
        table = read(source)
        path = tmp_path / f"{number}.city.json"
        io.write_table(table, path)
        errors = [error.message[:200] for error in whole.iter_errors(json.loads(path.read_bytes()))]
        assert not errors, source
        lines = tmp_path / f"{number}.city.jsonl"
        io.write_table(table, lines)
        first, *rest = [json.loads(line) for line in lines.read_bytes().splitlines()]
        assert not [error.message[:200] for error in whole.iter_errors(first)]
        for line in rest:
            assert not [error.message[:200] for error in feature.iter_errors(line)], source
        assert area_of_rows(read(lines)) == area_of_rows(read(path)), source


def models_of_others(shared_data: Path) -> list[Path]:
    found = sorted((shared_data / "cityjson_models").rglob("*.json"))
    found += sorted((shared_data / "cityjson_models").rglob("*.jsonl"))
    found += sorted((shared_data / "citygml_models").rglob("*.gml"))
    return [path for path in found if 20_000 < path.stat().st_size < 1_500_000]


@pytest.mark.shared_data
@pytest.mark.parametrize("suffix", [".city.json", ".city.jsonl"])
def test_models_of_others_are_written_valid_and_come_back(
    tmp_path: Path, shared_data: Path, suffix: str
) -> None:
    whole = schema(shared_data, "cityjson.min.schema.json")
    feature = schema(shared_data, "cityjsonfeature.min.schema.json")
    written = 0
    for source in models_of_others(shared_data):
        try:
            table = read(source)
        except ReadError:
            continue
        if table.mesh is None or not len(table.mesh.triangles):
            continue
        path = tmp_path / f"{written}{suffix}"
        io.write_table(table, path)
        first, *rest = [json.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
        assert not [error.message[:200] for error in whole.iter_errors(first)], source
        for line in rest:
            assert not [error.message[:200] for error in feature.iter_errors(line)], source
        before, after = area_of_rows(table), area_of_rows(read(path))
        assert after.keys() == before.keys(), source
        assert sum(after.values()) == pytest.approx(sum(before.values()), rel=1e-4), source
        written += 1
    assert written > 10
