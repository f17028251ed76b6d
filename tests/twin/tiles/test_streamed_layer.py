"""Streamed tiles as a layer: picked, told apart, coloured by a style, hidden by the clock's rows; in a real picture."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from tests.twin.tiles.shown import BUILDINGS, SIZE, Shown, house_under
from twin.model.style import Categories, Category, Style
from twin.synth.grid import synthetic_city

pytestmark = pytest.mark.render


def test_a_tileset_becomes_a_streamed_layer(shown):
    assert shown.runtime.spec.type == "belvedere.tileset"
    assert shown.runtime.bounds is not None


def test_picking_names_the_building_and_its_attributes(shown):
    name, (x, y) = house_under(shown, 1505)
    shown.look((x, y - 1.0, 150.0), (x, y, 0.0))
    hit = shown.stage.pick(SIZE[0] / 2, SIZE[1] / 2)
    assert hit is not None
    assert hit.layer_id == shown.layer_id
    table = shown.runtime.table
    assert table.feature_ids[hit.row] == name
    wanted = synthetic_city(BUILDINGS, 1).iloc[1505]
    facts = {
        fact.label["en"]: fact.value
        for fact in shown.runtime.facts(hit.row, shown.session.clock.at)
    }
    assert facts["height_m"] == pytest.approx(wanted["height_m"])
    assert facts["use"] == wanted["use"]


def test_a_style_recolours_what_is_there_and_what_comes(shown):
    uses = ("housing", "house", "office", "shop", "public", "industry")
    red = Style(
        rule=Categories(
            column="use", categories=tuple(Category(value=use, colour="#ff0000") for use in uses)
        )
    )
    name, (x, y) = house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    before = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    layer_id = shown.layer_id

    def styled(project):
        return project.with_layer(replace(project.layer(layer_id), style=red))

    shown.session.do("style", styled)
    shown.session.wait()
    shown.settle()
    after = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    assert abs(before[0] - before[1]) < 40
    assert after[0] > 2 * after[1]
    _, (x, y) = house_under(shown, 20)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    there = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    assert there[0] > 2 * there[1], "tiles that come later have the style too"
    assert name


def test_a_selected_building_glows(shown):
    name, (x, y) = house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    before = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    shown.session.selection.set([(shown.layer_id, name)])
    shown.settle()
    after = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    assert np.abs(after - before).max() > 30


def test_hidden_rows_vanish(shown):
    name, (x, y) = house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    row = shown.runtime.table.row_of(name)
    mask = np.ones(len(shown.runtime.table), bool)
    mask[row] = False
    shown.stage.set_rows(shown.layer_id, mask)
    shown.stage.render()
    hit = shown.stage.pick(SIZE[0] / 2, SIZE[1] / 2)
    assert hit is None or shown.runtime.table.feature_ids[hit.row] != name


def test_problems_of_tiles_reach_the_layer(town, tmp_path):
    import shutil

    shutil.copytree(town, tmp_path / "out")
    for path in (tmp_path / "out" / "tiles").rglob("*.glb"):
        if path.name != "0_0_0.glb":
            path.write_bytes(b"glTF")
    made = Shown(tmp_path / "out" / "tileset.json")
    try:
        made.look((0.0, -10.0, 200.0), (0.0, 0.0, 0.0))
        assert made.runtime.state.value == "partial"
        assert {p.key for p in made.runtime.problems} <= {"io.tile_damaged", "io.gltf_damaged"}
        assert made.runtime.problems
    finally:
        made.close()


def test_the_next_stop_of_a_story_is_there_before_the_camera(shown: Shown) -> None:
    from twin.render.pose import pose_from

    shown.look((0.0, -30_000.0, 30_000.0), (0.0, 0.0, 0.0))
    (tiles,) = shown.stage.streamed().values()
    before = set(tiles.stream.held)
    near = ((0.0, -250.0, 180.0), (0.0, 0.0, 0.0))
    shown.stage.foresee([pose_from(*near, 40.0)])
    end = time.monotonic() + 20.0
    while set(tiles.stream.held) == before and time.monotonic() < end:
        shown.stage.upload(8.0)
        tiles.wait(0.05)
    loaded = set(tiles.stream.held) - before
    assert loaded, "what the stop needs is loaded while one looks from afar"
    assert not any(held.tile.number in loaded for held in tiles.stream.drawn)


def test_tiles_that_came_are_shown_first_and_their_shadows_with_the_next_frame(shown):
    stage = shown.stage
    stage.set_sun(200.0, 30.0)
    stage.set_quality("still")
    shown.look((-150.0, -150.0, 120.0), (0.0, 0.0, 0.0))
    first = stage.image().astype(int)
    assert stage.waits_for_render
    while stage.waits_for_render:
        time.sleep(0.002)
        stage.render()
    with_shadows = stage.image().astype(int)
    assert with_shadows.mean() < first.mean() - 1.0
    stage.render()
    assert np.abs(stage.image().astype(int) - with_shadows).max() <= 1
    assert not stage.waits_for_render


def test_a_resting_picture_of_too_much_is_put_together_of_parts(shown, monkeypatch):
    monkeypatch.setattr("twin.tiles.stream.FEW", 1)
    stage = shown.stage
    stage.set_quality("still")
    shown.look((0.0, -1_300.0, 900.0), (0.0, 0.0, 0.0))
    while stage.waits_for_render:
        stage.render()
    while stage.refine():
        pass
    whole, stream = stage.image().astype(int), stage.streamed()[shown.layer_id].stream
    assert not stream.falls_short
    usual = float(np.median([held.nbytes for held in stream.held.values()]))
    monkeypatch.setattr("twin.render.refining.MOST_OF_A_PART", round(3 * usual))
    stream.most_drawn_bytes = round(1.5 * usual)
    stage.camera.orbit(0.001, 0.0)
    shown.settle()
    assert stream.falls_short
    coarse, parts, steps = stage.image().astype(int), 0, 0
    while stage.refine():
        parts, steps = parts + stage.piecing, steps + 1
        assert not (stage.piecing and stage.uploading), "nobody else has to load its tiles"
        assert steps < 20_000
    assert parts > 0
    assert stage.size == SIZE
    fine = stage.image().astype(int)
    assert np.abs(fine - whole).mean() < 0.4 * np.abs(coarse - whole).mean()
    assert not stage.piecing
    assert stream.drawn, "the view as a whole is there again, to be picked"
