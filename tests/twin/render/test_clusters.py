"""Points that cannot be told apart from afar are drawn as one, with their number and the colour that matters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.twin.render.block_text import BlockText
from tests.twin.render.boxes import BLUE, GREEN, RED, colours, finish, share
from twin.drawables import Labels, Points
from twin.render.camera import Pose
from twin.render.clusters import Clusters
from twin.render.piece import apart
from twin.render.stage import Stage

pytestmark = pytest.mark.render

SIZE = (240, 160)
AT = np.array([[0, 0, 2], [6, 0, 2], [12, 4, 2], [400, 0, 2]], np.float32)


def points(**more: object) -> Points:
    rows = np.arange(4, dtype=np.int32)
    return Points(xyz_in_scene=AT, row_of_point=rows, cluster_m=40.0, cluster_by="weight", **more)


@pytest.fixture
def stage() -> Iterator[Stage]:
    made = Stage(size=SIZE, text=BlockText())
    yield made
    made.close()


def show(stage: Stage, distance_m: float, *, weight: tuple[float, ...] = (0, 9, 0, 0)) -> None:
    stage.set_layer(
        "sensors",
        [points()],
        rgba=colours(BLUE, RED, BLUE, GREEN),
        rows_visible=np.ones(4, dtype=bool),
        columns_now={"weight": np.array(weight, float)},
    )
    stage.camera.pose = Pose(target=(6, 0, 2), heading_deg=0, pitch_deg=90, distance_m=distance_m)
    finish(stage)
    stage.render()


def test_every_point_is_drawn_just_once_at_every_distance() -> None:
    made = Clusters().of([points()], 4)
    levels = [d for d in made if isinstance(d, Points)]
    for pixel_m in np.geomspace(0.01, 1000.0, 200):
        drawn = [d for d in levels if apart(d.from_m, d.until_m, pixel_m)]
        own = [d for d in drawn if d.pickable]
        assert bool(own) != any(not d.pickable for d in drawn)
        far = {float(x) for d in drawn for x in d.xyz_in_scene[:, 0]}
        assert 400.0 in far or pixel_m * 30 > 400.0


def test_near_each_is_itself_and_far_three_are_one_with_their_number(stage: Stage) -> None:
    show(stage, 60.0)
    assert share(stage.image(), "blue") > 0.0
    assert not stage.placed
    assert stage.pick(*(stage.project((6.0, 0.0, 2.0)) or (0, 0))) is not None
    show(stage, 900.0)
    assert share(stage.image(), "blue") == 0.0
    assert share(stage.image(), "red") > 0.0
    assert len(stage.placed) == 1
    hit = stage.pick(*(stage.project((6.0, 1.0, 2.0)) or (0, 0)))
    assert hit is not None
    assert hit.row in (0, 1, 2)  # one of those that it stands for


def test_colours_of_the_clock_reach_what_stands_for_several(stage: Stage) -> None:
    show(stage, 900.0)
    stage.recolour("sensors", colours(BLUE, GREEN, BLUE, BLUE))
    stage.render()
    assert share(stage.image(), "red") == 0.0
    assert share(stage.image(), "green") > 0.0
    stage.set_rows("sensors", np.array([False, False, False, True]))
    stage.render()
    assert share(stage.image(), "green") == 0.0


def test_labels_say_how_many() -> None:
    made = Clusters().of([points()], 4)
    (numbers,) = [d for d in made if isinstance(d, Labels)]
    assert numbers.texts[0] == {"": "3"}
    assert numbers.apart_m is not None
    assert tuple(numbers.apart_m[0]) == (120.0, 40.0)
