"""Segments: Parquet files of observations sorted by datastream and time, and how they are asked.

A name says which times a segment covers, so that a question opens only those that can answer:
``<first us>_<last us>_L<level>_<source>.parquet``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 65_536
SUFFIX = ".parquet"
REPLACES = b"belvedere.replaces"


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment by its name."""

    path: Path
    first_us: int
    last_us: int
    level: int
    source: str

    @classmethod
    def named(cls, path: Path) -> Segment | None:
        """Return the segment of a path, None if the name is not that of one."""
        parts = path.name.removesuffix(SUFFIX).split("_", 3)
        if len(parts) != 4 or not parts[2].startswith("L"):
            return None
        try:
            return cls(path, int(parts[0]), int(parts[1]), int(parts[2][1:]), parts[3])
        except ValueError:
            return None


def stored_schema() -> pa.Schema:
    """Return the columns of a segment. ``low``, ``high`` and ``count`` speak of averages."""
    import pyarrow as pa

    return pa.schema(
        [
            ("key", pa.int64()),
            ("time", pa.int64()),
            ("result", pa.float64()),
            ("quality", pa.uint16()),
            ("text", pa.string()),
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("count", pa.int32()),
        ]
    )


def write_segment(
    folder: Path, table: pa.Table, *, level: int, source: str, replaces: Iterable[str] = ()
) -> Segment:
    """Write a sorted table as a segment: it is there whole, or not at all.

    Parameters
    ----------
    table : Table
        Columns of :func:`stored_schema`, sorted by key and time, at least one row.
    source : str
        What it was made of.
    replaces : iterable of str
        Names of segments in the folder that it stands for.
    """
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    ends = pc.min_max(table["time"])
    first, last = ends["min"].as_py(), ends["max"].as_py()
    name = f"{first}_{last}_L{level}_{source}{SUFFIX}"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    table = table.replace_schema_metadata({REPLACES: "\n".join(replaces).encode()})
    pq.write_table(
        table,
        part,
        row_group_size=ROW_GROUP,
        compression="zstd",
        use_dictionary=["quality", "text", "count"],
        column_encoding={
            "key": "DELTA_BINARY_PACKED",
            "time": "DELTA_BINARY_PACKED",
            "result": "BYTE_STREAM_SPLIT",
            "low": "BYTE_STREAM_SPLIT",
            "high": "BYTE_STREAM_SPLIT",
        },
    )
    path = folder / name
    part.replace(path)
    return Segment(path, first, last, level, source)


class Footers:
    """What the ends of segments say, read once each."""

    def __init__(self) -> None:
        self._known: dict[Path, Any] = {}
        self._ranges: dict[Path, Any] = {}
        self._constant: dict[Path, set[str]] = {}
        self._lock = Lock()

    def of(self, path: Path) -> Any:
        """Return the Parquet metadata of a segment."""
        import pyarrow.parquet as pq

        with self._lock:
            if path not in self._known:
                self._known[path] = pq.read_metadata(path)
            return self._known[path]

    def replaced_by(self, path: Path) -> set[str]:
        """Return the names of the segments that a segment stands for."""
        text = (self.of(path).metadata or {}).get(REPLACES, b"")
        return set(text.decode().split("\n")) - {""}

    def ranges(self, path: Path) -> Any:
        """Return the lowest and highest key and time of every row group, (n, 4) int64."""
        footer = self.of(path)
        with self._lock:
            if path not in self._ranges:
                groups = [footer.row_group(i) for i in range(footer.num_row_groups)]
                both = [(g.column(0).statistics, g.column(1).statistics) for g in groups]
                rows = [(k.min, k.max, t.min, t.max) for k, t in both]
                self._ranges[path] = np.array(rows, dtype=np.int64).reshape(-1, 4)
            return self._ranges[path]

    def constant(self, path: Path) -> set[str]:
        """Return the columns of which a segment says nothing, or no flag: they need no reading."""
        footer = self.of(path)
        with self._lock:
            if path not in self._constant:
                self._constant[path] = {
                    name
                    for index, name in enumerate(stored_schema().names)
                    if name in ("quality", "text", "low", "high", "count")
                    and all(
                        _says_nothing(footer.row_group(i).column(index), flags=name == "quality")
                        for i in range(footer.num_row_groups)
                    )
                }
            return self._constant[path]

    def keep_only(self, paths: Iterable[Path]) -> None:
        """Forget segments that are gone."""
        kept = set(paths)
        with self._lock:
            for path in [p for p in self._known if p not in kept]:
                self._known.pop(path)
                self._ranges.pop(path, None)
                self._constant.pop(path, None)


def _says_nothing(column: Any, *, flags: bool) -> bool:
    told = column.statistics
    if told is None:
        return False
    if flags:
        return bool(told.has_min_max and told.min == told.max == 0)
    return bool(told.has_null_count and told.null_count == column.num_values)


def read_segment(
    path: Path,
    footers: Footers,
    *,
    keys: Any = None,
    start_us: int,
    end_us: int,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return the rows of a segment in ``start_us <= time < end_us``, of some keys or of all.

    Parameters
    ----------
    keys : (n,) int64 or None
        Sorted.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    ranges = footers.ranges(path)
    wanted = (ranges[:, 3] >= start_us) & (ranges[:, 2] < end_us)
    if keys is not None:
        low = np.searchsorted(keys, ranges[:, 0], side="left")
        high = np.searchsorted(keys, ranges[:, 1], side="right")
        wanted &= high > low
    groups = np.flatnonzero(wanted)
    names = list(columns or stored_schema().names)
    fixed = footers.constant(path) & set(names)
    with pq.ParquetFile(path, metadata=footers.of(path), memory_map=True) as file:
        read = [name for name in names if name not in fixed]
        table = file.read_row_groups(groups.tolist(), columns=read)
    if keys is not None:
        table = table.take(_rows_of(table["key"].to_numpy(), keys))
    if len(groups) and (
        int(ranges[groups, 2].min()) < start_us or int(ranges[groups, 3].max()) >= end_us
    ):
        inside = pc.and_(pc.greater_equal(table["time"], start_us), pc.less(table["time"], end_us))
        table = table.filter(inside)
    for name in fixed:
        count, kind = table.num_rows, stored_schema().field(name).type
        zero = pa.array(np.zeros(count), kind) if name == "quality" else pa.nulls(count, kind)
        table = table.append_column(name, zero)
    return table.select(names)


def _rows_of(sorted_keys: Any, wanted: Any) -> Any:
    """Return the indices of some keys in a sorted column."""
    start = np.searchsorted(sorted_keys, wanted, side="left")
    end = np.searchsorted(sorted_keys, wanted, side="right")
    length = end - start
    begins = np.repeat(start - np.concatenate([[0], np.cumsum(length)[:-1]]), length)
    return begins + np.arange(int(length.sum()))


def sorted_rows(table: pa.Table) -> pa.Table:
    """Return rows by key and time; those of one moment stay in their order."""
    order = np.lexsort((table["time"].to_numpy(), table["key"].to_numpy()))
    return table.take(order)


def remove(paths: Iterable[Path]) -> None:
    """Remove files; one that is gone already, or that somebody holds open, is left."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()
