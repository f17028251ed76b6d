"""What an address answers, for feeds that poll: one request, bounded in size and time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from twin import extras
from twin.live.feed import FeedError

MOST_BYTES = 64_000_000
MOST_REDIRECTS = 3
TIMEOUT_S = 20.0


async def get(
    url: str, *, headers: Mapping[str, str] | None = None, most_bytes: int = MOST_BYTES
) -> bytes:
    """Return the body that an address answers; it may send on within its own host only.

    Raises
    ------
    FeedError
        It does not answer, answers with an error, or with more than ``most_bytes``.
    """
    httpx: Any = extras.require("live", "httpx")
    shown = url.partition("?")[0]
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            for _ in range(MOST_REDIRECTS + 1):
                async with client.stream("GET", url, headers=dict(headers or {})) as answer:
                    if answer.has_redirect_location:
                        url = _same_host(url, answer.headers["location"])
                        continue
                    if answer.status_code >= 400:
                        raise FeedError("feed.refused", shown, reason=f"HTTP {answer.status_code}")
                    return await _body(answer, shown, most_bytes)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict) as error:
        raise FeedError("feed.unreachable", shown, reason=type(error).__name__) from error
    raise FeedError("feed.refused", shown, reason="it sends on for ever")


async def _body(answer: Any, shown: str, most_bytes: int) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > most_bytes:
            raise FeedError("feed.too_large", shown, limit=most_bytes // 1_000_000)
    return bytes(body)


def _same_host(url: str, location: str) -> str:
    target = urljoin(url, location)
    if urlsplit(target).hostname != urlsplit(url).hostname:
        raise FeedError("feed.refused", url.partition("?")[0], reason="it sends on to another host")
    return target
