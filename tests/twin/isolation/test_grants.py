"""What the user grants is what a plugin gets, from the next process on, and no longer when it is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin.isolation.conftest import needs_walls, write_plugin
from twin.api import testing
from twin.errors import PluginError
from twin.isolation.proxy import IsolatedLayer
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.registry import read_manifest

pytestmark = needs_walls


def load(folder: Path, store: TrustStore) -> None:
    manifest = read_manifest(folder)
    layer = IsolatedLayer(manifest, manifest.layers[0], Warden(store))
    try:
        layer.load(testing.FakeContext(tables={"features": testing.sample_table("point")}))
    finally:
        layer.close()


def plugin(tmp_path: Path, lines: str, asks: str) -> Path:
    folder = write_plugin(tmp_path / "stranger", load=lines)
    manifest = folder / "plugin.toml"
    text = manifest.read_text().replace(
        "[[contributions", f"[capabilities]\n{asks}\n[[contributions", 1
    )
    manifest.write_text(text)
    return folder


def test_a_folder_is_read_while_it_is_granted(tmp_path: Path) -> None:
    house = tmp_path / "soundings"
    house.mkdir()
    (house / "depth.txt").write_text("7")
    lines = f"assert open({str(house / 'depth.txt')!r}).read() == '7'"
    folder, store = plugin(tmp_path, lines, 'folders = ["your soundings"]'), TrustStore()
    with pytest.raises(PluginError):
        load(folder, store)
    store.change(folder, read=(str(house),))
    load(folder, store)
    store.change(folder, read=())
    with pytest.raises(PluginError):
        load(folder, store)


def test_a_folder_to_read_is_not_one_to_write(tmp_path: Path) -> None:
    house = tmp_path / "out"
    house.mkdir()
    lines = f"open({str(house / 'made.txt')!r}, 'w').write('x')"
    asks = 'folders = ["results"]\nwrite_folders = ["results"]'
    folder, store = plugin(tmp_path, lines, asks), TrustStore()
    store.change(folder, read=(str(house),))
    with pytest.raises(PluginError):
        load(folder, store)
    store.change(folder, write=(str(house),))
    load(folder, store)
    assert (house / "made.txt").read_text() == "x"


def test_what_the_manifest_does_not_ask_for_is_not_given(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "x").write_text("s")
    lines = f"open({str(tmp_path / 'secret' / 'x')!r})"
    folder, store = plugin(tmp_path, lines, 'network = ["a.example.org"]'), TrustStore()
    store.change(folder, read=(str(tmp_path / "secret"),), project=True, hosts=("b.example.org",))
    with pytest.raises(PluginError):
        load(folder, store)
    grants = Warden(store).grants(read_manifest(folder))
    assert (grants.hosts, grants.project, grants.read) == ((), False, ())
