"""How fine a picture is while it moves: its pixels and its tiles follow the time that its frames take."""

from __future__ import annotations

from dataclasses import dataclass

SLOW_MS = 22.0
"""A frame that takes longer is one too slow: motion shall stay fluid, well below 33 ms."""
VERY_SLOW_MS = 50.0
"""One such frame is enough to become coarser; of slow ones it takes two, as an upload may have held one up."""
QUICK_MS = 10.0
"""Frames that all take less leave room: three quarters of the pixels cost more than twice as much as half of them."""
PATIENCE, LONGEST_PATIENCE = 8, 256
"""So many quick frames before a finer gait is tried; twice as many each time that it was too slow."""


@dataclass(frozen=True)
class Gait:
    """How a moving picture is drawn.

    Attributes
    ----------
    sharpness : float
        Of its width and height in pixels, what is drawn; the rest is stretched.
    slack : float
        So many times the error of a resting picture may be seen of streamed tiles.
    """

    sharpness: float
    slack: float


GAITS = (
    Gait(1.0, 1.0),
    Gait(1.0, 3.0),
    Gait(1.0, 6.0),
    Gait(0.75, 6.0),
    Gait(0.5, 6.0),
)
FIRST, COARSEST = 2, len(GAITS) - 1


class Pace:
    """Finds the finest gait that the machine can keep up with.

    Parameters
    ----------
    slow : bool
        The processor draws: begin with the coarsest gait, so that no first frame is a long one.
    """

    def __init__(self, *, slow: bool = False) -> None:
        self._at = COARSEST if slow else FIRST
        self._slow = self._quick = 0
        self._patience = PATIENCE
        self._risen = False

    @property
    def gait(self) -> Gait:
        """The gait of the next moving frame."""
        return GAITS[self._at]

    def note(self, took_ms: float) -> None:
        """Learn how long a moving frame took, from the camera to the screen."""
        self._slow = self._slow + 1 if took_ms > SLOW_MS else 0
        self._quick = self._quick + 1 if took_ms < QUICK_MS else 0
        if self._slow >= 2 or took_ms > VERY_SLOW_MS:
            self._fall()
        elif self._quick >= self._patience:
            self._rise()

    def _fall(self) -> None:
        if self._risen:
            self._patience = min(2 * self._patience, LONGEST_PATIENCE)
        self._at = min(self._at + 1, COARSEST)
        self._slow, self._risen = 0, False

    def _rise(self) -> None:
        self._risen = self._at > 0
        self._at = max(self._at - 1, 0)
        self._quick = 0
