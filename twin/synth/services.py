"""Files of city services for the demo, in the formats that real services publish. All of it is made up.

GBFS 3.0, BNLC and journeys, BNLS and Opendatasoft records, NGSI-LD, GTFS, hourly aggregates of homes, materials by
RNB id: so that the layers of the demo read what they would read in a real town.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.synth import amenities, geography
from twin.synth.day import NOW
from twin.synth.open_files import Writer, along, lonlat, write_csv, write_json
from twin.synth.plane import chance

if TYPE_CHECKING:
    import geopandas as gpd

EPOCH = (2026, 1, 1, 0, 0, 0)
LINES = (
    (
        "T1",
        "Val de Seine - Fort",
        0,
        8,
        (
            (5000, 8300),
            (5600, 8500),
            (6200, 8700),
            (6640, 8500),
            (6900, 8200),
            (6700, 7700),
            (6300, 7400),
        ),
    ),
    (
        "39",
        "Gare - Hôtel de Ville",
        3,
        12,
        ((5300, 7900), (5800, 8050), (6300, 8250), (6650, 8480), (7000, 8700)),
    ),
    (
        "189",
        "Île - Les Épinettes",
        3,
        15,
        ((5300, 8700), (5700, 8450), (6000, 8150), (6300, 7900), (6600, 7600)),
    ),
)
"""Name, title, GTFS route type, minutes between runs, and stops in short coordinates. None of them exists."""
STOPS = ("Quai", "Rodin", "Barbusse", "Hôtel de Ville", "Corentin", "Épinettes", "Fort")
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AGENCY = {
    "agency_id": "demo",
    "agency_name": "Synthetic",
    "agency_url": "https://example.org",
    "agency_timezone": "Europe/Paris",
}
COMMUNES = (
    ("92040", "Issy-les-Moulineaux", 2.2730, 48.8245),
    ("75115", "Paris 15e", 2.2930, 48.8412),
    ("92012", "Boulogne-Billancourt", 2.2395, 48.8352),
    ("92075", "Vanves", 2.2890, 48.8213),
    ("92048", "Meudon", 2.2360, 48.8120),
    ("92023", "Clamart", 2.2630, 48.8005),
    ("92046", "Malakoff", 2.3010, 48.8170),
    ("92072", "Sèvres", 2.2110, 48.8240),
)


def write(made: Writer, streets: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> None:
    """Write the files of all services."""
    lines = streets.geometry.to_numpy()
    _car_sharing(made, lines)
    _car_pooling(made, lines)
    _parking(made, lines)
    _waste(made, lines)
    amenities.write(made, lines, buildings)
    _timetable(made)


def _car_sharing(made: Writer, lines: Any) -> None:
    draw = chance("services", "cars now")
    head = {"last_updated": NOW, "ttl": 60, "version": "3.0"}
    places = along(lines, 14, "stations")
    information, status = [], []
    for i, (lon, lat) in enumerate(places.tolist()):
        name, capacity = f"issy-{i + 1:02}", int(draw.integers(3, 9))
        texts = [{"text": f"Station {i + 1}", "language": "fr"}]
        information.append(
            {"station_id": name, "name": texts, "lat": lat, "lon": lon, "capacity": capacity}
        )
        there = int(draw.integers(0, capacity + 1))
        status.append(
            {
                "station_id": name,
                "num_vehicles_available": there,
                "num_docks_available": capacity - there,
                "is_installed": True,
                "is_renting": True,
                "is_returning": True,
                "last_reported": NOW,
            }
        )
    vehicles = [
        {
            "vehicle_id": f"car-{i + 1:02}",
            "lat": lat,
            "lon": lon,
            "is_reserved": bool(draw.random() < 0.1),
            "is_disabled": False,
            "vehicle_type_id": "city" if draw.random() < 0.7 else "van",
            "current_range_meters": float(int(draw.uniform(20_000, 300_000))),
            "last_reported": NOW,
        }
        for i, (lon, lat) in enumerate(along(lines, 22, "free cars").tolist())
    ]
    types = [
        {
            "vehicle_type_id": name,
            "form_factor": "car",
            "propulsion_type": "electric",
            "max_range_meters": 320_000.0,
            "name": [{"text": title, "language": "fr"}],
        }
        for name, title in (("city", "Citadine électrique"), ("van", "Utilitaire électrique"))
    ]
    for name, key, rows in (
        ("station_information", "stations", information),
        ("station_status", "stations", status),
        ("vehicle_status", "vehicles", vehicles),
        ("vehicle_types", "vehicle_types", types),
    ):
        write_json(made, f"gbfs_{name}.json", {**head, "data": {key: rows}}, len(rows))


def _car_pooling(made: Writer, lines: Any) -> None:
    draw = chance("services", "journeys")
    places = [
        {
            "id_local": f"92040-C-{i + 1:03}",
            "nom_lieu": f"Point de covoiturage {i + 1}",
            "insee": "92040",
            "type": "Parking",
            "date_maj": "2026-01-01",
            "ouvert": "true",
            "Xlong": lon,
            "Ylat": lat,
            "nbre_pl": int(draw.integers(4, 30)),
            "nbre_pmr": int(draw.integers(0, 3)),
        }
        for i, (lon, lat) in enumerate(along(lines, 6, "pooling").tolist())
    ]
    write_csv(made, "covoiturage_lieux.csv", places)
    centre = COMMUNES[0][0]
    rows = [
        {"start": centre, "end": other[0], "journeys": int(900 / (1 + i) + draw.integers(0, 80))}
        for i, other in enumerate(COMMUNES[1:])
    ]
    rows += [
        {"start": COMMUNES[1][0], "end": COMMUNES[2][0], "journeys": 210},
        {"start": COMMUNES[3][0], "end": COMMUNES[6][0], "journeys": 3},
    ]
    write_csv(made, "covoiturage_trajets.csv", rows)
    write_csv(
        made,
        "communes.csv",
        [{"insee": c, "name": n, "lon": x, "lat": y} for c, n, x, y in COMMUNES],
    )


def _parking(made: Writer, lines: Any) -> None:
    draw = chance("services", "parks")
    parks, states = [], []
    for i, (lon, lat) in enumerate(along(lines, 9, "parks").tolist()):
        name, places = f"Parking {i + 1}", int(draw.integers(80, 520))
        parks.append(
            {
                "id": f"92040-P-{i + 1:03}",
                "nom": name,
                "insee": "92040",
                "type_usagers": "tous",
                "gratuit": "false",
                "nb_places": places,
                "nb_pmr": places // 40,
                "nb_voitures_electriques": places // 25,
                "hauteur_max": 190,
                "Xlong": lon,
                "Ylat": lat,
                "tarif_1h": 2.4,
            }
        )
        free = 0 if i in (2, 5) else int(places * draw.uniform(0.04, 0.7))
        states.append({"nom_parking": name, "disponible": free, "total": places, "horodatage": NOW})
    write_csv(made, "stationnement.csv", parks)
    write_json(
        made,
        "stationnement_direct.json",
        {"total_count": len(states), "results": states},
        len(states),
    )


def _waste(made: Writer, lines: Any) -> None:
    draw = chance("services", "waste")
    kinds = ("organic", "glass", "paper", "plastic")
    rows = [
        {
            "id": f"urn:ngsi-ld:WasteContainer:issy:{i + 1:03}",
            "type": "WasteContainer",
            "location": {
                "type": "GeoProperty",
                "value": {"type": "Point", "coordinates": [lon, lat]},
            },
            "fillingLevel": {"type": "Property", "value": round(float(draw.beta(2.0, 1.6)), 2)},
            "storedWasteKind": {"type": "Property", "value": [kinds[i % 4]]},
            "storedWasteCapacity": {"type": "Property", "value": 3000, "unitCode": "LTR"},
            "dateObserved": {"type": "Property", "value": NOW},
        }
        for i, (lon, lat) in enumerate(along(lines, 36, "waste").tolist())
    ]
    write_json(made, "conteneurs.json", rows, len(rows))


def _timetable(made: Writer) -> None:
    rows = [_line(line) for line in LINES]
    stops, trips, calls = ([r for part in parts for r in part] for parts in zip(*rows, strict=True))
    routes = [
        {"route_id": n, "agency_id": "demo", "route_short_name": n, "route_long_name": t, "route_type": k}
        for n, t, k, _, _ in LINES
    ]  # fmt: skip
    tables: dict[str, Sequence[Mapping[str, Any]]] = {
        "agency": [AGENCY],
        "routes": routes,
        "stops": stops,
        "trips": trips,
        "stop_times": calls,
        "calendar": [
            {"service_id": "every", **dict.fromkeys(WEEK, 1), "start_date": "20260101", "end_date": "20271231"}
        ],
    }  # fmt: skip
    made.raw("gtfs.zip", _zip(tables), len(calls))


def _line(line: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return stops, trips and calls of a line, both ways all day."""
    name, _title, _kind, every, path = line
    xy = geography.absolute(path)
    stops = [
        {"stop_id": f"{name}-{i}", "stop_name": STOPS[i % 7], "stop_lat": lat, "stop_lon": lon}
        for i, (lon, lat) in enumerate(lonlat(xy).tolist())
    ]
    away = np.linalg.norm(np.diff(xy, axis=0), axis=1)
    ride_s = np.concatenate([[0], np.cumsum(away / 5.5 + 20)])
    trips: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    for way in (0, 1):
        order = range(len(path)) if way == 0 else range(len(path) - 1, -1, -1)
        times = ride_s if way == 0 else ride_s[-1] - ride_s[::-1]
        for run, start in enumerate(range(6 * 60, 22 * 60, every)):
            trip = f"{name}-{way}-{run}"
            trips.append(
                {"route_id": name, "service_id": "every", "trip_id": trip, "direction_id": way}
            )
            for k, stop in enumerate(order):
                clock = _clock(start * 60 + int(times[k]))
                call = {"trip_id": trip, "arrival_time": clock, "departure_time": clock}
                calls.append(call | {"stop_id": f"{name}-{stop}", "stop_sequence": k + 1})
    return stops, trips, calls


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _zip(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            out = io.StringIO()
            writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            entry = zipfile.ZipInfo(f"{name}.txt", EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, out.getvalue())
    return whole.getvalue()
