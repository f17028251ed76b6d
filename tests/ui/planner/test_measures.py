"""Every measure taken with mouse and keys in the real window; the numbers are those of shapely and of a hand."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt

from tests.ui.planner.hands import (
    LEFT,
    click,
    look_down,
    panel,
    pixel,
    settle,
)

RING = [(0.0, -50.0), (30.0, -50.0), (30.0, -30.0), (0.0, -30.0)]


def take(window, qtbot, mode: str):
    """Press the button of a measure; return the panel."""
    look_down(window)
    measures = panel(window, "measure")
    qtbot.mouseClick(measures.buttons[mode], LEFT)
    assert measures.buttons[mode].isChecked()
    return measures


def draw(window, qtbot, places: list[tuple[float, float]]) -> None:
    """Click the first place; type how far each of the others is, the mouse says where to."""
    click(window, qtbot, *places[0])
    for before, after in itertools.pairwise(places):
        at = pixel(window, *after)
        qtbot.mouseMove(window.viewport, at)
        window.viewport.tool.hover(at.toPointF())
        length = np.hypot(after[0] - before[0], after[1] - before[1])
        qtbot.keyClicks(window.viewport, f"{length:g}")
        qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    if window.viewport.tool.places(pointer=False).shape[
        0
    ]:  # a measure of so many places ends by itself
        qtbot.keyClick(window.viewport, Qt.Key.Key_Return)


def told(measures) -> str:
    assert measures.results.count() == 1
    return measures.results.item(0).text().replace("\u202f", " ").replace("\u00a0", " ")


def numbers(words: str) -> list[float]:

    return [
        float(n.replace(",", ""))
        for n in re.findall(r"[-−]?\d[\d,]*\.?\d*", words.replace("−", "-"))
    ]


def test_an_area_is_that_of_shapely(window, qtbot) -> None:
    measures = take(window, qtbot, "area")
    draw(window, qtbot, RING)
    ring = shapely.Polygon(RING)
    found = numbers(told(measures))
    # A pixel turns a side of 20 m by up to a degree.
    assert found[0] == pytest.approx(ring.area, rel=0.02)
    assert ring.length == pytest.approx(found[-1], rel=0.02)


def test_a_slope_and_a_height_end_on_the_roof_that_is_caught(window, qtbot) -> None:
    for mode, wanted in (("slope", 30.0), ("height", 9.0)):
        measures = take(window, qtbot, mode)
        measures.results.clear()
        click(window, qtbot, 0.0, -30.0)
        corner = pixel(window, 0.0, 0.0, 9.0)
        qtbot.mouseClick(window.viewport, LEFT, pos=corner + QPoint(2, -2))
        assert numbers(told(measures))[0] == pytest.approx(wanted, rel=0.02)


def test_an_angle_of_three_places(window, qtbot) -> None:
    measures = take(window, qtbot, "angle")
    for place in ((30.0, -50.0), (0.0, -50.0), (0.0, -20.0)):
        click(window, qtbot, *place)
    assert numbers(told(measures))[0] == pytest.approx(90.0, abs=1.5)


def test_a_volume_fills_the_ring_up_to_a_level(window, qtbot) -> None:
    measures = take(window, qtbot, "volume")
    measures.level.setValue(3.0)
    draw(window, qtbot, RING)
    settle(window, qtbot)
    cut, fill = numbers(told(measures).replace("m³", ""))
    assert cut == 0.0
    assert fill == pytest.approx(3.0 * shapely.Polygon(RING).area, rel=0.02)


def test_a_profile_is_drawn_and_saved(window, qtbot, tmp_path) -> None:
    import pyogrio

    measures = take(window, qtbot, "profile")
    draw(window, qtbot, RING[:2])
    assert numbers(told(measures))[0] == pytest.approx(30.0, abs=0.05)
    assert measures.chart.isVisible()
    measures.save_profile(tmp_path / "profile.dxf")
    drawn = pyogrio.read_dataframe(tmp_path / "profile.dxf")
    assert drawn.geometry.union_all().bounds[2] == pytest.approx(30.0, abs=0.05)
    measures.save_profile(tmp_path / "profile.svg")
    assert "<svg" in (tmp_path / "profile.svg").read_text(encoding="utf-8")


def test_a_distance_is_typed_and_a_corner_is_caught(window, qtbot) -> None:
    look_down(window)
    measures = panel(window, "measure")
    qtbot.mouseClick(measures.buttons["distance"], LEFT)
    click(window, qtbot, 0, -50)
    qtbot.mouseMove(window.viewport, pixel(window, 30, -50))
    window.viewport.tool.hover(pixel(window, 30, -50).toPointF())
    qtbot.keyClicks(window.viewport, "25")
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    assert "25.00" in measures.results.item(0).text()
    qtbot.keyClick(window.viewport, Qt.Key.Key_Escape)
    assert window.viewport.tool is None
    assert not measures.buttons["distance"].isChecked()
    # A corner of a roof is caught.
    qtbot.mouseClick(measures.buttons["height"], LEFT)
    corner = pixel(window, 0.0, 0.0, 9.0)
    qtbot.mouseClick(window.viewport, LEFT, pos=corner + QPoint(3, -3))
    caught = window.viewport.tool.places(pointer=False)[0]
    np.testing.assert_allclose(caught, [0.0, 0.0, 9.0], atol=1e-3)
