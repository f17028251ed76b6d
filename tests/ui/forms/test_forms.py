"""Forms made from data: settings of a layer from its params, and its style."""

from __future__ import annotations

from typing import Annotated

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QSlider,
    QSpinBox,
    QTabWidget,
)
from pytestqt.qtbot import QtBot

from twin.model.params import Choice, ColumnName, Range, Unit, params
from twin.model.style import Categories, Category, Constant, Graduated, Style
from twin.work.session import Session
from ui.docks.layer_inspector import Page
from ui.docks.layers_dock import LayersDock
from ui.forms import ParamsForm, StyleForm
from ui.forms.fields import Words
from ui.i18n import translator


@params
class Everything:
    height_m: Annotated[float, Range(0, 40), Unit("m")] = 10.0
    copies: Annotated[int, Range(1, 9)] = 1
    factor: float = 1.5
    roofs: bool = True
    kind: Annotated[str, Choice("low", "high")] = "low"
    number_from: Annotated[str, ColumnName(numeric=True)] = ""
    text_from: Annotated[str, ColumnName()] = ""
    name: str = ""


@pytest.fixture
def form(qtbot: QtBot, english: None) -> ParamsForm:
    words = Words(
        label=lambda name: f"<{name}>",
        choice=lambda value: value.upper(),
        column=lambda name: name or "none",
    )
    form = ParamsForm(Everything, words, columns=("use", "h"), numeric=("h",))
    qtbot.addWidget(form)
    form.show_values(Everything())
    form.show()
    return form


def told(form: ParamsForm) -> list[tuple[str, object, int]]:
    heard: list[tuple[str, object, int]] = []
    form.edited.connect(lambda name, value, gesture: heard.append((name, value, gesture)))
    return heard


def part(form: ParamsForm, name: str, kind: type) -> object:
    widget = form.editors[name].widget
    return widget if isinstance(widget, kind) else widget.findChild(kind)


def test_each_type_has_its_editor(form: ParamsForm) -> None:
    assert isinstance(part(form, "height_m", QSlider), QSlider)
    assert part(form, "height_m", QDoubleSpinBox).suffix() == "\u202fm"  # type: ignore[attr-defined]
    assert isinstance(part(form, "copies", QSpinBox), QSpinBox)
    assert part(form, "factor", QSlider) is None
    assert isinstance(part(form, "roofs", QCheckBox), QCheckBox)
    boxes = {
        name: [part(form, name, QComboBox).itemText(i) for i in range(3)]  # type: ignore[attr-defined]
        for name in ("kind", "number_from", "text_from")
    }
    assert boxes == {
        "kind": ["LOW", "HIGH", ""],
        "number_from": ["none", "h", ""],
        "text_from": ["none", "use", "h"],
    }
    assert isinstance(part(form, "name", QLineEdit), QLineEdit)


def test_every_editor_has_a_name_for_those_who_cannot_see(form: ParamsForm) -> None:
    for name, editor in form.editors.items():
        assert editor.widget.accessibleName() == f"<{name}>"


def test_a_dragged_slider_tells_few_values_of_one_gesture(form: ParamsForm, qtbot: QtBot) -> None:
    heard = told(form)
    slider = part(form, "height_m", QSlider)
    assert isinstance(slider, QSlider)
    slider.setSliderDown(True)
    for place in range(250, 751, 10):
        slider.setValue(place)
    slider.setSliderDown(False)
    assert 1 <= len(heard) < 10
    assert heard[-1][:2] == ("height_m", 30.0)
    assert len({gesture for _, _, gesture in heard}) == 1
    slider.setSliderDown(True)
    slider.setValue(0)
    slider.setSliderDown(False)
    assert heard[-1][1] == 0.0
    assert heard[-1][2] > heard[0][2]


def test_editors_tell_what_the_user_chose(form: ParamsForm, qtbot: QtBot) -> None:
    heard = told(form)
    part(form, "roofs", QCheckBox).click()  # type: ignore[attr-defined]
    qtbot.keyClick(part(form, "kind", QComboBox), Qt.Key.Key_Down)
    part(form, "copies", QSpinBox).setValue(4)  # type: ignore[attr-defined]
    line = part(form, "name", QLineEdit)
    qtbot.keyClicks(line, "Seine")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert [(name, value) for name, value, _ in heard] == [
        ("roofs", False),
        ("kind", "high"),
        ("copies", 4),
        ("name", "Seine"),
    ]


def test_showing_values_tells_nothing(form: ParamsForm) -> None:
    heard = told(form)
    form.show_values(Everything(height_m=33.3, roofs=False, kind="high", text_from="gone"))
    assert heard == []
    assert form.editors["height_m"].value() == 33.3
    assert form.editors["text_from"].value() == "gone"


def test_numbers_are_written_in_the_users_language(form: ParamsForm) -> None:
    translator.set_language("fr")
    form.retranslate()
    assert part(form, "factor", QDoubleSpinBox).text() == "1,500"  # type: ignore[attr-defined]


class TestInTheLayersPanel:
    @pytest.fixture
    def dock(self, qtbot: QtBot, town: Session) -> LayersDock:
        dock = LayersDock(town)
        qtbot.addWidget(dock, before_close_func=lambda widget: widget.set_session(None))
        dock.choose("houses")
        dock.show()
        # A page is filled when it is opened.
        dock.inspector.findChild(QTabWidget).setCurrentIndex(Page.SETTINGS)
        return dock

    def form(self, dock: LayersDock) -> ParamsForm:
        found = dock.inspector.findChild(ParamsForm)
        assert isinstance(found, ParamsForm)
        return found

    def test_words_come_from_the_manifest(self, dock: LayersDock) -> None:
        labels = {label.text() for label in self.form(dock).findChildren(QLabel)}
        assert {"Storey height", "Height from"} <= labels
        translator.set_language("fr")
        labels = {label.text() for label in self.form(dock).findChildren(QLabel)}
        assert {"Hauteur d’étage", "Niveau de détail"} <= labels

    def test_an_edit_is_saved_built_and_undone_as_one(
        self, dock: LayersDock, town: Session, qtbot: QtBot
    ) -> None:
        slider = part(self.form(dock), "storey_m", QSlider)
        assert isinstance(slider, QSlider)
        slider.setSliderDown(True)
        for place in (400, 600, 1000):
            slider.setValue(place)
        slider.setSliderDown(False)
        assert town.project.layer("houses").params["storey_m"] == 5.0
        assert town.layer("houses").params.storey_m == 5.0
        qtbot.waitUntil(lambda: not town.jobs.running, timeout=20_000)
        town.undo()
        assert town.layer("houses").params.storey_m == 3.0
        assert self.form(dock).editors["storey_m"].value() == 3.0

    def test_back_to_the_defaults(self, dock: LayersDock, town: Session) -> None:
        self.form(dock).edited.emit("copies", 7, 0)
        self.form(dock).edited.emit("roofs", False, 0)
        assert town.layer("houses").params.copies == 7
        self.form(dock).reset_requested.emit()
        assert town.project.layer("houses").params == {}
        assert self.form(dock).editors["copies"].value() == 1


class TestStyleForm:
    @pytest.fixture
    def form(self, qtbot: QtBot, english: None) -> StyleForm:
        form = StyleForm(lambda name: name.capitalize())
        qtbot.addWidget(form)
        form.show()
        return form

    def show(self, form: StyleForm, rule: object) -> list[Style]:
        heard: list[Style] = []
        form.show_style(
            Style(rule=rule),  # type: ignore[arg-type]
            columns=("use", "height"),
            numeric=("height",),
            own=True,
        )
        form.edited.connect(lambda style, _merge: heard.append(style))
        return heard

    def choose_kind(self, form: StyleForm, place: int) -> None:
        form._kind.setCurrentIndex(place)
        form._kind.activated.emit(place)

    def test_from_one_colour_to_classes(self, form: StyleForm) -> None:
        heard = self.show(form, Constant(colour="#112233"))
        self.choose_kind(form, 2)
        assert heard == [Style(rule=Graduated(column="height"))]

    def test_categories_are_asked_for(self, form: StyleForm, qtbot: QtBot) -> None:
        self.show(form, Constant())
        with qtbot.waitSignal(form.categories_wanted) as asked:
            self.choose_kind(form, 1)
        assert asked.args == ["use"]

    def test_a_ramp_keeps_the_bounds_and_classes_drop_them(self, form: StyleForm) -> None:
        heard = self.show(form, Graduated(column="height", breaks=(5.0, 10.0)))
        page = form._graduated
        assert page._classes.value() == 3
        assert page._breaks.text() == "5 ; 10"
        page._ramp.setCurrentIndex(page._ramp.findData("batlow"))
        page._ramp.activated.emit(0)
        assert heard[-1].rule == Graduated(column="height", breaks=(5.0, 10.0), ramp="batlow")
        page._classes.setValue(5)
        assert heard[-1].rule == Graduated(column="height", classes=5)

    def test_bounds_can_be_typed(self, form: StyleForm) -> None:
        heard = self.show(form, Graduated(column="height", breaks=(5.0,)))
        translator.set_language("fr")
        form._graduated._breaks.setText("12,5 ; 3 ; 100")
        form._graduated._breaks.editingFinished.emit()
        assert heard[-1].rule == Graduated(column="height", breaks=(3.0, 12.5, 100.0))
        form._graduated._breaks.setText("abc")
        form._graduated._breaks.editingFinished.emit()
        assert len(heard) == 1

    def test_colours_of_categories(self, form: StyleForm) -> None:
        rule = Categories(
            column="use",
            categories=(Category(value="a", colour="#111111", label={"en": "Alpha"}),),
        )
        heard = self.show(form, rule)
        texts = [label.text() for label in form._categories.findChildren(QLabel)]
        assert {"Alpha", "Other values"} <= set(texts)
        form._categories._paint(0, "#222222")
        made = heard[-1].rule
        assert isinstance(made, Categories)
        assert made.categories[0] == Category(value="a", colour="#222222", label={"en": "Alpha"})

    def test_classes_need_a_number(self, form: StyleForm) -> None:
        form.show_style(Style(), columns=("use",), numeric=(), own=False)
        assert not form._kind.model().item(2).isEnabled()
        assert form._kind.model().item(1).isEnabled()
        assert not form._reset.isEnabled()
