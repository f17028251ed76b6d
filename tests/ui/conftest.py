"""An open session on a small town, and the language of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.ui import small_city
from twin.model.project import Project
from twin.work.session import Session


@pytest.fixture
def english() -> Iterator[None]:
    """Speak English, whatever the system does, and go back afterwards."""
    from ui.i18n import translator

    before = translator.language
    translator.set_language("en")
    yield
    translator.set_language(before)


@pytest.fixture
def open_town(
    qtbot: QtBot, tmp_path: Path, english: None
) -> Iterator[Callable[[Project], Session]]:
    """Open projects of the small town's layers, loaded; they are closed at the end."""
    from ui.bridge import Bridge

    opened: list[tuple[Session, Bridge]] = []

    def open_(project: Project) -> Session:
        bridge = Bridge()
        session = Session(project, tmp_path, small_city.registry(tmp_path), deliver=bridge.deliver)
        opened.append((session, bridge))
        session.start()
        qtbot.waitUntil(lambda: not session.jobs.running, timeout=20_000)
        return session

    yield open_
    for session, bridge in opened:
        session.close()
        bridge.close()


@pytest.fixture
def town(open_town: Callable[[Project], Session]) -> Session:
    """The small town, loaded."""
    return open_town(small_city.project())
