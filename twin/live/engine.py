"""All feeds of a project on one thread of their own, their observations recorded as they come."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from threading import Thread
from typing import Any

from twin.errors import BelvedereError
from twin.live.feed import Feed, FeedStatus, Notice
from twin.live.latest import Latest
from twin.live.runner import Batches, Runner, Secrets
from twin.model.feed import FeedSpec
from twin.problems import Problem
from twin.store.history import Datastream, History

COMMIT_EVERY_S = 0.25
STOP_WITHIN_S = 8.0

log = logging.getLogger(__name__)


def no_secrets(_spec: FeedSpec, _name: str) -> str:
    """Return no credential."""
    return ""


class LiveEngine:
    """Runs feeds and records what they observe. Its methods may be called from any thread.

    Parameters
    ----------
    history : History or None
        Where observations are kept; the engine does not close it.
    make : callable
        Makes the feed of a spec; raises :class:`BelvedereError` for a kind that is not known.
    secrets : callable
        ``secrets(spec, name)``, credentials by name.
    on_batch : callable or None
        Told of every batch, on the engine's thread.
    wall_ns : callable
        The time since 1970 UTC, in nanoseconds.
    """

    def __init__(
        self,
        history: History | None,
        *,
        make: Callable[[FeedSpec], Feed],
        secrets: Secrets = no_secrets,
        on_batch: Batches | None = None,
        wall_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._wall_ns = wall_ns
        self.latest = Latest()
        self._history = history
        self._make = make
        self._secrets = secrets
        self._on_batch = on_batch
        self._runners: dict[str, Runner] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._failed: Problem | None = None
        self._committing = asyncio.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._serve, name="feeds", daemon=True)
        self._thread.start()
        self._commits = self._call(self._begin())

    @property
    def failed(self) -> Problem | None:
        """What keeps observations from being kept, None while they are."""
        return self._failed

    def start(self, spec: FeedSpec) -> None:
        """Start a feed; one of the same id is stopped first.

        Raises
        ------
        BelvedereError
            No such kind of feed, or its address cannot be understood.
        """
        self._call(self._start(spec))

    def stop(self, feed_id: str) -> None:
        """Stop a feed and wait until it has let go."""
        self._call(self._stop(feed_id))

    def statuses(self) -> list[FeedStatus]:
        """Return how every feed stands."""
        return [runner.status() for runner in tuple(self._runners.values())]

    def streams(self, feed_id: str) -> Mapping[str, Datastream]:
        """Return the datastreams that a feed has shown so far."""
        runner = self._runners.get(feed_id)
        return runner.streams if runner else {}

    def notices(self) -> list[tuple[str, Notice]]:
        """Return what platforms tell in words now, each with its feed."""
        return [(name, n) for name, r in tuple(self._runners.items()) for n in r.notices]

    def connected_at(self, feed_id: str) -> float:
        """Return when a feed first stood, on the monotonic clock; NaN before."""
        return self._runners[feed_id].connected_at

    def sample(self, feed_id: str) -> str:
        """Return the beginning of a message that was not understood, empty where there is none."""
        return self._runners[feed_id].sample

    def close(self) -> None:
        """Stop every feed, keep what came, and end the thread."""
        if self._loop.is_closed():
            return
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Any) -> Any:
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result()

    async def _begin(self) -> asyncio.Task[None]:
        return asyncio.create_task(self._commit_for_ever())

    async def _start(self, spec: FeedSpec) -> None:
        await self._stop(spec.id)
        runner = Runner(
            spec,
            self._make(spec),
            history=self._history,
            latest=self.latest,
            secrets=self._secrets,
            on_batch=self._on_batch,
            wall_ns=self._wall_ns,
        )
        self._runners[spec.id] = runner
        self._tasks[spec.id] = asyncio.create_task(runner.run())

    async def _stop(self, feed_id: str) -> None:
        runner, task = self._runners.get(feed_id), self._tasks.pop(feed_id, None)
        if runner is None or task is None:
            return
        runner.stopping.set()
        _done, waiting = await asyncio.wait([task], timeout=STOP_WITHIN_S)
        for late in waiting:
            late.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await late
        await self._commit()
        self.latest.drop(feed_id)

    async def _end(self) -> None:
        await asyncio.gather(*(self._stop(name) for name in tuple(self._tasks)))
        self._commits.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._commits
        await self._commit()
        await self._loop.shutdown_default_executor()

    async def _commit_for_ever(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_EVERY_S)
            for runner in tuple(self._runners.values()):
                runner.mind_the_clock()
                runner.release()
            await self._commit()

    async def _commit(self) -> None:
        if self._history is None:
            return
        async with self._committing:
            await self._commit_now(self._history)

    async def _commit_now(self, history: History) -> None:
        marks = [(runner, runner.uncommitted) for runner in tuple(self._runners.values())]
        if not any(count for _runner, count in marks):
            return
        try:
            await asyncio.to_thread(history.commit)
        except (OSError, BelvedereError) as error:
            # The disk is full, or the server is away: what came stays in memory and is tried again.
            reason = getattr(error, "strerror", None) or type(error).__name__
            self._failed = Problem("feed.not_kept", history.address, {"reason": reason})
            log.warning("observations could not be kept: %s", reason)
            return
        self._failed = None
        for runner, count in marks:
            runner.committed(count)
