"""Answers from rows: in order, down-sampled, the latest of each; pure functions on Arrow tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.store.history.model import UNTRUE

if TYPE_CHECKING:
    import pyarrow as pa

    from twin.store.history.listing import Listing

RAW = ("key", "time", "result", "quality", "text")
FOR_STEPS = ("key", "time", "result", "quality", "low", "high", "count")
FIRST_LOOK_US = 600_000_000


def true_rows(table: pa.Table) -> pa.Table:
    """Return the rows that may be shown as what was."""
    import pyarrow as pa
    import pyarrow.compute as pc

    flags = pc.bit_wise_and(table["quality"], pa.scalar(int(UNTRUE), pa.uint16()))
    true = pc.and_(pc.equal(flags, 0), pc.is_finite(table["result"]))
    return table.filter(true)


def ordered(table: pa.Table) -> pa.Table:
    """Return rows by key and time; those of one moment in the order in which they came."""
    key, time = table["key"].to_numpy(), table["time"].to_numpy()
    if len(key) and not _in_order(key, time):
        table = table.take(np.lexsort((time, key)))
    return table


def _in_order(key: Any, time: Any) -> bool:
    same = key[1:] == key[:-1]
    return bool(np.all((key[1:] > key[:-1]) | (same & (time[1:] >= time[:-1]))))


def stepped(table: pa.Table, step_us: int) -> pa.Table:
    """Return means of steps: columns key, time, result, low, high, count, by key and time.

    Rows that are averages themselves weigh as many as they stand for.
    """
    import pyarrow as pa

    table = ordered(table)
    key, time = table["key"].to_numpy(), table["time"].to_numpy()
    value = table["result"].to_numpy()
    weight = _filled(table["count"], 1.0)
    low = _or_value(table["low"], value)
    high = _or_value(table["high"], value)
    bucket = time // step_us
    if not len(key):
        starts = np.zeros(0, dtype=np.int64)
        sums = counts = lows = highs = np.zeros(0)
    else:
        new = np.concatenate([[True], (key[1:] != key[:-1]) | (bucket[1:] != bucket[:-1])])
        starts = np.flatnonzero(new)
        sums = np.add.reduceat(value * weight, starts)
        counts = np.add.reduceat(weight, starts)
        lows, highs = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
    return pa.table(
        {
            "key": key[starts],
            "time": bucket[starts] * step_us,
            "result": sums / np.maximum(counts, 1.0),
            "low": lows,
            "high": highs,
            "count": pa.array(counts, pa.float64()).cast(pa.int32()),
        }
    )


def _or_value(column: Any, value: Any) -> Any:
    """Return a column with the value where it says nothing; mostly it never says anything."""
    if column.null_count == len(column):
        return value
    own = column.to_numpy()
    return np.where(np.isnan(own), value, own)


def _filled(column: Any, value: float) -> Any:
    import pyarrow as pa

    if column.null_count == len(column):
        return np.full(len(column), value)
    own = column.cast(pa.float64()).to_numpy()
    return np.where(np.isnan(own), value, own)


def latest(
    listing: Listing, names: Mapping[int, str | None], at_us: int, within_us: int
) -> pa.Table:
    """Return the last true row of every key at or before a moment, looking back further and further."""
    import pyarrow as pa

    wanted = np.array(sorted(names), dtype=np.int64)
    beyond, span, found = at_us + 1, min(FIRST_LOOK_US, within_us), []
    while len(wanted):
        start = max(beyond - span, at_us + 1 - within_us)
        table = ordered(true_rows(listing.rows(wanted, start, beyond, RAW)))
        key = table["key"].to_numpy()
        if len(key):
            last = np.flatnonzero(np.concatenate([key[1:] != key[:-1], [True]]))
            found.append(table.take(last))
            wanted = np.setdiff1d(wanted, key[last], assume_unique=True)
        if start <= at_us + 1 - within_us:
            break
        beyond, span = start, span * 6
    if not found:
        return listing.rows(np.zeros(0, dtype=np.int64), 0, 0, RAW)
    return ordered(pa.concat_tables(found))


def named(table: pa.Table, names: Mapping[int, str | None], *, whole: bool = False) -> pa.Table:
    """Return a table with the ids of datastreams in place of keys, and times as times.

    Rows of a key whose name is None are left out. ``whole`` keeps what averages say of themselves beside the
    columns of observations.
    """
    import pyarrow as pa

    hidden = [key for key, name in names.items() if name is None]
    if hidden:
        table = table.filter(np.isin(table["key"].to_numpy(), hidden, invert=True))
    key = table["key"].to_numpy()
    keys, index = np.unique(key, return_inverse=True)
    ids = pa.array([names.get(int(k), f"?{int(k)}") for k in keys], pa.string())
    streams = ids.take(pa.array(index.astype(np.int64)))
    columns: dict[str, Any] = {
        "datastream": streams,
        "time": table["time"].cast(pa.timestamp("us", tz="UTC")),
    }
    for name in ("result", "quality", "text"):
        if name in table.column_names:
            columns[name] = table[name]
    if whole or "quality" not in table.column_names:
        columns |= {name: table[name] for name in ("low", "high", "count")}
    return pa.table(columns)
