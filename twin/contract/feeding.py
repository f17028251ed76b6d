"""A feed tried without any network: what it asks for is answered from the plugin's own sample files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from twin.contract.findings import Caller, Findings, finding
from twin.live.feed import FeedError
from twin.registry import Manifest

RUN_S = 3.0
STOP_S = 1.0
COLUMNS = frozenset({"datastream", "time", "result", "quality"})


class FakeFeedContext:
    """A :class:`~twin.live.feed.FeedContext` that keeps what a feed emits.

    Parameters
    ----------
    url : str
    answers : mapping of str to Path
        Files by address: what :meth:`get` answers.

    Attributes
    ----------
    batches, streams : list
        What was emitted.
    is_connected : bool
    """

    def __init__(
        self,
        url: str = "",
        *,
        options: Mapping[str, Any] | None = None,
        answers: Mapping[str, Path] | None = None,
    ) -> None:
        self.url = url
        self.options = dict(options or {})
        self.stopping = asyncio.Event()
        self.batches: list[Any] = []
        self.streams: list[Any] = []
        self.asked: list[str] = []
        self.is_connected = False
        self._answers = dict(answers or {})

    @property
    def observations(self) -> int:
        """How many observations were emitted."""
        return sum(batch.num_rows for batch in self.batches)

    def secret(self, name: str) -> str:
        """There are no credentials."""
        del name
        return ""

    def connected(self) -> None:
        """Note that the connection stands."""
        self.is_connected = True

    def now_us(self) -> int:
        """Return the present, microseconds since 1970 UTC."""
        return time.time_ns() // 1000

    def emit(
        self,
        batch: Any,
        streams: Iterable[Any] = (),
        *,
        messages: int = 0,
        received_us: int | None = None,
    ) -> None:
        """Keep a batch; nothing is counted."""
        del messages, received_us
        self.batches.append(batch)
        self.streams += list(streams)

    def not_understood(self, count: int, sample: str = "") -> None:
        """Nobody counts."""

    def waiting(self, count: int) -> None:
        """Nobody counts."""

    async def room(self) -> None:
        """There always is."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> bytes:
        """Return the file that stands for an address. Raises FeedError where there is none."""
        del headers
        self.asked.append(url)
        if url not in self._answers:
            raise FeedError("feed.unreachable", url, reason="not among the answers of the sample")
        return self._answers[url].read_bytes()

    async def pause(self, seconds: float) -> bool:
        """Wait, at most a moment; True when the feed is to stop."""
        try:
            await asyncio.wait_for(self.stopping.wait(), timeout=min(seconds, 0.2))
        except TimeoutError:
            return False
        return True


def check_feed(call: Caller, make: Any, manifest: Manifest, sample: Any) -> Findings:
    """Yield what a feed does wrong with its sample: ``[contract.feeds.id] url = "...", answers = {...}``."""
    if not isinstance(sample, dict):
        yield finding("contract.no_sample", call.where)
        return
    feed = call("create", make)
    if feed is None:
        return
    home = manifest.folder.resolve()
    rows = sample.get("answers", {})
    answers = {str(u): (home / str(f)).resolve() for u, f in rows.items()}
    if not all(path.is_relative_to(home) for path in answers.values()):
        yield finding("plugin.data_outside", call.where, value=str(dict(rows)))
        return
    ctx = FakeFeedContext(
        str(sample.get("url", "")), options=sample.get("options", {}), answers=answers
    )
    stopped_s = call("run", lambda: asyncio.run(_run(feed, ctx)))
    if stopped_s is None:
        return
    if stopped_s > STOP_S:
        yield finding("contract.feed_stops_late", call.where, seconds=f"{stopped_s:.1f}")
    if not ctx.is_connected:
        yield finding("contract.feed_not_connected", call.where)
    yield from _emitted(ctx, call.where)


async def _run(feed: Any, ctx: FakeFeedContext) -> float:
    """Run a feed until it has emitted, at most a few seconds; return how long it took to stop."""
    task = asyncio.create_task(feed.run(ctx))
    end = time.monotonic() + RUN_S
    while not task.done() and time.monotonic() < end and ctx.observations == 0:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    ctx.stopping.set()
    told = time.monotonic()
    await asyncio.wait([task], timeout=STOP_S + 2.0)
    taken = time.monotonic() - told
    if not task.done():
        task.cancel()
    else:
        task.result()  # raises what the feed raised
    return taken


def _emitted(ctx: FakeFeedContext, where: str) -> Findings:
    if not ctx.observations:
        yield finding("contract.feed_silent", where)
    for batch in ctx.batches[:1]:
        missing = COLUMNS - set(getattr(getattr(batch, "schema", None), "names", ()))
        if missing:
            yield finding("contract.feed_columns", where, columns=", ".join(sorted(missing)))
    described = {stream.id for stream in ctx.streams}
    named = {n for batch in ctx.batches for n in batch.column("datastream").to_pylist()}
    for name in sorted(named - described)[:3]:
        yield finding("contract.stream_undescribed", where, stream=name)
    for stream in ctx.streams[:50]:
        if not stream.unit:
            yield finding("contract.unit_missing", where, column=stream.id)
            return
