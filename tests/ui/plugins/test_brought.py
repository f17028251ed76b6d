"""What plugins bring beside layers, used from the window; what they ask for, asked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from tests.twin.isolation.conftest import needs_walls
from tests.twin.work.brought import all_kinds
from twin.io.formats import FORMATS
from twin.isolation.discovery import open_registry
from twin.isolation.trust import TrustStore
from twin.isolation.warden import Warden
from twin.model.geoframe import GeoFrame
from twin.model.layer import LayerSpec, LayerState, Source
from twin.model.project import Project
from twin.shapes import glyphs
from ui import plugin_home as home
from ui.opened import Opened
from ui.plugins.brought_panel import LAYER, BroughtPanel, fill
from ui.plugins.grants import GrantDialog, ask

pytestmark = [needs_walls]
READY = {LayerState.READY, LayerState.PARTIAL}


@pytest.fixture
def warden(monkeypatch: pytest.MonkeyPatch) -> Warden:
    made = Warden(TrustStore())
    monkeypatch.setattr(home, "warden", lambda: made)
    return made


@pytest.fixture
def window(
    tmp_path: Path, make_window: Callable[..., Any], warden: Warden, qtbot: QtBot
) -> Iterator[Any]:
    """A window with a project that has a layer of a stranger's plugin, granted nothing."""
    folder = all_kinds.write(tmp_path / "plugins" / "many")
    registry = open_registry(home.BUNDLED, warden, user=tmp_path / "plugins")
    source = Source(path=str(folder / "points.csv"))
    spec = LayerSpec(id="posts", type="many", title={"en": "Posts"}, sources={"features": source})
    frame = GeoFrame(crs="EPSG:2154", origin=(652000.0, 6862000.0, 0.0))
    made = make_window()
    made.services = replace(made.services, registry=registry)
    made.show_project(
        Opened(
            project=Project(title={}, frame=frame, layers=(spec,), at=datetime.now(UTC)),
            folder=tmp_path / "city",
        )
    )
    (tmp_path / "city").mkdir()
    qtbot.waitUntil(lambda: made.session.layer("posts").state in READY, timeout=20_000)
    yield made
    FORMATS.pop("plugin:many.reader", None)
    glyphs._CONTRIBUTED.pop("many.cone", None)


def brought(window: Any, kind: str) -> BroughtPanel:
    found = next(c for c in window.session.registry.contributions(kind) if c.plugin == "many")
    window.docks.show("brought")
    panel = window.docks.panel("brought")
    assert isinstance(panel, BroughtPanel)
    panel.open(found)
    return panel


def test_what_a_plugin_asks_for_is_asked_once(window: Any, warden: Warden, qtbot: QtBot) -> None:
    """The window asks by itself as soon as the project is there, and not a second time."""
    qtbot.waitUntil(lambda: len(window.findChildren(GrantDialog)) == 1, timeout=20_000)
    (dialog,) = window.findChildren(GrantDialog)
    assert ask(window) is None
    assert set(dialog.grants.boxes) == {
        ("network", "data.example.org"),
        ("feeds", "many.feed"),
        ("project", "whether the posts are shown"),
    }
    dialog.grants.boxes["project", "whether the posts are shown"].setChecked(True)
    dialog.accept()
    decision = warden.store.of(dialog.manifest.folder)
    assert (decision.project, decision.hosts, decision.asked) == (True, (), True)
    assert ask(window) is None


def test_a_panel_is_drawn_and_its_form_asks_again(window: Any, qtbot: QtBot) -> None:
    panel = brought(window, "panels")
    qtbot.waitUntil(lambda: panel.parts.findChild(QTableWidget) is not None, timeout=20_000)
    said = {label.text() for label in panel.parts.findChildren(QLabel)}
    assert "All posts" in said
    assert panel.parts.findChild(QTableWidget).item(0, 0).text() == "One"
    panel.parts.edited.emit("least_m", 4.0)
    qtbot.waitUntil(
        lambda: any("4" in w.text() for w in panel.parts.findChildren(QLabel)), timeout=20_000
    )


def test_a_command_without_the_grant_says_so_and_with_it_can_be_undone(
    window: Any, warden: Warden, qtbot: QtBot
) -> None:
    panel = brought(window, "panels")
    qtbot.waitUntil(lambda: panel.parts.findChild(QPushButton) is not None, timeout=20_000)
    (button,) = [b for b in panel.parts.findChildren(QPushButton) if b.text() == "Hide"]
    button.click()
    qtbot.waitUntil(lambda: "not granted" in panel.said.text(), timeout=20_000)
    assert window.session.project.layer("posts").visible
    folder = window.session.registry.plugins["many"].folder
    warden.store.change(folder, project=True)
    button.click()
    qtbot.waitUntil(lambda: not window.session.project.layer("posts").visible, timeout=20_000)
    window.session.undo()
    assert window.session.project.layer("posts").visible


def test_a_tool_answers_for_places_and_draws(window: Any, qtbot: QtBot) -> None:
    panel = brought(window, "tools")
    assert "Click 2 places" in panel.said.text()
    panel._clicked(panel.chosen, np.array([[0.0, 0, 0], [30, 40, 0]]))
    qtbot.waitUntil(
        lambda: any("50" in w.text() for w in panel.parts.findChildren(QLabel)), timeout=20_000
    )
    assert LAYER in window.viewport.stage.layer_ids


def test_an_analysis_becomes_a_layer_and_a_story_a_story(window: Any, qtbot: QtBot) -> None:
    panel = brought(window, "analyses")
    panel.use()
    qtbot.waitUntil(
        lambda: any(s.id == "analysis-many.analysis" for s in window.session.project.layers),
        timeout=20_000,
    )
    panel = brought(window, "stories")
    panel.use()
    qtbot.waitUntil(lambda: len(window.session.project.stories) == 1, timeout=20_000)


def test_an_analysis_runs_again_when_its_layer_changes_and_only_then(
    window: Any, qtbot: QtBot
) -> None:
    session = window.session
    panel = brought(window, "analyses")
    panel.use()

    def made_of() -> str:
        found = next((s for s in session.project.layers if s.id == "analysis-many.analysis"), None)
        return str(found.sources["features"].options["made_of"]) if found else ""

    qtbot.waitUntil(lambda: bool(made_of()), timeout=20_000)
    first = made_of()
    posts = session.project.layer("posts")
    session.do("x", lambda p: p.with_layer(replace(posts, opacity=0.5)))
    qtbot.wait(1200)
    assert made_of() == first  # how a layer looks changes no answer
    hidden = replace(session.project.layer("posts"), visible=False)
    session.do("x", lambda p: p.with_layer(hidden))
    qtbot.waitUntil(lambda: made_of() != first, timeout=20_000)
    assert made_of().split()[0] != first.split()[0]


def test_the_menu_lists_what_is_used_from_the_panel(window: Any) -> None:
    from PySide6.QtWidgets import QMenu

    menu = QMenu()
    fill(window, menu)
    words = [action.text() for action in menu.actions()]
    assert {"Overview", "How far", "Near", "Hide the posts", "A walk"} <= set(words)
