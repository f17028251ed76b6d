"""What is there first is seen at once; what comes after it may wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui import small_city
from twin.model.layer import LayerSpec
from twin.registry import Registry
from twin.work.session import Session
from ui.bridge import Bridge
from ui.viewport import Viewport, frames

SLOW = """
import pathlib, time
class Slow(Houses):
    def load(self, ctx):
        while not pathlib.Path({gate!r}).exists():
            time.sleep(0.01)
        return super().load(ctx)
"""
CONTRIBUTION = """[[contributions.layers]]
id = "town.slow"
class = "layer:Slow"
title = { en = "Slow", fr = "Lente" }
"""


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    return tmp_path / "gate"


@pytest.fixture
def session(qapp, tmp_path: Path, gate: Path):
    """A town whose second layer is read only once the gate is there."""
    small_city.registry(tmp_path)
    plugin = tmp_path / "plugins_of_test" / "town"
    layers = small_city.LAYER + SLOW.format(gate=str(gate))
    (plugin / "layer.py").write_text(layers, encoding="utf-8")
    manifest = small_city.MANIFEST.replace("[translations.en]", CONTRIBUTION + "[translations.en]")
    (plugin / "plugin.toml").write_text(manifest, encoding="utf-8")
    registry = Registry.discover([plugin.parent])
    town = small_city.project(broken=False).without_layer("sensors")
    late = LayerSpec(id="late", type="town.slow", title={"en": "Late"})
    bridge = Bridge()
    session = Session(town.with_layer(late), tmp_path, registry, deliver=bridge.deliver, workers=2)
    yield session
    gate.touch()
    session.close()
    bridge.close()


def test_the_first_layer_is_seen_while_others_are_read(qtbot, session, gate, monkeypatch) -> None:
    monkeypatch.setattr(frames, "LAZY_MS", 60_000)
    view = Viewport()
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show()
    seen: list[tuple[str, ...]] = []
    view.frames.drawn.connect(lambda _fine: seen.append(tuple(view.stage.layer_ids)))
    view.set_session(session)
    session.start()
    qtbot.waitUntil(lambda: any("houses" in ids for ids in seen))
    assert not view.scene.complete
    assert all("late" not in ids for ids in seen)
    gate.touch()
    view.close()
