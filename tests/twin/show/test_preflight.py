"""What the check finds in a project that is not ready, and in one that is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin.render import toy_town
from tests.twin.show.story_of_town import story
from twin.model.layer import Source
from twin.model.project import Project
from twin.model.story import Beside, Clip, Picture
from twin.show.preflight import (
    Item,
    Light,
    check_files,
    check_plugins,
    check_renderer,
    check_selections,
    check_stories,
    worst,
)


@pytest.fixture
def project() -> Project:
    return replace(toy_town.project(), stories=(story(),))


def found(items: list[Item], name: str) -> list[tuple[Light, str]]:
    return [(item.light, item.problem.where) for item in items if item.id == name]


def test_a_missing_file_of_a_told_layer_is_red(project: Project, tmp_path: Path) -> None:
    items = list(check_files(project, tmp_path))
    assert found(items, "files") == [(Light.RED, "houses")]
    (tmp_path / "none").write_text("here")
    assert found(list(check_files(project, tmp_path)), "files") == [(Light.GREEN, "")]


def test_a_source_of_the_network_is_amber_and_hides_its_query(
    project: Project, tmp_path: Path
) -> None:
    (tmp_path / "none").write_text("here")
    address = Source(path="https://example.org/wfs?token=abc")
    spec = replace(project.layer("pipe"), sources={"features": address})
    (item,) = [i for i in check_files(project.with_layer(spec), tmp_path) if i.id == "network"]
    assert item.light is Light.AMBER
    assert "token" not in str(item.problem.values)


def test_a_missing_picture_and_an_unknown_layer_are_red(project: Project, tmp_path: Path) -> None:
    stop = replace(story().stop("south"), pictures=(Picture(path="p.png"),), layers=("nowhere",))
    changed = project.with_story(story().with_stop(stop))
    (tmp_path / "none").write_text("here")
    assert (Light.RED, "south") in found(list(check_files(changed, tmp_path)), "files")
    assert found(list(check_stories(changed)), "stories") == [(Light.RED, "tour/south")]


def test_a_place_beside_a_stop_must_be_there(project: Project, tmp_path: Path) -> None:
    stop = replace(story().stop("south"), beside=Beside(project="there"), video=Clip(path="v.mp4"))
    changed = project.with_story(story().with_stop(stop))
    named = [
        i.problem.values["file"]
        for i in check_files(changed, tmp_path)
        if i.problem.where == "south"
    ]
    assert named == ["v.mp4", "there"]
    stop = replace(stop, beside=Beside(layers=("nowhere",), variant="none"))
    (wrong,) = [
        i for i in check_stories(project.with_story(story().with_stop(stop))) if i.id == "stories"
    ]
    assert wrong.problem.values["names"] == "none, nowhere"


def test_missing_texts_are_amber(project: Project) -> None:
    stop = replace(story().stop("south"), text={"en": "Only English"})
    items = list(check_stories(project.with_story(story().with_stop(stop))))
    assert found(items, "translations") == [(Light.AMBER, "tour")]
    assert found(list(check_stories(project)), "translations") == [(Light.GREEN, "tour")]


def test_plugins_of_another_version_and_missing_ones() -> None:
    items = list(check_plugins({"a": "1", "b": "2"}, {"a": "1.1"}))
    assert found(items, "plugins") == [(Light.AMBER, "a"), (Light.RED, "b")]
    assert worst(items) is Light.RED


def test_drawing_without_a_graphics_card_is_amber_only() -> None:
    assert check_renderer("llvmpipe (LLVM 15.0.6, 256 bits)").light is Light.AMBER
    assert check_renderer("").light is Light.AMBER
    assert check_renderer("NVIDIA RTX 4090").light is Light.GREEN


def test_a_selected_object_that_is_not_there_is_named(tmp_path: Path) -> None:
    session = toy_town.open_town(tmp_path)
    try:
        table = session.layer("houses").table
        assert table is not None
        known = str(table.feature_ids[0])
        stop = replace(story().stop("south"), selection=(("houses", known), ("houses", "gone")))
        session.do("show.stop", lambda p: p.with_story(story().with_stop(stop)))
        assert [i.problem.values["feature"] for i in check_selections(session)] == ["houses/gone"]
    finally:
        session.close()
