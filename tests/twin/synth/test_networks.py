"""The networks of the demo city balance: what comes in goes out, pipes meet, numbers are the facts'."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from twin.synth import fort, terrain
from twin.synth.hydraulics import Branches, diameters_mm, speed_m_s
from twin.synth.works import works_abroad


def ends_of(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    lines = frame.geometry.to_numpy()
    first = shapely.get_coordinates(shapely.get_point(lines, 0))
    return first, shapely.get_coordinates(shapely.get_point(lines, -1))


@pytest.mark.parametrize("name", ["heat_fort", "heat_town"])
def test_mass_is_conserved_at_every_node(demo, name: str) -> None:
    pipes = demo.features(f"{name}.parquet").query("kind == 'pipe' and side == 'supply'")
    pipes = pipes[pipes["from_node"].notna() & ~pipes["feature_id"].str.contains("main")]
    flow = demo.at_each_hour(f"{name}_day.parquet", "mass_flow_kg_s")
    takers = set(demo.rows(f"{name}_day.parquet").dropna(subset=["heat_kw"])["feature_id"])
    checked = 0
    for node in set(pipes["to_node"]):
        inward = flow[pipes.loc[pipes["to_node"] == node, "feature_id"]].sum(axis=1)
        outward = flow[pipes.loc[pipes["from_node"] == node, "feature_id"]].sum(axis=1)
        if node in takers:
            outward = outward + flow[node]
        assert np.allclose(inward, outward, atol=2e-3), node
        checked += 1
    assert checked >= 15
    assert (flow[pipes["feature_id"]] >= 0).all().all()


@pytest.mark.parametrize("name", ["heat_fort", "heat_town"])
def test_return_flows_against_supply(demo, name: str) -> None:
    flow = demo.at_each_hour(f"{name}_day.parquet", "mass_flow_kg_s")
    supply = [c for c in flow if c.endswith("-supply")]
    assert supply
    for pipe in supply:
        back = flow[pipe.removesuffix("supply") + "return"]
        assert np.allclose(flow[pipe], -back)


def test_the_loop_leaves_at_28_degrees_and_comes_back_cooler(demo) -> None:
    values = demo.at_each_hour("heat_fort_day.parquet", "temperature_c")
    supply = values[[c for c in values if "pipe" in c and c.endswith("-supply")]]
    back = values[[c for c in values if "pipe" in c and c.endswith("-return")]]
    assert supply.max().max() <= 28.0
    assert supply.min().min() > 27.0
    assert back.max().max() < 21.0
    assert back.min().min() > 18.0


def test_the_doublet_gives_what_the_loop_takes(demo) -> None:
    flow = demo.at_each_hour("heat_fort_day.parquet", "mass_flow_kg_s")
    heat = demo.at_each_hour("heat_fort_day.parquet", "heat_kw")
    taken = flow["fort-main-production"] * 4.18 * (28.6 - 19.4)
    assert np.allclose(taken, heat["fort-plant"], rtol=1e-3)
    assert np.allclose(flow["fort-main-production"], flow["fort-main-injection"])
    pumps = heat[[c for c in heat if "-hp-" in c]].sum(axis=1)
    assert (heat["fort-plant"] < pumps).all()  # the rest is the pumps' electricity
    assert (heat["fort-plant"] > 0.6 * pumps).all()


@pytest.mark.parametrize("name", ["heat_fort", "heat_town", "grid", "issygrid"])
def test_lines_meet_exactly_at_their_nodes(demo, name: str) -> None:
    frame = demo.features(f"{name}.parquet")
    known = {
        row.feature_id: (row.geometry.x, row.geometry.y)
        for row in frame.itertuples()
        if row.geometry.geom_type == "Point"
    }
    lines = frame[frame.geometry.geom_type == "LineString"]
    first, last = ends_of(lines)
    for (_, row), start, end in zip(lines.iterrows(), first, last, strict=True):
        for node, at in ((row["from_node"], start), (row["to_node"], end)):
            place = known.setdefault(node, tuple(at))
            assert np.hypot(*(np.array(place) - at)) < 1e-6, (row["feature_id"], node)


@pytest.mark.parametrize("name", ["heat_fort.parquet", "grid.parquet", "waste_tubes.fgb"])
def test_buried_lines_lie_at_their_depth_below_the_ground(demo, name: str) -> None:
    frame = demo.features(name)
    lines = frame[frame.geometry.geom_type == "LineString"]
    assert lines.geometry.has_z.all()
    xyz, row = shapely.get_coordinates(lines.geometry.to_numpy(), include_z=True, return_index=True)
    depth = lines["depth_m"].to_numpy()[row]
    ground = terrain.relief().at(xyz[:, :2])
    assert (depth > 0.5).all()
    assert np.abs(ground - depth - xyz[:, 2]).max() < 0.05


def test_wells_carry_both_depths_of_the_sources(demo) -> None:
    wells = demo.features("heat_fort.parquet").query("kind == 'well'")
    assert len(wells) == 2
    assert wells["depth_m"].tolist() == [650.0, 650.0]
    assert all("600 m" in text and "750 m" in text for text in wells["depth_sources"])
    assert set(wells["quality"]) == {"estimated"}
    assert len(demo.features("heat_fort.parquet").query("kind == 'heat_pump'")) == 18


@pytest.mark.parametrize("name", ["grid", "issygrid"])
def test_power_is_balanced_at_every_node(demo, name: str) -> None:
    frame, power = (
        demo.features(f"{name}.parquet"),
        demo.at_each_hour(f"{name}_day.parquet", "p_kw"),
    )
    lines = frame[frame["kind"] == "line"]
    stations = frame[frame["kind"] == "substation"]["feature_id"]
    ends = set(lines["to_node"])
    for node in sorted(ends | set(stations)):
        inward = power[lines.loc[lines["to_node"] == node, "feature_id"]].sum(axis=1)
        outward = power[lines.loc[lines["from_node"] == node, "feature_id"]].sum(axis=1)
        hv = frame.loc[(frame["feature_id"] == node), "kind"].tolist()
        if hv == ["substation"] and node in ends:
            # What arrives is what the station delivers and what passes on at high voltage.
            below = lines[(lines["from_node"] == node) & (lines["voltage_kv"] < 1.0)]["feature_id"]
            assert np.allclose(power[below].sum(axis=1), power[node], atol=0.05), node
            through = lines[(lines["from_node"] == node) & (lines["voltage_kv"] > 1.0)][
                "feature_id"
            ]
            assert np.allclose(inward, power[node] + power[through].sum(axis=1), atol=0.05), node
        elif hv == ["substation"]:
            assert np.allclose(outward, power[node], atol=0.5), node
        elif node in power:
            assert np.allclose(inward, power[node], atol=0.05), node
        else:
            assert np.allclose(inward, outward, atol=0.05), node


def test_loading_is_power_over_rating(demo) -> None:
    frame = demo.features("grid.parquet").set_index("feature_id")
    power = demo.at_each_hour("grid_day.parquet", "p_kw")
    loading = demo.at_each_hour("grid_day.parquet", "loading_percent")
    rated = frame["rated_kw"]
    for feature in loading:
        assert np.allclose(loading[feature], power[feature].abs() / rated[feature] * 100, atol=0.01)
    assert 60 < loading.max().max() < 100


def test_issygrid_is_past_and_has_what_it_had(demo) -> None:
    frame = demo.features("issygrid.parquet")
    assert set(frame["valid_to"]) == {"2019-01-01"}
    assert frame["valid_from"].min() == "2012-01-01"
    assert len(frame.query("kind == 'pv'")) == 3
    assert sorted(frame.query("kind == 'storage'")["capacity_kwh"]) == [33.0, 60.0]
    cabinets = frame[frame["feature_id"].str.startswith("issygrid-light-")]
    assert len(cabinets) == 3
    assert 250.0 in frame.query("kind == 'pv'")["area_m2"].tolist()


def test_a_store_gives_back_what_it_took(demo) -> None:
    power = demo.at_each_hour("issygrid_day.parquet", "p_kw")[
        ["issygrid-store-33", "issygrid-store-60"]
    ]
    assert np.allclose(power.iloc[:-1].sum(), 0.0, atol=0.02)
    assert (power.cumsum().max() <= [33.0, 60.0]).all()


def test_pneumatic_waste_has_115_inlets_and_1780_metres(demo) -> None:
    points, tubes = demo.features("waste_inlets.fgb"), demo.features("waste_tubes.fgb")
    assert (points["kind"] == "inlet").sum() == 115
    assert (points["kind"] == "suction").sum() == 3
    assert tubes["length_m"].sum() == pytest.approx(1780, rel=0.01)
    edge = points[points["kind"] == "suction"].geometry.distance(fort.precinct().exterior)
    assert edge.max() < 60


def test_a_small_tree_of_pipes_conserves_mass_and_heat() -> None:
    tree = Branches([0, 1, 1], np.array([100.0, 50.0, 80.0]))
    taken = np.array([[0.0], [2.0], [3.0]])
    flow = tree.flows(taken)
    assert flow[:, 0].tolist() == [5.0, 2.0, 3.0]
    supply = tree.supply_c(flow, 28.0)
    assert (np.diff(supply[:, 0][[0, 1, 2]]) < 0).all()
    back = tree.return_c(flow, taken, supply[1:] - 8.0)
    given = flow[0] * 4.18 * (28.0 - back[0])
    used = (taken * 4.18 * 8.0).sum()
    assert given[0] > used  # losses are on top
    assert given[0] < 1.05 * used


def test_pipes_are_as_wide_as_their_flow_asks() -> None:
    size = diameters_mm(np.array([0.1, 5.0, 40.0]))
    assert (np.diff(size) > 0).all()
    assert (speed_m_s(np.array([[0.1], [5.0], [40.0]]), size) <= 1.31).all()


def test_every_named_work_of_a_network_is_named_in_korean_and_arabic() -> None:
    names = [
        "Pompe à chaleur, Villa 2",
        "Sous-station 4 (extension 2027)",
        "Puits de réinjection (Albien)",
        "Éclairage public, Rue Bara",
    ]
    for name in names:
        korean, arabic = works_abroad(name)
        assert korean is not None, name
        assert any("가" <= letter <= "힣" for letter in korean)
        assert arabic is not None
        assert any("ء" <= letter <= "ي" for letter in arabic)
    assert works_abroad("Pompe à chaleur, nobody's") == (None, None)
