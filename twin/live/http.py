"""Asking web services: bounded in size, time and redirects, with ETag and Retry-After."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from twin import __version__
from twin.live.feed import FeedError
from twin.services.client import shown
from twin.services.pace import asked_wait_s

LARGEST = 64 * 1024 * 1024
TIMEOUT_S = 20.0
REDIRECTS = 5
AGENT = f"Belvedere/{__version__}"
USUAL_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered. ``body`` is empty and ``unchanged`` true where nothing is new."""

    body: bytes
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False

    @property
    def json(self) -> Any:
        """The body as JSON, None where it is none."""
        import orjson

        try:
            return orjson.loads(self.body.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError:
            return None


EVENTS = "text/event-stream"
"""Type of an answer that never ends: it is not waited for."""


class WaitError(FeedError):
    """The service asks to be left alone for a while."""

    seconds = USUAL_WAIT_S


class Asker:
    """A client for one feed. Use as an asynchronous context.

    Parameters
    ----------
    headers : mapping
        Sent with every request to the first host; never sent on to another one.
    user : str
        Who asks, for protocols that want to know.
    """

    def __init__(self, headers: Mapping[str, str] | None = None, *, user: str = "") -> None:
        import httpx

        self.user = user

        self._httpx = httpx
        self._headers = dict(headers or {})
        self._host = ""
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_S, follow_redirects=False, headers={"User-Agent": AGENT}
        )
        self._etags: dict[str, tuple[str, str]] = {}
        self.ways: dict[str, str] = {}
        """What a service was found to understand, by what was asked of it."""

    async def __aenter__(self) -> Asker:  # noqa: PYI034 - not made to be derived from
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._client.aclose()

    async def get(
        self,
        url: str,
        *,
        accept: str = "",
        fresh: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for an address.

        Parameters
        ----------
        fresh : bool
            Ask for the whole even if it may be unchanged.
        headers : mapping, optional
            Of this request, to the first host only.

        Raises
        ------
        FeedError
            No answer, an error, or more than can be taken.
        """
        asked = url
        for _ in range(REDIRECTS + 1):
            more = {**(headers or {}), **({"Accept": accept} if accept else {})}
            answer = await self._once(asked, key=url, more=more, fresh=fresh)
            if isinstance(answer, Answer):
                return answer
            asked = answer
        raise FeedError("feed.lost", shown(url), reason="too many redirects")

    def forget(self) -> None:
        """Take everything for unread: the next answers are whole."""
        self._etags.clear()

    async def _once(
        self, url: str, *, key: str, more: Mapping[str, str], fresh: bool
    ) -> Answer | str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FeedError.of("feed.address", shown(url), reason="https://host/path")
        self._host = self._host or parts.netloc
        headers = {**self._headers, **more} if parts.netloc == self._host else {}
        tag, kind = self._etags.get(key, ("", ""))
        if tag and not fresh:
            headers[kind] = tag
        try:
            async with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code == 304:
                    return Answer(b"", url, unchanged=True)
                if response.is_redirect:
                    return str(response.url.join(response.headers.get("location", "")))
                self._check(response, url)
                streamed = response.headers.get("content-type", "").startswith(EVENTS)
                body = b"" if streamed else await self._body(response, url)
        except self._httpx.HTTPError as error:
            raise FeedError("feed.lost", shown(url), reason=type(error).__name__) from error
        except self._httpx.InvalidURL as error:
            raise FeedError.of("feed.address", shown(url), reason="https://host/path") from error
        self._remember(key, response.headers)
        return Answer(body, url, {k.lower(): v for k, v in response.headers.items()})

    async def _body(self, response: Any, url: str) -> bytes:
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > LARGEST:
                raise FeedError("feed.too_large", shown(url), mb=LARGEST // 2**20)
        return bytes(body)

    def _check(self, response: Any, url: str) -> None:
        code = response.status_code
        if code in (429, 503):
            error = WaitError("feed.lost", shown(url), reason=f"HTTP {code}")
            error.seconds = (
                asked_wait_s(response.headers.get("retry-after", ""), time.time()) or USUAL_WAIT_S
            )
            raise error
        if code in (401, 403):
            raise FeedError.of("feed.refused", shown(url), reason=f"HTTP {code}")
        if code >= 400:
            raise FeedError("feed.lost", shown(url), reason=f"HTTP {code}")

    def _remember(self, key: str, headers: Any) -> None:
        if headers.get("etag"):
            self._etags[key] = headers["etag"], "If-None-Match"
        elif headers.get("last-modified"):
            self._etags[key] = headers["last-modified"], "If-Modified-Since"
