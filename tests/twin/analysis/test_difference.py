"""Before and after, shadow on places, facades of storeys: against a caster that tries every triangle."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.twin.analysis.toy import naive_blocked, town
from twin.analysis.difference import sun_difference, viewshed_difference
from twin.analysis.facades import SIDES, facade_report
from twin.analysis.rays import Caster
from twin.analysis.samples import Surface, Wanted
from twin.analysis.shade import shade_study
from twin.analysis.sun_study import SunAsked, sun_study
from twin.analysis.sunhours import suns_of_days
from twin.analysis.town import Town, soup_of
from twin.progress import Unattended

EQUINOX = date(2026, 3, 21)
ASKED = SunAsked(first=EQUINOX, last=EQUINOX, step_min=60)
HOUSE, HIGH = (0, 0, 12, 10, 9.0), (0, -30, 12, -20, 30.0)


def naive_hours(place: Town, xyz: np.ndarray, normal: np.ndarray | None = None) -> np.ndarray:
    """Return the hours of sun at places, by trying every triangle."""
    soup = soup_of(place)
    suns = suns_of_days(place, [EQUINOX], step_min=60)
    hours = np.zeros(len(xyz))
    for towards, length in zip(suns.direction.astype(float), suns.hours, strict=True):
        front = np.ones(len(xyz), bool) if normal is None else normal @ towards > 1e-3
        hours += length * front * ~naive_blocked(soup, xyz, towards)
    return hours


def test_a_tower_takes_sun_from_the_house_behind_it() -> None:
    before, after = town([HOUSE]), town([HOUSE, HIGH])
    wanted = Wanted(bodies=[0], spacing_m=3.0, box=(-10, -15, 25, 25))
    answer = sun_difference(before, after, ASKED, wanted, Unattended())
    was = sun_study(before, ASKED, wanted, Unattended())
    places = np.column_stack([was.columns[n] for n in ("x_m", "y_m", "z_m")])
    old = {tuple(p): h for p, h in zip(places.tolist(), was.columns["sun_h"], strict=True)}
    found = np.column_stack([answer.columns[n] for n in ("x_m", "y_m", "z_m")])
    expected = [old[tuple(p)] for p in found.tolist()]
    np.testing.assert_allclose(answer.columns["before_h"], expected, atol=1e-9)
    change = answer.columns["difference_h"]
    np.testing.assert_allclose(change, answer.columns["sun_h"] - expected, atol=2e-3)
    assert change.max() <= 0.0
    assert change.min() < -1.0
    # A new facade had no sun to lose.
    assert set(answer.columns["feature_id"][answer.columns["surface"] != "ground"]) == {"block-0"}
    told = answer.summary["difference"]
    assert told["losing"] == int((change < 0).sum()) > 0
    assert told["gaining"] == 0


def test_without_a_change_nothing_is_lost() -> None:
    place = town([HOUSE, HIGH])
    answer = sun_difference(place, place, ASKED, Wanted(bodies=[0], spacing_m=4.0), Unattended())
    assert len(answer) > 50
    assert not answer.columns["difference_h"].any()


def test_what_a_wall_hides_is_lost_to_sight() -> None:
    before, after = town([HOUSE]), town([HOUSE, (-20, -12, 30, -10, 20.0)])
    eyes = np.array([[6.0, -40.0, 1.6]])
    wanted = Wanted(bodies=[0], spacing_m=2.0, surfaces=[Surface.FACADE])
    answer = viewshed_difference(before, after, eyes, wanted, Unattended(), radius_m=100.0)
    own = answer.columns["feature_id"] == "block-0"
    assert own.all()
    south = answer.columns["visible_before"]
    assert south.any()
    assert set(answer.columns["change"][south]) == {"lost"}
    assert set(answer.columns["change"][~south]) == {"same"}


def test_shadow_on_places_is_that_of_a_caster_that_tries_every_triangle() -> None:
    rng = np.random.default_rng(20)
    blocks = [
        (x, y, x + 8, y + 6, h) for x, y, h in rng.uniform((-60, -60, 4), (60, 60, 30), (12, 3))
    ]
    place = town(blocks)
    spots = np.column_stack([rng.uniform(-60, 60, (40, 2)), np.full(40, 0.5)])
    answer = shade_study(place, spots, [str(i) for i in range(40)], ASKED, Unattended())
    up = answer.summary["sun_up_h"]
    np.testing.assert_allclose(answer.columns["sun_h"], naive_hours(place, spots), atol=2e-3)
    np.testing.assert_allclose(answer.columns["shadow_h"] + answer.columns["sun_h"], up, atol=2e-3)
    assert 0 < answer.columns["shadow_h"].mean() < up


def test_facades_are_reported_by_side_and_storey() -> None:
    place = town([HOUSE, (-20, -14, 32, -6, 9.0)])
    wanted = Wanted(bodies=[0], spacing_m=1.0, surfaces=[Surface.FACADE])
    answer = facade_report(place, ASKED, wanted, Unattended())
    rows = list(
        zip(*(answer.columns[n] for n in ("feature_id", "side", "storey", "sun_h")), strict=True)
    )
    assert {side for _, side, _, _ in rows} == {"N", "E", "S", "W"}
    assert set(SIDES) > {"N", "E", "S", "W"}
    south = [
        h
        for name, side, storey, h in sorted(rows, key=lambda r: r[2])
        if (name, side) == ("block-0", "S")
    ]
    assert len(south) >= 3
    assert south == sorted(south)  # the higher, the less the neighbour shades
    assert south[0] < south[2]
    north = [h for name, side, _, h in rows if side == "N"]
    assert max(north) == 0.0
    study = sun_study(place, ASKED, wanted, Unattended())
    total = (answer.columns["sun_h"] * answer.columns["samples"]).sum()
    assert total == pytest.approx(study.columns["sun_h"].sum(), rel=1e-3)


def test_only_buildings_with_dwellings_are_reported() -> None:
    place = town([HOUSE, HIGH])
    wanted = Wanted(bodies=[0], spacing_m=3.0, surfaces=[Surface.FACADE])
    answer = facade_report(place, ASKED, wanted, Unattended(), dwellings={"block-1": 12.0})
    assert set(answer.columns["feature_id"]) == {"block-1"}
    assert set(answer.columns["dwellings"]) == {12.0}


def test_a_caster_says_the_same_of_two_towns_that_are_the_same() -> None:
    one, other = Caster(soup_of(town([HOUSE]))), Caster(soup_of(town([HOUSE])))
    rays = np.random.default_rng(3).normal(size=(500, 3)).astype(np.float32)
    start = np.tile(np.array([[6, -20, 2]], np.float32), (500, 1))
    np.testing.assert_array_equal(one.blocked(start, rays), other.blocked(start, rays))
