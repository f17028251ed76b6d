"""Every widget of the window and of the stage: a name for those who cannot see it, a way to it by key, ink that
stands out from the paper, and room for its words in every language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabBar,
    QToolBar,
    QWidget,
)

from tests.ui import small_city
from tests.ui.show.conftest import town_story
from ui.i18n import translator
from ui.opened import Opened
from ui.show.on_stage import OnStage
from ui.window import MainWindow

LANGUAGES = ("en", "fr", "ko", "ar")
SPEAKING = (
    QAbstractButton,
    QComboBox,
    QAbstractSlider,
    QAbstractSpinBox,
    QLineEdit,
    QAbstractItemView,
)
AA, AA_LARGE, LARGE_PX = 4.5, 3.0, 24
"""Contrast of ink and paper, and of large letters (WCAG 2.2, 1.4.3)."""


@pytest.fixture
def window(make_window: Callable) -> MainWindow:
    """The window on the small town, all of its panels open."""
    from dataclasses import replace

    project = replace(small_city.project(broken=False), stories=(town_story(),))
    window = make_window(Opened(project=project, folder=None))
    window.resize(1600, 1000)
    return window


def panels(window: MainWindow) -> Iterator[QDockWidget]:
    """Show one panel after the other, as wide as it is made."""
    for dock in window.findChildren(QDockWidget):
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        yield dock
        dock.hide()


def parts(root: QWidget) -> list[QWidget]:
    """Return what can be seen of a widget's own, without what Qt makes for itself."""
    return [
        w
        for w in (root, *root.findChildren(QWidget))
        if w.isVisibleTo(root) and not w.objectName().startswith("qt_")
    ]


def words(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return text() if callable(text) else ""


def spoken(widget: QWidget) -> str:
    """Return what a screen reader says: a widget's own name, its words, or those of the label before it."""
    seen = QAccessible.queryAccessibleInterface(widget)
    return seen.text(QAccessible.Text.Name) if seen is not None else ""


def silent(root: QWidget) -> list[str]:
    """Return what a screen reader has no word for."""
    return [
        f"{type(w).__name__} {w.objectName()} in {type(w.parent()).__name__}"
        for w in parts(root)
        if isinstance(w, SPEAKING)
        and w.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(w.parent(), QAbstractSpinBox | QComboBox)
        and not spoken(w)
    ]


def unreachable(root: QWidget) -> list[str]:
    """Return buttons that only a pointer finds."""
    return [
        f"{type(w).__name__} {words(w) or w.accessibleName()}"
        for w in parts(root)
        if isinstance(w, QAbstractButton | QComboBox | QLineEdit)
        and w.isEnabled()
        and not w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(
            w.parent(),
            QToolBar | QTabBar | QDockWidget | QComboBox | QAbstractSpinBox | QLineEdit,
        )
        and not isinstance(w.parent(), QAbstractScrollArea)
    ]


def contrast(first: tuple[int, int, int], second: tuple[int, int, int]) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""

    def light(rgb: tuple[int, int, int]) -> float:
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
            for c in (v / 255 for v in rgb)
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def pale(root: QWidget) -> list[str]:
    """Return labels and buttons whose ink does not stand out from what lies behind it, as they are drawn."""
    found = []
    for w in parts(root):
        text = words(w)
        if not isinstance(w, QLabel | QPushButton) or not w.isEnabled() or not text.strip():
            continue
        if "<" in text or w.visibleRegion().boundingRect() != w.rect():
            continue
        top = w.window()
        picture = top.grab(w.rect().translated(w.mapTo(top, w.rect().topLeft()))).toImage()
        colours = Counter(
            picture.pixelColor(x, y).getRgb()[:3]
            for y in range(picture.height())
            for x in range(picture.width())
        )
        if not colours:
            continue
        paper = colours.most_common(1)[0][0]
        best = max(contrast(paper, ink) for ink in colours)
        wanted = AA_LARGE if w.fontInfo().pixelSize() >= LARGE_PX else AA
        if best < wanted:
            found.append(f"{type(w).__name__} {text[:40]!r}: {best:.1f}")
    return found


def cramped(root: QWidget) -> list[str]:
    """Return labels and buttons that cut their words off."""
    found = []
    for w in parts(root):
        if isinstance(w, QLabel) and w.text() and not w.wordWrap() and w.pixmap().isNull():
            wide = w.fontMetrics().size(0, w.text()).width() if "<" not in w.text() else 0
        elif isinstance(w, QPushButton) and w.text():
            wide = QSize(w.minimumSizeHint()).width()
        else:
            continue
        if wide > w.width() + 1:
            found.append(f"{type(w).__name__} {words(w)[:50]!r}: {wide} > {w.width()}")
    return found


def test_every_widget_has_a_name_and_a_way_to_it_by_key(window: MainWindow) -> None:
    wrong = {}
    for dock in panels(window):
        wrong[dock.objectName()] = silent(dock.widget()) + unreachable(dock.widget())
    found = [f"{name}: {some}" for name, some in wrong.items() if some]
    assert not found, "\n".join(found)
    assert silent(window.viewport) + unreachable(window.viewport) == []


def test_ink_stands_out_from_paper(window: MainWindow) -> None:
    wrong = {}
    for theme in ("light", "dark"):
        window.services.theme.set_mode(theme)
        QApplication.processEvents()
        for dock in panels(window):
            wrong[f"{dock.objectName()} {theme}"] = pale(dock.widget())
    found = [f"{name}: {some}" for name, some in wrong.items() if some]
    assert not found, "\n".join(found)


def test_words_have_room(window: MainWindow) -> None:
    wrong = {}
    for language in LANGUAGES:
        translator.set_language(language)
        QApplication.processEvents()
        for dock in panels(window):
            wrong[f"{dock.objectName()} {language}"] = cramped(dock.widget())
    found = [f"{name}: {some}" for name, some in wrong.items() if some]
    assert not found, "\n".join(found)


def test_the_stage_and_its_console(window: MainWindow) -> None:
    stage = OnStage(window, window.session.project.story("tour"), "en")
    window.on_stage = stage
    stage.begin(console=True)
    console = stage.console
    for language in LANGUAGES:
        translator.set_language(language)
        console.retranslate()
        QApplication.processEvents()
        assert silent(console) + unreachable(console) == []
        assert pale(console) + cramped(console) == []
    assert stage.audience.card.accessibleName()
    stage.end()
    window.on_stage = None
