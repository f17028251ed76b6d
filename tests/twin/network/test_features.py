"""Networks from features: named nodes, plain lines, valves, substations, return pipes, foreign columns, ESDL."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, Point

from twin.errors import ReadError
from twin.network import esdl, names
from twin.network.features import network_of, networks_of
from twin.network.model import NetworkError, Role, State
from twin.network.outage import outage
from twin.network.plain_files import network_of as network_in
from twin.network.profiles import day_of, moments
from twin.network.solve.client import shared
from twin.network.solving import solve
from twin.network.trace import trace
from twin.progress import Unattended

CRS = "EPSG:2154"


def frame(rows: list[dict]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def line(name: str, *at: tuple[float, ...], **values: object) -> dict:
    return {"feature_id": name, "kind": "line", "geometry": LineString(at), **values}


def point(name: str, kind: str, x: float, y: float, **values: object) -> dict:
    return {"feature_id": name, "kind": kind, "geometry": Point(x, y), **values}


def keys(network) -> dict[str, int]:
    return {p.key: int(p.values["count"]) for p in network.problems}


def test_gaps_are_closed_and_t_junctions_cut() -> None:
    drawn = frame([
        line("main", (0, 0), (100, 0)),
        line("branch", (50.2, 0.1), (50, 40)),
        line("next", (100.3, 0), (150, 0)),
    ])  # fmt: skip
    made = network_of(drawn, name="n")
    assert sorted(made.edges.ids) == ["branch", "main#1", "main#2", "next"]
    assert len(made.nodes) == 5
    assert keys(made)["network.lines_cut"] == 1
    assert "network.islands" not in keys(made)


def test_crossings_and_levels_stay_apart() -> None:
    crossing = network_of(
        frame([line("a", (0, 0), (10, 10)), line("b", (0, 10), (10, 0))]), name="n"
    )
    assert keys(crossing) == {"network.crossings_apart": 1, "network.islands": 2}
    deep = [line("a", (0, 0, 20), (10, 0, 20)), line("b", (10.1, 0, 17), (20, 0, 17))]
    assert keys(network_of(frame(deep), name="n"))["network.islands"] == 2


def test_a_device_beside_a_line_hangs_on_it() -> None:
    rows = [line("a", (0, 0), (100, 0)), point("house", "load", 40, 3), point("far", "load", 0, 90)]
    made = network_of(frame([*rows, point("feed", "source", 0, 0)]), name="n")
    assert sorted(made.edges.ids) == ["a#1", "a#2"]
    assert trace(made, "house").to_source.length_m == pytest.approx(40)
    assert keys(made)["network.devices_apart"] == 1


def test_a_valve_between_named_nodes_can_be_closed() -> None:
    rows = [
        line("a", (0, 0), (5, 0), from_node="plant", to_node="v"),
        line("b", (5, 0), (9, 0), from_node="v", to_node="home"),
        point("plant", "source", 0, 0), point("v", "valve", 5, 0, state="closed"), point("home", "load", 9, 0),
    ]  # fmt: skip
    shut = network_of(frame(rows), name="n")
    assert shut.edges.state[shut.edge_index["v"]] == State.CLOSED
    assert trace(shut, "home").to_source is None
    rows[3]["state"] = "open"
    open_ = network_of(frame(rows), name="n")
    assert trace(open_, "home").to_source.length_m == pytest.approx(9)
    assert [open_.devices.ids[i] for i in outage(open_, ["v"]).consumers] == ["home"]


def test_a_substation_between_two_voltages_has_a_transformer() -> None:
    rows = [
        line("hta", (0, 0), (50, 0), from_node="src", to_node="ps", voltage_kv=20.0),
        line("on", (50, 0), (90, 0), from_node="ps", to_node="ps2", voltage_kv=20.0),
        line("bt", (50, 0), (50, 9), from_node="ps", to_node="home", voltage_kv=0.4),
        line("bt2", (90, 0), (90, 9), from_node="ps2", to_node="home2", voltage_kv=0.4),
        point("src", "substation", 0, 0, voltage_kv=63.0), point("ps", "substation", 50, 0, voltage_kv=20.0),
        point("ps2", "substation", 90, 0, voltage_kv=20.0),
        point("home", "load", 50, 9, rated_kw=12.0), point("home2", "load", 90, 9, rated_kw=12.0),
    ]  # fmt: skip
    made = network_of(frame(rows), name="n")
    assert {"trafo:ps", "trafo:ps2"} <= set(made.edges.ids)
    lost = outage(made, ["ps"])  # tripping the transformer leaves the cable that passes through
    assert [made.devices.ids[i] for i in lost.consumers] == ["home"]
    assert lost.power_mw == pytest.approx(0.012)


def test_the_demo_fort_is_supplied_again_through_its_valve(shared_fort) -> None:
    lost = outage(shared_fort, ["fort-pipe-10-supply"])
    assert len(lost.consumers) == 7
    assert lost.resupply[0].operate == ("fort-valve",)
    assert len(lost.resupply[0].restored) == 7
    for all_of_it in ("fort-main-production", "fort-plant", "fort-well-production"):
        assert len(outage(shared_fort, [all_of_it]).consumers) == 18


@pytest.fixture
def shared_fort():
    from twin.model.table import FeatureTable

    root = Path(__file__).resolve().parents[3]
    rows = gpd.read_parquet(root / "assets" / "demo" / "data" / "heat_fort.parquet")
    (made,) = networks_of(FeatureTable(frame=rows, crs=CRS, name="fort"))
    return made


def test_a_flat_of_the_fort_has_its_heat_from_the_well_and_gives_it_back(shared_fort) -> None:
    found = trace(shared_fort, "fort-hp-04")
    ids = shared_fort.nodes.ids
    assert str(ids[found.to_source.nodes[-1]]) == "fort-well-production"
    below = {str(i) for i in ids[found.downstream_nodes]}
    assert "fort-well-injection" in below
    assert not any(
        name.startswith("fort-hp") for name in below - {"fort-hp-04", "fort-hp-04.return"}
    )


def test_foreign_columns_get_our_names_and_units() -> None:
    osm = frame(
        [
            {
                "feature_id": "w1",
                "power": "cable",
                "voltage": "20000;400",
                "geometry": LineString([(0, 0), (9, 0)]),
            }
        ]
    )
    assert names.ours(osm, {})["voltage_kv"].tolist() == [20.0]
    assert names.commodity_of(osm, "x") == "electricity"
    thermos = frame(
        [{"feature_id": "b", "annual-demand": 12000, "peak-demand": 8, "geometry": Point(0, 0)}]
    )
    assert names.ours(thermos, {})[["annual_kwh", "power_kw", "kind"]].iloc[0].tolist() == [
        12000,
        8,
        "consumer",
    ]
    mapped = frame([{"feature_id": "p", "Ø": "150", "geometry": LineString([(0, 0), (9, 0)])}])
    assert names.ours(mapped, {"diameter_mm": "Ø"})["diameter_mm"].tolist() == ["150"]


def test_no_lines_is_said() -> None:
    with pytest.raises(NetworkError, match="no_lines"):
        network_of(frame([point("a", "load", 0, 0)]), name="n")


@pytest.mark.shared_data
def test_a_drawing_of_others_has_the_nodes_that_it_states(shared_data: Path) -> None:
    folder = shared_data / "heat_networks" / "rivus" / "data" / "haag15"
    made = network_in(folder / "edge.shp", meaning=None, progress=Unattended())
    assert len(made.nodes) == len(gpd.read_file(folder / "vertex.shp"))
    assert len(made.edges) == 203


ESDL = """<?xml version="1.0"?>
<esdl:EnergySystem xmlns:esdl="http://www.tno.nl/esdl" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <instance><area>
  <asset xsi:type="esdl:GeothermalSource" id="g" name="Well" power="2000000">
   <port xsi:type="esdl:OutPort" id="go" connectedTo="pi"/><port xsi:type="esdl:InPort" id="gi" connectedTo="ro"/>
   <geometry xsi:type="esdl:Point" lat="48.82" lon="2.27"/></asset>
  <asset xsi:type="esdl:Pipe" id="p" length="120.5" innerDiameter="0.2">
   <port xsi:type="esdl:InPort" id="pi" connectedTo="go"/><port xsi:type="esdl:OutPort" id="po" connectedTo="di"/>
   <geometry xsi:type="esdl:Line"><point lat="48.82" lon="2.27"/><point lat="48.821" lon="2.27"/></geometry></asset>
  <asset xsi:type="esdl:HeatingDemand" id="d" name="Homes" power="500000">
   <port xsi:type="esdl:InPort" id="di" connectedTo="po"/>
   <port xsi:type="esdl:OutPort" id="do" connectedTo="ri"/></asset>
  <asset xsi:type="esdl:Pipe" id="r" length="120.5"><port xsi:type="esdl:InPort" id="ri" connectedTo="do"/>
   <port xsi:type="esdl:OutPort" id="ro" connectedTo="gi"/></asset>
 </area></instance>
</esdl:EnergySystem>"""


def test_esdl_is_joined_by_its_ports(tmp_path: Path) -> None:
    path = tmp_path / "n.esdl"
    path.write_text(ESDL)
    made = esdl.network_of(path)
    assert len(made.nodes) == 4
    assert trace(made, "d").to_source.length_m == pytest.approx(120.5)
    assert made.edges.values["diameter_mm"][0] == pytest.approx(200.0)
    lost = outage(made, ["p"])
    assert [made.devices.ids[i] for i in lost.consumers] == ["d"]
    assert lost.power_mw == pytest.approx(0.5)
    assert made.devices.role[made.device_index["g"]] == Role.SOURCE


def test_esdl_is_solved_with_the_temperatures_of_its_carrier(tmp_path: Path) -> None:
    pytest.importorskip("pandapipes")
    path = tmp_path / "n.esdl"
    carriers = (
        '<energySystemInformation><carriers><carrier xsi:type="esdl:HeatCommodity" id="c1" supplyTemperature="55"/>'
        '<carrier xsi:type="esdl:HeatCommodity" id="c2" returnTemperature="30"/></carriers></energySystemInformation>'
    )
    path.write_text(ESDL.replace("<instance>", carriers + "<instance>"))
    made = esdl.network_of(path)
    answer = solve(made, day_of(made, moments(datetime(2026, 1, 12, 7, tzinfo=UTC), 1)))
    shared().close()
    out = answer.column("edge", "t_from_k", np.array(["p"], object))[0, 0] - 273.15
    back = answer.column("edge", "t_outlet_k", np.array(["d"], object))[0, 0] - 273.15
    assert out == pytest.approx(55.0, abs=0.1)  # a network of the fourth generation
    assert back == pytest.approx(30.0, abs=1.0)


def test_esdl_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "n.esdl"
    path.write_text(
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + ESDL.split("?>", 1)[1]
    )
    with pytest.raises(ReadError, match="xml_entities"):
        esdl.network_of(path)


def test_lengths_without_a_number_are_measured() -> None:
    made = network_of(frame([line("a", (0, 0), (30, 40))]), name="n")
    assert np.allclose(made.edges.length_m, [50.0])
