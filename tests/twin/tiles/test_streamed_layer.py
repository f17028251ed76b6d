"""Streamed tiles as a layer: picked, told apart, coloured by a style, hidden by the clock's rows; in a real picture."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.twin.tiles.cities import ROOT, footprints
from twin.model import plans
from twin.model.project import Delta, Phase, Variant, View
from twin.model.style import Categories, Category, Style
from twin.registry import Registry
from twin.render.binding import SessionStage
from twin.render.stage import Stage
from twin.synth.grid import synthetic_city
from twin.work.assemble import assemble
from twin.work.session import Session
from ui.cli.main import main

pytestmark = pytest.mark.render
BUILDINGS = 3_000
SIZE = (640, 400)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    source = footprints(folder, BUILDINGS)
    assert main(["bake", str(source), "--out", str(folder / "out"), "--workers", "1"]) == 0
    return folder / "out"


class Shown:
    """A tileset in a session on a stage."""

    def __init__(self, tileset: Path) -> None:
        registry = Registry.discover([ROOT / "layers"])
        project, problems = assemble([tileset], registry, crs="EPSG:2154")
        assert not [p for p in problems if p.severity.value == "error"]
        self.session = Session(project, tileset.parent, registry)
        self.session.start()
        self.session.wait()
        self.layer_id = project.layers[0].id
        self.stage = Stage(size=SIZE)
        self.binding = SessionStage(self.session, self.stage)

    def look(
        self, position: tuple[float, float, float], target: tuple[float, float, float]
    ) -> None:
        self.stage.camera.look(View(id="", title={}, position=position, target=target))
        self.settle()

    def settle(self) -> None:
        while self.stage.upload(math.inf):
            pass
        self.binding.follow()
        self.session.wait()
        self.stage.render()

    @property
    def runtime(self):
        return self.session.layer(self.layer_id)

    def close(self) -> None:
        self.binding.close()
        self.stage.close()
        self.session.close()


@pytest.fixture
def shown(town: Path) -> Iterator[Shown]:
    made = Shown(town / "tileset.json")
    yield made
    made.close()


def _house_under(shown: Shown, index: int) -> tuple[str, tuple[float, float]]:
    city = synthetic_city(BUILDINGS, 1)
    middle = city.geometry.iloc[index].centroid
    x0, y0, _ = shown.session.project.frame.origin
    return city["feature_id"].iloc[index], (middle.x - x0, middle.y - y0)


def test_a_tileset_becomes_a_streamed_layer(shown):
    assert shown.runtime.spec.type == "belvedere.tileset"
    assert shown.runtime.bounds is not None


def test_picking_names_the_building_and_its_attributes(shown):
    name, (x, y) = _house_under(shown, 1505)
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
    name, (x, y) = _house_under(shown, 1505)
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
    _, (x, y) = _house_under(shown, 20)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    there = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    assert there[0] > 2 * there[1], "tiles that come later have the style too"
    assert name


def test_a_selected_building_glows(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    before = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    shown.session.selection.set([(shown.layer_id, name)])
    shown.settle()
    after = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    assert np.abs(after - before).max() > 30


def test_hidden_rows_vanish(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    row = shown.runtime.table.row_of(name)
    mask = np.ones(len(shown.runtime.table), bool)
    mask[row] = False
    shown.stage.set_rows(shown.layer_id, mask)
    shown.stage.render()
    hit = shown.stage.pick(SIZE[0] / 2, SIZE[1] / 2)
    assert hit is None or shown.runtime.table.feature_ids[hit.row] != name


def _under_the_middle(shown: Shown) -> str:
    hit = shown.stage.pick(SIZE[0] / 2, SIZE[1] / 2)
    return "" if hit is None else str(shown.runtime.table.feature_ids[hit.row])


def _planned(shown: Shown, feature: str, op: str, *, phase: str, values=()) -> None:
    delta = Delta(
        variant="a",
        phase=phase,
        layer=shown.layer_id,
        feature_id=feature,
        op=op,
        values=dict(values),
    )
    works = Phase(id="works", label={}, start=datetime(2030, 1, 1, tzinfo=UTC))

    def planned(project):
        project = plans.with_phase(plans.with_variant(project, Variant(id="a", label={})), works)
        return plans.with_delta(project, delta)

    shown.session.do("plan", planned)
    shown.session.set_variant("a")
    shown.session.wait()


def test_what_a_variant_removes_is_gone_from_its_phase_on(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    _planned(shown, name, "remove", phase="works")
    held = set(shown.stage.streamed()[shown.layer_id].stream.held)
    shown.session.clock.set(datetime(2029, 1, 1, tzinfo=UTC))
    shown.settle()
    assert _under_the_middle(shown) == name
    shown.session.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    shown.settle()
    assert _under_the_middle(shown) != name
    assert held <= set(shown.stage.streamed()[shown.layer_id].stream.held), "nothing loads again"
    shown.session.set_variant("")
    shown.settle()
    assert _under_the_middle(shown) == name


def test_what_a_variant_removes_is_gone_when_its_tile_comes(shown):
    name, (x, y) = _house_under(shown, 1505)
    _planned(shown, name, "remove", phase="")
    shown.stage.camera.look(View(id="", title={}, position=(x, y - 1.0, 80.0), target=(x, y, 0.0)))
    while shown.stage.upload(math.inf):
        pass
    stream = shown.stage.streamed()[shown.layer_id].stream
    columns, taken = stream.slots.columns()
    rows = shown.stage._layers[shown.layer_id].rows
    mine = columns["feature_id"] == name
    block = columns["merged_buildings"] > 1
    assert (mine & block).any(), "from afar it lends its name to a block"
    assert not rows.visible[: len(mine)][mine & ~block].any()
    assert rows.visible[: len(mine)][taken & ~(mine & ~block)].all()


def test_what_a_variant_modifies_has_its_new_values_from_its_phase_on(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    values = {"use": "school", "pupils": 300}
    _planned(shown, name, "modify", phase="works", values=values)
    shown.session.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    shown.settle()
    row = shown.runtime.table.row_of(name)
    assert shown.runtime.value(row, "use") == "school"
    assert shown.runtime.value(row, "pupils") == 300
    assert shown.runtime.value(row, "plan_phase") == "works"
    shown.session.clock.set(datetime(2029, 1, 1, tzinfo=UTC))
    row = shown.runtime.table.row_of(name)
    assert shown.runtime.value(row, "use") != "school"


def _square(shown: Shown, x: float, y: float, side: float = 14.0) -> str:
    x0, y0, _ = shown.session.project.frame.origin
    half = side / 2
    corners = ((-half, -half), (half, -half), (half, half), (-half, half), (-half, -half))
    told = ", ".join(f"{x0 + x + dx:.2f} {y0 + y + dy:.2f}" for dx, dy in corners)
    return f"POLYGON(({told}))"


def _top_under_the_middle(shown: Shown) -> float:
    hit = shown.stage.pick(SIZE[0] / 2, SIZE[1] / 2)
    return float("nan") if hit is None else hit.xyz_in_scene[2]


def test_a_building_that_a_variant_adds_stands_among_the_tiles(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 150.0), (x, y, 0.0))
    held = set(shown.stage.streamed()[shown.layer_id].stream.held)
    values = {"geometry": _square(shown, x, y), "height_m": 60.0, "use": "office"}
    _planned(shown, "plan-1", "add", phase="works", values=values)
    shown.session.clock.set(datetime(2029, 1, 1, tzinfo=UTC))
    shown.settle()
    assert _under_the_middle(shown) == name
    shown.session.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    shown.settle()
    assert _under_the_middle(shown) == "plan-1"
    assert _top_under_the_middle(shown) == pytest.approx(60.0, abs=1.0)
    assert held <= set(shown.stage.streamed()[shown.layer_id].stream.held), "nothing loads again"
    row = shown.runtime.table.row_of("plan-1")
    assert shown.runtime.value(row, "use") == "office"
    assert not shown.runtime.problems
    shown.session.set_variant("")
    shown.session.wait()
    shown.settle()
    assert _under_the_middle(shown) == name


def test_a_building_of_another_shape_takes_the_place_of_the_baked_one(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 150.0), (x, y, 0.0))
    before = _top_under_the_middle(shown)
    values = {"geometry": _square(shown, x, y), "height_m": before + 25.0}
    _planned(shown, name, "modify", phase="works", values=values)
    shown.session.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    shown.settle()
    assert _under_the_middle(shown) == f"{name}~works"
    assert _top_under_the_middle(shown) == pytest.approx(before + 25.0, abs=1.0)
    gone = shown.runtime.table.row_of(name)
    assert not shown.runtime.rows_visible[gone], "the baked one is not there any more"
    shown.session.clock.set(datetime(2029, 1, 1, tzinfo=UTC))
    shown.settle()
    assert _under_the_middle(shown) == name


def test_the_outline_of_a_baked_building_is_told(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    row = shown.runtime.table.row_of(name)
    outline = shown.stage.streamed()[shown.layer_id].outline(row)
    wanted = synthetic_city(BUILDINGS, 1).geometry.iloc[1505]
    x0, y0, _ = shown.session.project.frame.origin
    assert outline.area == pytest.approx(wanted.area, rel=0.01)
    assert outline.centroid.x + x0 == pytest.approx(wanted.centroid.x, abs=0.05)
    assert outline.centroid.y + y0 == pytest.approx(wanted.centroid.y, abs=0.05)
    assert shown.stage.streamed()[shown.layer_id].outline(0).is_empty


def test_what_is_planned_has_the_style_and_glows_when_selected(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 150.0), (x, y, 0.0))
    values = {"geometry": _square(shown, x, y), "height_m": 60.0, "use": "office"}
    _planned(shown, "plan-1", "add", phase="", values=values)
    red = Categories(column="use", categories=(Category(value="office", colour="#ff0000"),))
    layer_id = shown.layer_id
    shown.session.do(
        "style", lambda p: p.with_layer(replace(p.layer(layer_id), style=Style(rule=red)))
    )
    shown.session.wait()
    shown.settle()
    middle = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    assert middle[0] > 2 * middle[1]
    shown.session.selection.set([(layer_id, "plan-1")])
    shown.settle()
    there = shown.stage.image()[SIZE[1] // 2, SIZE[0] // 2].astype(int)
    assert np.abs(there - middle).max() > 30
    assert name


def test_a_form_that_nothing_is_told_of_is_said(shown):
    name, (x, y) = _house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    _planned(shown, name, "modify", phase="", values={"height_m": 40.0})
    assert [p.key for p in shown.runtime.problems] == ["plan.streamed_shape"]
    assert shown.runtime.state.value == "partial"


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
