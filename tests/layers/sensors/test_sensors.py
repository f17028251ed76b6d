"""Sensors through their public door: replayed, simulated, stale, missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from layers.sensors.layer import SensorParams, Sensors
from tests.layers.context import Context, File, checked, slope, table, view
from twin import api

START = datetime(2026, 6, 21, tzinfo=UTC)
PROPERTIES = ["air_no2", "noise", "traffic", "mood"]


def _features(**extra: Any) -> api.FeatureTable:
    columns: dict[str, Any] = {
        "name_fr": ["Air", "Bruit", "Trafic", "Humeur"],
        "observed_property": PROPERTIES,
        "warn_above": [40.0, 60.0, None, None],
        "alarm_above": [80.0, 70.0, None, None],
        "stale_after_s": [3600.0, 1800.0, 1800.0, None],
    }
    points = [shapely.Point(10 * i, 0) for i in range(4)]
    return table(points, **(columns | extra))


def _observed(tmp_path: Path, rows: list[tuple[str, float, str]]) -> File:
    lines = [f"{i},{(START + timedelta(hours=h)).isoformat()},{v}" for i, h, v in rows]
    text = "feature_id,phenomenon_time,result\n" + "\n".join(lines)
    (tmp_path / "obs.csv").write_text(text, encoding="utf-8")
    return File(tmp_path / "obs.csv")


ROWS = [("f0", 0, "50"), ("f0", 1, "90"), ("f1", 0, "55"), ("f2", 0, "0"), ("f2", 1, "")]


def _load(
    tmp_path: Path | None = None, quality: str = "measured", **extra: Any
) -> tuple[api.FeatureTable, Context, Sensors]:
    given: dict[str, Any] = {"features": _features(**extra)}
    if tmp_path is not None:
        given["observations"] = _observed(tmp_path, ROWS)
    ctx = Context(given, SensorParams())
    if tmp_path is not None:
        origin = api.Provenance("city", "2026", "MIT", api.Quality(quality))
        ctx.sources["observations"] = api.Source(path="obs.csv", provenance=origin)
    layer = Sensors()
    return layer.load(ctx), ctx, layer


def test_recorded_observations_are_replayed(tmp_path: Path) -> None:
    loaded, ctx, layer = _load(tmp_path)
    assert ctx.keys() == []
    now = layer.columns_at(loaded, SensorParams(), START + timedelta(minutes=10))
    np.testing.assert_array_equal(now["value"], [50.0, 55.0, 0.0, np.nan])
    assert now["age_s"][0] == 600.0
    assert now["state"].tolist() == ["replayed", "replayed", "replayed", "missing"]
    assert now["status"].tolist() == ["warn", "ok", "ok", "missing"]


def test_old_values_are_stale_and_an_empty_result_is_missing_not_zero(tmp_path: Path) -> None:
    loaded, _, layer = _load(tmp_path)
    now = layer.columns_at(loaded, SensorParams(), START + timedelta(hours=1, minutes=20))
    assert now["state"].tolist() == ["replayed", "stale", "missing", "missing"]
    assert now["status"].tolist() == ["alarm", "stale", "missing", "missing"]
    assert np.isnan(now["value"][2])
    before = layer.columns_at(loaded, SensorParams(), START - timedelta(days=1))
    assert set(before["state"]) == {"missing"}


def test_made_up_history_stays_simulated(tmp_path: Path) -> None:
    loaded, _, layer = _load(tmp_path, quality="synthetic")
    now = layer.columns_at(loaded, SensorParams(), START)
    assert now["state"].tolist()[:3] == ["simulated"] * 3
    fact = layer.describe(loaded, 0, SensorParams(), START)[1]
    assert fact.provenance.quality is api.Quality.SYNTHETIC
    assert fact.provenance.source == "city"


def test_without_observations_known_properties_are_simulated_and_said_so() -> None:
    loaded, ctx, layer = _load()
    keys = {p.key: dict(p.values) for p in ctx.problems}
    assert keys == {"sensors.simulated": {"count": 3}, "sensors.nothing_to_show": {"count": 1}}
    now = layer.columns_at(loaded, SensorParams(), START)
    assert now["state"].tolist() == ["simulated"] * 3 + ["missing"]
    assert np.isfinite(now["value"][:3]).all()
    fact = layer.describe(loaded, 0, SensorParams(), START)[1]
    assert fact.provenance.quality is api.Quality.SIMULATED
    assert fact.unit == "µg/m³"
    assert fact.label["fr"].startswith("Dioxyde")


def test_what_a_click_shows(tmp_path: Path) -> None:
    loaded, _, layer = _load(tmp_path)
    at = START + timedelta(minutes=90)
    facts = {f.label["en"]: f for f in layer.describe(loaded, 0, SensorParams(), at)}
    assert facts["Name"].value["en"] == "Air"
    assert facts["Nitrogen dioxide NO₂"].value == 90.0
    assert facts["Status"].value["fr"] == "alarme"
    assert facts["Age of the value"].value["fr"] == "30 min"
    assert facts["Observed at"].value == START + timedelta(hours=1)
    assert facts["Alarm from"].value == 80.0
    assert facts["Alarm from"].unit == "µg/m³"
    silent = {f.label["en"]: f for f in layer.describe(loaded, 3, SensorParams(), at)}
    assert silent["mood"].value is None
    assert silent["State"].value["fr"] == "pas de valeur"


def test_history_has_thresholds_and_keeps_its_gaps(tmp_path: Path) -> None:
    loaded, _, layer = _load(tmp_path)
    (chart,) = layer.series(loaded, 0, SensorParams())
    assert chart.value.tolist() == [50.0, 90.0]
    assert dict(chart.thresholds) == {"warn_above": 40.0, "alarm_above": 80.0}
    assert chart.unit == "µg/m³"
    (gap,) = layer.series(loaded, 2, SensorParams())
    assert np.isnan(gap.value[1])
    assert layer.series(loaded, 3, SensorParams()) == []


def test_simulated_history_is_the_day_of_the_clock() -> None:
    loaded, _, layer = _load()
    at = START + timedelta(hours=15)
    now = layer.columns_at(loaded, SensorParams(), at)
    (chart,) = layer.series(loaded, 0, SensorParams())
    assert chart.time_utc[0] == np.datetime64("2026-06-21T00:00")
    assert chart.time_utc[-1] == np.datetime64("2026-06-22T00:00")
    there = chart.time_utc == np.datetime64("2026-06-21T15:00")
    assert chart.value[there][0] == now["value"][0]


def test_a_recorded_day_may_be_played_on_other_days(tmp_path: Path) -> None:
    given = {
        "features": _features(),
        "observations": _observed(tmp_path, [("f0", h, str(h)) for h in range(24)]),
    }
    layer, later = Sensors(), START + timedelta(days=40, hours=7)
    loaded = layer.load(Context(given, SensorParams()))
    assert layer.columns_at(loaded, SensorParams(), later)["state"][0] == "stale"
    again = layer.columns_at(loaded, SensorParams(repeat_day=True), later)
    assert again["value"][0] == 7.0
    assert again["state"][0] == "replayed"


def test_symbols_by_what_is_observed_with_a_dot_for_afar() -> None:
    loaded, _, layer = _load()
    drawn = checked(layer.build(loaded, SensorParams(symbol_scale=2.0), view(slope())))
    shapes = {d.shape: d.row_of_glyph.tolist() for d in drawn if isinstance(d, api.Glyphs)}
    assert shapes == {
        "sensor.air": [0],
        "sensor.noise": [1],
        "sensor.traffic": [2],
        "sensor.pole": [3],
    }
    (dots,) = (d for d in drawn if isinstance(d, api.Points))
    assert dots.row_of_point.tolist() == [0, 1, 2, 3]
    air = next(d for d in drawn if isinstance(d, api.Glyphs) and d.shape == "sensor.air")
    assert air.xyz_in_scene[0, 2] == pytest.approx(0.0, abs=1e-5)
    assert dots.xyz_in_scene[0, 2] == pytest.approx(float(air.scale_m[0, 2]))
    labels = next(d for d in drawn if isinstance(d, api.Labels))
    assert labels.texts[1]["en"] == "Bruit"
    none = checked(layer.build(loaded, SensorParams(labels=False, dot_px=0.0), view(slope())))
    assert {type(d) for d in none} == {api.Glyphs}


def test_the_legend_is_told_what_its_symbols_stand_for() -> None:
    loaded, ctx, layer = _load()
    drawn = {d.shape for d in layer.build(loaded, ctx.params, view()) if isinstance(d, api.Glyphs)}
    told = layer.symbols(loaded, ctx.params)
    assert {symbol.shape for symbol in told} == drawn
    assert all(set(symbol.label) == {"en", "fr", "ko", "ar"} for symbol in told)
    assert [s.label["fr"] for s in told][-1] == "autre capteur"


def test_dots_may_be_raised_above_the_roofs() -> None:
    loaded, _, layer = _load()
    low = checked(layer.build(loaded, SensorParams(), view(slope())))
    drawn = checked(layer.build(loaded, SensorParams(stem_m=30.0), view(slope())))
    (dots,), (before,) = ([d for d in ds if isinstance(d, api.Points)] for ds in (drawn, low))
    np.testing.assert_allclose(dots.xyz_in_scene - before.xyz_in_scene, [[0, 0, 30.0]] * 4)
    (stems,) = (d for d in drawn if isinstance(d, api.Lines))
    assert stems.row_of_line.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(stems.xyz_in_scene[0::2], dots.xyz_in_scene)
    np.testing.assert_allclose(stems.xyz_in_scene[1::2], before.xyz_in_scene, atol=1e-5)


def test_style_is_by_status_and_missing_has_its_own_colour() -> None:
    rule = Sensors().default_style(_features()).rule
    assert rule.column == "status"
    colours = {c.value: c.colour for c in rule.categories}
    assert set(colours) == {"ok", "warn", "alarm", "stale", "missing"}
    assert len(set(colours.values())) == 5


def test_indicators_count_what_wants_attention(tmp_path: Path) -> None:
    loaded, _, layer = _load(tmp_path)
    at = START + timedelta(hours=1, minutes=20)
    counts = {f.label["en"]: f.value for f in layer.indicators(loaded, SensorParams(), at)}
    assert counts["Sensors"] == 4
    assert counts["In alarm"] == 1
    assert counts["With a warning"] == 0
    assert counts["With a stale value"] == 1
    assert counts["Without a value"] == 2


def test_latest_values_in_the_file_itself() -> None:
    plain = table(
        [shapely.Point(0, 0), shapely.Point(9, 9)],
        fillingRate=[57, None],
        fillingRateDate=["2026-06-21T12:00:00+02:00", "2026-06-21T12:00:00+02:00"],
    )
    params = SensorParams(value_column="fillingRate", time_column="fillingRateDate")
    ctx = Context({"features": plain}, params)
    layer = Sensors()
    loaded = layer.load(ctx)
    now = layer.columns_at(loaded, params, START + timedelta(hours=10, minutes=30))
    assert now["value"][0] == 57.0
    assert now["age_s"][0] == 1800.0
    assert now["state"].tolist() == ["replayed", "missing"]
    assert {"value_column", "time_column"} <= set(Sensors.load_params)


@pytest.mark.parametrize(
    "params, key",
    [
        (SensorParams(value_column="nowhere"), "sensors.no_column"),
        (SensorParams(value_column="v"), "sensors.no_time_column"),
    ],
)
def test_columns_that_are_not_there(params: SensorParams, key: str) -> None:
    ctx = Context({"features": table([shapely.Point(0, 0)], v=[1.0])}, params)
    loaded = Sensors().load(ctx)
    keys = ctx.keys()
    assert key in keys
    assert Sensors().columns_at(loaded, params, START)["state"].tolist() == ["missing"]


def test_observations_that_cannot_be_read_are_missing_not_simulated(tmp_path: Path) -> None:
    given = {"features": _features(), "observations": File(tmp_path / "gone.parquet")}
    ctx = Context(given, SensorParams())
    layer = Sensors()
    loaded = layer.load(ctx)
    assert ctx.keys() == ["series.no_file"]
    assert set(layer.columns_at(loaded, SensorParams(), START)["state"]) == {"missing"}
    assert len(checked(layer.build(loaded, SensorParams(), view()))) > 0


CAPTURES = [
    ("paris_live_captures/trilib/trilib.csv", "fillingRate", "fillingRateDate", 124),
    (
        "velib_captures/jcdecaux_2016/stations-velib-disponibilites-en-temps-reel.csv",
        "available_bikes",
        "last_update",
        1223,
    ),
]


@pytest.mark.shared_data
@pytest.mark.parametrize("name, value, time, count", CAPTURES)
def test_captures_of_others(
    shared_data: Path, name: str, value: str, time: str, count: int
) -> None:
    params = SensorParams(value_column=value, time_column=time)
    ctx = Context({"features": File(shared_data / name)}, params)
    layer = Sensors()
    loaded = layer.load(ctx)
    assert len(loaded) == count
    drawn = checked(layer.build(loaded, params, view(frame=ctx.frame)))
    assert sum(len(d.row_of_point) for d in drawn if isinstance(d, api.Points)) > 0.95 * count
    start, end = layer.time_extent(loaded)
    assert start.tzinfo is not None
    now = layer.columns_at(loaded, params, end)
    known = loaded.frame[value].notna().to_numpy()
    np.testing.assert_allclose(now["value"][known], loaded.frame[value][known])
    assert set(now["state"]) <= {"replayed", "stale", "missing"}
    before = layer.columns_at(loaded, params, start - timedelta(seconds=1))
    assert set(before["state"]) == {"missing"}
