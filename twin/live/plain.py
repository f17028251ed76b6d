"""MQTT messages without a mapping: each topic one datastream.

A bare number or a numeric ``value`` is the result, ``time`` or ``timestamp`` the phenomenon time, and
every other numeric field is a datastream of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from twin.live.decoded import NO_TIME, Decoded, Reading, clean, number, wrong
from twin.live.times import time_us
from twin.store.history import Datastream

TIMES = ("time", "timestamp")
LONGITUDES = ("lon", "lng", "long", "longitude")
LATITUDES = ("lat", "latitude")
MOST_FIELDS = 200
DEEPEST = 6
MOST_STREAMS = 50_000


def decode(topic: str, payload: bytes) -> Decoded:
    """Return what a message without a mapping says. Never raises."""
    import orjson

    decoded = Decoded()
    try:
        said = orjson.loads(payload)
    except orjson.JSONDecodeError:
        text = payload[:400].decode("utf-8", "replace").strip()
        value = bare(text)
        decoded.streams[topic] = stream_of(topic)
        decoded.readings.append(
            wrong(topic, NO_TIME, text) if value is None else Reading(topic, NO_TIME, value)
        )
        return decoded
    value = number(said)
    if value is not None:
        decoded.streams[topic] = stream_of(topic)
        decoded.readings.append(Reading(topic, NO_TIME, value))
    elif isinstance(said, dict):
        _fields(topic, said, decoded)
    elif isinstance(said, str | bool) or said is None:
        decoded.streams[topic] = stream_of(topic)
        decoded.readings.append(wrong(topic, NO_TIME, said))
    else:
        decoded.puzzled(said)
    return decoded


def bare(text: str) -> float | None:
    """Return the number that a text is, None if it is none."""
    if not 0 < len(text) <= 40 or "_" in text:
        return None
    try:
        return number(float(text))
    except ValueError:
        return None


def _fields(topic: str, said: Mapping[str, Any], decoded: Decoded) -> None:
    at = time_of(said)
    where = place_of(said)
    unit = clean(str(said["unit"]), 20) if isinstance(said.get("unit"), str) else ""
    before = len(decoded.readings)
    if "value" in said:
        value = number(said["value"])
        decoded.streams[topic] = stream_of(topic, where=where, unit=unit)
        decoded.readings.append(
            wrong(topic, at, said["value"]) if value is None else Reading(topic, at, value)
        )
    for path, value in numbers(said):
        if path in TIMES or path == "value":
            continue
        name = f"{topic}#{path}"
        decoded.streams[name] = stream_of(topic, path, where=where)
        decoded.readings.append(Reading(name, at, value))
        if len(decoded.readings) - before > MOST_FIELDS:
            break
    if len(decoded.readings) == before:
        decoded.puzzled(said)


def numbers(
    said: Mapping[str, Any], within: str = "", depth: int = 0
) -> Iterator[tuple[str, float]]:
    """Give every numeric field of a JSON object with its dotted path."""
    for key, inner in said.items():
        path = f"{within}.{key}" if within else clean(str(key), 60)
        value = number(inner)
        if value is not None:
            yield path, value
        elif isinstance(inner, dict) and depth < DEEPEST:
            yield from numbers(inner, path, depth + 1)


def time_of(said: Mapping[str, Any]) -> int:
    """Return the phenomenon time of a JSON object, NO_TIME where it has none."""
    for name in TIMES:
        if name in said:
            found = time_us(said[name])
            if found is not None:
                return found
    return NO_TIME


def place_of(said: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return longitude and latitude that a JSON object names, None where it has none."""
    for inner in (said, said.get("location"), said.get("position"), said.get("coordinates")):
        if isinstance(inner, dict):
            lon = next((number(inner[n]) for n in LONGITUDES if n in inner), None)
            lat = next((number(inner[n]) for n in LATITUDES if n in inner), None)
            if is_place(lon, lat):
                return lon, lat  # type: ignore[return-value]
    return None


def is_place(lon: float | None, lat: float | None) -> bool:
    """Whether two numbers are a place on Earth, and not the zero that stands for none."""
    return (
        lon is not None
        and lat is not None
        and abs(lon) <= 180.0
        and abs(lat) <= 90.0
        and (lon, lat) != (0.0, 0.0)
    )


@lru_cache(maxsize=MOST_STREAMS)  # nearly every message is of a topic that spoke before
def stream_of(
    topic: str, field: str = "", *, where: tuple[float, float] | None = None, unit: str = ""
) -> Datastream:
    """Return the datastream of a topic or of one field of its messages."""
    observed = field or _named(topic)
    lon, lat = where if where is not None else (math.nan, math.nan)
    return Datastream(
        id=f"{topic}#{field}" if field else topic,
        name=f"{topic} {field}" if field else topic,
        thing=topic,
        thing_name=topic,
        observed_property=observed,
        unit=unit,
        lon=lon,
        lat=lat,
    )


def _named(topic: str) -> str:
    """Return the last level of a topic that is no mere number: ``no2`` of ``city/no2/17``."""
    levels = topic.split("/")
    return next((level for level in reversed(levels) if level and not level.isdigit()), levels[-1])
