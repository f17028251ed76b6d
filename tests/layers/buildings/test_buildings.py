"""Buildings stand on the ground and are as high as their data says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from layers.buildings.blocks import AGREES_M
from layers.buildings.layer import Buildings
from layers.buildings.options import BuildingsParams
from tests.layers.context import Context, checked, same, slope, table, view
from twin import api

BOX = shapely.box(0, 0, 20, 10)


def loaded(
    geometry: list[Any], params: BuildingsParams | None = None, **columns: Any
) -> tuple[api.FeatureTable, Context]:
    ctx = Context({"buildings": table(geometry, **columns)}, params or BuildingsParams())
    return Buildings().load(ctx), ctx


def built(
    geometry: list[Any],
    params: BuildingsParams | None = None,
    ground: api.Ground | None = None,
    **columns: Any,
) -> api.Mesh:
    used = params or BuildingsParams()
    features, _ = loaded(geometry, used, **columns)
    drawables = checked(Buildings().build(features, used, view(ground)))
    assert len(drawables) == 1
    assert isinstance(drawables[0], api.Mesh)
    return drawables[0]


def top(mesh: api.Mesh, row: int = 0) -> float:
    return float(mesh.xyz_in_scene[mesh.row_of_vertex == row][:, 2].max())


def bottom(mesh: api.Mesh, row: int = 0) -> float:
    return float(mesh.xyz_in_scene[mesh.row_of_vertex == row][:, 2].min())


@pytest.mark.parametrize("name", ["height_m", "HAUTEUR", "hauteur", "height", "measuredHeight"])
def test_height_by_the_names_that_cities_use(name: str) -> None:
    mesh = built([BOX], **{name: [12.5]})
    assert top(mesh) == pytest.approx(12.5)
    assert bottom(mesh) < 0


def test_storeys_where_there_is_no_height_and_a_default_where_there_is_neither() -> None:
    boxes = [shapely.box(30 * i, 0, 30 * i + 10, 10) for i in range(4)]
    columns = {"HAUTEUR": [9.0, np.nan, 0.0, np.nan], "NB_ETAGES": [5, 4, 2, np.nan]}
    features, ctx = loaded(boxes, **columns)
    assert features.frame["height_m"].tolist() == [9.0, 12.0, 6.0, 6.0]
    quality = features.frame["height_quality"].tolist()
    assert quality == ["declared", "estimated", "estimated", "estimated"]
    assert ctx.keys() == ["buildings.height_from_storeys", "buildings.height_missing"]
    assert [p.values["count"] for p in ctx.problems] == [2, 1]
    mesh = built(boxes, **columns)
    assert [top(mesh, row) for row in range(4)] == pytest.approx([9.0, 12.0, 6.0, 6.0])


def test_settings_change_what_is_estimated() -> None:
    params = BuildingsParams(storey_height_m=4.0, default_height_m=10.0)
    boxes = [BOX, shapely.box(50, 0, 60, 10)]
    features, _ = loaded(boxes, params, storeys=[3, np.nan])
    assert features.frame["height_m"].tolist() == [12.0, 10.0]


def test_a_column_can_be_chosen() -> None:
    params = BuildingsParams(height_column="dz", storeys_column="niv")
    mesh = built([BOX], params, hauteur=[99.0], dz=[7.0], niv=[1])
    assert top(mesh) == pytest.approx(7.0)


def test_a_chosen_column_that_does_not_exist_is_named() -> None:
    context = Context(
        {"buildings": table([BOX], hauteur=[9.0])}, BuildingsParams(height_column="dz")
    )
    assert Buildings().load(context).frame["height_m"].tolist() == [9.0]
    assert [(p.key, p.values["column"]) for p in context.problems] == [
        ("buildings.column_missing", "dz")
    ]


def test_feet_are_turned_into_metres() -> None:
    features = table([BOX], height=[100.0])
    features = api.FeatureTable(
        frame=features.frame, crs=features.crs, columns={"height": api.Column(unit="ft")}
    )
    done = Buildings().load(Context({"buildings": features}, BuildingsParams()))
    assert done.frame["height_m"].tolist() == pytest.approx([30.48])


def test_the_z_of_a_footprint_is_never_added_to_its_height() -> None:
    roof = shapely.force_3d(BOX, 57.3)
    mesh = built([roof], ground=slope(0.0), HAUTEUR=[12.0])
    assert top(mesh) == pytest.approx(12.0)
    sentinel = shapely.force_3d(BOX, -1000.0)
    assert top(built([sentinel], HAUTEUR=[12.0])) == pytest.approx(12.0)


def test_a_building_stands_on_its_lowest_ground() -> None:
    mesh = built([shapely.box(100, 0, 140, 10)], ground=slope(), height_m=[8.0])
    assert top(mesh) == pytest.approx(10.0 + 8.0, abs=1e-4)
    assert 9.0 < bottom(mesh) < 10.0


def test_ground_altitudes_that_agree_with_the_terrain_are_kept() -> None:
    boxes = [shapely.box(100, 0, 110, 10), shapely.box(200, 0, 210, 10)]
    columns = {"HAUTEUR": [8.0, 8.0], "Z_MIN_SOL": [10.0 + 0.7 * AGREES_M, 20.0 + 3 * AGREES_M]}
    mesh = built(boxes, ground=slope(), **columns)
    assert top(mesh, 0) == pytest.approx(18.0 + 0.7 * AGREES_M, abs=1e-4)
    assert bottom(mesh, 0) < 10.0
    assert top(mesh, 1) == pytest.approx(28.0, abs=1e-4)


def test_without_a_terrain_buildings_stand_on_the_plane() -> None:
    mesh = built([BOX], HAUTEUR=[8.0], Z_MIN_SOL=[35.0])
    assert top(mesh) == pytest.approx(8.0)
    params = BuildingsParams(place="own")
    assert top(built([BOX], params, HAUTEUR=[8.0], Z_MIN_SOL=[35.0])) == pytest.approx(43.0)


def test_eaves_and_ridge_altitudes_make_a_roof_above_the_height() -> None:
    columns = {
        "HAUTEUR": [6.0],
        "Z_MIN_SOL": [30.0],
        "Z_MIN_TOIT": [36.0],
        "Z_MAX_TOIT": [39.0],
    }
    mesh = built([BOX], **columns)
    assert top(mesh) == pytest.approx(9.0)
    heights = np.unique(mesh.xyz_in_scene[:, 2].round(3))
    assert 6.0 in heights
    assert top(built([BOX], BuildingsParams(roofs=False), **columns)) == pytest.approx(6.0)


def test_two_altitudes_stand_in_for_a_missing_height() -> None:
    features, _ = loaded([BOX], HAUTEUR=[np.nan], Z_MIN_SOL=[30.0], Z_MIN_TOIT=[41.5])
    assert features.frame["height_m"].tolist() == [11.5]
    assert features.frame["height_quality"].tolist() == ["declared"]


def test_a_height_to_the_top_includes_the_roof() -> None:
    mesh = built(
        [BOX], height_m=[10.0], roof_shape=["gabled"], roof_height_m=[3.0], use=["residential"]
    )
    assert top(mesh) == pytest.approx(10.0)
    assert 7.0 in np.unique(mesh.xyz_in_scene[:, 2].round(3))


def test_parts_may_begin_above_the_ground() -> None:
    mesh = built([BOX], height=[20.0], min_height=[15.0])
    assert bottom(mesh) == pytest.approx(15.0)
    assert top(mesh) == pytest.approx(20.0)


def test_areas_and_volumes() -> None:
    court = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    features, _ = loaded([court], height_m=[10.0])
    assert features.frame["footprint_m2"].tolist() == pytest.approx([800.0])
    assert features.frame["volume_m3"].tolist() == pytest.approx([8000.0])
    assert features.column("volume_m3").unit == "m³"
    assert features.column("height_m").label["fr"] == "Hauteur"
    facts = Buildings().indicators(features, BuildingsParams(), None)
    assert [fact.value for fact in facts] == pytest.approx([1, 800.0, 8000.0, 10.0])


def test_rows_that_are_no_footprints_harm_nobody() -> None:
    geometry = [
        None,
        shapely.Point(1, 1),
        BOX,
        shapely.Polygon(),
        shapely.LineString([(0, 0), (1, 1)]),
    ]
    features, _ = loaded(geometry, height_m=[5.0] * 5)
    mesh = checked(Buildings().build(features, BuildingsParams(), view()))[0]
    assert set(mesh.row_of_vertex) == {2}
    assert features.frame["volume_m3"].notna().tolist() == [False, False, True, False, False]


def test_no_buildings_at_all() -> None:
    features, ctx = loaded([])
    assert Buildings().build(features, BuildingsParams(), view()) == []
    assert ctx.problems == []
    facts = Buildings().indicators(features, BuildingsParams(), None)
    assert [fact.value for fact in facts[:3]] == [0, 0, 0]


def test_walls_and_roofs_differ_in_tone_and_back_faces_can_be_culled() -> None:
    mesh = built([BOX], height_m=[5.0])
    assert mesh.closed
    assert len(np.unique(mesh.shade_of_vertex)) == 2
    assert mesh.facades
    plain = built([BOX], BuildingsParams(facades=False), height_m=[5.0])
    assert plain.shade_of_vertex is None
    assert not plain.facades


def test_uses_become_few_groups_with_labels_in_two_languages() -> None:
    boxes = [shapely.box(30 * i, 0, 30 * i + 10, 10) for i in range(6)]
    uses = ["Résidentiel", "apartments", "Commercial et services", "school", None, "Eglise"]
    features, _ = loaded(boxes, height_m=[5.0] * 6, use=uses)
    groups = features.frame["use_group"].tolist()
    assert groups == ["residential", "residential", "commercial", "public", "other", "heritage"]
    rule = Buildings().default_style(features).rule
    assert isinstance(rule, api.Categories)
    assert rule.column == "use_group"
    assert {c.label["fr"] for c in rule.categories} >= {"Logement", "Non précisé"}
    plain, _ = loaded(boxes, height_m=[5.0] * 6)
    assert isinstance(Buildings().default_style(plain).rule, api.Constant)


def test_the_same_table_gives_the_same_mesh() -> None:
    features, _ = loaded(
        [BOX, shapely.box(30, 0, 44, 9)], height_m=[5.0, 6.0], roof_shape=["hipped", "dome"]
    )
    first, second = (
        checked(Buildings().build(features, BuildingsParams(), view(slope()))) for _ in range(2)
    )
    assert same(first, second)


def test_an_outline_gives_way_to_its_parts() -> None:
    outline = shapely.box(0, 0, 20, 20)
    parts = [shapely.box(0, 0, 20, 10), shapely.box(0, 10, 20, 20)]
    alone = shapely.box(50, 0, 60, 10)
    mesh = built(
        [outline, *parts, alone],
        height=[30.0, 12.0, 20.0, 5.0],
        **{"building:part": [None, "yes", "yes", None]},
    )
    assert set(mesh.row_of_vertex) == {1, 2, 3}


def test_a_part_may_begin_at_a_storey() -> None:
    mesh = built([BOX], height=[20.0], **{"building:min_level": [4]})
    assert bottom(mesh) == pytest.approx(12.0)


def test_a_click_says_how_the_height_is_known() -> None:
    boxes = [BOX, shapely.box(50, 0, 60, 10)]
    features, _ = loaded(
        boxes, HAUTEUR=[9.0, None], NB_ETAGES=[3, 2], use=["school", None], nom=[None, "B"]
    )
    first, second = (Buildings().describe(features, row, BuildingsParams(), None) for row in (0, 1))
    named = {fact.label["en"]: fact for fact in first}
    assert named["Use"].value == {
        "en": "Public services, schools",
        "fr": "Services publics, écoles",
        "ko": "공공시설·학교",
        "ar": "خدمات عامة ومدارس",
    }
    assert named["Height"].value == 9.0
    assert named["Height"].unit == "m"
    assert named["Height"].provenance.quality is api.Quality.DECLARED
    assert "nom" not in named
    other = {fact.label["en"]: fact for fact in second}
    assert other["Height"].provenance.quality is api.Quality.ESTIMATED
    assert "Use" not in other
    assert other["nom"].value == "B"


def test_a_height_that_a_synthetic_source_declares_is_shown_as_synthetic() -> None:
    import geopandas as gpd
    from shapely.geometry import box

    from layers.buildings import facts
    from layers.buildings.uses import USE_GROUP

    row = {
        "feature_id": "b1",
        "height_m": 9.0,
        "ground_m": 30.0,
        "footprint_m2": 100.0,
        "volume_m3": 900.0,
        "height_quality": "declared",
        USE_GROUP: "other",
    }
    frame = gpd.GeoDataFrame([row], geometry=[box(0, 0, 10, 10)])
    made_up = api.Provenance("a script", quality=api.Quality.SYNTHETIC)
    table = api.FeatureTable(frame=frame, crs="EPSG:2154", provenance=made_up)
    named = {fact.label["en"]: fact for fact in facts.of_building(table, 0)}
    assert named["height_m"].provenance.quality is api.Quality.SYNTHETIC
