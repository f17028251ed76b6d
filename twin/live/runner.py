"""Runs one feed for ever: connects, waits, tries again, and keeps account of how it stands."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from twin.live import web
from twin.live.backoff import Backoff
from twin.live.decoded import NO_TIME
from twin.live.feed import Feed, FeedError, FeedState, FeedStatus, Notice
from twin.live.homes import HomesGate
from twin.live.judge import Judge
from twin.live.latest import Latest
from twin.live.wall import Wall
from twin.model.feed import FeedSpec
from twin.problems import Problem, Severity
from twin.store.history import Datastream, Flag, History, batch_of

if TYPE_CHECKING:
    import pyarrow as pa

RATE_OVER_S = 10.0
STALE_S = 300.0
MOST_UNCOMMITTED = 2_000

log = logging.getLogger(__name__)

Secrets = Callable[[FeedSpec, str], str]
Batches = Callable[["Runner", list[str], list[int], list[float], list[int]], None]


class Runner:
    """A feed at work; the :class:`~twin.live.feed.FeedContext` of it. Lives on the engine's loop.

    Parameters
    ----------
    history : History or None
        Where observations are kept; None keeps none.
    secrets : callable
        ``secrets(spec, name)`` returns a credential or an empty text.
    """

    def __init__(
        self,
        spec: FeedSpec,
        feed: Feed,
        *,
        history: History | None,
        latest: Latest,
        secrets: Secrets,
        on_batch: Batches | None = None,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._wall = Wall(wall_ns)
        self.spec = spec
        self._feed = feed
        self._history = history
        self._latest = latest
        self._secrets = secrets
        self._on_batch = on_batch
        self._homes = HomesGate(spec.id)
        self._judge = Judge(polled=bool(getattr(feed, "polled", False)))
        self._fresh = FeedState(getattr(feed, "fresh", FeedState.LIVE))
        self._ttl_s = spec.ttl_s or float(getattr(feed, "ttl_s", STALE_S))
        self._backoff = Backoff()
        self._streams: dict[str, Datastream] = {}
        self._recent: deque[tuple[float, int]] = deque()
        self._last = math.nan
        self._state = FeedState.CONNECTING
        self._retry_at = math.nan
        self._error: Problem | None = None
        self._uncommitted: list[int] = []
        self._lag_s = 0.0
        self._waiting = 0
        self._final = False
        self.stopping = asyncio.Event()
        self.counts = dict.fromkeys(
            ("messages", "observations", "duplicates", "wrong", "not_understood"), 0
        )
        self.connected_at = math.nan
        self.sample = ""

    @property
    def url(self) -> str:
        """See base."""
        return self.spec.url

    @property
    def options(self) -> Mapping[str, Any]:
        """See base."""
        return self.spec.options

    def secret(self, name: str) -> str:
        """See base."""
        return self._secrets(self.spec, name)

    def now_us(self) -> int:
        """See base."""
        return self._wall.now_us()

    def connected(self) -> None:
        """See base."""
        self._backoff.reset()
        self._state, self._error, self._retry_at = self._fresh, None, math.nan
        if math.isnan(self.connected_at):
            self.connected_at = time.monotonic()
        if math.isnan(self._last) or self.notices:  # who has words only is not silent
            self._last = time.monotonic()

    def emit(
        self,
        batch: pa.RecordBatch,
        streams: Iterable[Datastream] = (),
        *,
        messages: int = 0,
        received_us: int | None = None,
    ) -> None:
        """See base."""
        self.mind_the_clock()
        now = self.now_us()
        arrived = now if received_us is None else min(received_us, now)
        self.counts["messages"] += messages
        self._describe(self._homes.let_by(streams))
        rows = _Rows.of(batch)
        kept = self._homes.sift(
            rows.ids, rows.times_us, rows.results, rows.qualities, received_us=arrived
        )
        self._take(rows.at(kept), arrived)

    def mind_the_clock(self) -> None:
        """Where the clock was set, let nothing that was observed before stand in the way of what comes."""
        moved_us = self._wall.stepped_us()
        if moved_us:
            log.info("feed %s: the clock was set by %.0f s", self.spec.id, moved_us / 1e6)
            self._judge.begin_anew()
            self._latest.set_back(self.spec.id, moved_us, now_us=self.now_us())

    def release(self) -> None:
        """Hand on what homes have in common once their quarter of an hour is over."""
        now = self.now_us()
        decoded = self._homes.finished(now)
        if decoded.readings:
            self._describe(decoded.streams.values())
            self._take(_Rows.of(decoded.batch()), now)

    def _take(self, rows: _Rows, arrived: int) -> None:
        """Keep, show and watch observations that are of no single home."""
        ids, times, results, qualities, texts = rows.at(
            self._judge.judge(*rows[:4], received_us=arrived)
        )
        if not ids:
            return
        self._count(qualities)
        if self._history is not None:
            self._history.append(batch_of(ids, times, results, qualities, texts))
            self._uncommitted.append(arrived)
        self._latest.take(self.spec.id, ids, times, results, qualities)
        if self._on_batch is not None:
            self._on_batch(self, ids, times, results, qualities)

    def _count(self, qualities: list[int]) -> None:
        now = time.monotonic()
        flags = np.array(qualities, dtype=np.int64)
        duplicate, bad = (flags & int(flag) != 0 for flag in (Flag.DUPLICATE, Flag.WRONG))
        duplicates, wrong = int(duplicate.sum()), int((bad & ~duplicate).sum())
        self.counts["duplicates"] += duplicates
        self.counts["wrong"] += wrong
        self.counts["observations"] += len(qualities) - duplicates - wrong
        self._recent.append((now, len(qualities)))
        self._last = now

    def _describe(self, streams: Iterable[Datastream]) -> None:
        known = self._streams
        news = [s for s in streams if s.id not in known or not _same(known[s.id], s)]
        if news and self._history is not None:
            self._history.describe(_with_feed(news, self.spec.id))
        # Only now: who sees that there are more of them looks for them in the history.
        for stream in news:
            known[stream.id] = stream
            self._judge.know(stream)

    def not_understood(self, count: int, sample: str = "") -> None:
        """See base."""
        self.counts["not_understood"] += count
        self.sample = sample or self.sample

    def waiting(self, count: int) -> None:
        """See base."""
        self._waiting = count

    async def room(self) -> None:
        """See base."""
        while len(self._uncommitted) > MOST_UNCOMMITTED and not await self.pause(0.05):
            pass

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> bytes:
        """See base."""
        return await web.get(url, headers=headers)

    async def pause(self, seconds: float) -> bool:
        """See base."""
        try:
            await asyncio.wait_for(self.stopping.wait(), timeout=seconds)
        except TimeoutError:
            return False
        return True

    # What the engine calls.

    async def run(self) -> None:
        """Run the feed until it is stopped, or has given all it had."""
        await asyncio.to_thread(_get_ready)
        while not self.stopping.is_set():
            self._state = FeedState.CONNECTING
            try:
                await self._feed.run(self)
            except asyncio.CancelledError:
                raise
            except FeedError as error:
                self._failed(error.problem)
                self._final = error.final
                if error.final:
                    await self.stopping.wait()
                    break
            except Exception as error:  # noqa: BLE001 - no message stops a feed, nor does its author
                self._failed(_problem_of(error, self.spec))
            else:
                break
            wait = self._backoff.next_s()
            self._retry_at = time.monotonic() + wait
            if await self.pause(wait):
                break
        self._state = FeedState.ENDED if self._state is not FeedState.FAILED else self._state

    def _failed(self, problem: Problem) -> None:
        if self._error is None or self._error.key != problem.key:  # not of every try
            log.info("feed %s: %s", self.spec.id, problem.key)
        self._state, self._error, self._retry_at = FeedState.FAILED, problem, math.nan

    def committed(self, marks: int) -> None:
        """Take note that the first ``marks`` batches are safe."""
        if marks and self._uncommitted:
            arrived = self._uncommitted[0]
            self._lag_s = max(0.0, (self.now_us() - arrived) / 1e6)
            del self._uncommitted[:marks]

    @property
    def uncommitted(self) -> int:
        """Number of batches that are not yet safe."""
        return len(self._uncommitted)

    @property
    def streams(self) -> dict[str, Datastream]:
        """The datastreams seen so far."""
        return dict(self._streams)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What the platform tells in words now."""
        return tuple(getattr(self._feed, "notices", ()))

    @property
    def known(self) -> Mapping[str, Datastream]:
        """The datastreams, for readers on the engine's thread: not a copy."""
        return self._streams

    def status(self) -> FeedStatus:
        """Return how the feed stands."""
        now = time.monotonic()
        while self._recent and self._recent[0][0] < now - RATE_OVER_S:
            self._recent.popleft()
        age = now - self._last
        state = self._state
        if state is FeedState.LIVE and age > self._ttl_s:
            state = FeedState.STALE
        retry = self._retry_at - now if state is FeedState.FAILED else math.nan
        return FeedStatus(
            id=self.spec.id,
            state=state,
            rate=sum(n for _, n in tuple(self._recent)) / RATE_OVER_S,
            lag_s=self._lag_s,
            age_s=age if self.counts["observations"] else math.nan,
            retry_in_s=retry if math.isnan(retry) else max(0.0, retry),
            waiting=self._waiting,
            held=self._homes.held,
            streams=len(self._streams),
            error=self._error,
            final=self._final,
            **self.counts,
        )


def _get_ready() -> None:
    """Load what the first observations need before they come: in a flood of them that would take seconds."""
    import pyarrow.compute  # noqa: F401

    batch_of([], [], [])


class _Rows(NamedTuple):
    """Observations as columns of Python values."""

    ids: list[str]
    times_us: list[int]
    results: list[float]
    qualities: list[int]
    texts: list[str | None] | None

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> _Rows:
        """Return the rows of a batch; what is no number is flagged as wrong."""
        results = np.asarray(batch.column("result").cast("float64").fill_null(math.nan))
        said = np.asarray(batch.column("quality").cast("int64").fill_null(0))
        return cls(
            batch.column("datastream").to_pylist(),
            np.asarray(batch.column("time").cast("int64").fill_null(NO_TIME)).tolist(),
            results.tolist(),
            np.where(np.isfinite(results), said, said | int(Flag.WRONG)).tolist(),
            batch.column("text").to_pylist() if "text" in batch.schema.names else None,
        )

    def at(self, indices: list[int]) -> _Rows:
        """Return some of the rows."""
        if len(indices) == len(self.ids):
            return self
        return _Rows(*(None if c is None else [c[i] for i in indices] for c in self))  # type: ignore[arg-type]


def _same(one: Datastream, other: Datastream) -> bool:
    """Whether descriptions say the same; by their words where a NaN of another make keeps them apart."""
    return one is other or one == other or one.as_dict() == other.as_dict()


def _with_feed(streams: Iterable[Datastream], feed: str) -> list[Datastream]:
    from dataclasses import replace

    return [replace(stream, feed=feed) for stream in streams]


def _problem_of(error: Exception, spec: FeedSpec) -> Problem:
    """Return a fault in words that can hold no credential: those were never in the address."""
    reason = f"{type(error).__name__}: {error}"[:200] if str(error) else type(error).__name__
    return Problem("feed.lost", spec.title or spec.url, {"reason": reason}, Severity.ERROR)
