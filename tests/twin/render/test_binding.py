"""A stage follows its session: every change reaches it, many changes make one picture, and it lets go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.twin.render.boxes import finish, share
from tests.twin.render.toy_town import open_town
from twin.model.style import Constant, Style
from twin.render.binding import SessionStage
from twin.render.camera import Pose
from twin.render.stage import Stage
from twin.work.session import Session

pytestmark = pytest.mark.render


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Session]:
    session = open_town(tmp_path)
    yield session
    session.close()


@pytest.fixture
def stage(town: Session) -> Iterator[Stage]:
    made = Stage(size=(200, 120))
    made.camera.pose = Pose(target=(0, 0, 10), heading_deg=0, pitch_deg=30, distance_m=320)
    yield made
    made.close()


@pytest.fixture
def binding(town: Session, stage: Stage) -> Iterator[SessionStage]:
    made = SessionStage(town, stage)
    finish(stage)
    yield made
    made.close()


def seen(stage: Stage) -> np.ndarray:
    finish(stage)
    stage.render()
    return stage.image()


def changed(session: Session, layer_id: str, **values: object) -> None:
    spec = replace(session.project.layer(layer_id), **values)  # type: ignore[arg-type]
    session.do("layer.change", lambda project: project.with_layer(spec))
    session.wait(30)


def test_layers_of_the_session_are_on_the_stage(binding: SessionStage, stage: Stage) -> None:
    assert set(stage.layer_ids) == {"ground", "houses", "pipe"}
    image = seen(stage)
    assert share(image, "red") > 0.005
    assert share(image, "blue") > 0.005


def test_a_new_style_recolours_and_undo_brings_the_old_back(
    binding: SessionStage, stage: Stage, town: Session
) -> None:
    changed(town, "houses", style=Style(rule=Constant(colour="#20c040")))
    image = seen(stage)
    assert share(image, "green") > 0.01
    assert share(image, "red") == 0.0
    town.undo()
    town.wait(30)
    assert share(seen(stage), "red") > 0.005


def test_visibility_and_removal_follow(binding: SessionStage, stage: Stage, town: Session) -> None:
    changed(town, "houses", visible=False)
    assert share(seen(stage), "red") == 0.0
    changed(town, "houses", visible=True)
    assert share(seen(stage), "red") > 0.005
    town.do("layer.remove", lambda project: project.without_layer("houses"))
    assert "houses" not in stage.layer_ids
    assert share(seen(stage), "red") == 0.0
    town.undo()
    town.wait(30)
    assert share(seen(stage), "red") > 0.005


def test_layers_hidden_here_stay_visible_in_the_project(
    binding: SessionStage, stage: Stage, town: Session
) -> None:
    binding.present(frozenset({"pipe"}))
    assert share(seen(stage), "red") == 0.0
    assert town.project.layer("houses").visible
    binding.present(None)
    assert share(seen(stage), "red") > 0.005


def test_selected_features_stand_out(binding: SessionStage, stage: Stage, town: Session) -> None:
    before = seen(stage).astype(int)
    town.selection.set([("houses", "f3"), ("houses", "not there"), ("gone", "f0")])
    assert np.abs(seen(stage) - before).max() > 60
    town.selection.clear()
    assert np.abs(seen(stage) - before).max() < 12


def test_the_clock_moves_the_sun(binding: SessionStage, stage: Stage, town: Session) -> None:
    town.clock.set(datetime(2026, 6, 21, 11, 0, tzinfo=UTC))
    noon = seen(stage).mean()
    town.clock.set(datetime(2026, 6, 21, 23, 30, tzinfo=UTC))
    assert seen(stage).mean() < 0.6 * noon


def test_every_change_asks_for_a_picture(
    binding: SessionStage, stage: Stage, town: Session
) -> None:
    asked = []
    binding.dirty.connect(lambda: asked.append(1))
    for act in (
        lambda: town.clock.set(datetime(2026, 6, 21, 8, 0, tzinfo=UTC)),
        lambda: town.selection.set([("houses", "f1")]),
        lambda: changed(town, "houses", opacity=0.5),
        lambda: changed(town, "houses", style=Style(rule=Constant(colour="#808080"))),
        lambda: binding.present(frozenset()),
    ):
        asked.clear()
        act()
        assert asked


def test_a_closed_binding_hears_nothing(stage: Stage, town: Session) -> None:
    binding = SessionStage(town, stage)
    finish(stage)
    binding.close()
    before = seen(stage)
    asked = []
    binding.dirty.connect(lambda: asked.append(1))
    changed(town, "houses", visible=False)
    town.clock.set(datetime(2026, 6, 21, 22, 0, tzinfo=UTC))
    town.selection.set([("houses", "f1")])
    assert not asked
    assert np.array_equal(seen(stage), before)
