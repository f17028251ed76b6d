"""Stops in order, asides and back, autoplay and loop, by nothing but the passing of time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.twin.show.story_of_town import story
from twin.model.story import Story
from twin.show.motion import Mover
from twin.show.player import Phase, Player


def test_a_story_tells_itself_to_its_end() -> None:
    player = Player(story())
    told: list[str] = []
    player.stop_changed.connect(lambda stop, _before: told.append(stop.id))
    player.play(on=True)
    player.go("south", jump=True)
    for _ in range(200):
        player.advance(0.1)
    assert told == ["south", "west", "east"]
    assert player.phase is Phase.ENDED


def test_a_looping_story_begins_again() -> None:
    player = Player(replace(story(), loop=True))
    player.play(on=True)
    player.go("south", jump=True)
    for _ in range(200):
        player.advance(0.1)
    assert player.phase is not Phase.ENDED
    assert player.total_s == pytest.approx(20.0)


def test_without_autoplay_a_stop_waits_for_the_presenter() -> None:
    player = Player(story())
    player.go("south", jump=True)
    player.advance(100.0)
    assert (player.stop.id, player.phase) == ("south", Phase.HOLDING)
    player.next()
    assert player.phase is Phase.FLYING
    player.advance(1.0)
    assert player.share == pytest.approx(0.5)
    player.advance(1.5)
    assert player.phase is Phase.HOLDING


def test_a_branch_leads_off_the_line_and_back() -> None:
    player = Player(story())
    player.go("south", jump=True)
    player.branch(0)
    assert player.stop.id == "pipe"
    assert player.place == (0, 3)
    player.next()
    assert player.stop.id == "south"
    player.branch(7)
    assert player.stop.id == "south"


def test_the_ends_of_the_line_hold() -> None:
    player = Player(story())
    player.go("south", jump=True)
    player.back()
    assert player.stop.id == "south"
    player.go("east", jump=True)
    player.next()
    assert player.stop.id == "east"
    player.go("no such stop")
    assert player.stop.id == "south"


def test_who_is_made_ill_by_motion_is_not_flown() -> None:
    player = Player(story(), calm=True)
    player.go("south")
    player.next()
    assert player.phase is Phase.HOLDING


def test_a_story_without_stops_cannot_be_told() -> None:
    with pytest.raises(ValueError, match="stop"):
        Player(Story(id="none", title={"en": "None"}))


def test_a_turn_goes_as_far_as_the_stop_says() -> None:
    mover = Mover(story().stop("west"))
    turned = mover.at(1.0).pose.heading_deg - mover.at(0.0).pose.heading_deg
    assert turned % 360.0 == pytest.approx(90.0)
    assert mover.at(1.0).pose.target == mover.at(0.0).pose.target


def test_what_may_come_next_is_known() -> None:
    player = Player(story())
    player.go("south", jump=True)
    assert [stop.id for stop in player.ahead] == ["west", "pipe"]
    player.go("east", jump=True)
    assert player.ahead == ()
