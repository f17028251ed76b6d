"""What is to be said about observations as they come in: duplicate, late, out of order, wrong."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from twin.live.decoded import NO_TIME
from twin.store.history import Datastream, Flag

DUPLICATE, LATE, OUT_OF_ORDER = int(Flag.DUPLICATE), int(Flag.LATE), int(Flag.OUT_OF_ORDER)
WRONG, FUTURE = (
    int(Flag.WRONG),
    int(Flag.FUTURE),
)  # plain numbers: of each observation, flags are slow

FUTURE_US = 120_000_000
LATE_US = 300_000_000
REMEMBERED = 24
SENTINELS = frozenset({-9999.0, -99999.0, -999.25, 1e20, 3.4028234663852886e38})

POSSIBLE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "temperature": (-90.0, 80.0),
        "humidity": (0.0, 100.0),
        "noise": (0.0, 200.0),
        "air_no2": (0.0, 5000.0),
        "air_pm10": (0.0, 5000.0),
        "air_pm25": (0.0, 5000.0),
        "air_o3": (0.0, 2000.0),
        "parking": (0.0, 100.0),
        "waste_fill": (0.0, 100.0),
        "traffic": (0.0, 50_000.0),
        "bikes": (0.0, 10_000.0),
        "latitude": (-90.0, 90.0),
        "longitude": (-180.0, 180.0),
    }
)
"""What values of a property can be at all; others are flagged as wrong."""


class _Stream:
    __slots__ = ("high", "known", "last_us", "low", "recent")

    def __init__(self, low: float, high: float, *, known: bool) -> None:
        self.low, self.high, self.known = low, high, known
        self.last_us = NO_TIME
        self.recent: deque[tuple[int, float]] = deque(maxlen=REMEMBERED)


class Judge:
    """Flags observations of one feed in the order in which they come.

    Parameters
    ----------
    polled : bool
        The source is asked again and again: what it said before is left out, not flagged.
    """

    def __init__(self, *, polled: bool = False) -> None:
        self._polled = polled
        self._streams: dict[str, _Stream] = {}

    def know(self, stream: Datastream) -> None:
        """Take what a datastream observes into account."""
        low, high = POSSIBLE.get(stream.observed_property, (-math.inf, math.inf))
        found = self._streams.get(stream.id)
        if found is None:
            known = stream.observed_property in POSSIBLE
            self._streams[stream.id] = _Stream(low, high, known=known)
        else:
            found.low, found.high = low, high

    def begin_anew(self) -> None:
        """Forget what was observed when: the clock was set."""
        for stream in self._streams.values():
            stream.last_us = NO_TIME
            stream.recent.clear()

    def judge(
        self,
        ids: Sequence[str],
        times_us: list[int],
        results: Sequence[float],
        qualities: list[int],
        *,
        received_us: int,
    ) -> list[int]:
        """Flag observations in place, and give those without a time that of their arrival.

        Returns
        -------
        list of int
            Indices of the observations to keep.
        """
        kept: list[int] = []
        for index, name in enumerate(ids):
            stream = self._streams.get(name)
            if stream is None:
                stream = self._streams[name] = _Stream(-math.inf, math.inf, known=False)
            at, value, flags = times_us[index], results[index], qualities[index]
            if not stream.low <= value <= stream.high or (stream.known and value in SENTINELS):
                flags |= WRONG
            if at == NO_TIME:
                times_us[index] = at = max(received_us, stream.last_us + 1)
            else:
                if (at, value) in stream.recent:
                    if self._polled:
                        continue
                    flags |= DUPLICATE
                stream.recent.append((at, value))
                flags |= _timing(at, received_us, stream.last_us, polled=self._polled)
            if not flags & FUTURE:
                stream.last_us = max(stream.last_us, at)
            qualities[index] = flags
            kept.append(index)
        return kept


def _timing(at: int, received_us: int, last_us: int, *, polled: bool) -> int:
    flags = 0
    if at > received_us + FUTURE_US:
        flags |= FUTURE
    elif at < received_us - LATE_US and not polled:
        flags |= LATE
    if at < last_us:
        flags |= OUT_OF_ORDER
    return flags
