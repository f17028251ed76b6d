"""A history in a folder: journals of the last minutes and sorted segments, readable by many at once.

Every writer has its own journal, so that a window and a headless recorder may write to one project
at the same time without knowing of each other. A journal that is there counts, and the segments
made of it do not: removing the journal is what makes its segments valid.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from twin.store.history import asking
from twin.store.history.homes import is_named_for_one_home
from twin.store.history.journal import SUFFIX as JOURNAL_SUFFIX
from twin.store.history.journal import JournalWriter
from twin.store.history.listing import Listing
from twin.store.history.lock import FileLock
from twin.store.history.maintenance import Maintenance
from twin.store.history.model import Datastream, HistoryError, key_of
from twin.store.history.segment import stored_schema
from twin.store.history.streamfile import StreamFiles

if TYPE_CHECKING:
    import pyarrow as pa

HISTORY_FILE = "history.json"
FORMAT = 1
SEAL_ROWS = 500_000
SEAL_AGE_S = 300.0
SYNC_S = 1.0


def is_history(path: Path) -> bool:
    """Whether a folder holds a history."""
    return (path / HISTORY_FILE).is_file()


def us_of(at: datetime) -> int:
    """Return microseconds since 1970 UTC. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    delta = at - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def datetime_of(us: int) -> datetime:
    """Return the UTC time of microseconds since 1970."""
    return datetime.fromtimestamp(us // 1_000_000, UTC).replace(microsecond=us % 1_000_000)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FolderHistory:
    """A history in a folder; see :class:`~twin.store.history.model.History`.

    Parameters
    ----------
    path : Path
        The folder.
    write : bool
        Whether observations will be added. What a killed writer left is then put in order.

    Raises
    ------
    HistoryError
        The folder is no history, is of a newer Belvedere, or cannot be written.
    """

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self.path = path
        self._write = write
        self._guard = RLock()
        self._writer = f"{int(time.time()):x}-{os.getpid():x}-{secrets.token_hex(3)}"
        self._alive = FileLock(path / "journal" / f"{self._writer}.lock")
        self._journal: JournalWriter | None = None
        self._opened = self._synced = 0.0
        self._number = 0
        self._pending: list[Any] = []
        self._keys: dict[str, int] = {}
        self._sealing = ThreadPoolExecutor(max_workers=1, thread_name_prefix="seal")
        self._closed = False
        try:
            self._open(path, write=write)
        except OSError as error:
            self._sealing.shutdown()
            raise HistoryError(
                "history.cannot_open", path.name, reason=error.strerror or str(error)
            ) from error
        self._streams = StreamFiles(path / "streams", self._writer)
        self._listing = Listing(path)
        self._maintenance = Maintenance(path, self._listing)
        if write:
            self._maintenance.recover()

    def _open(self, path: Path, *, write: bool) -> None:
        file = path / HISTORY_FILE
        if not file.is_file():
            if not write:
                self._sealing.shutdown()
                raise HistoryError("history.none", str(path))
            (path / "journal").mkdir(parents=True, exist_ok=True)
            part = path / f"{HISTORY_FILE}.{self._writer}"
            part.write_text(json.dumps({"format": FORMAT}) + "\n", encoding="utf-8")
            part.replace(file)
        try:
            found = json.loads(file.read_text(encoding="utf-8"))["format"]
        except (ValueError, KeyError, TypeError) as error:
            self._sealing.shutdown()
            raise HistoryError("history.damaged", str(file)) from error
        if found != FORMAT:
            self._sealing.shutdown()
            raise HistoryError("history.newer", str(file), format=found)
        if write:
            (path / "journal").mkdir(exist_ok=True)
            self._alive.take()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def address(self) -> str:
        """See base."""
        return str(self.path)

    # Writing.

    def describe(self, streams: Iterable[Datastream]) -> None:
        """See base."""
        self._streams.add(streams)

    def streams(self) -> dict[str, Datastream]:
        """See base."""
        return {n: s for n, s in self._streams.all().items() if not is_named_for_one_home(n)}

    def append(self, batch: pa.RecordBatch) -> None:
        """See base."""
        if not batch.num_rows:
            return
        with self._guard:
            self._pending.append(self._stored(batch))

    def commit(self) -> None:
        """See base."""
        import pyarrow as pa

        with self._guard:
            pending, self._pending = self._pending, []
            now = time.monotonic()
            if pending:
                try:
                    self._write_out(pa.Table.from_batches(pending).combine_chunks(), now)
                except OSError:
                    # Whole batches of the journal still count; a torn end must be its end.
                    self._journal, self._pending = None, [*pending, *self._pending]
                    raise
            journal = self._journal
            if journal and (journal.rows >= SEAL_ROWS or now - self._opened >= SEAL_AGE_S):
                self._roll()

    def _write_out(self, table: pa.Table, now: float) -> None:
        journal = self._open_journal()
        for batch in table.to_batches():
            journal.write(batch)
        if now - self._synced >= SYNC_S:
            journal.sync()
            self._synced = now

    def seal(self) -> None:
        """Turn what was committed into segments and wait for it."""
        self.commit()
        with self._guard:
            self._roll()
        self._sealing.submit(lambda: None).result()

    def _stored(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        import pyarrow as pa
        import pyarrow.compute as pc

        names = pc.dictionary_encode(batch.column("datastream"))
        listed = names.dictionary.to_pylist()
        self._streams.know(listed)
        keys = np.array([self._key(name) for name in listed], dtype=np.int64)
        count = batch.num_rows
        known = set(batch.schema.names)

        def column(name: str, kind: Any) -> Any:
            return batch.column(name).cast(kind) if name in known else pa.nulls(count, kind)

        return pa.RecordBatch.from_arrays(
            [
                pa.array(keys[names.indices.to_numpy()]),
                batch.column("time").cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()),
                batch.column("result").cast(pa.float64()),
                batch.column("quality").cast(pa.uint16()),
                column("text", pa.string()),
                column("low", pa.float64()),
                column("high", pa.float64()),
                column("count", pa.int32()),
            ],
            schema=stored_schema(),
        )

    def _key(self, name: str) -> int:
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = key_of(name)
        return key

    def _open_journal(self) -> JournalWriter:
        if not self._write or self._closed:
            raise HistoryError("history.read_only", str(self.path))
        if self._journal is None:
            self._number += 1
            name = f"{self._writer}-{self._number}{JOURNAL_SUFFIX}"
            self._journal = JournalWriter(self.path / "journal" / name)
            self._opened = time.monotonic()
        return self._journal

    def _roll(self) -> None:
        journal, self._journal = self._journal, None
        if journal is not None:
            journal.close()
            self._sealing.submit(self._maintenance.seal_quietly, journal.path)

    # Asking.

    def observations(
        self,
        ids: Sequence[str] | None,
        start: datetime,
        end: datetime,
        *,
        step_s: float | None = None,
    ) -> pa.Table:
        """See base."""
        keys = None if ids is None else np.unique([self._key(name) for name in ids])
        lowest, beyond = us_of(start), us_of(end)
        if step_s is None:
            table = self._listing.rows(keys, lowest, beyond, asking.RAW)
            return asking.named(asking.ordered(table), self._names())
        table = self._listing.rows(keys, lowest, beyond, asking.FOR_STEPS)
        stepped = asking.stepped(asking.true_rows(table), round(step_s * 1e6))
        return asking.named(stepped, self._names())

    def latest(self, at: datetime, *, within_s: float = 86_400.0) -> pa.Table:
        """See base."""
        names = self._names()
        found = asking.latest(self._listing, names, us_of(at), round(within_s * 1e6))
        return asking.named(found, names)

    def extent(self) -> tuple[datetime, datetime] | None:
        """See base."""
        ends = self._listing.extent()
        return None if ends is None else (datetime_of(ends[0]), datetime_of(ends[1]))

    def count(self) -> int:
        """See base."""
        return self._listing.count()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """See base."""
        names = self._names()
        for table in self._listing.everything():
            yield from asking.named(table, names, whole=True).combine_chunks().to_batches()

    def _names(self) -> dict[int, str | None]:
        """Return the names of keys; None for those of one home, which an earlier writer may have kept."""
        return {
            self._key(name): None if is_named_for_one_home(name) else name
            for name in self._streams.all()
        }

    # Keeping.

    def forget(self, before: datetime) -> int:
        """See base."""
        if self._write:
            self.seal()
        return self._maintenance.forget(us_of(before))

    def thin(self, before: datetime, step_s: float) -> int:
        """See base."""
        if self._write:
            self.seal()
        return self._maintenance.thin(us_of(before), round(step_s * 1e6))

    def compact(self) -> None:
        """Merge small segments of a day; done by itself while recording."""
        self._maintenance.compact()

    def close(self) -> None:
        """See base."""
        if self._closed:
            return
        if self._write:
            self.commit()
            with self._guard:
                self._roll()
        self._closed = True
        self._sealing.shutdown()
        self._streams.close()
        self._alive.release()
        if self._write:
            (self.path / "journal" / f"{self._writer}.lock").unlink(missing_ok=True)
