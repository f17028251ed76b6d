"""A real window on the small town, without a display."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui import small_city
from ui.opened import Opened
from ui.services import Services


@pytest.fixture
def services(qapp, tmp_path: Path, english: None) -> Iterator[Services]:
    """Settings, state and layer types of this test only."""
    from ui.settings import Settings
    from ui.theme import Theme

    made = Services(
        settings=Settings(tmp_path / "settings.ini"),
        theme=Theme(qapp, "light"),
        registry=small_city.registry(tmp_path),
        state_dir=tmp_path / "state",
        demo=tmp_path / "no demo here",
    )
    yield made
    made.theme.close()
    made.theme.deleteLater()


@pytest.fixture
def make_window(qtbot: QtBot, services: Services) -> Iterator[Callable]:
    """Open windows; they are closed, and forgotten, at the end."""
    from ui.window import MainWindow

    windows: list[MainWindow] = []

    def make(opened: Opened | None = None) -> MainWindow:
        window = MainWindow(services, opened)
        windows.append(window)
        window.viewport.pilot.set_animated(on=False)
        window.resize(1200, 800)
        window.show()
        qtbot.waitExposed(window)
        if window.session is not None:
            qtbot.waitUntil(lambda: window.viewport.scene.complete, timeout=30_000)
        window.viewport.frames.finish()
        return window

    yield make
    for window in windows:
        window.files.may_close = lambda: True
        window.close()
        window.deleteLater()
    windows.clear()


@pytest.fixture
def window(make_window):
    """A window on the small town, loaded and drawn."""
    return make_window(Opened(project=small_city.project(broken=False), folder=None))
