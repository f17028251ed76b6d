from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QLabel

from tests.ui import small_city
from twin.store.project_folder import save_project
from ui.i18n import translator
from ui.opened import Opened
from ui.recovery import Answer
from ui.theme import DARK, LIGHT, current_palette
from ui.window import files

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


def place_of(window, row: int) -> QPoint:
    """Return where a house is in the viewport."""
    runtime = window.session.layer("houses")
    xyz = runtime.drawables[0].xyz_in_scene[row]
    at = window.viewport.stage.project(xyz)
    return window.viewport.surface.widget_px(*at).toPoint()


def look_down(window) -> None:
    window.viewport.fly_to_bounds(window.session.layer("houses").bounds)
    window.viewport.top()
    window.viewport.frames.finish()


def picture(window) -> np.ndarray:
    image = window.viewport.surface.stage.image()
    return np.asarray(image, dtype=float)


def test_the_scene_is_drawn_not_an_empty_sky(window) -> None:
    look_down(window)
    colours = np.unique(picture(window).reshape(-1, 3) // 32, axis=0)
    assert len(colours) > 5


def test_a_click_selects_and_control_adds_and_toggles(window, qtbot) -> None:
    look_down(window)
    view, selection = window.viewport, window.session.selection
    qtbot.mouseClick(view, LEFT, pos=place_of(window, 5))
    assert selection.features == {("houses", "house-5")}
    qtbot.mouseClick(view, LEFT, CTRL, pos=place_of(window, 7))
    assert selection.features == {("houses", "house-5"), ("houses", "house-7")}
    assert selection.current == ("houses", "house-7")
    qtbot.mouseClick(view, LEFT, CTRL, pos=place_of(window, 5))
    assert selection.features == {("houses", "house-7")}
    qtbot.mouseClick(view, LEFT, pos=QPoint(5, view.height() - 60))
    assert selection.features == frozenset()


def test_the_selection_shows_its_attributes(window, qtbot) -> None:
    look_down(window)
    qtbot.mouseClick(window.viewport, LEFT, pos=place_of(window, 5))
    texts = [label.text() for label in window.docks.attributes.findChildren(QLabel)]
    assert any("Maison n° 5" in text for text in texts)


def test_hovering_names_what_is_under_the_pointer_and_where(window, qtbot) -> None:
    look_down(window)
    view = window.viewport
    at = place_of(window, 6)
    qtbot.mouseMove(view, at + QPoint(40, 40))
    qtbot.mouseMove(view, at)
    qtbot.waitUntil(lambda: not view.overlay.tip.isHidden())
    assert view.overlay.tip.words == ("Maison n° 6", "Buildings")
    (point,) = view.overlay.outline.strokes
    assert (point.first() - at.toPointF()).manhattanLength() < 12
    assert "EPSG:2154" in window.status.place.text()
    assert "°" in window.status.place.text()
    view.select_at(at.toPointF(), add=False)
    qtbot.mouseMove(view, at + QPoint(1, 0))
    qtbot.waitUntil(lambda: not view.overlay.outline.isVisible())  # it glows already


def test_undo_and_redo_by_key(window, qtbot) -> None:
    session = window.session
    houses = session.project.layer("houses")
    session.do("edit.add_view", lambda p: p.with_layer(replace(houses, visible=False)))
    assert not session.project.layer("houses").visible
    qtbot.waitUntil(window.action_set.qaction("edit.undo").isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert session.project.layer("houses").visible
    qtbot.waitUntil(window.action_set.qaction("edit.redo").isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_Y, CTRL)
    assert not session.project.layer("houses").visible


def test_undo_names_its_step(window, qtbot) -> None:
    undo = window.action_set.qaction("edit.undo")
    assert not undo.isEnabled()
    window.action_set.run("view.bookmark")
    qtbot.waitUntil(undo.isEnabled)
    assert undo.text().startswith("Undo: ")


def test_the_title_marks_what_is_not_saved(make_window, tmp_path) -> None:
    project = small_city.project(broken=False)
    save_project(project, tmp_path / "town")
    window = make_window(Opened.read(tmp_path / "town"))
    assert window.windowTitle() == "Small town[*] – Belvedere"
    assert not window.isWindowModified()
    window.action_set.run("view.bookmark")
    assert window.isWindowModified()
    assert window.files.save()
    assert not window.isWindowModified()
    assert len(Opened.read(tmp_path / "town").project.views) == len(project.views) + 1


def test_language_switches_everywhere_at_once(window) -> None:
    try:
        window.action_set.run("language.fr")
        assert window.menus.menu("project").title() == "Projet"
        assert window.action_set.qaction("view.home").text() == "Toute la ville"
        assert window.docks.frames["layers"].windowTitle() == "Couches"
        assert window.windowTitle().startswith("Petite ville")
        assert "Bâtiments" in window.viewport.overlay.legend.texts()[0]
        assert window.viewport.stage.lang == "fr"
        assert window.services.settings.language == "fr"
    finally:
        translator.set_language("en")
    assert window.menus.menu("project").title() == "Project"


def test_theme_switches_everywhere_at_once(window, qapp) -> None:
    before = window.grab().toImage().pixelColor(20, 200).lightness()
    window.action_set.run("theme.dark")
    assert current_palette() is DARK
    assert window.grab().toImage().pixelColor(20, 200).lightness() < before
    assert window.services.settings.theme == "dark"
    window.action_set.run("theme.light")
    assert current_palette() is LIGHT


def test_actions_of_the_view(window) -> None:
    actions, camera = window.action_set, window.viewport.stage.camera
    away = camera.pose.distance_m
    actions.run("view.zoom_in")
    assert camera.pose.distance_m < away
    actions.run("view.top")
    assert camera.pitch_deg == pytest.approx(90)
    camera.orbit(40, -30)
    actions.run("view.north")
    assert camera.heading_deg == pytest.approx(0)
    for name, state in (("view.xray", "xray"), ("view.labels", "labels")):
        before = getattr(window.viewport, state)
        actions.run(name)
        assert getattr(window.viewport, state) is not before
        actions.refresh()
        assert actions.qaction(name).isChecked() is not before


def test_walking_by_key_and_back(window, qtbot) -> None:
    view = window.viewport
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_W)
    assert view.walking
    assert not view.overlay.hint.isHidden()
    start = view.stage.camera.position
    qtbot.keyClick(view, Qt.Key.Key_W)  # now it walks instead of switching
    assert view.walking
    assert np.linalg.norm(view.stage.camera.position - start) > 0.1
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.walking
    assert view.overlay.hint.isHidden()


def test_dragging_renders_a_few_frames_and_selects_nothing(window, qtbot) -> None:
    view = window.viewport
    frames, heading = view.frames.count, view.stage.camera.heading_deg
    qtbot.mousePress(view, LEFT, pos=QPoint(300, 300))
    for x in range(300, 500, 4):
        qtbot.mouseMove(view, QPoint(x, 300))
    qtbot.mouseRelease(view, LEFT, pos=QPoint(500, 300))
    assert view.frames.count - frames <= 12  # those that refine the picture come after it rests
    view.frames.finish()
    assert view.stage.camera.heading_deg != heading
    assert window.session.selection.features == frozenset()


def test_time_plays_and_the_light_follows(window, qtbot) -> None:
    look_down(window)
    noon = picture(window).mean()
    window.action_set.run("time.play")
    assert window.session.clock.playing
    before = window.session.clock.at
    qtbot.waitUntil(lambda: window.session.clock.at > before)
    window.action_set.run("time.play")
    window.session.clock.set(small_city.AT.replace(hour=1))
    window.viewport.frames.finish()
    assert picture(window).mean() < 0.7 * noon


def test_speed_goes_up_and_down_to_its_ends(window) -> None:
    clock = window.session.clock
    for _ in range(10):
        window.action_set.run("time.faster")
    fastest = clock.speed
    assert not window.time.can_change_speed(1)
    window.action_set.run("time.slower")
    assert clock.speed < fastest


def test_panels_hide_for_an_audience_and_come_back(window, qtbot) -> None:
    before = {name: window.docks.is_shown(name) for name in window.docks.frames}
    width = window.viewport.width()
    qtbot.keyClick(window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: window.viewport.width() == window.width() > width)
    assert window.menuBar().isHidden()
    qtbot.keyClick(window, Qt.Key.Key_F9)  # keys work without the menus
    assert {name: window.docks.is_shown(name) for name in window.docks.frames} == before
    assert not window.menuBar().isHidden()


def test_a_bookmark_brings_back_the_view(window) -> None:
    camera = window.viewport.stage.camera
    window.viewport.set_xray(on=True)
    window.action_set.run("view.bookmark")
    kept = camera.pose
    view = window.session.project.views[-1]
    assert view.xray
    window.viewport.set_xray(on=False)
    window.viewport.home()
    window.fly_to(view)
    assert camera.pose.target == pytest.approx(kept.target, abs=0.01)
    assert camera.pose.heading_deg == pytest.approx(kept.heading_deg, abs=0.01)
    assert window.viewport.xray


def test_flying_to_the_selection(window) -> None:
    camera = window.viewport.stage.camera
    window.session.selection.set([("houses", "house-11")])
    window.action_set.run("view.fly")
    house = window.session.layer("houses").drawables[0].xyz_in_scene[11]
    assert np.linalg.norm(camera.target[:2] - house[:2]) < 20
    assert camera.pose.distance_m < 300


def test_hidden_layers_are_not_seen_nor_picked(window, qtbot) -> None:
    look_down(window)
    at = place_of(window, 5)
    window.action_set.run("layers.hide_all")
    window.viewport.frames.finish()
    qtbot.mouseClick(window.viewport, LEFT, pos=at)
    assert window.session.selection.features == frozenset()
    window.action_set.run("layers.show_all")
    qtbot.mouseClick(window.viewport, LEFT, pos=at)
    assert window.session.selection.features == {("houses", "house-5")}


def test_closing_leaves_nothing_alive(make_window, qtbot) -> None:
    window = make_window(Opened(project=small_city.project(broken=False), folder=None))
    kept = [weakref.ref(part) for part in (window.session, window.viewport.stage, window.viewport)]
    window.files.may_close = lambda: True
    assert window.close()
    window.deleteLater()
    del window
    QApplication.sendPostedEvents(None, 52)  # deferred deletions
    make_window.__closure__  # noqa: B018 - the fixture's list is cleared below
    for cell in make_window.__closure__:
        if isinstance(cell.cell_contents, list):
            cell.cell_contents.clear()
    gc.collect()
    assert [ref() for ref in kept] == [None, None, None]


def test_one_window_after_the_other_and_two_at_once(make_window) -> None:
    def opened() -> Opened:
        return Opened(project=small_city.project(broken=False), folder=None)

    first, second = make_window(opened()), make_window(opened())
    look_down(second)
    before = picture(second)
    first.files.may_close = lambda: True
    first.close()
    second.viewport.frames.request()
    second.viewport.frames.finish()
    assert picture(second) == pytest.approx(before, abs=3)
    third = make_window(opened())
    look_down(third)
    assert len(np.unique(picture(third).reshape(-1, 3) // 32, axis=0)) > 5


def test_a_window_without_a_project_offers_one(make_window) -> None:
    window = make_window()
    assert window.windowTitle() == "Belvedere"
    assert not window.viewport.overlay.welcome.isHidden()
    enabled = {r.id for r in window.action_set.records if window.action_set.is_enabled(r.id)}
    assert {"project.open", "project.new", "help.about", "theme.dark"} <= enabled
    assert not enabled & {"project.save", "view.home", "edit.undo", "time.play", "project.demo"}


def test_projects_replace_each_other(window, qtbot, tmp_path) -> None:
    other = replace(small_city.project(broken=False), title={"en": "Other", "fr": "Autre"})
    save_project(other, tmp_path / "other")
    old = window.session
    assert window.files.open(tmp_path / "other")
    assert window.session is not old
    assert window.windowTitle().startswith("Other")
    qtbot.waitUntil(lambda: window.viewport.scene.complete, timeout=20_000)
    assert window.viewport.stage.layer_ids
    assert window.services.settings.recent == (tmp_path / "other",)


def test_a_project_that_cannot_be_read_leaves_the_open_one(window, tmp_path, qtbot) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "project.json").write_text("{", encoding="utf-8")
    old = window.session
    assert not window.files.open(tmp_path / "bad")
    assert window.session is old
    box = QApplication.activeModalWidget() or window.findChild(type(window), "none")
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and widget is not window and widget.parent() is window:
            box = widget
            widget.close()
    assert box is not None


@pytest.mark.parametrize("answer, closes", [(Answer.CANCEL, False), (Answer.DISCARD, True)])
def test_closing_asks_about_unsaved_changes(window, monkeypatch, answer, closes) -> None:
    window.action_set.run("view.bookmark")
    asked: list[object] = []
    monkeypatch.setattr(
        files, "ask_unsaved", lambda parent, session: asked.append(session) or answer
    )
    assert window.close() is closes
    assert len(asked) == 1
    assert (window.session is None) is closes


def test_layout_is_remembered(make_window, services) -> None:
    first = make_window()
    first.docks.hide("attributes")
    first.docks.show("problems")
    first.close()
    second = make_window()
    assert not second.docks.is_shown("attributes")
    assert second.docks.is_shown("problems")


def test_everything_is_named_for_screen_readers(window) -> None:
    from PySide6.QtWidgets import QAbstractButton

    overlay = window.viewport.overlay
    for button in window.viewport.findChildren(QAbstractButton):
        if not button.isHidden() and button.objectName() != "qt_toolbar_ext_button":
            assert button.accessibleName() or button.text(), button
    assert window.viewport.accessibleName() == "3D view"
    assert overlay.compass.accessibleName()
    for frame in window.docks.frames.values():
        assert frame.accessibleName()


def test_keys_reach_the_overlay(window, qtbot) -> None:
    overlay = window.viewport.overlay
    window.viewport.stage.camera.orbit(90, 0)
    overlay.compass.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(overlay.compass, Qt.Key.Key_Space)
    assert window.viewport.stage.camera.heading_deg == pytest.approx(0)


def test_the_wheel_and_a_double_click_come_nearer(window, qtbot) -> None:
    view = window.viewport
    away = view.stage.camera.pose.distance_m
    qtbot.mouseDClick(view, LEFT, pos=view.rect().center() + QPoint(0, 60))
    assert view.stage.camera.pose.distance_m < away
    assert view.surface.stage_px(QPointF(0, 0)) == (0, 0)


def test_a_large_town_is_wholly_there_and_fine_before_long(make_window, qtbot) -> None:
    window = make_window(Opened(project=small_city.project(rows=30_000, broken=False), folder=None))
    stage, frames = window.viewport.stage, window.viewport.frames
    fine: list[bool] = []
    frames.drawn.connect(fine.append)
    frames.request()
    qtbot.waitUntil(lambda: not stage.uploading and not stage.waits_for_render, timeout=30_000)
    qtbot.waitUntil(lambda: True in fine and not frames.moving, timeout=30_000)
    assert set(stage.layer_ids) == {"houses", "sensors"}
