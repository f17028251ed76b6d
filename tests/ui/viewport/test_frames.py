from __future__ import annotations

from PySide6.QtCore import QPointF

from ui.viewport.frames import Frames
from ui.viewport.hover import Hover


def test_a_hundred_requests_make_one_frame_then_a_fine_one(qtbot) -> None:
    drawn: list[bool] = []
    frames = Frames(drawn.append)
    for _ in range(100):
        frames.request()
    assert drawn == []
    qtbot.waitUntil(lambda: len(drawn) == 2)
    assert drawn == [False, True]
    qtbot.wait(320)
    assert len(drawn) == 2  # nothing moves, nothing is drawn
    frames.close()


def test_fine_waits_until_nothing_moves(qtbot) -> None:
    drawn: list[bool] = []
    frames = Frames(drawn.append)
    for _ in range(6):
        frames.request()
        qtbot.wait(40)
    assert drawn
    assert not any(drawn)
    qtbot.waitUntil(lambda: drawn[-1])
    frames.close()


def test_finish_draws_at_once(qtbot) -> None:
    drawn: list[bool] = []
    frames = Frames(drawn.append)
    frames.request()
    frames.finish()
    assert drawn == [False, True]
    assert not frames.moving
    frames.close()


def test_paused_draws_nothing_and_resume_catches_up(qtbot) -> None:
    drawn: list[bool] = []
    frames = Frames(drawn.append)
    frames.pause()
    frames.request()
    qtbot.wait(40)
    assert drawn == []
    frames.resume()
    qtbot.waitUntil(lambda: drawn == [False, True])
    frames.close()


def test_hover_looks_once_for_many_moves_at_the_last_place(qtbot) -> None:
    seen: list[QPointF | None] = []
    hover = Hover(seen.append)
    for x in range(20):
        hover.move(QPointF(x, 0))
    qtbot.waitUntil(lambda: len(seen) == 1)
    assert seen == [QPointF(19, 0)]
    hover.leave()
    hover.leave()
    assert seen == [QPointF(19, 0), None]
