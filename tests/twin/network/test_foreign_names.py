"""Networks under the names of others: INSPIRE utility networks, THERMOS, France Chaleur Urbaine, Enedis and ORE."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin import io
from twin.errors import ReadError
from twin.network.model import State
from twin.network.plain_files import network_of, networks_of
from twin.network.trace import trace
from twin.progress import Unattended

X, Y = 646_000.0, 6_858_000.0
NAMESPACES = (
    'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:net="http://inspire.ec.europa.eu/schemas/net/4.0" '
    'xmlns:us="http://inspire.ec.europa.eu/schemas/us-net-common/4.0" '
    'xmlns:th="http://inspire.ec.europa.eu/schemas/us-net-th/4.0" '
    'xmlns:el="http://inspire.ec.europa.eu/schemas/us-net-el/4.0"'
)
CODES = "http://inspire.ec.europa.eu/codelist"
LAMBERT = "urn:ogc:def:crs:EPSG::2154"


def member(kind: str, name: str, inner: str) -> str:
    return f'<gml:featureMember><{kind} gml:id="{name}">{inner}</{kind}></gml:featureMember>'


def link(name: str, ends: tuple[str, str], *at: tuple[float, float], crs: str = LAMBERT) -> str:
    course = " ".join(f"{x} {y}" for x, y in at)
    return member(
        "us:UtilityLink", name,
        f'<net:centrelineGeometry><gml:LineString gml:id="{name}.g" srsName="{crs}"><gml:posList>{course}</gml:posList>'
        f'</gml:LineString></net:centrelineGeometry><net:startNode xlink:href="#{ends[0]}"/>'
        f'<net:endNode xlink:href="#{ends[1]}"/>',
    )  # fmt: skip


def pipe(name: str, along: str, inner: str, kind: str = "th:ThermalPipe") -> str:
    return member(kind, name, f'<net:link xlink:href="#{along}"/>{inner}')


def node(name: str, sort: str, x: float, y: float, codes: str = "Thermal") -> str:
    return member(
        "us:Appurtenance", name,
        f'<net:geometry><gml:Point gml:id="{name}.p" srsName="{LAMBERT}"><gml:pos>{x} {y}</gml:pos></gml:Point>'
        f'</net:geometry><us:currentStatus xlink:href="{CODES}/ConditionOfFacilityValue/functional"/>'
        f'<us:appurtenanceType xlink:href="{CODES}/{codes}AppurtenanceTypeValue/{sort}"/>',
    )  # fmt: skip


def written(path: Path, *members: str) -> Path:
    path.write_text(
        f"<gml:FeatureCollection {NAMESPACES}>{''.join(members)}</gml:FeatureCollection>",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def inspire(tmp_path: Path) -> Path:
    wide = '<us:pipeDiameter uom="mm">200</us:pipeDiameter>'
    nil = '<us:pipeDiameter xsi:nil="true" nilReason="unknown" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>'
    planned = f'<us:currentStatus xlink:href="{CODES}/ConditionOfFacilityValue/projected"/>'
    volts = '<us:nominalVoltage uom="V">20000</us:nominalVoltage>'
    return written(
        tmp_path / "issy.gml",
        pipe("p1", "l1", wide), pipe("p2", "l2", nil), pipe("p3", "l3", planned),
        link("l1", ("n1", "n2"), (X, Y), (X + 100, Y)),
        link("l2", ("n2", "n3"), (X + 100, Y), (X + 200, Y + 50)),
        link("l3", ("n2", "n4"), (X + 100, Y), (X + 100, Y + 120)),
        node("n1", "thermalPlant", X, Y), node("n2", "valve", X + 100, Y),
        node("n3", "deliveryPoint", X + 200, Y + 50), node("n4", "deliveryPoint", X + 100, Y + 120),
        pipe("c1", "k1", volts, "el:ElectricityCable"), link("k1", ("e1", "e2"), (X, Y + 9), (X + 50, Y + 9)),
        node("e1", "mainStation", X, Y + 9, "Electricity"), node("e2", "deliveryPoint", X + 50, Y + 9, "Electricity"),
    )  # fmt: skip


def test_inspire_pipes_run_in_links_between_appurtenances(inspire: Path) -> None:
    heat, power = sorted(
        networks_of(inspire, progress=Unattended()), key=lambda n: n.commodity == "electricity"
    )
    assert (heat.commodity, power.commodity) == ("heat", "electricity")
    assert {"l1", "l2", "l3", "n2"} <= set(heat.edges.ids)
    assert heat.edges.values["diameter_mm"][heat.edge_index["l1"]] == 200.0
    assert heat.edges.state[heat.edge_index["l3"]] == State.PLANNED
    assert heat.edges.state[heat.edge_index["n2"]] == State.IN_SERVICE, "a functional valve is open"
    assert trace(heat, "n3").to_source.length_m == pytest.approx(100 + np.hypot(100, 50))
    assert power.edges.values["voltage_kv"][0] == 20.0
    assert power.devices.ids[power.devices.role == "source"].tolist() == ["e1"]


def test_each_commodity_of_inspire_is_a_layer(inspire: Path) -> None:
    assert [(x.name, x.count) for x in io.inspect(inspire).layers] == [
        ("network.heat", 7),
        ("network.electricity", 3),
    ]


def test_latitudes_that_come_first_are_turned(tmp_path: Path) -> None:
    path = written(
        tmp_path / "n.gml",
        link("l", ("a", "b"), (48.82, 2.26), (48.821, 2.26), crs="urn:ogc:def:crs:EPSG::4258"),
        pipe("p", "l", ""),
    )
    table = io.read(path, progress=Unattended())
    assert table.frame.geometry.iloc[0].coords[0] == pytest.approx((2.26, 48.82))


def test_entities_in_gml_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "n.gml", link("l", ("a", "b"), (X, Y), (X, Y + 9)))
    path.write_text("<!DOCTYPE a [<!ENTITY x 'y'>]>" + path.read_text())
    with pytest.raises(ReadError):
        io.read(path, progress=Unattended())


def drawn(path: Path, *features: tuple[dict[str, Any], str, Any], crs: int = 0) -> Path:
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": p, "geometry": {"type": kind, "coordinates": at}}
            for p, kind, at in features
        ],
    }
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{crs}"}}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def test_thermos_supplies_feed_demands(tmp_path: Path) -> None:
    path = drawn(
        tmp_path / "thermos.geojson",
        ({"type": "path", "dia-mm": 80}, "LineString", [[X, Y], [X + 100, Y]]),
        ({"type": "supply", "name": "Energy centre", "annual-demand": None}, "Point", [X, Y]),
        ({"type": "building", "name": "Maison", "annual-demand": 120000.0, "peak-demand": 60.0, "connection-count": 12},
         "Point", [X + 100, Y]),
        crs=2154,
    )  # fmt: skip
    made = network_of(path, progress=Unattended())
    roles = dict(zip(made.devices.values["name"], made.devices.role, strict=True))
    assert roles == {"Energy centre": "source", "Maison": "consumer"}
    assert np.nanmax(made.devices.power_mw) == pytest.approx(0.06)
    assert made.edges.values["diameter_mm"][0] == 80.0
    assert trace(made, "Maison").to_source.length_m == pytest.approx(100)


def test_traces_of_france_chaleur_urbaine_keep_their_identifier(tmp_path: Path) -> None:
    path = drawn(
        tmp_path / "reseaux_de_chaleur.geojson",
        ({"Identifiant reseau": "9240C", "nom_reseau": "Réseau A", "Taux EnR&R": 61.2, "annee_creation": "2013"},
         "MultiLineString", [[[X, Y], [X + 180, Y + 40]], [[X + 180, Y + 40.3], [X + 220, Y + 200]]]),
        ({"Identifiant reseau": "9241C", "nom_reseau": "Réseau B", "Taux EnR&R": "secret"},
         "MultiLineString", [[[X + 1000, Y], [X + 1100, Y]]]),
        crs=2154,
    )  # fmt: skip
    made = network_of(path, progress=Unattended())
    assert made.commodity == "heat"
    assert {p.key for p in made.problems} >= {"network.ends_joined", "network.islands"}
    assert trace(made, "Réseau A").connected_nodes.sum() == 3


def test_drawings_of_enedis_hang_on_the_stations_of_ore(tmp_path: Path) -> None:
    lon, lat = 2.26, 48.82
    at = [[lon + i * 0.001, lat] for i in range(3)]
    path = drawn(
        tmp_path / "reseau-hta.geojson",
        ({"nom_grd": "Enedis", "tension": "HTA"}, "LineString", at[:2]),
        ({"nom_grd": "Enedis", "tension": "HTA"}, "LineString", at[1:]),
        ({"nom_grd": "Enedis", "type": "Poste HTA/BT", "nom_poste": "P1"}, "Point", at[0]),
        ({"nom_grd": "Enedis", "type": "Poste HTA/BT", "nom_poste": "P2"}, "Point", at[2]),
    )
    made = network_of(path, progress=Unattended())
    assert made.commodity == "electricity"
    assert set(made.devices.kind) == {"substation"}
    assert trace(made, made.devices.ids[1]).to_source.length_m == pytest.approx(147, abs=1)
