"""What a history remembers, as a layer asks for it: things with their datastreams, values at a moment.

A history may be far larger than memory. What the clock needs is kept as a block of time about it,
loaded on a thread when somebody waits for pictures, at once when nobody does. Values of feeds that
run now come from memory and do not wait for the disk.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from twin.live.latest import Latest
from twin.live.now import Now
from twin.live.timeline import Timeline, Track
from twin.model.table import FeatureTable
from twin.store.history import UNTRUE, Datastream, History, open_history

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

HISTORY = "history"
"""Name of the companion table that says which history a feature table stands on."""

WHOLE_ROWS = 1_000_000
BLOCK_ROWS = 500_000
CARRY_S = 86_400.0
"""How long a value holds at the beginning of a block."""
REFRESH_S = 2.0
REST = 30.0
"""A block that is asked for again and again is loaded for at most this part of the time."""
NOW_S = 3.0

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]


class Renewed:
    """Tells that blocks of time came in, for those who show them."""

    happened = Signal()


renewed = Renewed()
_running: dict[str, Latest] = {}
_alerted: dict[str, frozenset[str]] = {}
_lock = Lock()
_opening = Lock()


def running(address: str, latest: Latest | None) -> None:
    """Say that feeds record into a history now, or, with None, that they no longer do."""
    with _lock:
        if latest is None:
            _running.pop(address, None)
            _alerted.pop(address, None)
        else:
            _running[address] = latest


def alerting(address: str, things: frozenset[str]) -> None:
    """Say of which things of a history that is recorded into an alert stands now."""
    with _lock:
        latest = _running.get(address)
        if latest is None or _alerted.get(address, frozenset()) == things:
            return
        _alerted[address] = things
    latest.touch()


def versions() -> int:
    """Return a number that grows with every batch of every running feed."""
    return sum(latest.version for latest in tuple(_running.values()))


def things_of(streams: Mapping[str, Datastream], wanted: str = "") -> pd.DataFrame:
    """Return one row a thing, with the datastream that stands for it.

    Parameters
    ----------
    wanted : str
        Observed property to show where a thing has it; else what it was named for comes first.

    Returns
    -------
    DataFrame
        ``feature_id`` (of the thing), ``name``, ``observed_property``, ``unit``, ``lon``, ``lat``,
        ``height_m``, ``stale_after_s``, ``datastream``, ``datastreams`` (tuple of ids), ``feed``.
    """
    import pandas as pd

    things: dict[str, list[Datastream]] = {}
    for stream in streams.values():
        things.setdefault(stream.thing or stream.id, []).append(stream)
    rows = [_thing(thing, own, wanted) for thing, own in things.items()]
    columns = zip(*rows, strict=True) if rows else [()] * len(OF_THINGS)
    return pd.DataFrame({n: list(c) for n, c in zip(OF_THINGS, columns, strict=True)})


OF_THINGS = (
    *("feature_id", "name", "observed_property", "unit", "lon", "lat", "height_m"),
    *("stale_after_s", "datastream", "datastreams", "feed"),
)


def _thing(thing: str, own: list[Datastream], wanted: str) -> tuple[object, ...]:
    """Return the columns of a thing with these datastreams, see :data:`OF_THINGS`."""
    main = min(own, key=lambda s: (s.observed_property != wanted, s.id != thing))
    place = next((s for s in own if s.placed), main)
    name = main.thing_name or main.name or thing
    where = (place.lon, place.lat, place.height_m)
    shown = (main.ttl_s, main.id, tuple(s.id for s in own), main.feed)
    return thing, name, main.observed_property, main.unit, *where, *shown


class Memory:
    """A history as the timeline of the rows of a feature table.

    It answers like :class:`~twin.live.timeline.Timeline` with the one column ``result``.

    Parameters
    ----------
    address : str
        Of the history.
    streams : (n,) of str
        Datastream of every row.
    """

    def __init__(self, address: str, streams: Sequence[str]) -> None:
        self.address = address
        self.unknown = 0
        self._streams = tuple(streams)
        self._history = _reader(address)
        self._extent = self._history.extent()
        self._block: tuple[datetime, datetime, Timeline] | None = None
        self._loaded = self._took_s = 0.0
        self._loading = False
        self._present: Now | None = None
        self._guard = Lock()
        self._shared = sorted(set(self._streams))

    def __contains__(self, column: str) -> bool:
        return column == "result"

    @property
    def extent(self) -> tuple[datetime, datetime] | None:
        """First and last time, UTC; None without observations."""
        if self._extent is not None and self.address in _running:
            return self._extent[0], max(self._extent[1], datetime.now(UTC))
        return self._extent

    def prepare(self, at: datetime) -> None:
        """Load what is needed about a moment; for workers."""
        self._load(at)

    def shows_present(self, at: datetime) -> bool:
        """Whether a moment is the present, and feeds run that tell of it."""
        return self.address in _running and at >= datetime.now(UTC) - timedelta(seconds=NOW_S)

    def alerted(self, things: NDArray[Any], at: datetime) -> NDArray[np.bool_]:
        """Return of which things an alert stands, (n,); of none at any moment but the present."""
        standing = (
            _alerted.get(self.address, frozenset()) if self.shows_present(at) else frozenset()
        )
        if not standing:
            return np.zeros(len(things), dtype=bool)
        return np.array([thing in standing for thing in things], dtype=bool)

    def _now(self, at: datetime) -> Now | None:
        """Return what running feeds say of the rows, None where none runs or another moment is shown."""
        latest = _running.get(self.address)
        if latest is None or not self.shows_present(at):
            return None
        if self._present is None or not self._present.is_of(latest):
            self._present = Now(latest, self._streams)
        self._present.refresh()
        return self._present

    def latest(self, _column: str, at: datetime) -> tuple[Float64, Float64]:
        """Return the last value at or before a moment and its age in seconds, both (n,) float64."""
        value, age = self._block_at(at).latest("result", at)
        now = self._now(at)
        if now is None:
            return value, age
        moment = at.timestamp()
        fresh = np.maximum(0.0, moment - now.time_s)
        newer = (now.time_s <= moment + NOW_S) & ~(age < fresh)
        return np.where(newer, now.value, value), np.where(newer, fresh, age)

    def around(self, at: datetime) -> tuple[Float64, Float64]:
        """Return time (s since 1970) and value of the last but one, last and next true observation of each
        row, both (n, 3) float64; NaN where there is none.

        What running feeds brought since counts as the last.
        """
        time_s, value = self._block_at(at).around("result", at)
        now = self._now(at)
        if now is not None:
            newer = now.time_s > np.nan_to_num(time_s[:, 1], nan=-math.inf)
            time_s[newer, 1], time_s[newer, 2] = now.time_s[newer], math.nan
            value[newer, 1:] = now.value[newer, None]
            followed = newer & (now.since_s > 0)
            since, rate = now.since_s[followed], now.rate[followed]
            time_s[newer, 0] = math.nan
            time_s[followed, 0] = now.time_s[followed] - since
            value[followed, 0] = now.value[followed] - rate * since
        return time_s, value

    def trend(self, at: datetime) -> Float64:
        """Return how fast values change, units a second, (n,) float64; NaN where that is not known."""
        now = self._now(at)
        if now is not None:
            return now.rate.copy()
        block = self._block_at(at)
        before = block.latest("result", at - timedelta(minutes=10))[0]
        return np.asarray((block.latest("result", at)[0] - before) / 600.0)

    def of_row(self, _column: str, row: int) -> tuple[NDArray[np.datetime64], Float64]:
        """Return times (datetime64[ns], UTC, increasing) and true values of one row."""
        return self.of_stream(self._streams[row])

    def of_stream(self, stream: str) -> tuple[NDArray[np.datetime64], Float64]:
        """Return times and values of a datastream; means of steps where there are very many."""
        ends = self._history.extent()
        if ends is None:
            return np.zeros(0, "datetime64[ns]"), np.zeros(0)
        span_s = (ends[1] - ends[0]).total_seconds()
        step_s = max(0.001, span_s / 20_000) if span_s > 86_400 else 0.001
        table = self._history.observations(
            [stream], ends[0], ends[1] + timedelta(seconds=1), step_s=step_s
        )
        times = table["time"].to_numpy().astype("datetime64[ns]")
        return times, table["result"].to_numpy()

    # Blocks of time.

    def _block_at(self, at: datetime) -> Timeline:
        block = self._block
        if block is not None and block[0] <= at < block[1] and not self._is_old(at):
            return block[2]
        if block is None or not len(renewed.happened):
            self._load(at)
        elif not self._loading:
            self._loading = True
            Thread(target=self._load_quietly, args=(at,), name="history", daemon=True).start()
        block = self._block
        if block is not None and block[0] <= at < block[1]:
            return block[2]
        return _empty(len(self._streams))

    def _is_old(self, at: datetime) -> bool:
        """Whether somebody may have recorded since the block was loaded what it ought to hold."""
        now = self._now(at)
        if now is not None and now.complete:
            return False  # what feeds brought since is all that is asked for
        since = time.monotonic() - self._loaded
        return since > max(REFRESH_S, REST * self._took_s) and at >= datetime.now(UTC) - timedelta(
            seconds=since + NOW_S
        )

    def _load_quietly(self, at: datetime) -> None:
        try:
            self._load(at)
        finally:
            self._loading = False
            renewed.happened.emit()

    def _load(self, at: datetime) -> None:
        with self._guard:
            began = time.monotonic()
            self._extent = ends = self._history.extent()
            self._loaded = began
            if ends is None:
                always = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
                self._block = (*always, _empty(len(self._streams)))
                return
            start, end = _block_about(at, ends, self._history.count())
            tables = [self._history.observations(self._shared, start, end)]
            if start > _EARLIEST:  # what was said before still holds as the block begins
                before = start - timedelta(microseconds=1)
                tables.insert(0, self._history.latest(before, within_s=CARRY_S))
            self._block = (start, end, self._timeline(tables))
            self._took_s = time.monotonic() - began

    def _timeline(self, tables: Sequence[pa.Table]) -> Timeline:
        rows_of = {name: row for row, name in reversed([*enumerate(self._streams)])}
        parts = [_samples(table, rows_of) for table in tables]
        row, times, result = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.lexsort((times, row))
        row, times, result = row[order], times[order], result[order]
        last = np.ones(len(row), dtype=bool)
        last[:-1] = (row[1:] != row[:-1]) | (times[1:] != times[:-1])
        track = Track(row[last], times[last], result[last], rows=len(self._streams))
        return Timeline({"result": track})


def _samples(table: pa.Table, rows_of: Mapping[str, int]) -> tuple[Int64, Int64, Float64]:
    """Return row, time (ms since 1970) and result of the true observations of our rows."""
    encoded = table["datastream"].combine_chunks().dictionary_encode()
    rows = [rows_of.get(name, -1) for name in encoded.dictionary.to_pylist()]
    result = table["result"].to_numpy()
    row = np.array([*rows, -1], dtype=np.int64)[encoded.indices.to_numpy()]
    true = (table["quality"].to_numpy() & int(UNTRUE)) == 0
    true &= np.isfinite(result) & (row >= 0)
    times = table["time"].cast("int64").to_numpy() // 1000
    return row[true], times[true], result[true]


def memory_of(table: FeatureTable) -> Memory | None:
    """Return the memory that a feature table stands on, opened once a table; None if it has none."""
    named = table.tables.get(HISTORY)
    if named is None or not len(named):
        return None
    with _lock:
        known = _MEMORIES.get(table)
        if known is None:
            address = str(named["address"].iloc[0])
            known = Memory(address, list(table.frame["datastream"]))
            _MEMORIES[table] = known
        return known


_MEMORIES: WeakKeyDictionary[FeatureTable, Memory] = WeakKeyDictionary()
_READERS: WeakValueDictionary[str, History] = WeakValueDictionary()


def _reader(address: str) -> History:
    """Return a history, opened once for all memories of it: what it knows is read once."""
    with _opening:
        known = _READERS.get(address)
        if known is None:
            known = _READERS[address] = open_history(address)
        return known


def history_streams(address: str | Path) -> dict[str, Datastream]:
    """Return the datastreams of a history by id. Raises HistoryError where there is none."""
    known = _READERS.get(str(address))
    if known is not None:
        return known.streams()
    history = open_history(address)
    try:
        return history.streams()
    finally:
        history.close()


def history_table(address: str | Path) -> pd.DataFrame:
    """Return the companion table that says which history a feature table stands on."""
    import pandas as pd

    return pd.DataFrame({"address": [str(address)]})


def _block_about(
    at: datetime, ends: tuple[datetime, datetime], count: int
) -> tuple[datetime, datetime]:
    """Return the block of time about a moment: all there is, if that is little."""
    if count <= WHOLE_ROWS:
        return _EARLIEST, _LATEST
    span_s = max(1.0, (ends[1] - ends[0]).total_seconds())
    length = timedelta(seconds=max(60.0, span_s * BLOCK_ROWS / count))
    if at < ends[0]:
        return _EARLIEST, ends[0] + length
    number = (at - ends[0]) // length
    start = ends[0] + number * length
    return start, (_LATEST if at > ends[1] else start + length)


_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
_LATEST = datetime(2900, 1, 1, tzinfo=UTC)


def _empty(rows: int) -> Timeline:
    none = np.zeros(0, np.int64)
    return Timeline({"result": Track(none, none, np.zeros(0), rows=rows)})
