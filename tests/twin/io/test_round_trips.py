"""What is written in a format and read again is the same: rows, places, heights, attributes, walls, pictures, CRS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from PIL import Image

from tests.twin.io.made import X, Y
from tests.twin.tiles.node import needs_node, node
from twin import io
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.model.table import FeatureMesh, FeatureTable
from twin.progress import Unattended

FRAME = GeoFrame(crs="EPSG:2154")
MODELS = [".city.json", ".city.jsonl", ".glb", ".gltf", ".obj"]
VECTORS = [".gpkg", ".geojson", ".fgb", ".parquet", ".shp"]
DRESSED = [".city.json", ".city.jsonl", ".glb", ".gltf", ".obj"]
WITH_ATTRIBUTES = [".city.json", ".city.jsonl", ".glb", ".gltf", *VECTORS]


def house(x: float, *, z: float = 30.0, side: float = 10.0, height: float = 9.0) -> tuple[Any, Any]:
    """Corners and triangles of a closed box."""
    low = np.array([(x, Y), (x + side, Y), (x + side, Y + side), (x, Y + side)])
    xyz = np.concatenate([np.column_stack([low, np.full(4, h)]) for h in (z, z + height)])
    walls = [t for i in range(4) for j in [(i + 1) % 4] for t in ((i, j, j + 4), (i, j + 4, i + 4))]
    return xyz, np.array([(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), *walls], np.int32)


def town() -> FeatureTable:
    """Two boxes, the first half in a picture and half in a colour, and a row without any shape."""
    parts = [house(X), house(X + 30)]
    triangles = np.concatenate([parts[0][1], parts[1][1] + 8])
    rows = np.repeat([0, 1], 12).astype(np.int32)
    texture = np.full(24, -1, np.int32)
    texture[2:4] = 0
    rgba = np.zeros((24, 4), np.uint8)
    rgba[4:12] = (200, 30, 20, 255)
    picture = np.zeros((4, 4, 4), np.uint8)
    picture[..., 3], picture[:2, :, 0] = 255, 255
    mesh = FeatureMesh(
        xyz_in_crs=np.concatenate([part[0] for part in parts]),
        triangles=triangles, row_of_triangle=rows, surface_of_triangle=np.zeros(24, np.uint8),
        rgba_of_triangle=rgba, texture_of_triangle=texture, textures=(picture,),
        uv_of_vertex=np.tile([[0, 0], [1, 0], [1, 1], [0, 1]], (4, 1)).astype(np.float32),
    )  # fmt: skip
    frame = gpd.GeoDataFrame(
        {
            "feature_id": ["a", "b", "owner"],
            "Nom": ["Hôtel de Ville", None, "x;y"],
            "HAUTEUR": [9.0, np.nan, 3.5],
        },
        geometry=gpd.GeoSeries([None] * 3, crs="EPSG:2154"),
    )
    return FeatureTable(frame=frame, crs="EPSG:2154", name="town", mesh=mesh)


def again(table: FeatureTable, path: Path) -> FeatureTable:
    io.write_table(table, path)
    return io.read(path, target=FRAME, progress=Unattended())


def corners_of(table: FeatureTable, row: int) -> list[tuple[float, ...]]:
    """Every corner of every triangle of a row, in any order."""
    mesh = table.mesh
    assert mesh is not None
    xyz = mesh.xyz_in_crs[mesh.triangles[mesh.row_of_triangle == row]].reshape(-1, 3)
    return sorted(map(tuple, np.round(xyz - [X, Y, 0], 1).tolist()))


@pytest.mark.parametrize("suffix", [*MODELS, *VECTORS])
def test_walls_stand_where_they_stood(tmp_path: Path, suffix: str) -> None:
    table = town()
    back = again(table, tmp_path / f"out{suffix}")
    assert back.crs == "EPSG:2154"
    for name in ("a", "b"):
        assert corners_of(back, back.row_of(name)) == corners_of(table, table.row_of(name))


@pytest.mark.parametrize("suffix", WITH_ATTRIBUTES)
def test_rows_and_what_they_say_come_back(tmp_path: Path, suffix: str) -> None:
    table = town()
    frame = again(table, tmp_path / f"out{suffix}").frame.set_index("feature_id")
    assert sorted(frame.index) == ["a", "b", "owner"]
    frame = frame.loc[["a", "b", "owner"]]
    assert [value or None for value in frame["Nom"]] == ["Hôtel de Ville", None, "x;y"]
    np.testing.assert_array_equal(frame["HAUTEUR"].to_numpy(float), [9.0, np.nan, 3.5])
    assert set(frame.columns) - {"geometry", "type", "parent_id"} == {"Nom", "HAUTEUR"}


@pytest.mark.parametrize("suffix", DRESSED)
def test_pictures_and_colours_come_back(tmp_path: Path, suffix: str) -> None:
    table = town()
    mesh = again(table, tmp_path / f"out{suffix}").mesh
    assert mesh is not None
    assert mesh.texture_of_triangle is not None
    dressed = mesh.texture_of_triangle >= 0
    assert dressed.sum() == 2
    (picture,) = mesh.textures
    np.testing.assert_array_equal(picture[..., :3], table.mesh.textures[0][..., :3])  # type: ignore[union-attr]
    roof = mesh.triangles[dressed]
    uv = {tuple(np.round(p, 1)): tuple(q) for p, q in zip(mesh.xyz_in_crs[roof].reshape(-1, 3).tolist(),
          mesh.uv_of_vertex[roof].reshape(-1, 2).tolist(), strict=True)}  # fmt: skip
    assert uv[(X, Y, 39.0)] == (0.0, 0.0)
    assert uv[(X + 10, Y + 10, 39.0)] == (1.0, 1.0)
    tinted = (mesh.rgba_of_triangle == (200, 30, 20, 255)).all(axis=1)
    assert tinted.sum() == 8


def test_the_picture_of_an_obj_lies_beside_it(tmp_path: Path) -> None:
    io.write_table(town(), tmp_path / "out.obj")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.mtl", "out.obj", "out_texture_0.png"]
    with Image.open(tmp_path / "out_texture_0.png") as picture:
        assert picture.size == (4, 4)


def strokes() -> FeatureTable:
    shapes = [
        shapely.Point(X, Y, 31.0),
        shapely.MultiPoint([(X, Y), (X + 5, Y)]),
        shapely.LineString([(X, Y, 30.0), (X + 9, Y, 31.0), (X + 9, Y + 9, 32.0)]),
        None,
    ]
    frame = gpd.GeoDataFrame({"feature_id": list("pqrs")}, geometry=shapes, crs="EPSG:2154")
    return FeatureTable(frame=frame, crs="EPSG:2154", name="strokes")


@pytest.mark.parametrize(
    "suffix", [".city.json", ".city.jsonl", ".gpkg", ".geojson", ".fgb", ".parquet"]
)
def test_points_lines_and_nothing_come_back(tmp_path: Path, suffix: str) -> None:
    back = again(strokes(), tmp_path / f"out{suffix}").frame.set_index("feature_id").geometry
    for name, shape in zip("pqrs", strokes().frame.geometry, strict=True):
        found = back.loc[name]
        if shape is None:
            assert found is None
            continue
        places = shapely.get_coordinates(found) - shapely.get_coordinates(shape)
        assert np.abs(places).max() < 0.02
        if shape.has_z and suffix != ".fgb":  # GDAL gives a layer of several kinds no heights there
            heights = [shapely.get_coordinates(one, include_z=True)[:, 2] for one in (found, shape)]
            np.testing.assert_allclose(*heights, atol=0.001)


@pytest.mark.parametrize("suffix", [".glb", ".gltf", ".obj"])
def test_a_model_without_surfaces_is_not_written(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(ReadError, match="write_no_surfaces"):
        io.write_table(strokes(), tmp_path / f"out{suffix}")
    assert not list(tmp_path.iterdir())


def test_blocks_stand_on_the_ground_that_is_known(tmp_path: Path) -> None:
    boxes = [shapely.box(X + 30 * n, Y, X + 30 * n + 10, Y + 10) for n in range(3)]
    columns = {"feature_id": list("abc"), "height_m": 9.0, "ground_m": [30.0, 40.0, np.nan]}
    frame = gpd.GeoDataFrame(columns, geometry=boxes, crs="EPSG:2154")
    table = FeatureTable(frame=frame, crs="EPSG:2154", name="blocks")
    mesh = again(table, tmp_path / "out.city.json").mesh
    assert mesh is not None
    foot = [
        mesh.xyz_in_crs[mesh.triangles[mesh.row_of_triangle == row]][..., 2].min()
        for row in range(3)
    ]
    assert foot == [30.0, 40.0, 35.0]  # where nobody says it, as high as the others


@needs_node
def test_the_gltf_validator_finds_nothing(tmp_path: Path) -> None:
    paths = [tmp_path / "out.glb", tmp_path / "out.gltf"]
    for path in paths:
        io.write_table(town(), path)
    found = node("validate.mjs", *paths)
    assert [(r["errors"], r["warnings"]) for r in found] == [(0, 0), (0, 0)], found
