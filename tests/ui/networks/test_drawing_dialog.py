"""A drawing of others is taken as a network in the window: guessed, changed, looked at, added, undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from twin.model.geoframe import GeoFrame
from twin.model.project import Project
from twin.work.session import Session
from ui.cli.projects import registry

DRAWING = """{"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "EPSG:2154"}}, "features": [
{"type": "Feature", "properties": {"Ø": 200, "Nature": "conduite"},
 "geometry": {"type": "LineString", "coordinates": [[646400, 6857900], [646700, 6857900]]}},
{"type": "Feature", "properties": {"Ø": 80, "Nature": "conduite"},
 "geometry": {"type": "LineString", "coordinates": [[646500, 6857901.5], [646500, 6857980]]}},
{"type": "Feature", "properties": {"Nature": "Chaufferie", "nom": "Centrale"},
 "geometry": {"type": "Point", "coordinates": [646400, 6857900]}},
{"type": "Feature", "properties": {"Nature": "Sous-station", "nom": "SST"},
 "geometry": {"type": "Point", "coordinates": [646500, 6857980]}}]}"""


@pytest.fixture
def session(qtbot: QtBot, english: None, tmp_path: Path) -> Iterator[Session]:
    from ui.bridge import Bridge

    frame = GeoFrame(crs="EPSG:2154", origin=(646_000.0, 6_858_000.0, 0.0))
    project = Project(title={"en": "Empty"}, frame=frame)
    bridge = Bridge()
    session = Session(project, tmp_path, registry(), deliver=bridge.deliver)
    session.start()
    yield session
    session.close()
    bridge.close()


@pytest.fixture
def dialog(qtbot: QtBot, session: Session, tmp_path: Path):
    from ui.networks.drawing_dialog import DrawingDialog

    path = tmp_path / "plan é.geojson"
    path.write_text(DRAWING, encoding="utf-8")
    made = DrawingDialog(session, path)
    made.show()
    qtbot.waitUntil(made.accept_button.isEnabled, timeout=30_000)
    yield made
    if isValid(made):  # one that was accepted is gone by itself
        made.close()


def choose(qtbot: QtBot, dialog, box, data: object) -> None:
    before = dialog._look
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: dialog._look is not before, timeout=30_000)


def test_what_was_guessed_can_be_changed_and_added(qtbot: QtBot, session: Session, dialog) -> None:
    assert dialog.form.columns["kind"].currentData() == "Nature"
    assert dialog.form.columns["name"].currentData() == "nom"
    assert (
        dialog.form.columns["diameter_mm"].currentData() == ""
    )  # nothing is called like a diameter
    assert "2 parts" in dialog._told.text()
    choose(qtbot, dialog, dialog.form.columns["diameter_mm"], "Ø")
    before = dialog._look
    dialog.form.snap.setValue(2.0)
    qtbot.waitUntil(lambda: dialog._look is not before, timeout=30_000)
    assert "parts" not in dialog._told.text()

    dialog.accept()
    spec = session.project.layers[-1]
    assert spec.type == "belvedere.heat"
    assert spec.sources["features"].path == "plan é.geojson"
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=30_000)
    runtime = session.layer(spec.id)
    assert runtime.table.frame["diameter_mm"].tolist()[:2] == [200.0, 80.0]
    network = runtime.layer.networks(runtime.table)[0]
    assert network.commodity == "heat"
    assert len(network.nodes) == 8  # three ends and a T-junction, supply and return

    session.undo()
    assert not session.project.layers


def test_electricity_becomes_a_grid(qtbot: QtBot, dialog) -> None:
    choose(qtbot, dialog, dialog.form.commodity, "electricity")
    assert dialog.spec().type == "belvedere.grid"
