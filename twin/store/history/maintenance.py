"""Keeping a folder in order: sealing journals, merging small segments, thinning, forgetting."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.store.history import asking
from twin.store.history.journal import SUFFIX as JOURNAL_SUFFIX
from twin.store.history.journal import read_journal
from twin.store.history.listing import Listing
from twin.store.history.lock import FileLock
from twin.store.history.model import UNTRUE, Flag
from twin.store.history.segment import (
    Segment,
    remove,
    sorted_rows,
    stored_schema,
    write_segment,
)

if TYPE_CHECKING:
    import pyarrow as pa

MERGE_AT = 12
"""So many segments of one level become one of the next."""


DAY_US = 86_400_000_000
MOST_PARTITIONS = 62

log = logging.getLogger(__name__)


class Maintenance:
    """What is done to the parts of a history besides adding to it; one process at a time."""

    def __init__(self, path: Path, listing: Listing) -> None:
        self._path = path
        self._listing = listing

    def recover(self) -> None:
        """Seal the journals of writers that are no more."""
        for journal in self._listing.journals():
            writer = journal.name.removesuffix(JOURNAL_SUFFIX).rpartition("-")[0]
            path = journal.with_name(f"{writer}.lock")
            lock = FileLock(path)
            if lock.take():
                try:
                    self.seal(journal)
                finally:
                    path.unlink(missing_ok=True)
                    lock.release()

    def seal_quietly(self, journal: Path) -> None:
        """Seal on a thread: what fails is tried again when the history is opened next."""
        try:
            self.seal(journal)
            self.compact()
        except OSError as error:
            log.warning("a journal could not be sealed: %s", error.strerror)

    def seal(self, journal: Path) -> None:
        """Turn a journal into segments, one a day. Removing the journal makes them count."""
        name = journal.name.removesuffix(JOURNAL_SUFFIX)
        # Left by somebody who was killed while doing the same.
        remove((self._path / "segments").glob(f"*/*_{name}.parquet"))
        table = sorted_rows(read_journal(journal))
        for label, rows in _by_day(table):
            write_segment(self._path / "segments" / label, rows, level=0, source=name)
        journal.unlink(missing_ok=True)

    def compact(self) -> None:
        """Merge the segments of a partition where there are many of one level."""
        self._alone(self._compact)

    def forget(self, before_us: int) -> int:
        """Remove what is older than a moment; return how many rows."""
        return self._alone(lambda: self._rewritten(before_us, lambda _table: None)) or 0

    def thin(self, before_us: int, step_us: int) -> int:
        """Average what is older than a moment; return how many rows fewer there are."""
        return self._alone(lambda: self._rewritten(before_us, lambda t: _thinned(t, step_us))) or 0

    def _alone(self, work: Callable[[], int | None]) -> int | None:
        lock = FileLock(self._path / "keeper.lock")
        if not lock.take():
            return None  # another process is at it
        try:
            return work()
        finally:
            lock.release()

    def _compact(self) -> None:
        journals = {j.name.removesuffix(JOURNAL_SUFFIX) for j in self._listing.journals()}
        for folder in self._listing.partitions():
            remove(p for p in folder.glob("*.part") if _old(p))
            segments = [s for s in self._listing.of(folder) if s.source not in journals]
            self._remove_replaced(folder, segments)
            for level in range(4):
                of_level = [s for s in segments if s.level == level]
                if len(of_level) >= MERGE_AT:
                    segments.append(self._merge(folder, of_level, level + 1))

    def _remove_replaced(self, folder: Path, counted: list[Segment]) -> None:
        kept = {s.path.name for s in counted}
        for segment in counted:
            if segment.level:
                gone = self._listing.footers.replaced_by(segment.path) - kept
                remove(folder / Path(name).name for name in gone)

    def _merge(self, folder: Path, segments: list[Segment], level: int) -> Segment:
        table = sorted_rows(self._all_of(segments))
        made = write_segment(
            folder,
            table,
            level=level,
            source=f"m{segments[0].source[:40]}",
            replaces=[s.path.name for s in segments],
        )
        remove(s.path for s in segments)
        return made

    def _all_of(self, segments: list[Segment]) -> Any:
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = stored_schema()
        tables = []
        for segment in segments:
            with pq.ParquetFile(segment.path) as file:
                tables.append(file.read().replace_schema_metadata(None).cast(schema))
        return pa.concat_tables(tables)

    def _rewritten(self, before_us: int, change: Callable[[Any], Any]) -> int:
        """Pass what is older than a moment through a change; return how many rows fewer there are."""
        import pyarrow as pa
        import pyarrow.compute as pc

        fewer = 0
        for segment in self._listing.segments(self._listing.journals()):
            if segment.first_us >= before_us:
                continue
            table = self._all_of([segment])
            old = pc.less(table["time"], before_us)
            kept = table.filter(pc.invert(old))
            changed = change(table.filter(old))
            if changed is not None:
                kept = pa.concat_tables([kept, changed])
            if kept.num_rows == table.num_rows:
                continue
            fewer += table.num_rows - kept.num_rows
            if kept.num_rows:
                write_segment(
                    segment.path.parent,
                    sorted_rows(kept),
                    level=max(1, segment.level),
                    source=f"t{before_us}-{segment.source[-40:]}",
                    replaces=[segment.path.name],
                )
            remove([segment.path])
        return fewer


def _thinned(table: pa.Table, step_us: int) -> pa.Table:
    """Return means of the true rows; the rows that are not true stay as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    true = asking.true_rows(table)
    steps = asking.stepped(true, step_us)
    count = steps.num_rows
    averaged = pa.table(
        {
            "key": steps["key"],
            "time": steps["time"],
            "result": steps["result"],
            "quality": pa.array(np.full(count, int(Flag.AVERAGED)), pa.uint16()),
            "text": pa.nulls(count, pa.string()),
            "low": steps["low"],
            "high": steps["high"],
            "count": steps["count"],
        },
        schema=stored_schema(),
    )
    flags = pc.bit_wise_and(table["quality"], pa.scalar(int(UNTRUE), pa.uint16()))
    untrue = table.filter(pc.or_(pc.not_equal(flags, 0), pc.invert(pc.is_finite(table["result"]))))
    return pa.concat_tables([averaged, untrue.cast(stored_schema())])


def _by_day(table: pa.Table) -> list[tuple[str, Any]]:
    """Return the rows of every day; of every year where the days are many: an old archive."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return []
    day = table["time"].to_numpy() // DAY_US
    days = np.unique(day)
    if len(days) <= MOST_PARTITIONS:
        labels = days.astype("datetime64[D]").astype(str)
        group = day
    else:
        year = day.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
        days = np.unique(year)
        labels, group = (days + 1970).astype(str), year
    import pyarrow as pa

    groups = pa.array(group)
    return [
        (str(label), table.filter(pc.equal(groups, int(value))))
        for label, value in zip(labels, days, strict=True)
    ]


def _old(path: Path) -> bool:
    import time

    try:
        return time.time() - path.stat().st_mtime > 3600.0
    except OSError:
        return False
