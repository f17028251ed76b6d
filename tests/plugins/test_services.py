"""The bundled city services: what their formats say in all versions, and numbers computed another way."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from plugins.business_park.layer import state_at
from plugins.car_pooling import tables
from plugins.car_sharing import gbfs
from plugins.car_sharing.layer import CarSharing
from plugins.city_services.hours import is_open
from plugins.home_energy.layer import HomeEnergy
from plugins.smart_parking import reading
from plugins.smart_parking.layer import SmartParking, search_min
from plugins.transit.layer import Transit
from plugins.waste_rounds import rounds
from plugins.waste_rounds.layer import WasteRounds
from twin import api
from twin.api import testing

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"


# --- car sharing ----------------------------------------------------------------------------


FLEETS = {
    "1.0": (
        {"station_id": "a", "name": "A", "lat": 48.8, "lon": 2.2, "capacity": 5},
        {"station_id": "a", "num_bikes_available": 2, "num_docks_available": 3, "is_renting": 1,
         "last_reported": 1767225600},
    ),
    "2.3": (
        {"station_id": "a", "name": "A", "lat": 48.8, "lon": 2.2, "capacity": 5},
        {"station_id": "a", "num_bikes_available": 2, "num_docks_available": 3, "is_renting": True,
         "last_reported": 1767225600},
    ),
    "3.0": (
        {"station_id": "a", "name": [{"text": "A", "language": "fr"}], "lat": 48.8, "lon": 2.2, "capacity": 5},
        {"station_id": "a", "num_vehicles_available": 2, "num_docks_available": 3, "is_renting": True,
         "last_reported": "2026-01-01T01:00:00+01:00"},
    ),
}  # fmt: skip


def test_one_fleet_reads_the_same_in_three_versions() -> None:
    rows = [
        gbfs.stations({"data": {"stations": [info]}}, {"data": {"stations": [now]}})
        for info, now in FLEETS.values()
    ]
    assert rows[0] == rows[1] == rows[2]
    assert (rows[0][0]["available"], rows[0][0]["reported"]) == (2.0, "2026-01-01T00:00:00+00:00")


def test_vehicles_at_a_station_are_not_drawn_twice_and_charge_is_of_the_range() -> None:
    types = {"data": {"vehicle_types": [
        {"vehicle_type_id": "e", "propulsion_type": "electric", "max_range_meters": 200_000}]}}  # fmt: skip
    status = {"data": {"vehicles": [
        {"vehicle_id": "1", "station_id": "a", "vehicle_type_id": "e"},
        {"vehicle_id": "2", "lat": 48.8, "lon": 2.2, "vehicle_type_id": "e",
         "current_range_meters": 50_000}]}}  # fmt: skip
    (row,) = gbfs.vehicles(status, types)
    assert (row["range_km"], row["charge_percent"], row["electric"]) == (50.0, 25.0, True)


@pytest.mark.shared_data
@pytest.mark.parametrize("version", ["v2.2", "v2.3", "v3.0"])
def test_the_fixtures_of_the_validator_are_read(shared_data: Path, version: str) -> None:
    folder = shared_data / "gbfs" / "validator-java" / "fixtures" / version
    files = {
        "stations": folder / "station_information.json",
        "status": folder / "station_status.json",
    }
    wanted = json.loads(files["stations"].read_text())["data"]["stations"]
    ctx = testing.FakeContext(files=files, params=CarSharing.Params())
    table = CarSharing().load(ctx)
    assert len(table) == len(wanted)
    drawn = CarSharing().build(table, CarSharing.Params(), testing.view(ctx))
    testing.check_drawables(drawn, rows=len(table))


# --- car pooling ----------------------------------------------------------------------------


def test_places_of_both_schemas_and_codes_without_their_zero(tmp_path: Path) -> None:
    old = tmp_path / "old.csv"
    old.write_text("id_lieu,nom_lieu,insee,Xlong,Ylat\n01004-C-001,Gare,01004,5.3,45.9\n")
    new = tmp_path / "new.csv"
    new.write_bytes(
        "id_local;nom_lieu;insee;Xlong;Ylat\nC-001;Péage;1004;5,3;45,9\n".encode("latin-1")
    )
    assert tables.places(old)[0]["feature_id"] == "place/01004-C-001"
    assert tables.places(new)[0]["name"] == "Péage"
    assert tables.code("1004") == "01004"


def test_flows_count_both_directions_and_keep_small_ones_secret(tmp_path: Path) -> None:
    path = tmp_path / "journeys.csv"
    lines = ["journey_start_insee,journey_end_insee"]
    lines += ["1004,75056"] * 4 + ["75056,01004"] * 3 + ["75056,92040"] * 5 + ["92040,92040"] * 9
    path.write_text("\n".join(lines))
    assert tables.flows(path, least=1) == {("01004", "75056"): 7}


@pytest.mark.shared_data
def test_the_example_of_the_schema_is_read(shared_data: Path) -> None:
    folder = shared_data / "fr_schemas_irve_parking"
    (place,) = tables.places(folder / "schema-lieux-covoiturage" / "exemple-valide.csv")
    assert (place["name"], place["spaces"]) == ("Gare SNCF de Dieppe", 20.0)
    parks = reading.parks(folder / "schema-stationnement" / "exemple-valide.csv")
    assert parks[0]["height_max_m"] == pytest.approx(2.9)
    assert np.isnan(parks[1]["height_max_m"])  # "N/A"


# --- parking --------------------------------------------------------------------------------


def test_the_time_to_find_a_place_is_that_of_drawing_without_putting_back() -> None:
    draw = np.random.default_rng(7)
    spaces, free = 30, 4
    looks = [np.flatnonzero(draw.permutation(spaces) < free)[0] + 1 for _ in range(20_000)]
    assert search_min(spaces, free) * 60 / 8 == pytest.approx(np.mean(looks), rel=0.03)
    assert np.isnan(search_min(0, 0))


@pytest.mark.parametrize(
    "document",
    [
        {"results": [{"nom_parking": "Centre", "disponible": 7, "total": 100}]},
        {"records": [{"fields": {"nom": "CENTRE", "disponible": 7, "total": 100}}]},
        [{"id": "P1", "type": "OffStreetParking", "availableSpotNumber": 7, "totalSpotNumber": 100}],
        {"id": "P1", "type": "OffStreetParking",
         "availableSpotNumber": {"type": "Property", "value": 7},
         "totalSpotNumber": {"type": "Property", "value": 100}},
    ],
)  # fmt: skip
def test_occupancy_of_four_kinds_of_source_is_joined(document: object) -> None:
    park = reading._park({"id": "P1", "nom": "centre", "nb_places": "100"}, 0)
    (row,) = reading.joined([park], reading.occupancy(document))
    assert (row["free"], row["spaces"]) == (7.0, 100.0)


@pytest.mark.shared_data
def test_real_ngsi_entities_are_read(shared_data: Path) -> None:
    folder = shared_data / "ngsi_ld" / "Parking" / "OffStreetParking" / "examples"
    plain = reading.occupancy(json.loads((folder / "example.json").read_text()))
    normal = reading.occupancy(json.loads((folder / "example-normalized.json").read_text()))
    assert plain[0]["free"] == normal[0]["free"]
    assert np.isfinite(plain[0]["free"])
    waste = shared_data / "ngsi_ld" / "WasteManagement" / "WasteContainer" / "examples"
    for name in ("example.json", "example-normalized.jsonld"):
        ctx = testing.FakeContext(files={"containers": waste / name})
        assert len(WasteRounds().load(ctx)) == 1


def test_arrows_lead_from_full_car_parks_to_the_nearest_open_one() -> None:
    sample = PLUGINS / "smart_parking" / "sample"
    files = {"parks": sample / "parks.csv", "occupancy": sample / "occupancy.json"}
    ctx = testing.FakeContext(files=files, params=SmartParking.Params())
    table = SmartParking().load(ctx)
    drawn = SmartParking().build(table, SmartParking.Params(), testing.view(ctx))
    full = (table.frame["occupancy_percent"] >= 97).sum()
    (arrows,) = [d for d in drawn if isinstance(d, api.Lines)]
    assert full == len(arrows.row_of_line) > 0
    open_ = table.frame["occupancy_percent"].to_numpy()[arrows.row_of_line]
    assert (open_ < 97).all()


# --- waste ----------------------------------------------------------------------------------


def test_the_round_is_nearly_the_shortest() -> None:
    draw = np.random.default_rng(3)
    for _ in range(5):
        xy = draw.uniform(0, 1000, (7, 2))
        ours = rounds.length_m(xy, rounds.shortest_round(xy))
        best = min(rounds.length_m(xy, [0, *rest]) for rest in itertools.permutations(range(1, 7)))
        assert best <= ours <= best * 1.08


# --- hours ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment", "answer"),
    [
        ("24/7", "2026-06-20T03:00", True),
        ("Mo-Fr 08:30-12:30,13:30-17:30", "2026-06-23T12:45", False),
        ("Mo-Fr 08:30-12:30,13:30-17:30", "2026-06-23T13:30", True),
        ("Mo-Fr 08:00-20:00; Sa off", "2026-06-20T10:00", False),
        ("Mo-Su 08:00-20:00; Tu off", "2026-06-23T10:00", False),
        ("Fr-Mo 10:00-12:00", "2026-06-21T11:00", True),
        ("Mo-Su 22:00-02:00", "2026-06-21T01:00", True),
        ("sunrise-sunset", "2026-06-21T12:00", None),
        ("", "2026-06-21T12:00", None),
    ],
)
def test_opening_hours(text: str, moment: str, answer: bool | None) -> None:
    assert is_open(text, datetime.fromisoformat(moment)) is answer


def test_what_is_taken_is_by_the_clock_of_the_park() -> None:
    tuesday = datetime(2026, 6, 23, 9, 30, tzinfo=UTC)  # 11:30 in Paris, 10:30 in Casablanca
    hours = ("08:00", "18:00", "Tu 10:00-11:00")
    assert state_at(tuesday, *hours, "Europe/Paris") == "free"
    assert state_at(tuesday, *hours, "Africa/Casablanca") == "taken"
    assert state_at(datetime(2026, 6, 21, 9, tzinfo=UTC), *hours, "Europe/Paris") == "closed"


# --- homes ----------------------------------------------------------------------------------


def test_fewer_than_ten_homes_are_never_told() -> None:
    sample = PLUGINS / "home_energy" / "sample"
    files = {"buildings": sample / "buildings.geojson", "aggregates": sample / "aggregates.csv"}
    ctx = testing.FakeContext(files=files, params=HomeEnergy.Params())
    table = HomeEnergy().load(ctx)
    secret = np.flatnonzero(table.frame["secrecy"] == "secret")
    assert 0 < len(secret) < len(table)
    hidden = table.frame.iloc[secret].drop(columns=["geometry", "feature_id", "secrecy"])
    assert hidden.isna().to_numpy().all()
    facts = HomeEnergy().describe(table, int(secret[0]), HomeEnergy.Params(), testing.NOON)
    assert [f.value for f in facts] == ["secret"]


# --- transit --------------------------------------------------------------------------------


def test_public_transport_is_never_slower_than_walking() -> None:
    sample = PLUGINS / "transit" / "sample"
    files = {"gtfs": sample / "gtfs.zip", "streets": sample / "streets.geojson"}
    minutes = {}
    for mode in ("walk", "transit"):
        params = Transit.Params(mode=mode, most_min=180.0)
        table = Transit().load(testing.FakeContext(files=files, params=params))
        minutes[mode] = table.frame["minutes"].to_numpy(float)
    both = np.isfinite(minutes["walk"]) & np.isfinite(minutes["transit"])
    assert both.sum() > 10
    # A stop may be a little off the street that leads there: half a minute is rounding, not walking.
    assert (minutes["transit"][both] <= minutes["walk"][both] + 0.5).all()
    assert (minutes["transit"][both] < minutes["walk"][both] - 1.0).any()


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + b"\0" * 18, b"no zip at all"])
def test_what_is_no_timetable_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    with pytest.raises(api.ReadError):
        Transit().load(testing.FakeContext(files={"gtfs": path}, params=Transit.Params()))
