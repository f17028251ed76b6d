"""Two to four states beside each other, each any variant at any moment; swiped; as ghosts; what differs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QDateTime, QPoint, Qt

from tests.ui.planner.conftest import X, Y
from twin.model import plans
from twin.model.project import Delta, Phase, Variant
from ui.planner.compare import CompareWindow, open_compare
from ui.planner.compare_side import GHOST, RGBA
from ui.planner.swipe import Mode

BUILT = datetime(2030, 1, 1, tzinfo=UTC)
BLOCK = shapely.box(X + 60, Y - 60, X + 100, Y - 40).wkt


def delta(variant: str, feature: str, op: str, **values: object) -> Delta:
    return Delta(
        variant=variant, phase="p", layer="houses", feature_id=feature, op=op, values=values
    )


@pytest.fixture
def compared(window, qtbot) -> Iterator[CompareWindow]:
    """The city as it is beside a variant with a house less, one higher, and a new block."""

    def planned(project):
        project = plans.with_phase(project, Phase(id="p", label={"en": "One"}, start=BUILT))
        project = plans.with_variant(project, Variant(id="a", label={"en": "A"}))
        project = plans.with_variant(project, Variant(id="b", label={"en": "B"}))
        deltas = (
            delta("a", "house-0", plans.REMOVE),
            delta("a", "house-1", plans.MODIFY, height_m=21.0),
            delta("a", "block", plans.ADD, geometry=BLOCK, height_m=15.0),
        )
        return replace(project, deltas=deltas)

    window.session.do("plan.do.variant", planned)
    window.session.clock.set(datetime(2031, 6, 1, 11, tzinfo=UTC))
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=30_000)
    made = open_compare(window)
    assert made is not None
    qtbot.waitExposed(made)
    settle(made, qtbot)
    yield made
    made.close()


def settle(compared: CompareWindow, qtbot) -> None:
    qtbot.waitUntil(lambda: all(side.loaded for side in compared.sides), timeout=30_000)
    compared._compare()


def kinds(compared: CompareWindow, view: int = 1) -> dict[str, str]:
    return {d.feature_id: d.kind for d in compared._found[view]}


def test_what_differs_is_listed_and_coloured(compared, qtbot) -> None:
    assert [side.session.variant for side in compared.sides] == ["", "a"]
    assert kinds(compared) == {"block": "added", "house-0": "removed", "house-1": "changed"}
    assert compared.list.topLevelItemCount() == 3
    words = [compared.list.topLevelItem(i).text(5) for i in range(3)]
    assert any("height: 9 → 21" in w for w in words)
    compared.colours.setChecked(True)
    side = compared.sides[1]
    table = side.session.layer("houses").table
    drawn = side.viewport.stage._layers["houses"].rows
    row = table.row_of("block")
    np.testing.assert_array_equal(drawn.rgb[row], RGBA["added"][:3])
    # What is gone stands there in red, out of the tables of the first state.
    assert f"{GHOST}houses" in side.viewport.stage.layer_ids
    compared.colours.setChecked(False)
    assert f"{GHOST}houses" not in side.viewport.stage.layer_ids


def test_each_view_has_its_own_moment(compared, qtbot) -> None:
    side = compared.sides[1]
    before = datetime(2029, 6, 1, 11, tzinfo=UTC)
    side.moment.setDateTime(QDateTime.fromSecsSinceEpoch(int(before.timestamp())))
    assert not side.follows.isChecked()
    assert side.session.clock.at == before
    settle(compared, qtbot)
    assert kinds(compared) == {}
    # The clock of the window moves the views that follow it, and no other.
    compared._window.session.clock.set(datetime(2028, 1, 1, tzinfo=UTC))
    assert compared.sides[0].session.clock.at.year == 2028
    assert side.session.clock.at == before
    side.follows.setChecked(True)
    assert side.session.clock.at.year == 2028
    # One variant at two moments.
    compared.sides[0].set_variant("a")
    side.set_moment(datetime(2031, 1, 1, tzinfo=UTC))
    settle(compared, qtbot)
    assert kinds(compared) == {"block": "added", "house-0": "removed", "house-1": "changed"}


def test_up_to_four_views_share_one_camera(compared, qtbot) -> None:
    legends = [side.viewport.overlay.legend for side in compared.sides]
    qtbot.waitUntil(lambda: all(legend.unfolded for legend in legends))
    for _ in range(4):
        compared.add_view()
    assert len(compared.sides) == 4
    # A quarter of the window is for the city: its legend waits for a click.
    qtbot.waitUntil(lambda: not any(s.viewport.overlay.legend.unfolded for s in compared.sides))
    assert not compared.more.isEnabled()
    first = compared.sides[0].viewport
    first.top()
    poses = {side.viewport.stage.camera.pose for side in compared.sides}
    assert poses == {first.stage.camera.pose}
    compared.remove_view()
    assert len(compared.sides) == 3


def test_the_line_is_drawn_with_the_mouse_and_moved_with_keys(compared, qtbot) -> None:
    compared.set_mode(Mode.SWIPE)
    line, sights = compared.sights.line, compared.sights
    one, other = (side.viewport for side in compared.sides)
    assert one.size() == other.size()
    assert one.parentWidget().width() == pytest.approx(sights.width() / 2, abs=2)
    qtbot.mousePress(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    qtbot.mouseMove(line, line.rect().center() + QPoint(-sights.width() // 4, 0))
    qtbot.mouseRelease(line, Qt.MouseButton.LeftButton, pos=line.rect().center())
    assert line.share == pytest.approx(0.25, abs=0.02)
    assert one.parentWidget().width() == pytest.approx(sights.width() / 4, abs=20)
    qtbot.keyClick(line, Qt.Key.Key_Right)
    assert line.share == pytest.approx(0.27, abs=0.02)


def test_a_ghost_of_the_first_state_shines_through(compared, qtbot) -> None:
    compared.set_mode(Mode.GHOST)
    side = compared.sides[1]
    assert not compared.sides[0].viewport.isVisible()
    layer = side.viewport.stage._layers[f"{GHOST}houses"]
    shown = set(np.flatnonzero(layer.rows.shown(np.arange(6))))
    first = compared.sides[0].session.layer("houses").table
    assert shown == {first.row_of("house-0"), first.row_of("house-1")}
    assert layer.opacity < 0.5


def test_views_follow_changes_of_the_plan(compared, qtbot) -> None:
    compared._window.session.undo()
    assert all(side.session.project.variants == () for side in compared.sides)
    settle(compared, qtbot)
    assert kinds(compared) == {}


def test_the_list_is_readable_in_the_dark_and_words_its_columns(qtbot, qapp, english) -> None:
    from twin.model.geoframe import GeoFrame
    from twin.model.project import Project
    from twin.work.differences import CHANGED, REMOVED, Difference
    from ui.planner.difference_list import DifferenceList
    from ui.theme import Theme

    shown = DifferenceList()
    qtbot.addWidget(shown)
    found = [
        Difference(layer="houses", feature_id="house-0", kind=REMOVED),
        Difference(layer="houses", feature_id="house-1", kind=CHANGED, values={"height_m": (9.0, 12.0)}),
    ]  # fmt: skip
    project = Project(title={}, frame=GeoFrame(crs="EPSG:2154"))
    theme = Theme(qapp, "dark")
    try:
        shown.fill(project, ["A"], {0: found})
        ink = shown.topLevelItem(0).foreground(1).color()
        assert ink.name() == theme.palette.danger
        assert shown.topLevelItem(1).text(5) == "height: 9 → 12"
    finally:
        theme.set_mode("light")
        theme.close()
