"""Buildings of files as changes of a plan."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.twin.work.test_developments import PLACE, PROJECT, X, Y, shape
from twin.errors import BelvedereError
from twin.progress import Unattended
from twin.work import solids
from twin.work.importing import imported


def test_footprints_of_a_file_are_added_with_their_heights(tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    gpd.GeoDataFrame(
        {"hauteur": [12.0, None], "nom": ["A", "B"]},
        geometry=[shapely.box(X, Y, X + 10, Y + 10), shapely.Point(X, Y).buffer(5)],
        crs="EPSG:2154",
    ).to_crs("EPSG:4326").to_file(path)
    found = imported(PROJECT, PLACE, path, Unattended()).deltas
    assert [d.op for d in found] == ["add", "add"]
    assert len({d.feature_id for d in found}) == 2
    assert found[0].values["height_m"] == 12.0
    assert "height_m" not in found[1].values
    assert shape(found[0]).area == pytest.approx(100.0, rel=1e-3)


def test_surfaces_of_a_file_are_added_as_outline_and_height(tmp_path: Path) -> None:
    import json

    corners = [
        [0, 0, 0],
        [8, 0, 0],
        [8, 6, 0],
        [0, 6, 0],
        [0, 0, 9],
        [8, 0, 9],
        [8, 6, 9],
        [0, 6, 9],
    ]
    faces = [[3, 2, 1, 0], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6], [3, 0, 4, 7]]
    city = {
        "type": "CityJSON", "version": "2.0",
        "transform": {"scale": [1, 1, 1], "translate": [X, Y, 30]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/2154"},
        "vertices": corners,
        "CityObjects": {"b": {"type": "Building", "geometry": [
            {"type": "MultiSurface", "lod": "1", "boundaries": [[f] for f in faces]}]}},
    }  # fmt: skip
    path = tmp_path / "b.city.json"
    path.write_text(json.dumps(city))
    (delta,) = imported(PROJECT, PLACE, path, Unattended()).deltas
    assert delta.values["height_m"] == 9.0
    assert shape(delta).area == pytest.approx(48.0, rel=0.02)
    solid, xyz = solids.placed(delta.values)
    np.testing.assert_allclose(np.ptp(xyz, axis=0), [8, 6, 9], atol=2e-3)
    assert len(solid.triangles) == 12


def test_a_file_without_buildings_is_named(tmp_path: Path) -> None:
    path = tmp_path / "points.geojson"
    gpd.GeoDataFrame(geometry=[shapely.Point(2, 48)], crs="EPSG:4326").to_file(path)
    with pytest.raises(BelvedereError, match="nothing_imported"):
        imported(PROJECT, PLACE, path, Unattended())


def textured(path: Path, folder: Path) -> Path:
    """Write a leaning wall of two panels: one shows a red quarter of its picture, one a green picture, repeated."""
    from PIL import Image

    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:32, :32] = (255, 0, 0)
    Image.fromarray(picture).save(folder / "red.png")
    Image.fromarray(np.full((8, 8, 3), (0, 255, 0), np.uint8)).save(folder / "green.png")
    (folder / "wall.mtl").write_text(
        "newmtl red\nmap_Kd red.png\nnewmtl green\nmap_Kd green.png\n", encoding="utf-8"
    )
    path.write_text(
        "mtllib wall.mtl\n"
        "v 0 0 0\nv 4 0 0\nv 4 3 6\nv 0 3 6\nv 8 0 0\nv 8 3 6\n"
        "vt 0 0.5\nvt 0.5 0.5\nvt 0.5 1\nvt 0 1\nvt 0 0\nvt 3 0\nvt 3 3\nvt 0 3\n"
        "usemtl red\nf 1/1 2/2 3/3\nf 1/1 3/3 4/4\n"
        "usemtl green\nf 2/5 5/6 6/7\nf 2/5 6/7 3/8\n",
        encoding="utf-8",
    )
    return path


def test_pictures_come_with_a_model_cut_down_to_what_is_shown(tmp_path: Path) -> None:
    found = imported(PROJECT, PLACE, textured(tmp_path / "wall.obj", tmp_path), Unattended())
    (delta,) = found.deltas
    solid, _xyz = solids.placed(delta.values)
    assert solid.skin is not None
    shown = {p.shape[:2]: p.reshape(-1, 3).mean(axis=0) for p in solid.skin.pictures}
    assert set(shown) == {(32, 32), (8, 8)}
    np.testing.assert_allclose(shown[32, 32], (255, 0, 0), atol=4)
    np.testing.assert_allclose(shown[8, 8], (0, 255, 0), atol=4)
    uv = solid.skin.uv
    red = np.unique(solid.triangles[solid.skin.texture == 0])
    assert (uv[red].min(), uv[red].max()) == (0.0, 1.0)
    assert uv.max() == 3.0  # what repeats still does


def test_pictures_reach_the_table_beside_those_of_the_layer(tmp_path: Path) -> None:
    from twin.model.table import FeatureMesh
    from twin.work.plan_meshes import with_solids

    values = imported(PROJECT, PLACE, textured(tmp_path / "wall.obj", tmp_path), Unattended())
    solid = solids.placed(values.deltas[0].values)
    blue = np.full((4, 4, 3), (0, 0, 255), np.uint8)
    known = FeatureMesh(
        xyz_in_crs=np.array([[X, Y, 0.0], [X + 1, Y, 0], [X, Y + 1, 0]]),
        triangles=np.array([[0, 1, 2]], np.int32),
        row_of_triangle=np.zeros(1, np.int32),
        surface_of_triangle=np.zeros(1, np.uint8),
        uv_of_vertex=np.array([[0, 0], [1, 0], [0, 1]], np.float32),
        texture_of_triangle=np.zeros(1, np.int32),
        textures=(blue,),
    )
    mesh = with_solids(known, {1: solid, 2: solid})
    painted = [tuple(mesh.textures[n][0, 0]) for n in mesh.texture_of_triangle]
    assert painted[0] == (0, 0, 255)
    assert [max(range(3), key=p.__getitem__) for p in painted] == [2, 0, 0, 1, 1, 0, 0, 1, 1]
    np.testing.assert_array_equal(mesh.uv_of_vertex[:3], known.uv_of_vertex)


@pytest.mark.parametrize("damage", ["", "cut", "turned", "longer", "bomb"])
def test_a_damaged_skin_leaves_the_model_plain(tmp_path: Path, damage: str) -> None:
    import base64

    found = imported(PROJECT, PLACE, textured(tmp_path / "wall.obj", tmp_path), Unattended())
    values = dict(found.deltas[0].values)
    data = bytearray(base64.b64decode(values[solids.SKIN]))
    if damage == "cut":
        data = data[: len(data) // 2]
    elif damage == "turned":
        data[20:40] = bytes(20)
    elif damage == "longer":
        data[8:12] = b"\xff\xff\xff\x7f"
    text = "not base64" if damage == "bomb" else base64.b64encode(bytes(data)).decode()
    values[solids.SKIN] = text
    solid, xyz = solids.placed(values)
    assert (solid.skin is not None) == (damage == "")
    assert len(xyz) == len(solid.xyz)
