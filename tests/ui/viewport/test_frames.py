from __future__ import annotations

from PySide6.QtCore import QPointF

from ui.viewport.frames import Frames, Step
from ui.viewport.hover import Hover


class Drawn(list):
    """Notes the steps; a fine picture wants ``more`` further ones."""

    def __init__(self, more: int = 0) -> None:
        super().__init__()
        self.more = more

    def draw(self, step: Step) -> bool:
        self.append(step)
        return step is not Step.COARSE and self.count(Step.MORE) < self.more


COARSE, FINE, MORE = Step.COARSE, Step.FINE, Step.MORE


def test_a_hundred_requests_make_one_frame_then_a_fine_one(qtbot) -> None:
    drawn = Drawn()
    frames = Frames(drawn.draw)
    for _ in range(100):
        frames.request()
    assert drawn == []
    qtbot.waitUntil(lambda: len(drawn) == 2)
    assert drawn == [COARSE, FINE]
    qtbot.wait(320)
    assert len(drawn) == 2  # nothing moves, nothing is drawn
    frames.close()


def test_fine_waits_until_nothing_moves(qtbot) -> None:
    drawn = Drawn()
    frames = Frames(drawn.draw)
    for _ in range(6):
        frames.request()
        qtbot.wait(40)
    assert set(drawn) == {COARSE}
    qtbot.waitUntil(lambda: drawn[-1] is FINE)
    frames.close()


def test_finish_draws_at_once(qtbot) -> None:
    drawn = Drawn()
    frames = Frames(drawn.draw)
    frames.request()
    frames.finish()
    assert drawn == [COARSE, FINE]
    assert not frames.moving
    frames.close()


def test_paused_draws_nothing_and_resume_catches_up(qtbot) -> None:
    drawn = Drawn()
    frames = Frames(drawn.draw)
    frames.pause()
    frames.request()
    qtbot.wait(40)
    assert drawn == []
    frames.resume()
    qtbot.waitUntil(lambda: drawn == [COARSE, FINE])
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


def test_a_fine_picture_becomes_finer_until_something_moves(qtbot) -> None:
    drawn = Drawn(more=3)
    frames = Frames(drawn.draw)
    frames.request()
    frames.finish()
    assert drawn == [COARSE, FINE, MORE, MORE, MORE]
    assert not frames.moving
    drawn.clear()
    drawn.more = 1000
    frames.request()
    qtbot.waitUntil(lambda: drawn.count(MORE) > 2)
    frames.request()
    before = drawn.count(MORE)
    qtbot.waitUntil(lambda: drawn[-1] is COARSE)
    assert drawn.count(MORE) - before <= 1
    frames.close()


def test_what_moves_by_itself_stays_coarse(qtbot) -> None:
    drawn = Drawn(more=2)
    frames = Frames(drawn.draw)
    frames.set_restless(restless=True)
    frames.request()
    qtbot.wait(330)
    assert drawn == [COARSE]
    frames.set_restless(restless=False)
    qtbot.waitUntil(lambda: drawn == [COARSE, FINE, MORE, MORE])
    frames.close()


def test_a_lazy_request_waits_but_never_holds_up_an_urgent_one(qtbot) -> None:
    drawn = Drawn()
    frames = Frames(drawn.draw)
    frames.request()
    frames.finish()
    frames.last_ms = 500.0
    frames.request_lazily()
    qtbot.wait(60)
    assert drawn == [COARSE, FINE]
    frames.request()
    qtbot.waitUntil(lambda: len(drawn) > 2)
    assert drawn[2] is COARSE
    frames.close()


def test_what_flows_is_drawn_fine_and_never_coarse(qapp, qtbot) -> None:
    steps: list[Step] = []

    def draw(step: Step) -> bool:
        steps.append(step)
        return True

    frames = Frames(draw)
    frames.flowing = True
    frames.request()
    qtbot.waitUntil(lambda: steps[-1:] == [Step.FINE])
    frames.request_fine()
    qtbot.waitUntil(lambda: steps[-2:] == [Step.FINE, Step.FINE])
    qtbot.wait(30)
    assert Step.MORE not in steps
    assert steps.count(Step.COARSE) == 1
    frames.close()


def test_a_fine_frame_is_not_asked_for_while_coarse_ones_are_drawn(qapp, qtbot) -> None:
    steps: list[Step] = []
    frames = Frames(lambda step: bool(steps.append(step)))
    frames.request()
    frames.request_fine()
    qtbot.waitUntil(lambda: len(steps) == 1)
    assert steps == [Step.COARSE]
    frames.close()
