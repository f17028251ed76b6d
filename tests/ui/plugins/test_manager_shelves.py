"""A signed registry from the plugin manager, from install to removal; and three strikes of a real crash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from main import main
from tests.twin.isolation.conftest import needs_walls, write_plugin
from tests.ui.plugins.test_manager import own_home, press
from twin.api import testing
from twin.errors import PluginError
from twin.isolation.proxy import IsolatedLayer
from twin.isolation.trust import MAX_STRIKES
from twin.registry import read_manifest
from ui import plugin_home as home
from ui.plugins import shelves
from ui.plugins.manager import PluginManager
from ui.services import Services

__all__ = ["own_home"]


def packed(folder: Path, version: str) -> Path:
    plugin = write_plugin(folder / version / "stranger")
    manifest = (
        (plugin / "plugin.toml").read_text().replace('version = "1"', f'version = "{version}"')
    )
    (plugin / "plugin.toml").write_text(manifest)
    assert main(["plugins", "pack", str(plugin), "--out", str(folder / "packs")]) == 0
    return next((folder / "packs").glob(f"*{version}*"))


def publish(folder: Path, *packs: Path) -> str:
    key, listing = folder / "key.hex", folder / "packs" / "list.json"
    names = [str(pack) for pack in packs]
    asked = ["plugins", "sign", *names, "--key-file", str(key), "--out", str(listing)]
    assert main(asked) == 0
    return str(listing)


@pytest.fixture
def panel(make_window: Callable, services: Services) -> PluginManager:
    window = make_window()
    window.services = replace(services, registry=home.registry())
    window.docks.show("plugins")
    found = window.docks.panel("plugins")
    assert isinstance(found, PluginManager)
    found.set_session(window.session)
    return found


@pytest.mark.usefixtures("own_home")
def test_a_signed_registry_is_used_from_the_window(
    panel: PluginManager, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BELVEDERE_STATE", str(tmp_path / "state"))
    old = packed(tmp_path, "1.0.0")
    shelves.add(publish(tmp_path, old))

    def version() -> str:
        panel.choose("stranger")
        shown = panel.chosen
        return shown.receipt.version if shown and shown.receipt else ""

    panel._read_shelves()
    qtbot.waitUntil(lambda: "stranger" in {s.id for s in panel._shown}, timeout=10_000)
    panel.choose("stranger")
    press(panel, "plugins.do.install")
    qtbot.waitUntil(lambda: version() == "1.0.0", timeout=20_000)
    publish(tmp_path, old, packed(tmp_path, "2.0.0"))
    panel._read_shelves()
    qtbot.waitUntil(lambda: bool(panel.chosen and panel.chosen.newer), timeout=10_000)
    press(panel, "plugins.do.update")
    qtbot.waitUntil(lambda: version() == "2.0.0", timeout=20_000)
    press(panel, "plugins.do.roll_back")
    qtbot.waitUntil(lambda: version() == "1.0.0", timeout=20_000)
    assert panel.chosen is not None
    assert panel.chosen.receipt is not None
    assert panel.chosen.receipt.pinned
    press(panel, "plugins.do.unpin")
    panel.choose("stranger")
    press(panel, "plugins.do.pin")
    panel.choose("stranger")
    press(panel, "plugins.do.remove")
    assert version() == ""
    assert not (home.user_folder() / "stranger").exists()


@needs_walls
def test_three_crashes_set_a_plugin_aside_until_it_is_forgiven(
    own_home: Path, panel: PluginManager
) -> None:
    folder = write_plugin(own_home / "stranger", load="import os\nos.abort()")
    manifest = read_manifest(folder)
    ctx = testing.FakeContext(tables={"features": testing.sample_table("point")})
    for _ in range(MAX_STRIKES):
        layer = IsolatedLayer(manifest, manifest.layers[0], home.warden())
        with pytest.raises(PluginError):
            layer.load(ctx)
        layer.close()
    panel._renew()
    panel.choose("stranger")
    assert panel.chosen is not None
    assert panel.chosen.state == "set_aside"
    assert "3" in panel._trouble.text()
    with pytest.raises(PluginError) as caught:
        IsolatedLayer(manifest, manifest.layers[0], home.warden())
    assert caught.value.problem.key == "plugin.set_aside"
    press(panel, "plugins.do.forgive")
    panel.choose("stranger")
    assert panel.chosen.state == "isolated"
