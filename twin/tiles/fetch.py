"""Gets the files of a tileset: from a folder or over http(s), bounded, nothing outside, retried with backoff."""

from __future__ import annotations

import gzip
import os
import random
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from twin.errors import ReadError
from twin.services.pace import asked_wait_s
from twin.store.streamed_members import member_bytes

MEGABYTE = 1 << 20
MOST_BYTES = 256 * MEGABYTE
"""Of one file, unpacked."""
TIMEOUT_S = 20.0
TRIES = 4
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0
WORTH_RETRYING = frozenset({408, 425, 429, 500, 502, 503, 504})

Stopped = Callable[[], bool]


@dataclass(frozen=True)
class Place:
    """Where a tileset is: its ``tileset.json`` as a path or an address."""

    base: str
    in_scene = False

    @property
    def remote(self) -> bool:
        """Whether it is on a server."""
        return urlsplit(self.base).scheme in {"http", "https"}

    def resolved(self, uri: str, beside: str = "") -> str:
        """Return the full name of a file that a tileset or a content names.

        Parameters
        ----------
        beside : str
            Full name of the file that names it; empty: of the tileset itself.

        Raises
        ------
        ReadError
            It leads out of the folder, or to another server.
        """
        start = beside or self.base
        if self.remote:
            full = urljoin(start, uri)
            own, other = urlsplit(self.base), urlsplit(full)
            if (own.scheme, own.netloc) != (other.scheme, other.netloc):
                raise ReadError("tiles.outside", uri[:120])
            # A key in the address of the tileset (?key=...) belongs to all of its files.
            return full if other.query or not own.query else f"{full}?{own.query}"
        plain = unquote(uri.replace("\\", "/").partition("#")[0].partition("?")[0])
        if "://" in plain or plain.startswith("/") or "\0" in plain:
            raise ReadError("tiles.outside", uri[:120])
        try:
            full = _real_file(_folder_of(beside) if beside else self._home, plain)
        except (OSError, ValueError, RuntimeError) as error:
            raise ReadError("tiles.outside", uri[:120]) from error
        if not full.startswith(self._home.rstrip(os.sep) + os.sep):
            raise ReadError("tiles.outside", uri[:120])
        return full

    @cached_property
    def _home(self) -> str:
        return str(Path(self.base).parent.resolve())

    def read(self, full: str, stopped: Stopped = lambda: False) -> bytes:
        """Return a file, unpacked where it is gzipped.

        Raises
        ------
        ReadError
            It is not there, too large, or the server fails again and again.
        """
        return unpacked(self._remote(full, stopped) if self.remote else _local(full), named(full))

    def _remote(self, full: str, stopped: Stopped) -> bytes:
        wait_s = FIRST_WAIT_S
        for attempt in range(TRIES):
            try:
                return _get(full)
            except urllib.error.HTTPError as error:
                reason, again = f"HTTP {error.code}", error.code in WORTH_RETRYING
                wait_s = max(
                    wait_s, asked_wait_s(error.headers.get("Retry-After") or "", time.time())
                )
            except (urllib.error.URLError, OSError, ValueError) as error:
                reason, again = str(getattr(error, "reason", error))[:120], True
            if not again or attempt == TRIES - 1 or stopped():
                break
            _sleep(min(wait_s, LONGEST_WAIT_S) * random.uniform(0.8, 1.2), stopped)  # noqa: S311
            wait_s *= 2
        raise ReadError("tiles.not_loaded", named(full), reason=reason)

    def close(self) -> None:
        """Nothing stays open."""


def named(full: str) -> str:
    """Return the last part of a name, without what may be a key."""
    parts = urlsplit(full)
    return Path(parts.path).name[:120] or (parts.hostname or "")[:120]


def unpacked(data: bytes, where: str) -> bytes:
    """Return bytes without gzip around them. Raises ReadError for a bomb or a broken one."""
    if data[:2] != b"\x1f\x8b":
        return data
    worker = zlib.decompressobj(wbits=31)
    try:
        found = worker.decompress(data, MOST_BYTES)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise ReadError("tiles.not_loaded", where, reason=str(error)[:120]) from error
    if worker.unconsumed_tail:
        raise ReadError("tiles.too_large", where, limit_mb=MOST_BYTES // MEGABYTE)
    return found


def _real_file(folder: str, inner: str) -> str:
    """Return where a file really is; a tileset names thousands in one folder, which is looked into once."""
    within, _, name = inner.rpartition("/")
    full = Path(f"{_real_folder(folder, within)}{os.sep}{name}")
    plain = name not in {"", ".", ".."} and not full.is_symlink()
    return str(full if plain else full.resolve())


@lru_cache(maxsize=1024)
def _real_folder(folder: str, within: str) -> str:
    return str(Path(folder, within).resolve())


@lru_cache(maxsize=1024)
def _folder_of(file: str) -> str:
    return str(Path(file).parent)


def _local(full: str) -> bytes:
    path = Path(full)
    try:
        if not path.exists() and (packed := member_bytes(path, MOST_BYTES)) is not None:
            return packed
        if path.stat().st_size > MOST_BYTES:
            raise ReadError("tiles.too_large", path.name, limit_mb=MOST_BYTES // MEGABYTE)
        return path.read_bytes()
    except OSError as error:
        raise ReadError(
            "tiles.not_loaded", path.name, reason=error.strerror or str(error)
        ) from error


class _OnlyWeb(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any, **named_too: Any) -> Any:
        made = super().redirect_request(*given, **named_too)
        if made is not None:
            own, other = urlsplit(given[0].full_url), urlsplit(made.full_url)
            if other.netloc != own.netloc or other.scheme not in {own.scheme, "https"}:
                raise urllib.error.URLError("redirected elsewhere")
        return made


_OPENER = urllib.request.build_opener(_OnlyWeb)


def _get(url: str) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - http and https only, see Place
        url, headers={"Accept-Encoding": "gzip", "User-Agent": "Belvedere"}
    )
    with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
        data = bytearray()
        while True:
            chunk = answer.read(MEGABYTE)
            if not chunk:
                return bytes(data)
            data += chunk
            if len(data) > MOST_BYTES:
                raise ReadError("tiles.too_large", named(url), limit_mb=MOST_BYTES // MEGABYTE)


def _sleep(seconds: float, stopped: Stopped) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stopped():
        time.sleep(0.02)
