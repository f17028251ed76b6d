"""A click on a building shows its chain without asking; a question asked by hand is not answered twice."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from twin.model.selection import Selection
from ui.networks.following import PAUSE_MS, Follower


def test_a_single_click_is_followed_after_a_moment(qtbot: QtBot) -> None:
    follower, selection = Follower(), Selection()
    selection.changed.connect(lambda _f: follower.look(selection))
    with qtbot.waitSignal(follower.wanted, timeout=5000) as caught:
        selection.set([("buildings", "a")])
        selection.set([("buildings", "b")])  # only the last of quick clicks
    assert caught.args == [("buildings", "b")]


def test_a_chain_or_a_known_thing_is_not_followed(qtbot: QtBot) -> None:
    follower, selection, asked = Follower(), Selection(), []
    follower.wanted.connect(asked.append)
    selection.changed.connect(lambda _f: follower.look(selection))
    selection.set([("heat", "pipe-1"), ("heat", "pipe-2")])
    follower.know(("heat", "pump"))
    selection.set([("heat", "pump")])
    follower.on = False
    selection.set([("heat", "other")])
    qtbot.wait(3 * PAUSE_MS)
    assert asked == []
