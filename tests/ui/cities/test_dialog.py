from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from tests.twin.services.town_hall import TownHall, catalogue
from twin.services import client
from ui.cities.dialog import CityDialog


@pytest.fixture
def town_hall(monkeypatch: pytest.MonkeyPatch) -> Iterator[TownHall]:
    monkeypatch.setattr(client, "TRIES", 1)
    made = TownHall()
    yield made
    made.close()


@pytest.fixture
def dialog(qtbot: QtBot, make_window, town_hall: TownHall, tmp_path: Path) -> Iterator[CityDialog]:
    path = tmp_path / "services.toml"
    path.write_text(catalogue(town_hall.url), encoding="utf-8")
    made = CityDialog(make_window(), path)
    made.open()
    yield made
    if shiboken6.isValid(made):
        made.reject()


def rows(dialog: CityDialog) -> dict[str, str]:
    items = [dialog.list.topLevelItem(i) for i in range(dialog.list.topLevelItemCount())]
    return {item.text(0): item.text(1) for item in items}


def test_nothing_can_be_fetched_without_a_place(dialog: CityDialog) -> None:
    assert not dialog.accept_button.isEnabled()
    dialog.place.setText("Bourg-le-Test")
    assert dialog.accept_button.isEnabled()
    assert dialog.folder.text().endswith("Bourg-le-Test")


def test_a_city_is_fetched_and_opened(dialog: CityDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.place.setText("Bourg-le-Test")
    dialog.folder.setText(str(tmp_path / "town"))
    opened: list[Path] = []
    dialog.fetched.connect(opened.append)
    dialog.accept()
    assert not dialog.accept_button.isEnabled()
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=30_000)
    assert rows(dialog)["buildings"] == "120 received"
    assert rows(dialog)["zoning"] == "failed"
    assert "1 service did not answer" in dialog.message.text()
    dialog.accept()
    assert opened == [tmp_path / "town"]
    assert (tmp_path / "town" / "project.json").exists()


def test_an_unknown_place_is_told_and_another_can_be_tried(
    dialog: CityDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.place.setText("Nowhere")
    dialog.folder.setText(str(tmp_path / "town"))
    dialog.accept()
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=30_000)
    assert "Nowhere" in dialog.message.text()
    assert dialog.place.isEnabled()
    assert not (tmp_path / "town" / "project.json").exists()
