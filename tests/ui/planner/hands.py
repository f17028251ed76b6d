"""What a hand does in a real window: keys, clicks, lines drawn in the view; tests of the desk share it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

LEFT = Qt.MouseButton.LeftButton
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PANELS = {"plans": "6", "indicators": "7", "analyses": "8", "measure": "9", "notes": "0"}
"""With Alt, the key of each panel."""


def pixel(window, x: float, y: float, z: float = 0.0) -> QPoint:
    """Return where a place of the scene is in the view."""
    at = window.viewport.stage.project(np.array([x, y, z]))
    return window.viewport.surface.widget_px(*at).toPoint()


def click(window, qtbot, x: float, y: float) -> None:
    qtbot.mouseClick(window.viewport, LEFT, pos=pixel(window, x, y))


def settle(window, qtbot) -> None:
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=30_000)


def press(window, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key or a shortcut, in the view."""
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window, 5_000)
    window.viewport.setFocus()
    QTest.keyClick(window.viewport, key, held)


def look_down(window) -> None:
    """See the whole town from above, north up."""
    press(window, Qt.Key.Key_Home)
    press(window, Qt.Key.Key_T)
    for _ in range(2):  # as near as shows all of it
        press(window, Qt.Key.Key_Equal, CTRL)
    window.viewport.frames.finish()


def panel(window, name: str):
    """Return a panel, brought into sight by its key."""
    if name not in PANELS:
        window.docks.show(name)
    elif not window.docks.panel(name).isVisible():
        press(window, getattr(Qt.Key, f"Key_{PANELS[name]}"), ALT)
    shown = window.docks.panel(name)
    assert shown.isVisible()
    return shown


def tick(box) -> None:
    """A click on the square of a box, which may be wider than its words."""
    QTest.mouseClick(box, LEFT, pos=QPoint(12, box.height() // 2))


def choose_line(tree, row: int) -> None:
    """A click on a line of a list."""
    item = tree.topLevelItem(row)
    tree.scrollToItem(item)
    line = tree.visualItemRect(item)
    QTest.mouseClick(tree.viewport(), LEFT, pos=QPoint(line.left() + 20, line.center().y()))


def type_into(box, words: str) -> None:
    """Replace what stands in a field."""
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(box, words)
    QTest.keyClick(box, Qt.Key.Key_Tab)


def choose(qtbot, box, data: object) -> None:
    """Go through the lines of a box with the keys until the one that is meant."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if box.currentData() == data:
            return
        qtbot.keyClick(box, Qt.Key.Key_Down)
    raise AssertionError(f"{data!r} is not offered")


def sketch(window, qtbot, corners: list[tuple[float, float]], storeys: int) -> None:
    """Draw a volume with the mouse and complete it with Enter."""
    box = panel(window, "plans").sketch
    type_into(box.storeys, str(storeys))
    qtbot.mouseClick(box.draw, LEFT)
    for corner in corners:
        click(window, qtbot, *corner)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Escape)
    settle(window, qtbot)


def opened(window, kind: type):
    """Return the window of a kind that was opened last."""
    return window.findChildren(kind)[-1]


class Chooser:
    """The dialog of the system for files, which is not ours: it answers with the file that is wanted next."""

    def __init__(self, monkeypatch) -> None:
        self.file = ""
        for asks in ("getOpenFileName", "getSaveFileName"):
            monkeypatch.setattr(QFileDialog, asks, lambda *_args: (str(self.file), ""))
