"""Values over time of many features at once, asked for at any moment without a Python loop.

Samples are kept sorted by (row, time) under one integer key, so that the neighbours in time of
every row are found by a single binary search.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

TIME = "phenomenon_time"
FEATURE = "feature_id"

GAP_STEPS = 3.0
"""A gap of more than this many usual steps is not bridged."""

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


class Track:
    """One value column of a timeline.

    Parameters
    ----------
    row : (m,) int64
        Row of the feature table, not decreasing.
    time_ms : (m,) int64
        Milliseconds since 1970 UTC, increasing within a row.
    value : (m,) float64
        May hold NaN: an observation that says "missing".
    rows : int
        Number of rows of the feature table.
    """

    def __init__(self, row: Int64, time_ms: Int64, value: Float64, *, rows: int) -> None:
        self.row, self.time_ms, self.value, self.rows = row, time_ms, value, rows
        self._first = int(time_ms.min()) if len(time_ms) else 0
        # Two more steps than the recorded time: moments before and after it have a key of their
        # own.
        self._span = (int(time_ms.max()) - self._first if len(time_ms) else 0) + 3
        self._key = row * self._span + (time_ms - self._first + 1)
        steps = np.diff(time_ms)[row[1:] == row[:-1]] if len(row) else time_ms
        self.longest_gap_ms = GAP_STEPS * float(np.median(steps)) if len(steps) else np.inf

    def before(self, at_ms: int) -> tuple[Int64, Bool]:
        """Return the index of the last sample of every row at or before a moment, and whether
        there is one.
        """
        offset = min(max(at_ms - self._first + 1, 0), self._span - 1)
        every = np.arange(self.rows, dtype=np.int64)
        index = np.searchsorted(self._key, every * self._span + offset, side="right") - 1
        found = index >= 0
        if len(self.row):
            found &= self.row[np.maximum(index, 0)] == every
        return index.astype(np.int64), found

    def samples(self, row: int) -> tuple[Int64, Float64]:
        """Return times (ms) and values of one row."""
        start, end = np.searchsorted(self.row, [row, row + 1])
        return self.time_ms[start:end], self.value[start:end]


class Timeline:
    """The samples of a long table (feature id, time, values) in the order of a feature table's
    rows.

    Parameters
    ----------
    tracks : mapping of str to Track
        By value column.
    unknown : int
        Number of samples whose feature id is in no row.
    """

    def __init__(self, tracks: Mapping[str, Track], *, unknown: int = 0) -> None:
        self.tracks = dict(tracks)
        self.unknown = unknown

    @classmethod
    def of(
        cls,
        samples: pd.DataFrame,
        feature_ids: Sequence[str] | NDArray[Any],
        columns: Sequence[str],
        *,
        keep_missing: bool = False,
    ) -> Timeline:
        """Sort samples for asking.

        Parameters
        ----------
        samples : DataFrame
            Columns ``feature_id``, ``phenomenon_time`` (UTC) and the value columns; any order. Of
            two samples of a feature at one time the later row wins.
        feature_ids : (n,) of str
            Ids of the feature table's rows.
        columns : sequence of str
            Value columns; those that ``samples`` lacks are left out.
        keep_missing : bool
            Keep NaN as an observation that says "missing"; otherwise such samples are dropped.
        """
        import pandas as pd

        index = pd.Index(feature_ids)
        row = index.get_indexer(pd.Index(samples[FEATURE].astype(str))).astype(np.int64)
        time_ms = _milliseconds(samples[TIME])
        known = (row >= 0) & (time_ms != _NOT_A_TIME)
        order = np.lexsort((np.arange(len(row)), time_ms, row))
        order = order[known[order]]
        row, time_ms = row[order], time_ms[order]
        last = np.ones(len(row), dtype=bool)
        last[:-1] = (row[1:] != row[:-1]) | (time_ms[1:] != time_ms[:-1])
        tracks = {}
        for name in columns:
            if name in samples:
                value = samples[name].to_numpy(dtype=np.float64, na_value=np.nan)[order]
                keep = last if keep_missing else last & np.isfinite(value)
                tracks[name] = Track(row[keep], time_ms[keep], value[keep], rows=len(index))
        return cls(tracks, unknown=int((~known).sum()))

    def __contains__(self, column: str) -> bool:
        return column in self.tracks

    def interpolate(self, column: str, at: datetime) -> tuple[Float64, Bool]:
        """Return the value of every row at a moment, linear between samples.

        Before the first and after the last sample the nearest value is held and flagged. Inside a
        gap of more than :data:`GAP_STEPS` times the usual step nothing is known.

        Returns
        -------
        value : (n,) float64
            NaN where a row has no sample or the gap is too long.
        stale : (n,) bool
            The value is held from outside the recorded time.
        """
        track = self.tracks[column]
        value = np.full(track.rows, np.nan)
        stale = np.zeros(track.rows, dtype=bool)
        size = len(track.row)
        if not size:
            return value, stale
        at_ms = _at_ms(at)
        index, before = track.before(at_ms)
        after_index = np.minimum(index + 1, size - 1)
        after = (index + 1 < size) & (track.row[after_index] == np.arange(track.rows))
        both, left, right = before & after, before & ~after, ~before & after
        t0, t1 = track.time_ms[index[both]], track.time_ms[after_index[both]]
        v0, v1 = track.value[index[both]], track.value[after_index[both]]
        part = (at_ms - t0) / np.maximum(t1 - t0, 1)
        near = (t1 - t0 <= track.longest_gap_ms) | (part == 0)
        value[both] = np.where(near, v0 + (v1 - v0) * part, np.nan)
        value[left], value[right] = track.value[index[left]], track.value[after_index[right]]
        stale[left] = at_ms > track.time_ms[index[left]]
        stale[right] = True
        return value, stale

    def latest(self, column: str, at: datetime) -> tuple[Float64, Float64]:
        """Return the last value at or before a moment and its age in seconds, both (n,) float64.

        Both are NaN where a row has none; a value may be NaN with an age: the source said
        "missing".
        """
        track = self.tracks[column]
        value, age = np.full(track.rows, np.nan), np.full(track.rows, np.nan)
        if len(track.row):
            at_ms = _at_ms(at)
            index, found = track.before(at_ms)
            value[found] = track.value[index[found]]
            age[found] = (at_ms - track.time_ms[index[found]]) / 1000.0
        return value, age

    def around(self, column: str, at: datetime) -> tuple[Float64, Float64]:
        """Return the samples about a moment: the last but one, the last, and the next of every row.

        Returns
        -------
        time_s, value : (n, 3) float64
            Seconds since 1970 UTC; NaN where there is no such sample.
        """
        track = self.tracks[column]
        time_s, value = np.full((track.rows, 3), np.nan), np.full((track.rows, 3), np.nan)
        size = len(track.row)
        if not size:
            return time_s, value
        every = np.arange(track.rows)
        last, _ = track.before(_at_ms(at))
        for place, index in enumerate((last - 1, last, last + 1)):
            inside = (index >= 0) & (index < size)
            mine = inside & (track.row[np.clip(index, 0, size - 1)] == every)
            time_s[mine, place] = track.time_ms[index[mine]] / 1000.0
            value[mine, place] = track.value[index[mine]]
        return time_s, value

    def of_row(self, column: str, row: int) -> tuple[NDArray[np.datetime64], Float64]:
        """Return times (datetime64[ns], UTC, increasing) and values of one row."""
        time_ms, value = self.tracks[column].samples(row)
        return time_ms.astype("datetime64[ms]").astype("datetime64[ns]"), value

    @property
    def extent(self) -> tuple[datetime, datetime] | None:
        """First and last time, UTC; None without samples."""
        times = [t.time_ms for t in self.tracks.values() if len(t.time_ms)]
        if not times:
            return None
        low, high = min(int(t.min()) for t in times), max(int(t.max()) for t in times)
        return datetime.fromtimestamp(low / 1000, UTC), datetime.fromtimestamp(high / 1000, UTC)


_NOT_A_TIME = np.iinfo(np.int64).min


def in_utc(times: Any, **options: Any) -> Any:
    """Return a pandas column of times in UTC; texts go through ``pandas.to_datetime`` with the options.

    What is times already is only moved: to_datetime would first look through all of them for repeats, and
    hold the interpreter for a tenth of a second of a day of observations.
    """
    import pandas as pd

    if isinstance(times.dtype, pd.DatetimeTZDtype):
        return times.dt.tz_convert("UTC")
    if pd.api.types.is_datetime64_dtype(times):
        return times.dt.tz_localize("UTC")
    return pd.to_datetime(times, utc=True, errors="coerce", **options)


def _milliseconds(times: Any) -> Int64:
    """Return ms since 1970 UTC of a pandas column of times; the smallest int64 for "not a time"."""
    utc = in_utc(times)
    return np.asarray(utc.dt.tz_localize(None).to_numpy().astype("datetime64[ms]").astype(np.int64))


def _at_ms(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    return round(at.timestamp() * 1000)


def recorded_day(at: datetime, extent: tuple[datetime, datetime] | None) -> datetime:
    """Return a moment of a recorded day at the same hour, for a moment outside the record.

    Only records of one to two days stand for any day; others give the moment back.
    """
    if extent is None or extent[0] <= at <= extent[1]:
        return at
    day = timedelta(days=1)
    if not day - timedelta(hours=3) <= extent[1] - extent[0] < 2 * day:
        return at
    return min(extent[0] + (at - extent[0]) % day, extent[1])
