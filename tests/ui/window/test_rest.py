"""A window in which nothing happens takes no time of the machine."""

from __future__ import annotations


def test_nothing_is_drawn_while_nothing_happens(window, qtbot) -> None:
    frames, scene = window.viewport.frames, window.viewport.scene

    def rests() -> bool:
        busy = window.session.jobs.running or scene.uploading
        return scene.complete and not (busy or frames.moving)

    qtbot.waitUntil(rests, timeout=30_000)
    qtbot.wait(400)  # the panels' last requests
    qtbot.waitUntil(rests, timeout=30_000)
    count = frames.count
    qtbot.wait(400)
    assert window.viewport.frames.count == count
