"""Measures against shapely and trigonometry."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from twin.analysis import measure
from twin.model.ground import FlatGround, GridGround

LINE = np.array([[0.0, 0, 0], [3, 4, 0], [3, 4, 12]])


def test_lengths_in_space_and_on_the_map() -> None:
    assert measure.length_m(LINE) == 17.0
    assert measure.level_length_m(LINE) == 5.0
    assert measure.rise_m(LINE) == 12.0


def test_areas_are_those_of_shapely() -> None:
    ring = np.random.default_rng(3).uniform(0, 50, (9, 2))
    hull = np.array(shapely.convex_hull(shapely.MultiPoint(ring)).exterior.coords)[:-1]
    xyz = np.column_stack([hull + 645_000.0, np.full(len(hull), 7.0)])
    assert measure.area_m2(xyz) == pytest.approx(shapely.Polygon(hull).area)
    assert measure.perimeter_m(xyz) == pytest.approx(shapely.Polygon(hull).length)


def test_a_tilted_roof_is_larger_than_its_plan() -> None:
    roof = np.array([[0.0, 0, 0], [10, 0, 0], [10, 6, 6], [0, 6, 6]])
    assert measure.area_m2(roof) == pytest.approx(60.0)
    assert measure.surface_m2(roof) == pytest.approx(60.0 * math.sqrt(2))


@pytest.mark.parametrize(
    ("places", "percent"),
    [
        ([[0, 0, 0], [100, 0, 5]], 5.0),
        ([[0, 0, 9], [0, 90, 0]], -10.0),
        ([[1, 1, 0], [1, 1, 4]], math.inf),
    ],
)
def test_slopes(places: list[list[float]], percent: float) -> None:
    assert measure.slope_percent(np.array(places, float)) == pytest.approx(percent)


def test_angles() -> None:
    assert measure.angle_deg(np.array([[1.0, 0, 0], [0, 0, 0], [0, 1, 0]])) == pytest.approx(90.0)
    assert math.isnan(measure.angle_deg(np.array([[0.0, 0, 0], [0, 0, 0], [1, 0, 0]])))


def test_nothing_measures_nothing() -> None:
    none, one = np.zeros((0, 3)), np.zeros((1, 3))
    for places in (none, one):
        assert measure.length_m(places) == 0.0
        assert measure.area_m2(places) == 0.0
        assert math.isnan(measure.angle_deg(places))
    assert math.isnan(measure.slope_percent(one))


def test_cut_and_fill_on_a_plane_and_on_a_slope() -> None:
    ring = np.array([[0.0, 0], [20, 0], [20, 10], [0, 10]])
    assert measure.volume_m3(FlatGround(3.0), ring, 1.0) == (pytest.approx(400.0), 0.0)
    x = np.arange(-50.0, 51, 10)
    slope = GridGround(
        z_in_scene=np.tile(x / 10, (11, 1)).astype(np.float32),
        x_first=-50,
        y_first=50,
        cell_m=10,
        cell_y_m=10,
    )
    cut, fill = measure.volume_m3(slope, ring, 1.0)
    # The ground rises from 0 to 2 over 20 m: two wedges of half a metre on average, 10 by 10 m each.
    assert cut == pytest.approx(50.0, rel=0.02)
    assert fill == pytest.approx(50.0, rel=0.02)


def test_a_profile_follows_the_ground() -> None:
    x = np.arange(-50.0, 51, 10)
    slope = GridGround(
        z_in_scene=np.tile(x / 10, (11, 1)).astype(np.float32),
        x_first=-50,
        y_first=50,
        cell_m=10,
        cell_y_m=10,
    )
    along, height = measure.profile(slope, np.array([[0.0, 0, 0], [40, 0, 0]]))
    np.testing.assert_allclose(height, along / 10, atol=1e-6)
    assert along[-1] == 40.0
