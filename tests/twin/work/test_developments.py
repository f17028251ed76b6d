"""Planned buildings: sketched, pushed, moved, turned, imported; numbers against shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.twin.work.test_plan import PROJECT, X, Y
from twin.errors import BelvedereError
from twin.work import developments as dev

PLACE = ("a", "town", "houses")
RING = np.array([[0.0, 0.0, 5.0], [20.0, 0.0, 5.0], [20.0, 10.0, 5.0], [0.0, 10.0, 5.0]])


def building(**volume: object) -> object:
    outline = dev.outline_in_crs(PROJECT.frame, RING)
    return dev.new_building(PROJECT, PLACE, dev.values_of(outline, dev.Volume(**volume)))  # type: ignore[arg-type]


def shape(delta: object) -> shapely.Polygon:
    return shapely.from_wkt(delta.values["geometry"])  # type: ignore[attr-defined]


def test_a_ring_in_the_scene_becomes_an_outline_in_the_crs() -> None:
    assert shape(building()).equals(shapely.box(X, Y, X + 20, Y + 10))


def test_a_setback_shrinks_the_outline_on_every_side() -> None:
    outline = shapely.from_wkt(dev.outline_in_crs(PROJECT.frame, RING, 2.0))
    assert outline.equals(shapely.box(X + 2, Y + 2, X + 18, Y + 8))
    with pytest.raises(BelvedereError, match="no_room"):
        dev.outline_in_crs(PROJECT.frame, RING, 5.0)


@pytest.mark.parametrize("ring", [RING[:2], RING[[0, 1, 0]], RING[:1]])
def test_what_encloses_nothing_is_no_building(ring: np.ndarray) -> None:
    with pytest.raises(BelvedereError, match="no_room"):
        dev.outline_in_crs(PROJECT.frame, ring)


def test_a_ring_that_crosses_itself_gives_its_larger_part() -> None:
    bow = np.array([[0, 0, 0], [10, 10, 0], [10, 0, 0], [0, 10, 0.0]])
    assert shapely.from_wkt(dev.outline_in_crs(PROJECT.frame, bow)).area == pytest.approx(25.0)


def test_storeys_and_roof_make_the_height() -> None:
    assert building(storeys=5, storey_m=3.2).values["height_m"] == 16.0
    pitched = building(storeys=2, storey_m=3.0, roof="gabled", roof_m=2.5)
    assert pitched.values["height_m"] == 8.5
    assert dev.pushed(pitched, 4).values["height_m"] == 14.5


def test_pushing_keeps_the_height_of_a_storey() -> None:
    taller = dev.pushed(building(storeys=4, storey_m=3.1), 7)
    assert taller.values["height_m"] == pytest.approx(21.7)
    assert taller.values["dwellings"] == round((200 * 4 // 70) * 7 / 4)


def test_moving_turning_and_scaling_keep_what_they_should() -> None:
    before = building()
    moved = dev.moved(before, 5.0, -3.0)
    assert shape(moved).equals(shapely.box(X + 5, Y - 3, X + 25, Y + 7))
    turned = shape(dev.turned(before, 90.0))
    assert turned.area == pytest.approx(200.0)
    assert turned.centroid.distance(shape(before).centroid) < 1e-3
    assert turned.bounds[2] - turned.bounds[0] == pytest.approx(10.0)
    assert shape(dev.scaled(before, 2.0)).area == pytest.approx(800.0)
    for factor in (0.0, -1.0, float("nan"), 1e9):
        with pytest.raises(BelvedereError):
            dev.scaled(before, factor)
