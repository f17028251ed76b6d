from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from tests.twin.tiles.cities import ROOT, bake, files, footprints, tiles_of
from twin.io.gltf_file import open_gltf
from twin.io.gltf_scene import scene_of
from twin.io.gltf_tables import property_table
from twin.model.geoframe import transformer
from twin.synth.grid import synthetic_city
from twin.tiles.pool import run
from ui.cli.main import main


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tileset of 9,000 footprints."""
    folder = tmp_path_factory.mktemp("town")
    source = footprints(folder, 9_000)
    assert main(["bake", str(source), "--out", str(folder / "out"), "--workers", "1"]) == 0
    return folder


def _content(path: Path):
    return open_gltf(path.read_bytes(), lambda name: None, path.name)


def test_every_content_holds_at_most_2000_buildings_with_their_attributes(town):
    seen: set[str] = set()
    for tile in tiles_of(town / "out"):
        if "content" not in tile:
            continue
        gltf = _content(town / "out" / tile["content"]["uri"])
        used = gltf.json["extensionsUsed"]
        assert {"EXT_mesh_features", "EXT_structural_metadata"} <= set(used)
        table = property_table(gltf, 0)
        assert 0 < len(table["feature_id"]) <= 2_000
        if not tile.get("children"):
            seen |= set(table["feature_id"])
            features = {int(f) for p in scene_of(gltf).parts for f in p.feature_of_vertex}
            assert features == set(range(len(table["feature_id"])))
    assert seen == set(synthetic_city(9_000, 1)["feature_id"])


def test_attributes_are_those_of_the_source(town):
    wanted = synthetic_city(9_000, 1).set_index("feature_id")
    for tile in tiles_of(town / "out")[-3:]:
        if tile.get("children") or "content" not in tile:
            continue
        table = property_table(_content(town / "out" / tile["content"]["uri"]), 0)
        rows = wanted.loc[list(table["feature_id"])]
        assert np.allclose(table["height_m"], rows["height_m"])
        assert list(table["use"]) == list(rows["use"])
        assert list(table["year"]) == list(rows["year"])


def test_footprints_stand_where_they_are_on_earth(town):
    """Against an independent way: PROJ from each footprint's corner to Earth-centred metres."""
    wanted = synthetic_city(9_000, 1).set_index("feature_id")
    root = json.loads((town / "out" / "tileset.json").read_text())["root"]
    matrix = np.reshape(root["transform"], (4, 4)).T
    to_degrees = transformer("EPSG:2154", "EPSG:4326")
    to_ecef = transformer("EPSG:4979", "EPSG:4978")
    checked = 0
    for tile in tiles_of(town / "out"):
        if tile.get("children") or "content" not in tile:
            continue
        gltf = _content(town / "out" / tile["content"]["uri"])
        ids = property_table(gltf, 0)["feature_id"]
        part = scene_of(gltf).parts[0]
        z_up = part.xyz[:, [0, 2, 1]] * (1, -1, 1)
        ecef = z_up @ matrix[:3, :3].T + matrix[:3, 3]
        mine = ecef[part.feature_of_vertex == 0]
        ring = np.array(wanted.loc[ids[0]].geometry.exterior.coords)[:-1]
        lon, lat = to_degrees.transform(ring[:, 0], ring[:, 1])
        ground = np.column_stack(to_ecef.transform(lon, lat, np.full(len(lon), -0.4)))
        for corner in ground:
            assert np.linalg.norm(mine - corner, axis=1).min() < 0.01
            checked += 1
    assert checked >= 20


def test_boxes_hold_their_contents_and_errors_shrink_downwards(town):
    for tile in tiles_of(town / "out"):
        parent = tile["parent"]
        if parent is not None:
            assert tile["geometricError"] <= parent["geometricError"]
            assert tile["geometricError"] < parent["geometricError"] or not tile.get("children")
        box = np.array(tile["boundingVolume"]["box"])
        low, high = box[:3] - box[[3, 7, 11]], box[:3] + box[[3, 7, 11]]
        if "content" in tile:
            for part in scene_of(_content(town / "out" / tile["content"]["uri"])).parts:
                z_up = part.xyz[:, [0, 2, 1]] * (1, -1, 1)
                assert (z_up >= low - 0.01).all()
                assert (z_up <= high + 0.01).all()
        for child in tile.get("children", []):
            inner = np.array(child["boundingVolume"]["box"])
            assert (inner[:3] - inner[[3, 7, 11]] >= low - 0.1).all()
            assert (inner[:3] + inner[[3, 7, 11]] <= high + 0.1).all()


def test_coarse_tiles_keep_footprint_volume_and_skyline(town):
    wanted = synthetic_city(9_000, 1)
    volume = float((wanted.area * wanted["height_m"]).sum())
    top = next(t for t in tiles_of(town / "out") if "content" in t)
    assert top["refine"] == "REPLACE"
    gltf = _content(town / "out" / top["content"]["uri"])
    part = scene_of(gltf).parts[0]
    xyz = part.xyz[:, [0, 2, 1]] * (1, -1, 1)
    corner = xyz[part.cells]
    e1, e2 = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    up = np.maximum(e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0], 0) / 2
    kept = float((up * (corner[..., 2].mean(axis=1) + 0.4)).sum())
    assert kept == pytest.approx(volume, rel=0.12)
    assert xyz[:, 2].max() == pytest.approx(wanted["height_m"].max(), rel=0.25)
    assert sum(property_table(gltf, 0)["merged_buildings"]) == 9_000


def test_the_same_source_gives_the_same_bytes_and_nothing_is_made_twice(town, tmp_path, capsys):
    again = bake(capsys, town / "city.gpkg", "--out", town / "out")
    assert again["baked"] == 0
    other = bake(capsys, town / "city.gpkg", "--out", tmp_path / "other")
    assert other["baked"] == other["tiles"] == again["tiles"]
    assert files(town / "out") == files(tmp_path / "other")


def test_a_changed_building_bakes_its_tile_and_those_above_it(town, tmp_path, capsys):
    shutil.copytree(town / "out", tmp_path / "out")
    city = synthetic_city(9_000, 1)
    city.loc[17, "height_m"] = 90.0
    source = tmp_path / "city.gpkg"
    city.to_file(source, driver="GPKG")
    before = files(tmp_path / "out")
    report = bake(capsys, source, "--out", tmp_path / "out")
    changed = {n for n, data in files(tmp_path / "out").items() if before.get(n) != data}
    levels = sorted(name.split("/")[1].split("_")[0] for name in report["baked_tiles"])
    assert levels == sorted(set(levels)), "one tile a level: a path from a leaf to the root"
    assert {f"tiles/{name}.glb" for name in report["baked_tiles"]} >= changed - {"tileset.json"}
    fresh = bake(capsys, source, "--out", tmp_path / "fresh")
    assert fresh["tiles"] == report["tiles"]
    assert files(tmp_path / "out") == files(tmp_path / "fresh")


def test_a_bake_that_was_stopped_goes_on_where_it_was(town, tmp_path, capsys):
    whole = town / "out"
    half = tmp_path / "out"
    shutil.copytree(whole, half)
    (half / "tileset.json").unlink()
    states = sorted((half / ".bake").rglob("*.state"))
    for state in states[::2]:
        state.unlink()
    torn = sorted((half / "tiles").rglob("*.glb"))[1]
    torn.write_bytes(torn.read_bytes()[:100])
    report = bake(capsys, town / "city.gpkg", "--out", half)
    assert 0 < report["kept"] < report["tiles"]
    assert files(half) == files(whole)


def test_tiles_that_are_no_longer_needed_go(town, tmp_path, capsys):
    shutil.copytree(town / "out", tmp_path / "out")
    (tmp_path / "out" / "README").write_text("mine")
    report = bake(capsys, footprints(tmp_path, 500), "--out", tmp_path / "out")
    assert report["removed"] > 0
    contents = {t["content"]["uri"] for t in tiles_of(tmp_path / "out") if "content" in t}
    assert contents == set(files(tmp_path / "out")) - {"tileset.json"}
    assert (tmp_path / "out" / "README").read_text() == "mine"


def test_states_hold_no_code(town, tmp_path, capsys):
    """Somebody else's tileset may bring a .bake folder: it is read as data only."""
    import pickle

    class Bomb:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "pwned",))

    shutil.copytree(town / "out", tmp_path / "out")
    for state in (tmp_path / "out" / ".bake").rglob("*.state"):
        state.write_bytes(pickle.dumps(Bomb()))
    report = bake(capsys, town / "city.gpkg", "--out", tmp_path / "out")
    assert report["kept"] == 0
    assert not (tmp_path / "pwned").exists()


SHOWN = {"terrain", "buildings", "water"}


def test_a_project_with_terrain_and_roofs_becomes_layers(tmp_path, capsys):
    hidden = [flag for flag in _hide_all() if flag.partition("=")[2] not in SHOWN]
    report = bake(capsys, "demo", "--out", tmp_path / "demo", *hidden)
    assert set(report["layers"]) >= SHOWN
    root = json.loads((tmp_path / "demo" / "tileset.json").read_text())["root"]
    assert root["refine"] == "ADD"
    names = {child["extras"]["layer"] for child in root["children"]}
    assert {"terrain", "buildings"} <= names
    plain = sorted((tmp_path / "demo" / "tiles" / "buildings").glob("*_plain.glb"))
    assert plain, "buildings with roofs and bays have a level of plain boxes"
    for path in plain:
        assert path.stat().st_size < path.with_name(path.name.replace("_plain", "")).stat().st_size


def test_a_tileset_is_baked_anew_with_all_its_buildings(tmp_path, capsys):
    bake(capsys, footprints(tmp_path, 120), "--out", tmp_path / "first")
    again = bake(capsys, tmp_path / "first" / "tileset.json", "--out", tmp_path / "second")
    assert sum(again["layers"].values()) == 120
    sizes = [
        tiles_of(tmp_path / name)[0]["boundingVolume"]["box"][3::4] for name in ("first", "second")
    ]
    assert np.allclose(*sizes, atol=4.0), "as large, in the other frame"


def test_nothing_to_bake_is_said(tmp_path, capsys):
    assert main(["bake", "demo", "--out", str(tmp_path / "no"), "--json", *_hide_all()]) == 2
    assert json.loads(capsys.readouterr().out)["problems"][0]["key"] == "tiles.nothing"


def _hide_all() -> list[str]:
    project = json.loads((ROOT / "assets" / "demo" / "project.json").read_text())
    return [f"--hide={layer['id']}" for layer in project["layers"]]


def test_on_all_cores_the_bytes_are_the_same(town, tmp_path):
    arguments = ["bake", str(town / "city.gpkg"), "--out", str(tmp_path / "out"), "--workers", "2"]
    assert main(arguments) == 0
    assert files(tmp_path / "out") == files(town / "out")


def test_tasks_that_cannot_be_sent_fail_at_once():
    with pytest.raises(Exception, match="pickle"):
        list(run(print, [lambda: 1], workers=2))


def test_glb_chunks_are_aligned(town):
    for data in files(town / "out").values():
        if data[:4] != b"glTF":
            continue
        _, version, length = struct.unpack_from("<4sII", data)
        (size,) = struct.unpack_from("<I", data, 12)
        assert version == 2
        assert length == len(data)
        assert len(data) % 8 == 0
        assert (20 + size) % 4 == 0
