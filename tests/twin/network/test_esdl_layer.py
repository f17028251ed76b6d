"""ESDL as a layer: drawn where its assets are, traced and solved under their ids."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.twin.network.test_features import ESDL
from twin import io
from twin.network.profiles import day_of, moments
from twin.network.solve.client import shared
from twin.network.solving import solve
from twin.network.trace import trace
from twin.progress import Unattended
from twin.store.project_folder import load_project
from twin.work.assemble import assemble, write_project
from twin.work.systems import open_systems
from ui.cli.projects import registry


@pytest.fixture
def town(tmp_path: Path) -> Path:
    path = tmp_path / "town.esdl"
    path.write_text(ESDL, encoding="utf-8")
    return path


def test_assets_are_features_where_they_are_or_where_they_are_joined(town: Path) -> None:
    (layer,) = io.inspect(town).layers
    assert (layer.count, layer.crs, layer.details["network"]) == (4, "EPSG:4326", "esdl")
    rows = io.read(town, progress=Unattended(), options={"mixed": True}).frame.set_index(
        "feature_id"
    )
    assert rows["kind"].to_dict() == {"g": "well", "p": "pipe", "d": "substation", "r": "pipe"}
    assert rows.loc["p"].geometry.geom_type == "LineString"
    assert rows.loc["d"].geometry.coords[0] == pytest.approx((2.27, 48.821)), (
        "at the end of its pipe"
    )
    assert rows.loc["r"].geometry.length == pytest.approx(0.001), "between what it joins"
    assert (rows.loc["p", "diameter_mm"], rows.loc["g", "power_kw"]) == (200.0, 2000.0)


def test_without_any_place_it_is_laid_out(tmp_path: Path) -> None:
    path = tmp_path / "town.esdl"
    path.write_text(ESDL.replace("lat=", "x=").replace("lon=", "y="), encoding="utf-8")
    found = io.inspect(path)
    assert found.layers[0].crs_reason == "io.crs_reason.diagram"
    assert "io.network_laid_out" in {p.key for p in found.problems}


def test_a_project_with_it_is_traced_and_solved_by_its_ids(town: Path, tmp_path: Path) -> None:
    pytest.importorskip("pandapipes")
    project, _ = assemble([town], registry())
    assert project.layers[0].type == "belvedere.heat"
    write_project(project, tmp_path / "project")
    loaded, _, _ = load_project(tmp_path / "project")
    (system,) = open_systems(tmp_path / "project", registry()).systems
    assert system.network.crs == loaded.frame.crs, "metres of the project, not degrees"
    assert trace(system.network, "d").to_source.length_m == pytest.approx(120.5)
    day = day_of(system.network, moments(datetime(2026, 1, 12, 7, tzinfo=UTC), 1))
    try:
        found = solve(system.network, day)
    finally:
        shared().close()
    assert set(found.edges["v_mean_m_per_s"].ids) == {"p", "r"}
