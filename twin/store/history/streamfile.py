"""What is known of the datastreams of a folder: lines of JSON, one file a writer, the last line counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from twin.store.history.homes import refuse_homes
from twin.store.history.model import Datastream

LONGEST_LINE = 65_536


class StreamFiles:
    """The descriptions of all writers, and ours being added to.

    Parameters
    ----------
    folder : Path
        Holds one file a writer.
    writer : str
        Our name.
    """

    def __init__(self, folder: Path, writer: str) -> None:
        self._folder = folder
        self._mine = folder / f"{writer}.jsonl"
        self._file: Any = None
        self._lock = Lock()
        self._read: dict[Path, _File] = {}
        self._added: dict[str, Datastream] = {}

    def add(self, streams: Iterable[Datastream]) -> None:
        """Keep descriptions that say something new.

        Raises
        ------
        HistoryError
            One tells of a single home.
        """
        with self._lock:
            # By their words: NaN differs from NaN.
            news = [
                s
                for s in streams
                if s.id not in self._added or s.as_dict() != self._added[s.id].as_dict()
            ]
            if not refuse_homes(news):
                return
            if self._file is None:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._file = self._mine.open("ab")
            self._added.update((stream.id, stream) for stream in news)
            self._file.writelines(orjson.dumps(s.as_dict()) + b"\n" for s in news)
            self._file.flush()

    def know(self, ids: Iterable[str]) -> None:
        """See to it that every datastream that has observations is listed."""
        unknown = [name for name in ids if name not in self._added]
        if unknown:
            known = self.all()
            self.add(known.get(name) or Datastream(id=name) for name in unknown)

    def all(self) -> dict[str, Datastream]:
        """Return every datastream by id."""
        with self._lock:
            files = sorted(self._folder.glob("*.jsonl")) if self._folder.is_dir() else []
            merged: dict[str, Datastream] = {}
            for path in files:  # names begin with the time at which a writer began
                merged.update(self._of(path))
            return merged

    def close(self) -> None:
        """Let go of our file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _of(self, path: Path) -> dict[str, Datastream]:
        known = self._read.setdefault(path, _File())
        try:
            known.follow(path)
        except OSError:  # removed meanwhile
            del self._read[path]
            return {}
        return known.streams


@dataclass(slots=True)
class _File:
    """What was read of a file that only ever grows: of ten thousand lines only the new ones are read again."""

    streams: dict[str, Datastream] = field(default_factory=dict)
    stamp: tuple[int, int] = (0, 0)
    end: int = 0

    def follow(self, path: Path) -> None:
        """Read what was added. Raises OSError where the file is gone."""
        stat = path.stat()
        stamp = (stat.st_size, stat.st_mtime_ns)
        if stamp == self.stamp:
            return
        if stat.st_size < self.end:  # another file of that name
            self.streams, self.end = {}, 0
        with path.open("rb") as file:
            file.seek(self.end)
            for line in file:
                self._take(line)
                if line.endswith(
                    b"\n"
                ):  # else the torn last line of a writer that was killed, or still writes it
                    self.end += len(line)
        self.stamp = stamp

    def _take(self, line: bytes) -> None:
        if len(line) > LONGEST_LINE:
            return
        try:
            data = orjson.loads(line)
        except orjson.JSONDecodeError:
            return
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            stream = Datastream.from_dict(data)
            self.streams[stream.id] = stream
