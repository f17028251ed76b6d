"""City models: objects, levels of detail, semantics, holes, templates."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.twin.io.made import X, Y, cube, keys, write_json
from twin import io
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


def test_a_cube(tmp_path: Path) -> None:
    path = write_json(tmp_path / "cube.city.json", cube())
    found = io.inspect(path)
    assert not found.problems
    layer = found.layers[0]
    assert (layer.kind, layer.count, layer.crs, layer.lods) == ("mesh", 1, "EPSG:5698", ("2.2",))
    assert layer.extent == (X, Y, X + 10, Y + 10)
    assert layer.z_range == (35.0, 45.0)
    table, progress = read(path, target=LAMBERT)
    assert not progress.problems
    assert (table.crs, list(table.feature_ids)) == ("EPSG:2154", ["b1"])
    assert table.frame["hauteur"].iloc[0] == 10.0
    mesh = mesh_of(table)
    assert area_and_volume(mesh) == pytest.approx((600.0, 1000.0))
    assert mesh.triangles.shape == (12, 3)
    names = [mesh.surface_names[i] for i in mesh.surface_of_triangle]
    assert [names.count(kind) for kind in ("GroundSurface", "WallSurface", "RoofSurface")] == [
        2,
        8,
        2,
    ]
    assert mesh.lod_of_triangle is not None
    assert set(mesh.lod_of_triangle) == {np.float32(2.2)}
    assert mesh.rgba_of_triangle is None


def test_a_byte_order_mark_and_a_late_type(tmp_path: Path) -> None:
    model = cube()
    late = {key: model[key] for key in model if key not in {"type", "version"}}
    late["CityObjects"] = {f"x{i}": model["CityObjects"]["b1"] for i in range(300)}
    text = json.dumps({**late, "type": "CityJSON", "version": "2.0", "+tail": ["y" * 99] * 2000})
    path = tmp_path / "model.json"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert io.inspect(path).layers[0].count == 300


@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0"])
def test_versions(tmp_path: Path, version: str) -> None:
    model = cube(version=version)
    if version == "1.0":
        scale, move = model["transform"]["scale"], model["transform"]["translate"]
        model["vertices"] = [
            [v * s + t for v, s, t in zip(row, scale, move, strict=True)]
            for row in model["vertices"]
        ]
        del model["transform"]
        first_geometry(model)["lod"] = 2
        model["metadata"] = {"referenceSystem": "urn:ogc:def:crs:EPSG::5698"}
    table, progress = read(write_json(tmp_path / "m.json", model))
    assert area_and_volume(mesh_of(table))[1] == pytest.approx(1000.0)
    assert not progress.problems


def test_a_missing_transform_is_said(tmp_path: Path) -> None:
    model = cube()
    del model["transform"]
    assert "io.cityjson_no_transform" in keys(io.inspect(write_json(tmp_path / "m.json", model)))


@pytest.mark.parametrize(
    "kind,depth",
    [
        ("MultiSurface", 0),
        ("CompositeSurface", 0),
        ("Solid", 1),
        ("MultiSolid", 2),
        ("CompositeSolid", 2),
    ],
)
def test_kinds_of_geometry(tmp_path: Path, kind: str, depth: int) -> None:
    model = cube()
    geometry = first_geometry(model)
    surfaces, values = geometry["boundaries"][0], geometry["semantics"]["values"][0]
    for _ in range(depth):
        surfaces, values = [surfaces], [values]
    geometry.update(type=kind, boundaries=surfaces)
    geometry["semantics"]["values"] = values
    table, progress = read(write_json(tmp_path / "m.json", model))
    assert area_and_volume(mesh_of(table)) == pytest.approx((600.0, 1000.0))
    assert set(mesh_of(table).surface_of_triangle) == {1, 2, 3}
    assert not progress.problems


def test_a_hole_in_a_wall_stays_open(tmp_path: Path) -> None:
    model = cube()
    model["vertices"] += [[2000, 0, 37000], [2000, 0, 39000], [4000, 0, 39000], [4000, 0, 37000]]
    first_geometry(model)["boundaries"][0][1] = [[0, 1, 5, 4], [8, 9, 10, 11]]
    table, progress = read(write_json(tmp_path / "m.json", model))
    assert area_and_volume(mesh_of(table))[0] == pytest.approx(596.0)
    assert not progress.problems


def test_a_roof_shaped_like_an_l_and_one_that_is_hollow(tmp_path: Path) -> None:
    ring = [(0, 0), (9, 0), (9, 3), (3, 3), (3, 9), (0, 9)]
    arrow = [(20, 0), (30, 5), (20, 10), (23, 5)]
    model = cube(vertices=[[1000 * x, 1000 * y, 100 * x] for x, y in ring + arrow])
    first_geometry(model).update(
        type="MultiSurface", boundaries=[[[0, 1, 2, 3, 4, 5]], [[6, 7, 8, 9]]], semantics={}
    )
    table, _ = read(write_json(tmp_path / "m.json", model))
    mesh = mesh_of(table)
    flat = mesh.xyz_in_crs[mesh.triangles][:, :, :2]
    one, two = flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]
    signed = (one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]) / 2
    assert (signed > 0).all(), "every triangle turns like its surface"
    assert signed.sum() == pytest.approx(45.0 + 35.0)


@pytest.mark.parametrize(
    "values,expected",
    [
        (
            [[0, None, None, 1, 1, 2]],
            {"": 4, "GroundSurface": 2, "WallSurface": 4, "RoofSurface": 2},
        ),
        ([[0, 1]], {"": 8, "GroundSurface": 2, "WallSurface": 2}),
        ([None], {"": 12}),
        (None, {"": 12}),
        ([1], {"WallSurface": 12}),
        ([[0, 1, 1, 1, 1, 99]], {"": 2, "GroundSurface": 2, "WallSurface": 8}),
        ("roof", {"": 12}),
    ],
)
def test_semantics_as_files_have_them(
    tmp_path: Path, values: object, expected: dict[str, int]
) -> None:
    model = cube()
    first_geometry(model)["semantics"]["values"] = values
    mesh = mesh_of(read(write_json(tmp_path / "m.json", model))[0])
    names = [mesh.surface_names[i] for i in mesh.surface_of_triangle]
    assert {name: names.count(name) for name in set(names)} == expected


@pytest.mark.parametrize(
    "material",
    [{"t": {"value": 1}}, {"t": {"values": [[1] * 6]}}, {"t": {"values": [[1, None, 1, 1, 1, 9]]}}],
)
def test_materials(tmp_path: Path, material: dict[str, Any]) -> None:
    model = cube(
        appearance={
            "materials": [{"name": "plain"}, {"diffuseColor": [1.0, 0.5, 0.0], "transparency": 0.2}]
        }
    )
    first_geometry(model)["material"] = material
    rgba = mesh_of(read(write_json(tmp_path / "m.json", model))[0]).rgba_of_triangle
    assert rgba is not None
    assert rgba[0].tolist() == [255, 128, 0, 204]
    painted = 8 if "None" in str(material) else 12
    assert int((rgba[:, 3] > 0).sum()) == painted


def lods(*levels: str) -> dict[str, Any]:
    """The cube once for each level, ten metres higher each time."""
    model = cube()
    base = model["vertices"]
    solid = first_geometry(model)
    model["vertices"], model["CityObjects"]["b1"]["geometry"] = [], []
    for number, level in enumerate(levels):
        shifted = copy.deepcopy(solid)
        shifted["lod"] = level
        shifted["boundaries"] = [
            [[[i + 8 * number for i in ring] for ring in s] for s in solid["boundaries"][0]]
        ]
        model["CityObjects"]["b1"]["geometry"].append(shifted)
        model["vertices"] += [[x, y, z + 10_000 * number] for x, y, z in base]
    return model


@pytest.mark.parametrize(
    "lod,shown",
    [
        ("highest", {2.2}),
        ("1.2", {1.2}),
        ("1.3", {1.2}),
        ("0", {1.2}),
        ("3", {2.2}),
        ("all", {1.2, 2.2}),
        ("nonsense", {2.2}),
    ],
)
def test_the_level_of_detail_is_chosen(tmp_path: Path, lod: str, shown: set[float]) -> None:
    path = write_json(tmp_path / "m.json", lods("1.2", "2.2"))
    assert io.inspect(path).layers[0].lods == ("1.2", "2.2")
    levels = mesh_of(read(path, options={"lod": lod})[0]).lod_of_triangle
    assert levels is not None
    assert {round(float(value), 1) for value in levels} == shown


def with_part() -> dict[str, Any]:
    """A building with a footprint of level 0, its part with a solid of level 2.2, as in 3DBAG."""
    model = cube()
    solid = model["CityObjects"]["b1"].pop("geometry")
    floor = {"type": "MultiSurface", "lod": "0", "boundaries": [[[0, 1, 2, 3]]]}
    model["CityObjects"]["b1"].update(children=["b1-0"], geometry=[floor])
    model["CityObjects"]["b1-0"] = {"type": "BuildingPart", "parents": ["b1"], "geometry": solid}
    return model


def test_parts_stand_for_their_building_and_keep_its_name(tmp_path: Path) -> None:
    path = write_json(tmp_path / "m.json", with_part())
    table, _ = read(path)
    assert list(table.feature_ids) == ["b1", "b1-0"]
    assert list(table.frame["type"]) == ["Building", "BuildingPart"]
    assert list(table.frame["parent_id"]) == [None, "b1"]
    assert set(mesh_of(table).row_of_triangle) == {1}
    assert set(mesh_of(read(path, options={"lod": "0"})[0]).row_of_triangle) == {0}
    assert set(mesh_of(read(path, options={"lod": "all"})[0]).row_of_triangle) == {0, 1}


def test_objects_without_geometry_are_rows(tmp_path: Path) -> None:
    model = cube()
    model["CityObjects"]["g"] = {"type": "CityObjectGroup", "children": ["b1"]}
    model["CityObjects"]["e"] = {"type": "+NoiseBarrier", "attributes": {"dB": 61.5}}
    table, _ = read(write_json(tmp_path / "m.json", model))
    assert list(table.feature_ids) == ["b1", "g", "e"]
    assert table.frame["dB"].tolist()[2] == 61.5


def test_attributes_keep_their_kind(tmp_path: Path) -> None:
    model = cube()
    model["CityObjects"]["b1"]["attributes"] = {
        "storeysAboveGround": 4,
        "hauteur": "12,5 m",
        "type": "shop",
        "parts": [1, {"a": 2}],
        "ok": True,
        "id": "z",
        "none": None,
    }
    table, progress = read(write_json(tmp_path / "m.json", model))
    row = table.frame.iloc[0]
    assert (row["storeysAboveGround"], row["hauteur"], row["type"], row["type_"]) == (
        4,
        12.5,
        "Building",
        "shop",
    )
    assert (row["parts"], bool(row["ok"])) == ('[1,{"a":2}]', True)
    assert list(table.feature_ids) == ["b1"]
    assert keys(progress) == {"io.numbers_as_text"}


def test_templates_are_placed_by_their_matrix(tmp_path: Path) -> None:
    model = cube()
    tree = {"type": "MultiSurface", "lod": "1", "boundaries": [[[0, 1, 2]]]}
    model["geometry-templates"] = {
        "templates": [tree],
        "vertices-templates": [[0, 0, 0], [1, 0, 0], [0, 0, 2], [9, 9, 9]],
    }
    matrix = [
        2,
        0,
        0,
        1,
        0,
        1,
        0,
        0,
        0,
        0,
        3,
        0,
        0,
        0,
        0,
        1,
    ]  # twice as wide, three times as high, 1 m east
    instance = {
        "type": "GeometryInstance",
        "template": 0,
        "boundaries": [2],
        "transformationMatrix": matrix,
    }
    model["CityObjects"] = {"t": {"type": "SolitaryVegetationObject", "geometry": [instance]}}
    path = write_json(tmp_path / "m.json", model)
    assert io.inspect(path).layers[0].lods == ("1",)
    corners = mesh_of(read(path)[0]).xyz_in_crs
    anchor = np.array([X + 10, Y + 10, 35.0])
    expected = anchor + np.array([[1, 0, 0], [3, 0, 0], [1, 0, 6]])
    np.testing.assert_allclose(sorted(map(tuple, corners)), sorted(map(tuple, expected)))


def test_points_and_lines_of_a_model(tmp_path: Path) -> None:
    model = cube()
    lamp = {"type": "MultiPoint", "lod": "1", "boundaries": [0, 6]}
    rail = {"type": "MultiLineString", "lod": "0", "boundaries": [[0, 1, 2]]}
    model["CityObjects"]["lamp"] = {"type": "CityFurniture", "geometry": [lamp]}
    model["CityObjects"]["rail"] = {"type": "Railway", "geometry": [rail]}
    table, progress = read(write_json(tmp_path / "m.json", model), target=LAMBERT)
    assert [None if g is None else g.geom_type for g in table.frame.geometry] == [
        None,
        "MultiPoint",
        "MultiLineString",
    ]
    assert table.frame.geometry.iloc[1].has_z
    assert not progress.problems


def test_textures(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "appearances").mkdir()
    Image.new("RGB", (2, 2), (1, 2, 3)).save(tmp_path / "appearances" / "wall.png")
    model = cube()
    model["appearance"] = {
        "textures": [{"type": "PNG", "image": "appearances/wall.png"}],
        "vertices-texture": [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]],
    }
    geometry = first_geometry(model)
    shell = geometry["boundaries"][0]
    values: list[Any] = [[[None]] for _ in shell]
    values[0] = [[0, *range(len(shell[0][0]))]]
    geometry["texture"] = {"visual": {"values": [values]}}
    table, progress = read(write_json(tmp_path / "a.city.json", model))
    assert not progress.problems
    mesh = mesh_of(table)
    assert mesh.texture_of_triangle is not None
    assert mesh.uv_of_vertex is not None
    assert int((mesh.texture_of_triangle == 0).sum()) == 2
    assert mesh.textures[0][0, 0].tolist() == [1, 2, 3]
    dressed = np.unique(mesh.triangles[mesh.texture_of_triangle == 0])
    assert sorted(map(tuple, mesh.uv_of_vertex[dressed].tolist())) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]
    assert area_and_volume(mesh) == pytest.approx((600.0, 1000.0))
    (tmp_path / "appearances" / "wall.png").unlink()
    assert keys(read(tmp_path / "a.city.json")[1]) == {"io.textures_missing"}
