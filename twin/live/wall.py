"""The clock on the wall, and whether somebody set it: a service of time, a user, or a machine that slept."""

from __future__ import annotations

import time
from collections.abc import Callable

STEP_NS = 1_000_000_000
"""What a clock is made to run faster or slower by is far less; a step is more."""


class Wall:
    """Tells the time, and by how much it was set. Belongs to one thread.

    Parameters
    ----------
    wall_ns, steady_ns : callable
        The time since 1970 UTC, and a clock that nobody sets.
    """

    def __init__(
        self,
        wall_ns: Callable[[], int] = time.time_ns,
        steady_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self._wall_ns, self._steady_ns = wall_ns, steady_ns
        self._apart_ns = wall_ns() - steady_ns()

    def now_us(self) -> int:
        """Return the present, microseconds since 1970 UTC; for any thread."""
        return self._wall_ns() // 1000

    def stepped_us(self) -> int:
        """Return by how much the clock was set since this was last asked, microseconds; 0 where it was not."""
        apart_ns = self._wall_ns() - self._steady_ns()
        moved_ns, self._apart_ns = apart_ns - self._apart_ns, apart_ns
        return moved_ns // 1000 if abs(moved_ns) > STEP_NS else 0
