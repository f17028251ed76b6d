"""The editor: capture, order, words in each language, and every step undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from twin.analysis import cuts
from twin.work.sections import from_story
from ui.show.stories_panel import StoriesPanel
from ui.window import MainWindow


@pytest.fixture
def panel(window: MainWindow) -> StoriesPanel:
    window.docks.show("stories")
    found = window.findChild(StoriesPanel)
    assert found is not None
    return found


def ids(window: MainWindow) -> list[str]:
    return [stop.id for stop in window.session.project.story("tour").stops]


def test_stops_are_captured_ordered_and_removed_and_all_is_undone(
    window: MainWindow, panel: StoriesPanel
) -> None:
    window.viewport.stage.camera.orbit(30.0, 0.0)
    window.viewport.section.show((cuts.level(7.0),))
    panel._capture_stop()
    assert ids(window) == ["south", "stop-1", "west", "east", "pipe"]
    captured = window.session.project.story("tour").stop("stop-1")
    assert captured.camera.position == pytest.approx(window.viewport.stage.camera.pose.position)
    assert from_story(captured.section)[0].equation == pytest.approx([0.0, 0.0, -1.0, -7.0])
    panel._reorder(["west", "south", "stop-1", "east", "pipe"])
    assert ids(window)[0] == "west"
    panel.stops.setCurrentRow(4)
    panel._remove_stop()
    assert "pipe" not in ids(window)
    assert window.session.project.story("tour").stop("south").branches == ()
    for _ in range(3):
        window.session.undo()
    assert ids(window) == ["south", "west", "east", "pipe"]
    assert not window.session.dirty


def test_words_are_written_in_the_chosen_language_only(
    window: MainWindow, panel: StoriesPanel, qtbot: QtBot
) -> None:
    panel.stops.setCurrentRow(0)
    panel.form.set_language("ko")
    panel.form._title.clear()
    qtbot.keyClicks(panel.form._title, "from here")
    stop = window.session.project.story("tour").stop("south")
    assert stop.title == {"en": "From the south", "ko": "from here", "ar": "من الجنوب"}
    panel.form._hold.setValue(33.0)
    assert window.session.project.story("tour").stop("south").hold_s == 33.0
    window.session.undo()
    assert window.session.project.story("tour").stop("south").title["ko"] == "남쪽에서"


def test_a_new_story_begins_with_the_present_view(window: MainWindow, panel: StoriesPanel) -> None:
    panel._add_story()
    assert [s.id for s in window.session.project.stories] == ["tour", "story-1"]
    assert panel.story is not None
    assert panel.story.id == "story-1"
    assert len(panel.story.stops) == 1


def test_texts_go_out_and_come_back(
    window: MainWindow, panel: StoriesPanel, tmp_path: Path
) -> None:
    path = tmp_path / "tour.po"
    panel.write_texts(path, "fr")
    text = path.read_text("utf-8").replace(
        'msgid "Four houses."\nmsgstr ""', 'msgid "Four houses."\nmsgstr "Quatre maisons."'
    )
    path.write_text(text, "utf-8")
    panel.take_texts(path)
    assert window.session.project.story("tour").stop("south").text["fr"] == "Quatre maisons."
    window.session.undo()
    assert "fr" not in window.session.project.story("tour").stop("south").text


def test_dragging_in_the_list_orders_the_story(window: MainWindow, panel: StoriesPanel) -> None:
    model = panel.stops.model()
    assert model.moveRow(panel.stops.rootIndex(), 2, panel.stops.rootIndex(), 0)
    assert ids(window) == ["east", "south", "west", "pipe"]


def test_a_story_as_a_whole_is_worded_told_in_languages_and_removed(
    window: MainWindow, panel: StoriesPanel, qtbot: QtBot
) -> None:
    before = window.session.project.story("tour")
    whole = panel._whole
    whole.language.setCurrentIndex(whole.language.findData("ko"))
    whole.title.clear()
    qtbot.keyClicks(whole.title, "round")
    whole.told_in["ar"].setChecked(not whole.told_in["ar"].isChecked())
    whole.loop.setChecked(not before.loop)
    whole.fallback.setCurrentIndex(0)
    story = window.session.project.story("tour")
    assert story.title == {**before.title, "ko": "round"}
    assert ("ar" in story.languages) != ("ar" in before.languages)
    assert story.loop != before.loop
    assert story.fallback == story.languages[0]
    for box in whole.told_in.values():
        box.setChecked(False)
    assert len(window.session.project.story("tour").languages) == 1
    panel._remove_story()
    assert window.session.project.stories == ()
    while window.session.history.can_undo:
        window.session.undo()
    assert window.session.project.story("tour") == before
