"""Services that a town may not have, spoken by a simulator, in the words of the standards of open data.

GBFS, GTFS-Realtime, DATEX II, Opendatasoft, NGSI-LD, Standard covoiturage.

What they tell is made up from the files of the demo city, changes with the clock alone, and says so: in the headers of
every answer, and in its words wherever the format has a place for them.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from twin.extras import require
from twin.synth.plane import chance

NAME = "SIMULATED - Belvedere demo"
LABEL = {"X-Simulated": "true"}
"""Headers of every answer."""
JSON, XML, PROTOBUF = "application/json", "application/xml", "application/x-protobuf"
SPEEDS_KMH = (24.0, 38.0)
OFFERS = 8

Query = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A body and its type."""

    kind: str
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Town:
    """What is asked: the data of the demo city, under which address, and when.

    Parameters
    ----------
    data : Path
        Folder of the files that ``twin.synth.services`` writes.
    at : datetime
        With a time zone.
    """

    data: Path
    address: str
    at: datetime

    def wave(self, name: str, *, hours: float = 1.0) -> float:
        """Return how far a thing has got between 0 and 1: up and down, each at its own time."""
        phase = float(chance("simulated", name).random())
        turns = self.at.timestamp() / 3600.0 / hours
        return 0.5 + 0.5 * math.sin(2.0 * math.pi * (turns + phase))


def answer(town: Town, target: str) -> Answer | None:
    """Return what a request is answered, None where nothing is.

    Parameters
    ----------
    target : str
        Path and query of the request.
    """
    asked = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(asked.query).items()}
    if asked.path.startswith(GBFS):
        return _gbfs(town, asked.path.removeprefix(GBFS).removesuffix(".json"))
    speaker = SPEAKERS.get(asked.path)
    return speaker(town, query) if speaker else None


def addresses(address: str) -> dict[str, str]:
    """Return where each service is asked, by its standard."""
    return {name: f"{address}{path}" for name, path in SERVICES.items()}


# --- each in its own words ------------------------------------------------------------------


def _gbfs(town: Town, name: str) -> Answer | None:
    head = {"last_updated": town.at.isoformat(), "ttl": 10, "version": "3.0"}
    if name == "gbfs":
        listed = [{"name": f, "url": f"{town.address}{GBFS}{f}.json"} for f in GBFS_FILES]
        return _json({**head, "data": {"feeds": listed}})
    if name == "system_information":
        words = [{"text": NAME, "language": "en"}]
        about = {"system_id": "simulated", "languages": ["en"], "name": words}
        return _json({**head, "data": {**about, "timezone": "Europe/Paris"}})
    if name not in GBFS_FILES:
        return None
    document = json.loads(_text(town.data / f"gbfs_{name}.json"))
    for station in document["data"].get("stations", ()) if name == "station_status" else ():
        room = station["num_vehicles_available"] + station["num_docks_available"]
        there = round(room * town.wave(station["station_id"]))
        now = {"num_vehicles_available": there, "num_docks_available": room - there}
        station.update({**now, "last_reported": town.at.isoformat()})
    for car in document["data"].get("vehicles", ()):
        car["last_reported"] = town.at.isoformat()
    return _json({**document, **head})


def _delays(town: Town, _query: Query) -> Answer:
    """GTFS-Realtime: trips of the demo's timetable, up to ten minutes late."""
    from twin.io.gtfs import read_timetable

    realtime = require("live", "google.transit.gtfs_realtime_pb2")
    feed = realtime.FeedMessage()
    feed.header.gtfs_realtime_version = "2.0"
    feed.header.timestamp = int(town.at.timestamp())
    trips = read_timetable(town.data / "gtfs.zip").trips["trip_id"]
    for trip in trips.iloc[:: max(1, len(trips) // 200)]:
        entity = feed.entity.add(id=f"simulated-{trip}")
        entity.trip_update.trip.trip_id = trip
        late = entity.trip_update.stop_time_update.add(stop_sequence=1)
        late.departure.delay = round(600 * town.wave(trip, hours=2.0))
    return Answer(kind=PROTOBUF, body=feed.SerializeToString())


@dataclass(frozen=True, kw_only=True)
class _Park:
    """A car park, and how many places are free."""

    id: str
    name: str
    places: int
    free: int


def _parks(town: Town) -> list[_Park]:
    rows = csv.DictReader(_text(town.data / "stationnement.csv").splitlines())
    parks = [(row["id"], row["nom"], int(row["nb_places"])) for row in rows]
    return [
        _Park(id=name, name=title, places=places, free=round(places * town.wave(name, hours=8.0)))
        for name, title, places in parks
    ]


def _datex(town: Town, _query: Query) -> Answer:
    """DATEX II, parking status publication: by the ids of the national base."""
    when = town.at.isoformat()
    records = "".join(
        f'<parkingRecordStatus><parkingRecordReference id="{escape(park.id)}"/>'
        f"<parkingStatusOriginTime>{when}</parkingStatusOriginTime><parkingOccupancy>"
        f"<parkingNumberOfVacantSpaces>{park.free}</parkingNumberOfVacantSpaces>"
        f"</parkingOccupancy></parkingRecordStatus>"
        for park in _parks(town)
    )
    space = 'xmlns="http://datex2.eu/schema/3/parking"'
    text = f"<?xml version='1.0'?><!-- {NAME} --><payload {space}>{records}</payload>"
    return Answer(kind=XML, body=text.encode())


def _records(town: Town, query: Query) -> Answer:
    """Opendatasoft, API 2.1: records of the car parks."""
    limit, offset = int(query.get("limit", "100")), int(query.get("offset", "0"))
    when = town.at.isoformat()
    rows = [
        {"nom_parking": p.name, "disponible": p.free, "total": p.places, "horodatage": when}
        for p in _parks(town)
    ]
    return _json({"total_count": len(rows), "results": rows[offset : offset + limit], "note": NAME})


def _entities(town: Town, query: Query) -> Answer:
    """NGSI-LD: waste containers that fill over two days and are emptied."""
    rows = json.loads(_text(town.data / "conteneurs.json"))
    days = town.at.timestamp() / 86_400.0
    for row in rows:
        phase = float(chance("simulated", row["id"]).random())
        row["fillingLevel"]["value"] = round((days / 2.0 + phase) % 1.0, 2)
        row["dateObserved"]["value"] = town.at.isoformat()
        row["source"] = {"type": "Property", "value": NAME}
    wanted = query.get("type", "WasteContainer")
    return _json(rows if "WasteContainer" in wanted.split(",") else [])


def _journeys(town: Town, query: Query) -> Answer:
    """Standard covoiturage: what drivers offer between two places, around the hour that is asked for."""
    ends = [float(query.get(name, "nan")) for name in ENDS]
    leave = int(query.get("departureDate", town.at.timestamp()))
    east_m = (ends[3] - ends[1]) * 111_320 * math.cos(math.radians(ends[0]))
    away_m = 1.3 * math.hypot((ends[2] - ends[0]) * 111_320, east_m)
    if not math.isfinite(away_m):
        return _json([])
    draw = chance("simulated", "journeys", str(sorted(query.items())))
    offers = [
        {
            "operator": "simulated.example",
            "driver": {"id": f"simulated-{i}", "operator": "simulated.example", "alias": NAME},
            "passengerPickupLat": ends[0],
            "passengerPickupLng": ends[1],
            "passengerDropLat": ends[2],
            "passengerDropLng": ends[3],
            "passengerPickupDate": leave + int(draw.integers(-1500, 1500)),
            "distance": round(away_m),
            "duration": round(away_m / (draw.uniform(*SPEEDS_KMH) / 3.6)),
            "type": "PLANNED",
            "price": {"type": "PAYING", "amount": round(0.5 + away_m / 8000, 2), "currency": "EUR"},
            "availableSeats": int(draw.integers(1, 4)),
        }
        for i in range(min(OFFERS, int(query.get("count", OFFERS))))
    ]
    return _json(offers)


def _index(town: Town, _query: Query) -> Answer:
    return _json({"name": NAME, "simulated": True, "services": addresses(town.address)})


def _json(document: object) -> Answer:
    return Answer(kind=JSON, body=json.dumps(document, ensure_ascii=False).encode())


@lru_cache(maxsize=16)
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


ENDS = ("departureLat", "departureLng", "arrivalLat", "arrivalLng")
GBFS = "/gbfs/3.0/"
GBFS_FILES = (
    *("system_information", "station_information", "station_status"),
    *("vehicle_status", "vehicle_types"),
)
SERVICES = {
    "gbfs": f"{GBFS}gbfs.json",
    "gtfs_rt": "/gtfs-rt/trip-updates.pb",
    "datex2": "/datex2/parking.xml",
    "opendatasoft": "/api/explore/v2.1/catalog/datasets/stationnement/records",
    "ngsi_ld": "/ngsi-ld/v1/entities",
    "covoiturage": "/covoiturage/driver_journeys",
}
SPEAKERS: Mapping[str, Callable[[Town, Query], Answer]] = {
    "/": _index,
    SERVICES["gtfs_rt"]: _delays,
    SERVICES["datex2"]: _datex,
    SERVICES["opendatasoft"]: _records,
    SERVICES["ngsi_ld"]: _entities,
    SERVICES["covoiturage"]: _journeys,
}
