"""What windows look at and from where a monument is seen, against rays worked out one by one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.twin.analysis.toy import naive_blocked, town
from twin.analysis.rays import Caster
from twin.analysis.samples import Samples, Surface, Wanted, samples_of
from twin.analysis.town import soup_of
from twin.analysis.views import (
    SHARES,
    MonumentAsked,
    half_space,
    monument_study,
    shares_at,
    turned,
    view_study,
)
from twin.progress import Unattended

HOUSE = (0, 0, 12, 10, 9.0)


def window(xyz: tuple[float, float, float], normal: tuple[float, float, float]) -> Samples:
    return Samples(
        xyz_in_scene=np.array([xyz]),
        normal=np.array([normal], np.float32),
        surface=np.zeros(1, np.uint8),
        body=np.zeros(1, np.int32),
        row=np.zeros(1, np.int32),
        spacing_m=(1.0, 1.0, 1.0),
    )


def test_directions_before_a_window_are_even_and_before_it() -> None:
    normals = np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0.6, 0.8], [0, 0, 1.0]])
    towards = turned(half_space(4096), normals)
    np.testing.assert_allclose(np.linalg.norm(towards, axis=2), 1.0, atol=1e-12)
    assert (np.einsum("nkd,nd->nk", towards, normals) > 0).all()
    # The mean of an even half sphere lies half way along its axis.
    np.testing.assert_allclose(towards.mean(axis=1), normals / 2, atol=2e-3)


def test_a_window_on_a_plain_sees_half_sky_and_half_ground() -> None:
    place = town([HOUSE])
    caster = Caster(soup_of(place))
    shares = shares_at(caster, window((6, 0, 5), (0, -1, 0)), (), Unattended())[0]
    told = dict(zip(SHARES, shares, strict=True))
    # The plain ends 5 km away: a thousandth of the view.
    assert told["sky"] == pytest.approx(0.5, abs=0.01)
    assert told["ground"] == pytest.approx(0.5, abs=0.01)
    assert shares.sum() == pytest.approx(1.0)


def test_lawns_are_green_and_the_rest_is_as_every_triangle_says() -> None:
    place = town([HOUSE, (-20, -30, 30, -25, 14.0)])
    caster = Caster(soup_of(place))
    seat = window((6, 0, 5), (0, -1, 0))
    lawn = [shapely.box(-1000, -24, 1000, -1)]
    shares = shares_at(caster, seat, lawn, Unattended(), rays=256)[0]
    towards = turned(half_space(256), seat.normal.astype(float))[0]
    start = seat.origins().astype(float)
    soup = soup_of(place, ground=False)
    built = sum(naive_blocked(soup, start, ray)[0] for ray in towards)
    told = dict(zip(SHARES, shares, strict=True))
    assert told["built"] == pytest.approx(built / 256, abs=0.015)  # the foot lies below the ground
    down = towards[towards[:, 2] < 0]
    y = start[0, 1] - start[0, 2] / down[:, 2] * down[:, 1]
    x = start[0, 0] - start[0, 2] / down[:, 2] * down[:, 0]
    on_lawn = ((y > -24) & (y < -1) & (np.abs(x) < 1000)).sum()
    assert told["green"] == pytest.approx(on_lawn / 256, abs=0.01)


def test_a_tower_takes_sky_from_windows() -> None:
    before, after = town([HOUSE]), town([HOUSE, (-10, -30, 25, -15, 40.0)])
    wanted = Wanted(bodies=[0], spacing_m=3.0, surfaces=[Surface.FACADE])
    answer = view_study(after, wanted, Unattended(), before=before)
    assert set(answer.columns["feature_id"]) == {"block-0"}
    change = answer.columns["sky_difference"]
    assert change.min() < -0.1
    # 1,024 rays: nothing is gained but by the last digit.
    assert change.max() <= 1e-9
    assert answer.summary["mean"]["sky"] < answer.summary["mean_before"]["sky"]


def test_from_where_a_monument_is_seen_is_what_every_triangle_says() -> None:
    place = town([HOUSE, (-10, -14, 14, -10, 20.0)])
    caster = Caster(soup_of(place))
    monument = Wanted(bodies=[0], rows={0: np.array([0], np.int32)}, spacing_m=4.0,
                      surfaces=[Surface.FACADE, Surface.ROOF])  # fmt: skip
    asked = MonumentAsked(radius_m=40.0, spacing_m=9.0)
    answer = monument_study(place, monument, asked, Unattended())
    samples = samples_of(place, caster, monument, Unattended())
    eyes = np.column_stack([answer.columns[n] for n in ("x_m", "y_m", "z_m")])
    eyes = eyes - np.array(place.frame.origin)
    soup = soup_of(place)
    expected = np.zeros(len(eyes))
    for point, normal in zip(samples.origins().astype(float), samples.normal, strict=True):
        for i, eye in enumerate(eyes):
            if (eye - point) @ normal <= 0:
                continue
            expected[i] += 16.0 * (not _between(soup, point, eye))
    np.testing.assert_allclose(answer.columns["seen_m2"], expected, atol=1e-6)
    behind = eyes[:, 1] < -16
    in_front = eyes[:, 1] > 12
    assert (
        answer.columns["seen_share"][in_front].mean() > answer.columns["seen_share"][behind].mean()
    )


def _between(soup, point: np.ndarray, eye: np.ndarray) -> bool:
    """Whether any triangle crosses the stretch from a point to an eye."""
    a, b, c = (soup.xyz_in_scene[soup.triangles[:, i]].astype(float) for i in range(3))
    ray = eye - point
    p = np.cross(ray, c - a)
    det = np.einsum("nd,nd->n", b - a, p)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = point - a
        u = np.einsum("nd,nd->n", t, p) / det
        q = np.cross(t, b - a)
        v = q @ ray / det
        away = np.einsum("nd,nd->n", c - a, q) / det
    return bool(((u >= 0) & (v >= 0) & (u + v <= 1) & (away > 0) & (away < 1)).any())


def test_a_window_opposite_a_long_wall_sees_what_its_angles_say() -> None:
    place = town([(10, -400, 12, 400, 20.0)])
    seat = window((0.0, 0.0, 2.0), (1.0, 0.0, 0.0))
    shares = shares_at(Caster(soup_of(place)), seat, (), Unattended(), rays=8192)[0]
    told = dict(zip(SHARES, shares, strict=True))
    # A long wall up to 18 m above the eye at 10 m fills atan(18/10) of the 180 degrees from below to above.
    above, below = np.degrees(np.arctan2(18.0, 9.95)), np.degrees(np.arctan2(2.0, 9.95))
    assert told["built"] == pytest.approx((above + below) / 180, abs=0.02)
    assert told["sky"] == pytest.approx((90 - above) / 180, abs=0.02)
