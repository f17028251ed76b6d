"""Lines of sight and viewsheds, against geometry worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.analysis.toy import naive_blocked, town
from twin.analysis.rays import Caster
from twin.analysis.samples import Wanted, samples_of
from twin.analysis.sight import seen_from, sight, sight_lines, viewshed
from twin.analysis.town import soup_of
from twin.progress import Unattended

WALL = [(10, -20, 12, 20, 5.0)]


def test_a_wall_stands_in_the_way_and_is_named() -> None:
    place = town(WALL)
    line = sight(place, Caster(soup_of(place)), np.array([0, 0, 1.6]), np.array([30, 0, 1.6]))
    assert not line.seen
    assert line.blocked_m == pytest.approx(10.0, abs=1e-4)
    assert (line.layer_id, line.feature_id) == ("blocks", "block-0")


@pytest.mark.parametrize(("height", "seen"), [(11.9, True), (11.7, False)])
def test_one_sees_over_a_wall_what_is_high_enough_behind_it(height: float, seen: bool) -> None:
    # The line over the near edge (10 m away, 5 m high) is at 1.6 + 3.4 / 10 * 30 = 11.8 m after 30 m.
    place = town(WALL)
    end = np.array([30, 0, height])
    assert sight(place, Caster(soup_of(place)), np.array([0, 0, 1.6]), end).seen is seen


def test_a_target_on_a_surface_does_not_hide_itself() -> None:
    place = town(WALL)
    assert sight(place, Caster(soup_of(place)), np.array([0, 0, 1.6]), np.array([10, 0, 2.0])).seen


def test_lines_are_told_in_the_crs_with_what_blocks_them() -> None:
    place = town(WALL)
    answer = sight_lines(place, [(np.array([0, 0, 1.6]), np.array([30, 0, 1.6]))] * 2, Unattended())
    assert answer.columns["x_m"].tolist() == [645_030.0, 645_030.0]
    assert answer.columns["blocked_feature"].tolist() == ["block-0", "block-0"]
    assert answer.summary["visible"] == 0


def test_viewshed_is_that_of_a_caster_that_tries_every_triangle() -> None:
    place = town([(0, 0, 12, 10, 9.0), (20, 0, 32, 10, 24.0), (0, 18, 30, 26, 15.0)])
    caster = Caster(soup_of(place))
    samples = samples_of(place, caster, Wanted(bodies=[0], spacing_m=3.0), Unattended())
    eye = np.array([16.0, 14.0, 1.6])
    origins = samples.origins().astype(np.float64)
    expected = np.zeros(len(samples), bool)
    for i, origin in enumerate(origins):
        towards = eye - origin
        if samples.normal[i] @ towards > 0:
            # The eye is far from any wall: what is met beyond it would have to be met before it as well.
            near = soup_of(place)
            met = naive_blocked(near, origin[None], towards)
            beyond = naive_blocked(near, eye[None], towards)
            expected[i] = not met[0] or (beyond[0] and not _between(caster, origin, towards))
    assert (seen_from(caster, samples, eye[None], Unattended()) == expected).all()


def _between(caster: Caster, origin: np.ndarray, towards: np.ndarray) -> bool:
    hits = caster.first(origin[None].astype(np.float32), towards[None].astype(np.float32))
    return bool(hits.distance_m[0] < 1.0)


def test_what_is_behind_the_wall_is_not_in_the_viewshed() -> None:
    place = town(WALL)
    answer = viewshed(
        place, np.array([[0, 0, 1.6]]), Wanted(bodies=[0], spacing_m=1.0), Unattended(), radius_m=40
    )
    x, seen = answer.columns["x_m"] - 645_000, answer.columns["visible"]
    facade = answer.columns["surface"] == "facade"
    assert seen[facade & (x < 10.5) & (x > 9.5)].any()
    assert not seen[facade & (x > 11.5)].any()


def test_a_path_sees_what_any_of_its_points_sees() -> None:
    place = town(WALL)
    eyes = np.array([[0, 0, 1.6], [30, 0, 1.6]])
    wanted = Wanted(bodies=[0], spacing_m=1.0)
    each = [viewshed(place, eyes[i : i + 1], wanted, Unattended(), radius_m=90) for i in range(2)]
    both = viewshed(place, eyes, wanted, Unattended(), radius_m=90)
    expected = each[0].columns["visible"] | each[1].columns["visible"]
    assert both.columns["visible"].tolist() == expected.tolist()
    assert both.columns["visible"].sum() > each[0].columns["visible"].sum()
