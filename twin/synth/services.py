"""Files of city services for the demo, in the formats that real services publish. All of it is made up.

GBFS 3.0, BNLC and journeys, BNLS and Opendatasoft records, NGSI-LD, GTFS, hourly aggregates of homes, materials by
RNB id: so that the layers of the demo read what they would read in a real town.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.synth import amenities, timetable
from twin.synth.day import NOW
from twin.synth.open_files import Writer, along, write_csv, write_json
from twin.synth.plane import chance

if TYPE_CHECKING:
    import geopandas as gpd

STATIONS = ((6355.0, 7620.0), (6450.0, 7720.0))
CARS = ((6300.0, 7640.0), (6420.0, 7640.0), (6270.0, 7720.0))
PARKS = ((6650.0, 8560.0), (6760.0, 8520.0))
CONTAINERS = (
    (6280.0, 7630.0),
    (6345.0, 7600.0),
    (6430.0, 7630.0),
    (6450.0, 7720.0),
    (6260.0, 7710.0),
)
POOLING = ((6040.0, 9150.0),)
"""Short coordinates of what the stories show: the Fort, the town centre, the Val de Seine. Others are anywhere."""

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
    timetable.write(made, lines)


def _car_sharing(made: Writer, lines: Any) -> None:
    draw = chance("services", "cars now")
    head = {"last_updated": NOW, "ttl": 60, "version": "3.0"}
    places = along(lines, 14, "stations", first=STATIONS)
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
        for i, (lon, lat) in enumerate(along(lines, 22, "free cars", first=CARS).tolist())
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
        for i, (lon, lat) in enumerate(along(lines, 6, "pooling", first=POOLING).tolist())
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
    for i, (lon, lat) in enumerate(along(lines, 9, "parks", first=PARKS).tolist()):
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
        for i, (lon, lat) in enumerate(along(lines, 36, "waste", first=CONTAINERS).tolist())
    ]
    write_json(made, "conteneurs.json", rows, len(rows))
