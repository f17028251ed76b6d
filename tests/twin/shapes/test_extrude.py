"""Footprints become closed solids that look outward and hold the volume they should."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.shapes.solids import COURTYARD, SAMPLES, geometries, open_edges, solid, volume
from twin.shapes import Part, explode, extrude


@pytest.mark.parametrize("name", SAMPLES)
def test_a_solid_with_its_floor_is_watertight_and_holds_area_times_height(name: str) -> None:
    made = extrude(geometries(SAMPLES[name]), [0], z_bottom=2.0, z_top=11.0, floor=True)
    mesh = solid(made)
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert volume(made) == pytest.approx(SAMPLES[name].area * 9.0)


@pytest.mark.parametrize("name", SAMPLES)
def test_without_a_floor_only_the_foot_is_open(name: str) -> None:
    made = extrude(geometries(SAMPLES[name]), [0], z_bottom=2.0, z_top=11.0)
    edges = open_edges(made)
    assert len(edges) > 0
    assert (edges[..., 2] == 2.0).all()
    assert set(made.part_of_vertex) == {Part.WALL, Part.ROOF}


def test_walls_look_away_from_the_inside_also_in_a_courtyard() -> None:
    made = extrude(geometries(COURTYARD), [0], z_bottom=0.0, z_top=10.0)
    corner = made.corners
    normal = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    upright = np.abs(normal[:, 2]) < 1e-9
    middle = corner[upright].mean(axis=1)[:, :2]
    step = normal[upright][:, :2] / np.linalg.norm(normal[upright][:, :2], axis=1, keepdims=True)
    outside = shapely.points(middle + 0.01 * step)
    assert not shapely.contains(COURTYARD, outside).any()
    assert (normal[~upright][:, 2] > 0).all()


def test_roofs_do_not_share_vertices_with_walls() -> None:
    made = extrude(geometries(SAMPLES["L"]), [0], z_bottom=0.0, z_top=3.0)
    parts = made.part_of_vertex[made.triangles]
    assert (parts == parts[:, :1]).all()


def test_rows_follow_the_features_through_multipolygons() -> None:
    pair = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1)])
    made = extrude(
        geometries(shapely.box(9, 9, 11, 11), pair), [7, 3], z_bottom=[0, 0], z_top=[1, 2]
    )
    assert set(made.row_of_vertex) == {7, 3}
    assert made.xyz[made.row_of_vertex == 3][:, 2].max() == 2.0
    assert made.xyz[made.row_of_vertex == 3][:, 0].max() == 6.0


def test_what_encloses_nothing_is_dropped_and_counted() -> None:
    flat = shapely.Polygon([(0, 0), (5, 0), (9, 0)])
    made = extrude(
        geometries(flat, shapely.box(0, 0, 1, 1), None, shapely.Polygon(), shapely.Point(1, 1)),
        np.arange(5),
        z_bottom=0.0,
        z_top=3.0,
    )
    assert set(made.row_of_vertex) == {1}
    assert made.dropped == 1


def test_a_top_below_its_bottom_or_unknown_makes_nothing() -> None:
    boxes = geometries(*(shapely.box(i, 0, i + 1, 1) for i in range(3)))
    made = extrude(boxes, [0, 1, 2], z_bottom=[0, 5, 0], z_top=[np.nan, 4, 2])
    assert set(made.row_of_vertex) == {2}
    assert made.dropped == 2


def test_nothing_in_gives_nothing_out() -> None:
    made = extrude(geometries(), [], z_bottom=0.0, z_top=1.0)
    assert len(made) == 0
    assert made.xyz.shape == (0, 3)


def test_a_crossed_ring_is_repaired() -> None:
    bow = shapely.Polygon([(0, 0), (4, 4), (4, 0), (0, 4)])
    made = extrude(geometries(bow), [0], z_bottom=0.0, z_top=1.0, floor=True)
    assert volume(made) == pytest.approx(shapely.make_valid(bow).area)


def test_repeated_and_straight_corners_leave_no_gap() -> None:
    ring = [(0, 0), (5, 0), (5, 0), (10, 0), (10, 5), (10, 10), (10, 10), (0, 10), (0, 0)]
    made = extrude(geometries(shapely.Polygon(ring)), [0], z_bottom=0.0, z_top=1.0, floor=True)
    assert solid(made).is_watertight
    assert volume(made) == pytest.approx(100.0)


def test_the_same_input_gives_the_same_arrays() -> None:
    shapes = geometries(*SAMPLES.values())
    rows = np.arange(len(shapes))
    first, second = (extrude(shapes, rows, z_bottom=0.0, z_top=3.0) for _ in range(2))
    assert np.array_equal(first.xyz, second.xyz)
    assert np.array_equal(first.triangles, second.triangles)


def test_explode_takes_nested_collections_apart() -> None:
    inner = shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(0, 0, 1, 1)])
    outer = shapely.GeometryCollection([inner, shapely.LineString([(0, 0), (1, 1)])])
    parts, origin = explode(geometries(None, outer, shapely.Point()))
    assert [part.geom_type for part in parts] == ["Point", "Polygon", "LineString"]
    assert origin.tolist() == [1, 1, 1]


coordinates = st.integers(-40, 40)
boxes = st.tuples(coordinates, coordinates, st.integers(1, 30), st.integers(1, 30))


@settings(deadline=None, max_examples=60)
@given(st.lists(boxes, min_size=1, max_size=5), st.lists(boxes, max_size=3), st.floats(0, 3))
def test_any_polygon_with_holes_gives_its_volume(
    solids: list[tuple[int, int, int, int]],
    holes: list[tuple[int, int, int, int]],
    turn: float,
) -> None:
    def union(parts: list[tuple[int, int, int, int]]) -> shapely.Geometry:
        return shapely.union_all([shapely.box(x, y, x + w, y + h) for x, y, w, h in parts])

    shape = shapely.affinity.rotate(
        union(solids).difference(union(holes)), turn, origin=(0, 0), use_radians=True
    )
    made = extrude(geometries(shape), [0], z_bottom=0.0, z_top=2.0, floor=True)
    assert volume(made) == pytest.approx(2.0 * shape.area, rel=1e-6, abs=1e-3)
    up = made.corners[(made.part_of_vertex[made.triangles[:, 0]] == Part.ROOF)]
    area = np.cross(up[:, 1] - up[:, 0], up[:, 2] - up[:, 0])[:, 2] / 2
    assert (area > -1e-9).all()
    assert area.sum() == pytest.approx(shape.area, rel=1e-6, abs=1e-3)
