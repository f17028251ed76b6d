"""Variants on streamed tiles: buildings removed, changed, added and reshaped, from their phase on; in a picture."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from tests.twin.tiles.shown import BUILDINGS, SIZE, Shown, house_under, under_the_middle
from twin.model import plans
from twin.model.project import Delta, Phase, Variant, View
from twin.model.style import Categories, Category, Style
from twin.synth.grid import synthetic_city

pytestmark = pytest.mark.render


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
    name, (x, y) = house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    _planned(shown, name, "remove", phase="works")
    held = set(shown.stage.streamed()[shown.layer_id].stream.held)
    shown.session.clock.set(datetime(2029, 1, 1, tzinfo=UTC))
    shown.settle()
    assert under_the_middle(shown) == name
    shown.session.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    shown.settle()
    assert under_the_middle(shown) != name
    assert held <= set(shown.stage.streamed()[shown.layer_id].stream.held), "nothing loads again"
    shown.session.set_variant("")
    shown.settle()
    assert under_the_middle(shown) == name


def test_what_a_variant_removes_is_gone_when_its_tile_comes(shown):
    name, (x, y) = house_under(shown, 1505)
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
    name, (x, y) = house_under(shown, 1505)
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
    name, (x, y) = house_under(shown, 1505)
    shown.look((x, y - 1.0, 150.0), (x, y, 0.0))
    held = set(shown.stage.streamed()[shown.layer_id].stream.held)
    values = {"geometry": _square(shown, x, y), "height_m": 60.0, "use": "office"}
    _planned(shown, "plan-1", "add", phase="works", values=values)
    shown.session.clock.set(datetime(2029, 1, 1, tzinfo=UTC))
    shown.settle()
    assert under_the_middle(shown) == name
    shown.session.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    shown.settle()
    assert under_the_middle(shown) == "plan-1"
    assert _top_under_the_middle(shown) == pytest.approx(60.0, abs=1.0)
    assert held <= set(shown.stage.streamed()[shown.layer_id].stream.held), "nothing loads again"
    row = shown.runtime.table.row_of("plan-1")
    assert shown.runtime.value(row, "use") == "office"
    assert not shown.runtime.problems
    shown.session.set_variant("")
    shown.session.wait()
    shown.settle()
    assert under_the_middle(shown) == name


def test_a_building_of_another_shape_takes_the_place_of_the_baked_one(shown):
    name, (x, y) = house_under(shown, 1505)
    shown.look((x, y - 1.0, 150.0), (x, y, 0.0))
    before = _top_under_the_middle(shown)
    values = {"geometry": _square(shown, x, y), "height_m": before + 25.0}
    _planned(shown, name, "modify", phase="works", values=values)
    shown.session.clock.set(datetime(2031, 1, 1, tzinfo=UTC))
    shown.settle()
    assert under_the_middle(shown) == f"{name}~works"
    assert _top_under_the_middle(shown) == pytest.approx(before + 25.0, abs=1.0)
    gone = shown.runtime.table.row_of(name)
    assert not shown.runtime.rows_visible[gone], "the baked one is not there any more"
    shown.session.clock.set(datetime(2029, 1, 1, tzinfo=UTC))
    shown.settle()
    assert under_the_middle(shown) == name


def test_the_outline_of_a_baked_building_is_told(shown):
    name, (x, y) = house_under(shown, 1505)
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
    name, (x, y) = house_under(shown, 1505)
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
    name, (x, y) = house_under(shown, 1505)
    shown.look((x, y - 1.0, 80.0), (x, y, 0.0))
    _planned(shown, name, "modify", phase="", values={"height_m": 40.0})
    assert [p.key for p in shown.runtime.problems] == ["plan.streamed_shape"]
    assert shown.runtime.state.value == "partial"
