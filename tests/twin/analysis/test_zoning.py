"""What exceeds an envelope, against boxes worked out by hand."""

from __future__ import annotations

import numpy as np
import shapely

from twin.analysis.zoning import exceeding

ZONES = np.array(
    [shapely.box(0, 0, 50, 50), shapely.box(50, 0, 100, 50), shapely.box(0, 50, 100, 90)], object
)
ALLOWED = np.array([10.0, 15.0, np.nan])


def test_the_part_of_a_building_in_each_zone_is_judged_by_its_rule() -> None:
    houses = np.array([shapely.box(40, 10, 60, 20), shapely.box(5, 5, 10, 10), None], object)
    zone, building, part, excess = exceeding(ZONES, ALLOWED, houses, np.array([18.0, 10.0, 99.0]))
    found = sorted(zip(zone, building, shapely.area(part), excess, strict=True))
    assert found == [(0, 0, 100.0, 8.0), (1, 0, 100.0, 3.0)]


def test_where_no_height_is_given_nothing_exceeds() -> None:
    houses = np.array([shapely.box(10, 60, 20, 70)], object)
    zone, *_ = exceeding(ZONES, ALLOWED, houses, np.array([500.0]))
    assert len(zone) == 0


def test_a_centimetre_is_no_breach() -> None:
    houses = np.array([shapely.box(10, 10, 20, 20)], object)
    assert len(exceeding(ZONES, ALLOWED, houses, np.array([10.01]))[0]) == 0


def test_no_zones_and_no_houses() -> None:
    none = np.zeros(0, object)
    assert len(exceeding(none, np.zeros(0), none, np.zeros(0))[0]) == 0
