"""The terrain layer makes the ground that everything stands on, and a picture of it."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest

from layers.terrain.layer import Terrain, TerrainParams
from tests.layers.context import FRAME, Context, checked, same, slope, view
from twin import api


def raster_table(values: np.ndarray, cell: float = 10.0) -> api.FeatureTable:
    raster = api.Raster(
        values=values,
        x_min=FRAME.origin[0],
        y_max=FRAME.origin[1] + values.shape[0] * cell,
        dx=cell,
        dy=cell,
        crs=FRAME.crs,
    )
    frame = gpd.GeoDataFrame({"feature_id": ["dem"]}, geometry=[None], crs=FRAME.crs)
    return api.FeatureTable(frame=frame, crs=FRAME.crs, name="dem", raster=raster)


def hill(rows: int = 40, columns: int = 50) -> np.ndarray:
    y, x = np.mgrid[0:rows, 0:columns]
    return (60 + 30 * np.exp(-((x - 25) ** 2 + (y - 20) ** 2) / 150)).astype(np.float32)


def loaded(
    values: np.ndarray, params: TerrainParams | None = None, **more: api.FeatureTable
) -> tuple[api.FeatureTable, Context]:
    ctx = Context({"elevation": raster_table(values), **more}, params or TerrainParams())
    return Terrain().load(ctx), ctx


def test_the_ground_has_the_heights_of_the_raster() -> None:
    values = hill()
    features, ctx = loaded(values)
    ground = Terrain().ground(features, TerrainParams(), FRAME)
    middle = [[255.0, 195.0], [5.0, 5.0]]
    assert ground.height_m(middle) == pytest.approx([values[20, 25], values[39, 0]], abs=1e-3)
    assert ctx.problems == []


def test_heights_count_from_the_origin_of_the_scene() -> None:
    features, _ = loaded(hill())
    low = replace(FRAME, origin=(*FRAME.origin[:2], 50.0))
    assert Terrain().ground(features, TerrainParams(), low).height_m(
        [[255.0, 195.0]]
    ) == pytest.approx(40.0, abs=0.01)


def test_what_is_drawn_is_the_ground() -> None:
    features, _ = loaded(hill())
    surface, edge = checked(Terrain().build(features, TerrainParams(), view()))
    assert surface.role is api.Role.GROUND
    assert not surface.styled
    assert surface.rgba_of_vertex.shape == (len(surface.xyz_in_scene), 4)
    assert len(np.unique(surface.rgba_of_vertex, axis=0)) > 20
    ground = Terrain().ground(features, TerrainParams(), FRAME)
    z = ground.height_m(surface.xyz_in_scene[:, :2])
    assert np.allclose(z, surface.xyz_in_scene[:, 2], atol=1e-3)
    assert edge.xyz_in_scene[:, 2].min() == pytest.approx(60.0 - 20.0, abs=0.5)


def test_settings_of_the_picture() -> None:
    features, _ = loaded(hill())
    params = TerrainParams(skirt_m=0, contours_m=5.0, colours="plain")
    surface, *lines = checked(Terrain().build(features, params, view()))
    assert len(np.unique(surface.rgba_of_vertex, axis=0)) == 1
    assert all(isinstance(line, api.Lines) for line in lines)
    z = np.concatenate([line.xyz_in_scene[:, 2] for line in lines])
    assert np.allclose(np.round(z / 5) * 5, z, atol=0.11)
    for colours in ("height", "slope", "natural"):
        checked(Terrain().build(features, TerrainParams(colours=colours), view()))


def test_a_budget_of_triangles_is_kept() -> None:
    features, _ = loaded(hill(200, 300))
    params = TerrainParams(triangle_budget=5_000)
    surface = Terrain().build(features, params, view())[0]
    assert 2_000 < len(surface.triangles) < 6_000


def test_exaggeration_raises_the_ground_of_all_layers() -> None:
    features, _ = loaded(hill())
    params = TerrainParams(vertical_exaggeration=2.0)
    plain = Terrain().ground(features, TerrainParams(), FRAME).height_m([[255.0, 195.0]])[0]
    high = Terrain().ground(features, params, FRAME).height_m([[255.0, 195.0]])[0]
    low = hill().min()
    assert high - low == pytest.approx(2 * (plain - low), rel=1e-3)


def test_gaps_are_filled_or_cut_and_said() -> None:
    values = hill()
    values[10:15, 10:15] = np.nan
    values[:, 40:] = -9999.0  # a missing value that the file does not declare
    features, ctx = loaded(values)
    assert ctx.keys() == ["terrain.gaps"]
    assert ctx.problems[0].values["percent"] == pytest.approx(21.2, abs=0.1)
    surface = checked(Terrain().build(features, TerrainParams(), view()))[0]
    assert surface.xyz_in_scene[:, 0].max() < 402.0
    assert surface.xyz_in_scene[:, 2].min() > 59.0
    ground = Terrain().ground(features, TerrainParams(), FRAME)
    assert np.isfinite(ground.height_m([[450.0, 100.0], [120.0, 270.0]])).all()


def test_no_height_at_all_is_an_error() -> None:
    with pytest.raises(api.ReadError, match=r"terrain\.no_heights"):
        loaded(np.full((5, 5), np.nan, np.float32))


def test_a_picture_alone_lies_on_the_plane_or_on_the_terrain_of_others() -> None:
    image = np.zeros((40, 50, 3), np.uint8)
    image[:, 25:] = [0, 0, 200]
    features, ctx = loaded(image)
    assert ctx.problems == []
    assert Terrain().ground(features, TerrainParams(), FRAME) is None
    flat = checked(Terrain().build(features, TerrainParams(), view()))[0]
    assert flat.role is api.Role.GROUND
    assert flat.texture[0, 49].tolist() == [0, 0, 200]
    assert np.ptp(flat.xyz_in_scene[:, 2]) == 0
    assert flat.uv[flat.xyz_in_scene[:, 0].argmax()][0] > 0.95
    draped = checked(Terrain().build(features, TerrainParams(), view(slope())))[0]
    assert draped.role is api.Role.DECAL
    assert np.allclose(draped.xyz_in_scene[:, 2], 0.1 * draped.xyz_in_scene[:, 0], atol=0.1)


def test_a_country_is_cut_to_the_surroundings_of_the_project() -> None:
    values = np.full((400, 400), 12.0, np.float32)
    features = raster_table(values, cell=250.0)
    raster = replace(
        features.raster, x_min=FRAME.origin[0] - 50_000, y_max=FRAME.origin[1] + 50_000
    )
    ctx = Context({"elevation": replace(features, raster=raster)}, TerrainParams())
    done = Terrain().load(ctx)
    surface = Terrain().build(done, TerrainParams(), view())[0]
    assert np.abs(surface.xyz_in_scene[:, :2]).max() <= 15_000.1
    near = TerrainParams(radius_m=2000.0)
    assert np.abs(Terrain().build(done, near, view())[0].xyz_in_scene[:, :2]).max() <= 2_000.1


def test_a_picture_lies_where_it_belongs() -> None:
    image = np.zeros((40, 50, 3), np.uint8)
    image[:20] = [200, 0, 0]  # the north is red
    features, ctx = loaded(hill(), imagery=raster_table(image))
    surface = checked(Terrain().build(features, TerrainParams(), view()))[0]
    assert ctx.problems == []
    assert surface.texture is not None
    assert surface.texture[0, 0].tolist() == [200, 0, 0]
    north = surface.xyz_in_scene[:, 1].argmax()
    assert surface.uv[north][1] > 0.95
    assert Terrain().build(features, TerrainParams(imagery_opacity=0), view())[0].texture is None


def test_a_picture_of_a_part_leaves_the_rest_bare() -> None:
    image = np.full((20, 20, 3), 90, np.uint8)
    features, _ = loaded(hill(), imagery=raster_table(image))
    bare, textured, _edge = checked(Terrain().build(features, TerrainParams(), view()))
    assert bare.texture is None
    assert textured.texture is not None
    whole = len(hill(39, 49).ravel()) * 2
    assert len(bare.triangles) + len(textured.triangles) == whole


def test_imagery_that_is_no_picture_is_named_and_left_out() -> None:
    features, ctx = loaded(hill(), imagery=raster_table(hill()))
    assert ctx.keys() == ["terrain.not_a_picture"]
    assert Terrain().build(features, TerrainParams(), view())[0].texture is None


def test_a_click_says_what_the_ground_is_made_from() -> None:
    features, _ = loaded(hill())
    facts = Terrain().describe(features, 0, TerrainParams(), None)
    assert [fact.value for fact in facts[:3]] == pytest.approx([60.0, 90.0, 10.0], abs=0.1)
    assert facts[3].value == "50 × 40"


def test_the_same_raster_gives_the_same_ground() -> None:
    features, _ = loaded(hill())
    params = TerrainParams(contours_m=5.0, triangle_budget=3000)
    first, second = (list(Terrain().build(features, params, view())) for _ in range(2))
    assert same(first, second)
