"""Hours of sun, against geometry worked out by hand and a caster that tries every triangle."""

from __future__ import annotations

import threading
import time
from datetime import date

import numpy as np
import pytest

from tests.twin.analysis.toy import naive_blocked, town
from twin.analysis.rays import Caster, morton_order
from twin.analysis.samples import Surface, Wanted, samples_of
from twin.analysis.sun_study import SunAsked, sun_study
from twin.analysis.sunhours import sun_hours, suns_of_days
from twin.analysis.town import soup_of
from twin.errors import Cancelled
from twin.model.ground import GridGround
from twin.progress import Unattended
from twin.work.jobs import Job

EQUINOX = date(2026, 3, 21)
BLOCKS = [(0, 0, 12, 10, 9.0), (20, 0, 32, 10, 24.0), (0, 18, 30, 26, 15.0), (33, 12, 40, 30, 6.0)]


def test_sun_hours_are_those_of_a_caster_that_tries_every_triangle() -> None:
    place = town(BLOCKS)
    caster = Caster(soup_of(place))
    samples = samples_of(place, caster, Wanted(bodies=[0], spacing_m=2.5), Unattended())
    suns = suns_of_days(place, [EQUINOX], step_min=30)
    expected = np.zeros(len(samples))
    for towards, hours in zip(suns.direction.astype(np.float64), suns.hours, strict=True):
        front = samples.normal @ towards > 1e-3
        expected += (
            hours * front * ~naive_blocked(caster.soup, samples.origins().astype(float), towards)
        )
    found = sun_hours(caster, samples, suns, Unattended())
    assert {int(s) for s in samples.surface} == {0, 1, 2}
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert 0.0 < found.mean() < suns.up_h


def test_an_open_field_has_the_sun_from_sunrise_to_sunset() -> None:
    place = town([(0, 0, 5, 5, 0.5)])
    wanted = Wanted(bodies=[0], spacing_m=10.0, surfaces=[Surface.GROUND], box=(100, 100, 160, 160))
    answer = sun_study(place, SunAsked(first=EQUINOX, last=EQUINOX), wanted, Unattended())
    assert len(answer) == 36
    assert set(answer.columns["sun_h"]) == {answer.summary["sun_up_h"]}
    assert answer.summary["sun_up_h"] == pytest.approx(12.2, abs=0.2)  # equinox, with refraction


def test_only_the_south_facade_has_sun_at_noon() -> None:
    place = town([(0, 0, 20, 20, 12.0)])
    caster = Caster(soup_of(place))
    wanted = Wanted(bodies=[0], spacing_m=3.0, surfaces=[Surface.FACADE])
    samples = samples_of(place, caster, wanted, Unattended())
    noon = suns_of_days(place, [EQUINOX], step_min=1, between_h=(12.8, 12.85))
    found = sun_hours(caster, samples, noon, Unattended())
    south = samples.normal[:, 1] < -0.9
    assert (found[south] > 0).all()
    assert not found[samples.normal[:, 1] > 0.9].any()


def test_a_hill_casts_its_shadow() -> None:
    heights = np.zeros((21, 21), np.float32)
    heights[12:, :] = 80.0  # a cliff in the south; row 0 is the north
    relief = GridGround(z_in_scene=heights, x_first=-100, y_first=100, cell_m=10, cell_y_m=10)
    place = town([(-5, 40, 5, 50, 3.0)], ground=relief)
    wanted = Wanted(bodies=[0], spacing_m=5.0, surfaces=[Surface.GROUND], box=(-20, 0, 20, 60))
    answer = sun_study(place, SunAsked(first=EQUINOX, last=EQUINOX), wanted, Unattended())
    open_field = sun_study(
        town([(-5, 40, 5, 50, 3.0)]), SunAsked(first=EQUINOX, last=EQUINOX), wanted, Unattended()
    )
    assert answer.columns["sun_h"].mean() < 0.6 * open_field.columns["sun_h"].mean()


def test_samples_lie_on_the_surfaces_and_in_no_solid() -> None:
    place = town([(0, 0, 10, 10, 9.0), (10, 0, 20, 10, 9.0)])  # two blocks share a wall
    caster = Caster(soup_of(place))
    samples = samples_of(place, caster, Wanted(bodies=[0], spacing_m=1.0), Unattended())
    x = samples.xyz_in_scene[:, 0]
    facade = samples.surface == Surface.FACADE
    party_wall = facade & (np.abs(x - 10.0) < 0.01)
    assert not party_wall.any()
    # Four free walls of 10 m and two of 20 m less the shared ones: 60 m around, 9.4 m less what is below ground.
    assert facade.sum() == pytest.approx(60 * 9.0, rel=0.06)
    assert (samples.surface == Surface.ROOF).sum() == pytest.approx(200, rel=0.06)
    assert (samples.surface == Surface.GROUND).sum() == 0  # the box of the ground is full of blocks


def test_every_feature_has_a_sample_however_coarse() -> None:
    place = town([(i * 8, 0, i * 8 + 4, 4, 3.0) for i in range(30)])
    asked = SunAsked(first=EQUINOX, last=EQUINOX)
    answer = sun_study(place, asked, Wanted(bodies=[0], spacing_m=50.0), Unattended())
    assert answer.summary["features"]["sampled"] == 30


def test_a_threshold_is_met_at_the_hours_it_names() -> None:
    place = town(BLOCKS)
    asked = SunAsked(first=EQUINOX, last=EQUINOX, threshold_h=3.5)
    answer = sun_study(place, asked, Wanted(bodies=[0], spacing_m=2.0), Unattended())
    hours, meets = answer.columns["sun_h"], answer.columns["meets_threshold"]
    assert meets.any()
    assert not meets.all()
    assert hours[meets].min() >= 3.5 > hours[~meets].max()


def test_a_day_of_summer_time_has_23_hours_and_loses_no_sun() -> None:
    place = town(BLOCKS)
    changing, before = (suns_of_days(place, [date(2026, 3, day)]) for day in (29, 28))
    assert changing.up_h == pytest.approx(before.up_h, abs=0.25)


def test_a_study_stops_within_a_fifth_of_a_second() -> None:
    place = town(
        [(x * 15, y * 15, x * 15 + 10, y * 15 + 10, 9.0) for x in range(40) for y in range(40)]
    )
    caster = Caster(soup_of(place))
    samples = samples_of(place, caster, Wanted(bodies=[0], spacing_m=1.0), Unattended())
    year = suns_of_days(place, [date(2026, 1 + m % 12, 1 + m // 12) for m in range(300)])
    job = Job("job.analyse", "sun")
    stopped: list[float] = []

    def run() -> None:
        with pytest.raises(Cancelled):
            sun_hours(caster, samples, year, job)
        stopped.append(time.perf_counter())

    worker = threading.Thread(target=run)
    worker.start()
    time.sleep(0.3)
    asked_at = time.perf_counter()
    job.cancel()
    worker.join(timeout=5.0)
    assert stopped, "the study went on after it was cancelled"
    # Generous, so that a busy machine does not fail it; the benchmark has the figure.
    assert stopped[0] - asked_at < 1.0


def test_neighbours_on_the_curve_are_neighbours_in_space() -> None:
    points = np.random.default_rng(4).uniform(0, 100, (5000, 3))
    ordered = points[morton_order(points)]
    step = np.linalg.norm(np.diff(ordered, axis=0), axis=1).mean()
    assert step < 0.25 * np.linalg.norm(np.diff(points, axis=0), axis=1).mean()
