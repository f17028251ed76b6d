"""Trips that run every so many minutes (``frequencies.txt`` of GTFS): one written trip becomes all that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("trip_id", "start_time", "end_time", "headway_secs")
MOST_CALLS = 5_000_000


def spelled_out(
    trips: pd.DataFrame, calls: pd.DataFrame, frequencies: pd.DataFrame, *, where: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return trips and calls with every run of those that have a frequency, in place of the trip that describes it.

    A run is called after its trip and its start: ``T1@06:10:00``. Whether a frequency is exact or about makes
    no difference: about is as near as anybody knows.

    Parameters
    ----------
    trips, calls : DataFrame
        As in :class:`twin.io.gtfs.Timetable`.
    frequencies : DataFrame
        ``trip_id``, ``start_s``, ``end_s``, ``headway_s`` (float64; rows without sense are left out).

    Raises
    ------
    ReadError
        So many runs that memory cannot hold them.
    """
    import pandas as pd

    if not (len(trips) and len(frequencies)):
        return trips, calls
    row = pd.Index(trips["trip_id"]).get_indexer(pd.Index(frequencies["trip_id"]))
    first = calls.groupby("trip")["departure_s"].min().reindex(range(len(trips))).to_numpy()
    sense = (row >= 0) & (frequencies["headway_s"] > 0).to_numpy() & np.isfinite(first[row])
    sense &= (frequencies["start_s"] < frequencies["end_s"]).to_numpy()
    if not sense.any():
        return trips, calls
    runs = _runs(frequencies[sense].assign(trip=row[sense]), calls, where)
    shift = runs["start_s"].to_numpy() - first[runs["trip"]]
    kept = np.setdiff1d(np.arange(len(trips)), row[sense])
    origin = np.concatenate([kept, runs["trip"].to_numpy(np.int64)])
    later_s = np.concatenate([np.zeros(len(kept)), shift])
    made = trips.iloc[origin].reset_index(drop=True)
    made.loc[len(kept) :, "trip_id"] = [
        f"{name}@{_clock(start)}"
        for name, start in zip(made["trip_id"][len(kept) :], runs["start_s"], strict=True)
    ]
    return made, _repeated(calls, origin, later_s)


def _runs(frequencies: pd.DataFrame, calls: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return one row a run: ``trip`` (row of the trip that describes it) and ``start_s``, by trip and start."""
    import pandas as pd

    long_s = (frequencies["end_s"] - frequencies["start_s"]).to_numpy(np.float64)
    count = np.ceil(long_s / frequencies["headway_s"].to_numpy(np.float64))
    calls_of = calls["trip"].value_counts().reindex(frequencies["trip"]).to_numpy()
    if float((count * calls_of).sum()) > MOST_CALLS:
        raise ReadError("io.too_large_for_memory", f"{where}: frequencies.txt")
    number = count.astype(np.int64)
    each = frequencies.loc[frequencies.index.repeat(number), ["trip", "start_s", "headway_s"]]
    turn = np.concatenate([np.arange(n) for n in number])
    runs = pd.DataFrame(
        {"trip": each["trip"], "start_s": each["start_s"] + turn * each["headway_s"]}
    )
    runs = runs.drop_duplicates().sort_values(["trip", "start_s"])
    return runs.reset_index(drop=True)


def _repeated(
    calls: pd.DataFrame, origin: NDArray[np.int64], later_s: NDArray[np.float64]
) -> pd.DataFrame:
    """Return the calls of trips made of others, ``later_s`` seconds later than those."""
    ends = np.searchsorted(calls["trip"].to_numpy(), np.arange(int(origin.max()) + 2))
    length = ends[origin + 1] - ends[origin]
    trip = np.repeat(np.arange(len(origin)), length)
    inside = np.arange(len(trip)) - np.repeat(np.cumsum(length) - length, length)
    made: pd.DataFrame = calls.iloc[ends[origin][trip] + inside].reset_index(drop=True)
    return made.assign(
        trip=trip.astype(np.int64),
        arrival_s=made["arrival_s"] + later_s[trip],
        departure_s=made["departure_s"] + later_s[trip],
    )


def _clock(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
