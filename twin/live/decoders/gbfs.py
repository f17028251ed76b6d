"""GBFS 1.0 to 3.x: bicycles, scooters and cars to share (github.com/MobilityData/gbfs)."""

from __future__ import annotations

import math
from typing import Any

from twin.live.decoded import Decoded, number
from twin.live.decoders.building import Thing, listed, mapped, text_of

ALIASES = {"free_bike_status": "vehicle_status"}
WANTED = (
    *("system_information", "station_information", "station_status", "vehicle_status"),
    "vehicle_types",
)


def feeds(document: Any) -> tuple[dict[str, str], float]:
    """Return the addresses of the files by name, and the ttl in seconds, of a ``gbfs.json``."""
    data = mapped(mapped(document).get("data"))
    groups = [data] if "feeds" in data else [mapped(v) for v in data.values()]
    found: dict[str, str] = {}
    for group in groups[:40]:
        for feed in listed(group.get("feeds")):
            row = mapped(feed)
            name, url = row.get("name"), row.get("url")
            if isinstance(name, str) and isinstance(url, str):
                found.setdefault(ALIASES.get(name, name), url)
    return found, ttl_of(document)


def ttl_of(document: Any) -> float:
    """Return after how many seconds a file is worth asking for again."""
    ttl = number(mapped(document).get("ttl"))
    return ttl if ttl is not None and ttl > 0 else 60.0


def is_gbfs(document: Any) -> bool:
    """Whether a document is a ``gbfs.json``."""
    return bool(feeds(document)[0]) and "last_updated" in mapped(document)


def name_of(document: Any) -> str:
    """Return which file of a system a document is by what it tells of, empty if it is none."""
    if "last_updated" not in mapped(document):
        return ""
    data = mapped(mapped(document).get("data"))
    if listed(data.get("bikes")) or listed(data.get("vehicles")):
        return "vehicle_status"
    first = mapped((listed(data.get("stations")) or [None])[0])
    if "station_id" not in first:
        return ""
    return "station_information" if "lat" in first else "station_status"


def decode(files: dict[str, Any], *, stale_s: float = 600.0) -> Decoded:
    """Return stations and vehicles of the files of one system.

    Parameters
    ----------
    files : dict
        Documents by name: ``station_information``, ``station_status``, ``vehicle_status``,
        ``system_information``, ``vehicle_types``; any may be missing.
    """
    decoded = Decoded()
    info = mapped(mapped(files.get("system_information")).get("data"))
    system = str(info.get("system_id") or "gbfs")
    places = _stations(files.get("station_information"))
    cars = _cars(files.get("vehicle_types"))
    status = mapped(files.get("station_status"))
    updated = status.get("last_updated")
    seen = set()
    for row in listed(mapped(status.get("data")).get("stations")):
        station = mapped(row)
        name = station.get("station_id")
        if name is None:
            decoded.puzzled(row)
            continue
        seen.add(str(name))
        place = places.get(str(name), {})
        shared = _shared(station, cars)
        _station(decoded, system, station, place, shared, updated=updated, stale_s=stale_s)
    for name, place in places.items():
        if name not in seen and not status:
            _station(decoded, system, {}, place, _shared({}, cars), updated=None, stale_s=stale_s)
    _vehicles(decoded, system, mapped(files.get("vehicle_status")), cars, stale_s)
    return decoded


def _cars(document: Any) -> dict[str, bool]:
    """Return by its id whether a type of vehicle is a car."""
    rows = (
        mapped(row) for row in listed(mapped(mapped(document).get("data")).get("vehicle_types"))
    )
    return {str(row.get("vehicle_type_id")): row.get("form_factor") == "car" for row in rows}


def _shared(station: dict[str, Any], cars: dict[str, bool]) -> str:
    """Return what is counted at a station: cars where it has nothing else, else bikes, as most systems."""
    told = [
        mapped(row).get("vehicle_type_id") for row in listed(station.get("vehicle_types_available"))
    ]
    own = [cars[str(kind)] for kind in told if str(kind) in cars] or list(cars.values())
    return "cars" if own and all(own) else "bikes"


def _stations(document: Any) -> dict[str, dict[str, Any]]:
    rows = listed(mapped(mapped(document).get("data")).get("stations"))
    return {str(r["station_id"]): r for r in rows if isinstance(r, dict) and "station_id" in r}


def _station(
    decoded: Decoded,
    system: str,
    station: dict[str, Any],
    place: dict[str, Any],
    shared: str,
    *,
    updated: Any,
    stale_s: float,
) -> None:
    name = station.get("station_id", place.get("station_id"))
    reported = station.get("last_reported") or updated
    thing = Thing(
        decoded,
        f"gbfs:{system}:{name}",
        name=text_of(place.get("name")),
        lon=place.get("lon"),
        lat=place.get("lat"),
        ttl_s=stale_s,
        at=reported,
    )
    capacity = number(place.get("capacity"))
    most = max(capacity, 1000.0) if capacity is not None else math.inf
    vehicles = station.get("num_vehicles_available", station.get("num_bikes_available"))
    thing.put(shared, vehicles, unit="1", low=0.0, high=most)
    thing.put("docks", station.get("num_docks_available"), unit="1", low=0.0, high=most)
    if capacity is not None:
        thing.put("capacity", capacity, unit="1", low=0.0)


def _vehicles(
    decoded: Decoded,
    system: str,
    document: dict[str, Any],
    cars: dict[str, bool],
    stale_s: float,
) -> None:
    """Vehicles that stand free. Their ids change after every trip: nobody can be followed."""
    data = mapped(document.get("data"))
    updated = document.get("last_updated")
    for row in listed(data.get("vehicles", data.get("bikes"))):
        vehicle = mapped(row)
        name = vehicle.get("vehicle_id", vehicle.get("bike_id"))
        if name is None:
            decoded.puzzled(row)
            continue
        thing = Thing(
            decoded,
            f"gbfs:{system}:v:{name}",
            name=name,
            lon=vehicle.get("lon"),
            lat=vehicle.get("lat"),
            ttl_s=stale_s,
            at=vehicle.get("last_reported") or updated,
        )
        free = not (vehicle.get("is_reserved") or vehicle.get("is_disabled"))
        is_car = cars.get(str(vehicle.get("vehicle_type_id")), False)
        thing.put("car_free" if is_car else "bike_free", 1 if free else 0, unit="1")
        charge = vehicle.get("current_fuel_percent")
        thing.put("charge", charge, unit="%", scale=100.0, low=0.0, high=100.0)
        thing.put("range", vehicle.get("current_range_meters"), unit="m", low=0.0)
