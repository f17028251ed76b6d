"""Answers of servers on disk: whole or not there, each with when it came and what it is called there."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

KEPT_HEADERS = frozenset(
    {"content-type", "etag", "last-modified", "link", "content-crs", "content-range"}
)
"""Nothing else of a server's headers is written: cookies and tokens stay out of files."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An answer on disk; ``at`` is in seconds since 1970."""

    path: Path
    status: int
    headers: Mapping[str, str]
    at: float

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for the answer only if it has changed."""
        asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        return {asked[name]: self.headers[name] for name in asked if name in self.headers}


class Cache:
    """A folder of answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> Kept | None:
        """Return the answer of a key, None if there is none that is whole."""
        body, about = self._folder / key, self._folder / f"{key}.json"
        try:
            said = json.loads(about.read_text(encoding="utf-8"))
            if body.stat().st_size != said["bytes"]:
                return None
            headers = {str(k): str(v) for k, v in said["headers"].items()}
            return Kept(path=body, status=int(said["status"]), headers=headers, at=said["at"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def save(
        self,
        key: str,
        pieces: Iterable[bytes],
        *,
        headers: Mapping[str, str],
        status: int,
        at: float,
    ) -> Kept:
        """Write an answer as it comes; what breaks off leaves nothing behind."""
        self._folder.mkdir(parents=True, exist_ok=True)
        body = self._folder / key
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".part-")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    file.write(piece)
            part.replace(body)
        finally:
            part.unlink(missing_ok=True)
        named = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
        kept = Kept(path=body, status=status, headers=named, at=at)
        self._describe(key, kept)
        return kept

    def renew(self, key: str, at: float) -> Kept:
        """Note that an answer still holds."""
        found = self.find(key)
        if found is None:
            raise KeyError(key)
        renewed = replace(found, at=at)
        self._describe(key, renewed)
        return renewed

    def forget(self, key: str) -> None:
        """Drop an answer, for instance one that turned out to be an error."""
        (self._folder / f"{key}.json").unlink(missing_ok=True)
        (self._folder / key).unlink(missing_ok=True)

    def _describe(self, key: str, kept: Kept) -> None:
        about: dict[str, Any] = {
            "bytes": kept.path.stat().st_size,
            "status": kept.status,
            "headers": dict(kept.headers),
            "at": kept.at,
        }
        made = self._folder / f".{key}.json"
        made.write_text(json.dumps(about), encoding="utf-8")
        made.replace(self._folder / f"{key}.json")


def key_of(method: str, url: str, params: Mapping[str, str], body: bytes) -> str:
    """Return the name under which an answer is kept; it tells nothing of the address."""
    asked = json.dumps([method, url, sorted(params.items())])
    return hashlib.sha256(asked.encode() + b"\0" + body).hexdigest()
