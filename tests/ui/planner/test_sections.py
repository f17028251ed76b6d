"""Sections in the window: cut along a line, filled, shifted, turned round, saved; boxes; closed again."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt

from tests.ui.planner.hands import click, look_down, panel
from twin.analysis import cuts
from twin.render.scene import CUT_FACES

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def sections(window, qtbot):
    look_down(window)
    return panel(window, "section")


def settle(window, qtbot) -> None:
    qtbot.waitUntil(lambda: window.viewport.section.settled, timeout=20_000)


def saved(window, sections, qtbot, path) -> str:
    """Return what was saved."""
    sections.save(path)
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=20_000)
    return path.read_text(encoding="utf-8")


def built(window) -> dict[str, shapely.Polygon]:
    return {c.feature: c.shape for c in window.viewport.section.faces[0][1] if c.part == cuts.BUILT}


def test_a_line_cuts_the_houses_that_it_crosses(window, sections, qtbot, tmp_path) -> None:
    qtbot.mouseClick(sections.by_line, LEFT)
    click(window, qtbot, -10, 7)
    click(window, qtbot, 130, 7)
    assert window.viewport.tool is None
    settle(window, qtbot)
    found = built(window)
    assert set(found) == {f"house-{i}" for i in range(4)}
    # Walls go a little into the ground.
    assert found["house-1"].area == pytest.approx(20.0 * 9.0, rel=0.08)
    assert CUT_FACES in window.viewport.stage.layer_ids
    assert window.viewport.stage._cut.shape == (1, 4)
    for name, told in (("s.svg", "house-2"), ("s.dxf", "BUILT")):
        assert told in saved(window, sections, qtbot, tmp_path / name)
    before = window.viewport.stage._cut
    qtbot.mouseClick(sections.flip, LEFT)
    np.testing.assert_allclose(window.viewport.stage._cut, -before, atol=1e-9)
    # The half of the houses behind the plane, and nothing of it without the tick.
    settle(window, qtbot)
    assert "BEYOND" in saved(window, sections, qtbot, tmp_path / "e.dxf")
    sections.beyond.click()
    assert "BEYOND" not in saved(window, sections, qtbot, tmp_path / "f.dxf")
    sections.shift.setValue(200)  # twenty metres on there is no house
    settle(window, qtbot)
    assert built(window) == {}
    qtbot.mouseClick(sections.off, LEFT)
    assert window.viewport.stage._cut is None
    assert CUT_FACES not in window.viewport.stage.layer_ids


def test_a_box_keeps_what_is_inside_and_the_scene_closes_with_the_panel(
    window, sections, qtbot
) -> None:
    sections.height.setValue(5.0)
    qtbot.mouseClick(sections.by_box, LEFT)
    click(window, qtbot, -10, -10)
    click(window, qtbot, 65, 25)
    settle(window, qtbot)
    lid = {c.feature for c in window.viewport.section.faces[-1][1] if c.part == cuts.BUILT}
    assert lid == {"house-0", "house-1"}
    assert window.viewport.stage._cut.shape == (5, 4)
    window.docks.hide("section")
    assert window.viewport.stage._cut is None


def test_the_level_follows_the_height(window, sections, qtbot) -> None:
    sections.height.setValue(4.0)
    qtbot.mouseClick(sections.by_level, LEFT)
    settle(window, qtbot)
    assert {round(shape.area) for shape in built(window).values()} == {300}
    np.testing.assert_allclose(window.viewport.stage._cut, [[0.0, 0.0, -1.0, -4.0]])
