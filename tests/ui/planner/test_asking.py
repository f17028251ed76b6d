"""Asking, charting and colouring in the real window: conditions put together, results looked at, styles kept."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt

from twin.drawables import Labels
from twin.model.style import Graduated, RuleCase, Rules, Style, style_from_dict, style_to_dict
from ui.planner import saved_styles

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def ask(window, qtbot):
    window.docks.show("ask")
    panel = window.docks.panel("ask")
    panel.show_layer("houses")
    settle(panel, qtbot)
    return panel


def settle(panel, qtbot) -> None:
    qtbot.waitUntil(lambda: not panel._later.isActive() and not panel._session.jobs.running)


def put(box, data: str) -> None:
    box.setCurrentIndex(box.findData(data))


def test_conditions_are_put_together_and_answered(ask, window, qtbot) -> None:
    assert ask.count.text() == "All 6."
    put(ask.builder.relation, "within")
    put(ask.builder.other, "parcels")
    qtbot.mouseClick(ask.builder.add, LEFT)
    settle(ask, qtbot)
    assert ask.line.text() == 'within("parcels")'
    assert len(ask.found) == 6
    put(ask.builder.relation, "contains")
    put(ask.builder.column, "feature_id")
    ask.builder.value.setEditText("house-4")
    qtbot.mouseClick(ask.builder.add, LEFT)
    settle(ask, qtbot)
    assert ask.line.text() == 'within("parcels") and feature_id contains "house-4"'
    assert ask.found.tolist() == [4]
    assert ask.count.text() == "1 of 6 fit."
    qtbot.mouseClick(ask.select, LEFT)
    assert window.session.selection.features == {("houses", "house-4")}
    qtbot.mouseClick(ask.table, LEFT)
    table = window.docks.table
    qtbot.waitUntil(lambda: table.view.model().rowCount() == 1)
    # The houses stand 20 m apart: those beside the selected one are near it, itself is not.
    ask.line.set_text('near("selection", 20.5)')
    settle(ask, qtbot)
    assert ask.found.tolist() == [3, 5]


def test_a_mistake_is_said_where_it_stands(ask, qtbot) -> None:
    ask.line.set_text('near("parcel", 10)')
    settle(ask, qtbot)
    assert "parcel" in ask.line.message.text()
    assert ask.line.message.isVisible()
    assert ask.count.text() == ""


def test_results_are_counted_charted_and_chosen(ask, window, qtbot, tmp_path) -> None:
    results = ask.results
    results.fields["x"].setCurrentText("area() + storeys")
    assert results.table.item(0, 0).text() == "6"
    rows = [results.table.verticalHeaderItem(i).text() for i in range(results.table.rowCount())]
    mean = results.table.item(rows.index("Mean"), 0).text()
    assert mean == "303"
    put(results.kind, "histogram")
    results.fields["x"].setCurrentText("feature_id")
    results.chart.choose_at(2.0, 0.5)
    assert window.session.selection.features == {("houses", "house-2")}
    put(results.kind, "scatter")
    results.fields["x"].setCurrentText('distance("houses")')
    results.fields["y"].setCurrentText("use")
    assert results.said.text() == "Choose two columns of numbers."
    results.fields["y"].setCurrentText("height_m")
    assert results.said.text() == ""
    put(results.kind, "pivot")
    results.fields["x"].setCurrentText("use")
    results.fields["y"].setCurrentText("storeys")
    results.fields["value"].setCurrentText("area()")
    put(results.how, "sum")
    assert results.table.item(0, 0).text() == "1,800"
    results.table.cellClicked.emit(0, 0)
    assert len(window.session.selection.features) == 6
    results.save(tmp_path / "cross.csv")
    assert (tmp_path / "cross.csv").read_text(encoding="utf-8").splitlines() == [
        ",3",
        "housing,1800.0",
    ]


def test_what_is_found_is_coloured_by_a_rule(ask, window, qtbot) -> None:
    ask.line.set_text("feature_id contains '3'")
    settle(ask, qtbot)
    qtbot.mouseClick(ask.colour, LEFT)
    settle(ask, qtbot)
    rgba = window.session.layer("houses").rgba
    assert len(np.unique(rgba, axis=0)) == 2
    assert "#%02x%02x%02x" % tuple(rgba[3][:3]) == "#d95f02"  # noqa: UP031
    legend = window.session.layer("houses").legend
    assert dict(legend.entries[0].label)["en"] == "feature_id contains '3'"


def test_a_rule_may_ask_for_places(ask, window, qtbot) -> None:
    ask.line.set_text(
        'near("houses", 19, "feature_id = ' + "'house-1'" + '") or distance("parcels") > 5'
    )
    settle(ask, qtbot)
    assert ask.found.tolist() == []
    ask.line.set_text('near("houses", 21, "feature_id = ' + "'house-1'" + '")')
    settle(ask, qtbot)
    assert ask.found.tolist() == [0, 2]
    ask.colour_found()
    settle(ask, qtbot)
    found = (window.session.layer("houses").rgba[:, :3] == (0xD9, 0x5F, 0x02)).all(axis=1)
    assert np.flatnonzero(found).tolist() == [0, 2]


def test_labels_and_kept_styles(window, qtbot, tmp_path) -> None:
    session = window.session
    rule = Rules(
        cases=(RuleCase(when="storeys >= 3", colour="#112233", label={"en": "high"}),),
        other="#445566",
    )
    style = Style(rule=rule, label='feature_id & ": " & round(height_m) & " m"')
    session.do("test", lambda p: p.with_layer(replaced(p, style)))
    qtbot.waitUntil(lambda: bool(session.layer("houses").labels), timeout=10_000)
    (labels,) = session.layer("houses").labels
    assert isinstance(labels, Labels)
    assert labels.texts[0]["en"].startswith("house-")
    assert labels.texts[0]["en"].endswith(": 9 m")
    np.testing.assert_allclose(labels.xyz_in_scene[:, 2], 11.0, atol=0.1)  # 2 m above the roof
    path = saved_styles.keep(window, "houses", "My: style")
    assert path is not None
    assert json.loads(path.read_text(encoding="utf-8"))["cases"][0]["when"] == "storeys >= 3"
    session.undo()
    qtbot.waitUntil(lambda: not session.layer("houses").labels, timeout=10_000)
    saved_styles.apply(window, "houses", path)
    qtbot.waitUntil(lambda: bool(session.layer("houses").labels), timeout=10_000)
    assert session.project.layer("houses").style == style
    path.write_text('{"kind": "constant", "size": 3}', encoding="utf-8")
    saved_styles.apply(window, "houses", path)
    assert session.project.layer("houses").style == style


def replaced(project, style: Style):
    from dataclasses import replace

    return replace(project.layer("houses"), style=style)


def test_rules_are_saved_and_read(window) -> None:
    rule = Rules(cases=(RuleCase(when="a > 1", colour="#010203", label={"fr": "x"}),))
    for style in (Style(rule=rule, label="a"), Style(rule=Graduated(column="a"))):
        assert style_from_dict(json.loads(json.dumps(style_to_dict(style)))) == style


def test_a_rule_is_typed_in_the_layer_panel(window, qtbot) -> None:
    from ui.forms import StyleForm

    form = StyleForm(lambda name: name)
    qtbot.addWidget(form)
    seen: list[Style] = []
    form.edited.connect(lambda style, _merge: seen.append(style))
    form.show_style(Style(), columns=("a", "b"), numeric=("a",), own=False)
    form._kind_chosen(3)
    form.show_style(seen[-1], columns=("a", "b"), numeric=("a",), own=True)
    form._rules.add()
    form.show_style(seen[-1], columns=("a", "b"), numeric=("a",), own=True)
    form._rules._lines[0].set_text("a > 3 and b = 'x'")
    assert seen[-1].rule.cases[0].when == "a > 3 and b = 'x'"
    count = len(seen)
    form._rules._lines[0].set_text("a > > 3")
    assert len(seen) == count
    assert form._rules._lines[0].message.text()
    form._label.set_text("a & b")
    assert seen[-1].label == "a & b"
    assert seen[-1].rule.cases[0].when == "a > 3 and b = 'x'"


def test_layers_are_offered_in_the_language_of_the_window(ask, window) -> None:
    window.set_language("fr")
    assert [ask.layer.itemText(i) for i in range(ask.layer.count())] == ["Parcelles", "Maisons"]
    assert ask.layer_id() == "houses"
