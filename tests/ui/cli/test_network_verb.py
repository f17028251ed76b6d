"""The verb ``network`` as a script calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli import main

pytest.importorskip("pandapower")


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> dict:
    assert main(["network", *arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


@pytest.mark.shared_data
def test_solve_prints_columns_by_id(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = shared_data / "power_nets" / "simbench_1-LV-semiurb4--0-sw.json"
    found = told(capsys, str(path), "--solve")
    assert 0.9 < found["nodes"]["vm_pu"]["0"] < 1.1
    assert {"0", "1", "trafo:0"} <= set(found["edges"]["loading_percent"])


def test_the_demo_is_solved_by_feature_id(capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, "demo", "--solve", "--network", "heat_fort")
    assert found["nodes"]["t_k"]["fort-tap"] == pytest.approx(301.15, abs=0.01)
    assert found["edges"]["v_mean_m_per_s"]["fort-pipe-01-supply"] > 0


def test_the_demo_is_traced_and_cut(capsys: pytest.CaptureFixture[str]) -> None:
    trace = told(capsys, "demo", "--trace", "fort-hp-03")
    assert trace["network"] == "heat_fort"
    assert trace["path_to_source"]["source"] == "fort-well-production"
    assert trace["edges"]["direction"]["fort-main-production"] == "upstream"
    way = told(capsys, "demo", "--trace", "fort-hp-03", "--to", "fort-hp-04")
    assert way["path"]["length_m"] > 0
    lost = told(capsys, "demo", "--outage", "fort-pipe-10-supply")
    assert lost["affected"]["dwellings"] == 549
    assert lost["affected"]["power_mw"] == pytest.approx(1.263)
    assert lost["resupply"][0]["operate"] == ["fort-valve"]
    assert lost["nodes"]["supplied"]["fort-hp-03"] is False


def test_a_network_is_written_for_its_library(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "fort.json"
    assert told(capsys, "demo", "--network", "heat_fort", "--export", str(path))["bytes"] > 1000
    again = told(capsys, str(path))
    (network,) = again["networks"].values()
    assert network["sources"] == ["circ_pump_pressure:0"]


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("demo", "--trace", "nowhere"), "network.no_such_id"),
        (("demo", "--solve", "--network", "trees"), "network.none_in_project"),
        (("missing.json", "--solve"), "network.not_readable"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: tuple[str, ...], key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, *arguments, status=2)["problems"][0]["key"] == key


def test_a_building_is_traced_through_what_serves_it(capsys: pytest.CaptureFixture[str]) -> None:
    trace = told(capsys, "demo", "--trace", "building-05783")
    assert (trace["network"], trace["served_by"], trace["rule"]) == (
        "heat_fort",
        "fort-hp-03",
        "stated",
    )
    assert trace["path_to_source"]["source"] == "fort-well-production"
    (power,) = (one for one in trace["also"] if one["network"] == "grid")
    assert power["path_to_source"]["edges"]
