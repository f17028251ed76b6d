"""The window tells what the scene takes of the memory, and bounds it."""

from __future__ import annotations


def test_the_status_bar_tells_the_memory_of_the_scene_and_the_setting_bounds_it(
    window, qtbot
) -> None:
    window.services.settings.memory = "2000"
    qtbot.waitUntil(lambda: window.viewport.stage.memory.budget_bytes == 2_000_000_000)
    window.status.retranslate()
    assert "2\u202fGB" in window.status.memory.text() or "2 GB" in window.status.memory.text()
    assert window.viewport.stage.memory.used_bytes > 0
    assert window.status.memory.toolTip()
