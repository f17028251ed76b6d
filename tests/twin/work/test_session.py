"""A session keeps its layers in step with the project, whatever layers do."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.twin.work.conftest import spec
from twin.model.layer import LayerState
from twin.model.style import Categories, Category, Constant, Style
from twin.work.session import Session

Open = Callable[..., Session]


def test_a_layer_is_loaded_built_and_coloured(open_session: Open) -> None:
    session = open_session(spec())
    assert session.wait(10)
    layer = session.layer("probe")
    assert layer.state is LayerState.READY
    assert len(layer.drawables) == 1
    assert layer.rgba.shape == (3, 4)
    assert layer.geometry_bounds_in_scene() == (0, 0, 0, 2, 0, 0)


def test_layers_stand_on_the_terrain_whichever_is_listed_first(open_session: Open) -> None:
    session = open_session(spec(), spec("hill", "probe.hill"))
    session.wait(10)
    bounds = session.layer("probe").geometry_bounds_in_scene()
    assert bounds is not None
    assert bounds[2] == 42.0


def test_without_its_terrain_the_city_comes_down_to_zero_and_undo_lifts_it(
    open_session: Open,
) -> None:
    session = open_session(spec(), spec("hill", "probe.hill"))
    session.wait(10)
    session.do("layer.remove", lambda p: p.without_layer("hill"))
    session.wait(10)
    assert session.layer("probe").bounds[2] == 0.0  # type: ignore[index]
    session.undo()
    session.wait(10)
    assert session.layer("probe").bounds[2] == 42.0  # type: ignore[index]


def test_a_failing_layer_is_named_and_the_others_go_on(open_session: Open) -> None:
    session = open_session(spec("bad", params={"fail": "load"}), spec("good"))
    session.wait(10)
    assert session.layer("bad").state is LayerState.FAILED
    assert session.layer("good").state is LayerState.READY
    (layer_id, problem) = session.problems[0]
    assert layer_id == "bad"
    assert "no luck" in str(problem.values["reason"])
    assert "layer.py:" in str(problem.values["reason"]), "an author needs the file and line"


def test_an_unknown_layer_type_is_a_problem_not_a_crash(open_session: Open) -> None:
    session = open_session(spec("odd", "nowhere.at_all"), spec("good"))
    session.wait(10)
    assert session.layer("odd").problems[0].key == "plugin.unknown_layer_type"
    assert session.layer("good").state is LayerState.READY


def test_a_reported_row_makes_the_layer_partial(open_session: Open) -> None:
    session = open_session(spec(params={"fail": "report"}))
    session.wait(10)
    assert session.layer("probe").state is LayerState.PARTIAL
    assert session.layer("probe").drawables


def test_a_drawable_that_cannot_be_drawn_is_dropped_and_said(open_session: Open) -> None:
    session = open_session(spec(params={"fail": "nan"}))
    session.wait(10)
    layer = session.layer("probe")
    assert len(layer.drawables) == 1
    assert [p.key for p in layer.problems] == ["layer.bad_drawable"]


def test_a_layer_that_draws_nothing_says_so(open_session: Open) -> None:
    session = open_session(spec(params={"fail": "empty"}))
    session.wait(10)
    layer = session.layer("probe")
    assert layer.state is LayerState.PARTIAL
    assert [(p.key, p.values["count"]) for p in layer.problems] == [("layer.nothing_to_draw", 3)]


def test_a_wrong_parameter_is_said_and_its_default_used(open_session: Open) -> None:
    session = open_session(spec(params={"size_px": "big"}))
    session.wait(10)
    assert [p.key for p in session.layer("probe").problems] == ["params.no_number"]
    assert session.layer("probe").drawables[0].size_px == 4.0  # type: ignore[union-attr]


def test_a_style_recolours_without_a_build(open_session: Open) -> None:
    session = open_session(spec())
    session.wait(10)
    before = session.layer("probe").drawables
    style = Style(
        rule=Categories(column="kind", categories=(Category(value="b", colour="#00ff00"),))
    )
    session.do("style.change", lambda p: p.with_layer(replace(p.layer("probe"), style=style)))
    session.wait(10)
    assert session.layer("probe").drawables is before
    assert session.layer("probe").rgba[1].tolist() == [0, 255, 0, 255]
    session.undo()
    session.wait(10)
    assert session.layer("probe").rgba[1].tolist() != [0, 255, 0, 255]


def test_params_rebuild_and_only_load_params_reload(open_session: Open) -> None:
    session = open_session(spec())
    session.wait(10)
    table = session.layer("probe").table
    session.do("p", lambda p: p.with_layer(replace(p.layer("probe"), params={"size_px": 9.0})))
    session.wait(10)
    assert session.layer("probe").table is table
    assert session.layer("probe").drawables[0].size_px == 9.0  # type: ignore[union-attr]
    session.do("p", lambda p: p.with_layer(replace(p.layer("probe"), params={"rows": 2})))
    session.wait(10)
    assert len(session.layer("probe").table) == 2  # type: ignore[arg-type]


def test_of_five_quick_changes_only_the_last_is_applied(open_session: Open) -> None:
    session = open_session(spec())
    session.wait(10)
    seen: list[float] = []
    session.layer_changed.connect(
        lambda _id, aspects: (
            seen.append(session.layer("probe").drawables[0].size_px)
            if "drawables" in aspects
            else None  # type: ignore[union-attr]
        )
    )
    for size in (5.0, 6.0, 7.0, 8.0, 9.0):
        session.do(
            "p", lambda p, s=size: p.with_layer(replace(p.layer("probe"), params={"size_px": s}))
        )
    session.wait(10)
    assert seen == [9.0]


def test_time_hides_rows_and_renews_columns(open_session: Open) -> None:
    session = open_session(spec())
    session.wait(10)
    session.clock.set(datetime(1950, 1, 1, 7, tzinfo=UTC))
    assert session.layer("probe").rows_visible.tolist() == [True, False, True]
    assert session.layer("probe").value(0, "hour") == 7.0
    session.clock.set(datetime(1850, 1, 1, tzinfo=UTC))
    assert session.layer("probe").rows_visible.tolist() == [False, False, True]


def test_removing_a_layer_cancels_its_work_and_selection(open_session: Open) -> None:
    session = open_session(spec(params={"fail": "forever"}), spec("good"))
    session.selection.set([("probe", "p1"), ("good", "p1")])
    session.do("layer.remove", lambda p: p.without_layer("probe"))
    assert session.wait(5), "a cancelled load must end"
    assert session.selection.features == {("good", "p1")}


def test_closing_ends_work_that_would_never_end(open_session: Open) -> None:
    session = open_session(spec(params={"fail": "forever"}))
    start = time.monotonic()
    session.close()
    assert time.monotonic() - start < 5, "closing waits for the next check only"


def test_nothing_changes_when_nothing_is_changed(open_session: Open) -> None:
    session = open_session(spec())
    session.do("nothing", lambda p: p)
    assert not session.history.can_undo
    assert not session.dirty


def test_constant_style_is_the_default_of_a_layer_that_has_none(open_session: Open) -> None:
    session = open_session(spec())
    session.wait(10)
    assert session.layer("probe").style == Style(rule=Constant())


@pytest.mark.parametrize("column", ["feature_id", "kind", "hour"])
def test_facts_list_every_column(open_session: Open, column: str) -> None:
    session = open_session(spec())
    session.wait(10)
    facts = session.layer("probe").facts(0, session.clock.at)
    assert column in {dict(f.label)["en"] for f in facts}


@pytest.mark.parametrize("fault", ["row", "colour", "thing"])
def test_a_drawable_that_would_break_the_picture_is_left_out(
    open_session: Open, fault: str
) -> None:
    session = open_session(spec(params={"fail": fault}))
    assert session.wait(20)
    layer = session.layer("probe")
    assert layer.state is LayerState.PARTIAL
    assert len(layer.drawables) == 1
    assert [p.key for p in layer.problems] == ["layer.bad_drawable"]


def test_columns_of_the_wrong_length_are_told_and_not_taken(
    open_session: Open,
) -> None:
    session = open_session(spec(params={"fail": "columns"}))
    assert session.wait(20)
    session.clock.set(datetime(2026, 1, 1, 22, tzinfo=UTC))
    before = session.layer("probe").column("hour")
    session.clock.set(datetime(2026, 1, 1, 23, tzinfo=UTC))
    layer = session.layer("probe")
    assert [p.key for p in layer.problems] == ["layer.columns_failed"]
    assert layer.column("hour") is before


def test_a_layer_without_its_values_at_a_time_is_still_shown(open_session: Open) -> None:
    session = open_session(spec(params={"fail": "clock"}))
    assert session.wait(20)
    layer = session.layer("probe")
    assert len(layer.drawables) == 1
    assert {p.key for p in layer.problems} == {"layer.columns_failed"}


def test_of_two_terrains_the_second_says_that_nothing_stands_on_it(open_session: Open) -> None:
    session = open_session(spec("a", "probe.hill"), spec("b", "probe.hill"))
    session.wait(10)
    assert [(where, p.key) for where, p in session.problems] == [("b", "layer.not_the_ground")]
    session.do("layer.remove", lambda p: p.without_layer("a"))
    session.wait(10)
    assert session.problems == ()


def test_a_terrain_that_cannot_be_read_any_more_is_no_ground(open_session: Open) -> None:
    session = open_session(spec(), spec("hill", "probe.hill"))
    session.wait(10)
    before = session.layer("probe").bounds
    session.do("x", lambda p: p.with_layer(spec("hill", "probe.hill", params={"fail": "load"})))
    session.wait(10)
    assert session.layer("hill").state is LayerState.FAILED
    after = session.layer("probe").bounds
    assert before is not None
    assert after is not None
    assert (before[2], after[2]) == (42.0, 0.0)


def test_what_is_shown_loads_before_what_is_hidden(open_session: Open) -> None:
    hidden, shown = replace(spec("hidden"), visible=False), spec("shown")
    session = open_session(hidden, shown)
    order: list[str] = []

    def note(layer_id: str, aspects: frozenset[str]) -> None:
        if "drawables" in aspects:
            order.append(layer_id)

    session.layer_changed.connect(note)
    assert session.wait(10)
    assert order == ["shown", "hidden"]
    assert {r.state for r in session.layers()} == {LayerState.READY}


def test_a_hidden_terrain_is_still_the_ground(open_session: Open) -> None:
    session = open_session(replace(spec("hill", "probe.hill"), visible=False), spec())
    assert session.wait(10)
    assert session.ground.height_m([[0.0, 0.0]])[0] == 42.0
