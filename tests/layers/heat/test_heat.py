"""The heat network through its public door: files in, drawables, values and facts out."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from layers.heat.layer import Heat, HeatParams
from tests.layers.context import Context, File, checked, slope, table, view
from twin import api

START = datetime(2026, 6, 21, tzinfo=UTC)
PIPE = shapely.LineString([(0, 0), (100, 0)])


def _network(**extra: Any) -> api.FeatureTable:
    """Two wells, a plant, a sub-station, and a supply and a return pipe."""
    points = [shapely.Point(x, y) for x, y in ((-100, 0), (-100, 50), (0, 0), (100, 0))]
    columns: dict[str, Any] = {
        "kind": ["well", "well", "plant", "substation", "pipe", "pipe"],
        "name_en": ["W1", "W2", "Plant", "S1", None, None],
        "side": [None, None, None, None, "supply", "return"],
        "depth_m": [600.0, 600.0, None, None, 2.0, 2.0],
        "depth_sources": ["600 m (Enerzine, 2010) | 750 m (Infodelimmo)", *[None] * 5],
        "diameter_mm": [None, None, None, None, 2000.0, 100.0],
        "temperature_c": [28.0, 18.0, None, None, 28.0, 18.0],
    }
    return table([*points, PIPE, PIPE], **(columns | extra))


def _series(tmp_path: Path, quality: str = "simulated") -> tuple[File, api.Provenance]:
    lines = ["feature_id,phenomenon_time,temperature_c,flow_m_s,heat_kw"]
    for hour in range(25):
        at = (START + timedelta(hours=hour)).isoformat()
        lines += [f"f4,{at},{28 + hour / 10},{1.0},", f"f5,{at},18,-1.0,", f"f3,{at},,,{10 * hour}"]
    path = tmp_path / "series.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return File(path), api.Provenance("model", "2026", "MIT", api.Quality(quality))


def _loaded(tmp_path: Path | None = None, **extra: Any) -> tuple[api.FeatureTable, Context]:
    given: dict[str, Any] = {"features": _network(**extra)}
    if tmp_path is None:
        ctx = Context(given, HeatParams())
    else:
        given["series"], origin = _series(tmp_path)
        ctx = Context(given, HeatParams())
        ctx.sources["series"] = api.Source(path="series.csv", provenance=origin)
    return Heat().load(ctx), ctx


def _build(loaded: api.FeatureTable, **params: Any) -> list[Any]:
    return checked(Heat().build(loaded, HeatParams(**params), view(slope())))


def _of(drawables: list[Any], kind: type, row: int) -> Any:
    """The first drawable of a kind that shows a row."""
    names = {api.Lines: "row_of_line", api.Glyphs: "row_of_glyph", api.Labels: "row_of_label"}
    return next(
        d for d in drawables if isinstance(d, kind) and row in getattr(d, names[kind]).tolist()
    )


def _vertices(lines: Any, row: int) -> np.ndarray:
    index = lines.row_of_line.tolist().index(row)
    return lines.xyz_in_scene[lines.offsets[index] : lines.offsets[index + 1]]


def test_pipes_lie_below_the_terrain_at_their_depth() -> None:
    drawn = _build(_loaded()[0])
    xyz = _vertices(_of(drawn, api.Lines, 4), 4)
    np.testing.assert_allclose(xyz[:, 2], 0.1 * xyz[:, 0] - 2.0, atol=1e-3)
    assert _of(drawn, api.Lines, 4).role is api.Role.UNDERGROUND


def test_supply_and_return_are_side_by_side() -> None:
    drawn = _build(_loaded()[0], gap_m=3.0)
    supply, back = (_vertices(_of(drawn, api.Lines, row), row) for row in (4, 5))
    np.testing.assert_allclose(supply[:, 1] - back[:, 1], 3.0, atol=1e-4)


def test_tubes_have_their_diameter_and_can_be_read_from_afar() -> None:
    drawn = _build(_loaded()[0], min_diameter_m=1.0)
    thick, thin = (_of(drawn, api.Lines, row) for row in (4, 5))
    assert (thick.radius_m, thin.radius_m) == pytest.approx((1.0, 0.05))
    assert (thick.readable_radius_m, thin.readable_radius_m) == (0.5, 0.5)


def _casings(drawn: list[Any], row: int) -> list[Any]:
    """Jacket and foam around a pipe."""
    return [d for d in drawn if isinstance(d, api.Mesh) and row in d.row_of_vertex]


def test_insulation_is_thicker_than_its_pipe_and_open_along_its_top() -> None:
    drawn = _build(_loaded()[0])
    jacket, foam = _casings(drawn, 4)
    axis = _vertices(_of(drawn, api.Lines, 4), 4)
    own = jacket.row_of_vertex == 4
    across = np.ptp(jacket.xyz_in_scene[own][:, 1])
    assert across == pytest.approx(1.2 * 2.0 + 0.07, abs=1e-3)
    assert jacket.xyz_in_scene[own][:, 2].max() <= axis[:, 2].max() + 1e-3
    lid = foam.xyz_in_scene[foam.row_of_vertex == 4][:, 2].reshape(-1, 2)
    np.testing.assert_allclose(lid, np.repeat(axis[:, 2:], 2, axis=1), atol=1e-3)
    assert not _casings(_build(_loaded()[0], insulation=False), 4)


def test_a_stated_insulation_counts_and_none_is_none() -> None:
    loaded = _loaded()[0]
    for told, wide in ((50.0, 2.1), (0.0, None)):
        frame = loaded.frame.assign(insulation_mm=told)
        found = _casings(_build(dataclasses.replace(loaded, frame=frame)), 4)
        if wide is None:
            assert not found
        else:
            xyz = found[0].xyz_in_scene[found[0].row_of_vertex == 4]
            assert np.ptp(xyz[:, 1]) == pytest.approx(wide, abs=1e-3)


def test_twin_pipes_lie_in_one_casing() -> None:
    loaded = _loaded()[0]
    frame = loaded.frame.assign(casing="twin", diameter_mm=100.0)
    drawn = _build(dataclasses.replace(loaded, frame=frame))
    supply, back = (_vertices(_of(drawn, api.Lines, row), row) for row in (4, 5))
    np.testing.assert_allclose(supply[:, 1] - back[:, 1], 0.115, atol=1e-4)
    jacket, _ = _casings(drawn, 4)
    assert not _casings(drawn, 5)
    own = jacket.xyz_in_scene[jacket.row_of_vertex == 4]
    assert np.ptp(own[:, 1]) == pytest.approx(2.2 * 0.1 + 0.09, abs=1e-3)
    assert own[:, 1].min() < min(supply[:, 1].min(), back[:, 1].min())


def test_bores_go_down_to_their_depth_or_the_limit() -> None:
    loaded = _loaded()[0]
    for limit, expected in ((150.0, 150.0), (1000.0, 600.0)):
        bores = next(
            d
            for d in _build(loaded, well_depth_shown_m=limit)
            if isinstance(d, api.Lines) and d.row_of_line.tolist() == [0, 1]
        )
        xyz = bores.xyz_in_scene
        np.testing.assert_allclose(xyz[0::2, 2] - xyz[1::2, 2], expected, atol=1e-3)
        np.testing.assert_allclose(xyz[0::2, 2], -10.0, atol=1e-3)


def test_symbols_by_kind_stand_on_the_ground() -> None:
    drawn = _build(_loaded()[0])
    assert _of(drawn, api.Glyphs, 0).shape == "heat.well"
    plant = _of(drawn, api.Glyphs, 2)
    assert plant.shape == "heat.plant"
    np.testing.assert_allclose(plant.xyz_in_scene[0, 2], 0.0, atol=1e-4)
    assert plant.role is api.Role.MARKER


def test_a_plant_in_a_basement_is_below_ground() -> None:
    depth = [600.0, 600.0, 5.0, None, 2.0, 2.0]
    plant = _of(_build(_loaded(depth_m=depth)[0]), api.Glyphs, 2)
    np.testing.assert_allclose(plant.xyz_in_scene[0, 2], -5.0, atol=1e-4)
    assert plant.role is api.Role.UNDERGROUND


def test_labels_name_wells_with_all_that_sources_say_of_their_depth() -> None:
    labels = _of(_build(_loaded()[0]), api.Labels, 0)
    texts = dict(zip(labels.row_of_label.tolist(), labels.texts, strict=True))
    assert texts[0]["fr"] == "W1 · 600 m / 750 m"
    assert texts[1]["en"] == "W2 · 600 m"
    assert not any(isinstance(d, api.Labels) for d in _build(_loaded()[0], labels=False))


def test_conflicting_depths_are_both_shown_with_their_source() -> None:
    loaded = _loaded()[0]
    facts = Heat().describe(loaded, 0, HeatParams(), START)
    depths = [(f.value, f.provenance.source) for f in facts if f.label["en"] == "Depth"]
    assert depths == [("600 m", "Enerzine, 2010"), ("750 m", "Infodelimmo")]


def test_values_follow_the_clock_and_say_that_they_are_simulated(tmp_path: Path) -> None:
    loaded, ctx = _loaded(tmp_path)
    assert ctx.keys() == []
    now = Heat().columns_at(loaded, HeatParams(), START + timedelta(hours=2, minutes=30))
    assert now["temperature_c"][4] == pytest.approx(28.25)
    assert now["temperature_c"][0] == 28.0  # a constant of the table
    assert now["flow_m_s"][5] == -1.0
    assert now["heat_kw"][3] == pytest.approx(25.0)
    assert np.isnan(now["heat_kw"][4])
    assert now["data_state"].tolist() == ["", "", "", "simulated", "simulated", "simulated"]


def test_outside_the_record_values_are_held_and_called_stale(tmp_path: Path) -> None:
    loaded, _ = _loaded(tmp_path)
    later = START + timedelta(days=3, hours=2)
    held = Heat().columns_at(loaded, HeatParams(), later)
    assert held["temperature_c"][4] == pytest.approx(30.4)
    assert held["data_state"][4] == "stale"
    again = Heat().columns_at(loaded, HeatParams(repeat_day=True), later)
    assert again["temperature_c"][4] == pytest.approx(28.2)
    assert again["data_state"][4] == "simulated"


def test_facts_have_units_and_where_they_come_from(tmp_path: Path) -> None:
    loaded, _ = _loaded(tmp_path)
    facts = {f.label["en"]: f for f in Heat().describe(loaded, 4, HeatParams(), START)}
    assert facts["Temperature"].value == 28.0
    assert facts["Temperature"].unit == "°C"
    assert facts["Temperature"].provenance.quality is api.Quality.SIMULATED
    assert facts["Flow speed"].unit == "m/s"
    assert facts["State of the values"].value["fr"] == "simulé"
    assert facts["Side"].value["fr"] == "aller"
    assert "Heat now" not in facts  # nothing known of it is not zero


def test_charts_and_extent(tmp_path: Path) -> None:
    loaded, _ = _loaded(tmp_path)
    charts = Heat().series(loaded, 3, HeatParams())
    assert [c.unit for c in charts] == ["kW"]
    assert len(charts[0].value) == 25
    assert Heat().series(loaded, 0, HeatParams()) == []
    assert Heat().time_extent(loaded) == (START, START + timedelta(hours=24))
    assert Heat().time_extent(_loaded()[0]) is None


def test_indicators_add_up_what_exists(tmp_path: Path) -> None:
    loaded, _ = _loaded(tmp_path)
    at = START + timedelta(hours=3)
    found = {f.label["en"]: f for f in Heat().indicators(loaded, HeatParams(), at)}
    assert found["Heat delivered now"].value == pytest.approx(30.0)
    assert found["Heat delivered now"].unit == "kW"
    assert found["Length of trench"].value == pytest.approx(0.1)  # the return pipe is not counted
    assert found["Fastest flow"].value == 1.0


def test_default_style_is_by_temperature_with_fixed_classes(tmp_path: Path) -> None:
    style = Heat().default_style(_loaded(tmp_path)[0])
    assert isinstance(style.rule, api.Graduated)
    assert style.rule.column == "temperature_c"
    assert style.rule.unit == "°C"
    assert style.rule.ramp == "vik"
    assert list(style.rule.breaks) == sorted(set(style.rule.breaks))
    assert 18.0 < style.rule.breaks[0] < style.rule.breaks[-1] < 30.4


def test_without_temperatures_style_is_by_side_or_kind() -> None:
    nothing = [None] * 6
    style = Heat().default_style(_loaded(temperature_c=nothing)[0])
    assert style.rule.column == "side"
    frame = _network(temperature_c=nothing).frame.drop(columns="side")
    bare = dataclasses.replace(_network(), frame=frame)
    loaded = Heat().load(Context({"features": bare}, HeatParams()))
    rule = Heat().default_style(loaded).rule
    assert rule.column == "kind"
    assert {c.value for c in rule.categories} == {"well", "plant", "substation", "pipe"}
    same = _loaded(temperature_c=[10.0] * 6)[0]
    assert Heat().default_style(same).rule.column == "side"  # one temperature says nothing


def test_flow_is_animated_only_where_there_is_one(tmp_path: Path) -> None:
    assert _of(_build(_loaded()[0]), api.Lines, 4).flow_column is None
    loaded, _ = _loaded(tmp_path)
    assert _of(_build(loaded), api.Lines, 4).flow_column == "flow_m_s"
    assert _of(_build(loaded, flow=False), api.Lines, 4).flow_column is None


def test_plain_lines_and_points_are_given_a_meaning_that_is_reported() -> None:
    plain = table(
        [PIPE, shapely.Point(0, 0), shapely.Point(5, 5), shapely.box(0, 0, 9, 9), None],
        type=["", "Chaufferie biomasse", "ThermalJunction", "Building", ""],
        DN=["100", "", "", "", ""],
    )
    ctx = Context({"features": plain}, HeatParams())
    loaded = Heat().load(ctx)
    assert loaded.frame["kind"].tolist() == ["pipe", "plant", "node", "", ""]
    assert loaded.frame["diameter_mm"].tolist()[0] == 100.0
    keys = ["network.column_taken", "network.kind_guessed", "network.areas_left_out"]
    assert ctx.keys() == keys
    assert all(p.severity is api.Severity.INFO for p in ctx.problems)
    drawn = _build(loaded)
    assert _vertices(_of(drawn, api.Lines, 0), 0)[0, 2] == pytest.approx(-1.2, abs=1e-3)


def test_depths_as_text_are_read_and_what_is_no_number_is_counted() -> None:
    depth = ["600", "deep", None, None, "2.0", "2"]
    loaded, ctx = _loaded(depth_m=depth)
    assert loaded.frame["depth_m"].tolist()[0] == 600.0
    problem = next(p for p in ctx.problems if p.key == "network.not_numbers")
    assert problem.values == {"column": "depth_m", "count": 1}


def test_a_series_that_cannot_be_read_does_not_hide_the_network(tmp_path: Path) -> None:
    given = {"features": _network(), "series": File(tmp_path / "gone.csv")}
    ctx = Context(given, HeatParams())
    loaded = Heat().load(ctx)
    assert ctx.keys() == ["series.no_file"]
    assert len(_build(loaded)) > 3


def test_values_of_unknown_features_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    text = "feature_id,phenomenon_time,heat_kw\nghost,2026-06-21T00:00:00Z,1\n"
    path.write_text(text, encoding="utf-8")
    ctx = Context({"features": _network(), "series": File(path)}, HeatParams())
    Heat().load(ctx)
    assert ctx.keys() == ["series.unknown_features"]


FILES = [
    ("heat_networks/thermalnetwork/demos/sdk_output_skeleton_13_buildings/network.geojson", 16),
    ("heat_networks/rivus/data/haag15/edge.shp", 203),
    ("heat_networks/rivus/data/pas/pas_edge.shp", 382),
]


@pytest.mark.shared_data
@pytest.mark.parametrize("name, pipes", FILES)
def test_networks_of_others(shared_data: Path, name: str, pipes: int) -> None:
    frame = api.GeoFrame(crs="EPSG:25832", origin=(700_000.0, 5_340_000.0, 0.0))
    if "thermalnetwork" in name:
        frame = api.GeoFrame(crs="EPSG:32617", origin=(675_000.0, 4_743_000.0, 0.0))
    ctx = Context({"features": File(shared_data / name)}, HeatParams(), frame)
    loaded = Heat().load(ctx)
    assert (loaded.frame["kind"] == "pipe").sum() == pipes
    drawn = checked(Heat().build(loaded, HeatParams(), view(frame=frame)))
    rows = {int(r) for d in drawn if isinstance(d, api.Lines) for r in d.row_of_line}
    assert len(rows) >= pipes
