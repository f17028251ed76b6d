"""Any features, on, above and below the ground."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from layers.vector.layer import Vector
from layers.vector.options import VectorParams
from layers.vector.points import glyph_for
from tests.layers.context import Context, checked, same, slope, table, view
from twin import api
from twin.shapes import GLYPHS

LINE = shapely.LineString([(0, 0), (100, 0)])
SQUARE = shapely.box(0, 0, 20, 20)


def built(
    geometry: list[Any],
    params: VectorParams | None = None,
    ground: api.Ground | None = None,
    **columns: Any,
) -> list[Any]:
    used = params or VectorParams()
    ctx = Context({"features": table(geometry, **columns)}, used)
    features = Vector().load(ctx)
    assert ctx.problems == []
    return checked(Vector().build(features, used, view(ground)))


def one(*args: Any, **kwargs: Any) -> Any:
    drawables = built(*args, **kwargs)
    assert len(drawables) == 1
    return drawables[0]


def test_polygons_lie_on_the_ground() -> None:
    mesh = one([SQUARE], ground=slope())
    assert mesh.role is api.Role.DECAL
    assert np.allclose(mesh.xyz_in_scene[:, 2], 0.1 * mesh.xyz_in_scene[:, 0] + 0.05, atol=1e-3)
    assert np.allclose(mesh.normals_of_vertex, np.array([-0.1, 0, 1]) / np.hypot(0.1, 1), atol=1e-3)


def test_mixed_geometry_is_drawn_each_kind_its_own_way() -> None:
    collection = shapely.GeometryCollection([shapely.Point(50, 50), shapely.box(60, 60, 70, 70)])
    drawables = built([SQUARE, LINE, shapely.Point(5, 5), None, collection])
    assert [type(d) for d in drawables] == [api.Mesh, api.Lines, api.Points]
    assert set(drawables[0].row_of_vertex) == {0, 4}
    assert drawables[2].row_of_point.tolist() == [2, 4]


def test_water_is_flat_at_its_level() -> None:
    params = VectorParams(water=True, water_level_column="level_m", lift_m=0.0)
    ponds = [SQUARE, shapely.box(100, 0, 140, 20)]
    mesh = one(ponds, params, ground=slope(), level_m=[27.5, np.nan])
    assert mesh.role is api.Role.WATER
    assert (mesh.xyz_in_scene[mesh.row_of_vertex == 0][:, 2] == 27.5).all()
    assert np.allclose(mesh.xyz_in_scene[mesh.row_of_vertex == 1][:, 2], 10.0)


def test_roads_take_their_width_from_a_column() -> None:
    lines = [LINE, shapely.LineString([(0, 50), (100, 50)])]
    mesh = one(lines, VectorParams(width_column="w", width_m=3.0), w=[8.0, np.nan])
    widths = [np.ptp(mesh.xyz_in_scene[mesh.row_of_vertex == row][:, 1]) for row in (0, 1)]
    assert widths == pytest.approx([8.0, 3.0], abs=1e-3)


def test_lines_without_a_width_follow_the_ground() -> None:
    lines = one([LINE], ground=slope())
    assert isinstance(lines, api.Lines)
    assert lines.radius_m is None
    above = lines.xyz_in_scene[:, 2] - 0.1 * lines.xyz_in_scene[:, 0]
    assert np.allclose(above, above[0], atol=1e-3)
    assert above[0] > 0.1


def test_pipes_lie_below_the_ground() -> None:
    params = VectorParams(depth_column="depth", radius_m=0.25, flow_column="speed")
    lines = one([LINE, LINE], params, ground=slope(), depth=[3.0, -2.0], speed=[1.0, 2.0])
    assert lines.role is api.Role.UNDERGROUND
    assert lines.radius_m == 0.25
    assert lines.flow_column == "speed"
    below = lines.xyz_in_scene[:, 2] - 0.1 * lines.xyz_in_scene[:, 0]
    split = lines.offsets[1]
    assert np.allclose(below[:split], -3.0, atol=1e-3)
    assert np.allclose(below[split:], -2.0, atol=1e-3)


def test_tubes_of_several_sizes() -> None:
    params = VectorParams(radius_column="r")
    drawables = built([LINE] * 4, params, r=[0.1, 0.2, 0.1, np.nan])
    assert [d.radius_m for d in drawables] == [None, 0.1, 0.2]
    assert [d.row_of_line.tolist() for d in drawables] == [[3], [0, 2], [1]]
    many = built([LINE] * 40, params, r=np.linspace(0.1, 4, 40))
    assert len(many) <= 8
    assert sorted(np.concatenate([d.row_of_line for d in many])) == list(range(40))


def test_lines_keep_their_own_z_when_asked() -> None:
    line = shapely.LineString([(0, 0, 30), (10, 0, 35)])
    lines = one([line], VectorParams(z_mode="own"), ground=slope())
    assert lines.xyz_in_scene[:, 2].tolist() == [30, 35]


def test_polygons_become_solids_and_lines_walls() -> None:
    params = VectorParams(height_column="h", wall_thickness_m=0.5)
    solid, wall = built([SQUARE, LINE], params, ground=slope(), h=[4.0, 2.0])
    assert solid.closed
    assert solid.role is api.Role.SOLID
    assert solid.xyz_in_scene[:, 2].max() == pytest.approx(4.0, abs=1e-3)
    assert np.ptp(wall.xyz_in_scene[:, 1]) == pytest.approx(0.5, abs=1e-3)
    assert wall.xyz_in_scene[:, 2].max() == pytest.approx(10.0 + 2.0, abs=0.01)
    assert wall.xyz_in_scene[:, 2].min() == pytest.approx(-0.3, abs=0.01)


def test_a_deck_begins_above_the_ground() -> None:
    mesh = one([SQUARE], VectorParams(height_m=1.0, base_column="b"), b=[5.0])
    assert mesh.xyz_in_scene[:, 2].min() == pytest.approx(5.0)
    assert mesh.xyz_in_scene[:, 2].max() == pytest.approx(6.0)


def test_polygons_without_a_height_stay_flat_beside_solids() -> None:
    solid, flat = built(
        [SQUARE, shapely.box(50, 0, 60, 10)], VectorParams(height_column="h"), h=[3.0, None]
    )
    assert set(solid.row_of_vertex) == {0}
    assert set(flat.row_of_vertex) == {1}


def test_outlines_of_polygons() -> None:
    lines = one([SQUARE], VectorParams(as_="lines"))
    assert isinstance(lines, api.Lines)
    assert lines.row_of_line.tolist() == [0]


def test_points_as_dots_stand_on_the_ground() -> None:
    points = one([shapely.Point(50, 0), shapely.MultiPoint([(10, 0), (20, 0)])], ground=slope())
    assert points.row_of_point.tolist() == [0, 1, 1]
    assert np.allclose(points.xyz_in_scene[:, 2], 0.1 * points.xyz_in_scene[:, 0] + 0.5, atol=1e-4)


def test_trees_by_species_with_their_own_size() -> None:
    params = VectorParams(glyph_column="species")
    trees = built(
        [shapely.Point(10 * i, 0) for i in range(4)],
        params,
        ground=slope(),
        species=["Pinus nigra", "Tilleul", "conifer", None],
        height_m=[20.0, 10.0, np.nan, 8.0],
        crown_m=[6.0, np.nan, np.nan, 4.0],
    )
    by_shape = {d.shape: d for d in trees}
    assert set(by_shape) == {"tree.conifer", "tree.broadleaf"}
    conifers, leaves = by_shape["tree.conifer"], by_shape["tree.broadleaf"]
    assert conifers.row_of_glyph.tolist() == [0, 2]
    assert conifers.role is api.Role.VEGETATION
    assert conifers.scale_m[0, 2] == pytest.approx(20.0)
    assert conifers.scale_m[0, 0] == pytest.approx(6.0)
    assert conifers.scale_m[1] == pytest.approx(GLYPHS["tree.conifer"].size_m)
    usual = GLYPHS["tree.broadleaf"].size_m
    assert leaves.scale_m[0] == pytest.approx([usual[i] * 10 / usual[2] for i in range(3)])
    assert leaves.xyz_in_scene[0, 2] == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("word", "glyph"),
    [
        ("tree.poplar", "tree.poplar"),
        ("broadleaf", "tree.broadleaf"),
        ("Peuplier d’Italie", "tree.poplar"),
        ("Pin sylvestre", "tree.conifer"),
        ("Sapin", "tree.conifer"),
        ("If", "tree.conifer"),
        ("Pommier", "tree.orchard"),
        ("Cèdre", "tree.conifer"),
        ("pinnate oak", ""),
        ("Tilleul", ""),
        ("", ""),
    ],
)
def test_words_for_trees(word: str, glyph: str) -> None:
    assert glyph_for(word) == glyph


def test_symbols_of_a_chosen_size_and_heading() -> None:
    params = VectorParams(glyph="bench", glyph_width_m=3.6, heading_column="az")
    glyphs = one([shapely.Point(0, 0)], params, az=[45.0])
    assert glyphs.shape == "bench"
    assert glyphs.heading_deg.tolist() == [45.0]
    assert glyphs.scale_m[0] == pytest.approx(np.array(GLYPHS["bench"].size_m) * 2)


def test_symbols_stand_in_for_areas_when_asked() -> None:
    glyphs = one([SQUARE], VectorParams(as_="glyphs", glyph="pin"))
    assert glyphs.xyz_in_scene[0, :2].tolist() == [10.0, 10.0]


def test_labels_in_every_language_the_table_has() -> None:
    params = VectorParams(label_column="name", as_="labels")
    labels = one(
        [shapely.Point(0, 0), SQUARE, LINE],
        params,
        name_fr=["Mairie", "Parc", None],
        name_en=["Town hall", None, None],
    )
    assert labels.texts == ({"fr": "Mairie", "en": "Town hall"}, {"fr": "Parc"})
    assert labels.row_of_label.tolist() == [0, 1]
    assert labels.rank.tolist() == [1, 0]  # the park is larger than a point
    assert (labels.xyz_in_scene[:, 2] >= 4.0).all()


def test_labels_of_one_column_serve_both_languages() -> None:
    labels = built([shapely.Point(0, 0)], VectorParams(label_column="nom"), nom=["Seine"])[-1]
    assert labels.texts == ({"fr": "Seine", "en": "Seine"},)


def test_labels_by_rank_and_above_what_they_name() -> None:
    params = VectorParams(label_column="n", label_rank_column="r", glyph="tree.poplar")
    points = [shapely.Point(10 * i, 0) for i in range(3)]
    labels = built(points, params, n=["a", "b", "c"], r=[5, np.nan, 1])[-1]
    assert labels.rank.tolist() == [1, 2, 0]
    assert (labels.xyz_in_scene[:, 2] > GLYPHS["tree.poplar"].size_m[2]).all()


def test_one_label_a_feature_however_many_parts() -> None:
    parts = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(50, 50, 60, 60)])
    labels = built([parts], VectorParams(label_column="n"), n=["Two"])[-1]
    assert len(labels.texts) == 1
    assert labels.xyz_in_scene[0, 0] > 49


def test_a_role_can_be_forced() -> None:
    assert one([SQUARE], VectorParams(role="solid")).role is api.Role.SOLID


def test_columns_and_symbols_that_do_not_exist_are_named() -> None:
    params = VectorParams(width_column="nope", label_column="nothing", glyph="unicorn")
    ctx = Context({"features": table([LINE])}, params)
    features = Vector().load(ctx)
    assert ctx.keys() == ["vector.column_missing", "vector.column_missing", "vector.glyph_unknown"]
    checked(Vector().build(features, params, view()))


@pytest.mark.parametrize(
    "as_", ["auto", "lines", "ribbon", "polygons", "points", "glyphs", "labels", "walls"]
)
def test_every_way_of_drawing_survives_every_geometry(as_: str) -> None:
    geometry = [None, shapely.Point(), SQUARE, LINE, shapely.Point(3, 3), shapely.MultiPolygon()]
    params = VectorParams(as_=as_, height_m=2.0, label_column="n")
    drawables = built(geometry, params, ground=slope(), n=["a", "b", "c", "d", "e", None])
    assert drawables
    empty = built([], params, n=[])
    assert empty == []


def test_the_same_table_gives_the_same_drawables() -> None:
    geometry = [SQUARE, LINE, shapely.Point(3, 3)]
    params = VectorParams(label_column="n", glyph_column="n", width_m=4.0)
    first, second = (built(geometry, params, ground=slope(), n=["a", "b", "c"]) for _ in range(2))
    assert same(first, second)


@pytest.mark.parametrize(
    ("geometry", "colour"),
    [([SQUARE], "#b5c79a"), ([LINE], "#e8e5de"), ([SQUARE, LINE], "#9aa7b1")],
)
def test_quiet_colours_by_kind(geometry: list[Any], colour: str) -> None:
    rule = Vector().default_style(table(geometry)).rule
    assert isinstance(rule, api.Constant)
    assert rule.colour == colour
