"""Two pictures of one stop: where they lie, how their cameras are linked, what lies outside of the project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from twin.errors import BelvedereError
from twin.model.story import Beside, Camera, Stop
from twin.render.pose import pose_from
from twin.show.beside import joined, layout, line_px, linked, other_session

STOP = Stop(
    id="two",
    title={"en": "Two"},
    camera=Camera(position=(0.0, -500.0, 300.0), target=(10.0, 20.0, 5.0)),
    beside=Beside(title={"en": "There"}, target=(1000.0, 2000.0, 7.0)),
)
SIZE = (1280, 720)


@pytest.mark.parametrize("mirrored", [False, True])
def test_both_pictures_have_one_size_and_leave_a_column_for_words(mirrored: bool) -> None:
    places = layout(STOP.beside, SIZE, mirrored=mirrored)
    assert places.own[2:] == places.other[2:]
    assert places.own[1] + places.own[3] < places.other[1]
    left = places.own[0]
    assert (left == 0) is mirrored
    assert SIZE[0] - places.own[2] >= 440


def test_the_other_camera_is_as_far_away_and_turned_alike() -> None:
    begun = pose_from((0.0, -500.0, 300.0), (10.0, 20.0, 5.0), 40.0)
    there = linked(begun, STOP)
    assert there.target == pytest.approx((1000.0, 2000.0, 7.0))
    turned = replace(begun, heading_deg=77.0, distance_m=250.0, target=(20.0, 20.0, 5.0))
    there = linked(turned, STOP)
    assert (there.heading_deg, there.distance_m) == (77.0, 250.0)
    assert there.field_of_view_deg == turned.field_of_view_deg
    assert there.target == pytest.approx((1010.0, 2000.0, 7.0))
    assert linked(turned, replace(STOP, beside=Beside())) == turned


def test_pictures_are_put_together() -> None:
    own, other = (np.full((360, 792, 3), value, np.uint8) for value in (50, 200))
    places = layout(STOP.beside, SIZE)
    own = own[: places.own[3], : places.own[2]]
    other = other[: places.own[3], : places.own[2]]
    screen = joined(own, other, places, SIZE)
    assert screen.shape == (720, 1280, 3)
    assert (screen[10, 1270], screen[710, 1270]) == (pytest.approx(50), pytest.approx(200))
    assert screen[10, 10].max() < 40  # the words' column

    whole = layout(Beside(kind="swipe"), SIZE)
    own, other = (np.full((720, 1280, 3), value, np.uint8) for value in (50, 200))
    early, late = (joined(own, other, whole, SIZE, share=share) for share in (0.0, 1.0))
    assert (early == 50).mean() < (late == 50).mean()
    assert early[5, line_px(0.0, 1280)].tolist() == [255, 255, 255]


def test_a_place_outside_of_the_project_is_refused(tmp_path: Path) -> None:
    class Session:
        folder = tmp_path / "city"

    (tmp_path / "city").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "project.json").write_text("{}")
    (tmp_path / "city" / "link").symlink_to(tmp_path / "secret")
    stop = replace(STOP, beside=Beside(project="link"))
    with pytest.raises(BelvedereError) as caught:
        other_session(stop, Session())  # type: ignore[arg-type]
    assert caught.value.problem.key == "story.beside_outside"
