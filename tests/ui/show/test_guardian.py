"""A show that is killed is back on stage at its stop, by the process that waited with everything loaded."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.twin.render import toy_town
from tests.twin.show.story_of_town import story
from twin.model.layer import LayerSpec, Source
from twin.store.project_folder import save_project
from ui.show import guardian as watching
from ui.show.guardian import Guardian

HOUSE = {
    "type": "Feature",
    "properties": {"height_m": 12.0},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[2.27, 48.82], [2.271, 48.82], [2.271, 48.821], [2.27, 48.82]]],
    },
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project on disk with one house and a story of three stops."""
    source = {"type": "FeatureCollection", "features": [HOUSE]}
    (tmp_path / "house.geojson").write_text(json.dumps(source), encoding="utf-8")
    layer = LayerSpec(
        id="houses",
        type="belvedere.buildings",
        title={"en": "Houses"},
        sources={"buildings": Source(path="house.geojson")},
    )
    told = story()
    told = replace(told, stops=tuple(replace(stop, layers=None) for stop in told.stops))
    save_project(replace(toy_town.project(), layers=(layer,), stories=(told,)), tmp_path)
    return tmp_path


def test_the_understudy_takes_over_at_the_same_stop(
    project: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "CALM_S", 0.0)
    monkeypatch.setenv("BELVEDERE_STATE", str(tmp_path / "state"))
    diary = tmp_path / "diary"
    diary.mkdir()
    guardian = Guardian(["show", str(project), "--at", "west", "--lang", "ko"], diary)
    guardian.start()
    try:
        qtbot.waitUntil(lambda: guardian.diary.read().get("on_stage", False), timeout=60_000)
        qtbot.waitUntil(lambda: guardian.understudy_ready, timeout=60_000)
        state = guardian.diary.read()
        assert (state["stop"], state["process"]) == ("west", guardian.process_id)
        os.kill(guardian.process_id, signal.SIGKILL)
        qtbot.waitUntil(
            lambda: guardian.diary.read()["process"] != state["process"], timeout=60_000
        )
        after = guardian.diary.read()
        assert (after["stop"], after["language"]) == ("west", "ko")
        assert after["process"] == guardian.process_id
        assert len(guardian.recoveries) == 1
        qtbot.waitUntil(lambda: not guardian.standing_in, timeout=60_000)
    finally:
        guardian.close()


def test_a_show_that_cannot_begin_is_not_tried_for_ever(
    tmp_path: Path, qtbot: QtBot, monkeypatch
) -> None:
    left: list[int] = []
    monkeypatch.setattr(watching.QApplication, "exit", left.append)
    monkeypatch.setenv("BELVEDERE_STATE", str(tmp_path / "state"))
    guardian = Guardian(["show", str(tmp_path / "nowhere")], tmp_path)
    guardian.start()
    qtbot.waitUntil(lambda: bool(left), timeout=60_000)
    assert left == [2]
    assert guardian.recoveries == []
    guardian.close()
