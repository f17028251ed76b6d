"""Vehicles in the window: an address of GTFS-Realtime with a timetable becomes symbols that move in the scene."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from google.transit import gtfs_realtime_pb2

from tests.twin.live.kinds.test_kinds import Site
from tests.ui.living.test_living import services
from tests.ui.window.conftest import make_window
from twin.model.geoframe import GeoFrame
from twin.model.project import Project
from ui.living.connect_dialog import ConnectDialog
from ui.opened import Opened

__all__ = ["make_window", "services"]

TIMETABLE = Path("layers/vehicles/sample/line.zip").resolve()


def message(lon: float) -> bytes:
    """Return a bus on its line, and works that it suffers from."""
    made = gtfs_realtime_pb2.FeedMessage()
    made.header.gtfs_realtime_version = "2.0"
    made.header.timestamp = int(time.time())
    vehicle = made.entity.add(id="1").vehicle
    vehicle.vehicle.id, vehicle.trip.trip_id = "7", "b0800"
    vehicle.position.latitude, vehicle.position.longitude = 48.8229, lon
    vehicle.position.speed = 9.0
    vehicle.timestamp = int(time.time())
    alert = made.entity.add(id="2").alert
    alert.header_text.translation.add(text="Travaux", language="fr")
    alert.informed_entity.add(route_id="B1")
    return made.SerializeToString()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    made.answers["/rt"] = lambda: message(2.2610)  # as of now, however slow this machine is
    yield made
    made.close()


def test_from_an_address_and_a_timetable_to_symbols_that_move(
    qtbot, make_window, site: Site, tmp_path: Path
) -> None:
    frame = GeoFrame(crs="EPSG:2154", origin=(646_000.0, 6_858_000.0, 0.0))
    window = make_window(Opened(project=Project(title={"en": "T"}, frame=frame), folder=tmp_path))
    dialog = ConnectDialog(window.session, window.living_control, window)
    dialog.open()
    dialog.address.setText(f"{site.url}/rt")
    dialog.attempt()
    qtbot.waitUntil(lambda: dialog.table.rowCount() > 0, timeout=15_000)
    assert dialog.chosen() == ["vehicles"]
    assert dialog.timetable.isEnabled()
    dialog.timetable.setText(str(TIMETABLE))
    dialog.accept()
    spec = window.session.project.layers[-1]
    assert (spec.type, set(spec.sources)) == ("belvedere.vehicles", {"observations", "gtfs"})
    runtime = window.session.layer(spec.id)

    def row() -> int:
        table = runtime.table
        return -1 if table is None else table.row_of("gtfs:v:7")

    qtbot.waitUntil(lambda: row() >= 0 and bool(runtime.drawables), timeout=60_000)
    qtbot.waitUntil(lambda: runtime.column("state")[row()] in ("live", "estimated"), timeout=30_000)
    before = float(runtime.column("x_in_scene")[row()])
    qtbot.waitUntil(lambda: runtime.column("x_in_scene")[row()] > before + 5.0, timeout=30_000)
    assert runtime.column("state")[row()] == "estimated"
    places = window.viewport.stage._layers[spec.id]._places
    qtbot.waitUntil(lambda: np.isfinite(places.now[row(), 0]), timeout=30_000)

    window.living_control.look()
    living = window.living_control.living
    assert [notice.title for notice in living.notices] == ["Travaux"]
    window.docks.show("live")
    panel = window.docks.panel("live")
    panel._look()
    assert [panel._notices.itemAt(i).widget().text() for i in range(panel._notices.count())] == [
        "Travaux"
    ]
    window.living_control.look()
    assert [e.text for e in living.events.recent() if e.kind.value == "notice"] == ["Travaux"]
