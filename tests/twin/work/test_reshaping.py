"""What pulling the grips of a building does, against shapely."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from twin.errors import BelvedereError
from twin.model import plans
from twin.model.project import Delta
from twin.work import reshaping
from twin.work.reshaping import Grip, Hold

X, Y = 645_000.0, 6_858_000.0
ORIGIN = np.array([X, Y])
EAST = np.array([1.0, 0.0])
L_SHAPE = [(0, 0), (40, 0), (40, 20), (20, 20), (20, 40), (0, 40)]


def building(corners: list[tuple[float, float]] = L_SHAPE, **values: object) -> Delta:
    shape = shapely.Polygon(np.array(corners) + ORIGIN)
    known = {
        "geometry": shape.wkt,
        "height_m": 12.0,
        "storeys": 4,
        "storey_m": 3.0,
        "dwellings": 40,
    }
    return Delta(
        variant="v", phase="p", layer="b", feature_id="n", op=plans.ADD, values={**known, **values}
    )


def shape_of(delta: Delta) -> shapely.Polygon:
    return shapely.from_wkt(delta.values["geometry"])


def side(delta: Delta, way: tuple[float, float], length: float) -> Grip:
    block = reshaping.block_of(delta, (X, Y, 0.0), 5.0)
    for grip in reshaping.grips_of(block, solid=False):
        ends = block.ring[[grip.side, (grip.side + 1) % len(block.ring)]]
        size = float(np.hypot(*(ends[1] - ends[0])))
        if grip.hold is Hold.SIDE and np.allclose(grip.way, way) and np.isclose(size, length):
            return grip
    raise AssertionError("no such side")


def test_every_side_has_a_grip_halfway_up_and_a_model_has_none() -> None:
    block = reshaping.block_of(building(), (X, Y, 0.0), 5.0)
    grips = reshaping.grips_of(block, solid=False)
    assert [g.hold for g in grips].count(Hold.SIDE) == 6
    assert {float(g.xyz[2]) for g in grips if g.hold is Hold.SIDE} == {11.0}
    assert Hold.SIDE not in [g.hold for g in reshaping.grips_of(block, solid=True)]


def test_a_side_grows_along_its_neighbours() -> None:
    before = building()
    after = reshaping.pulled(before, side(before, (1.0, 0.0), 20.0), 5.0, EAST)
    assert shape_of(after).area == pytest.approx(1200 + 100)
    assert shape_of(after).is_valid
    assert after.values["dwellings"] == round(40 * 1300 / 1200)


def test_slanting_neighbours_stay_in_their_direction() -> None:
    before = building([(0, 0), (40, 0), (30, 20), (10, 20)])
    after = shape_of(reshaping.pulled(before, side(before, (0.0, 1.0), 20.0), 10.0, EAST))
    expected = shapely.Polygon(np.array([(0, 0), (40, 0), (25, 30), (15, 30)]) + ORIGIN)
    assert after.symmetric_difference(expected).area < 0.01


@pytest.mark.parametrize("distance", [-20.0, -45.0, float("nan")])
def test_a_side_is_not_pushed_through_the_building(distance: float) -> None:
    before = building([(0, 0), (40, 0), (40, 20), (0, 20)])
    with pytest.raises(BelvedereError, match=r"plan\.(no_room|bad_number)"):
        reshaping.pulled(before, side(before, (0.0, 1.0), 40.0), distance, EAST)


def test_amounts_are_those_of_the_hand() -> None:
    block = reshaping.block_of(building([(0, 0), (40, 0), (40, 20), (0, 20)]), (X, Y, 0.0), 5.0)
    turn, scale, rise = (
        next(g for g in reshaping.grips_of(block, solid=True) if g.hold is hold)
        for hold in (Hold.TURN, Hold.SCALE, Hold.RISE)
    )
    east, north = np.array([60.0, 10.0, 5.0]), np.array([20.0, 50.0, 5.0])
    assert reshaping.amount_of(turn, block, east, north) == pytest.approx(90.0)
    assert reshaping.amount_of(scale, block, east, np.array([100.0, 10.0, 5.0])) == 2.0
    up = reshaping.amount_of(rise, block, np.zeros(3), np.array([0.0, 0.0, 7.4]))
    assert up == pytest.approx(19.4)
    assert reshaping.stepped(rise, up, 3.0) == 18.0
    assert reshaping.stepped(turn, 88.0, 3.0) == 90.0


def test_raising_keeps_storeys_and_dwellings_in_step() -> None:
    rise = Grip(hold=Hold.RISE, xyz=np.zeros(3))
    after = reshaping.pulled(building(roof_height_m=3.0, storey_m=3.0), rise, 21.0, EAST)
    assert (after.values["storeys"], after.values["dwellings"]) == (6, 60)
