"""The latest true value of every datastream, for whoever draws them a few times a second."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple
from weakref import WeakSet

from twin.store.history import UNTRUE


class Value(NamedTuple):
    """A result, when it was observed (us since 1970), how fast it changes, and its flags.

    ``since_s`` is the time from the one before, 0 for the first.
    """

    result: float
    time_us: int
    trend_per_s: float
    quality: int
    feed: str
    since_s: float = 0.0


class News:
    """The datastreams that have a new value, for one reader."""

    def __init__(self, lock: Lock) -> None:
        self._lock = lock
        self.names: set[str] = set()

    def taken(self) -> set[str]:
        """Return them, and begin anew."""
        with self._lock:
            names, self.names = self.names, set()
        return names


class Latest:
    """Written by feeds, read by everybody."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}
        self._lock = Lock()
        self._readers: WeakSet[News] = WeakSet()
        self.version = 0

    def watch(self) -> News:
        """Return what is told of every change from now on, for as long as somebody holds it."""
        news = News(self._lock)
        with self._lock:
            self._readers.add(news)
        return news

    def take(
        self,
        feed: str,
        ids: Sequence[str],
        times_us: Sequence[int],
        results: Sequence[float],
        qualities: Sequence[int],
    ) -> None:
        """Take observations; an older one does not replace a younger one, an untrue one nothing."""
        untrue = int(UNTRUE)
        with self._lock:
            values = self._values
            for name, at, result, quality in zip(ids, times_us, results, qualities, strict=True):
                if quality & untrue:
                    continue
                old = values.get(name)
                if old is None:
                    values[name] = Value(result, at, 0.0, quality, feed)
                elif at > old.time_us:
                    since_s = (at - old.time_us) / 1e6
                    trend = (result - old.result) / since_s
                    values[name] = Value(result, at, trend, quality, feed, since_s)
            self._tell(ids)

    def get(self, name: str) -> Value | None:
        """Return the latest value of a datastream."""
        return self._values.get(name)

    def set_back(self, feed: str, moved_us: int, *, now_us: int) -> None:
        """Take note that the clock was set: what would now be from the future was observed that much earlier."""
        with self._lock:
            ahead = [n for n, v in self._values.items() if v.feed == feed and v.time_us > now_us]
            for name in ahead:
                value = self._values[name]
                at_us = min(now_us, value.time_us + min(moved_us, 0))
                self._values[name] = value._replace(time_us=at_us)
            self._tell(ahead)

    def drop(self, feed: str) -> None:
        """Forget the values of a feed: they are no longer live."""
        with self._lock:
            gone = [n for n, v in self._values.items() if v.feed == feed]
            for name in gone:
                del self._values[name]
            self._tell(gone)

    def touch(self) -> None:
        """Say that something besides values changed that those who show them ought to look at."""
        with self._lock:
            self.version += 1

    def _tell(self, names: Sequence[str]) -> None:
        for news in self._readers:
            news.names.update(names)
        self.version += 1
