"""The project document of the demo: it opens, its files exist, its views are where an eye can be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely import STRtree

from twin.store.codec import from_json, to_json
from twin.synth import document, terrain
from twin.synth.grid import synthetic_city


@pytest.fixture(scope="module")
def project(demo):
    made, problems = from_json(demo.document, "demo")
    assert problems == []
    return made


def test_the_document_is_what_the_script_makes(demo) -> None:
    assert json.loads(json.dumps(to_json(document.project()))) == demo.document


def test_it_says_synthetic_in_both_languages(project) -> None:
    assert "synthétique" in project.title["fr"]
    assert "synthetic" in project.title["en"]
    assert {"fr", "en"} <= set(project.notice)
    for spec in project.layers:
        assert {"fr", "en"} <= set(spec.title), spec.id
        for source in spec.sources.values():
            assert source.provenance.licence == "MIT"
            assert source.provenance.quality.value in ("synthetic", "simulated")


def test_every_file_of_a_layer_exists_and_every_file_is_used(demo, project) -> None:
    used = {source.path for spec in project.layers for source in spec.sources.values()}
    there = {f"data/{path.name}" for path in (demo.folder / "data").iterdir()}
    assert used <= there
    assert there == used


def test_styles_name_columns_and_values_that_exist(demo, project) -> None:
    from twin.model.style import Categories

    for spec in project.layers:
        if spec.style is None or not isinstance(spec.style.rule, Categories):
            continue
        source = spec.sources.get("features") or spec.sources["buildings"]
        frame = demo.features(source.path.removeprefix("data/"))
        values = set(frame[spec.style.rule.column])
        assert values <= {c.value for c in spec.style.rule.categories}, spec.id


def test_views_have_names_and_hide_layers_that_exist(project) -> None:
    ids = {spec.id for spec in project.layers}
    assert len({view.id for view in project.views}) == len(project.views)
    for view in project.views:
        assert {"fr", "en"} <= set(view.title)
        assert set(view.hidden) <= ids


def test_eyes_are_above_the_ground_and_outside_walls(demo, project) -> None:
    walls = demo.features("buildings.parquet")
    tree = STRtree(walls.geometry.to_numpy())
    low = 0
    for view in project.views:
        xy = np.array([view.position[:2]]) + project.frame.origin[:2]
        above = view.position[2] - terrain.relief().at(xy)[0]
        assert above > 1.5, view.id
        if above < 3.0:
            low += 1
            assert not len(tree.query(shapely.Point(*xy[0]), predicate="dwithin", distance=1.5))
    assert low >= 1  # one at eye height


def test_the_script_writes_the_same_bytes_again(tmp_path: Path) -> None:
    """In two processes with different hash seeds, so that no order of a set slips in."""
    running = []
    for seed in ("1", "2"):
        command = [
            sys.executable,
            "-m",
            "twin.synth.demo",
            "--only-fort",
            "--out",
            str(tmp_path / seed),
        ]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        running.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
    assert [process.wait() for process in running] == [0, 0]
    first = {p.name: p.read_bytes() for p in (tmp_path / "1").rglob("*") if p.is_file()}
    second = {p.name: p.read_bytes() for p in (tmp_path / "2").rglob("*") if p.is_file()}
    assert len(first) > 15
    assert first == second


def test_benchmark_footprints_are_disjoint_and_repeatable() -> None:
    city = synthetic_city(2000, seed=3)
    assert len(city) == 2000
    assert city["feature_id"].is_unique
    shapes = city.geometry.to_numpy()
    one, other = STRtree(shapes).query(shapes, predicate="intersects")
    assert (one == other).all()
    assert city.equals(synthetic_city(2000, seed=3))
    assert not city.equals(synthetic_city(2000, seed=4))
    with pytest.raises(ValueError, match="at least one"):
        synthetic_city(0, seed=1)
