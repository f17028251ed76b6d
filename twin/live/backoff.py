"""How long to wait before trying again: longer each time, and never all at the same moment."""

from __future__ import annotations

import random
from collections.abc import Callable

FIRST_S = 0.1
FACTOR = 1.6
LONGEST_S = 60.0
HURRY_S = 0.5
HURRY_FOR_S = 20.0


class Backoff:
    """Exponential waiting with jitter.

    A connection that stood until just now is wanted back soon, since a broker that restarts takes a
    second and its publishers do not wait for us: for the first seconds the wait stays short.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._tries = 0
        self._hurry = False
        self._waited = 0.0

    def reset(self) -> None:
        """Begin again: the connection stands."""
        self._tries, self._waited, self._hurry = 0, 0.0, True

    def next_s(self) -> float:
        """Return how long to wait before the next try, seconds."""
        wait = min(FIRST_S * FACTOR**self._tries, LONGEST_S)
        if self._hurry and self._waited < HURRY_FOR_S and wait > HURRY_S:
            wait = HURRY_S  # and no further from it: when the hurry is over, waits grow from here
        else:
            self._tries = min(self._tries + 1, 64)
        wait *= 0.5 + self._chance()  # half to one and a half times
        self._waited += wait
        return wait
