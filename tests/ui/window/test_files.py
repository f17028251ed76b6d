from __future__ import annotations

import json
import os
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from tests.ui import small_city
from twin.store.journal import Journal
from twin.store.project_folder import load_project, save_project
from ui import app
from ui.opened import Opened, recovered
from ui.recovery import Answer
from ui.window import files

PROJECT = small_city.project(broken=False)


@pytest.fixture
def town_folder(tmp_path):
    save_project(PROJECT, tmp_path / "town")
    return tmp_path / "town"


def drop(window, *paths) -> bool:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(300, 300),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)
    return event.isAccepted()


def dialog_of(window) -> QDialog | None:
    return next((d for d in window.findChildren(QDialog) if d.isVisible()), None)


def journals(services) -> list:
    return sorted((services.state_dir / "journal").glob("*.json"))


def test_saving_as_writes_a_project_that_opens_again(window, tmp_path, qtbot) -> None:
    assert window.files.folder is None
    assert window.files.save_to(tmp_path / "saved")
    qtbot.waitUntil(lambda: window.files.folder is not None)
    again, _, problems = load_project(tmp_path / "saved")
    assert again.title == PROJECT.title
    assert [spec.id for spec in again.layers] == [spec.id for spec in PROJECT.layers]
    assert problems == []
    assert not window.files.unsaved
    assert window.services.settings.recent == (tmp_path / "saved",)


def test_the_demo_city_itself_is_never_written(
    make_window, services, town_folder, tmp_path, qtbot, monkeypatch
) -> None:
    object.__setattr__(services, "demo", town_folder)
    before = (town_folder / "project.json").read_bytes()
    window = make_window(Opened.read(town_folder))
    window.session.do("edit.add_view", lambda p: replace(p, title={"en": "Mine"}))
    monkeypatch.setattr(
        files.QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "mine")
    )
    assert window.files.save(wait=True)
    assert (town_folder / "project.json").read_bytes() == before
    again, _, _ = load_project(tmp_path / "mine")
    assert again.title == {"en": "Mine"}
    assert window.files.folder == tmp_path / "mine"


def test_saving_where_another_project_is_refuses_and_keeps_both(window, town_folder, qtbot) -> None:
    before = (town_folder / "project.json").read_text(encoding="utf-8")
    window.session.do("edit.add_view", lambda p: replace(p, views=()))
    window.files.save_to(town_folder)
    qtbot.waitUntil(lambda: dialog_of(window) is not None)
    assert str(town_folder) in dialog_of(window).text()
    dialog_of(window).close()
    assert (town_folder / "project.json").read_text(encoding="utf-8") == before
    assert window.files.unsaved


def test_recent_projects_are_offered_and_open(window, town_folder, qtbot) -> None:
    window.services.settings.remember(town_folder)
    menu = QMenu()
    window.files.fill_recent(menu)
    entries = menu.actions()
    assert entries[0].text() == "town"
    entries[0].trigger()
    assert window.files.folder == town_folder
    window.services.settings.forget_recent()
    menu.clear()
    window.files.fill_recent(menu)
    assert menu.isEmpty()
    menu.deleteLater()


def test_a_dropped_project_is_opened(window, town_folder) -> None:
    assert drop(window, town_folder / "project.json")
    assert window.files.folder == town_folder


def test_a_dropped_file_becomes_a_layer_after_a_look(window, tmp_path, qtbot) -> None:
    point = {"type": "Point", "coordinates": [2.33, 48.81]}
    features = [
        {"type": "Feature", "id": i, "properties": {"name": f"Tree {i}"}, "geometry": point}
        for i in range(3)
    ]
    path = tmp_path / "trees.geojson"
    body = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(body), encoding="utf-8")
    assert drop(window, path)
    qtbot.waitUntil(lambda: dialog_of(window) is not None)
    dialog = dialog_of(window)
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=20_000)
    dialog.accept()
    layers = window.session.project.layers
    assert [spec.title["en"] for spec in layers][-1] == "trees"
    assert window.session.history.can_undo
    window.session.undo()
    assert len(window.session.project.layers) == len(PROJECT.layers)


def test_text_is_not_taken(window) -> None:
    from ui.window.imports import paths_in

    mime = QMimeData()
    mime.setText("not a file")
    assert paths_in(mime) == []
    mime.setUrls([QUrl("https://example.org/x.gpkg")])
    assert paths_in(mime) == []


def test_unsaved_changes_are_in_the_journal_until_they_are_saved(
    make_window, town_folder, services, qtbot
) -> None:
    window = make_window(Opened.read(town_folder))
    assert journals(services) == []
    window.action_set.run("view.bookmark")
    qtbot.waitUntil(lambda: len(journals(services)) == 1, timeout=3000)
    kept = json.loads(journals(services)[0].read_text(encoding="utf-8"))
    assert len(kept["project"]["views"]) == len(PROJECT.views) + 1
    window.files.save()
    qtbot.waitUntil(lambda: journals(services) == [], timeout=3000)


def leave_behind(services, project, folder) -> None:
    """Write what an application leaves that ended without saving: its process is gone."""
    journal = Journal(services.state_dir, folder)
    journal.write(project)
    body = json.loads(journal.path.read_text(encoding="utf-8"))
    body["pid"] = 2**22 + 7  # above the largest process id of Linux
    journal.path.unlink()
    target = journal.path.with_name(journal.path.name.replace(str(os.getpid()), "4194311"))
    target.write_text(json.dumps(body), encoding="utf-8")


@pytest.mark.parametrize("answer", [Answer.RESTORE, Answer.DISCARD, Answer.CANCEL])
def test_work_of_a_crash_is_offered(
    make_window, town_folder, services, monkeypatch, qtbot, answer
) -> None:
    changed = replace(PROJECT, title={"en": "Better town", "fr": "Ville meilleure"})
    leave_behind(services, changed, town_folder)
    window = make_window(Opened.read(town_folder))
    monkeypatch.setattr("ui.recovery.ask_recovery", lambda parent, found: answer)
    app.offer_recovery(window)
    restored = answer is Answer.RESTORE
    assert window.windowTitle().startswith("Better town" if restored else "Small town")
    assert window.isWindowModified() is restored
    assert (len(journals(services)) == 0) is (answer is Answer.DISCARD)
    if restored:
        assert window.files.folder == town_folder
        window.files.save()
        assert load_project(town_folder)[0].title == changed.title
    if answer is Answer.CANCEL:
        for path in journals(services):
            path.unlink()


def test_recovered_work_without_a_folder_is_an_unsaved_project(tmp_path) -> None:
    gone = recovered(PROJECT, tmp_path / "gone", scratch=tmp_path / "untitled" / "1")
    assert gone.folder is None
    assert gone.saved != PROJECT
    scratch = recovered(PROJECT, tmp_path / "untitled" / "9", scratch=tmp_path / "untitled" / "1")
    assert scratch.folder is None


def test_the_first_project_is_the_last_one_else_the_demo(services, town_folder, tmp_path) -> None:
    assert app.first_project(services) is None
    save_project(PROJECT, services.demo)
    assert app.first_project(services).folder == services.demo
    services.settings.remember(town_folder)
    assert app.first_project(services).folder == town_folder


def test_closing_and_saving_where_it_is(make_window, town_folder, monkeypatch) -> None:
    window = make_window(Opened.read(town_folder))
    window.action_set.run("view.bookmark")
    monkeypatch.setattr(files, "ask_unsaved", lambda parent, session: Answer.SAVE)
    assert window.close()
    assert len(load_project(town_folder)[0].views) == len(PROJECT.views) + 1


@pytest.mark.parametrize("furnished", [False, True])
def test_a_picture_has_the_size_that_was_asked_for(window, tmp_path, qtbot, furnished) -> None:
    from PySide6.QtGui import QImage

    window.viewport.fly_to_bounds(window.session.layer("houses").bounds)
    before = window.viewport.stage.size
    with qtbot.waitSignal(window.pictures.saved):
        assert window.pictures.save(tmp_path / "a.png", (640, 360), furnished=furnished)
    image = QImage(str(tmp_path / "a.png"))
    assert (image.width(), image.height()) == (640, 360)
    assert window.viewport.stage.size == before


def test_furniture_stands_on_the_picture(window) -> None:
    plain = window.pictures.image((640, 360), furnished=False)
    furnished = window.pictures.image((640, 360), furnished=True)
    differs = np.abs(plain.astype(int) - furnished).max(axis=2) > 60
    assert 0.01 < differs.mean() < 0.6
    assert window.viewport.stage.camera.size_px == window.viewport.stage.size


def test_a_picture_that_cannot_be_written_says_so(window, tmp_path, qtbot) -> None:
    assert not window.pictures.save(tmp_path / "no folder" / "a.png", (64, 36), furnished=False)
    assert QApplication.overrideCursor() is None
    assert "a.png" in dialog_of(window).text()
    dialog_of(window).close()


def test_the_picture_dialog_tells_what_was_chosen(window, qtbot, monkeypatch) -> None:
    asked: list[tuple] = []
    monkeypatch.setattr(window.pictures, "_choose_file", lambda *args: asked.append(args))
    window.action_set.run("project.picture")
    dialog = dialog_of(window)
    dialog.chosen.disconnect()
    dialog.chosen.connect(lambda *args: asked.append(args))
    dialog.size_box.setCurrentIndex(2)
    dialog.furnished.setChecked(False)
    dialog.accept()
    assert asked == [((3840, 2160), False)]


def test_a_new_project_is_empty_unsaved_and_where_it_should_be(window) -> None:
    window.action_set.run("project.new")
    dialog = dialog_of(window)
    dialog.name.setText("Harbour")
    dialog.crs.setText("EPSG:4326")
    assert not dialog.accept_button.isEnabled()
    assert dialog.reason.text()
    dialog.crs.setText("EPSG:2154")
    dialog.centre.setText("somewhere")
    assert not dialog.accept_button.isEnabled()
    dialog.centre.setText("2.27; 48.82")
    assert dialog.accept_button.isEnabled()
    dialog.accept()
    project = window.session.project
    assert (project.title["en"], project.layers) == ("Harbour", ())
    assert project.frame.lonlat_from_scene([[0, 0]])[0] == pytest.approx([2.27, 48.82], abs=1e-4)
    assert window.files.unsaved


@pytest.mark.parametrize(
    "action", ["help.keys", "help.about", "edit.settings", "view.goto", "edit.palette"]
)
def test_dialogs_open_and_leave_nothing(window, qtbot, action) -> None:
    window.action_set.run(action)
    dialog = dialog_of(window)
    assert dialog is not None
    assert dialog.windowTitle() or action == "edit.palette"
    dialog.close()
    qtbot.waitUntil(lambda: dialog_of(window) is None)


def test_quality_and_theme_of_the_settings_take_effect(window) -> None:
    window.services.settings.quality = "fast"
    assert window.viewport.quality == "fast"
    assert window.viewport.most_steps == 0
    window.services.settings.theme = "dark"
    assert window.services.theme.palette.name == "dark"


def test_files_without_a_project_make_one(make_window, tmp_path, qtbot) -> None:
    window = make_window()
    path = tmp_path / "place.geojson"
    point = {"type": "Point", "coordinates": [2.27, 48.82]}
    path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": point}))
    drop(window, path)
    qtbot.waitUntil(lambda: window.session is not None, timeout=20_000)
    assert [spec.type for spec in window.session.project.layers] == ["town.sensors"]
    assert window.files.unsaved


def test_the_view_is_where_the_mouse_thinks_it_is(window) -> None:
    surface = window.viewport.surface
    at = QPoint(200, 150)
    there = surface.widget_px(*surface.stage_px(QPointF(at)))
    assert (there.x(), there.y()) == pytest.approx((200, 150))
