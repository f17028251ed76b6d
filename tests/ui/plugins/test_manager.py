"""The plugin manager in a window: what it lists, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.twin.isolation.conftest import write_plugin
from ui import plugin_home as home
from ui.i18n import tr
from ui.plugins.grants import GrantBoxes
from ui.plugins.manager import PluginManager
from ui.services import Services


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv(home.FOLDER, str(tmp_path / "home" / "plugins"))
    monkeypatch.setattr(home, "decisions_file", lambda: tmp_path / "home" / "plugins.json")
    home.warden.cache_clear()
    yield tmp_path / "home" / "plugins"
    home.warden.cache_clear()


@pytest.fixture
def manager(own_home: Path, make_window: Callable, services: Services) -> PluginManager:
    folder = write_plugin(own_home / "stranger")
    manifest = (folder / "plugin.toml").read_text()
    asks = '[capabilities]\nnetwork = ["data.example.org"]\n'
    (folder / "plugin.toml").write_text(
        manifest.replace("[[contributions", f"{asks}[[contributions", 1)
    )
    window = make_window()
    window.services = replace(services, registry=home.registry())
    window.docks.show("plugins")
    panel = window.docks.panel("plugins")
    assert isinstance(panel, PluginManager)
    panel.set_session(window.session)
    panel.choose("stranger")
    return panel


def press(panel: PluginManager, key: str) -> None:
    button = next(b for b in panel.findChildren(QPushButton) if b.text() == tr(key))
    button.click()


def state(panel: PluginManager) -> str:
    panel.choose("stranger")
    assert panel.chosen is not None
    return panel.chosen.state


def test_bundled_plugins_and_strangers_are_listed(manager: PluginManager) -> None:
    titles = [manager.list.item(i).text() for i in range(manager.list.count())]
    assert {"Hello points", "Stranger"} <= set(titles)
    assert state(manager) in {"isolated", "no_sandbox"}


def test_trust_is_given_only_after_a_warning(
    manager: PluginManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(_parent: object, _title: str, text: str, *_rest: object) -> object:
        asked.append(text)
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(QMessageBox, "warning", refuse)
    before = state(manager)
    press(manager, "plugins.do.trust")
    assert state(manager) == before
    assert "change anything" in asked[0]
    yes = QMessageBox.StandardButton.Yes
    monkeypatch.setattr(QMessageBox, "warning", lambda *_: yes)
    press(manager, "plugins.do.trust")
    assert state(manager) == "trusted"
    press(manager, "plugins.do.isolate")
    assert state(manager) == before


def test_a_host_is_granted_one_by_one(manager: PluginManager, own_home: Path) -> None:
    if state(manager) != "isolated":
        pytest.skip("no sandbox here")
    grants = manager._asks.itemAt(0).widget()
    assert isinstance(grants, GrantBoxes)
    box = grants.boxes["network", "data.example.org"]
    assert box.accessibleName() == "May reach data.example.org"
    box.setChecked(True)
    assert home.warden().store.of(own_home / "stranger").hosts == ("data.example.org",)
    box.setChecked(False)
    assert home.warden().store.of(own_home / "stranger").hosts == ()


def test_off_and_on_again(manager: PluginManager) -> None:
    press(manager, "plugins.do.off")
    assert state(manager) == "off"
    press(manager, "plugins.do.on")
    assert state(manager) in {"isolated", "no_sandbox"}


def test_one_that_was_set_aside_gets_another_chance(
    manager: PluginManager, own_home: Path, qtbot: QtBot
) -> None:
    home.warden().store.change(own_home / "stranger", strikes=("plugin.crashed",) * 3)
    manager.set_session(None)
    if state(manager) == "no_sandbox":
        pytest.skip("no sandbox here")
    assert state(manager) == "set_aside"
    press(manager, "plugins.do.forgive")
    assert state(manager) == "isolated"
