"""The electric grid through its public door: files in, drawables, values and facts out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from layers.grid.layer import Grid, GridParams
from tests.layers.context import Context, File, checked, slope, table, view
from twin import api
from twin.model.styling import rgba_of_rows

NOW = datetime(2026, 6, 21, 12, tzinfo=UTC)
THEN = datetime(2016, 6, 21, 12, tzinfo=UTC)

KIND = ["substation", "line", "line", "line", "load", "pv", "storage", "charger", "lighting"]


def _features(**extra: Any) -> api.FeatureTable:
    geometry = [
        shapely.Point(0, 0),
        shapely.LineString([(0, 0), (100, 0)]),
        shapely.LineString([(0, 10), (50, 10), (100, 10)]),
        shapely.LineString([(0, 20), (100, 20)]),
        *[shapely.Point(100, y) for y in (0, 10, 20, 30, 40)],
    ]
    none = [None] * 9
    columns: dict[str, Any] = {
        "kind": KIND,
        "name_fr": ["Poste", *none[:4], "Toit", "Batteries", None, None],
        "depth_m": [None, 0.9, *none[:7]],
        "height_m": [None, None, 8.0, None, None, 12.0, *none[:3]],
        "valid_from": [*none[:5], "2012-01-01", "2012-01-01", None, None],
        "valid_to": [*none[:5], "2019-01-01", "2019-01-01", None, None],
    }
    return table(geometry, **(columns | extra))


VALUES = {
    "loading_percent": [None, 35.0, 85.0, 120.0, *[None] * 5],
    "p_kw": [None, 400.0, -200.0, 0.0, 90.0, -28.0, None, 7.0, 0.5],
}


def _loaded(params: GridParams | None = None, **extra: Any) -> tuple[api.FeatureTable, Context]:
    ctx = Context({"features": _features(**extra)}, params or GridParams())
    return Grid().load(ctx), ctx


def _build(loaded: api.FeatureTable, **params: Any) -> list[Any]:
    return checked(Grid().build(loaded, GridParams(**params), view(slope())))


def _lines(drawables: list[Any], row: int) -> Any:
    lines = [d for d in drawables if isinstance(d, api.Lines)]
    return next(d for d in lines if row in d.row_of_line.tolist())


def _glyphs(drawables: list[Any], row: int) -> Any:
    found = [d for d in drawables if isinstance(d, api.Glyphs) and d.styled]
    return next(d for d in found if row in d.row_of_glyph.tolist())


def test_lines_are_buried_hung_or_laid_by_what_they_say() -> None:
    drawn = _build(_loaded()[0])
    buried, hung, laid = (_lines(drawn, row) for row in (1, 2, 3))
    assert buried.role is api.Role.UNDERGROUND
    x = buried.xyz_in_scene
    np.testing.assert_allclose(x[:, 2], 0.1 * x[:, 0] - 0.9, atol=1e-3)
    poles = hung.xyz_in_scene[np.isin(hung.xyz_in_scene[:, 0], (0.0, 50.0, 100.0))]
    np.testing.assert_allclose(poles[:, 2], 0.1 * poles[:, 0] + 8.0, atol=1e-3)
    sagging = hung.xyz_in_scene[:, 2] - 0.1 * hung.xyz_in_scene[:, 0] - 8.0
    assert sagging.min() == pytest.approx(-1.0, abs=1e-3)  # 2 % of 50 m
    assert laid.radius_m is None
    np.testing.assert_allclose(
        laid.xyz_in_scene[:, 2], 0.1 * laid.xyz_in_scene[:, 0] + 0.25, atol=1e-3
    )


def test_overhead_lines_have_a_pole_at_each_vertex_on_the_ground() -> None:
    poles = [d for d in _build(_loaded()[0]) if isinstance(d, api.Glyphs) and not d.styled]
    assert len(poles) == 1
    assert sorted(poles[0].xyz_in_scene[:, 0].tolist()) == [0.0, 50.0, 100.0]
    np.testing.assert_allclose(poles[0].scale_m[:, 2], 8.0)


@pytest.mark.parametrize(
    "row, shape",
    [
        (0, "substation"),
        (4, "sensor.meter"),
        (5, "pv.panel"),
        (6, "battery"),
        (7, "charger"),
        (8, "lamp"),
    ],
)
def test_each_kind_has_its_symbol(row: int, shape: str) -> None:
    assert _glyphs(_build(_loaded()[0]), row).shape == shape


def test_panels_stand_on_their_roof() -> None:
    foot = _glyphs(_build(_loaded()[0]), 5).xyz_in_scene[0]
    assert foot[2] == pytest.approx(0.1 * 100 + 12.0, abs=1e-3)


def test_colours_show_the_limits_of_loading() -> None:
    loaded, _ = _loaded(**VALUES)
    style = Grid().default_style(loaded)
    assert style.rule.column == "loading_percent"
    assert style.rule.unit == "%"
    assert {80.0, 100.0} <= set(style.rule.breaks)
    rgba = rgba_of_rows(style, len(loaded), lambda name: loaded.frame[name].to_numpy())
    low, high, over, missing = rgba[1], rgba[2], rgba[3], rgba[0]
    assert int(low[2]) > int(low[0])  # blue
    assert int(high[0]) > int(high[2])  # red
    assert over.tolist() != high.tolist()
    assert missing.tolist()[:3] == [0xB9, 0xB9, 0xB4]


def test_without_loading_colours_are_by_kind() -> None:
    assert Grid().default_style(_loaded()[0]).rule.column == "kind"


def test_marks_move_with_the_sign_of_the_power() -> None:
    loaded, _ = _loaded(**VALUES)
    now = Grid().columns_at(loaded, GridParams(), NOW)
    speed = now["mark_speed_m_s"]
    assert speed[1] > 0 > speed[2]
    assert speed[3] == 0.0
    assert abs(speed[2]) > abs(speed[1])  # faster where the loading is higher
    assert _lines(_build(loaded), 1).flow_column == "mark_speed_m_s"
    assert _lines(_build(loaded, flow=False), 1).flow_column is None
    assert _lines(_build(_loaded()[0]), 1).flow_column is None


def test_the_past_stays_visible_and_says_so() -> None:
    loaded, ctx = _loaded()
    assert loaded.frame["valid_to"].isna().all()
    problem = next(p for p in ctx.problems if p.key == "grid.past_shown")
    assert problem.values == {"count": 2, "year": "2018"}
    assert problem.severity is api.Severity.INFO
    now = Grid().columns_at(loaded, GridParams(), NOW)["period"].tolist()
    assert now == ["present"] * 5 + ["past"] * 2 + ["present"] * 2
    assert set(Grid().columns_at(loaded, GridParams(), THEN)["period"]) == {"present"}
    facts = {f.label["en"]: f.value for f in Grid().describe(loaded, 5, GridParams(), NOW)}
    assert facts["Period"]["fr"] == "n'existe plus"
    assert facts["Existed"] == "2012–2018"
    labels = next(d for d in _build(loaded) if isinstance(d, api.Labels))
    texts = dict(zip(labels.row_of_label.tolist(), labels.texts, strict=True))
    assert texts[5]["fr"] == "Toit (2012–2018)"
    assert texts[0]["fr"] == "Poste"


def test_the_past_may_be_left_to_the_clock() -> None:
    loaded, ctx = _loaded(GridParams(show_past=False))
    assert loaded.frame["valid_to"].notna().sum() == 2
    assert ctx.keys() == []
    assert "show_past" in Grid.load_params


@pytest.mark.parametrize("end", ["2019", 2019, "2019-01-01T00:00:00Z", datetime(2019, 1, 1)])  # noqa: DTZ001
def test_ends_of_any_form(end: object) -> None:
    loaded, _ = _loaded(valid_to=[None] * 5 + [end] + [None] * 3)
    past = Grid().columns_at(loaded, GridParams(), NOW)["period"]
    assert past.tolist().count("past") == 1
    facts = {f.label["en"]: f.value for f in Grid().describe(loaded, 5, GridParams(), NOW)}
    assert facts["Existed"] == "2012–2018"


def test_indicators_leave_out_what_is_past() -> None:
    loaded, _ = _loaded(**VALUES)
    now = {f.label["en"]: f.value for f in Grid().indicators(loaded, GridParams(), NOW)}
    assert now["Consumption now"] == pytest.approx(97.5)
    assert "Production now" not in now
    assert now["Highest loading"] == 120.0
    assert now["Lines above 80 %"] == 2
    assert now["Length of lines"] == pytest.approx(0.3)
    assert now["Shown though past"] == 2
    then = {f.label["en"]: f.value for f in Grid().indicators(loaded, GridParams(), THEN)}
    assert then["Production now"] == pytest.approx(28.0)
    assert "Shown though past" not in then


def test_charts_of_lines_have_the_limits(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    rows = [f"f1,{(NOW + timedelta(hours=h)).isoformat()},{40 + h},{h}" for h in range(4)]
    text = "feature_id,phenomenon_time,loading_percent,p_kw\n" + "\n".join(rows)
    path.write_text(text, encoding="utf-8")
    ctx = Context({"features": _features(), "series": File(path)}, GridParams())
    loaded = Grid().load(ctx)
    loading, power = Grid().series(loaded, 1, GridParams())
    assert dict(loading.thresholds) == {"warn": 80.0, "alarm": 100.0}
    assert loading.unit == "%"
    assert power.unit == "kW"
    assert dict(power.thresholds) == {}
    at = NOW + timedelta(minutes=90)
    now = Grid().columns_at(loaded, GridParams(), at)
    assert now["loading_percent"][1] == pytest.approx(41.5)
    assert now["data_state"][1] == "replayed"
    assert np.isnan(now["loading_percent"][2])


def test_files_of_others_are_given_a_meaning() -> None:
    plain = table(
        [shapely.Point(0, 0), shapely.Point(9, 9), shapely.box(0, 0, 5, 5), shapely.Point(1, 1)],
        power=["pole", "transformer", "substation", ""],
        amenity=["", "", "", "charging_station"],
        voltage=[None, 20000, 63000, None],
    )
    ctx = Context({"features": plain}, GridParams())
    loaded = Grid().load(ctx)
    assert loaded.frame["kind"].tolist() == ["node", "substation", "substation", "charger"]
    assert loaded.frame["voltage_kv"].tolist()[1:3] == [20.0, 63.0]
    assert {"network.kind_guessed", "network.column_taken"} == set(ctx.keys())
    drawn = _build(loaded)
    assert _glyphs(drawn, 2).shape == "substation"
