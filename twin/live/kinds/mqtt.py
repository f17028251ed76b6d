"""MQTT 3.1.1 and 5: one client; what messages mean is the matter of a dialect.

The network has a thread of its own, see :mod:`twin.live.kinds.mqtt_line`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable

from twin.live.address import mqtt_address
from twin.live.decoded import NO_TIME, Decoded, Reading
from twin.live.dialects import Dialect, dialect_of
from twin.live.feed import FeedContext, FeedError
from twin.live.kinds.mqtt_line import DUPLICATE, MOST_WAITING, UNTIMED, Line, Message
from twin.model.feed import FeedSpec

HELPING = 5_000
LAST_SEEN = 256
DECODE_EVERY_S = 0.05


class MqttFeed:
    """One subscription."""

    ttl_s = 300.0

    def __init__(self, spec: FeedSpec) -> None:
        self.address = mqtt_address(spec.url)
        self._spec = spec
        self._client_id = f"belvedere-{secrets.token_hex(6)}"
        self._version = int(spec.options.get("version", 5))
        self._dialect: Dialect = dialect_of(str(spec.options.get("dialect", "")), spec.options)
        self._begun = False
        self._seen: deque[tuple[str, bytes]] = deque(maxlen=LAST_SEEN)
        self._retained: dict[str, int] = {}

    def overhear(self, heard: Callable[[str, bytes], None]) -> None:
        """Have every message told to somebody before it is decoded."""
        decode = self._dialect

        def both(topic: str, payload: bytes) -> Decoded:
            heard(topic, payload)
            return decode(topic, payload)

        self._dialect = both

    async def run(self, ctx: FeedContext) -> None:
        """Receive until the connection is lost or the feed is stopped."""
        line = Line(self.address, self._client_id, ctx, version=self._version, again=self._begun)
        try:
            await line.open()
            self._begun = True
            ctx.connected()
            await self._receive(ctx, line)
        finally:
            await asyncio.to_thread(line.close)
            self._decode(ctx, line.take(MOST_WAITING * 2))

    async def _receive(self, ctx: FeedContext, line: Line) -> None:
        while True:
            messages = line.take(HELPING)
            ctx.waiting(len(messages) + line.waiting)
            self._decode(ctx, messages)
            if line.lost.is_set() and not line.waiting:
                raise FeedError("feed.lost", ctx.url, reason=line.reason)
            if ctx.stopping.is_set():
                await asyncio.to_thread(line.unsubscribe)
                return
            await ctx.room()
            if len(messages) < HELPING:
                await asyncio.sleep(DECODE_EVERY_S)
            else:
                await asyncio.sleep(0)

    def _decode(self, ctx: FeedContext, messages: list[Message]) -> None:
        """Decode messages; those that share their moment of arrival are emitted together."""
        if not messages:
            return
        decoded = Decoded()
        for received_us, topic, payload, sent in messages:
            flags = self._seen_before(topic, payload, sent)
            said = self._dialect(topic, payload)
            for stream, at, result, quality, text in said.readings:
                untimed = at == NO_TIME
                quality |= flags if untimed else flags & ~UNTIMED  # noqa: PLW2901 - the message adds to it
                when = received_us if untimed else at
                decoded.readings.append(Reading(stream, when, result, quality, text))
            decoded.streams.update(said.streams)
            decoded.not_understood += said.not_understood
            decoded.sample = said.sample or decoded.sample
        ctx.emit(
            decoded.batch(),
            decoded.streams.values(),
            messages=len(messages),
            received_us=messages[0][0],
        )
        if decoded.not_understood:
            ctx.not_understood(decoded.not_understood, decoded.sample)

    def _seen_before(self, topic: str, payload: bytes, flags: int) -> int:
        """Flag what the broker sends a second time: unacknowledged before, or retained."""
        if flags & DUPLICATE and (topic, payload) not in self._seen:
            flags &= ~DUPLICATE  # it says again, but the first never came
        if flags & UNTIMED:
            said = hash(payload)
            if self._retained.get(topic) == said:
                flags |= DUPLICATE
            self._retained[topic] = said
        self._seen.append((topic, payload))
        return flags
