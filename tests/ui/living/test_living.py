"""Feeds in the window, end to end: a real broker, the dialog, the scene, what happens, charts."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from tests.servers import Broker, broker
from tests.ui.window.conftest import make_window
from twin.model.geoframe import GeoFrame
from twin.model.project import Project
from ui.cli.projects import registry
from ui.i18n import translator
from ui.living.connect_dialog import ConnectDialog, with_feed
from ui.opened import Opened
from ui.services import Services
from ui.settings import Settings
from ui.theme import Theme

__all__ = ["broker", "make_window"]


class City:
    """Sensors that publish for as long as the test runs."""

    def __init__(self, port: int) -> None:
        import paho.mqtt.client as mqtt

        self.value = 20.0
        self._stop = threading.Event()
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self._client.on_socket_open = lambda _c, _d, s: s.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            for number in range(5):
                body = {"no2": self.value + number, "lon": 2.26 + number / 1000, "lat": 48.82}
                self._client.publish(f"city/{number}", json.dumps(body), qos=1)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def city(broker: Broker) -> Iterator[City]:
    made = City(broker.port)
    yield made
    made.close()


@pytest.fixture
def services(qapp, tmp_path: Path, english: None) -> Iterator[Services]:
    """Settings of this test only, and the built-in layers."""
    made = Services(
        settings=Settings(tmp_path / "settings.ini"),
        theme=Theme(qapp, "light"),
        registry=registry(),
        state_dir=tmp_path / "state",
        demo=tmp_path / "no demo here",
    )
    yield made
    made.theme.close()
    made.theme.deleteLater()


@pytest.fixture
def window(make_window, tmp_path: Path):
    frame = GeoFrame(crs="EPSG:2154", origin=(645000.0, 6858000.0, 0.0))
    folder = tmp_path / "project"
    folder.mkdir()
    project = Project(title={"en": "Town"}, frame=frame, at=datetime(2026, 3, 1, tzinfo=UTC))
    return make_window(Opened(project=project, folder=folder))


def test_from_an_address_to_the_scene(qtbot, window, broker: Broker, city: City) -> None:
    dialog = ConnectDialog(window.session, window.living_control, window)
    dialog.open()
    dialog.address.setText(f"mqtt://ada:sesame-42@127.0.0.1:{broker.port}/city/#")
    dialog.attempt()
    assert "sesame" not in dialog.address.text()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 3, timeout=15_000)
    assert dialog.table.item(0, 0).text() == "no2"  # where things are comes last
    qtbot.waitUntil(lambda: dialog.table.item(0, 3).text() == "5", timeout=5_000)
    dialog.table.cellWidget(0, 6).setValue(50.0)
    dialog.accept()
    project = window.session.project
    assert [feed.kind for feed in project.feeds] == ["mqtt"]
    assert "sesame" not in repr(project)
    assert [rule.limit for rule in project.alerts] == [50.0]
    runtime = window.session.layer(project.layers[-1].id)
    qtbot.waitUntil(lambda: runtime.table is not None and len(runtime.table) == 5, timeout=20_000)
    assert window.session.clock.following
    qtbot.waitUntil(lambda: set(runtime.column("state")) == {"live"}, timeout=10_000)
    first = list(runtime.column("value"))
    city.value = 60.0
    qtbot.waitUntil(lambda: min(runtime.column("value")) >= 60.0, timeout=10_000)
    assert first[0] < 60.0
    living = window.living_control.living
    qtbot.waitUntil(lambda: len(living.standing) == 5, timeout=10_000)

    panel = window.docks.panel("live")
    window.docks.show("live")
    window.living_control.look()
    assert len(panel._rows) == 1
    assert len(panel._alert_rows) == 5
    panel._acknowledge(living.standing[0])
    assert sum(s.acknowledged for s in living.standing) == 1

    window.session.selection.set([(runtime.spec.id, "city/0"), (runtime.spec.id, "city/3")])
    charts = window.docks.panel("charts")
    window.docks.show("charts")
    charts.add_selected()
    assert charts.table.rowCount() == 2
    drawn = int(charts.table.item(0, 5).text())
    assert drawn > 5
    qtbot.waitUntil(  # they grow, although news come faster than they are read again
        lambda: int(charts.table.item(0, 5).text()) > drawn + 5, timeout=10_000
    )

    # Back in time the same values are a record; nothing old is called live.
    window.session.clock.set(datetime.now(UTC) - timedelta(seconds=6))
    assert not window.session.clock.following
    qtbot.waitUntil(lambda: "live" not in set(runtime.column("state")), timeout=10_000)


def test_what_few_addresses_need_is_folded_away_and_given_to_the_feed(qtbot, window) -> None:
    dialog = ConnectDialog(window.session, window.living_control, window)
    dialog.open()
    assert not dialog.more.fields["tenant"].isVisible()
    dialog.more.button.click()
    assert dialog.more.fields["tenant"].isVisible()
    dialog.more.fields["tenant"].setText(" issy ")
    dialog.more.fields["token_header"].setText("apikey")
    dialog.address.setText("http://127.0.0.1:9/ngsi-ld/v1/entities")
    dialog.attempt()
    assert dialog._trial.spec.options == {"tenant": "issy", "token_header": "apikey"}
    dialog.reject()


def test_a_file_says_where_things_are_whose_platform_does_not(
    qtbot, window, tmp_path: Path
) -> None:
    dialog = ConnectDialog(window.session, window.living_control, window)
    feed = tmp_path / "dynamic.csv"
    feed.write_text("id_pdc_itinerance,puissance,horodatage\nFR1,22,2026-06-21T12:00:00Z\n")
    places = tmp_path / "static.csv"
    places.write_text("id_pdc_itinerance,lon,lat\nFR1,2.26,48.82\n")
    dialog.address.setText(str(feed))
    dialog.attempt()
    qtbot.waitUntil(lambda: bool(dialog.chosen()), timeout=15_000)
    assert "1" in dialog._below.text(), "one thing has no place"
    dialog.places.setText(str(places))
    dialog.accept()
    (layer,) = [s for s in window.session.project.layers if s.sources.get("features")]
    assert layer.sources["features"].path == str(places)

    def placed() -> bool:
        table = window.session.layer(layer.id).table
        return table is not None and len(table) > 0 and table.frame.geometry.notna().all()

    qtbot.waitUntil(placed, timeout=20_000)


def test_a_feed_is_paused_and_removed_by_commands(qtbot, window, broker: Broker) -> None:
    from twin.model.feed import FeedSpec

    spec = FeedSpec(id="f", kind="mqtt", url=f"{broker.url}/x/#")
    window.session.do("edit.connect", lambda p: with_feed(p, spec, ["t"], {"t": (0.0, 9.0)}))
    living = window.living_control.living
    qtbot.waitUntil(lambda: window.living_control.views[0].status.state == "live", timeout=15_000)
    panel = window.docks.panel("live")
    panel._toggle("f")
    assert not window.session.project.feeds[0].enabled
    assert not living.running
    window.session.undo()
    assert living.running
    panel._remove("f")
    assert window.session.project.feeds == ()


def test_feeds_end_with_their_window_and_all_that_came_is_kept(
    qtbot, window, broker: Broker, city: City
) -> None:
    from twin.model.feed import FeedSpec
    from twin.store.history import open_history

    spec = FeedSpec(id="town", kind="mqtt", url=f"{broker.url}/city/#")
    window.session.do("edit.connect", lambda project: with_feed(project, spec, [], {}))
    control = window.living_control
    control.look()
    qtbot.waitUntil(lambda: bool(control.living.look()[0].status.observations > 20), timeout=15_000)
    engine = control.living._engine
    folder = window.session.folder
    window.files.may_close = lambda: True
    window.close()
    assert control.living is None
    taken = engine.statuses()[0]
    history = open_history(folder / "history")
    assert history.count() == taken.observations + taken.duplicates + taken.wrong
    assert not list((folder / "history" / "journal").iterdir())  # nobody writes any more


def test_charts_keep_to_the_clock_and_are_saved(window, tmp_path: Path) -> None:
    import numpy as np

    from twin.model.layer import Series
    from ui.living.charted import Shown, numbers_of

    times = (np.arange(10) * 60 * 10**9).astype("datetime64[ns]")
    series = Series(name={"en": "NO2"}, unit="µg/m³", time_utc=times, value=np.arange(10.0))
    shown = Shown("l", "f", "Sensor", series)
    assert numbers_of(shown, 60.0, 240.0, 130.0)[-1] == "4"
    charts = window.docks.panel("charts")
    charts._shown = [shown]
    charts._draw()
    charts.fit()
    charts.save(tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig").count("\n") == 11
    charts._go_to(120.0)
    assert window.session.clock.at == datetime(1970, 1, 1, 0, 2, tzinfo=UTC)
    assert charts._cursor.value() == 120.0

    translator.set_language("fr")
    assert charts.table.rowCount() == 1  # worded anew, not emptied
    charts.clear_series()
    translator.set_language("en")
    assert charts.table.rowCount() == 0


def test_rules_are_made_and_removed(qtbot, window) -> None:
    from ui.living.rules_dialog import KINDS, RulesDialog

    dialog = RulesDialog(window.session, window.living_control, window)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    dialog.limit.setValue(300.0)
    dialog.kind.setCurrentIndex(KINDS.index("silence"))
    dialog.add()
    assert [(r.kind, r.limit) for r in window.session.project.alerts] == [("silence", 300.0)]
    dialog.list.setCurrentRow(0)
    dialog.remove()
    assert window.session.project.alerts == ()
    dialog.close()


def test_what_is_remembered_is_set_and_undone(qtbot, window) -> None:
    from ui.living.memory_dialog import MemoryDialog

    dialog = MemoryDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    dialog.keep.setValue(365.0)
    dialog.thin.setValue(30.0)
    dialog.accept()
    kept = window.session.project.retention
    assert (kept.keep_days, kept.thin_days) == (365.0, 30.0)
    window.session.undo()
    assert not window.session.project.retention


def test_a_record_without_places_is_listed_with_its_charts(
    qtbot, make_window, tmp_path: Path
) -> None:
    from twin.live.plain import decode
    from twin.store.history import FolderHistory
    from twin.store.project_folder import load_project
    from twin.work.recording import write_recorded_project

    with FolderHistory(tmp_path / "history", write=True) as history:
        for number in range(5):
            at = 1_772_359_200 + 60 * number
            decoded = decode("hall/temperature", json.dumps({"value": number, "time": at}).encode())
            history.describe(decoded.streams.values())
            history.append(decoded.batch())
        streams = history.streams()
    write_recorded_project(tmp_path, streams, [], "hall")
    project, folder, _problems = load_project(tmp_path)
    at = datetime.fromtimestamp(1_772_359_200 + 600, UTC)
    window = make_window(Opened(project=project, folder=folder))
    window.session.clock.set(at)
    window.docks.show("live")
    panel = window.docks.panel("live")
    qtbot.waitUntil(lambda: panel.unplaced.count() == 1, timeout=15_000)
    qtbot.waitUntil(lambda: panel.unplaced.item(0).text().endswith("4"), timeout=10_000)
    assert panel.unplaced.item(0).text().startswith("hall/temperature")
    panel.unplaced.itemActivated.emit(panel.unplaced.item(0))
    charts = window.docks.panel("charts")
    assert charts.table.rowCount() == 1
    assert charts.table.item(0, 5).text() == "5"


def test_what_was_marked_stands_on_the_time_bar_of_its_day(qtbot, window, broker: Broker) -> None:
    from twin.model.feed import FeedSpec

    spec = FeedSpec(id="f", kind="mqtt", url=f"{broker.url}/x/#")
    window.session.do("edit.connect", lambda p: with_feed(p, spec, [], {}))
    living = window.living_control.living
    at = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
    living.mark(round(at.timestamp() * 1e6), "Fair")
    window.session.clock.set(at + timedelta(hours=3))
    window.living_control.look()
    slider = window.time_bar._slider
    local = window.time_bar._local(at)
    assert (local.hour * 60 + local.minute, "accent") in slider._marks
    window.session.clock.set(at + timedelta(days=1))
    assert slider._marks == ()
