"""What is known of the datastreams of a folder: lines of JSON, one file a writer, the last line counts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Any

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
        self._read: dict[Path, tuple[tuple[int, int], dict[str, Datastream]]] = {}
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
                self._file = self._mine.open("a", encoding="utf-8")
            for stream in news:
                self._added[stream.id] = stream
                self._file.write(json.dumps(stream.as_dict(), ensure_ascii=False) + "\n")
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
        try:
            stat = path.stat()
            stamp = (stat.st_size, stat.st_mtime_ns)
            if path not in self._read or self._read[path][0] != stamp:
                self._read[path] = (stamp, _parsed(path))
        except OSError:  # removed meanwhile
            return {}
        return self._read[path][1]


def _parsed(path: Path) -> dict[str, Datastream]:
    found: dict[str, Datastream] = {}
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            if len(line) > LONGEST_LINE:
                continue
            try:
                data = json.loads(line)
            except ValueError:  # the torn last line of a writer that was killed
                continue
            if isinstance(data, dict) and isinstance(data.get("id"), str):
                stream = Datastream.from_dict(data)
                found[stream.id] = stream
    return found
