"""JSON that comes by itself: WebSocket and server-sent events."""

from __future__ import annotations

import asyncio
from typing import Any

from twin.extras import require
from twin.live import plain
from twin.live.credentials import credentials
from twin.live.decoded import Decoded, clean
from twin.live.decoders.mqtt_dialects import JsonPath
from twin.live.feed import FeedContext, FeedError
from twin.live.http import AGENT, TIMEOUT_S
from twin.model.feed import FeedSpec

LARGEST = 4 * 1024 * 1024
SILENCE_S = 3600.0


class _Messages:
    """What WebSocket and events share: messages without a topic of their own."""

    ttl_s = 300.0

    def __init__(self, spec: FeedSpec) -> None:
        path = JsonPath(spec.options) if "value" in spec.options else None
        self._decode = path or plain.decode
        self._name = spec.id

    def _take(self, ctx: FeedContext, payload: bytes, topic: str = "") -> None:
        decoded = self._decoded(payload, topic or self._name)
        ctx.emit(decoded.batch(), decoded.streams.values(), messages=1)
        if decoded.not_understood:
            ctx.not_understood(decoded.not_understood, decoded.sample)

    def _decoded(self, payload: bytes, topic: str) -> Decoded:
        import orjson

        try:
            said = orjson.loads(payload)
        except orjson.JSONDecodeError:
            return self._decode(topic, payload)
        decoded = Decoded()
        for item in said if isinstance(said, list) else [said]:
            own = item.get("topic") or item.get("id") if isinstance(item, dict) else None
            name = clean(own, 200) if isinstance(own, str) and own else topic
            decoded.add(self._decode(name, orjson.dumps(item)))
        return decoded


class WebSocketFeed(_Messages):
    """A WebSocket that sends JSON; ``subscribe`` of the options is sent first, where it is given."""

    async def run(self, ctx: FeedContext) -> None:
        """Receive until the connection ends."""
        client = require("live", "websockets.asyncio.client")
        errors = require("live", "websockets.exceptions")
        try:
            async with client.connect(
                ctx.url,
                additional_headers=credentials(ctx),
                user_agent_header=AGENT,
                max_size=LARGEST,
                open_timeout=TIMEOUT_S,
            ) as line:
                if "subscribe" in ctx.options:
                    await line.send(str(ctx.options["subscribe"]))
                ctx.connected()
                await self._receive(ctx, line)
        except (errors.WebSocketException, OSError, TimeoutError) as error:
            raise FeedError("feed.lost", ctx.url, reason=type(error).__name__) from error

    async def _receive(self, ctx: FeedContext, line: Any) -> None:
        stop = asyncio.create_task(ctx.stopping.wait())
        try:
            while not ctx.stopping.is_set():
                receive = asyncio.create_task(line.recv())
                await asyncio.wait({receive, stop}, return_when=asyncio.FIRST_COMPLETED)
                if not receive.done():
                    receive.cancel()
                    return
                said = receive.result()
                self._take(ctx, said.encode() if isinstance(said, str) else said)
                await ctx.room()
        finally:
            stop.cancel()


class EventFeed(_Messages):
    """Server-sent events (HTML standard, 9.2): ``data`` lines of JSON, ``event`` names them."""

    async def run(self, ctx: FeedContext) -> None:
        """Receive until the stream ends."""
        httpx = require("live", "httpx")
        headers = {**credentials(ctx), "Accept": "text/event-stream", "User-Agent": AGENT}
        timeout = httpx.Timeout(TIMEOUT_S, read=SILENCE_S)
        try:
            async with (
                httpx.AsyncClient(timeout=timeout) as client,
                client.stream("GET", ctx.url, headers=headers) as response,
            ):
                if response.status_code in (401, 403):
                    raise FeedError.of(
                        "feed.refused", ctx.url, reason=f"HTTP {response.status_code}"
                    )
                if response.status_code != 200:
                    reason = f"HTTP {response.status_code}"
                    raise FeedError("feed.lost", ctx.url, reason=reason)
                ctx.connected()
                await self._follow(ctx, response)
        except httpx.HTTPError as error:
            raise FeedError("feed.lost", ctx.url, reason=type(error).__name__) from error
        if not ctx.stopping.is_set():
            raise FeedError("feed.lost", ctx.url, reason="the stream ended")

    async def _follow(self, ctx: FeedContext, response: Any) -> None:
        lines = Events()
        parts = response.aiter_bytes()
        stop = asyncio.create_task(ctx.stopping.wait())
        try:
            while True:
                following = asyncio.ensure_future(anext(parts, None))
                await asyncio.wait({following, stop}, return_when=asyncio.FIRST_COMPLETED)
                if not following.done():
                    following.cancel()
                    return
                part = following.result()
                if part is None:
                    return
                for name, data in lines.feed(part):
                    self._take(ctx, data, name)
                await ctx.room()
        finally:
            stop.cancel()


class Events:
    """Takes server-sent events apart, however they are cut into parts."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, part: bytes) -> list[tuple[str, bytes]]:
        """Return the events that are complete with this part: (name or empty, data)."""
        self._rest = (self._rest + part)[-LARGEST:]
        *lines, self._rest = self._rest.replace(b"\r\n", b"\n").split(b"\n")
        events = []
        for line in lines:
            if not line:
                if self._data:
                    events.append((self._name, b"\n".join(self._data)))
                self._name, self._data, self._size = "", [], 0
                continue
            field, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if field == b"data" and self._size < LARGEST:
                self._data.append(value)
                self._size += len(value)
            elif field == b"event":
                named = clean(value.decode("utf-8", "replace"), 100)
                self._name = "" if named == "message" else named
        return events
