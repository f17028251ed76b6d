"""Smaller platforms: oneM2M, SIRI Lite, OCPI, DATEX II. Each a pure function of a document."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from twin.live.decoded import TRIP, Decoded, number, trip_key
from twin.live.decoders.building import Thing, at_of, listed, mapped, parsed
from twin.live.plain import bare, numbers, place_of

MOST = 100_000
FREE = {"AVAILABLE"}


def onem2m(document: Any, *, container: str = "") -> Decoded:
    """Return contentInstances of oneM2M (TS-0004): one, or those of a container with its children.

    Content is a number, a text of JSON, or an object of numbers.
    """
    decoded = Decoded()
    for path, instance in _instances(document, container, 0):
        content = instance.get("con")
        if isinstance(content, str):
            said = parsed(content.encode())
            content = bare(content) if said is None else said
        thing = Thing(
            decoded, f"onem2m:{path}", name=path.rpartition("/")[2], at=instance.get("ct")
        )
        if isinstance(content, dict):
            where = place_of(content)
            if where:
                thing.lon, thing.lat = where
            for name, value in numbers(content):
                thing.put(name, value)
        elif number(content) is not None:
            thing.put("con", content)
        else:
            decoded.puzzled(instance.get("con"))
    if not decoded.readings and not decoded.not_understood:
        decoded.puzzled(document)
    return decoded


def _instances(document: Any, path: str, depth: int) -> list[tuple[str, dict[str, Any]]]:
    found = mapped(document)
    made: list[tuple[str, dict[str, Any]]] = []
    for key, inner in found.items():
        short = key.rpartition(":")[2]
        if short == "cin":
            made += [(path, mapped(row)) for row in (inner if isinstance(inner, list) else [inner])]
        elif short in ("cnt", "ae", "cb") and depth < 8:
            for row in inner if isinstance(inner, list) else [inner]:
                name = mapped(row).get("rn")
                below = f"{path}/{name}" if path and isinstance(name, str) else name or path
                made += _instances(row, str(below), depth + 1)
        if len(made) > MOST:
            break
    return made


def siri(document: Any) -> Decoded:
    """Return delays of SIRI Lite stop monitoring, and positions of vehicle monitoring.

    Values are wrapped as ``{"value": ...}`` or in lists of these, or not at all.
    """
    decoded = Decoded()
    delivery = mapped(mapped(mapped(document).get("Siri", document)).get("ServiceDelivery"))
    stamp = _unwrapped(delivery.get("ResponseTimestamp"))
    for kind, visits in (
        ("StopMonitoringDelivery", "MonitoredStopVisit"),
        ("VehicleMonitoringDelivery", "VehicleActivity"),
    ):
        found = delivery.get(kind)
        for part in found if isinstance(found, list) else [found]:
            for visit in listed(mapped(part).get(visits)):
                _visit(decoded, mapped(visit), stamp)
    if not delivery:
        decoded.puzzled(document)
    return decoded


def _visit(decoded: Decoded, visit: dict[str, Any], stamp: Any) -> None:
    journey = mapped(visit.get("MonitoredVehicleJourney"))
    call = mapped(journey.get("MonitoredCall"))
    when = _unwrapped(visit.get("RecordedAtTime")) or stamp
    framed = mapped(journey.get("FramedVehicleJourneyRef"))
    name = _unwrapped(journey.get("VehicleRef")) or _unwrapped(framed.get("DatedVehicleJourneyRef"))
    line = _unwrapped(journey.get("PublishedLineName")) or _unwrapped(journey.get("LineRef"))
    where = mapped(journey.get("VehicleLocation"))
    if where and name:
        vehicle = Thing(
            decoded,
            f"siri:v:{name}",
            name=line,
            lon=_unwrapped(where.get("Longitude")),
            lat=_unwrapped(where.get("Latitude")),
            ttl_s=300.0,
            at=when,
        )
        vehicle.position()
        trip = _unwrapped(framed.get("DatedVehicleJourneyRef"))
        if isinstance(trip, str) and trip:
            vehicle.put(TRIP, trip_key(trip))
    expected = at_of(
        _unwrapped(call.get("ExpectedDepartureTime") or call.get("ExpectedArrivalTime"))
    )
    aimed = at_of(_unwrapped(call.get("AimedDepartureTime") or call.get("AimedArrivalTime")))
    stop = _unwrapped(call.get("StopPointRef")) or _unwrapped(visit.get("MonitoringRef"))
    if stop and expected > 0:
        at = Thing(
            decoded,
            f"siri:s:{stop}:{name or line}",
            name=f"{_unwrapped(call.get('StopPointName')) or stop} {line or ''}".strip(),
            ttl_s=300.0,
            at=when,
        )
        if aimed > 0:
            at.put("delay", (expected - aimed) / 1e6, unit="s")
        if at.at > 0:
            at.put("wait", (expected - at.at) / 1e6, unit="s")


def _unwrapped(value: Any) -> Any:
    if isinstance(value, list):
        value = value[0] if value else None
    return value.get("value") if isinstance(value, dict) else value


def ocpi(document: Any) -> Decoded:
    """Return free and usable charge points of OCPI 2.1 to 2.3 locations, and the state of each."""
    decoded = Decoded()
    found = mapped(document).get("data", document)
    for raw in found if isinstance(found, list) else [found]:
        location = mapped(raw)
        points = [mapped(e) for e in listed(location.get("evses"))]
        if not location.get("id") or not points:
            decoded.puzzled(raw)
            continue
        where = mapped(location.get("coordinates"))
        own: dict[str, Any] = {
            "name": location.get("name") or location.get("address"),
            "lon": where.get("longitude"),
            "lat": where.get("latitude"),
            "ttl_s": 3600.0,
        }
        site = Thing(decoded, f"ocpi:{location['id']}", at=location.get("last_updated"), **own)
        site.put("charge_points_free", sum(p.get("status") in FREE for p in points), unit="1")
        site.put("capacity", len(points), unit="1")
        for point in points:
            name = point.get("uid") or point.get("evse_id")
            if name and isinstance(point.get("status"), str):
                when = point.get("last_updated") or location.get("last_updated")
                each = Thing(decoded, f"ocpi:{location['id']}:{name}", at=when, **own)
                each.put("charge_points_free", 1 if point["status"] in FREE else 0, unit="1")
    return decoded


def datex(data: bytes) -> Decoded:
    """Return car parks of DATEX II, versions 2 and 3 (CEN/TS 16157-6), by local names.

    A document with a type definition is refused: that is where entities blow up.
    """
    decoded = Decoded()
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        return decoded.puzzled("DOCTYPE")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no entities can be declared
    except (ET.ParseError, ValueError, LookupError):
        return decoded.puzzled(data[:100])
    places: dict[str, dict[str, str]] = {}
    for record in _all(root, "parkingRecord"):
        told = _texts(record)
        places[record.get("id", "")] = told
    for status in (*_all(root, "parkingRecordStatus"), *_all(root, "parkingFacilityStatus")):
        reference = next(
            (e for e in status.iter() if _local(e).endswith("Reference") and e.get("id")), None
        )
        name = reference.get("id", "") if reference is not None else ""
        if name:
            _car_park(decoded, name, _texts(status), places.get(name, {}))
    if not decoded.readings:
        for name, told in places.items():
            _car_park(decoded, name, {}, told)
    if not decoded.readings:
        decoded.puzzled(data[:100])
    return decoded


def _car_park(decoded: Decoded, name: str, told: dict[str, str], place: dict[str, str]) -> None:
    thing = Thing(
        decoded,
        f"datex:{name}",
        name=place.get("value") or place.get("parkingName") or name,
        lon=place.get("longitude"),
        lat=place.get("latitude"),
        ttl_s=1800.0,
        at=told.get("parkingStatusOriginTime") or told.get("parkingFacilityStatusTime"),
    )
    spaces = bare(place.get("parkingNumberOfSpaces", told.get("totalParkingCapacity", "")))
    high = float("inf") if spaces is None else spaces
    vacant = told.get("parkingNumberOfVacantSpaces", told.get("vacantParkingSpaces", ""))
    thing.put("vacant", bare(vacant), unit="1", low=0.0, high=high)
    occupied = told.get("parkingNumberOfOccupiedSpaces", told.get("occupiedParkingSpaces", ""))
    thing.put("occupied", bare(occupied), unit="1", low=0.0, high=high)
    share = told.get("parkingOccupancy", told.get("parkingFacilityOccupancy", ""))
    thing.put("parking", bare(share), unit="%", low=0.0, high=100.0)
    thing.put("capacity", spaces, unit="1", low=0.0)


def _all(root: ET.Element, name: str) -> list[ET.Element]:
    return [e for e in root.iter() if _local(e) == name and len(e)]


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _texts(element: ET.Element) -> dict[str, str]:
    told: dict[str, str] = {}
    for inner in element.iter():
        text = (inner.text or "").strip()
        if text:
            told.setdefault(_local(inner), text[:200])
    return told
