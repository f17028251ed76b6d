"""One message of a platform as plain rows: for layers that show what a file of it says, without a feed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from twin.errors import ReadError
from twin.live.decoded import NO_TIME, Decoded

MOST_BYTES = 64_000_000


def read_message(path: Path, dialect: str) -> list[dict[str, Any]]:
    """Return what a message says, a row for each thing.

    Parameters
    ----------
    dialect : str
        ``datex`` (DATEX II parking, versions 2 and 3) or ``gtfs_rt`` (GTFS-Realtime 2.0).

    Returns
    -------
    list of dict
        ``thing``, ``name``, ``lon``, ``lat`` (degrees WGS 84 or None), ``reported`` (ISO time in UTC, or empty) and the
        value of each observed property by its name, in the unit of the property.

    Raises
    ------
    ReadError
        It cannot be opened, is too large, or is no such message.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ReadError("io.too_large_for_memory", path.name)
        data = path.read_bytes()
    except OSError as error:
        raise ReadError("io.cannot_open", path.name, reason=error.strerror or "") from error
    decoded = _decoder(dialect)(data)
    if not decoded.readings:
        raise ReadError("io.damaged", path.name, reason=decoded.sample[:100] or dialect)
    return list(_rows(decoded).values())


def _decoder(dialect: str) -> Callable[[bytes], Decoded]:
    from twin.live.decoders import gtfs_rt, platforms

    known: Mapping[str, Callable[[bytes], Decoded]] = {
        "datex": platforms.datex,
        "gtfs_rt": gtfs_rt.decode,
    }
    return known[dialect]


def _rows(decoded: Decoded) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for reading in decoded.readings:
        stream = decoded.streams.get(reading.stream)
        if stream is None or reading.quality:
            continue  # flagged: beyond what it can be
        row = rows.setdefault(
            stream.thing,
            {
                "thing": stream.thing,
                "name": stream.thing_name,
                "lon": _known(stream.lon),
                "lat": _known(stream.lat),
                "reported": "",
            },
        )
        row[stream.observed_property] = reading.result
        if reading.time_us != NO_TIME:
            moment = datetime.fromtimestamp(reading.time_us / 1e6, UTC)
            row["reported"] = moment.isoformat(timespec="seconds")
    return rows


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
