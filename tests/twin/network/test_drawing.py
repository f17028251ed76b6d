"""Plain drawings of others: what their columns mean, what their repair does, and that one drawn line is two pipes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import LineString, Point, Polygon

from twin.network import drawing, features
from twin.network.drawing import Meaning
from twin.network.model import NetworkError
from twin.network.plain_files import network_of as network_in
from twin.network.profiles import day_of, moments
from twin.network.solve.client import shared
from twin.network.solving import solve
from twin.network.trace import trace
from twin.progress import Unattended

ROWS = (
    (LineString([(0, 0), (300, 0)]), {"DN": 0.2, "Nature": "conduite"}),
    (LineString([(100, 0.3), (100, 80)]), {"DN": 0.1, "Nature": "conduite"}),
    (LineString([(50, 200), (90, 240)]), {"DN": 0.1, "Nature": "conduite"}),
    (Point(0, 0), {"Nature": "Chaufferie", "nom": "Centrale n°1 <é/ü>"}),
    (Point(100, 80), {"Nature": "Sous-station", "nom": "SST 1", "puissance_kw": "250,5"}),
    (Point(300, 0), {"Nature": "Sous-station", "nom": "SST 2", "puissance_kw": "400"}),
)  # fmt: skip


@pytest.fixture
def drawn() -> gpd.GeoDataFrame:
    records = [{**values, "feature_id": f"T/{i} é"} for i, (_, values) in enumerate(ROWS)]
    return gpd.GeoDataFrame(records, geometry=[shape for shape, _ in ROWS], crs="EPSG:2154")


def test_columns_and_units_are_guessed(drawn: gpd.GeoDataFrame) -> None:
    meaning = drawing.guessed(drawn, "reseau_chaleur")
    assert meaning.columns == {
        "diameter_mm": "DN", "kind": "Nature", "name": "nom", "power_kw": "puissance_kw",
    }  # fmt: skip
    assert meaning.factors == {"diameter_mm": 1000.0}  # a DN of 0.2 is no millimetres
    assert meaning.commodity == "heat"


def test_a_meaning_survives_the_options_of_a_source() -> None:
    meaning = Meaning(
        columns={"name": "nom"}, factors={"length_m": 1000.0}, commodity="cold", snap_m=2.0
    )
    assert drawing.of_options(meaning.as_options()) == meaning
    assert drawing.of_options({}) is None
    wrong = {**meaning.as_options(), "snap_m": -3, "network_factors": {"length_m": "x"}}
    repaired = drawing.of_options(wrong)
    assert repaired is not None
    assert (repaired.snap_m, dict(repaired.factors)) == (0.5, {})


def test_a_look_tells_what_the_repair_does(drawn: gpd.GeoDataFrame) -> None:
    look = drawing.looked(drawn, drawing.guessed(drawn, "x"), "x")
    said = {p.key: p.values.get("count") for p in look.problems}
    assert said["network.lines_cut"] == 1
    assert said["network.islands"] == 2
    assert said["network.returns_assumed"] == 4
    assert len(look.lines) == 4
    assert sorted(look.island.tolist()) == [0, 0, 0, 1]


def test_wider_snapping_joins_more(drawn: gpd.GeoDataFrame) -> None:
    near = drawing.guessed(drawn, "x")
    wide = Meaning(
        columns=near.columns, factors=near.factors, commodity=near.commodity, snap_m=0.01
    )
    counts = {p.key: p.values.get("count") for p in drawing.looked(drawn, wide, "x").problems}
    assert counts["network.islands"] == 3  # 30 cm are too much for a centimetre


def test_a_column_that_is_not_there_is_named(drawn: gpd.GeoDataFrame) -> None:
    with pytest.raises(NetworkError) as caught:
        drawing.taken(drawn, Meaning(columns={"diameter_mm": "Ø"}))
    assert caught.value.problem.key == "network.no_such_column"
    assert caught.value.problem.values["column"] == "Ø"


def test_one_drawn_line_is_traced_and_solved_as_supply_and_return(
    drawn: gpd.GeoDataFrame,
) -> None:
    made = drawing.taken(drawn, drawing.guessed(drawn, "x"))
    network = features.network_of(made, name="x", commodity="heat")
    found = trace(network, "T/4 é")
    assert found.to_source is not None
    assert found.to_source.length_m == pytest.approx(100 + 79.7, abs=0.5)
    answer = solve(network, day_of(network, moments(datetime(2026, 1, 12, tzinfo=UTC), 1)))
    shared().close()
    there = answer.column("edge", "mdot_from_kg_per_s", ["T/1 é"])[0, 0]
    back = answer.column("edge", "mdot_from_kg_per_s", ["T/1 é.return"])[0, 0]
    assert there > 0
    assert back == pytest.approx(there)


def test_a_bare_ring_stays_a_loop_of_one_pipe() -> None:
    corners = [(0, 0), (100, 0), (100, 100), (0, 100)]
    lines = [LineString([a, b]) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]
    frame = gpd.GeoDataFrame(
        {"feature_id": ["a", "b", "c", "d", "p"], "kind": ["pipe"] * 4 + ["plant"]},
        geometry=[*lines, Point(0, 0)], crs="EPSG:2154",
    )  # fmt: skip
    network = features.network_of(frame, name="ring", commodity="heat")
    assert len(network.edges) == 4


def test_an_area_that_lines_name_is_a_device() -> None:
    frame = gpd.GeoDataFrame(
        {
            "feature_id": ["ghe", "house", "pipe"],
            "kind": ["plant", "substation", "pipe"],
            "from_node": ["", "", "ghe"],
            "to_node": ["", "", "house"],
        },
        geometry=[
            Polygon([(0, 0), (10, 0), (10, 10)]), Polygon([(90, 0), (100, 0), (100, 9)]),
            LineString([(5, 2), (95, 2)]),
        ],
        crs="EPSG:2154",
    )  # fmt: skip
    network = features.network_of(frame, name="x", commodity="heat")
    assert [str(i) for i in network.devices.ids] == ["ghe", "house"]
    assert trace(network, "house").to_source is not None


def test_a_file_is_asked_by_its_own_ids_and_names(tmp_path: Path) -> None:
    path = tmp_path / "odd.geojson"
    odd = "a/b?c=é\"'<x>"
    cable = {
        "type": "Feature", "id": odd, "properties": {"power": "cable", "voltage": "20000;400"},
        "geometry": {"type": "LineString", "coordinates": [[2.27, 48.82], [2.272, 48.82]]},
    }  # fmt: skip
    ground = [
        [
            [2.2699, 48.8199],
            [2.2701, 48.8199],
            [2.2701, 48.8201],
            [2.2699, 48.8201],
            [2.2699, 48.8199],
        ]
    ]
    station = {
        "type": "Feature", "id": "s", "properties": {"power": "substation", "name": "Poste 1"},
        "geometry": {"type": "Polygon", "coordinates": ground},
    }  # fmt: skip
    nowhere = {"type": "Feature", "properties": {}, "geometry": None}
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [cable, station, nowhere]})
    )
    network = network_in(path, progress=Unattended())
    assert network.commodity == "electricity"
    assert trace(network, odd).to_source is not None
    assert trace(network, "Poste 1").start.sort == "device"
