"""A stop that cuts the scene open: on the stage of a film, filled, kept in the project, and closed by the next stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.twin.render import toy_town
from tests.twin.show.story_of_town import SOUTH
from twin.analysis import cuts
from twin.model.story import Stop, Story
from twin.render.scene import CUT_FACES
from twin.show.staging import Director
from twin.store.story_codec import story_from_json, story_to_json
from twin.work.sections import from_story, to_story
from twin.work.session import Session

PLANES = (cuts.through(np.array([-60.0, 5.0, 0.0]), np.array([60.0, 5.0, 0.0])),)
CUT = Stop(id="cut", title={"en": "Cut"}, camera=SOUTH, section=to_story(PLANES))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Session]:
    session = toy_town.open_town(tmp_path)
    yield session
    session.close()


def test_a_section_is_kept_in_the_project_file() -> None:
    story = Story(id="s", title={"en": "S"}, stops=(CUT,))
    again = story_from_json(story_to_json(story))
    assert again == story
    (plane,) = from_story(again.stop("cut").section)
    assert plane.equation == pytest.approx(PLANES[0].equation)
    assert plane.length_m == pytest.approx(120.0)


@pytest.mark.parametrize(
    "damage", [{"along": [2, 0, 0]}, {"up": [0, 0, "nan"]}, {"origin": [0, 0]}, {"length_m": "x"}]
)
def test_a_damaged_section_is_refused(damage: dict[str, object]) -> None:
    body = story_to_json(Story(id="s", title={"en": "S"}, stops=(CUT,)))
    body["stops"][0]["section"][0] |= damage
    with pytest.raises((ValueError, TypeError)):
        story_from_json(body)


@pytest.mark.render
def test_the_scene_is_open_while_the_stop_lasts(town: Session) -> None:
    from tests.twin.render.block_text import BlockText
    from twin.render.binding import SessionStage
    from twin.render.stage import Stage

    stage = Stage(size=(192, 108), text=BlockText())
    binding = SessionStage(town, stage)
    director = Director(town, binding)
    try:
        pictures = []
        for stop in (CUT, replace(CUT, section=()), CUT):
            director.set(stop)
            director.draw(fine=True)
            pictures.append(stage.image().copy())
            assert (CUT_FACES in stage.layer_ids) is bool(stop.section)
    finally:
        binding.close()
        stage.close()
    cut, whole, again = pictures
    assert other(cut, again) < 0.001
    assert other(cut, whole) > 0.01


def other(one: np.ndarray, two: np.ndarray) -> float:
    """Return which share of two pictures differs clearly."""
    return float((np.abs(one.astype(int) - two).max(axis=2) > 40).mean())
