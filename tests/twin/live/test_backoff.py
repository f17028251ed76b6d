"""How long is waited before the next try."""

from __future__ import annotations

from itertools import pairwise

from twin.live.backoff import HURRY_FOR_S, HURRY_S, LONGEST_S, Backoff


def test_what_stood_until_now_is_wanted_back_soon_and_never_jumps_to_the_longest_wait() -> None:
    backoff = Backoff(chance=lambda: 0.5)
    backoff.reset()
    waits = [backoff.next_s() for _ in range(80)]
    hurried = [wait for wait in waits if wait <= HURRY_S]
    assert HURRY_FOR_S <= sum(hurried) < HURRY_FOR_S + 1.0
    assert all(later <= 2.0 * earlier for earlier, later in pairwise(waits))
    assert waits[-1] == LONGEST_S


def test_waits_of_two_feeds_do_not_fall_together() -> None:
    early, late = Backoff(chance=lambda: 0.0), Backoff(chance=lambda: 1.0)
    assert [early.next_s() for _ in range(5)] < [late.next_s() for _ in range(5)]
