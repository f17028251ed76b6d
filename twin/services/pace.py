"""How often a host may be asked: a token bucket for each, and what servers say themselves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

BURST = 5.0
LONGEST_ASKED_S = 3600.0
"""A server that asks for more is not waited for any longer."""


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


def asked_wait_s(text: str, now: float) -> float:
    """Return the seconds of a ``Retry-After``, a number or a date (RFC 9110, section 10.2.3); 0 for nonsense."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (TypeError, ValueError):
            return 0.0
    return min(max(seconds, 0.0), LONGEST_ASKED_S) if math.isfinite(seconds) else 0.0
