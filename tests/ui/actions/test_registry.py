from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow, QToolBar, QVBoxLayout, QWidget

from ui.actions import Action, ActionSet, Scope
from ui.actions.menus import Menus, fill_tool_bar
from ui.i18n import translator


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    body = QWidget()
    body.view, body.field = QWidget(), QLineEdit()
    body.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout = QVBoxLayout(body)
    layout.addWidget(body.view)
    layout.addWidget(body.field)
    made.setCentralWidget(body)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def make(window, *actions: Action, context: object = None) -> ActionSet:
    return ActionSet(actions, context, window=window, viewport=window.centralWidget().view)


def one(name: str, **values) -> Action:
    values.setdefault("run", lambda _w: None)
    return Action(id=name, text="action.project.save", **values)


def test_the_same_id_twice_is_refused(window) -> None:
    with pytest.raises(ValueError, match="registered twice"):
        make(window, one("a.b"), one("a.b"))


def test_the_same_keys_twice_are_refused(window) -> None:
    with pytest.raises(ValueError, match=r"Ctrl\+B"):
        make(window, one("a.b", keys=("Ctrl+B",)), one("a.c", keys=("Ctrl+C", "Ctrl+B")))


def test_run_gives_the_context_and_tells(window, qtbot) -> None:
    got: list[object] = []
    actions = make(window, one("a.b", run=got.append), context="the window")
    with qtbot.waitSignal(actions.ran) as heard:
        assert actions.run("a.b")
    assert got == ["the window"]
    assert heard.args == ["a.b"]


def test_what_is_not_enabled_does_not_run(window) -> None:
    got: list[object] = []
    context = SimpleNamespace(ready=False)
    actions = make(window, one("a.b", run=got.append, enabled=lambda c: c.ready), context=context)
    actions.refresh()
    assert not actions.qaction("a.b").isEnabled()
    assert not actions.run("a.b")
    assert got == []
    context.ready = True
    actions.refresh()
    assert actions.qaction("a.b").isEnabled()
    assert actions.run("a.b")


def test_checked_follows_the_context_even_after_a_click(window, qtbot) -> None:
    context = SimpleNamespace(on=False)
    actions = make(window, one("a.b", checked=lambda c: c.on), context=context)
    made = actions.qaction("a.b")
    made.trigger()  # the action did not switch anything on
    qtbot.waitUntil(lambda: not made.isChecked())
    context.on = True
    actions.refresh()
    assert made.isChecked()


def test_keys_of_the_window_work_from_any_field(window, qtbot) -> None:
    got: list[object] = []
    make(window, one("a.b", keys=("Ctrl+B",), run=got.append))
    field = window.centralWidget().field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert len(got) == 1


def test_letters_of_the_viewport_stay_letters_in_a_field(window, qtbot) -> None:
    got: list[object] = []
    make(window, one("a.b", keys=("F",), scope=Scope.VIEWPORT, run=got.append))
    field, view = window.centralWidget().field, window.centralWidget().view
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_F)
    assert (field.text(), got) == ("f", [])
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert len(got) == 1


def test_wording_follows_the_language_and_the_moment(window) -> None:
    context = SimpleNamespace(step="style")
    actions = make(
        window,
        one("a.plain", keys=("Ctrl+B",)),
        one("a.moment", wording=lambda c: f"Undo {c.step}"),
        context=context,
    )
    before = translator.language
    try:
        translator.set_language("en")
        actions.retranslate()
        assert actions.qaction("a.plain").text() == "Save"
        assert "Ctrl+B" in actions.qaction("a.plain").toolTip()
        translator.set_language("fr")
        actions.retranslate()
        assert actions.qaction("a.plain").text() == "Enregistrer"
    finally:
        translator.set_language(before)
    context.step = "order"
    actions.refresh()
    assert actions.qaction("a.moment").text() == "Undo order"


def test_menus_keep_the_order_and_part_the_sections(window) -> None:
    actions = make(
        window,
        one("a.late", menu=("view",), section=2),
        one("a.first", menu=("view",), section=0),
        one("a.second", menu=("view",), section=0),
        one("a.sub", menu=("view", "theme"), section=1),
        one("a.keys_only"),
    )
    menus = Menus(
        window.menuBar(),
        actions,
        order=("project", "view"),
        fillers={("project", "recent"): (0, lambda menu: None)},
    )
    view = menus.menu("view")
    shape = ["-" if a.isSeparator() else a.objectName() or "menu" for a in view.actions()]
    assert shape == ["a.first", "a.second", "-", "menu", "-", "a.late"]
    assert [a.objectName() for a in menus.menu("view", "theme").actions()] == ["a.sub"]
    titles = [a.menu() for a in window.menuBar().actions()]
    assert titles == [menus.menu("project"), view]


def test_a_menu_of_the_moment_is_filled_when_it_opens(window) -> None:
    names: list[str] = []
    menus = Menus(
        window.menuBar(),
        make(window, one("a.b", menu=("project",))),
        order=("project",),
        fillers={("project", "recent"): (1, lambda menu: [menu.addAction(n) for n in names])},
    )
    menu = menus.menu("project", "recent")
    menu.aboutToShow.emit()
    assert [a.isEnabled() for a in menu.actions()] == [False]
    names += ["one", "two"]
    menu.aboutToShow.emit()
    assert [a.text() for a in menu.actions()] == ["one", "two"]


def test_the_tool_bar_is_ordered_and_parted_by_tens(window) -> None:
    actions = make(window, one("a.c", bar=11), one("a.a", bar=1), one("a.b", bar=2), one("a.no"))
    bar = QToolBar(window)
    fill_tool_bar(bar, actions)
    shape = ["-" if a.isSeparator() else a.objectName() for a in bar.actions()]
    assert shape == ["a.a", "a.b", "-", "a.c"]
