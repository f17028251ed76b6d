"""The check in the window: its items come one by one, in words, and the screens are those of the window."""

from __future__ import annotations

import json

from pytestqt.qtbot import QtBot

from twin.show.preflight import Light
from ui.show.check_dialog import CheckDialog
from ui.window import MainWindow


def line(name: str, light: str, **values: object) -> str:
    row = {
        "id": name,
        "light": light,
        "where": "tour",
        "key": f"check.{name}.{light}",
        "values": values,
    }
    return json.dumps(row)


def test_an_unsaved_project_is_asked_to_be_saved(window: MainWindow, qtbot: QtBot) -> None:
    dialog = CheckDialog(window)
    dialog.show()
    assert dialog.status == "failed"
    assert "Save the project first." in dialog._advice.text()
    dialog.reject()


def test_items_are_listed_as_they_come_and_the_worst_counts(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = CheckDialog(window)
    dialog.show()
    dialog._take(line("stories", "green", count=1))
    dialog._take("no JSON at all")
    dialog._take(line("screens", "amber", sizes="1×1"))
    dialog._take(line("frames", "red", ms=12_000))
    assert dialog.lights == [Light.GREEN, Light.AMBER, Light.RED]
    words = [dialog._list.item(row).text() for row in range(dialog._list.count())]
    assert "1×1" not in words[1]
    assert words[2].startswith("tour: a frame takes 12,000 ms")
    dialog._finish(1, "")
    assert dialog.status == "red"
    dialog.reject()
