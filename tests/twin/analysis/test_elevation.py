"""What is seen beyond a section plane, against rays cast one by one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tests.twin.analysis.toy import town
from twin.analysis import cuts
from twin.analysis.elevation import beyond
from twin.analysis.rays import Caster
from twin.analysis.town import soup_of
from twin.errors import Cancelled
from twin.progress import Unattended
from twin.work.jobs import Job

PLANE = cuts.through(np.array([0.0, 0.0, 0.0]), np.array([100.0, 0.0, 0.0]))
"""Looks north, from the west to the east."""


def seen(boxes: list[tuple[float, float, float, float, float]], **more: float) -> dict[str, float]:
    found = beyond(town(boxes), PLANE, Unattended(), **more)
    return {cut.feature: float(cut.shape.area) for cut in found}


def test_what_stands_in_front_hides_what_stands_behind() -> None:
    boxes = [(10, 5, 30, 15, 9.0), (20, 40, 40, 50, 21.0), (60, -30, 80, -20, 50.0)]
    found = seen(boxes)
    foot = 0.4  # walls of the toy town go so far into the ground
    assert found == {
        "block-0": pytest.approx(20 * (9 + foot), rel=1e-3),
        "block-1": pytest.approx(20 * (21 + foot) - 10 * (9 + foot), rel=1e-3),
    }  # what is in front of the plane is cut away


def test_depth_and_ends_bound_the_drawing() -> None:
    boxes = [(-20, 5, 10, 15, 9.0), (40, 60, 60, 70, 9.0), (95, 5, 130, 15, 9.0)]
    found = seen(boxes, depth_m=50.0)
    assert found == {
        "block-0": pytest.approx(10 * 9.4, rel=1e-3),
        "block-2": pytest.approx(5 * 9.4, rel=1e-3),
    }


def test_a_house_that_is_cut_shows_its_part_beyond() -> None:
    # Half of it is in front of the plane.
    assert seen([(10, -5, 30, 5, 9.0)]) == {"block-0": pytest.approx(20 * 9.4, rel=1e-3)}


def test_a_crowded_town_agrees_with_rays() -> None:
    chance = np.random.default_rng(7)
    x, y = chance.uniform(0, 90, 80), chance.uniform(2, 120, 80)
    wide, deep, high = (
        chance.uniform(4, 14, 80),
        chance.uniform(4, 14, 80),
        chance.uniform(4, 40, 80),
    )
    boxes = list(zip(x, y, x + wide, y + deep, high, strict=True))
    place = town(boxes)
    found = beyond(place, PLANE, Unattended())
    assert sum(c.shape.area for c in found) == pytest.approx(
        shapely.union_all([c.shape for c in found]).area, rel=1e-6
    )
    uv = np.column_stack([chance.uniform(0, 100, 3_000), chance.uniform(0.5, 42, 3_000)])
    caster = Caster(soup_of(place))
    rays = np.broadcast_to(PLANE.normal, (len(uv), 3)).astype(np.float32)
    hits = caster.first(PLANE.in_scene(uv).astype(np.float32), np.ascontiguousarray(rays))
    row = np.where(hits.triangle >= 0, caster.soup.row_of_triangle[hits.triangle], -1)
    row[hits.distance_m > 100.0] = -1  # near the depth a house may be drawn in part
    points = shapely.points(uv)
    told = np.full(len(uv), -1)
    for cut in found:
        told[shapely.contains(cut.shape, points)] = int(cut.feature.removeprefix("block-"))
    sure = row >= 0
    assert sure.sum() > 500
    assert (told[sure] == row[sure]).mean() > 0.97  # houses of this town may stand in each other


def test_it_can_be_cancelled() -> None:
    job = Job("job.export", "")
    job.cancel()
    with pytest.raises(Cancelled):
        beyond(town([(10, 5, 30, 15, 9.0)]), PLANE, job)
