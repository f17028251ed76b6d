"""What happened, one line of JSON each, beside the observations; the last ones in memory."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from threading import Lock

from twin.live.alerts import Event, Happened
from twin.live.feed import Notice

FILE = "events.jsonl"
REMEMBERED = 2000
LONGEST = 1_000_000


class EventLog:
    """Events of a history; what other processes add is read when the log is opened.

    Parameters
    ----------
    folder : Path or None
        Of the history; None keeps events in memory only.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / FILE if folder is not None else None
        self._lock = Lock()
        self._events: deque[Event] = deque(self._read(), maxlen=REMEMBERED)
        self._told = {(e.subject, e.text) for e in self._events if e.kind is Happened.NOTICE}
        self.version = 0

    def add(self, *events: Event) -> None:
        """Keep events; a log that cannot be written is kept in memory."""
        if not events:
            return
        lines = "".join(json.dumps(_plain(e), ensure_ascii=False) + "\n" for e in events)
        with self._lock:
            self._events.extend(events)
            self.version += 1
            if self._path is not None:
                try:
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                    with self._path.open("a", encoding="utf-8") as file:
                        file.write(lines)
                except OSError:
                    self._path = None

    def take_notices(self, told: Iterable[tuple[str, Notice]], at_us: int) -> list[Notice]:
        """Log the notices of feeds that are new, and return those that hold now."""
        holding = [(feed, notice) for feed, notice in told if notice.holds(at_us)]
        news = [pair for pair in holding if (pair[0], pair[1].title) not in self._told]
        self._told |= {(feed, notice.title) for feed, notice in news}
        self.add(
            *(
                Event(at_us=at_us, kind=Happened.NOTICE, subject=feed, text=notice.title)
                for feed, notice in news
            )
        )
        return [notice for _feed, notice in holding]

    def recent(self, most: int = 200) -> list[Event]:
        """Return the last events, the latest first."""
        with self._lock:
            return list(self._events)[: -most - 1 : -1]

    def _read(self) -> list[Event]:
        if self._path is None or not self._path.is_file():
            return []
        with self._path.open("rb") as file:
            file.seek(max(0, self._path.stat().st_size - LONGEST))
            lines = file.read().decode("utf-8", "replace").splitlines()
        return [event for line in lines if (event := _event(line)) is not None]


def _plain(event: Event) -> dict[str, object]:
    row = {k: v for k, v in asdict(event).items() if v != "" and v == v}  # noqa: PLR0124 - NaN
    return {**row, "kind": event.kind.value}


def _event(line: str) -> Event | None:
    try:
        row = json.loads(line)
        return Event(
            at_us=int(row["at_us"]),
            kind=Happened(row["kind"]),
            subject=str(row["subject"]),
            **{n: str(row.get(n, "")) for n in ("stream", "thing", "text", "unit")},
            value=float(row.get("value", math.nan)),
            limit=float(row.get("limit", math.nan)),
        )
    except (ValueError, KeyError, TypeError):
        return None
