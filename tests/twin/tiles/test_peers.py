"""Programs of others load what is baked, unchanged. Each is skipped, and says so, where it is not installed."""

from __future__ import annotations

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

from tests.twin.tiles.cities import ROOT, baked
from tests.twin.tiles.node import needs_node, node
from ui.cli.main import main

BUILDINGS = 3_000

needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium")


@pytest.fixture(scope="module")
def tileset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return baked(tmp_path_factory.mktemp("peers"), BUILDINGS)


@needs_node
def test_the_gltf_validator_reports_no_error(tileset):
    paths = sorted((tileset / "tiles").rglob("*.glb"))
    found = node("validate.mjs", *paths)
    assert len(found) == len(paths)
    assert [r for r in found if r["errors"] or r["warnings"]] == []


@needs_node
def test_the_gltf_validator_reports_no_error_for_the_demo_city(tmp_path):
    project = json.loads((ROOT / "assets" / "demo" / "project.json").read_text())
    shown = {"terrain", "buildings", "heat_fort", "sensors"}
    hidden = [layer["id"] for layer in project["layers"] if layer["id"] not in shown]
    assert main(["bake", "demo", "--out", str(tmp_path), *[f"--hide={n}" for n in hidden]]) == 0
    found = node("validate.mjs", *sorted((tmp_path / "tiles").rglob("*.glb")))
    assert [r for r in found if r["errors"]] == []


@needs_node
def test_loaders_gl_loads_every_tile(tileset):
    found = node("loaders.mjs", tileset)
    assert found["features"] == BUILDINGS
    assert found["triangles"] == 10 * BUILDINGS


@needs_node
@needs_chromium
def test_cesium_shows_it_with_its_attributes(tileset):
    found = node("cesium.mjs", tileset, shutil.which("chromium") or "")
    assert found["complete"]
    assert found["failed"] == found["faults"] == []
    assert found["loaded"] >= 2
    assert {"feature_id", "height_m", "use", "year"} <= set(found["named"])
    # Paris, where the synthetic city stands, near the ground.
    assert found["lon"] == pytest.approx(2.3458, abs=1e-3)
    assert found["lat"] == pytest.approx(48.8563, abs=1e-3)
    assert abs(found["height"]) < 100


def test_py3dtiles_reads_the_tree_and_its_contents(tileset):
    if importlib.util.find_spec("py3dtiles") is None:
        pytest.skip(
            "needs py3dtiles, which pins older packages: install it in an environment apart"
        )
    from py3dtiles.tileset import TileSet

    tree = TileSet.from_file(tileset / "tileset.json")
    contents, stack = 0, [tree.root_tile]
    while stack:
        tile = stack.pop()
        stack += tile.children
        if tile.content_uri is not None:
            assert tile.get_or_fetch_content(tileset) is not None
            contents += 1
    assert contents == len(sorted((tileset / "tiles").rglob("*.glb")))
