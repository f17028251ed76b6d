"""A planner's day through the real window, with mouse and keys: open, sketch, compare, analyse, print."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QDate, QPoint, Qt

from tests.ui.planner.conftest import X, Y, estate
from twin.model import plans
from twin.store.codec import to_json
from ui.planner.compare import CompareWindow
from ui.planner.report_dialog import ReportDialog
from ui.show.running import Verb

LEFT = Qt.MouseButton.LeftButton


def pixel(window, x: float, y: float, z: float = 0.0) -> QPoint:
    """Return where a place of the scene is in the view."""
    at = window.viewport.stage.project(np.array([x, y, z]))
    return window.viewport.surface.widget_px(*at).toPoint()


def click(window, qtbot, x: float, y: float) -> None:
    qtbot.mouseClick(window.viewport, LEFT, pos=pixel(window, x, y))


def settle(window, qtbot) -> None:
    qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=30_000)


def look_down(window) -> None:
    window.viewport.fly_to_bounds((-20.0, -70.0, 0.0, 240.0, 70.0, 20.0))
    window.viewport.top()
    window.viewport.frames.finish()


def panel(window, name: str):
    window.docks.show(name)
    return window.docks.panel(name)


def choose(qtbot, box, data: object) -> None:
    """Go through the lines of a box with the keys until the one that is meant."""
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if box.currentData() == data:
            return
        qtbot.keyClick(box, Qt.Key.Key_Down)
    raise AssertionError(f"{data!r} is not offered")


def sketch(window, qtbot, corners: list[tuple[float, float]], storeys: int) -> None:
    """Draw a volume with the mouse and complete it with Enter."""
    box = panel(window, "plans").sketch
    box.storeys.selectAll()
    qtbot.keyClicks(box.storeys, str(storeys))
    qtbot.keyClick(box.storeys, Qt.Key.Key_Tab)
    qtbot.mouseClick(box.draw, LEFT)
    for corner in corners:
        click(window, qtbot, *corner)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Escape)
    settle(window, qtbot)


def press(window, qtbot, key: Qt.Key) -> None:
    """A shortcut with Ctrl and Shift."""
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=5_000)
    window.viewport.setFocus()
    qtbot.keyClick(window.viewport, key, held)


def opened(window, kind: type):
    """Return the window of a kind that was opened last."""
    return window.findChildren(kind)[-1]


def open_a_town(window, qtbot, tmp_path, monkeypatch) -> None:
    """Ctrl+O; only the dialog of the system for a file is not ours."""
    file = tmp_path / "estate" / "project.json"
    file.write_text(json.dumps(to_json(estate(tmp_path / "estate"))), encoding="utf-8")
    monkeypatch.setattr(
        "ui.window.files.QFileDialog.getOpenFileName", lambda *_args: (str(file), "")
    )
    before = window.session
    window.viewport.setFocus()
    qtbot.keyClick(window.viewport, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.session is not before, timeout=20_000)
    qtbot.waitUntil(lambda: window.viewport.scene.complete, timeout=30_000)


def test_a_planners_day(window, qtbot, tmp_path, monkeypatch) -> None:
    open_a_town(window, qtbot, tmp_path, monkeypatch)
    session = window.session
    look_down(window)
    desk = panel(window, "plans")
    for _ in range(3):  # phases, a year each, one after the other
        qtbot.mouseClick(desk._add_phase, LEFT)
    starts = [p.start for p in session.project.phases]
    assert len(starts) == 3
    assert starts == sorted(starts)
    outline = plan_two_variants(window, qtbot, desk)
    scrub(session, desk, qtbot)
    count_indicators(window, qtbot, outline, tmp_path)
    keep_the_sun(window, qtbot, desk, tmp_path)
    keep_the_view(window, qtbot)
    compare(window, qtbot)
    print_sheet(window, qtbot, tmp_path)
    # Every step can be taken back.
    while session.history.undo_label:
        session.undo()
    assert session.project.variants == ()
    assert session.project.analyses == ()
    settle(window, qtbot)


def choose_phase(desk, qtbot, row: int) -> None:
    """A click on its line."""
    qtbot.waitUntil(lambda: not desk._later.isActive())
    item = desk.phases.topLevelItem(row)
    desk.phases.scrollToItem(item)
    line = desk.phases.visualItemRect(item)
    at = QPoint(line.left() + 20, line.center().y())
    qtbot.mouseClick(desk.phases.viewport(), LEFT, pos=at)
    assert desk.phase_id == f"phase-{row + 1}"


def plan_two_variants(window, qtbot, desk):
    """A block on free ground and a house less; derived from it, a tower more."""
    session = window.session
    qtbot.mouseClick(desk._add, LEFT)
    assert session.variant == "variant-1"
    choose_phase(desk, qtbot, 0)
    sketch(window, qtbot, [(60, -60), (100, -60), (100, -40), (60, -40)], 6)
    (added,) = plans.changes_of(session.project, "variant-1")["houses"]
    outline = shapely.from_wkt(added.values["geometry"])
    # A pixel is about 0.3 m here.
    assert outline.symmetric_difference(shapely.box(X + 60, Y - 60, X + 100, Y - 40)).area < 40.0
    assert added.values["height_m"] == 18.0
    choose_phase(desk, qtbot, 1)
    click(window, qtbot, 10, 7)
    assert session.selection.features == {("houses", "house-0")}
    qtbot.mouseClick(desk.sketch.demolish, LEFT)
    settle(window, qtbot)
    qtbot.mouseClick(desk._derive, LEFT)
    assert session.variant == "variant-2"
    choose_phase(desk, qtbot, 2)
    sketch(window, qtbot, [(140, -60), (155, -60), (155, -45), (140, -45)], 12)
    ops = [c.op for c in plans.changes_of(session.project, "variant-2")["houses"]]
    assert sorted(ops) == ["add", "add", "remove"]
    return outline


def scrub(session, desk, qtbot) -> None:
    """The city grows with the years, a key for each."""

    def standing(year: int) -> int:
        while desk.year.value() != year:
            later = desk.year.value() < year
            qtbot.keyClick(desk.year, Qt.Key.Key_Right if later else Qt.Key.Key_Left)
        return int(session.layer("houses").rows_visible.sum())

    first = session.project.phases[0].start.year
    assert [standing(y) for y in (first - 1, first, first + 1, first + 2)] == [6, 7, 6, 7]


def count_indicators(window, qtbot, outline, tmp_path) -> None:
    """Side by side, against shapely."""
    session, numbers = window.session, panel(window, "indicators")
    qtbot.mouseClick(numbers.count, LEFT)
    qtbot.waitUntil(
        lambda: numbers._counted is not None and not session.jobs.running, timeout=20_000
    )
    found = {v: {i.id: i.value for i in own} for v, own in numbers._counted.found.items()}
    assert found[""]["footprint"] == pytest.approx(6 * 300.0)
    assert found["variant-1"]["footprint"] == pytest.approx(5 * 300.0 + outline.area)
    assert found["variant-2"]["height_max"] == 36.0
    numbers.export(tmp_path / "numbers.csv")
    assert "variant-2,footprint" in (tmp_path / "numbers.csv").read_text(encoding="utf-8")


def keep_the_sun(window, qtbot, desk, tmp_path) -> None:
    """Kept as a layer, exported, renewed when another variant stands."""
    session, analyses = window.session, panel(window, "analyses")
    around = analyses.form.around
    qtbot.mouseClick(around, LEFT, pos=QPoint(12, around.height() // 2))
    assert not around.isChecked()
    analyses.form.day.setDate(QDate(session.clock.at.year + 1, 3, 21))
    qtbot.mouseClick(analyses.start, LEFT)
    qtbot.waitUntil(lambda: len(session.project.analyses) == 1, timeout=30_000)
    settle(window, qtbot)
    kept = session.project.analyses[0]
    layer = session.layer(kept.layer)
    assert layer.table is not None, layer.problems
    assert {"sun_h", "meets_threshold", "surface"} <= set(layer.table.frame.columns)
    count = len(layer.table)
    analyses.list.setCurrentItem(analyses.list.topLevelItem(0))
    for name in ("sun.csv", "sun.gpkg", "sun.glb"):
        analyses.export(tmp_path / name)
        settle(window, qtbot)
        assert (tmp_path / name).stat().st_size > 1000
    choose(qtbot, desk.variant, "")
    qtbot.waitUntil(
        lambda: session.project.analyses[0].made_of != kept.made_of and not session.jobs.running,
        timeout=30_000,
    )
    assert len(session.layer(kept.layer).table) != count


def keep_the_view(window, qtbot) -> None:
    """What is seen from a place that is clicked."""
    session, analyses = window.session, panel(window, "analyses")
    look_down(window)
    choose(qtbot, analyses.form.kind, "viewshed")
    qtbot.mouseClick(analyses.start, LEFT)
    click(window, qtbot, 50, -30)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(session.project.analyses) == 2, timeout=60_000)
    settle(window, qtbot)
    seen = session.layer(session.project.analyses[1].layer).table.frame
    assert set(seen["visible"].unique()) == {True, False}


def compare(window, qtbot) -> None:
    """One camera, two variants."""
    window.session.set_variant("variant-1")
    settle(window, qtbot)
    press(window, qtbot, Qt.Key.Key_V)
    compared = opened(window, CompareWindow)
    qtbot.waitExposed(compared)
    assert [side.session.variant for side in compared.sides] == ["variant-1", "variant-2"]
    qtbot.waitUntil(lambda: all(s.viewport.scene.complete for s in compared.sides), timeout=30_000)
    tick = compared.colours
    qtbot.mouseClick(tick, LEFT, pos=QPoint(12, tick.height() // 2))
    assert tick.isChecked()
    after_all = window.session.project.phases[-1].end
    for side in compared.sides:
        side.set_moment(after_all)
    qtbot.waitUntil(lambda: compared.list.topLevelItemCount() == 1, timeout=20_000)
    (found,) = compared._found[1]
    assert (found.kind, found.phase) == ("added", "phase-3")
    one, other = (side.viewport for side in compared.sides)
    one.top()
    assert other.stage.camera.pose == one.stage.camera.pose
    compared.close()


def print_sheet(window, qtbot, tmp_path) -> None:
    """The verb runs beside the window."""
    out = tmp_path / "sheet.pdf"
    press(window, qtbot, Qt.Key.Key_R)
    dialog = opened(window, ReportDialog)
    choose(qtbot, dialog.view, "now")
    choose(qtbot, dialog.variant, "variant-2")
    dialog.out.selectAll()
    qtbot.keyClicks(dialog.out, str(out))
    qtbot.mouseClick(dialog.accept_button, LEFT)
    (verb,) = window.findChildren(Verb)
    with qtbot.waitSignal(verb.finished, timeout=90_000) as ended:
        pass
    assert ended.args[0] == 0, ended.args
    assert out.read_bytes().startswith(b"%PDF-")


def test_a_viewshed_from_a_click_and_buildings_above_the_envelope(window, qtbot) -> None:
    session = window.session
    look_down(window)
    analyses = panel(window, "analyses")
    choose(qtbot, analyses.form.kind, "viewshed")
    qtbot.mouseClick(analyses.start, LEFT)
    click(window, qtbot, 50, -40)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    click(window, qtbot, 60, -40)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(session.project.analyses) == 1, timeout=30_000)
    settle(window, qtbot)
    seen = session.layer(session.project.analyses[0].layer).table.frame
    assert set(seen["visible"].unique()) == {True, False}

    choose(qtbot, analyses.form.kind, "zoning")
    choose(qtbot, analyses.form.zones, "parcels")
    analyses.form.rules["height"].setCurrentText("max_height_m")
    analyses.form.rule.setCurrentText("rule")
    qtbot.mouseClick(analyses.start, LEFT)
    qtbot.waitUntil(lambda: len(session.project.analyses) == 2, timeout=30_000)
    settle(window, qtbot)
    high = session.layer(session.project.analyses[1].layer).table.frame
    over = high[high["part"] == "excess"]
    assert list(over["rule"]) == ["UA 10"] * 6
    assert list(over["height_m"]) == [1.0] * 6
    assert {"envelope"} == set(high["part"]) - {"excess"}


def test_an_analysis_is_cancelled_and_leaves_nothing(window, qtbot) -> None:
    analyses = panel(window, "analyses")
    analyses.form.around.setChecked(False)
    analyses.form.until.setDate(analyses.form.day.date().addDays(360))
    analyses.ask()
    assert analyses.cancel.isEnabled()
    analyses.stop()
    settle(window, qtbot)
    assert window.session.project.analyses == ()
    assert not analyses.cancel.isEnabled()


def test_plans_are_saved_and_opened_again(window, qtbot, tmp_path) -> None:
    from twin.store.codec import from_json

    desk = panel(window, "plans")
    desk.add_phase()
    desk.add_variant()
    desk.phase_form.permit.setText("PC déposé")  # QTest types ASCII only
    qtbot.keyClick(desk.phase_form.permit, Qt.Key.Key_Return)
    analyses = panel(window, "analyses")
    analyses.form.around.setChecked(False)
    analyses.ask()
    qtbot.waitUntil(lambda: len(window.session.project.analyses) == 1, timeout=30_000)
    text = json.dumps(to_json(window.session.project))
    again, problems = from_json(json.loads(text), "x")
    assert not problems
    assert again.analyses == window.session.project.analyses
    assert again.phases[0].permit == "PC déposé"


def test_a_table_is_joined_and_a_theme_applied(window, qtbot, tmp_path) -> None:
    from ui.planner.join_dialog import JoinDialog

    path = tmp_path / "labels.csv"
    path.write_text("ref;dpe\nhouse-0;A\nhouse-1;G\nhouse-9;C\n", encoding="utf-8")
    dialog = JoinDialog(window)
    dialog.open()
    dialog.layer.setCurrentIndex(dialog.layer.findData("houses"))
    dialog.key.setCurrentText("feature_id")
    dialog.take(path)
    qtbot.waitUntil(lambda: dialog.on.count() == 2, timeout=20_000)
    dialog.on.setCurrentText("ref")
    qtbot.mouseClick(dialog.accept_button, LEFT)
    settle(window, qtbot)
    runtime = window.session.layer("houses")
    assert list(runtime.table.frame["dpe"].fillna("")) == ["A", "G", "", "", "", ""]
    menu = window.menus.menu("layers", "themes")
    menu.aboutToShow.emit()
    (energy,) = [a for a in menu.actions() if a.text().startswith("Energy label")]
    energy.trigger()
    assert "#%02x%02x%02x" % tuple(runtime.rgba[0][:3]) == "#009c6d"  # noqa: UP031


def test_a_note_is_placed_with_a_click_and_exported(window, qtbot, tmp_path) -> None:
    look_down(window)
    notes = panel(window, "notes")
    qtbot.mouseClick(notes.place, LEFT)
    click(window, qtbot, 50, -30)
    (note,) = window.session.project.notes
    np.testing.assert_allclose(note.xyz_in_crs, [X + 50, Y - 30, 0.0], atol=0.6)
    assert window.viewport.tool is None
    notes.text.setPlainText("Too close to the lime tree")
    notes.state.setCurrentIndex(notes.state.findData("resolved"))
    qtbot.mouseClick(notes._keep, LEFT)
    (note,) = window.session.project.notes
    assert (note.text, note.state) == ("Too close to the lime tree", "resolved")
    assert "~notes" in window.viewport.stage.layer_ids
    for name in ("n.bcfzip", "n.geojson"):
        notes.export(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 200
    notes.remove()
    assert window.session.project.notes == ()
    notes.import_file(tmp_path / "n.bcfzip")
    qtbot.waitUntil(lambda: len(window.session.project.notes) == 1, timeout=20_000)
    (again,) = window.session.project.notes
    assert (again.text, again.state) == (note.text, note.state)
    np.testing.assert_allclose(again.xyz_in_crs, note.xyz_in_crs, atol=0.01)
    window.docks.hide("notes")
    assert "~notes" not in window.viewport.stage.layer_ids
