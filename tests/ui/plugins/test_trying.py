"""``plugins run``: the plugin's sample in a window, loaded again when a file is saved, its faults with their line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.twin.isolation.conftest import needs_walls
from twin.errors import PluginError
from twin.model.layer import LayerState
from twin.registry.scaffold import new_plugin
from ui.cli.plugins import TEMPLATES
from ui.plugins.picturing import check_picture
from ui.plugins.trying import Trial, registry_with, sample_project
from ui.services import Services


@needs_walls
def test_a_save_is_seen_and_a_fault_names_its_line(
    tmp_path: Path, make_window: Callable, services: Services, qtbot: QtBot
) -> None:
    folder = new_plugin("springs", "layer", tmp_path, templates=TEMPLATES)
    window = make_window()
    window.services = replace(services, registry=registry_with(folder, debug=False))
    window.show_project(sample_project(folder))
    trial = Trial(window, folder, debug=False)

    def layer():
        return window.session.layers()[0]

    qtbot.waitUntil(lambda: layer().state is LayerState.READY, timeout=20_000)
    trial.measure()
    assert "MiB" in trial.meter.text()
    code = folder / "layer.py"
    code.write_text(code.read_text().replace("return [sphere]", "1 / 0\n        return [sphere]"))
    with qtbot.waitSignal(trial.reloaded, timeout=10_000):
        pass
    qtbot.waitUntil(lambda: layer().state is LayerState.FAILED, timeout=20_000)
    (problem,) = layer().problems
    assert problem.values["file"] == "springs/layer.py"
    line = int(str(problem.values["line"]))
    assert code.read_text().splitlines()[line - 1].strip() == "1 / 0"
    trial.stop()


def test_a_plugin_without_a_sample_says_so(tmp_path: Path) -> None:
    folder = new_plugin("counts", "indicator", tmp_path, templates=TEMPLATES)
    with pytest.raises(PluginError) as caught:
        sample_project(folder)
    assert caught.value.problem.key == "plugin.nothing_to_try"


@needs_walls
@pytest.mark.render
def test_a_layer_that_cannot_be_seen_is_found(tmp_path: Path) -> None:
    folder = new_plugin("ghosts", "layer", tmp_path, templates=TEMPLATES)
    assert check_picture(folder) == []
    code = folder / "layer.py"
    code.write_text(code.read_text().replace("params.symbol_m, dtype", "1e-9, dtype"))
    assert [p.key for p in check_picture(folder)] == ["contract.picture_empty"]
