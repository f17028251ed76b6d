"""The words of observations, after OGC SensorThings 1.1, and what every history can do.

A Thing has Datastreams; a Datastream has one ObservedProperty and one unit; an Observation is a
result of a Datastream at a phenomenon time, with what is to be said about its quality.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import IntFlag
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Protocol

from twin.errors import BelvedereError

if TYPE_CHECKING:
    import pyarrow as pa

TRUTH_LOW_US = 0
TRUTH_HIGH_US = 7_258_118_400_000_000
"""Phenomenon times lie in 1970 to 2199: others are slips of a device's clock."""


class HistoryError(BelvedereError):
    """A history cannot be opened, read or written."""


class Flag(IntFlag):
    """What is to be said about an observation; none: it is good."""

    DUPLICATE = 1  # the same observation came before
    LATE = 2  # came long after it was observed
    OUT_OF_ORDER = 4  # came after a younger one of its datastream
    WRONG = 8  # no number, or outside what its property can be
    FUTURE = 16  # its time has not come yet
    UNTIMED = 32  # its time is not known: a retained message without a time of its own
    ESTIMATED = 64  # computed from others
    SIMULATED = 128  # made by a model
    AVERAGED = 256  # stands for several that were thinned out


UNTRUE = Flag.DUPLICATE | Flag.WRONG | Flag.FUTURE
"""Kept, but never shown as what is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datastream:
    """One series of one property of one thing.

    Parameters
    ----------
    id : str
        Unique in a history.
    thing : str
        Id of the thing: all datastreams of a sensor or vehicle share it.
    unit : str
        As printed; empty: not known.
    lon, lat, height_m : float
        Where the thing stood when last described, degrees WGS 84; NaN: not known.
    ttl_s : float
        Age at which a value is stale; NaN: not said.
    feed : str
        Id of the feed it came by.
    building, home : str
        Of home automation: which home of which building it tells of. Such a datastream is never kept, only
        aggregates of several homes are.
    """

    id: str
    name: str = ""
    thing: str = ""
    thing_name: str = ""
    observed_property: str = ""
    unit: str = ""
    lon: float = math.nan
    lat: float = math.nan
    height_m: float = math.nan
    ttl_s: float = math.nan
    feed: str = ""
    building: str = ""
    home: str = ""

    @property
    def placed(self) -> bool:
        """Whether it is known where the thing is."""
        return math.isfinite(self.lon) and math.isfinite(self.lat)

    def as_dict(self) -> dict[str, Any]:
        """Return what is known of it, JSON-ready."""
        told = ((name, getattr(self, name), is_number) for name, is_number in _FIELDS)
        return {
            name: value
            for name, value, is_number in told
            if (math.isfinite(value) if is_number else value)
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Datastream:
        """Return a datastream of its saved form; what is not understood is left out."""
        known: dict[str, Any] = {}
        for name, is_number in _FIELDS:
            value = data.get(name)
            if is_number:
                if isinstance(value, int | float) and not isinstance(value, bool):
                    known[name] = float(value)
            elif isinstance(value, str):
                known[name] = value
        return cls(**{"id": "", **known})


_FIELDS = tuple((field.name, field.type == "float") for field in fields(Datastream))
"""Name of each field, and whether it is a number; asked for once, not for each of ten thousand datastreams."""


def key_of(datastream_id: str) -> int:
    """Return the number under which a datastream is kept: int64, the same everywhere."""
    digest = blake2b(datastream_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def observation_schema() -> pa.Schema:
    """Return the columns of a batch of observations as feeds emit them and histories answer."""
    import pyarrow as pa

    return pa.schema(
        [
            ("datastream", pa.string()),
            ("time", pa.timestamp("us", tz="UTC")),
            ("result", pa.float64()),
            ("quality", pa.uint16()),
            ("text", pa.string()),
        ]
    )


OBSERVATIONS = ("datastream", "time", "result", "quality", "text")
"""Names of the columns of observations."""


def batch_of(
    datastreams: Sequence[str],
    times_us: Sequence[int] | Any,
    results: Sequence[float] | Any,
    qualities: Sequence[int] | Any | None = None,
    texts: Sequence[str | None] | None = None,
) -> pa.RecordBatch:
    """Return observations as an Arrow batch.

    Parameters
    ----------
    datastreams : (n,) of str
    times_us : (n,) int
        Microseconds since 1970 UTC.
    results : (n,) float
        NaN where there is no number.
    qualities : (n,) int, optional
        :class:`Flag` of each; none are flagged by default.
    texts : (n,) of str or None, optional
        What was said in place of a number.
    """
    import numpy as np
    import pyarrow as pa

    count = len(datastreams)
    columns = [
        pa.array(datastreams, pa.string()),
        pa.array(np.asarray(times_us, dtype=np.int64)).cast(pa.timestamp("us", tz="UTC")),
        pa.array(np.asarray(results, dtype=np.float64)),
        pa.array(np.zeros(count) if qualities is None else qualities).cast(pa.uint16()),
        pa.nulls(count, pa.string()) if texts is None else pa.array(texts, pa.string()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=observation_schema())


class History(Protocol):
    """Where observations are kept. Arrow in, Arrow out; times are UTC."""

    @property
    def address(self) -> str:
        """Where it is, without a password."""

    def describe(self, streams: Iterable[Datastream]) -> None:
        """Keep what is known of datastreams; later descriptions replace earlier ones."""

    def streams(self) -> dict[str, Datastream]:
        """Return the datastreams by id."""

    def append(self, batch: pa.RecordBatch) -> None:
        """Take observations (columns of :func:`observation_schema`); safe after :meth:`commit`."""

    def commit(self) -> None:
        """Make what was appended outlive a crash of this process."""

    def observations(
        self,
        ids: Sequence[str] | None,
        start: datetime,
        end: datetime,
        *,
        step_s: float | None = None,
    ) -> pa.Table:
        """Return observations with ``start <= time < end``, grouped by datastream, in the order of time.

        Parameters
        ----------
        ids : sequence of str or None
            Datastreams; None for all.
        step_s : float, optional
            Down-sample what is true to steps of this length: columns ``datastream``, ``time`` (start
            of the step), ``result`` (mean), ``low``, ``high``, ``count``. Without it the columns
            are those of :func:`observation_schema`, whatever their quality.
        """

    def latest(self, at: datetime, *, within_s: float = 86_400.0) -> pa.Table:
        """Return the last true observation of every datastream in ``at - within_s < time <= at``."""

    def extent(self) -> tuple[datetime, datetime] | None:
        """Return first and last time; None without observations."""

    def count(self) -> int:
        """Return how many observations are kept."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give all observations, a manageable number at a time, in no promised order."""

    def forget(self, before: datetime) -> int:
        """Remove observations older than a moment; return how many."""

    def thin(self, before: datetime, step_s: float) -> int:
        """Replace true observations older than a moment by means of steps; return how many fewer."""

    def close(self) -> None:
        """Commit and let go. Closing twice does no harm."""
