"""A model without a place is put where the view is clicked, on the ground."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.dialogs.import_dialog import ImportDialog


@pytest.fixture
def dialog(qtbot: QtBot, window, tmp_path: Path) -> ImportDialog:
    model = tmp_path / "shed.obj"
    model.write_text("v 0 0 0\nv 4 0 0\nv 4 3 2\nf 1 2 3\n")
    window.imports.add([model])
    (found,) = window.findChildren(ImportDialog)
    qtbot.waitUntil(lambda: bool(found.options.place), timeout=30_000)
    return found


def test_a_click_in_the_view_is_the_place(qtbot: QtBot, window, dialog: ImportDialog) -> None:
    dialog.options.pick.click()
    assert not dialog.isVisible()
    viewport = window.viewport
    middle = QPointF(viewport.width() / 2, viewport.height() / 2)
    expected = viewport.stage.camera.ground_under(*viewport.surface.stage_px(middle))
    QTest.mouseClick(viewport.surface.widget, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    qtbot.waitUntil(dialog.isVisible, timeout=5_000)
    origin = window.session.project.frame.origin
    place = [dialog.options.place[name].value() for name in ("x", "y", "z")]
    assert place == pytest.approx([a + b for a, b in zip(expected, origin, strict=True)], abs=1.5)
    assert dialog.options.options()["place"]["x"] == pytest.approx(place[0])
    dialog.reject()


def test_escape_brings_the_dialog_back_unchanged(
    qtbot: QtBot, window, dialog: ImportDialog
) -> None:
    before = dialog.options.options()["place"]
    dialog.options.pick.click()
    window.viewport.take_tool(None)
    qtbot.waitUntil(dialog.isVisible, timeout=5_000)
    assert dialog.options.options()["place"] == before
    dialog.reject()
