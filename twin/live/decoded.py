"""What decoders return: readings and descriptions, plain and pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from twin.store.history import Datastream, Flag, batch_of

if TYPE_CHECKING:
    import pyarrow as pa

NO_TIME = -1
TRIP = "trip"
"""Observed property of vehicles: which trip of the timetable they serve, see :func:`trip_key`."""


class Reading(NamedTuple):
    """One observation as it was sent. ``time_us`` is :data:`NO_TIME` where it was not said."""

    stream: str
    time_us: int
    result: float
    quality: int = 0
    text: str | None = None


@dataclass(slots=True)
class Decoded:
    """What messages said.

    Parameters
    ----------
    readings : list of Reading
    streams : dict of str to Datastream
        Descriptions of datastreams, those of ``readings`` among them where known.
    not_understood : int
        Messages, or parts that ought to be observations, that make no sense.
    sample : str
        The beginning of one of these.
    """

    readings: list[Reading] = field(default_factory=list)
    streams: dict[str, Datastream] = field(default_factory=dict)
    not_understood: int = 0
    sample: str = ""

    def add(self, other: Decoded) -> None:
        """Take over what another message said."""
        self.readings += other.readings
        self.streams.update(other.streams)
        self.not_understood += other.not_understood
        self.sample = other.sample or self.sample

    def puzzled(self, sample: object = "") -> Decoded:
        """Count something that makes no sense; return self."""
        self.not_understood += 1
        self.sample = self.sample or clean(str(sample))
        return self

    def batch(self) -> pa.RecordBatch:
        """Return the readings as Arrow; a time that was not said is NO_TIME."""
        return batch_of_readings(self.readings)


def batch_of_readings(readings: Iterable[Reading]) -> pa.RecordBatch:
    """Return readings as an Arrow batch."""
    rows = list(readings)
    if not rows:
        return batch_of([], [], [])
    streams, times, results, qualities, texts = zip(*rows, strict=True)
    said = texts if any(t is not None for t in texts) else None
    return batch_of(streams, times, results, qualities, said)


def number(value: Any) -> float | None:
    """Return a finite number, None for anything else; truth values and texts are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        result = float(value)
    except OverflowError:
        return None
    return result if math.isfinite(result) else None


def trip_key(trip_id: str) -> float:
    """Return the number by which an observation names a trip: CRC-32, as observations are numbers."""
    return float(crc32(trip_id.encode()))


def wrong(stream: str, time_us: int, said: object) -> Reading:
    """Return a reading that is kept for the record and never drawn."""
    return Reading(stream, time_us, math.nan, int(Flag.WRONG), clean(str(said)))


def clean(text: str, longest: int = 200) -> str:
    """Return the beginning of a text without control characters and half characters."""
    text = text[:longest]
    if text.isprintable():  # no half characters either
        return text
    kept = "".join(c if c.isprintable() else " " for c in text)
    return kept.encode("utf-8", "replace").decode("utf-8")
