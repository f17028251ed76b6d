"""Runs: flows of our own networks, what if, balance, profile, diagram, and results as files of a layer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from twin.model.table import FeatureTable
from twin.network import balance, profile, result_layer, schematic
from twin.network.features import networks_of
from twin.network.model import NetworkError
from twin.network.profiles import moments
from twin.network.run import Data, Run, run
from twin.network.solve.client import shared
from twin.network.trace import trace
from twin.network.whatif import Change

pytest.importorskip("pandapipes")
DATA = Path(__file__).resolve().parents[3] / "assets" / "demo" / "data"
NOON = datetime(2026, 4, 14, 12, tzinfo=UTC)


def table_of(name: str) -> FeatureTable:
    rows = gpd.read_parquet(DATA / f"{name}.parquet")
    series = pd.read_parquet(DATA / f"{name}_day.parquet")
    return FeatureTable(frame=rows, crs="EPSG:2154", name=name, tables={"series": series})


def value(of: Run, sort: str, column: str, name: str) -> np.ndarray:
    return of.solution.column(sort, column, np.array([name], dtype=object))[:, 0]


@pytest.fixture(scope="module")
def fort() -> FeatureTable:
    return table_of("heat_fort")


@pytest.fixture(scope="module", autouse=True)
def solver() -> Iterator[None]:
    yield
    shared().close()


@pytest.fixture(scope="module")
def day(fort: FeatureTable) -> Run:
    from twin.live import timeline_of

    timeline = timeline_of(fort, "series", ("heat_kw",))
    row_of = {str(i): n for n, i in enumerate(fort.frame["feature_id"])}
    (network,) = networks_of(fort)
    return run(network, moments(NOON, 4), Data(timeline=timeline, row_of=row_of), name="1")


def test_heat_in_is_heat_out_and_lost(day: Run) -> None:
    arrows = {(f.start, f.end): f.mw for f in balance.flows(day.network, day.solution, day.day, 2)}
    into = arrows["source", "network"]
    assert into == pytest.approx(arrows["network", "heat_pumps"] + arrows["network", "losses"])
    plant = value(day, "edge", "mdot_from_kg_per_s", "fort-plant")[2]
    assert plant * 4.18 * 8.0 / 1000 == pytest.approx(into, rel=0.03)
    assert day.indicators.renewable_percent == pytest.approx(100 * (1 - 1 / 4.5))


def test_a_day_of_the_fort_leaves_at_28_degrees(day: Run) -> None:
    assert value(day, "node", "t_k", "fort-tap") == pytest.approx([301.15] * 4, abs=0.02)
    way = trace(day.network, "fort-hp-04").to_source
    curves = {c.quantity: c for c in profile.along(day.network, day.solution, way, 0)}
    known = np.isfinite(curves["temperature"].value)
    assert (np.diff(curves["temperature"].value[known]) < 0).all()
    assert (np.diff(curves["pressure"].value[known]) < 0).all()
    assert curves["pressure"].distance_m[-1] == pytest.approx(way.length_m)


def test_the_next_building_shows_in_the_numbers(fort: FeatureTable, day: Run) -> None:
    (network,) = networks_of(fort)
    changes = [
        Change(kind="building", at="fort-hp-04", value=400.0),
        Change(kind="supply_c", value=26.0),
    ]
    more = run(
        network, moments(NOON, 4), Data(), name="2", changes=changes, prices={"eur_per_mwh": 100.0}
    )
    assert len(more.network.devices) == len(day.network.devices) + 1
    assert value(more, "node", "t_k", "fort-tap")[0] == pytest.approx(299.15, abs=0.02)
    assert more.indicators.cost_eur == pytest.approx(more.indicators.bought_mwh * 100.0)
    half = run(network, moments(NOON, 1), Data(), changes=[Change(kind="scale", value=50.0)])
    whole = run(network, moments(NOON, 1), Data())
    assert half.indicators.peak_mw == pytest.approx(whole.indicators.peak_mw / 2)


@pytest.mark.parametrize(("at", "kw"), [("fort-node-12", 200.0), ("fort-plant", 5000.0)])
def test_a_well_relieves_the_plant_by_what_it_gives(fort: FeatureTable, at: str, kw: float) -> None:
    (network,) = networks_of(fort)
    now = moments(NOON, 1)
    before = run(network, now, Data())
    after = run(network, now, Data(), changes=[Change(kind="well", at=at, value=kw)])
    plant = [value(r, "edge", "mdot_from_kg_per_s", "fort-plant")[0] for r in (before, after)]
    well = value(after, "edge", "mdot_from_kg_per_s", "whatif-1-well")[0]
    assert plant[1] + well == pytest.approx(plant[0], rel=0.02)
    assert well == pytest.approx(min(kw / (4.18 * 8.0), 0.95 * plant[0]), rel=0.02)


def test_what_cannot_stand_there_is_said(fort: FeatureTable) -> None:
    (network,) = networks_of(fort)
    with pytest.raises(NetworkError, match="no_such_id"):
        run(network, moments(NOON, 1), Data(), changes=[Change(kind="building", at="nowhere")])


def test_solar_panels_are_bought_less_and_a_bypass_is_an_edge() -> None:
    table = table_of("issygrid")
    (network,) = networks_of(table)
    noon = moments(NOON, 1)
    before = run(network, noon, Data())
    at = "issygrid-bar-school"
    sun = run(network, noon, Data(), changes=[Change(kind="pv", at=at, value=500.0)])
    assert sun.indicators.bought_mwh < before.indicators.bought_mwh - 0.4
    assert sun.indicators.renewable_percent > before.indicators.renewable_percent
    ring = Change(kind="bypass", at=at, to="issygrid-pv-bar")
    assert len(run(network, noon, Data(), changes=[ring]).network.edges) == len(network.edges) + 1


def test_results_are_files_of_a_layer(day: Run, fort: FeatureTable, tmp_path: Path) -> None:
    features, series = result_layer.write(day, fort, tmp_path / "new", "r")
    rows, values = gpd.read_parquet(features), pd.read_parquet(series)
    assert set(values["feature_id"]) <= set(rows["feature_id"])
    assert values["phenomenon_time"].nunique() == 4
    pipe = values[values["feature_id"] == "fort-pipe-01-supply"]
    assert pipe["temperature_c"].between(27.5, 28.0).all()
    assert (pipe["flow_m_s"] > 0).all()
    assert (pipe["loss_kw"] > 0).all()
    back = values[values["feature_id"] == "fort-pipe-01-return"]
    assert (back["flow_m_s"] < 0).all()
    assert set(rows["quality"]) == {"simulated"}


def test_the_diagram_puts_every_step_one_column_on(fort: FeatureTable) -> None:
    (network,) = networks_of(fort)
    plan = schematic.schematic(network)
    column = dict(zip(network.nodes.ids, plan.column, strict=True))
    assert column["fort-well-production"] == 0
    assert column["fort-plant"] == 1
    drawn = np.isfinite(plan.column)
    places = set(zip(plan.column[drawn], plan.row[drawn], strict=True))
    assert len(places) == drawn.sum()
    assert len(plan.edges) > 36
