"""The one HTTP client: kept on disk with its age, retried, rate limited, cancelled, bounded."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from twin import __version__
from twin.errors import BelvedereError
from twin.problems import Problem, Severity
from twin.progress import Progress
from twin.services.cache import Cache, Kept, key_of
from twin.services.pace import Pace, asked_wait_s

if TYPE_CHECKING:
    import httpx

AGENT = f"Belvedere/{__version__} (urban digital-twin viewer)"
MOST_BYTES = 2_000_000_000
TRIES = 5
TRIES_WHEN_SILENT = 2
"""Of a host that has not answered all tries of an earlier question: without a network a city is given up soon."""
LONGEST_WAIT_S = 60.0
CONNECT_S, SILENCE_S = 10.0, 30.0
WHOLE_S = 600.0
"""A server that sends a byte now and then never runs into the limit of silence."""
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
MOST_REDIRECTS = 5


class ServiceError(BelvedereError):
    """A service did not answer, or not with what was asked for."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a server sent, on disk.

    Parameters
    ----------
    url : str
        Address as the user may see it: without credentials.
    path : Path
        File with the body, not to be changed.
    headers : mapping
        Names in lower case.
    at : datetime
        When the server said so, UTC.
    kept : bool
        It came from disk: the server was not asked, said that nothing changed, or did not answer.
    """

    url: str
    path: Path
    status: int
    headers: Mapping[str, str]
    at: datetime
    kept: bool

    @property
    def content_type(self) -> str:
        """Media type without parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def body(self, most: int = 512_000_000) -> bytes:
        """Return the body. Raises ServiceError where it is longer than ``most`` bytes."""
        size = self.path.stat().st_size
        if size > most:
            raise ServiceError("service.too_large", self.url, bytes=size, limit=most)
        return self.path.read_bytes()


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for."""

    url: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""


class HttpClient:
    """Asks servers, one request at a time.

    Parameters
    ----------
    folder : Path
        Where answers are kept.
    progress : Progress
        Asked between pieces whether to go on; told of stale answers.
    fresh_s : float
        Answers younger than this are taken from disk without asking.
    requests_per_s : float
        At most this many to one host, unless the caller says otherwise; bursts of five.
    sleep, now : callable
        For tests.
    """

    def __init__(
        self,
        folder: Path,
        progress: Progress,
        *,
        fresh_s: float = 7 * 86_400.0,
        requests_per_s: float = 5.0,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        import httpx

        self._cache = Cache(folder)
        self._progress = progress
        self._fresh_s = fresh_s
        self._pace = Pace(requests_per_s, sleep=self._wait)
        self._sleep, self._now = sleep, now
        self._silent: set[str] = set()
        self._client = httpx.Client(
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            timeout=httpx.Timeout(SILENCE_S, connect=CONNECT_S),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def get(
        self,
        url: str,
        params: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> Answer:
        """Return the answer to a GET.

        Raises
        ------
        ServiceError
            No answer, a refusal, or one that is too long, and none kept on disk from before.
        Cancelled
            The work was asked to stop.
        """
        return self._ask(_request(url, params, headers), most_bytes)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> Answer:
        """Return the answer to a POST that only asks (the same body is answered from disk)."""
        request = _request(url, None, headers)
        return self._ask(
            Request(url=request.url, params={}, headers=request.headers, method="POST", body=body),
            most_bytes,
        )

    def forget(self, answer: Answer) -> None:
        """Drop an answer from disk that turned out to be an error in disguise."""
        self._cache.forget(answer.path.name)

    def _ask(self, request: Request, most_bytes: int) -> Answer:
        scheme = urlsplit(request.url).scheme
        if scheme not in ("http", "https"):
            raise ServiceError("service.scheme", shown(request.url), scheme=scheme)
        part = request.headers.get("Range", "").encode()
        key = key_of(request.method, request.url, request.params, request.body + part)
        kept = self._cache.find(key)
        if kept is not None and self._now() - kept.at < self._fresh_s:
            return _answer(request, kept, kept_before=True)
        try:
            return self._fetch(request, key, kept, most_bytes)
        except ServiceError as error:
            if kept is None:
                raise
            age_h = round((self._now() - kept.at) / 3600.0, 1)
            values = {"hours": age_h, "reason": error.problem.key}
            self._progress.report(
                Problem("service.stale", shown(request.url), values, Severity.WARNING)
            )
            return _answer(request, kept, kept_before=True)

    def _fetch(self, request: Request, key: str, kept: Kept | None, most_bytes: int) -> Answer:
        import httpx

        last: ServiceError | None = None
        host = urlsplit(request.url).netloc
        tries = TRIES_WHEN_SILENT if host in self._silent else TRIES
        for attempt in range(tries):
            self._progress.check_cancelled()
            self._pace.wait(host)
            wait_s = 0.0
            try:
                answer = self._once(request, key, kept, most_bytes)
                self._silent.discard(host)
                return answer
            except _Later as later:
                last, wait_s = later.error, later.wait_s
            except httpx.HTTPError as error:
                last = ServiceError(
                    "service.unreachable", shown(request.url), reason=_reason(error)
                )
            if attempt < tries - 1:
                self._wait(min(max(wait_s, random.uniform(0.5, 1.0) * 2**attempt), LONGEST_WAIT_S))  # noqa: S311 - spreads retries
        self._silent.add(host)
        assert last is not None  # noqa: S101 - the loop ran
        raise last

    def _once(self, request: Request, key: str, kept: Kept | None, most_bytes: int) -> Answer:
        headers = dict(request.headers)
        if kept is not None and request.method == "GET":
            headers |= kept.conditions
        with self._client.stream(
            request.method,
            request.url,
            params=dict(request.params) or None,
            headers=headers,
            content=request.body or None,
        ) as response:
            if response.status_code == 304 and kept is not None:
                return _answer(request, self._cache.renew(key, self._now()), kept_before=True)
            self._refuse(request, response)
            named = {name.lower(): value for name, value in response.headers.items()}
            saved = self._cache.save(
                key,
                self._pieces(request, response, most_bytes),
                headers=named,
                status=response.status_code,
                at=self._now(),
            )
        return _answer(request, saved, kept_before=False)

    def _refuse(self, request: Request, response: httpx.Response) -> None:
        status = response.status_code
        if status < 400:
            return
        where = shown(request.url)
        error = ServiceError("service.status", where, status=status, said=_said(response))
        if status in RETRIED:
            raise _Later(error, asked_wait_s(response.headers.get("retry-after", ""), self._now()))
        raise error

    def _pieces(self, request: Request, response: httpx.Response, most_bytes: int) -> Any:
        where, ends, size = shown(request.url), time.monotonic() + WHOLE_S, 0
        promised = response.headers.get("content-length", "")
        total = float(promised) if promised.isdigit() else None
        if total is not None and total > most_bytes:
            raise ServiceError("service.too_large", where, bytes=int(total), limit=most_bytes)
        for piece in response.iter_bytes():
            self._progress.check_cancelled()
            size += len(piece)
            if size > most_bytes:
                raise ServiceError("service.too_large", where, bytes=size, limit=most_bytes)
            if time.monotonic() > ends:
                raise ServiceError("service.too_slow", where, seconds=int(WHOLE_S), bytes=size)
            self._progress.progress(size, total, "bytes")
            yield piece

    def _wait(self, seconds: float) -> None:
        """Sleep, but hear of a cancel within a tenth of a second."""
        while seconds > 0:
            self._progress.check_cancelled()
            self._sleep(min(seconds, 0.1))
            seconds -= 0.1


class _Later(Exception):  # noqa: N818 - not an error yet: there are tries left
    def __init__(self, error: ServiceError, wait_s: float) -> None:
        super().__init__()
        self.error, self.wait_s = error, wait_s


def shown(url: str) -> str:
    """Return an address without user, password, query and fragment: fit for messages and logs."""
    try:
        parts = urlsplit(url)
    except ValueError:  # not an address at all
        return ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _request(
    url: str, params: Mapping[str, object] | None, headers: Mapping[str, str] | None
) -> Request:
    texts = {name: str(value) for name, value in (params or {}).items()}
    if texts:  # httpx would put them in place of what the address asks already (?map=...)
        parts = urlsplit(url)
        texts = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **texts}
        url = urlunsplit(parts._replace(query="", fragment=""))
    return Request(url=url, params=texts, headers=dict(headers or {}))


def _answer(request: Request, kept: Kept, *, kept_before: bool) -> Answer:
    return Answer(
        url=shown(request.url),
        path=kept.path,
        status=kept.status,
        headers=kept.headers,
        at=datetime.fromtimestamp(kept.at, UTC),
        kept=kept_before,
    )


def _said(response: httpx.Response) -> str:
    """The beginning of what a refusal says."""
    import httpx

    try:
        return said_in(next(response.iter_bytes(8000), b""))
    except httpx.HTTPError:
        return ""


def said_in(body: bytes) -> str:
    """Return the words of an answer that is no data: of XML and HTML, what stands between the tags."""
    text = re.sub(r"<[^>]*>", " ", body[:8000].decode("utf-8", "replace"))
    return " ".join(text.split())[:160]


def _reason(error: Exception) -> str:
    name = type(error).__name__
    return f"{name}: {error}"[:160] if str(error) else name
