"""Which journals and segments of a folder count at this moment, and their rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from twin.store.history.journal import SUFFIX as JOURNAL_SUFFIX
from twin.store.history.journal import read_journal
from twin.store.history.segment import SUFFIX, Footers, Segment, read_segment, stored_schema

if TYPE_CHECKING:
    import pyarrow as pa

TRIES = 20


class Listing:
    """The parts of a history in a folder, followed while writers and keepers change them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.footers = Footers()
        self._lock = Lock()
        self._folders: dict[Path, tuple[int, tuple[Segment, ...]]] = {}
        self._journals: dict[Path, tuple[tuple[int, int], Any]] = {}

    def journals(self) -> list[Path]:
        """Return the journals, oldest first."""
        return sorted((self.path / "journal").glob(f"*{JOURNAL_SUFFIX}"))

    def partitions(self) -> list[Path]:
        """Return the folders of segments."""
        folder = self.path / "segments"
        return sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []

    def segments(self, journals: Sequence[Path]) -> list[Segment]:
        """Return the segments that count beside these journals."""
        unfinished = {path.name.removesuffix(JOURNAL_SUFFIX) for path in journals}
        found = [s for folder in self.partitions() for s in self.of(folder)]
        self.footers.keep_only(s.path for s in found)
        return [s for s in found if s.source not in unfinished]

    def of(self, folder: Path) -> tuple[Segment, ...]:
        """Return the segments of one partition, without those that another stands for."""
        for _ in range(TRIES):
            try:
                before = folder.stat().st_mtime_ns
                with self._lock:
                    known = self._folders.get(folder)
                if known is not None and known[0] == before:
                    return known[1]
                found = [Segment.named(p) for p in folder.glob(f"*{SUFFIX}")]
                listed = [s for s in found if s is not None]
                gone: set[str] = set()
                for segment in listed:
                    if segment.level:
                        gone |= self.footers.replaced_by(segment.path)
                counted = tuple(s for s in listed if s.path.name not in gone)
                if folder.stat().st_mtime_ns == before:
                    with self._lock:
                        self._folders[folder] = (before, counted)
                    return counted
            except FileNotFoundError:
                continue
        return ()

    def rows(self, keys: Any, start_us: int, end_us: int, columns: Sequence[str]) -> pa.Table:
        """Return the rows of some keys (sorted int64, None for all) and times."""
        import pyarrow as pa
        import pyarrow.compute as pc

        schema = pa.schema([f for f in stored_schema() if f.name in columns])
        for attempt in range(TRIES):
            journals = self.journals()  # before the segments, so that nothing slips between
            segments = self.segments(journals)
            try:
                tables = [
                    read_segment(
                        s.path,
                        self.footers,
                        keys=keys,
                        start_us=start_us,
                        end_us=end_us,
                        columns=list(schema.names),
                    )
                    for s in segments
                    if s.first_us < end_us and s.last_us >= start_us
                ]
                for path in journals:
                    table = self.journal(path)
                    mask = pc.and_(
                        pc.greater_equal(table["time"], start_us), pc.less(table["time"], end_us)
                    )
                    if keys is not None:
                        chosen = pa.array(keys, pa.int64())
                        mask = pc.and_(mask, pc.is_in(table["key"], value_set=chosen))
                    tables.append(table.select(schema.names).filter(mask))
            except FileNotFoundError:
                if attempt == TRIES - 1:
                    raise
                continue
            return pa.concat_tables([schema.empty_table(), *(_plain(t, schema) for t in tables)])
        raise AssertionError

    def journal(self, path: Path) -> Any:
        """Return the rows of a journal; read again when it grew."""
        stat = path.stat()
        stamp = (stat.st_size, stat.st_mtime_ns)
        with self._lock:
            known = self._journals.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, read_journal(path))
            with self._lock:
                alive = {path, *self.journals()}
                self._journals = {p: v for p, v in self._journals.items() if p in alive}
                self._journals[path] = known
        return known[1]

    def extent(self) -> tuple[int, int] | None:
        """Return the first and last time, us."""
        import pyarrow.compute as pc

        journals = self.journals()
        ends = [(s.first_us, s.last_us) for s in self.segments(journals)]
        for path in journals:
            times = pc.min_max(self.journal(path)["time"]).as_py()
            if times["min"] is not None:
                ends.append((times["min"], times["max"]))
        return (min(a for a, _ in ends), max(b for _, b in ends)) if ends else None

    def count(self) -> int:
        """Return the number of rows."""
        journals = self.journals()
        rows: int = sum(int(self.footers.of(s.path).num_rows) for s in self.segments(journals))
        return rows + sum(int(self.journal(path).num_rows) for path in journals)

    def everything(self) -> Iterator[pa.Table]:
        """Give all rows, at most one segment or journal at a time."""
        import pyarrow.parquet as pq

        journals = self.journals()
        for segment in self.segments(journals):
            with pq.ParquetFile(segment.path) as file:
                for batch in file.iter_batches(batch_size=262_144):
                    yield _plain(_table([batch]), stored_schema())
        for path in journals:
            yield self.journal(path)


def _table(batches: list[Any]) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_batches(batches)


def _plain(table: pa.Table, schema: pa.Schema) -> pa.Table:
    return table.replace_schema_metadata(None).cast(schema)
