"""What holds for every panel: words for those who cannot see, both languages, both themes, no session."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from twin.work.session import Session
from ui.docks.attributes_dock import AttributesDock
from ui.docks.bookmarks_dock import BookmarksDock
from ui.docks.jobs_indicator import JobsIndicator
from ui.docks.layers_dock import LayersDock
from ui.docks.panel import Panel
from ui.docks.problems_dock import ProblemsDock
from ui.docks.search_box import SearchBox
from ui.docks.table_dock import TableDock
from ui.docks.time_bar import TimeBar
from ui.i18n import translator
from ui.theme import Theme, current_palette

PANELS = [
    AttributesDock,
    BookmarksDock,
    JobsIndicator,
    LayersDock,
    ProblemsDock,
    SearchBox,
    TableDock,
    TimeBar,
]
KEY = re.compile(r"^[a-z]+(\.[a-z_]+)+$")
SPEAKING = (QAbstractButton, QComboBox, QAbstractSlider, QAbstractSpinBox, QLineEdit)


@pytest.fixture(params=PANELS, ids=lambda kind: kind.__name__)
def panel(request: pytest.FixtureRequest, qtbot: QtBot, town: Session) -> Panel:
    panel = request.param(town)
    qtbot.addWidget(panel, before_close_func=lambda widget: widget.set_session(None))
    panel.resize(420, 700)
    panel.show()
    town.selection.set([("houses", "house-1")])
    QApplication.processEvents()
    return panel


def widgets(panel: Panel, *kinds: type) -> list[QWidget]:
    return [w for kind in kinds for w in panel.findChildren(kind)]


def test_everything_the_keyboard_reaches_has_words(panel: Panel) -> None:
    silent = [
        widget
        for widget in widgets(panel, *SPEAKING, QAbstractItemView)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert silent == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_key_shows_through(panel: Panel, language: str) -> None:
    translator.set_language(language)
    QApplication.processEvents()
    shown = [label.text() for label in panel.findChildren(QLabel)]
    shown += [button.text() for button in panel.findChildren(QAbstractButton)]
    shown += [widget.toolTip() for widget in panel.findChildren(QWidget)]
    assert [text for text in shown if KEY.match(text)] == []


def test_it_lives_without_a_session(panel: Panel, town: Session) -> None:
    panel.set_session(None)
    translator.set_language("fr")
    panel.retheme()
    QApplication.processEvents()
    panel.set_session(town)


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.__name__)
def test_the_session_forgets_a_panel_that_is_deleted(
    kind: type[Panel], town: Session, qtbot: QtBot
) -> None:
    signals = (town.layer_changed, town.project_changed, town.problems_changed)
    before = [len(signal) for signal in signals]
    panel = kind(town)
    assert sum(len(signal) for signal in signals) + len(town.jobs.changed) > sum(before)
    panel.deleteLater()
    qtbot.wait(10)
    assert [len(signal) for signal in signals] == before
    town.do("edit.remove_layer", lambda p: p.without_layer("houses"))


def test_a_panel_is_dressed_anew_where_the_theme_is_another_one(
    qtbot: QtBot, town: Session
) -> None:
    """Showing a window tells of its style as well; drawing every icon again would hold it up."""
    worn: list[str] = []

    class Plain(Panel):
        def retheme(self) -> None:
            worn.append(current_palette().name)

    panel = Plain(town)
    qtbot.addWidget(panel)
    panel._begin()
    panel.show()
    qtbot.wait(20)
    assert worn == ["light"]
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme = Theme(app, "light")
    theme.set_mode("dark")
    qtbot.wait(20)
    theme.set_mode("light")
    theme.close()
    qtbot.wait(20)
    assert worn == ["light", "dark", "light"]
