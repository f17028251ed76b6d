"""Power lines and pipelines of OpenStreetMap: one network a commodity, with the ids of OpenStreetMap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.twin.io import osm_pbf
from twin import io
from twin.network.model import Network, State
from twin.network.plain_files import networks_of
from twin.progress import Unattended
from ui.cli.main import main

LAT, LON, STEP = 48.82, 2.26, 0.001

# Every node at a place of its own, (column, row) in steps; ways of power, of gas and of hot water.
PLACES = {
    1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0), 5: (4, 0), 11: (0, 5), 12: (1, 5), 13: (2, 5),
    14: (0, 9), 15: (1, 9), 16: (2, 9), 20: (1.9, -0.1), 21: (2.1, -0.1), 22: (2.1, 0.1), 23: (1.9, 0.1), 30: (3, 1),
}  # fmt: skip
POINTS = {
    1: {"power": "plant", "name": "Centrale"},
    2: {"power": "tower"},
    4: {"power": "transformer", "transformer": "distribution"},
    5: {"power": "pole"},
    12: {"pipeline": "valve"},
    14: {"power": "plant", "plant:output:hot_water": "yes", "name": "Chaufferie"},
    16: {"pipeline": "substation", "substance": "hot_water"},
    30: {"amenity": "charging_station"},
}
WAYS: dict[int, tuple[list[int], dict[str, str]]] = {
    101: ([1, 2, 3], {"power": "line", "voltage": "63000", "cables": "3"}),
    102: ([3, 4], {"power": "cable", "voltage": "20000;400", "location": "underground"}),
    103: ([4, 5], {"power": "minor_line", "voltage": "400"}),
    201: ([11, 12, 13], {"man_made": "pipeline", "substance": "gas", "diameter": "300"}),
    202: ([14, 15], {"man_made": "pipeline", "substance": "hot_water", "diameter": "0,25 m"}),
    203: ([15, 16], {"man_made": "pipeline", "substance": "hot_water"}),
    300: ([20, 21, 22, 23, 20], {"power": "substation", "name": "Poste A", "voltage": "63000;20000"}),
}  # fmt: skip


def place(node: int) -> dict[str, float]:
    column, row = PLACES[node]
    return {"lat": round(LAT + row * STEP, 7), "lon": round(LON + column * STEP, 7)}


def elements(*, geometry: bool) -> list[dict[str, Any]]:
    nodes = [{"type": "node", "id": n, **place(n), "tags": POINTS.get(n, {})} for n in PLACES]
    ways = []
    for number, (refs, tags) in WAYS.items():
        where = {"geometry": [place(n) for n in refs]} if geometry else {}
        ways.append({"type": "way", "id": number, "nodes": refs, "tags": tags, **where})
    return [*([n for n in nodes if n["tags"]] if geometry else nodes), *ways]


@pytest.fixture(params=["overpass", "pbf"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "pbf":
        return osm_pbf.write(tmp_path / "town.osm.pbf", elements(geometry=False))
    path = tmp_path / "town.json"
    path.write_text(
        json.dumps(
            {"version": 0.6, "generator": "Overpass API", "elements": elements(geometry=True)}
        )
    )
    return path


def by_commodity(path: Path) -> dict[str, Network]:
    return {n.commodity: n for n in networks_of(path, progress=Unattended())}


def test_one_network_a_commodity_with_ids_of_openstreetmap(town: Path) -> None:
    found = by_commodity(town)
    assert set(found) == {"electricity", "gas", "heat"}
    power = found["electricity"]
    assert set(power.edges.ids) == {"way/101", "way/102", "way/103", "trafo:node/4"}
    assert {"node/1", "way/300", "node/4", "node/5"} <= set(power.nodes.ids)
    assert "node/2" not in set(power.nodes.ids), "a tower within a line is no node"
    kinds = dict(zip(power.devices.ids, power.devices.kind, strict=True))
    assert kinds["node/1"] == "plant"
    assert kinds["way/300"] == "substation"
    kv = dict(zip(power.edges.ids, power.edges.values["voltage_kv"], strict=True))
    assert (kv["way/101"], kv["way/102"]) == (63.0, 20.0)


def test_a_valve_of_a_gas_main_can_be_closed(town: Path) -> None:
    gas = by_commodity(town)["gas"]
    assert {"way/201#1", "way/201#2", "node/12"} == set(gas.edges.ids)
    shut = gas.with_state([gas.edge_index["node/12"]], State.CLOSED)
    assert not shut.edges.conducts[gas.edge_index["node/12"]]
    assert gas.edges.values["diameter_mm"][0] == 300.0


def test_diameters_say_their_unit(town: Path) -> None:
    heat = by_commodity(town)["heat"]
    assert heat.edges.values["diameter_mm"][heat.edge_index["way/202"]] == 250.0


def test_layers_of_the_file(town: Path) -> None:
    layers = {layer.name: layer for layer in io.inspect(town).layers}
    assert {"network.electricity", "network.gas", "network.heat"} <= set(layers)
    assert layers["network.electricity"].count == 8
    assert layers.get("lines") is None or layers["lines"].count == 1, "lines are drawn once"
    assert layers["network.electricity"].details["network"] == "electricity"


@pytest.mark.parametrize(
    ("name", "network"), [("way/103", "town.electricity"), ("203", "town.heat")]
)
def test_trace_by_the_command_line(
    town: Path, name: str, network: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["network", str(town), "--trace", name, "--json"]) == 0
    told = orjson.loads(capsys.readouterr().out)
    assert told["network"] == network
    assert told["path_to_source"]["edges"]


def test_an_id_that_is_in_no_network(town: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["network", str(town), "--trace", "way/999"]) == 2
    assert "way/999" in capsys.readouterr().err
