"""A show that is killed is back on stage at its stop, by the process that waited with everything loaded."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.show import one_house
from ui.show import guardian as watching
from ui.show.guardian import Guardian


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small one."""
    return one_house.write(tmp_path)


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
