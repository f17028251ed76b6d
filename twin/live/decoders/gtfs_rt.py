"""GTFS-Realtime 2.0: vehicle positions, trip updates and alerts (gtfs.org/realtime)."""

from __future__ import annotations

from typing import Any, NamedTuple

from twin.extras import require
from twin.live.decoded import NO_TIME, TRIP, Decoded, clean, trip_key
from twin.live.decoders.building import Thing
from twin.live.feed import Notice

OLD_POSITION_S = 300
MOST_ENTITIES = 200_000


class Counts(NamedTuple):
    """What a message holds."""

    vehicles: int
    trip_updates: int
    alerts: int


def message_of(data: bytes) -> Any | None:
    """Return the protobuf message, None for bytes that are none."""
    protobuf = require("live", "google.protobuf.message")
    realtime = require("live", "google.transit.gtfs_realtime_pb2")
    message = realtime.FeedMessage()
    try:
        message.ParseFromString(data)
    except (protobuf.DecodeError, RuntimeError, ValueError):
        return None
    return message if message.HasField("header") else None


def decode(data: bytes) -> Decoded:
    """Return positions, speeds, occupancy and delays."""
    message = message_of(data)
    if message is None:
        return Decoded().puzzled("no GTFS-Realtime message")
    decoded = Decoded()
    stamp = message.header.timestamp
    for entity in list(message.entity)[:MOST_ENTITIES]:
        if entity.is_deleted:
            continue
        if entity.HasField("vehicle"):
            _vehicle(decoded, entity, stamp)
        if entity.HasField("trip_update"):
            _trip(decoded, entity, stamp)
    return decoded


def count(data: bytes) -> Counts | None:
    """Return how many of each kind a message holds, None if it is none."""
    message = message_of(data)
    if message is None:
        return None
    kinds = ("vehicle", "trip_update", "alert")
    return Counts(*(sum(1 for e in message.entity if e.HasField(kind)) for kind in kinds))


def alerts(data: bytes, language: str = "fr") -> list[Notice]:
    """Return the disturbances of a message, worded in a language where it has that."""
    message = message_of(data)
    found = []
    for entity in list(message.entity)[:MOST_ENTITIES] if message is not None else ():
        if not entity.HasField("alert") or entity.is_deleted:
            continue
        alert = entity.alert
        periods = alert.active_period
        concerns = [e.route_id or e.stop_id for e in alert.informed_entity]
        # An end of 0 is an open one.
        ends = [p.end for p in periods]
        found.append(
            Notice(
                id=clean(entity.id),
                title=_words(alert.header_text, language),
                text=_words(alert.description_text, language),
                start_us=min((p.start for p in periods), default=0) * 1_000_000,
                end_us=max(ends) * 1_000_000 if ends and all(ends) else 0,
                concerns=tuple(clean(c) for c in dict.fromkeys(concerns) if c)[:50],
            )
        )
    return found


def _vehicle(decoded: Decoded, entity: Any, stamp: int) -> None:
    vehicle = entity.vehicle
    name = vehicle.vehicle.id or vehicle.vehicle.label or vehicle.trip.trip_id or entity.id
    if not name or not vehicle.HasField("position"):
        decoded.puzzled(entity.id)
        return
    when = vehicle.timestamp or stamp
    position = vehicle.position
    thing = Thing(
        decoded,
        f"gtfs:v:{name}",
        name=vehicle.vehicle.label or vehicle.trip.route_id or name,
        lon=position.longitude,
        lat=position.latitude,
        ttl_s=OLD_POSITION_S,
        at=when or None,
    )
    if thing.lon is None:
        decoded.puzzled(name)
        return
    thing.position()
    if vehicle.trip.trip_id:
        thing.put(TRIP, trip_key(vehicle.trip.trip_id))
    if position.HasField("bearing"):
        thing.put("bearing", position.bearing, unit="°", low=-360.0, high=720.0)
    if position.HasField("speed"):
        thing.put("speed", position.speed, unit="m/s", low=0.0, high=200.0)
    if vehicle.HasField("occupancy_percentage"):
        thing.put("occupancy", vehicle.occupancy_percentage, unit="%", low=0.0)


def _trip(decoded: Decoded, entity: Any, stamp: int) -> None:
    update = entity.trip_update
    name = update.trip.trip_id or entity.id
    when = update.timestamp or stamp
    delay = next(
        (
            event.delay
            for stop in update.stop_time_update
            for event in (stop.arrival, stop.departure)
            if event.HasField("delay")
        ),
        update.delay if update.HasField("delay") else None,
    )
    thing = Thing(
        decoded,
        f"gtfs:t:{name}",
        name=update.trip.route_id or name,
        ttl_s=OLD_POSITION_S,
        at=when or NO_TIME,
    )
    thing.put("delay", delay, unit="s", low=-86_400.0, high=86_400.0)
    due = [
        (event.time, stop.stop_sequence)
        for stop in update.stop_time_update
        for event in (stop.arrival, stop.departure)
        if event.time
    ]
    coming = [call for call in due if call[0] >= when]
    if when and coming:
        at, sequence = min(coming)
        thing.put("wait", at - when, unit="s")
        if delay is None and sequence:  # how late that is, only the timetable tells
            thing.put("due", at, unit="s")
            thing.put("call", sequence)
    elif delay is None:
        thing.put("stops_left", len(update.stop_time_update), unit="1")


def _words(text: Any, language: str) -> str:
    said = {t.language.lower()[:2]: t.text for t in text.translation}
    return clean(said.get(language) or next(iter(said.values()), ""), 1000)
