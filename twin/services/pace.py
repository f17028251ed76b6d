"""How often a host may be asked: a token bucket for each."""

from __future__ import annotations

import time
from collections.abc import Callable

BURST = 5.0


class Pace:
    """Keeps requests to a host under a rate.

    Parameters
    ----------
    per_s : float
        Requests a second, in the long run.
    sleep : callable
        Waits so many seconds; may raise to stop the work.
    """

    def __init__(self, per_s: float, *, sleep: Callable[[float], None]) -> None:
        self._per_s = per_s
        self._sleep = sleep
        self._tokens: dict[str, tuple[float, float]] = {}

    def wait(self, host: str) -> None:
        """Wait until the host may be asked once more."""
        tokens, since = self._tokens.get(host, (BURST, time.monotonic()))
        now = time.monotonic()
        tokens = min(BURST, tokens + (now - since) * self._per_s)
        if tokens < 1.0:
            self._sleep((1.0 - tokens) / self._per_s)
            tokens = 1.0
        self._tokens[host] = (tokens - 1.0, time.monotonic())
