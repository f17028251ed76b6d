"""Envelopes and what exceeds them, against volumes worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from twin.analysis.zoning import (
    HEIGHT,
    SETBACK,
    SHARE,
    SLOPE,
    Excess,
    Rules,
    cage,
    exceeding,
    rules_of_parcels,
)

ZONES = np.array(
    [shapely.box(0, 0, 50, 50), shapely.box(50, 0, 100, 50), shapely.box(0, 50, 100, 90)], object
)
PLOT = np.array([shapely.box(0, 0, 40, 40)], object)
HEIGHTS = Rules(height_m=np.array([10.0, 15.0, np.nan]))


def one(**rules: float) -> Rules:
    values = {name: np.array([value]) for name, value in rules.items()}
    return Rules(**{"height_m": np.array([np.nan]), **values})


def judged(rules: Rules, house: shapely.Polygon, height_m: float) -> list[Excess]:
    return exceeding(PLOT, rules, np.array([house], object), np.array([height_m]))


def volume(found: list[Excess], breach: str) -> float:
    return sum(e.shape.area * e.height_m for e in found if e.breach == breach)


def test_the_part_of_a_building_in_each_zone_is_judged_by_its_rule() -> None:
    houses = np.array([shapely.box(40, 10, 60, 20), shapely.box(5, 5, 10, 10), None], object)
    found = exceeding(ZONES, HEIGHTS, houses, np.array([18.0, 10.0, 99.0]))
    told = sorted((e.plot, e.building, e.shape.area, e.base_m, e.height_m) for e in found)
    assert told == [(0, 0, 100.0, 10.0, 8.0), (1, 0, 100.0, 15.0, 3.0)]


def test_where_no_height_is_given_nothing_exceeds() -> None:
    houses = np.array([shapely.box(10, 60, 20, 70)], object)
    assert exceeding(ZONES, HEIGHTS, houses, np.array([500.0])) == []


def test_a_centimetre_is_no_breach() -> None:
    houses = np.array([shapely.box(10, 10, 20, 20)], object)
    assert exceeding(ZONES, HEIGHTS, houses, np.array([10.01])) == []


def test_what_stands_in_the_setback_is_named_from_the_ground_up() -> None:
    found = judged(one(setback_m=5.0, height_m=9.0), shapely.box(2, 10, 12, 20), 12.0)
    assert volume(found, SETBACK) == pytest.approx(3 * 10 * 12)
    assert volume(found, HEIGHT) == pytest.approx(7 * 10 * 3)  # no cubic metre is named twice


def test_a_slope_from_the_boundary_cuts_a_wedge() -> None:
    # At the boundary 6 m are allowed, then a metre more by each metre inwards: "H = L + 6".
    found = judged(one(slope=1.0, base_m=6.0), shapely.box(0, 10, 10, 30), 12.0)
    wedge = 6.0 * 6.0 / 2 * 20.0
    assert {e.breach for e in found} == {SLOPE}
    assert volume(found, SLOPE) == pytest.approx(wedge, rel=0.01)
    assert min(e.base_m for e in found) == 6.0


def test_a_footprint_that_covers_too_much_is_marked_on_its_roof() -> None:
    found = judged(one(share=0.5), shapely.box(5, 5, 35, 35), 9.0)
    assert [(e.breach, e.base_m) for e in found] == [(SHARE, 9.0)]
    assert judged(one(share=0.6), shapely.box(5, 5, 35, 35), 9.0) == []


def test_the_cage_narrows_with_the_slope_and_ends_at_the_top() -> None:
    rules = one(height_m=15.0, setback_m=2.0, slope=1.0, base_m=6.0)
    rings = {level: ring for ring, level in cage(PLOT[0], rules, 0)}
    assert list(rings) == [0.0, 3.0, 6.0, 9.0, 12.0, 15.0]
    assert rings[0.0].bounds == (2.0, 2.0, 38.0, 38.0)
    assert rings[15.0].bounds == pytest.approx((9.0, 9.0, 31.0, 31.0))
    assert [level for _, level in cage(PLOT[0], one(), 0)] == [0.0]
    roof = cage(PLOT[0], one(slope=1.0, base_m=0.0), 0)
    assert roof[-1][1] < 20.0 <= roof[-1][1] + 3.0
    assert all(math.isfinite(level) for _, level in roof)


def test_a_parcel_has_the_rules_of_the_zone_that_covers_most_of_it() -> None:
    parcels = np.array(
        [shapely.box(40, 0, 55, 10), shapely.box(45, 0, 80, 10), shapely.box(200, 0, 210, 10)],
        object,
    )
    np.testing.assert_array_equal(rules_of_parcels(ZONES, parcels), [0, 1, -1])


def test_no_zones_and_no_houses() -> None:
    none = np.zeros(0, object)
    assert exceeding(none, Rules(height_m=np.zeros(0)), none, np.zeros(0)) == []
