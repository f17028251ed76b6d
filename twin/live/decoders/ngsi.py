"""NGSI-LD and NGSI-v2 entities: normalized, concise, key-values, GeoJSON features, notifications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twin.live.decoded import Decoded, number
from twin.live.decoders.building import Thing, listed, mapped, parsed, point_of, text_of
from twin.live.times import time_us

META = {"id", "type", "@context", "location", "properties", "geometry", "@id", "@type"}
WHEN = (
    *("dateObserved", "observedAt", "dateModified", "modifiedAt", "timestamp", "TimeInstant"),
    *("dateLastReported", "dateObservedFrom", "occupancyModified"),
)
UNITS = {
    "CEL": "°C",
    "P1": "%",
    "GQ": "µg/m³",
    "2N": "dB",
    "MTR": "m",
    "KMH": "km/h",
    "KWH": "kWh",
    "KWT": "kW",
    "WTT": "W",
    "VLT": "V",
    "AMP": "A",
    "C62": "1",
}
"""Units of UNECE Recommendation 20 by their common code."""

COUNTS = {"availableSpotNumber", "occupiedSpotNumber", "totalSpotNumber"}
MOST_ENTITIES = 100_000


def decode(document: Any, *, stale_s: float = 3600.0) -> Decoded:
    """Return the numeric attributes of entities."""
    decoded = Decoded()
    for entity in entities(document):
        _entity(decoded, entity, stale_s)
    return decoded


def message(_topic: str, payload: bytes) -> Decoded:
    """Return what a notification by MQTT says: its body may be wrapped in metadata."""
    said = parsed(payload)
    return decode(said) if said is not None else Decoded().puzzled(payload[:200])


def entities(document: Any) -> list[dict[str, Any]]:
    """Return the entities of an answer, a notification, a feature collection or one entity."""
    found = document
    if isinstance(found, dict) and isinstance(found.get("body"), dict):
        found = found["body"]
    if isinstance(found, dict):
        for name in ("data", "features"):
            if isinstance(found.get(name), list):
                found = found[name]
                break
        else:
            found = [found]
    rows = found if isinstance(found, list) else []
    return [row for row in rows[:MOST_ENTITIES] if isinstance(row, dict)]


def _entity(decoded: Decoded, entity: dict[str, Any], stale_s: float) -> None:
    name = entity.get("id", entity.get("@id"))
    if not isinstance(name, str) or not name:
        decoded.puzzled(entity)
        return
    attributes = dict(entity)
    if entity.get("type") == "Feature":
        attributes = {**mapped(entity.get("properties")), "location": entity.get("geometry")}
    lon, lat = point_of(value_of(attributes.get("location")))
    when = next((w for n in WHEN if (w := value_of(attributes.get(n))) is not None), None)
    if isinstance(when, dict):
        when = when.get("@value")
    thing = Thing(
        decoded,
        name,
        name=text_of(value_of(attributes.get("name"))) or name.rpartition(":")[2],
        lon=lon,
        lat=lat,
        ttl_s=stale_s,
        at=when,
    )
    total = number(value_of(attributes.get("totalSpotNumber")))
    for attribute, raw in attributes.items():
        short = attribute.rpartition("/")[2].rpartition("#")[2] or attribute
        if (attribute not in META and time_us(value_of(raw)) is None) or number(value_of(raw)):
            for path, value, own in _numbers(short, raw):
                high = total if short in COUNTS and total is not None else float("inf")
                low = 0.0 if short in COUNTS else -float("inf")
                thing.put(path, value, unit=_unit(raw), at=own, low=low, high=high)


def _numbers(name: str, raw: Any) -> Iterator[tuple[str, float, Any]]:
    value = value_of(raw)
    own = mapped(raw).get("observedAt") or value_of(
        mapped(mapped(raw).get("metadata")).get("TimeInstant")
    )
    found = number(value)
    if found is not None:
        yield name, found, own
    elif isinstance(value, dict) and "coordinates" not in value:
        for key, inner in value.items():
            deep = number(value_of(inner))
            if deep is not None and key != "observedAt":
                yield f"{name}.{key}", deep, own


def value_of(raw: Any) -> Any:
    """Return the value of an attribute in any of its forms."""
    if isinstance(raw, list) and raw and isinstance(raw[0], dict) and "type" in raw[0]:
        raw = raw[0]  # several sources of one attribute: the first
    if not isinstance(raw, dict):
        return raw
    value = raw.get("value", raw.get("@value")) if _wrapped(raw) else raw
    if isinstance(value, dict) and set(value) <= {"@type", "@value", "type"}:
        return value.get("@value")
    return value


def _wrapped(raw: dict[str, Any]) -> bool:
    return "value" in raw or "@value" in raw or raw.get("type") == "Relationship"


def _unit(raw: Any) -> str:
    code = mapped(raw).get("unitCode") or value_of(
        mapped(mapped(raw).get("metadata")).get("unitCode")
    )
    return UNITS.get(code, code)[:20] if isinstance(code, str) else ""


def rows_of(document: Any) -> int:
    """Return how many entities an answer holds."""
    return len(listed(document))
