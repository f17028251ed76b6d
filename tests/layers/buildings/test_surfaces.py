"""City models: levels of detail, parts, tones, and standing on the ground."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.buildings.layer import Buildings
from layers.buildings.options import BuildingsParams
from layers.buildings.surfaces import chosen_triangles, lod_limit
from tests.layers.context import FRAME, Context, checked, slope, table, view
from twin import api

NAMES = ("", "RoofSurface", "WallSurface", "GroundSurface")


def block(
    x: float, z: float, size: float, height: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, triangles and surfaces of a box, outward."""
    a, b = np.array([x, 0, z]), np.array([x + size, size, z + height])
    xyz = np.array([[(a, b)[i & 1][0], (a, b)[i >> 1 & 1][1], (a, b)[i >> 2][2]] for i in range(8)])
    quads = np.array(
        [[4, 5, 7, 6], [0, 2, 3, 1], [0, 1, 5, 4], [1, 3, 7, 5], [3, 2, 6, 7], [2, 0, 4, 6]]
    )
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    return xyz, triangles, np.tile([1, 3, 2, 2, 2, 2], 2)


def model(
    *blocks: tuple[int, float, float, float, float, float],
    rgba: np.ndarray | None = None,
    **columns: list[object],
) -> api.FeatureTable:
    """A table with a mesh of blocks: row, level of detail, x, z, size, height."""
    xyz, triangles, rows, lods, surfaces = [], [], [], [], []
    for i, (row, lod, x, z, size, height) in enumerate(blocks):
        corners, faces, surface = block(x, z, size, height)
        xyz.append(corners)
        triangles.append(faces + 8 * i)
        rows.append(np.full(12, row))
        lods.append(np.full(12, lod))
        surfaces.append(surface)
    count = max(row for row, *_ in blocks) + 1
    base = table([None] * count, **columns)
    return api.FeatureTable(
        frame=base.frame,
        crs=base.crs,
        name="model",
        mesh=api.FeatureMesh(
            xyz_in_crs=np.concatenate(xyz) + FRAME.origin,
            triangles=np.concatenate(triangles).astype(np.int32),
            row_of_triangle=np.concatenate(rows).astype(np.int32),
            surface_of_triangle=np.concatenate(surfaces).astype(np.uint8),
            surface_names=NAMES,
            lod_of_triangle=np.concatenate(lods).astype(np.float32),
            rgba_of_triangle=rgba,
        ),
    )


def build(
    features: api.FeatureTable,
    params: BuildingsParams | None = None,
    ground: api.Ground | None = None,
) -> api.Mesh:
    used = params or BuildingsParams()
    done = Buildings().load(Context({"buildings": features}, used))
    mesh = checked(Buildings().build(done, used, view(ground)))[0]
    assert isinstance(mesh, api.Mesh)
    return mesh


@pytest.mark.parametrize(
    ("text", "limit"), [("highest", np.inf), ("1", 1.99), ("2.1", 2.101), ("nonsense", np.inf)]
)
def test_levels_as_text(text: str, limit: float) -> None:
    assert lod_limit(text) == pytest.approx(limit)


def test_each_object_comes_in_its_best_level() -> None:
    features = model((0, 1.2, 0, 0, 10, 6), (0, 2.2, 0, 0, 10, 9), (1, 1.2, 50, 0, 10, 4))
    mesh = build(features)
    assert mesh.xyz_in_scene[mesh.row_of_vertex == 0][:, 2].max() == pytest.approx(9.0)
    assert mesh.xyz_in_scene[mesh.row_of_vertex == 1][:, 2].max() == pytest.approx(4.0)
    coarse = build(features, BuildingsParams(lod="1"))
    assert coarse.xyz_in_scene[coarse.row_of_vertex == 0][:, 2].max() == pytest.approx(6.0)


def test_nothing_coarse_enough_shows_the_coarsest_there_is() -> None:
    assert len(chosen_triangles(model((0, 2.2, 0, 0, 10, 9), (0, 3.0, 0, 0, 10, 9)), "1")) == 12


def test_parts_replace_the_coarser_hull_of_their_building() -> None:
    features = model(
        (0, 1.0, 0, 0, 20, 9),
        (1, 2.0, 0, 0, 10, 9),
        (2, 2.0, 10, 0, 10, 5),
        parent_id=[None, "f0", "f0"],
    )
    mesh = build(features)
    assert set(mesh.row_of_vertex) == {1, 2}


def test_parts_of_the_same_level_stand_beside_their_building() -> None:
    features = model((0, 2.0, 0, 0, 20, 9), (1, 2.0, 30, 0, 10, 9), parent_id=[None, "f0"])
    assert set(build(features).row_of_vertex) == {0, 1}


def test_roofs_walls_and_floors_have_their_own_tone() -> None:
    mesh = build(model((0, 2.0, 0, 0, 10, 9)))
    tone = mesh.shade_of_vertex[mesh.triangles]
    assert (tone == tone[:, :1]).all()
    assert len(np.unique(tone)) == 3


def test_colours_of_the_file_are_kept() -> None:
    rgba = np.tile(np.array([10, 20, 30, 255], np.uint8), (12, 1))
    mesh = build(model((0, 2.0, 0, 0, 10, 9), rgba=rgba))
    assert not mesh.styled
    assert (mesh.rgba_of_vertex == [10, 20, 30, 255]).all()
    assert build(
        model((0, 2.0, 0, 0, 10, 9), rgba=rgba), BuildingsParams(file_colours=False)
    ).styled
    assert build(model((0, 2.0, 0, 0, 10, 9), rgba=np.zeros((12, 4), np.uint8))).styled


def test_measures_of_a_solid() -> None:
    done = Buildings().load(
        Context({"buildings": model((0, 2.0, 0, 31.0, 10, 9))}, BuildingsParams())
    )
    row = done.frame.iloc[0]
    assert row["height_m"] == pytest.approx(9.0)
    assert row["height_quality"] == "measured"
    assert row["ground_m"] == pytest.approx(31.0)
    assert row["footprint_m2"] == pytest.approx(100.0)
    assert row["volume_m3"] == pytest.approx(900.0)


def test_a_model_that_agrees_with_the_terrain_is_not_moved() -> None:
    mesh = build(model((0, 2.0, 100, 9.0, 10, 9)), ground=slope())
    assert mesh.xyz_in_scene[:, 2].min() == pytest.approx(9.0, abs=1e-3)


def test_a_model_far_off_is_moved_as_a_whole() -> None:
    features = model((0, 2.0, 0, 100.0, 10, 9), (1, 2.0, 40, 104.0, 10, 9))
    mesh = build(features, ground=slope(0.0))
    low = [mesh.xyz_in_scene[mesh.row_of_vertex == row][:, 2].min() for row in (0, 1)]
    assert low[1] - low[0] == pytest.approx(4.0, abs=1e-3)
    assert np.median(low) == pytest.approx(0.0, abs=1e-3)
    own = build(features, BuildingsParams(place="own"), ground=slope(0.0))
    assert own.xyz_in_scene[:, 2].min() == pytest.approx(100.0)


def test_a_city_model_is_coloured_by_what_its_objects_are() -> None:
    types = ["Building", "WaterBody", "BridgePart", "SolitaryVegetationObject", "BuildingPart"]
    features = model(
        *((row, 1.0, 40.0 * row, 0, 10, 3) for row in range(5)),
        type=types,
        function=["school", None, None, None, None],
    )
    done = Buildings().load(Context({"buildings": features}, BuildingsParams()))
    groups = done.frame["use_group"].tolist()
    assert groups == ["public", "water", "structure", "vegetation", "other"]
    meshes = checked(Buildings().build(done, BuildingsParams(), view()))
    roles = [mesh.role for mesh in meshes]
    assert roles == [api.Role.SOLID, api.Role.WATER, api.Role.VEGETATION, api.Role.SOLID]
    assert [sorted(set(mesh.row_of_vertex)) for mesh in meshes] == [[0, 4], [1], [3], [2]]
    assert [mesh.shade_of_vertex is None for mesh in meshes] == [False, True, True, True]
    assert [mesh.facades for mesh in meshes] == [True, False, False, False]


def test_points_and_lines_of_a_model_are_drawn_where_they_are() -> None:
    geometry = [
        shapely.Point(1, 2, 30),
        shapely.LineString([(0, 0, 5), (9, 0, 6)]),
        shapely.MultiPoint([(0, 0), (1, 1)]),
    ]
    done = Buildings().load(Context({"buildings": table(geometry)}, BuildingsParams()))
    points, lines = checked(Buildings().build(done, BuildingsParams(), view(slope(0.0))))
    assert points.xyz_in_scene[:, 2].tolist() == [30, 0, 0]
    assert points.row_of_point.tolist() == [0, 2, 2]
    assert lines.xyz_in_scene[:, 2].tolist() == [5, 6]
