"""Puts observations together while a document is read."""

from __future__ import annotations

import math
from typing import Any

from twin.live.decoded import NO_TIME, Decoded, Reading, clean, number, wrong
from twin.live.plain import is_place
from twin.live.times import time_us
from twin.store.history import Datastream


class Thing:
    """One thing whose properties are observed.

    Parameters
    ----------
    decoded : Decoded
        What is added to.
    id : str
        Unique among feeds of its kind.
    """

    def __init__(
        self,
        decoded: Decoded,
        id: str,  # noqa: A002 - the word of the model
        *,
        name: object = "",
        lon: object = None,
        lat: object = None,
        ttl_s: float = math.nan,
        at: object = None,
    ) -> None:
        self._decoded = decoded
        self.id = clean(id, 300)
        self.name = clean(str(name or ""), 120)
        x, y = degrees(lon), degrees(lat)
        self.lon, self.lat = (x, y) if is_place(x, y) else (None, None)
        self.ttl_s = ttl_s
        self.at = at_of(at)

    def put(
        self,
        observed_property: str,
        value: object,
        *,
        unit: str = "",
        at: object = None,
        scale: float = 1.0,
        low: float = -math.inf,
        high: float = math.inf,
        stream: str = "",
    ) -> None:
        """Add an observation; what is no number, or beyond what it can be, is kept as wrong.

        Nothing is added for a missing value.
        """
        if value is None or value == "":
            return
        name = stream or f"{self.id}:{observed_property}"
        self._decoded.streams[name] = Datastream(
            id=name,
            name=f"{self.name} {observed_property}".strip(),
            thing=self.id,
            thing_name=self.name,
            observed_property=observed_property,
            unit=unit,
            lon=math.nan if self.lon is None else self.lon,
            lat=math.nan if self.lat is None else self.lat,
            ttl_s=self.ttl_s,
        )
        moment = self.at if at is None else at_of(at)
        found = number(value)
        if found is None or not low <= found * scale <= high:
            self._decoded.readings.append(wrong(name, moment, value))
        else:
            self._decoded.readings.append(Reading(name, moment, found * scale))

    def position(self, *, at: object = None) -> None:
        """Add where a moving thing is as observations of its own."""
        if self.lon is not None and self.lat is not None:
            self.put("longitude", self.lon, unit="°", at=at)
            self.put("latitude", self.lat, unit="°", at=at)


def at_of(value: object) -> int:
    """Return a time as microseconds, NO_TIME where it is none."""
    if isinstance(value, int) and value > 10**14:
        return value
    found = time_us(value)
    return NO_TIME if found is None else found


def degrees(value: object) -> float | None:
    """Return a coordinate that may be written as a text."""
    if isinstance(value, str):
        try:
            value = float(value.strip().replace(",", "."))
        except ValueError:
            return None
    return number(value)


def listed(value: object) -> list[Any]:
    """Return a list, empty for anything else."""
    return value if isinstance(value, list) else []


def mapped(value: object) -> dict[str, Any]:
    """Return a JSON object, empty for anything else."""
    return value if isinstance(value, dict) else {}


def parsed(data: bytes) -> Any:
    """Return JSON, None for what is none. A byte order mark in front is let pass."""
    import orjson

    try:
        return orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return None


def point_of(geometry: object) -> tuple[object, object]:
    """Return longitude and latitude of a GeoJSON geometry or feature: its point or its first one."""
    found = mapped(geometry)
    if found.get("type") == "Feature":
        found = mapped(found.get("geometry"))
    inner: Any = found.get("coordinates")
    for _ in range(4):
        if isinstance(inner, list) and inner and isinstance(inner[0], list):
            inner = inner[0]
    if isinstance(inner, list) and len(inner) >= 2:
        return inner[0], inner[1]
    return None, None


def text_of(value: object) -> str:
    """Return a text that may be given in several languages: ``[{"text", "language"}]``, ``{"fr": ...}``."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        found = [text_of(v) for v in value[:8]]
        return next((t for t in found if t), "")
    if isinstance(value, dict):
        for name in ("text", "value", "@value", "fr", "en"):
            if isinstance(value.get(name), str):
                return str(value[name])
        return next((v for v in value.values() if isinstance(v, str)), "")
    return ""
