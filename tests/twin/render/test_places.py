"""Symbols that move stand where the columns of the clock say, glide between, and are found there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from tests.twin.render.block_text import BlockText
from tests.twin.render.boxes import BLUE, RED, colours, finish, share
from twin.drawables import Glyphs, Labels, Points
from twin.model.ground import FlatGround
from twin.render.camera import Pose
from twin.render.places import LEAP_M, PlaceTable
from twin.render.stage import Stage

pytestmark = pytest.mark.render

SIZE = (200, 120)
NAN = float("nan")


def places(*rows: tuple[float, float, float]) -> Mapping[str, np.ndarray]:
    x, y, heading = np.array(rows, float).T
    return {"x_in_scene": x, "y_in_scene": y, "heading_deg": heading}


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=SIZE, text=BlockText())
    made.camera.pose = Pose(target=(0, 0, 5), heading_deg=0, pitch_deg=60, distance_m=140)
    made.set_ground(FlatGround())
    yield made
    made.close()


def show(stage: Stage, where: Mapping[str, np.ndarray], **more: float) -> None:
    cubes = Glyphs(
        xyz_in_scene=np.zeros((2, 3), np.float32),
        shape="cube",
        scale_m=np.full((2, 3), 12.0, np.float32),
        row_of_glyph=np.arange(2, dtype=np.int32),
        moving=True,
    )
    dots = Points(
        xyz_in_scene=np.array([[0, 0, 15], [0, 0, 15]], np.float32),
        row_of_point=np.arange(2, dtype=np.int32),
        moving=True,
    )
    names = Labels(
        xyz_in_scene=np.array([[0, 0, 18], [0, 0, 18]], np.float32),
        texts=({"": "A"}, {"": "B"}),
        rank=np.zeros(2, np.int32),
        row_of_label=np.arange(2, dtype=np.int32),
        moving=True,
    )
    stage.set_layer(
        "buses",
        [cubes, dots, names],
        rgba=colours(RED, BLUE),
        rows_visible=np.ones(2, dtype=bool),
        columns_now=where,
    )
    finish(stage)


def middle_of(image: np.ndarray, channel: int) -> float:
    """Return the column about which the pixels of a colour lie."""
    strong = image[:, :, channel].astype(int) - image.astype(int).sum(axis=2) / 3 > 40
    return float(np.flatnonzero(strong.any(axis=0)).mean())


def test_symbols_stand_where_the_columns_say_and_are_picked_there(stage: Stage) -> None:
    show(stage, places((-30, 0, 0), (30, 0, 90)))
    stage.render()
    assert middle_of(stage.image(), 0) < SIZE[0] / 2 < middle_of(stage.image(), 2)
    at = stage.project((-30.0, 0.0, 0.0))
    assert at is not None
    hit = stage.pick(*at)
    assert hit is not None
    assert hit.row == 0
    stage.set_columns("buses", places((30, 0, 0), (-30, 0, 90)))
    stage.render()
    assert middle_of(stage.image(), 2) < SIZE[0] / 2 < middle_of(stage.image(), 0)
    hit = stage.pick(*at)
    assert hit is not None
    assert hit.row == 1
    assert {label.row for label in stage.placed} == {0, 1}
    left = min(stage.placed, key=lambda label: label.left)
    assert left.row == 1


def test_what_has_no_place_is_not_drawn(stage: Stage) -> None:
    show(stage, places((NAN, NAN, NAN), (0, 0, 0)))
    stage.render()
    assert share(stage.image(), "red") == 0.0
    assert share(stage.image(), "blue") > 0.01
    assert {label.row for label in stage.placed} == {1}


def test_a_picture_shows_the_moment_and_a_window_the_way_there(stage: Stage) -> None:
    show(stage, places((-30, 0, 0), (30, 0, 0)))
    assert not stage.advance(0.1)  # somebody watches, nothing moves yet
    stage.set_columns("buses", places((-20, 0, 0), (30, 0, 0)))
    assert stage.advance(1e-6)
    stage.render()
    started = middle_of(stage.image(), 0)
    while stage.advance(0.05):
        pass
    stage.render()
    assert middle_of(stage.image(), 0) > started + 4


def test_what_drives_out_of_its_box_is_still_drawn(stage: Stage) -> None:
    show(stage, places((-30, 0, 0), (30, 0, 0)))
    stage.set_columns("buses", places((5_000, 5_000, 0), (5_020, 5_000, 0)))
    stage.camera.pose = Pose(target=(5_010, 5_000, 5), heading_deg=0, pitch_deg=60, distance_m=140)
    stage.upload(float("inf"))
    stage.render()
    assert share(stage.image(), "red") > 0.005


def test_gliding_takes_the_short_way_round_and_leaps_are_no_drives() -> None:
    table, ground = PlaceTable(), FlatGround()
    table.set(places((0, 0, 350)), ground)
    table.advance(0.1)
    table.set(places((10, 0, 10)), ground)
    table.advance(1e-9)
    assert table.now[0, 3] % 360.0 == pytest.approx(350.0, abs=1.0)
    while table.advance(0.1):
        assert not 20.0 < table.now[0, 3] % 360.0 < 340.0
    assert table.now[0, 0] == pytest.approx(10.0)
    table.set(places((10 + 2 * LEAP_M, 0, 10)), ground)
    table.advance(1e-9)
    assert table.now[0, 0] == pytest.approx(10 + 2 * LEAP_M)
