"""Analyses that ask for places or a selection, with the mouse, in the real window."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.twin.work.test_zoning_service import Portal
from tests.ui.planner.hands import LEFT, click, look_down, panel, settle


def test_lines_of_sight_and_monuments_are_asked_with_the_mouse(window, qtbot) -> None:
    session = window.session
    look_down(window)
    analyses = panel(window, "analyses")
    form = analyses.form
    form.kind.setCurrentIndex(form.kind.findData("sight"))
    qtbot.mouseClick(analyses.start, LEFT)
    click(window, qtbot, 30, -50)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)  # one place is no line yet
    assert session.project.analyses == ()
    qtbot.mouseClick(analyses.start, LEFT)
    click(window, qtbot, 50, -50)
    click(window, qtbot, 50, 40)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(session.project.analyses) == 1, timeout=30_000)
    settle(window, qtbot)
    seen = session.layer(session.project.analyses[0].layer).table.frame
    assert sorted(seen["visible"]) == [False, True]  # up to the house, and behind it
    assert set(seen["blocked_feature"]) == {"house-1"}
    assert analyses.said.text() == "0 of 1 targets are seen."

    form.kind.setCurrentIndex(form.kind.findData("monument"))
    session.selection.set([])
    qtbot.mouseClick(analyses.start, LEFT)
    assert len(session.project.analyses) == 1  # nothing is selected: it is said
    session.selection.set([("houses", "house-2")])
    form.radius.setValue(60.0)
    qtbot.mouseClick(analyses.start, LEFT)
    qtbot.waitUntil(lambda: len(session.project.analyses) == 2, timeout=30_000)
    settle(window, qtbot)
    frame = session.layer(session.project.analyses[1].layer).table.frame
    assert frame["seen_share"].max() > 0.9
    assert frame["distance_m"].max() <= 60.0


def test_places_chosen_beside_the_indicators_become_lines_of_the_table(window, qtbot) -> None:
    look_down(window)
    numbers = panel(window, "indicators")
    qtbot.mouseClick(numbers.places, LEFT)
    for place in ((10, 20), (60, -20)):
        click(window, qtbot, *place)
    qtbot.keyClick(window.viewport, Qt.Key.Key_Return)
    session = window.session
    qtbot.waitUntil(lambda: len(session.project.analyses) == 1, timeout=60_000)

    def counted() -> dict[str, float | None]:
        found = numbers._counted.found if numbers._counted is not None else {}
        return {i.id: i.value for own in found.values() for i in own}

    qtbot.waitUntil(lambda: "shadow_hours" in counted(), timeout=60_000)
    # The first place is behind a house of 9 m in its south, the second in the open.
    assert counted()["shadow_hours.1"] > 3.0
    assert counted()["shadow_hours.2"] < 0.5
    rows = [numbers.table.item(r, 0).text() for r in range(numbers.table.rowCount())]
    numbers.table.setCurrentCell(rows.index("Shadow on chosen places"), 0)
    assert "hours between sunrise and sunset of 2026-03-21" in numbers.formula.text()
    assert "rays against buildings" in numbers.formula.text()


def test_the_zoning_of_the_portal_is_fetched_beside_the_analysis(window, qtbot, tmp_path) -> None:
    portal = Portal()
    try:
        analyses = panel(window, "analyses")
        assert not analyses.zones.isVisible()
        analyses.form.kind.setCurrentIndex(analyses.form.kind.findData("zoning"))
        analyses.zones.services = portal.catalogue(tmp_path / "services.toml")
        qtbot.mouseClick(analyses.zones, LEFT)
        session = window.session
        qtbot.waitUntil(lambda: "zoning" in {s.id for s in session.project.layers}, timeout=20_000)
        settle(window, qtbot)
        assert len(portal.heard) == 1
        assert analyses.form.zones.currentData() == "zoning"
        analyses.form.rules["height"].setCurrentText("8")
        analyses.form.rule.setCurrentText("libelle")
        qtbot.mouseClick(analyses.start, LEFT)
        qtbot.waitUntil(lambda: len(session.project.analyses) == 1, timeout=30_000)
        settle(window, qtbot)
        high = session.layer(session.project.analyses[0].layer).table.frame
        assert "UA1" in set(high["rule"][high["part"] == "excess"])
        while session.history.undo_label:
            session.undo()
        assert "zoning" not in {s.id for s in session.project.layers}
    finally:
        portal.close()
