"""OGC SensorThings API 1.1: Things with Locations, Datastreams and Observations; also by MQTT."""

from __future__ import annotations

import re
from typing import Any

from twin.live.decoded import Decoded
from twin.live.decoders.building import Thing, listed, mapped, parsed, point_of, text_of

NEXT = "@iot.nextLink"
ID = "@iot.id"
OBSERVED = re.compile(r"Datastreams\(([^)]{1,200})\)/Observations$")


def decode(document: Any, *, stale_s: float = 3600.0) -> Decoded:
    """Return what an answer says, whatever entity it starts from.

    Parameters
    ----------
    document : object
        JSON of Things, Datastreams or Observations: a collection or one entity, expanded or not.
    """
    decoded = Decoded()
    for entity in entities(document):
        _entity(decoded, entity, stale_s)
    return decoded


def entities(document: Any) -> list[dict[str, Any]]:
    """Return the entities of an answer."""
    if isinstance(document, list):
        rows = document
    else:
        found = mapped(document)
        rows = listed(found["value"]) if isinstance(found.get("value"), list) else [found]
    return [row for row in rows if isinstance(row, dict) and row]


def next_link(document: Any) -> str:
    """Return the address of the next page, relative or not; empty on the last."""
    link = mapped(document).get(NEXT)
    return link if isinstance(link, str) else ""


def message(topic: str, payload: bytes) -> Decoded:
    """Return the observation of an MQTT message on ``v1.1/Datastreams(5)/Observations``."""
    found = OBSERVED.search(topic)
    observation = mapped(parsed(payload))
    if not found or "result" not in observation:
        return Decoded().puzzled(payload[:200])
    decoded = Decoded()
    name = found.group(1).strip("'")
    embedded = mapped(observation.get("Datastream"))
    _datastream(decoded, {ID: name, **embedded, "Observations": [observation]}, {}, 3600.0)
    return decoded


def _entity(decoded: Decoded, entity: dict[str, Any], stale_s: float) -> None:
    if "Datastreams" in entity or "Locations" in entity:
        for row in listed(entity.get("Datastreams")):
            _datastream(decoded, mapped(row), entity, stale_s)
    elif "unitOfMeasurement" in entity or "Observations" in entity:
        _datastream(decoded, entity, mapped(entity.get("Thing")), stale_s)
    elif "result" in entity:
        stream = mapped(entity.get("Datastream"))
        _datastream(
            decoded, {**stream, "Observations": [entity]}, mapped(stream.get("Thing")), stale_s
        )
    elif "name" not in entity and "description" not in entity:
        decoded.puzzled(entity)


def _datastream(
    decoded: Decoded, row: dict[str, Any], thing: dict[str, Any], stale_s: float
) -> None:
    name = _id(row, "Datastreams")
    owner = _id(thing, "Things") or name
    places = listed(thing.get("Locations")) or [thing.get("Locations")]
    lon, lat = point_of(mapped(places[0]).get("location")) if places else (None, None)
    if lon is None:
        lon, lat = point_of(row.get("observedArea"))
    made = Thing(
        decoded,
        f"sta:{owner}",
        name=text_of(thing.get("name")) or text_of(row.get("name")),
        lon=lon,
        lat=lat,
        ttl_s=stale_s,
    )
    observed = mapped(row.get("ObservedProperty"))
    prop = text_of(observed.get("name")) or text_of(row.get("name")) or "result"
    unit = mapped(row.get("unitOfMeasurement"))
    symbol = text_of(unit.get("symbol")) or text_of(unit.get("name"))
    for item in listed(row.get("Observations")):
        observation = mapped(item)
        result = observation.get("result")
        if isinstance(result, dict):
            result = result.get("value", result.get("numericalResult"))
        when = observation.get("phenomenonTime") or observation.get("resultTime")
        made.put(prop, result, unit=symbol[:20], at=when, stream=f"sta:{name}" if name else "")


def _id(entity: dict[str, Any], kind: str) -> str:
    found = entity.get(ID, entity.get("id"))
    if isinstance(found, int | str) and not isinstance(found, bool):
        return str(found)
    link = entity.get("@iot.selfLink")
    inside = re.search(rf"{kind}\(([^)]{{1,200}})\)", link) if isinstance(link, str) else None
    return inside.group(1).strip("'") if inside else text_of(entity.get("name"))
