"""A feed behind walls: its context on the inside, and on the outside the feed that stands for it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twin.errors import Cancelled, PluginError
from twin.isolation.budget import Budget
from twin.isolation.process import PluginProcess
from twin.store.history.model import Datastream
from twin.work.jobs import Job

if TYPE_CHECKING:
    import pyarrow as pa

FOR_EVER_S = 10 * 365 * 86_400.0
MOST_STREAMS = 100_000
Ask = Callable[[str, Any], Any]


class InsideContext:
    """The context of a feed whose every wish goes through the wall."""

    def __init__(self, url: str, options: Mapping[str, Any], ask: Ask) -> None:
        self.url = url
        self.options = options
        self.stopping = asyncio.Event()
        self._ask = ask

    def secret(self, name: str) -> str:
        """Return a credential that belongs to this feed, empty where there is none."""
        return str(self._ask("secret", name))

    def connected(self) -> None:
        """Say that the connection stands."""
        self._ask("connected", None)

    def now_us(self) -> int:
        """Return the present, microseconds since 1970 UTC."""
        return time.time_ns() // 1000

    def emit(
        self,
        batch: pa.RecordBatch,
        streams: Iterable[Datastream] = (),
        *,
        messages: int = 0,
        received_us: int | None = None,
    ) -> None:
        """Hand over observations."""
        self._ask("emit", [batch, list(streams), messages, received_us])

    def not_understood(self, count: int, sample: str = "") -> None:
        """Count messages that say nothing that can be kept."""
        self._ask("not_understood", [count, sample[:200]])

    def waiting(self, count: int) -> None:
        """Say how many messages wait to be decoded."""
        self._ask("waiting", int(count))

    async def room(self) -> None:
        """There is room as soon as the last batch was taken: each emit waits for that."""

    async def pause(self, seconds: float) -> bool:
        """Wait; return at once, with True, when the feed is to stop."""
        try:
            await asyncio.wait_for(self.stopping.wait(), timeout=seconds)
        except TimeoutError:
            return False
        return True

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> bytes:
        """Return what an address answers, fetched by the application from hosts that the user granted."""
        body = await asyncio.to_thread(self._ask, "get", [url, dict(headers or {})])
        return bytes(body.tobytes())


def run_feed(feed: Any, url: str, options: Mapping[str, Any], ask: Ask, job: Job) -> None:
    """Run a feed to its end; the cancel of the job sets ``stopping``."""

    async def run() -> None:
        ctx = InsideContext(url, options, ask)
        watch = asyncio.create_task(_watch(job, ctx.stopping))
        try:
            await feed.run(ctx)
        finally:
            watch.cancel()

    asyncio.run(run())


async def _watch(job: Job, stopping: asyncio.Event) -> None:
    while not job.cancelled:  # noqa: ASYNC110 - set by a thread that knows no loop
        await asyncio.sleep(0.05)
    stopping.set()


class _Stop:
    """The progress of a feed: cancelled when its context is to stop."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def check_cancelled(self) -> None:
        """Raise Cancelled when the feed is to stop."""
        if self.stopped.is_set():
            raise Cancelled

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Feeds have no end to be near to."""

    def report(self, problem: Any) -> None:
        """Feeds report by what they raise."""


class IsolatedFeed:
    """A :class:`~twin.live.feed.Feed` whose code runs behind walls.

    Parameters
    ----------
    start : callable
        Returns a new process of the plugin, started.
    name : str
        Id of the contribution.
    hosts : tuple of str
        What the user granted it to reach.
    """

    def __init__(
        self,
        start: Callable[[], PluginProcess],
        name: str,
        *,
        hosts: tuple[str, ...],
        budget: Budget,
    ) -> None:
        self._start = start
        self._name = name
        self._hosts = hosts
        self._budget = budget

    async def run(self, ctx: Any) -> None:
        """Run until ``ctx.stopping``; see :class:`~twin.live.feed.Feed`."""
        loop = asyncio.get_running_loop()
        progress = _Stop()

        def serve(what: str, value: Any) -> Any:
            future = asyncio.run_coroutine_threadsafe(self._served(ctx, what, value), loop)
            return future.result()

        async def watch() -> None:
            await ctx.stopping.wait()
            progress.stopped.set()

        process = await asyncio.to_thread(self._start)
        watching = asyncio.create_task(watch())
        body = {"name": self._name, "url": ctx.url, "options": dict(ctx.options)}
        try:
            await asyncio.to_thread(
                process.call, "feed", body, timeout_s=FOR_EVER_S, progress=progress, serve=serve
            )
        except Cancelled:
            return
        finally:
            watching.cancel()
            process.close()

    async def _served(self, ctx: Any, what: str, value: Any) -> Any:
        match what:
            case "secret":
                return str(ctx.secret(str(value)))
            case "connected":
                ctx.connected()
            case "emit":
                _emit(ctx, self._name, value)
                await ctx.room()
            case "not_understood":
                ctx.not_understood(int(value[0]), str(value[1]))
            case "waiting":
                ctx.waiting(int(value))
            case "get":
                return await self._get(ctx, str(value[0]), value[1])
            case _:
                raise PluginError("plugin.not_granted", self._name, what=what[:60])
        return None

    async def _get(self, ctx: Any, url: str, headers: Any) -> Any:
        require_host(url, self._hosts, self._name)
        body = await ctx.get(url, headers={str(k): str(v) for k, v in dict(headers).items()})
        return carried(body, self._budget, self._name)


def require_host(url: str, hosts: tuple[str, ...], where: str) -> None:
    """Raise PluginError unless an address is of the web and its host among those granted."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or (parts.hostname or "") not in hosts:
        raise PluginError("plugin.not_granted", where, what=parts.hostname or url[:60])


def carried(body: bytes, budget: Budget, where: str) -> Any:
    """Return a body in the form that crosses the wall. Raises PluginError where it is too long."""
    import numpy as np

    if len(body) > budget.answer_mib << 20:
        raise PluginError("plugin.not_granted", where, what=f"{len(body)} bytes")
    return np.frombuffer(body, dtype=np.uint8)


def _emit(ctx: Any, name: str, value: Any) -> None:
    batch, streams, messages, received_us = value
    names = set(getattr(getattr(batch, "schema", None), "names", ()))
    if not {"datastream", "time", "result", "quality"} <= names or len(streams) > MOST_STREAMS:
        raise PluginError("plugin.bad_answer", name, reason="no batch of observations")
    if not all(isinstance(stream, Datastream) for stream in streams):
        raise PluginError("plugin.bad_answer", name, reason="no datastreams")
    received = None if received_us is None else int(received_us)
    ctx.emit(batch, streams, messages=int(messages), received_us=received)
