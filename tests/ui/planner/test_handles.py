"""Grips in the scene: pulled with the mouse, sized with the keys, snapped, taken back."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent

from tests.ui.planner.conftest import X, Y
from tests.ui.planner.hands import click, look_down, panel, pixel, settle, sketch
from twin.model import plans
from twin.work.reshaping import Hold

LEFT = Qt.MouseButton.LeftButton
NOTHING = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def block(window, qtbot):
    """A variant with a sketched block of 40 by 20 metres and 6 storeys, its grips taken."""
    look_down(window)
    desk = panel(window, "plans")
    desk.add_phase()
    desk.add_variant()
    sketch(window, qtbot, [(60, -60), (100, -60), (100, -40), (60, -40)], 6)
    window.session.clock.set(window.session.project.phases[0].start)
    window.viewport.stage.upload(math.inf)
    click(window, qtbot, 80, -50)
    assert window.session.selection.current == ("houses", "plan-1")
    box = desk.sketch.edit
    qtbot.mouseClick(box.handles, LEFT)
    assert window.viewport.tool is box._tool
    return box


def shape(window):
    (change,) = plans.changes_of(window.session.project, "variant-1")["houses"]
    return shapely.from_wkt(change.values["geometry"]), change.values


def grip(box, hold: Hold, side_towards: tuple[float, float] | None = None):
    found = [g for g in box._tool.grips if g.hold is hold]
    if side_towards is not None:
        found = [g for g in found if np.allclose(g.way, side_towards, atol=0.1)]
    return found[0]


def shifted(xyz, dx: float, dy: float, dz: float):
    return xyz + np.array([dx, dy, dz])


def send(window, kind: QEvent.Type, at: QPoint, modifiers=NOTHING) -> None:
    """A drag: QTest's moves carry no button under every platform."""
    button = LEFT if kind is not QEvent.Type.MouseMove else Qt.MouseButton.NoButton
    down = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else LEFT
    view = window.viewport
    event = QMouseEvent(kind, QPointF(at), view.mapToGlobal(QPointF(at)), button, down, modifiers)
    from PySide6.QtCore import QCoreApplication

    QCoreApplication.sendEvent(view, event)


def drag(window, qtbot, start, end, modifiers=NOTHING) -> None:
    send(window, QEvent.Type.MouseButtonPress, pixel(window, *start))
    send(window, QEvent.Type.MouseMove, pixel(window, *end), modifiers)
    send(window, QEvent.Type.MouseButtonRelease, pixel(window, *end), modifiers)
    settle(window, qtbot)


def test_a_block_is_moved_and_the_move_taken_back(window, qtbot, block) -> None:
    before, _ = shape(window)
    pose = window.viewport.stage.camera.pose
    hold = grip(block, Hold.MOVE).xyz
    drag(window, qtbot, hold, shifted(hold, 30.0, 0.0, 0.0), Qt.KeyboardModifier.AltModifier)
    after, _ = shape(window)
    assert after.centroid.x - before.centroid.x == pytest.approx(30.0, abs=0.6)
    assert after.centroid.y == pytest.approx(before.centroid.y, abs=0.6)
    assert window.viewport.stage.camera.pose == pose
    window.session.undo()
    assert shape(window)[0].equals(before)


def test_an_exact_size_is_typed(window, qtbot, block) -> None:
    before, _ = shape(window)
    hold = grip(block, Hold.MOVE).xyz
    send(window, QEvent.Type.MouseButtonPress, pixel(window, *hold))
    send(window, QEvent.Type.MouseMove, pixel(window, *shifted(hold, 20.0, 0.0, 0.0)))
    qtbot.keyClicks(window.viewport, "12.5")
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    send(window, QEvent.Type.MouseButtonRelease, pixel(window, *hold))
    after, _ = shape(window)
    assert after.distance(before) == 0
    moved = math.hypot(after.centroid.x - before.centroid.x, after.centroid.y - before.centroid.y)
    assert moved == pytest.approx(12.5, abs=0.01)


def test_corners_snap_to_those_of_neighbours(window, qtbot, block) -> None:
    # The lower left corner comes near that of house-1, which stands at (40, 0).
    hold = grip(block, Hold.MOVE).xyz
    drag(window, qtbot, hold, shifted(hold, -19.2, 61.0, 0.0))
    corners = shapely.get_coordinates(shape(window)[0])
    assert np.min(np.hypot(*(corners - [X + 40.0, Y]).T)) < 0.01


def test_sides_are_pushed_by_half_metres(window, qtbot, block) -> None:
    before, values = shape(window)
    hold = grip(block, Hold.SIDE, (1.0, 0.0))
    drag(window, qtbot, hold.xyz, shifted(hold.xyz, 10.1, 3.0, 0.0))
    after, changed = shape(window)
    assert after.bounds[2] - before.bounds[2] == pytest.approx(10.0, abs=0.3)
    assert after.bounds[:2] == pytest.approx(before.bounds[:2], abs=0.01)
    assert changed["dwellings"] > values["dwellings"]


def test_a_block_is_turned_scaled_and_raised_by_typing(window, qtbot, block) -> None:
    before, _ = shape(window)
    for hold, typed in ((Hold.TURN, "90"), (Hold.SCALE, "0.5"), (Hold.RISE, "24")):
        at = grip(block, hold).xyz
        send(window, QEvent.Type.MouseButtonPress, pixel(window, *at))
        send(window, QEvent.Type.MouseButtonRelease, pixel(window, *at))
        qtbot.keyClicks(window.viewport, typed)
        qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    after, values = shape(window)
    wide, deep = before.bounds[2] - before.bounds[0], before.bounds[3] - before.bounds[1]
    assert after.bounds[2] - after.bounds[0] == pytest.approx(deep / 2, abs=0.1)
    assert after.bounds[3] - after.bounds[1] == pytest.approx(wide / 2, abs=0.1)
    assert (values["height_m"], values["storeys"]) == (24.0, 8)


def test_escape_takes_back_what_is_held(window, qtbot, block) -> None:
    before, _ = shape(window)
    hold = grip(block, Hold.MOVE).xyz
    send(window, QEvent.Type.MouseButtonPress, pixel(window, *hold))
    send(window, QEvent.Type.MouseMove, pixel(window, *shifted(hold, 20.0, 0.0, 0.0)))
    qtbot.keyClick(window.viewport, Qt.Key.Key_Escape)
    send(window, QEvent.Type.MouseButtonRelease, pixel(window, *hold))
    assert shape(window)[0].equals(before)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Escape)
    assert window.viewport.tool is None
    assert not block.handles.isChecked()


def test_a_house_that_stands_is_raised_in_the_variant_only(window, qtbot, block) -> None:
    qtbot.keyClick(window.viewport, Qt.Key.Key_Escape)
    click(window, qtbot, 10, 7)
    qtbot.mouseClick(block.handles, LEFT)
    at = grip(block, Hold.RISE).xyz
    send(window, QEvent.Type.MouseButtonPress, pixel(window, *at))
    send(window, QEvent.Type.MouseButtonRelease, pixel(window, *at))
    qtbot.keyClicks(window.viewport, "15")
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    settle(window, qtbot)
    changes = plans.changes_of(window.session.project, "variant-1")["houses"]
    (change,) = [c for c in changes if c.feature_id == "house-0"]
    assert (change.op, change.values["height_m"]) == ("modify", 15.0)
    table = window.session.layer("houses").table
    assert table.frame["height_m"][table.row_of("house-0")] == 9.0
    assert table.frame["height_m"][table.row_of("house-0~phase-1")] == 15.0
