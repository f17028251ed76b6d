"""A moving picture is as fine as the machine can keep up with."""

from __future__ import annotations

from twin.render.pace import FIRST, GAITS, PATIENCE, Pace


def test_slow_frames_make_it_coarser_until_half_the_pixels_are_left() -> None:
    pace = Pace()
    pace.note(30.0)
    assert pace.gait == GAITS[FIRST], "one slow frame may be an upload"
    pace.note(30.0)
    assert pace.gait == GAITS[FIRST + 1]
    for _ in range(20):
        pace.note(100.0)
    assert pace.gait.sharpness == 0.5


def test_quick_frames_make_it_finer_until_nothing_is_spared() -> None:
    pace = Pace()
    for _ in range(10 * PATIENCE):
        pace.note(3.0)
    assert (pace.gait.sharpness, pace.gait.slack) == (1.0, 1.0)


def test_it_does_not_waver_between_two_gaits() -> None:
    """Where the finer one is too slow and the coarser one quick, it tries less and less often."""
    pace = Pace()
    changes, before = 0, pace.gait
    for _ in range(600):
        pace.note(30.0 if pace.gait.sharpness == 1.0 else 8.0)
        changes += pace.gait != before
        before = pace.gait
    assert changes < 16
    assert before.sharpness == 0.75


def test_frames_of_a_middling_length_change_nothing() -> None:
    pace = Pace()
    for _ in range(100):
        pace.note(15.0)
    assert pace.gait == GAITS[FIRST]
