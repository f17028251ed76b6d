"""The simulated life of the Fort's vacuum network, and what a blocked tube does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from plugins.pneumatic_waste.layer import PneumaticWaste, PneumaticWasteParams
from twin.model.table import FeatureTable
from twin.network.outage import outage
from twin.network.trace import trace

DATA = Path(__file__).resolve().parents[3] / "assets" / "demo" / "data"
ROUND = datetime(2026, 4, 15, 8, tzinfo=UTC)  # a Wednesday
LAYER = PneumaticWaste()


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    parts = [gpd.read_file(DATA / f"waste_{part}.fgb") for part in ("tubes", "inlets")]
    rows = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)
    return FeatureTable(frame=rows.assign(network_kind="vacuum"), crs="EPSG:2154", name="waste")


def at(table: FeatureTable, moment: datetime, **params: object) -> pd.DataFrame:
    columns = LAYER.columns_at(table, PneumaticWasteParams(**params), moment)
    return table.frame[["feature_id", "kind"]].assign(**columns).set_index("feature_id")


def test_a_round_empties_one_inlet_after_the_other(table: FeatureTable) -> None:
    before, during = (
        at(table, ROUND - timedelta(minutes=1)),
        at(table, ROUND + timedelta(minutes=30)),
    )
    after = at(table, ROUND + timedelta(hours=3))
    assert (before["state"] == "sucking").sum() == 0
    assert (during["state"] == "sucking").sum() == 1
    assert after["fill_percent"].max() < 8 < before["fill_percent"].min()
    assert during["fill_percent"].mean() < before["fill_percent"].mean()


def test_air_flows_at_70_km_h_toward_the_suction_point(table: FeatureTable) -> None:
    now = at(table, ROUND + timedelta(minutes=30))
    moving = now[now["flow_m_s"].fillna(0) != 0]
    assert set(moving["flow_m_s"].abs().round(3)) == {round(70 / 3.6, 3)}
    assert set(moving["state"]) == {"open"}
    inlet = now.index[now["state"] == "sucking"][0]
    (network,) = LAYER.networks(table)
    way = trace(network, inlet).to_source
    names = {str(network.edges.ids[e]).partition("#")[0] for e in way.edges}
    assert names == set(moving.index)
    assert str(network.nodes.ids[way.nodes[-1]]).startswith("waste-suction-point")


def test_there_is_no_round_on_a_thursday(table: FeatureTable) -> None:
    thursday = at(table, ROUND + timedelta(days=1, minutes=30))
    assert not (thursday["state"] == "sucking").any()
    assert (
        at(table, ROUND + timedelta(days=1, minutes=30), collection="fixed")["state"] == "sucking"
    ).any()


def test_behind_a_blocked_tube_nothing_is_emptied(table: FeatureTable) -> None:
    blocked = at(table, ROUND + timedelta(hours=4), blocked_tube="waste-tube-branch-03")
    inlets = blocked[blocked["kind"] == "inlet"]
    cut_off = inlets[inlets["state"] == "blocked"]
    assert len(cut_off) == 6
    assert cut_off["fill_percent"].min() == 100.0
    assert inlets.drop(cut_off.index)["fill_percent"].max() < 10
    (network,) = LAYER.networks(table)
    edges = [
        str(e) for e in network.edges.ids if str(e).partition("#")[0] == "waste-tube-branch-03"
    ]
    lost = outage(network, edges[:1])
    assert {str(network.devices.ids[i]) for i in lost.consumers} == set(cut_off.index)


def test_a_door_fault_keeps_its_inlet_out(table: FeatureTable) -> None:
    now = at(table, ROUND + timedelta(hours=4), door_fault="waste-inlet-out-1")
    assert now.loc["waste-inlet-out-1", "state"] == "door_fault"
    assert now.loc["waste-inlet-out-1", "fill_percent"] > 50
    assert (now["state"] == "door_fault").sum() == 1


def test_the_same_moment_looks_the_same(table: FeatureTable) -> None:
    again = replace(table)
    moment = ROUND + timedelta(minutes=47)
    assert np.array_equal(at(table, moment)["state"], at(again, moment)["state"])


def test_both_systems_are_whole() -> None:
    inlets = gpd.read_file(DATA / "waste_seine_inlets.fgb")
    tubes = gpd.read_file(DATA / "waste_seine_tubes.fgb")
    assert (inlets["kind"] == "terminal").sum() == 1
    assert tubes.length.sum() == pytest.approx(1000, rel=0.1)
    rows = gpd.GeoDataFrame(pd.concat([tubes, inlets], ignore_index=True), crs=tubes.crs)
    seine = FeatureTable(frame=rows, crs="EPSG:2154", name="seine")
    (network,) = LAYER.networks(seine)
    for name in inlets.loc[inlets["kind"] == "inlet", "feature_id"]:
        assert trace(network, name).to_source is not None
