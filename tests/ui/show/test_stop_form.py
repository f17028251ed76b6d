"""The form of a stop: what it takes from the view, its files, and what stands beside; every change can be undone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui import small_city
from tests.ui.show.conftest import town_story
from tests.ui.window.conftest import make_window, services  # noqa: F401 - fixtures
from twin.analysis import cuts
from twin.model.project import Variant
from twin.model.story import Stop
from twin.store.project_folder import save_project
from ui.opened import Opened
from ui.show.stop_form import StopForm
from ui.show.stories_panel import StoriesPanel
from ui.window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(make_window: Callable, tmp_path: Path) -> MainWindow:  # noqa: F811
    """A window on the small town, in a folder of its own, with another place in it."""
    variants = (Variant(id="garden", label={"en": "Garden"}),)
    city = small_city.project(broken=False)
    project = replace(city, stories=(town_story(),), variants=variants)
    home = tmp_path / "town"
    save_project(project, home)
    save_project(city, home / "elsewhere" / "port")
    return make_window(Opened(project=project, folder=home))


@pytest.fixture
def form(window: MainWindow) -> StopForm:
    window.docks.show("stories")
    panel = window.findChild(StoriesPanel)
    assert panel is not None
    panel.stops.setCurrentRow(0)
    return panel.form


def stop(window: MainWindow) -> Stop:
    return window.session.project.story("tour").stop("south")


def test_section_path_and_moment_are_taken_from_the_view_and_put_away(
    window: MainWindow, form: StopForm, qtbot: QtBot
) -> None:
    seen = form.parts["seen"]
    assert not seen.drops["section"].isEnabled()
    window.viewport.section.show((cuts.level(6.0),))
    qtbot.mouseClick(seen.takes["section"], LEFT)
    assert len(stop(window).section) == 1
    assert "1" in seen._said["section"].text()
    for _ in range(2):
        window.viewport.stage.camera.orbit(20.0, 0.0)
        qtbot.mouseClick(seen.takes["path"], LEFT)
    assert stop(window).motion.kind == "path"
    assert len(stop(window).motion.cameras) == 2
    assert form._motion.currentData() == "path"
    qtbot.mouseClick(seen.takes["until"], LEFT)
    assert stop(window).motion.until == window.session.clock.at
    qtbot.mouseClick(seen.drops["section"], LEFT)
    assert stop(window).section == ()
    while window.session.history.can_undo:
        window.session.undo()
    assert stop(window) == town_story().stop("south")


def test_chart_and_styles_come_from_selection_and_layers(
    window: MainWindow, form: StopForm, qtbot: QtBot
) -> None:
    seen = form.parts["seen"]
    qtbot.waitUntil(lambda: window.session.layer("houses").table is not None, timeout=10_000)
    window.session.selection.set([("houses", "house-2")])
    qtbot.mouseClick(seen.takes["chart"], LEFT)
    assert stop(window).chart == ("houses", "house-2")
    assert "Maison n° 2" in seen._said["chart"].text()
    qtbot.mouseClick(seen.takes["styles"], LEFT)
    assert set(stop(window).styles) == {"houses"}


def test_files_are_copied_into_the_project_and_captioned_by_language(
    window: MainWindow, form: StopForm, tmp_path: Path, qtbot: QtBot
) -> None:
    media = form.parts["media"]
    Image.new("RGB", (8, 8)).save(tmp_path / "plan.png")
    (tmp_path / "talk.ogg").write_bytes(b"a talk")
    for name in ("plan.png", "plan.png", "talk.ogg", "notes.txt"):
        media.add(tmp_path / name)
    assert [p.path for p in stop(window).pictures] == ["media/plan.png", "media/plan-2.png"]
    assert stop(window).sound.path == "media/talk.ogg"
    assert (window.session.folder / "media" / "plan-2.png").is_file()
    form.set_language("ko")
    media.list.setCurrentRow(1)
    qtbot.keyClicks(media.caption, "plan")
    qtbot.keyClicks(media.source, "City")
    assert stop(window).pictures[1].caption == {"ko": "plan"}
    assert stop(window).pictures[1].source == "City"
    assert media.caption.text() == "plan"
    media.list.setCurrentRow(0)
    media.remove()
    assert [p.path for p in stop(window).pictures] == ["media/plan-2.png"]
    assert media.list.count() == 2


def test_a_project_without_a_folder_of_its_own_takes_no_files(
    window: MainWindow, form: StopForm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(window, "say", lambda key, **_values: said.append(key))
    window.files.folder = None
    (tmp_path / "talk.ogg").write_bytes(b"a talk")
    form.parts["media"].add(tmp_path / "talk.ogg")
    assert said == ["stop.save_first"]
    assert stop(window).sound is None


def test_the_screen_is_divided_between_variants_or_places(
    window: MainWindow, form: StopForm, qtbot: QtBot
) -> None:
    beside = form.parts["beside"]
    assert not beside.place.isEnabled()
    beside.kind.setCurrentIndex(beside.kind.findData("swipe"))
    beside.variant.setCurrentIndex(beside.variant.findData("garden"))
    form.set_language("en")
    qtbot.keyClicks(beside.title, "Garden")
    told = stop(window).beside
    assert (told.kind, told.variant, told.title) == ("swipe", "garden", {"en": "Garden"})
    beside.other_time.setChecked(True)
    assert stop(window).beside.at is not None
    beside.place.setCurrentIndex(beside.place.findData("elsewhere/port"))
    told = stop(window).beside
    assert (told.project, told.variant) == ("elsewhere/port", "")
    assert not beside.variant.isEnabled()
    beside.kind.setCurrentIndex(0)
    assert stop(window).beside is None
    shutil.rmtree(window.session.folder / "elsewhere")


def test_a_figure_is_kept_once_it_has_words_and_a_source(
    window: MainWindow, form: StopForm, qtbot: QtBot
) -> None:
    form.set_language("fr")
    figures, before = form.parts["figures"], stop(window).figures
    figures.add_new()
    figures.value.setValue(1623.5)
    qtbot.keyClicks(figures.label, "logements")
    assert stop(window).figures == before
    qtbot.keyClicks(figures.source, "Ville")
    figures.unit.setEditText("m\N{SUPERSCRIPT TWO}")
    figures.qualifier.setCurrentIndex(figures.qualifier.findData("over"))
    assert figures.value.text() == "1623.5"
    form.set_language("ko")
    qtbot.keyClicks(figures.label, "dwellings")
    (*kept, made) = stop(window).figures
    assert tuple(kept) == before
    assert made.label == {"fr": "logements", "ko": "dwellings"}
    assert (made.value, made.source) == (1623.5, "Ville")
    assert (made.unit, made.qualifier, made.quality) == ("m2", "over", "declared")
    figures.source.clear()
    qtbot.keyClick(figures.source, Qt.Key.Key_Space)
    assert stop(window).figures[-1].source == "Ville"
    figures.remove()
    assert stop(window).figures == before
    while window.session.history.can_undo:
        window.session.undo()
    assert stop(window) == town_story().stop("south")


def test_figures_of_the_other_side_need_another_side(
    window: MainWindow, form: StopForm, qtbot: QtBot
) -> None:
    beside, figures = form.parts["beside"], form.parts["beside_figures"]
    assert not figures.isVisibleTo(form)
    beside.kind.setCurrentIndex(beside.kind.findData("split"))
    assert figures.isVisibleTo(form)
    figures.add_new()
    qtbot.keyClicks(figures.label, "berths")
    qtbot.keyClicks(figures.source, "Port")
    assert [figure.source for figure in stop(window).beside.figures] == ["Port"]


def test_branches_lead_to_other_stops_and_can_be_worded_in_each_language(
    window: MainWindow, form: StopForm, qtbot: QtBot
) -> None:
    form.set_language("en")
    branches = form.parts["branches"]
    while branches.list.count():
        branches.remove()
    assert stop(window).branches == ()
    branches.add_new()
    aside = next(s for s in town_story().stops if s.aside)
    assert [b.stop for b in stop(window).branches] == [aside.id]
    assert stop(window).branches[0].title == aside.title
    branches.title.clear()
    qtbot.keyClicks(branches.title, "Ask me about heat")
    branches.stop.setCurrentIndex(branches.stop.findData("east"))
    made = stop(window).branches[0]
    assert (made.title["en"], made.stop) == ("Ask me about heat", "east")
    assert "Ask me about heat" in branches.list.item(0).text()
    window.session.undo()
    assert [b.stop for b in stop(window).branches] != ["east"]
