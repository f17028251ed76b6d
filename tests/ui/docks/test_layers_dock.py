"""The layers panel: switching, ordering, naming, and what it shows of a layer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, Qt, QUrl
from PySide6.QtWidgets import QComboBox, QSlider, QTabWidget
from pytestqt.qtbot import QtBot

from twin.model.style import Categories, Graduated
from twin.work.session import Session
from ui.docks.layers_dock import LayersDock
from ui.forms import StyleForm
from ui.i18n import translator

CHECK = Qt.ItemDataRole.CheckStateRole


@pytest.fixture
def dock(qtbot: QtBot, town: Session) -> LayersDock:
    dock = LayersDock(town)
    qtbot.addWidget(dock, before_close_func=lambda widget: widget.set_session(None))
    dock.resize(340, 720)
    dock.show()
    return dock


def names(dock: LayersDock) -> list[tuple[str, list[str]]]:
    model = dock.tree.model()
    return [
        (
            model.index(row, 0).data(),
            [
                model.index(child, 0, model.index(row, 0)).data()
                for child in range(model.rowCount(model.index(row, 0)))
            ],
        )
        for row in range(model.rowCount())
    ]


def line(dock: LayersDock, *rows: int) -> QModelIndex:
    index = QModelIndex()
    for row in rows:
        index = dock.tree.model().index(row, 0, index)
    return index


def test_layers_stand_in_their_groups(dock: LayersDock) -> None:
    assert names(dock) == [("Model", ["Buildings", "Air quality"]), ("Cadastral plots", [])]
    translator.set_language("fr")
    assert names(dock)[0] == ("Maquette", ["Bâtiments", "Qualité de l’air"])


def test_ticking_switches_a_layer_and_undo_switches_it_back(
    dock: LayersDock, town: Session
) -> None:
    model = dock.tree.model()
    assert line(dock, 0).data(CHECK) == Qt.CheckState.PartiallyChecked
    model.setData(line(dock, 0, 1), Qt.CheckState.Checked, CHECK)
    assert town.project.layer("sensors").visible
    assert line(dock, 0).data(CHECK) == Qt.CheckState.Checked
    model.setData(line(dock, 0), Qt.CheckState.Unchecked, CHECK)
    assert not any(spec.visible for spec in town.project.layers if spec.group)
    town.undo()
    assert all(spec.visible for spec in town.project.layers)


def test_renaming_keeps_the_other_language(dock: LayersDock, town: Session) -> None:
    dock.tree.model().setData(line(dock, 0, 0), "Houses", Qt.ItemDataRole.EditRole)
    assert town.project.layer("houses").title == {"en": "Houses", "fr": "Bâtiments"}
    assert not dock.tree.model().setData(line(dock, 0, 0), "  ", Qt.ItemDataRole.EditRole)


def test_dragging_a_layer_out_of_its_group(dock: LayersDock, town: Session) -> None:
    model = dock.tree.model()
    carried = model.mimeData([line(dock, 0, 0)])
    model.dropMimeData(carried, Qt.DropAction.MoveAction, -1, -1, QModelIndex())
    assert names(dock) == [("Model", ["Air quality"]), ("Cadastral plots", []), ("Buildings", [])]
    assert town.project.layers[-1].group == ""


def test_dragging_onto_a_layer_puts_it_before(dock: LayersDock, town: Session) -> None:
    model = dock.tree.model()
    carried = model.mimeData([line(dock, 1)])
    model.dropMimeData(carried, Qt.DropAction.MoveAction, -1, -1, line(dock, 0, 1))
    assert names(dock) == [("Model", ["Buildings", "Cadastral plots", "Air quality"])]


def test_keys_move_and_remove(dock: LayersDock, town: Session, qtbot: QtBot) -> None:
    dock.choose("sensors")
    dock.tree.setFocus()
    qtbot.keyClick(dock.tree, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [spec.id for spec in town.project.layers] == ["sensors", "houses", "broken"]
    assert dock.current_layer() == "sensors"
    qtbot.keyClick(dock.tree, Qt.Key.Key_Delete)
    assert [spec.id for spec in town.project.layers] == ["houses", "broken"]


def test_files_let_fall_are_told(dock: LayersDock, qtbot: QtBot, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.gpkg")), QUrl("https://example.org/b")])
    with qtbot.waitSignal(dock.files_dropped) as told:
        dock.tree.model().dropMimeData(data, Qt.DropAction.CopyAction, -1, -1, QModelIndex())
    assert told.args == [[tmp_path / "a.gpkg"]]


def test_a_dragged_opacity_is_one_step_of_undo(dock: LayersDock, town: Session) -> None:
    dock.choose("houses")
    slider = dock.inspector.findChildren(QSlider)[0]
    slider.sliderPressed.emit()
    for percent in (90, 60, 40):
        slider.setValue(percent)
    assert town.project.layer("houses").opacity == 0.4
    slider.sliderPressed.emit()
    slider.setValue(20)
    town.undo()
    assert town.project.layer("houses").opacity == 0.4
    town.undo()
    assert town.project.layer("houses").opacity == 1.0
    assert slider.value() == 100


def test_zoom_goes_to_what_is_drawn(dock: LayersDock, town: Session, qtbot: QtBot) -> None:
    dock.choose("houses")
    with qtbot.waitSignal(dock.fly_to_requested) as asked:
        dock.context_menu().actions()[0].trigger()
    assert asked.args == [town.layer("houses").bounds]


def test_a_failed_layer_says_so(dock: LayersDock, qtbot: QtBot) -> None:
    dock.choose("broken")
    told = line(dock, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert told == "Cadastral plots, Could not be shown"
    assert not line(dock, 1).siblingAtColumn(1).data(Qt.ItemDataRole.DecorationRole).isNull()


def test_categories_are_found_and_undone(dock: LayersDock, town: Session, qtbot: QtBot) -> None:
    dock.choose("houses")
    form = dock.inspector.findChild(StyleForm)
    form.categories_wanted.emit("use")
    qtbot.waitUntil(lambda: isinstance(town.layer("houses").style.rule, Categories))
    rule = town.layer("houses").style.rule
    assert isinstance(rule, Categories)
    assert {c.value for c in rule.categories} >= {"Résidentiel", "Commercial"}
    town.undo()
    assert isinstance(town.layer("houses").style.rule, Graduated)


def test_heights_follow_a_column_chosen_beside_the_colours(
    dock: LayersDock, town: Session, qtbot: QtBot
) -> None:
    dock.choose("houses")
    tabs = dock.inspector.findChild(QTabWidget)
    tabs.setCurrentIndex(1)
    boxes = dock.inspector.findChild(StyleForm).findChildren(QComboBox)
    (height,) = (box for box in boxes if box.accessibleName() == "Height by")
    assert height.currentData() == "height_m"
    row = height.findData("storeys")
    height.setCurrentIndex(row)
    height.activated.emit(row)
    qtbot.waitUntil(lambda: town.layer("houses").params.height_column == "storeys")
    assert height.currentText() == "storeys"
    town.undo()
    qtbot.waitUntil(lambda: town.layer("houses").params.height_column == "height_m")


def test_a_running_clock_leaves_the_panel_alone(
    dock: LayersDock, town: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    dock.choose("houses")
    refreshed: list[str] = []
    monkeypatch.setattr(dock.inspector, "refresh", lambda: refreshed.append("again"))
    town.changed(town.layer("houses"), "columns", "colours")
    assert refreshed == []
    town.changed(town.layer("houses"), "table")
    assert refreshed


def test_an_empty_project_says_what_to_do(dock: LayersDock, town: Session) -> None:
    for layer_id in ("houses", "sensors", "broken"):
        town.do("edit.remove_layer", lambda p, i=layer_id: p.without_layer(i))
    assert not dock.tree.isVisible()
    assert not dock.inspector.isVisible()
    town.undo()
    assert dock.tree.isVisible()


def test_only_lines_that_look_otherwise_are_painted_again(dock: LayersDock, town: Session) -> None:
    """A layer that loads has news many times a second; each line that is painted takes time from it."""
    told: list[tuple[str, str]] = []
    model = dock.tree.model()
    dock.tree.repaint()
    model.sync()
    model.dataChanged.connect(lambda first, last: told.append((first.data(), last.data() or "")))
    model.sync()
    assert told == []
    town.do("edit.hide_layer", lambda p: p.with_layer(replace(p.layer("houses"), visible=False)))
    assert ("Buildings", "") in told
    assert "Cadastral plots" not in {first for first, _ in told}
    translator.set_language("fr")
    assert {first for first, _ in told} >= {"Bâtiments", "Qualité de l’air"}
