"""A stop with another picture beside: divided once that is ready, cameras linked, given back at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui import small_city
from tests.ui.show.conftest import town_story
from twin.model.story import Beside
from twin.store.project_folder import save_project
from ui.opened import Opened
from ui.show.on_stage import OnStage


def told_beside(beside: Beside):
    """Return the story of the town with something beside its first stop."""
    story = town_story()
    first = replace(story.stops[0], beside=beside)
    return replace(story, stops=(first, *story.stops[1:]))


@pytest.fixture
def show(make_window: Callable, tmp_path: Path, qtbot: QtBot) -> Callable[[Beside], OnStage]:
    begun: list[OnStage] = []

    def make(beside: Beside) -> OnStage:
        project = replace(small_city.project(broken=False), stories=(told_beside(beside),))
        save_project(project, tmp_path)
        save_project(small_city.project(broken=False), tmp_path / "there")
        window = make_window(Opened(project=project, folder=tmp_path))
        stage = OnStage(window, project.stories[0], "en")
        begun.append(stage)
        stage.begin()
        return stage

    yield make
    for stage in begun:
        stage.end()


def test_another_place_is_seen_from_the_same_distance(show: Callable, qtbot: QtBot) -> None:
    stage = show(Beside(title={"en": "There"}, project="there", target=(5.0, 5.0, 0.0)))
    stop = stage.player.stop
    qtbot.waitUntil(lambda: stage.neighbours.of(stop) is not None, timeout=20_000)
    view = stage.neighbours.of(stop)
    own = stage.performer.viewport
    assert own.size() == view.viewport.size()
    assert own.width() < stage.audience.width()
    assert not stage.audience.plates[1].isHidden()
    own.pilot.orbit(40.0, 0.0)
    here, there = own.stage.camera.pose, view.viewport.stage.camera.pose
    assert (there.heading_deg, there.distance_m) == (here.heading_deg, here.distance_m)
    stage.do("next")
    assert own.geometry() == stage.audience.rect()
    assert view.clip.isHidden()


def test_a_line_moves_over_two_states_of_one_city(show: Callable, qtbot: QtBot) -> None:
    stage = show(Beside(kind="swipe"))
    qtbot.waitUntil(lambda: stage.neighbours.of(stage.player.stop) is not None, timeout=20_000)
    own, line = stage.performer.viewport, stage.audience._line
    assert own.geometry() == stage.audience.rect()
    before = line.x()
    stage.performer.advance(stage.player.stop.hold_s * 0.7)
    assert line.x() > before


def test_a_place_that_is_not_there_leaves_the_picture_whole(show: Callable) -> None:
    stage = show(Beside(project="nowhere"))
    assert stage.neighbours.of(stage.player.stop) is None
    assert stage.performer.viewport.geometry() == stage.audience.rect()
