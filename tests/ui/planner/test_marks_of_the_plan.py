"""Who changed a feature is told as the planner called it, in the attributes and in the table."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication, QLabel

from tests.ui.planner.hands import settle
from twin.model.project import Delta, Phase, Variant

CHANGE = Delta(
    variant="v",
    phase="phase-1",
    layer="houses",
    feature_id="house-1",
    op="modify",
    values={"height_m": 40.0},
)


def planned(window, qtbot) -> None:
    phase = Phase(id="phase-1", label={"en": "South built"}, status="under_review")
    variant = Variant(id="v", label={"en": "Gardens"})
    window.session.do(
        "plan", lambda p: replace(p, phases=(phase,), variants=(variant,), deltas=(CHANGE,))
    )
    window.session.set_variant("v")
    settle(window, qtbot)


def test_attributes_word_the_marks_of_a_change(window, qtbot) -> None:
    planned(window, qtbot)
    window.docks.show("attributes")
    window.session.selection.set([("houses", "house-1")])

    def told() -> list[str]:
        QApplication.processEvents()
        dock = window.docks.frames["attributes"]
        return [label.text() for label in dock.findChildren(QLabel) if label.isVisible()]

    shown = told()
    assert shown[shown.index("phase of the plan") + 1] == "South built"
    assert shown[shown.index("state of the phase") + 1] == "Under review"
    assert shown[shown.index("variant") + 1] == "Gardens"
    window.set_language("fr")
    assert "En instruction" in told()


def test_the_table_words_them_too(window, qtbot) -> None:
    planned(window, qtbot)
    window.show_table("houses")
    model = window.docks.table.view.model()
    row = list(window.session.layer("houses").table.feature_ids).index("house-1")
    cells = {name: model.index(row, place).data() for place, name in enumerate(model.columns)}
    assert (cells["plan_phase"], cells["plan_status"]) == ("South built", "Under review")
    assert cells["plan_variant"] == "Gardens"
