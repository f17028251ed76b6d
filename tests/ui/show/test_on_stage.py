"""A show from its beginning to its end: stops, languages, pointer, screens, console, and everything given back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDockWidget
from pytestqt.qtbot import QtBot

from twin.analysis import cuts
from twin.model.story import Clip
from twin.show.player import Phase
from twin.work.sections import to_story
from ui.i18n import translator
from ui.show.desk import play
from ui.show.marks import Tool
from ui.show.on_stage import OnStage
from ui.window import MainWindow


@pytest.fixture
def stage(window: MainWindow) -> Iterator[OnStage]:
    show = OnStage(window, window.session.project.story("tour"), "en")
    window.on_stage = show
    show.begin(console=True)
    yield show
    show.end()
    window.on_stage = None


def words(stage: OnStage) -> str:
    return stage.audience.card.accessibleName()


def test_keys_and_clickers_lead_through_the_story(stage: OnStage) -> None:
    assert words(stage).startswith("From the south. Four houses.")
    QTest.keyClick(stage.audience, Qt.Key.Key_PageDown)
    assert stage.player.stop.id == "west"
    stage.performer.advance(1.0)
    assert stage.player.phase is Phase.HOLDING
    QTest.keyClick(stage.audience, Qt.Key.Key_PageUp)
    assert stage.player.stop.id == "south"
    QTest.keyClick(stage.audience, Qt.Key.Key_1)
    assert stage.player.stop.id == "pipe"
    QTest.keyClick(stage.audience, Qt.Key.Key_Space)
    assert stage.player.stop.id == "south"


def test_a_stop_sets_layers_clock_and_camera_without_changing_the_project(
    stage: OnStage, window: MainWindow
) -> None:
    assert not window.session.dirty
    assert window.session.clock.at == stage.player.stop.at
    assert window.viewport.stage.camera.pose.position == pytest.approx((0.0, -260.0, 120.0))
    stage.do("go:east")
    stage.performer.advance(0.2)
    flying = window.viewport.stage.camera.pose.position
    stage.performer.advance(0.4)
    assert flying != window.viewport.stage.camera.pose.position
    assert window.viewport.xray
    assert not window.session.dirty
    assert not window.session.history.can_undo


def test_the_audience_reads_its_own_language_and_direction(
    stage: OnStage, window: MainWindow
) -> None:
    stage.do("language:ar")
    assert words(stage).startswith("من الجنوب")
    assert stage.audience.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert stage.audience.card.x() > stage.audience.width() / 2
    assert window.viewport.stage.lang == "ar"
    QTest.keyClick(stage.audience, Qt.Key.Key_Left)  # on, where one reads from right to left
    assert stage.player.stop.id == "west"
    stage.do("language")
    assert stage.language == "en"


def test_black_freeze_and_strokes_cover_the_picture(stage: OnStage, qtbot: QtBot) -> None:
    def colour() -> tuple[int, int, int]:
        image = stage.snapshot().toImage()
        pixel = image.pixelColor(image.width() // 2, image.height() - 30)
        return pixel.red(), pixel.green(), pixel.blue()

    before = colour()
    stage.do("blank")
    assert colour() == (0, 0, 0)
    stage.do("blank")
    assert colour() == before
    stage.do("freeze")
    stage.do("next")
    stage.performer.advance(5.0)
    assert stage.marks.frozen
    stage.do("freeze")
    assert not stage.marks.frozen
    stage.do("draw")
    assert stage.marks.tool is Tool.DRAW
    stage.point_at(QPointF(0.1, 0.1), drawing=True, begins=True)
    stage.point_at(QPointF(0.5, 0.5), drawing=True)
    assert stage.marks.strokes == 1
    stage.do("clear")
    assert stage.marks.strokes == 0
    stage.do("draw")
    assert stage.marks.tool is Tool.NONE


def test_the_console_shows_where_the_story_stands(stage: OnStage) -> None:
    console = stage.console
    assert console is not None
    console.refresh()
    assert "Stop 1 of 3" in console._clock.text()
    assert "Low in the west" in console._next.text()
    console.command.emit("next")
    assert stage.player.stop.id == "west"
    console.command.emit("layer:houses")
    assert {name: on for name, _, on in stage.layers()}["houses"] is False
    console.command.emit("go:pipe")
    assert stage.player.stop.id == "pipe"
    console.close()
    assert stage.player.stop.id == "pipe"


def test_the_console_speaks_to_the_presenter_and_the_stage_to_the_audience(stage: OnStage) -> None:
    stage.do("language:ko")
    translator.set_language("ar")
    console, story = stage.console, stage.player.story
    assert console is not None
    titles = [console._stops.item(row).text() for row in range(console._stops.count())]
    assert titles[0] == story.stops[0].title["ar"] == console._title.text()
    assert story.stops[1].title["ar"] in console._next.text()
    assert stage.audience.card.accessibleName().startswith(story.stops[0].title["ko"])


def test_unplugging_a_screen_leaves_the_audience_on_one_that_is_there(stage: OnStage) -> None:
    stage._screens.changed.emit()
    assert stage.audience.isVisible()
    assert stage.audience.screen() in QGuiApplication.screens()


def test_panels_are_as_wide_after_a_story_as_before(window: MainWindow, qtbot: QtBot) -> None:
    def widths() -> dict[str, int]:
        docks = window.findChildren(QDockWidget)
        return {dock.objectName(): dock.width() for dock in docks if dock.isVisible()}

    window.resize(1400, 900)
    qtbot.wait(50)
    before = widths()
    assert before
    show = OnStage(window, window.session.project.story("tour"), "en")
    show.begin()
    qtbot.wait(50)
    show.end()
    qtbot.wait(50)
    assert widths() == before


def test_ending_gives_everything_back(window: MainWindow) -> None:
    at = window.session.clock.at
    show = OnStage(window, window.session.project.story("tour"), "en")
    show.begin()
    show.do("go:east")
    show.performer.advance(1.0)
    assert window.centralWidget() is not window.viewport
    ended = []
    show.ended.connect(lambda: ended.append(True))
    QTest.keyClick(show.audience, Qt.Key.Key_Escape)
    assert ended == [True]
    assert window.centralWidget() is window.viewport
    assert window.viewport.isVisible()
    assert window.session.clock.at == at
    assert not window.viewport.xray
    assert not window.session.dirty


def test_a_story_that_tells_itself_ends_by_itself(window: MainWindow) -> None:
    show = OnStage(window, window.session.project.story("tour"), "en")
    show.begin(autoplay=True)
    for _ in range(200):
        show.performer.advance(0.1)
    assert show.player.phase is Phase.ENDED
    show.end()


def test_a_story_told_from_the_window_heeds_text_size_and_motion(window: MainWindow) -> None:
    window.services.settings.text_size = "130"
    window.services.settings.motion = "reduced"
    play(window)
    show = window.on_stage
    assert (show.scale, show.player.calm) == (1.3, True)
    show.do("next")
    assert show.player.phase is Phase.HOLDING  # there at once
    show.end()


def test_no_box_opens_while_a_story_is_told(stage: OnStage, window: MainWindow) -> None:
    from PySide6.QtWidgets import QMessageBox

    from twin.problems import Problem
    from ui.window.messages import tell

    tell(window, Problem("project.not_found", "here"))
    assert window.findChildren(QMessageBox) == []


def test_streamed_cities_are_told_where_the_story_goes(
    stage: OnStage, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[list[tuple[float, float, float]]] = []
    monkeypatch.setattr(
        window.viewport.stage, "foresee", lambda poses: told.append([p.position for p in poses])
    )
    stage.do("go:south")
    here, *then = told[-1]
    assert here == pytest.approx((0.0, -260.0, 120.0))
    cameras = [stop.camera for stop in stage.player.ahead if stop.camera is not None]
    assert [pytest.approx(camera.position) for camera in cameras] == then
    assert then, "the stops that follow"


def test_a_stop_cuts_the_scene_open_and_the_next_one_closes_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    planes = (cuts.through(np.array([-60.0, 5.0, 0.0]), np.array([60.0, 5.0, 0.0])),)
    before = (cuts.level(3.0),)
    section = window.viewport.section
    section.show(before)
    story = window.session.project.story("tour")
    first = replace(story.stops[0], section=to_story(planes))
    show = OnStage(window, replace(story, stops=(first, *story.stops[1:])), "en")
    show.begin()
    assert section.planes[0].equation == pytest.approx(planes[0].equation)
    qtbot.waitUntil(lambda: section.settled and bool(section.faces), timeout=10_000)
    show.do("next")
    assert section.planes == ()
    show.end()
    assert section.planes[0].equation == pytest.approx(before[0].equation)


def test_a_chart_comes_with_its_layer_and_speaks_to_the_audience(
    window: MainWindow, qtbot: QtBot
) -> None:
    story = window.session.project.story("tour")
    first = replace(story.stops[0], chart=("sensors", "s0"), layers=("houses", "sensors"))
    runtime = window.session.layer("sensors")
    qtbot.waitUntil(lambda: runtime.table is not None, timeout=10_000)
    table, runtime.table = runtime.table, None  # as while it loads
    show = OnStage(window, replace(story, stops=(first, *story.stops[1:])), "fr")
    show.begin()
    qtbot.wait(50)
    assert show.chart.view is None
    runtime.table = table
    window.session.layer_changed.emit("sensors", frozenset({"drawables"}))
    qtbot.waitUntil(lambda: show.chart.view is not None, timeout=10_000)
    assert show.chart.view.accessibleName().startswith("Dioxyde d’azote")
    assert show.chart.view.isVisible()
    show.end()


def test_nothing_of_the_workshop_lies_on_the_picture_of_the_audience(
    stage: OnStage, window: MainWindow
) -> None:
    overlay = window.viewport.overlay
    overlay.refresh()
    parts = (overlay.loading, overlay.legend, overlay.notice, overlay.sources, overlay.buttons)
    assert not any(part.isVisible() for part in parts)


def test_what_is_heard_is_also_read(window: MainWindow) -> None:
    story = window.session.project.story("tour")
    spoken = {"en": "Four houses stand here.", "ko": "여기 집 네 채가 있습니다."}
    first = replace(story.stops[0], narration=spoken)
    second = replace(story.stops[1], sound=Clip(path="bells.ogg", caption={"en": "Bells"}))
    show = OnStage(window, replace(story, stops=(first, second, *story.stops[2:])), "en")
    show.begin()
    caption = show.audience.caption
    assert caption.isVisible()
    assert caption.text() == spoken["en"]
    assert not caption.geometry().intersects(show.audience.card.geometry())
    assert show.audience.rect().contains(caption.geometry())
    show.do("language:ko")
    assert caption.text() == spoken["ko"]
    show.do("next")
    assert caption.text() == "Bells"
    show.do("next")
    assert not caption.isVisible()
    show.end()
