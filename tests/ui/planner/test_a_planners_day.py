"""A planner's day through the real window, with mouse and keys: open, sketch, compare, analyse, print."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest

from tests.ui.planner.conftest import X, Y, estate
from tests.ui.planner.hands import (
    CTRL,
    LEFT,
    SHIFT,
    Chooser,
    choose,
    choose_line,
    click,
    look_down,
    opened,
    panel,
    press,
    settle,
    sketch,
    tick,
    type_into,
)
from twin.model import plans
from twin.store.codec import to_json
from ui.planner.compare import CompareWindow
from ui.planner.report_dialog import ReportDialog
from ui.show.running import Verb


def open_a_town(window, qtbot, tmp_path, chooser: Chooser) -> None:
    """Ctrl+O."""
    chooser.file = tmp_path / "estate" / "project.json"
    chooser.file.write_text(json.dumps(to_json(estate(tmp_path / "estate"))), encoding="utf-8")
    before = window.session
    press(window, Qt.Key.Key_O, CTRL)
    qtbot.waitUntil(lambda: window.session is not before, timeout=20_000)
    qtbot.waitUntil(lambda: window.viewport.scene.complete, timeout=30_000)


def test_a_planners_day(window, qtbot, tmp_path, monkeypatch) -> None:
    chooser = Chooser(monkeypatch)
    open_a_town(window, qtbot, tmp_path, chooser)
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
    count_indicators(window, qtbot, outline, chooser, tmp_path)
    keep_the_sun(window, qtbot, desk, chooser, tmp_path)
    keep_the_view(window, qtbot)
    compare(window, qtbot, desk)
    print_sheet(window, qtbot, tmp_path)
    # Every step can be taken back.
    while session.history.undo_label:
        press(window, Qt.Key.Key_Z, CTRL)
    assert session.project.variants == ()
    assert session.project.analyses == ()
    settle(window, qtbot)


def choose_phase(desk, qtbot, row: int) -> None:
    """A click on its line."""
    qtbot.waitUntil(lambda: not desk._later.isActive())
    choose_line(desk.phases, row)
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


def go_to_year(desk, year: int) -> None:
    """A key for each year."""
    while desk.year.value() != year:
        QTest.keyClick(desk.year, Qt.Key.Key_Right if desk.year.value() < year else Qt.Key.Key_Left)


def scrub(session, desk, qtbot) -> None:
    """The city grows with the years."""

    def standing(year: int) -> int:
        go_to_year(desk, year)
        return int(session.layer("houses").rows_visible.sum())

    first = session.project.phases[0].start.year
    assert [standing(y) for y in (first - 1, first, first + 1, first + 2)] == [6, 7, 6, 7]


def count_indicators(window, qtbot, outline, chooser, tmp_path) -> None:
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
    chooser.file = tmp_path / "numbers.csv"
    qtbot.mouseClick(numbers._export, LEFT)
    assert "variant-2,footprint" in (tmp_path / "numbers.csv").read_text(encoding="utf-8")


def keep_the_sun(window, qtbot, desk, chooser, tmp_path) -> None:
    """Kept as a layer, exported, renewed when another variant stands."""
    session, analyses = window.session, panel(window, "analyses")
    tick(analyses.form.around)
    assert not analyses.form.around.isChecked()
    day = QDate(session.clock.at.year + 1, 3, 21)
    type_into(analyses.form.day, day.toString(analyses.form.day.displayFormat()))
    assert analyses.form.day.date() == day
    qtbot.mouseClick(analyses.start, LEFT)
    qtbot.waitUntil(lambda: len(session.project.analyses) == 1, timeout=30_000)
    settle(window, qtbot)
    kept = session.project.analyses[0]
    layer = session.layer(kept.layer)
    assert layer.table is not None, layer.problems
    assert {"sun_h", "meets_threshold", "surface"} <= set(layer.table.frame.columns)
    count = len(layer.table)
    choose_line(analyses.list, 0)
    for name in ("sun.csv", "sun.gpkg", "sun.glb"):
        chooser.file = tmp_path / name
        qtbot.mouseClick(analyses._export, LEFT)
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


def compare(window, qtbot, desk) -> None:
    """One camera, two variants, and the clock of the window for both."""
    choose(qtbot, desk.variant, "variant-1")
    settle(window, qtbot)
    press(window, Qt.Key.Key_V, CTRL | SHIFT)
    compared = opened(window, CompareWindow)
    qtbot.waitExposed(compared)
    assert [side.session.variant for side in compared.sides] == ["variant-1", "variant-2"]
    qtbot.waitUntil(lambda: all(s.viewport.scene.complete for s in compared.sides), timeout=30_000)
    tick(compared.colours)
    assert compared.colours.isChecked()
    go_to_year(desk, window.session.project.phases[-1].end.year)
    qtbot.waitUntil(lambda: compared.list.topLevelItemCount() == 1, timeout=20_000)
    (found,) = compared._found[1]
    assert (found.kind, found.phase) == ("added", "phase-3")
    one, other = (side.viewport for side in compared.sides)
    before = one.stage.camera.pose
    QTest.mousePress(one, LEFT, pos=QPoint(100, 100))
    for x in (120, 150, 180):
        QTest.mouseMove(one, QPoint(x, 110))
    QTest.mouseRelease(one, LEFT, pos=QPoint(180, 110))
    assert one.stage.camera.pose != before
    assert other.stage.camera.pose == one.stage.camera.pose
    compared.close()


def print_sheet(window, qtbot, tmp_path) -> None:
    """The verb runs beside the window."""
    out = tmp_path / "sheet.pdf"
    press(window, Qt.Key.Key_R, CTRL | SHIFT)
    dialog = opened(window, ReportDialog)
    choose(qtbot, dialog.view, "now")
    choose(qtbot, dialog.variant, "variant-2")
    type_into(dialog.out, str(out))
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
