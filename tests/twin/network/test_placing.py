"""Pipes side by side, cables that hang, points on the ground."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from twin.model.ground import FlatGround, GridGround
from twin.network import beside, hanging, lines_of, points_on, side_signs, upright


def _slope() -> GridGround:
    z = np.tile(0.1 * np.arange(-100, 101, 10.0), (21, 1)).astype(np.float32)
    return GridGround(z_in_scene=z, x_first=-100.0, y_first=100.0, cell_m=10.0, cell_y_m=10.0)


def _objects(*geometries: object) -> np.ndarray:
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    return array


def test_beside_keeps_the_distance_at_corners_and_the_heights() -> None:
    xyz = np.array([[0.0, 0, 1], [10, 0, 2], [10, 10, 3]])
    moved = beside(xyz, np.array([0, 3]), np.array([1.0]))
    np.testing.assert_allclose(moved, [[0, 1, 1], [9, 1, 2], [9, 10, 3]], atol=1e-9)
    right = beside(xyz, np.array([0, 3]), np.array([-1.0]))
    np.testing.assert_allclose(right, [[0, -1, 1], [11, -1, 2], [11, 10, 3]], atol=1e-9)


def test_beside_does_not_join_one_line_to_the_next() -> None:
    xyz = np.array([[0.0, 0, 0], [10, 0, 0], [0, 50, 0], [0, 60, 0]])
    moved = beside(xyz, np.array([0, 2, 4]), np.array([1.0, 2.0]))
    expected = [[0, 1, 0], [10, 1, 0], [-2, 50, 0], [-2, 60, 0]]
    np.testing.assert_allclose(moved, expected, atol=1e-9)


@pytest.mark.parametrize("size", [0, 1])
def test_beside_of_next_to_nothing(size: int) -> None:
    xyz = np.zeros((size, 3))
    assert beside(xyz, np.array([0, size]), np.array([1.0])).shape == (size, 3)


def test_beside_stays_finite_where_vertices_repeat_and_lines_turn_back() -> None:
    xyz = np.array([[0.0, 0, 0], [0, 0, 0], [5, 0, 0], [0, 0, 0]])
    moved = beside(xyz, np.array([0, 4]), np.array([1.0]))
    assert np.isfinite(moved).all()
    assert np.abs(moved - xyz).max() <= 2.0 + 1e-9


def test_supply_and_return_never_fall_together() -> None:
    there = shapely.LineString([(0, 0), (10, 0)])
    back = shapely.LineString([(10, 0), (0, 0)])
    lines = _objects(there, there, there, back, there)
    side = np.array(["supply", "return", "supply", "return", ""], dtype=object)
    same_way = side_signs(lines[:2], side[:2])
    assert same_way.tolist() == [1.0, -1.0]
    # Drawn backwards, the left of the return pipe is the right of the supply pipe.
    assert side_signs(lines[2:], side[2:]).tolist() == [1.0, 1.0, 0.0]


def test_a_pipe_without_a_twin_stays_on_its_course() -> None:
    lines = _objects(shapely.LineString([(0, 0), (10, 0)]), shapely.LineString([(0, 5), (9, 5)]))
    assert side_signs(lines, np.array(["supply", "return"], dtype=object)).tolist() == [0.0, 0.0]


def test_a_cable_hangs_between_poles_that_stand_on_the_ground() -> None:
    line = _objects(shapely.LineString([(0, 0), (40, 0), (80, 0)]))
    xyz, offsets, row = hanging(
        line, np.array([7]), ground=_slope(), height_m=np.array([10.0]), sag_part=0.05
    )
    assert row.tolist() == [7]
    assert offsets.tolist() == [0, len(xyz)]
    assert (np.diff(xyz[:, 0]) > 0).all()
    for x in (0.0, 40.0, 80.0):
        np.testing.assert_allclose(xyz[xyz[:, 0] == x, 2], 0.1 * x + 10.0)
    middle = xyz[xyz[:, 0] == 20.0, 2]
    np.testing.assert_allclose(middle, 2.0 + 10.0 - 0.05 * 40.0)


def test_cables_of_several_lines_stay_apart() -> None:
    lines = _objects(
        shapely.LineString([(0, 0), (40, 0)]),
        shapely.MultiLineString([[(0, 9), (8, 9)], [(0, 20), (8, 20)]]),
    )
    xyz, offsets, row = hanging(
        lines, np.array([0, 1]), ground=FlatGround(), height_m=np.array([5.0, 6.0])
    )
    assert row.tolist() == [0, 1, 1]
    for i, y in enumerate((0.0, 9.0, 20.0)):
        assert (xyz[offsets[i] : offsets[i + 1], 1] == y).all()


def test_no_cables() -> None:
    xyz, offsets, row = hanging(
        _objects(), np.zeros(0, int), ground=FlatGround(), height_m=np.zeros(0)
    )
    assert len(xyz) == 0
    assert offsets.tolist() == [0]
    assert len(row) == 0


def test_points_of_all_kinds_stand_on_the_ground() -> None:
    geometry = _objects(
        shapely.Point(50, 0),
        None,
        shapely.Point(),
        shapely.MultiPoint([(10, 0), (20, 0)]),
        shapely.box(0, 0, 4, 4),
        shapely.LineString([(0, 0), (1, 1)]),
    )
    xyz, row = points_on(geometry, np.arange(6), _slope())
    assert row.tolist() == [0, 3, 3, 4]
    np.testing.assert_allclose(xyz[:, 2], 0.1 * xyz[:, 0], atol=1e-6)
    assert shapely.box(0, 0, 4, 4).contains(shapely.Point(xyz[3, :2]))


def test_upright_and_chosen_lines() -> None:
    xyz, offsets = upright(np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([-7.0, -8.0]))
    assert xyz.tolist() == [[1, 2, 3], [1, 2, -7], [4, 5, 6], [4, 5, -8]]
    chosen, new = lines_of(xyz.astype(float), offsets, np.array([1]))
    assert chosen.tolist() == [[4, 5, 6], [4, 5, -8]]
    assert new.tolist() == [0, 2]
