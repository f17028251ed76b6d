"""What registers, services and platforms were seen to send, made small: read as it is meant, or said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from layers.buildings.layer import Buildings
from layers.buildings.options import BuildingsParams
from tests.layers.context import Context, File
from tests.twin.io.made import collection, feature, write_json
from twin import io
from twin.live.decoded import Decoded
from twin.live.decoders import gbfs, ngsi, sensorthings
from twin.live.decoders.homes import Homie
from twin.live.decoders.mqtt_dialects import ttn
from twin.progress import Unattended

X, Y = 646_000.0, 6_858_000.0
LAMBERT = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}


def read(path: Path) -> tuple[Any, dict[str, dict[str, Any]]]:
    progress = Unattended()
    table = io.read(path, progress=progress)
    return table.frame, {p.key: dict(p.values) for p in progress.problems}


def results(decoded: Decoded) -> dict[str, float]:
    return {reading.stream: reading.result for reading in decoded.readings}


def footprint(dx: float, **properties: Any) -> dict[str, Any]:
    ring = [[X + dx, Y, 50.0], [X + dx + 9, Y, 50.0], [X + dx + 9, Y + 9, 50.0], [X + dx, Y, 50.0]]
    return feature({"type": "MultiPolygon", "coordinates": [[ring]]}, **properties)


def test_a_building_of_bd_topo_with_what_is_missing_in_it(tmp_path: Path) -> None:
    bare = {
        "cleabs": "BATIMENT1", "nombre_d_etages": None, "hauteur": 0, "usage_1": "Indifférencié",
        "date_d_apparition": "1650-01-01Z", "materiaux_des_murs": "60",
        "identifiants_rnb": "ABCD1234EFGH/JKLM5678NPQR",
    }  # fmt: skip
    full = {**bare, "cleabs": "BATIMENT2", "nombre_d_etages": 4, "hauteur": 12.4}
    page = collection(footprint(0, **bare), footprint(20, **full), crs=LAMBERT)
    path = write_json(tmp_path / "batiment.geojson", page)
    made = Buildings().load(Context({"buildings": File(path)}, BuildingsParams())).frame
    assert made["identifiants_rnb"].iloc[0] == "ABCD1234EFGH/JKLM5678NPQR"
    assert made["built_year"].tolist() == [1650, 1650]
    assert made["wall_material"].tolist() == ["wood", "wood"]
    assert made["height_m"].iloc[1] == pytest.approx(12.4)
    assert made["height_m"].iloc[0] > 0  # nobody knows: estimated, and said
    assert made["height_quality"].tolist() == ["estimated", "declared"]


@pytest.mark.parametrize("said", [{"numberMatched": 12_000}, {"totalFeatures": 12_000}])
@pytest.mark.parametrize("first", [True, False], ids=["at the head", "at the end"])
def test_a_page_of_a_wfs_says_what_it_keeps_back(
    tmp_path: Path, said: dict[str, int], first: bool
) -> None:
    page = collection(*(footprint(20.0 * n, n=n) for n in range(60)), crs=LAMBERT)
    path = write_json(tmp_path / "page.json", {**said, **page} if first else {**page, **said})
    frame, problems = read(path)
    assert len(frame) == 60
    assert problems["io.page_of_more"] == {"promised": 12_000, "count": 60}


def test_a_page_at_the_wall_of_a_portal_says_so_and_a_whole_one_does_not(tmp_path: Path) -> None:
    rows = [{"nom": f"lieu {n}", "geo": {"lon": 2.26 + n / 1e4, "lat": 48.82}} for n in range(9)]
    wall = write_json(tmp_path / "wall.json", {"total_count": 10_431, "results": rows})
    whole = write_json(tmp_path / "whole.json", {"total_count": 9, "results": rows})
    assert read(wall)[1]["io.page_of_more"] == {"promised": 10_431, "count": 9}
    assert not read(whole)[1]


def test_an_export_that_ends_in_an_error_text_keeps_what_came(tmp_path: Path) -> None:
    whole = json.dumps(collection(*(footprint(20.0 * n, n=n) for n in range(5)), crs=LAMBERT))
    path = tmp_path / "export.geojson"
    path.write_text(whole[: whole.rindex("{", 0, -200)] + "\nStreaming interrupted: timeout")
    frame, problems = read(path)
    assert len(frame) >= 4
    assert problems


def test_heat_networks_in_lambert_93_with_keys_that_are_no_names(tmp_path: Path) -> None:
    line = {"type": "MultiLineString", "coordinates": [[[X, Y], [X + 80, Y + 40]]]}
    told = {"Identifiant reseau": "9240C", "Taux EnR&R": 61.2, "PV%": 30, "contenu CO2 ACV": 0.098}
    path = write_json(tmp_path / "reseaux.geojson", collection(feature(line, **told), crs=LAMBERT))
    table = io.read(path, progress=Unattended())
    assert table.crs == "EPSG:2154"
    assert {name: table.frame[name].iloc[0] for name in told} == told


def test_charging_points_as_their_operators_write_them(tmp_path: Path) -> None:
    path = tmp_path / "irve.csv"
    path.write_text(
        "nom_amenageur;id_pdc_itinerance;coordonneesXY;puissance_nominale;gratuit;reservation\n"
        'Société d\'été;FRA01E1;"[2.2735, 48.8239]";22,08;VRAI;FAUX\n'
        'Société d\'été;FRA01E2;"[48.8239, 2.2735]";7,4;FAUX;FAUX\n',
        encoding="latin-1",
    )
    frame, problems = read(path)
    assert frame["nom_amenageur"].tolist() == ["Société d'été"] * 2
    assert [tuple(point.coords[0]) for point in frame.geometry] == [(2.2735, 48.8239)] * 2
    assert frame["puissance_nominale"].tolist() == [22.08, 7.4]
    assert [bool(value) for value in frame["gratuit"]] == [True, False]
    assert "io.csv_axes_swapped" in problems


SEQUENCE = (
    {
        "type": "CityJSON", "version": "2.0", "CityObjects": {}, "vertices": [],
        "transform": {"scale": [0.001] * 3, "translate": [X, Y, 30.0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/7415"},
        "geometry-templates": {
            "templates": [{"type": "MultiSurface", "lod": "2.0", "boundaries": [[[0, 1, 2]]]}],
            "vertices-templates": [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 2.0]],
        },
    },
    {
        "type": "CityJSONFeature", "id": "t1", "vertices": [[5000, 6000, 1000]],
        "CityObjects": {"t1": {"type": "SolitaryVegetationObject", "geometry": [{
            "type": "GeometryInstance", "template": 0, "boundaries": [0],
            "transformationMatrix": [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]}]}},
    },
    {
        "type": "CityJSONFeature", "id": "b1",
        "vertices": [[0, 0, 0], [4000, 0, 0], [4000, 3000, 0], [0, 3000, 5000]],
        "appearance": {"materials": [{"name": "r", "diffuseColor": [1, 0, 0]}]},
        "CityObjects": {"b1": {"type": "Building", "geometry": [{
            "type": "MultiSurface", "lod": "2.2", "boundaries": [[[0, 1, 2]], [[0, 2, 3]]],
            "semantics": {"surfaces": [{"type": "RoofSurface"}], "values": [None, 0]},
            "material": {"a": {"values": [None, 0]}}}]}},
    },
)  # fmt: skip


def test_a_sequence_with_templates_nulls_and_its_own_materials(tmp_path: Path) -> None:
    path = tmp_path / "town.city.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, SEQUENCE)))
    table = io.read(path, progress=Unattended())
    assert table.frame["feature_id"].tolist() == ["t1", "b1"]
    mesh = table.mesh
    corners = mesh.xyz_in_crs[mesh.triangles[mesh.row_of_triangle == 0]].reshape(-1, 3)
    assert corners.max(axis=0) == pytest.approx([X + 5 + 2, Y + 6, 30 + 1 + 4])
    colours = mesh.rgba_of_triangle[mesh.row_of_triangle == 1]
    assert sorted(colours[:, 3].tolist()) == [0, 255]  # one surface has a material, one has none


def test_an_observation_over_an_interval_without_a_time_of_result() -> None:
    observed = {
        "result": 3.5, "resultTime": None,
        "phenomenonTime": "2026-03-01T09:00:00Z/2026-03-01T10:00:00Z",
    }  # fmt: skip
    stream = {"@iot.id": 5, "unitOfMeasurement": {"symbol": "°C"}, "Observations": [observed]}
    decoded = sensorthings.decode({"value": [stream]})
    assert [(r.result, r.time_us) for r in decoded.readings] == [(3.5, 1_772_359_200_000_000)]


def test_an_entity_says_the_same_normalised_and_by_keys() -> None:
    place = {"type": "Point", "coordinates": [2.26, 48.82]}
    head = {"id": "urn:ngsi-ld:OffStreetParking:P1", "type": "OffStreetParking"}
    plain = {**head, "availableSpotNumber": 7, "location": place}
    normal = {
        **head,
        "availableSpotNumber": {"type": "Property", "value": 7},
        "location": {"type": "GeoProperty", "value": place},
    }
    seen = [ngsi.decode(form) for form in (plain, normal)]
    assert results(seen[0]) == results(seen[1]) != {}
    assert seen[0].streams == seen[1].streams


def test_an_uplink_leaves_out_what_is_zero() -> None:
    uplink = {"decoded_payload": {"temperature": 0.0}, "rx_metadata": [{"rssi": -90}]}
    said = {"end_device_ids": {"device_id": "d"}, "uplink_message": uplink}  # no f_port, no f_cnt
    decoded = ttn("v3/app@t/devices/d/up", orjson.dumps(said))
    assert results(decoded) == {"ttn:d:temperature": 0.0, "ttn:d:rssi": -90.0}


def test_a_device_that_is_taken_away_is_forgotten() -> None:
    homie = Homie()
    told = {"nodes": {"air": {"properties": {"t": {"datatype": "string"}}}}}
    homie("homie/5/dev/$description", orjson.dumps(told))
    assert results(homie("homie/5/dev/air/t", b"21.5")) == {}  # a text, it said
    homie("homie/5/dev/$state", b"ready")
    assert results(homie("homie/5/dev/air/t", b"21.5")) == {}
    homie("homie/5/dev/$state", b"")
    assert results(homie("homie/5/dev/air/t", b"21.5")) == {"homie:homie/5/dev/air/t": 21.5}


def test_one_fleet_gives_the_same_readings_in_three_versions() -> None:
    place = {"station_id": "a", "lat": 48.8, "lon": 2.2, "capacity": 5}
    old = {"station_id": "a", "num_bikes_available": 2, "num_docks_available": 3}
    new = {"station_id": "a", "num_vehicles_available": 2, "num_docks_available": 3}
    fleets = (
        ({**place, "name": "A"}, {**old, "is_renting": 1, "last_reported": 1_767_225_600}),
        ({**place, "name": "A"}, {**old, "is_renting": True, "last_reported": 1_767_225_600}),
        (
            {**place, "name": [{"text": "A", "language": "fr"}]},
            {**new, "is_renting": True, "last_reported": "2026-01-01T01:00:00+01:00"},
        ),
    )
    decoded = [
        gbfs.decode(
            {
                "station_information": {"data": {"stations": [info]}},
                "station_status": {"data": {"stations": [now]}},
            }
        )
        for info, now in fleets
    ]
    assert decoded[0] == decoded[1] == decoded[2]
    assert np.isclose([r.result for r in decoded[0].readings], [2, 3, 5]).all()
