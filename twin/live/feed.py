"""What a feed is: a small protocol, the context it runs in, and how it stands.

A feed is written as ``async def run(self, ctx)`` which connects, calls ``ctx.connected()`` and then
``ctx.emit(batch, streams)`` for whatever comes. It raises when the connection is lost: its runner
waits and runs it again, for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from twin.errors import BelvedereError
from twin.problems import Problem
from twin.store.history import Datastream

if TYPE_CHECKING:
    import pyarrow as pa


class FeedError(BelvedereError):
    """A feed cannot connect or lost its connection.

    ``final`` of it is true where trying again is no use until somebody changes something: a refused
    password, an address that means nothing.
    """

    final = False

    @classmethod
    def of(cls, key: str, where: str = "", **values: object) -> FeedError:
        """Return one that waits for somebody to change something."""
        error = cls(key, where, **values)
        error.final = True
        return error


class FeedState(StrEnum):
    """How a feed stands."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"  # connected, but silent for longer than its own limit
    REPLAYED = "replayed"
    SIMULATED = "simulated"
    FAILED = "failed"  # not connected; tries again at ``retry_at``
    ENDED = "ended"  # all was read, or it was stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStatus:
    """A snapshot of a feed.

    Parameters
    ----------
    rate : float
        Observations a second, over the last ten seconds.
    lag_s : float
        From the arrival of the last observations until they were safe.
    age_s : float
        Since the last observation; NaN before the first.
    retry_in_s : float
        Until the next try; NaN where none is due.
    waiting : int
        Messages that came and are not yet decoded.
    held : int
        Values of single homes, of which only aggregates are handed on.
    final : bool
        It failed for a reason that only somebody can mend; no further try is due.
    """

    id: str
    state: FeedState
    rate: float = 0.0
    lag_s: float = 0.0
    age_s: float = float("nan")
    retry_in_s: float = float("nan")
    waiting: int = 0
    messages: int = 0
    observations: int = 0
    duplicates: int = 0
    wrong: int = 0
    not_understood: int = 0
    held: int = 0
    streams: int = 0
    error: Problem | None = None
    final: bool = False


class Notice(NamedTuple):
    """What a platform tells in words: a disturbance, works, a closed station.

    A feed that has some keeps those of now in an attribute ``notices``.

    Parameters
    ----------
    id : str
        Unique in the feed.
    start_us, end_us : int
        When it holds, microseconds since 1970 UTC; 0 where that is open.
    concerns : tuple of str
        Lines and stops.
    """

    id: str
    title: str
    text: str = ""
    start_us: int = 0
    end_us: int = 0
    concerns: tuple[str, ...] = ()

    def holds(self, at_us: int) -> bool:
        """Whether it holds at a moment."""
        return self.start_us <= at_us and (not self.end_us or at_us < self.end_us)


class FeedContext(Protocol):
    """What a feed is given to run."""

    @property
    def url(self) -> str:
        """The address, without user and password."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Settings of the feed."""

    @property
    def stopping(self) -> asyncio.Event:
        """Set when the feed is to let go and return."""

    def secret(self, name: str) -> str:
        """Return a credential (``user``, ``password``, ``token``), empty where there is none."""

    def connected(self) -> None:
        """Say that the connection stands: what is sent from now on will be received."""

    def now_us(self) -> int:
        """Return the present, microseconds since 1970 UTC."""

    def emit(
        self,
        batch: pa.RecordBatch,
        streams: Iterable[Datastream] = (),
        *,
        messages: int = 0,
        received_us: int | None = None,
    ) -> None:
        """Hand over observations (columns as :func:`twin.store.history.batch_of` makes them).

        A null time is that of arrival. ``streams`` describes datastreams that are new or changed.
        """

    def not_understood(self, count: int, sample: str = "") -> None:
        """Count messages that say nothing that can be kept."""

    def waiting(self, count: int) -> None:
        """Say how many messages wait to be decoded."""

    async def room(self) -> None:
        """Wait until there is room for more: back-pressure."""

    async def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> bytes:
        """Return what an address of the web answers; :class:`FeedError` where it does not."""

    async def pause(self, seconds: float) -> bool:
        """Wait; return at once, with True, when the feed is to stop."""


class Feed(Protocol):
    """What the author of a feed writes."""

    async def run(self, ctx: FeedContext) -> None:
        """Connect and emit until ``ctx.stopping``; raise when the connection is lost."""
