"""Networks of pandapipes and pandapower, read from their JSON without either library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from twin import io
from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.progress import Unattended

FRAME = GeoFrame(crs="EPSG:2154")
LAT, LON = 48.82, 2.27
STEP = 0.001  # degrees of latitude: 111 m


def _table(rows: dict[int, dict[str, Any]]) -> dict[str, Any]:
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    data = [[row.get(name) for name in columns] for row in rows.values()]
    body = {"columns": columns, "index": list(rows), "data": data}
    return {"_module": "pandas.core.frame", "_class": "DataFrame", "_object": json.dumps(body)}


def _write(path: Path, kind: str, **tables: dict[int, dict[str, Any]]) -> Path:
    content: dict[str, Any] = {name: _table(rows) for name, rows in tables.items()}
    document = {"_module": "x", "_class": kind, "_object": {"name": "test", **content}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _geo(*positions: tuple[float, float], swapped: bool = False) -> dict[str, Any]:
    listed = [[lat, lon] if swapped else [lon, lat] for lat, lon in positions]
    if len(listed) == 1:
        return {"type": "Point", "coordinates": listed[0]}
    return {"type": "LineString", "coordinates": listed}


def _pipes(path: Path, *, swapped: bool = False, **more: Any) -> Path:
    """Seven junctions on a line to the north-east and six pipes with true lengths."""
    at = {i: (LAT + i * STEP, LON + i * STEP) for i in range(7)}
    north, east = STEP * 111_195.0, STEP * 111_195.0 * np.cos(np.radians(LAT))
    junction = {i: {"name": f"J{i}", "geo": _geo(p, swapped=swapped)} for i, p in at.items()}
    pipe = {
        i: {
            "name": f"return_{i}" if i == 5 else f"P{i}",
            "from_junction": i,
            "to_junction": i + 1,
            "length_km": float(np.hypot(north, east)) / 1000,
            "diameter_m": 0.2,
            "geo": _geo(at[i], at[i + 1], swapped=swapped),
        }
        for i in range(6)
    }
    return _write(path, "pandapipesNet", junction=junction, pipe=pipe, **more)


def _read(path: Path, crs: str = "") -> tuple[Any, dict[str, dict[str, Any]]]:
    progress = Unattended()
    table = io.read(path, crs=crs, target=FRAME, progress=progress)
    return table, {p.key: dict(p.values) for p in progress.problems}


def test_pipes_keep_length_diameter_and_ends(tmp_path: Path) -> None:
    table, problems = _read(_pipes(tmp_path / "net.json"))
    pipes = table.frame[table.frame["kind"] == "pipe"]
    assert len(pipes) == 6
    assert pipes["diameter_mm"].tolist() == pytest.approx([200.0] * 6)
    np.testing.assert_allclose(pipes.length, pipes["length_m"], rtol=0.005)
    assert pipes["from_node"].tolist()[0] == "junction-0"
    assert pipes["to_node"].tolist()[0] in set(table.feature_ids)
    assert pipes["side"].tolist() == ["supply"] * 5 + ["return"]
    assert "io.network_lat_lon" not in problems


def test_latitude_before_longitude_is_found_by_the_lengths(tmp_path: Path) -> None:
    right, _ = _read(_pipes(tmp_path / "right.json"))
    swapped, problems = _read(_pipes(tmp_path / "swapped.json", swapped=True))
    assert "io.network_lat_lon" in problems
    np.testing.assert_allclose(swapped.frame.total_bounds, right.frame.total_bounds, atol=0.01)


def test_lengths_that_fit_neither_order_change_nothing(tmp_path: Path) -> None:
    path = _pipes(tmp_path / "net.json")
    text = path.read_text(encoding="utf-8")
    document = json.loads(text)
    pipe = json.loads(document["_object"]["pipe"]["_object"])
    position = pipe["columns"].index("length_km")
    for row in pipe["data"]:
        row[position] *= 3
    document["_object"]["pipe"]["_object"] = json.dumps(pipe)
    path.write_text(json.dumps(document), encoding="utf-8")
    table, problems = _read(path)
    assert "io.network_lat_lon" not in problems
    assert table.frame.total_bounds[1] > 6_800_000


def test_consumers_plants_and_results(tmp_path: Path) -> None:
    path = _pipes(
        tmp_path / "net.json",
        heat_consumer={0: {"from_junction": 1, "to_junction": 3, "qext_w": 42_000.0}},
        circ_pump_pressure={0: {"name": "Pump", "flow_junction": 0, "return_junction": 6}},
        res_pipe={i: {"v_mean_m_per_s": 0.5 * i, "t_from_k": 343.15} for i in range(3)},
    )
    table, problems = _read(path)
    by_id = table.frame.set_index("feature_id")
    assert by_id.loc["heat_consumer-0", "power_kw"] == pytest.approx(42.0)
    assert by_id.loc["heat_consumer-0", "kind"] == "substation"
    assert by_id.loc["circ_pump_pressure-0", "kind"] == "plant"
    middle = by_id.loc["heat_consumer-0", "geometry"].distance(by_id.loc["junction-2", "geometry"])
    assert middle < 0.1
    assert by_id.loc["pipe-2", "flow_m_s"] == 1.0
    assert by_id.loc["pipe-2", "temperature_c"] == pytest.approx(70.0)
    assert np.isnan(by_id.loc["pipe-4", "flow_m_s"])
    assert problems["io.network_results_partial"] == {"count": 3, "total": 6}


def test_lines_without_a_course_run_between_their_buses(tmp_path: Path) -> None:
    bus = {
        i: {"name": f"B{i}", "vn_kv": 20.0, "geo": json.dumps(_geo((LAT, LON + i * STEP)))}
        for i in range(2)
    }
    path = _write(
        tmp_path / "grid.json",
        "pandapowerNet",
        bus=bus,
        line={4: {"from_bus": 0, "to_bus": 1, "length_km": 0.07, "geo": None}},
        res_line={4: {"loading_percent": 91.5, "p_from_mw": -0.25}},
        load={0: {"bus": 1, "p_mw": 0.2, "scaling": 0.5}},
        sgen={0: {"bus": 0, "p_mw": 0.03, "name": "PV roof"}, 1: {"bus": 0, "p_mw": 0.0}},
        trafo={0: {"hv_bus": 0, "lv_bus": 1, "sn_mva": 0.63}},
    )
    table, problems = _read(path)
    by_id = table.frame.set_index("feature_id")
    line = by_id.loc["line-4"]
    assert line.geometry.length == pytest.approx(73.3, abs=0.3)
    assert (line["loading_percent"], line["p_kw"], line["voltage_kv"]) == (91.5, -250.0, 20.0)
    assert by_id.loc["load-0", "p_kw"] == pytest.approx(100.0)
    assert by_id.loc["sgen-0", "p_kw"] == pytest.approx(-30.0)
    assert by_id.loc[["sgen-0", "sgen-1"], "kind"].tolist() == ["pv", "generator"]
    assert by_id.loc["trafo-0", "rated_kva"] == pytest.approx(630.0)
    assert "io.network_results_partial" not in problems


def test_a_table_of_coordinates_needs_a_crs(tmp_path: Path) -> None:
    path = _write(
        tmp_path / "net.json",
        "pandapipesNet",
        junction={0: {"name": "A"}, 1: {"name": "B"}},
        junction_geodata={0: {"x": 646_500.0, "y": 6_858_000.0}, 1: {"x": 646_600.0, "y": 6_858_000.0}},
        pipe={0: {"from_junction": 0, "to_junction": 1, "inner_diameter_mm": 80.0}},
        pipe_geodata={0: {"coords": [[646_500.0, 6_858_000.0], [646_550.0, 6_858_020.0], [646_600.0, 6_858_000.0]]}},
    )  # fmt: skip
    table, _ = _read(path, crs="EPSG:2154")
    pipe = table.frame.set_index("feature_id").loc["pipe-0"]
    assert len(pipe.geometry.coords) == 3
    assert pipe["diameter_mm"] == 80.0


def test_nodes_without_a_place_are_counted(tmp_path: Path) -> None:
    junction = {0: {"geo": _geo((LAT, LON))}, 1: {"geo": None}}
    pipe = {0: {"from_junction": 0, "to_junction": 1}}
    path = _write(tmp_path / "net.json", "pandapipesNet", junction=junction, pipe=pipe)
    table, problems = _read(path)
    assert problems["io.network_places_missing"] == {"count": 1}
    assert table.frame.geometry.isna().sum() == 2


@pytest.mark.parametrize(
    "tables", [{"junction": {0: {"name": "A"}}}, {}, {"junction": {0: {"geo": "no json"}}}]
)
def test_a_network_without_any_place_cannot_be_shown(tmp_path: Path, tables: Any) -> None:
    path = _write(tmp_path / "net.json", "pandapipesNet", **tables)
    with pytest.raises(ReadError) as caught:
        _read(path)
    assert caught.value.problem.key == "io.network_without_places"


def _chain(path: Path, places: list[Any], length_km: list[float]) -> Path:
    """Junctions one after the other, at some places of a drawing."""
    junction = {i: {"name": f"J{i}", "geo": at} for i, at in enumerate(places)}
    pipe = {
        i: {"from_junction": i, "to_junction": i + 1, "length_km": km}
        for i, km in enumerate(length_km)
    }
    return _write(path, "pandapipesNet", junction=junction, pipe=pipe)


@pytest.mark.parametrize(
    "places",
    [
        [(0.0, 0.0), (0.0, 1.0), (0.0, 3.0)],
        [(5.0, 7.0), (5.0, 8.0), (5.0, 10.0)],
        [(40.0, -900.0), (40.0, -700.0), (40.0, -300.0)],
    ],
    ids=["near zero", "lengths are far off", "metres from nowhere"],
)
def test_a_diagram_is_put_in_the_middle_of_the_project_to_scale(
    tmp_path: Path, places: list[tuple[float, float]]
) -> None:
    path = _chain(tmp_path / "net.json", [_geo(p) for p in places], [0.1, 0.2])
    middle = GeoFrame(crs="EPSG:2154", origin=(645_000.0, 6_857_000.0, 0.0))
    progress = Unattended()
    table = io.read(path, target=middle, progress=progress)
    assert "io.network_diagram" in {p.key for p in progress.problems}
    pipes = table.frame[table.frame["kind"] == "pipe"]
    assert pipes.length.tolist() == pytest.approx([100.0, 200.0])
    x, y, far_x, far_y = table.frame.total_bounds
    assert ((x + far_x) / 2, (y + far_y) / 2) == pytest.approx(middle.origin[:2])


def test_one_length_for_all_says_nothing_of_the_place(tmp_path: Path) -> None:
    path = _chain(tmp_path / "net.json", [_geo((LAT, LON + i * 0.5)) for i in range(3)], [1.0, 1.0])
    table, problems = _read(path)
    assert "io.network_diagram" not in problems
    assert table.frame.total_bounds[1] > 6_800_000


def test_without_any_place_a_network_is_laid_out(tmp_path: Path) -> None:
    path = _chain(tmp_path / "net.json", [None] * 4, [0.1, 0.1, 0.1])
    inspection = io.inspect(path)
    assert [layer.crs_reason for layer in inspection.layers] == ["io.crs_reason.diagram"]
    table, problems = _read(path)
    assert "io.network_laid_out" in problems
    pipes = table.frame[table.frame["kind"] == "pipe"]
    assert pipes.length.tolist() == pytest.approx([100.0] * 3)


@pytest.mark.shared_data
def test_schutterwald_heat(shared_data: Path) -> None:
    progress = Unattended()
    table = io.read(
        shared_data / "heat_networks/pandapipes/sw_heat.json",
        target=GeoFrame(crs="EPSG:25832"),
        progress=progress,
    )
    kinds = table.frame["kind"].value_counts()
    assert (kinds["node"], kinds["pipe"], kinds["substation"]) == (488, 482, 44)
    assert "io.network_lat_lon" in {p.key for p in progress.problems}
    pipes = table.frame[table.frame["kind"] == "pipe"]
    assert pipes.length.sum() == pytest.approx(pipes["length_m"].sum(), rel=0.01)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    "name, buses, lines",
    [
        ("lv_schutterwald", 2940, 3000),
        ("mv_oberrhein_substations", 320, 181),
        ("simbench_1-LV-semiurb4--0-sw", 44, 42),
        ("simbench_1-LV-urban6--0-sw", 59, 57),
        ("simbench_1-MV-urban--0-sw", 144, 147),
    ],
)
def test_power_nets(shared_data: Path, name: str, buses: int, lines: int) -> None:
    progress = Unattended()
    path = shared_data / "power_nets" / f"{name}.json"
    table = io.read(path, target=GeoFrame(crs="EPSG:25832"), progress=progress)
    kinds = table.frame["kind"].value_counts()
    assert (kinds["node"], kinds["line"]) == (buses, lines)
    assert "io.network_lat_lon" not in {p.key for p in progress.problems}
    assert table.frame.geometry.notna().all()
