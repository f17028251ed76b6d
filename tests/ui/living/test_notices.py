"""Alerts as notices of the system: over a real message bus to a daemon, and never into a show."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.servers import Broker, broker
from tests.ui.living.test_living import City, city, services, window
from tests.ui.window.conftest import make_window
from twin.live.alerts import Event, Happened
from twin.model.feed import AlertRule, FeedSpec
from ui.living import notices
from ui.living.connect_dialog import with_feed
from ui.living.notices import SERVICE, Notices, by_bus

__all__ = ["broker", "city", "make_window", "services", "window"]

RAISED = Event(
    at_us=1_772_359_200_000_000, kind=Happened.RAISED, subject="r", thing="Quai 4", text="NO2 > 40"
)


class Daemon:
    """Stands in for a desktop's daemon of notices, on a real bus: takes what it is asked to show."""

    def __init__(self, address: str) -> None:
        from jeepney import message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        self.shown: list[tuple] = []
        self._bus = open_dbus_connection(bus=address)
        Proxy(message_bus, self._bus).RequestName(SERVICE)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        from jeepney import HeaderFields, new_method_return

        while True:
            try:
                message = self._bus.receive()
            except (OSError, EOFError):
                return
            if message.header.fields.get(HeaderFields.member) == "Notify":
                self.shown.append(message.body)
                self._bus.send(new_method_return(message, "u", (len(self.shown),)))

    def close(self) -> None:
        self._bus.sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._bus.close()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    program = shutil.which("dbus-daemon")
    if program is None:
        pytest.skip("dbus-daemon is not installed")
    pytest.importorskip("jeepney")
    process = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = process.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield address
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def daemon(bus: str) -> Iterator[Daemon]:
    assert not by_bus("Alert", "nobody is there yet")
    made = Daemon(bus)
    yield made
    made.close()


def test_a_daemon_shows_an_alert_and_nothing_of_it_is_markup(daemon: Daemon) -> None:
    assert by_bus("Alert", "NO2 <b>41</b> & more")
    name, _, _, title, text, _, _, _ = daemon.shown[0]
    assert (name, title) == ("Belvedere", "Alert")
    assert text == "NO2 &lt;b&gt;41&lt;/b&gt; &amp; more"


def test_an_alert_is_told_by_the_system_once_and_in_words(qtbot, window, daemon: Daemon) -> None:
    window.isActiveWindow = lambda: False  # whoever looks at the window needs no notice
    window.living_control._tell([RAISED])
    qtbot.waitUntil(lambda: bool(daemon.shown), timeout=15_000)
    assert "Quai 4" in daemon.shown[0][4]
    assert "Quai 4" in window.statusBar().currentMessage()
    assert len(daemon.shown) == 1


def test_no_notice_comes_into_a_show_and_the_presenter_is_told(
    qtbot, window, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    window.isActiveWindow = lambda: False
    monkeypatch.setattr(Notices, "show", lambda _self, _title, text: shown.append(text))
    told = []
    window.living_control.alerted.connect(told.append)
    window.on_stage = SimpleNamespace(end=lambda: None)
    before = window.statusBar().currentMessage()
    window.living_control._tell([RAISED])
    assert told == [[RAISED]]  # the console of the presenter listens
    assert shown == []
    assert window.statusBar().currentMessage() == before
    window.on_stage = None
    window.living_control._tell([RAISED])
    assert len(shown) == 1


def test_without_a_daemon_the_tray_is_asked(qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    tray = SimpleNamespace(
        show=lambda: None,
        showMessage=lambda title, text: asked.append((title, text)),
        deleteLater=lambda: None,
    )

    class Tray:
        isSystemTrayAvailable = staticmethod(lambda: True)  # noqa: N815 - Qt's name

        def __new__(cls, *_args: object) -> SimpleNamespace:
            return tray

    monkeypatch.setattr(notices, "QSystemTrayIcon", Tray)
    monkeypatch.setattr(notices, "by_bus", lambda _title, _text: False)
    monkeypatch.setattr(notices, "QTimer", SimpleNamespace(singleShot=lambda *_: None))
    made = Notices(None)
    made.show("Alert", "Quai 4")
    qtbot.waitUntil(lambda: bool(asked), timeout=15_000)
    assert asked == [("Alert", "Quai 4")]


def test_what_an_alert_stands_for_is_red_in_the_scene_until_it_is_over(
    qtbot, window, broker: Broker, city: City
) -> None:
    feed = FeedSpec(id="f", kind="mqtt", url=f"{broker.url}/city/#")
    window.session.do("edit.connect", lambda p: with_feed(p, feed, ["no2"], {}))
    window.session.clock.follow()
    runtime = window.session.layer(window.session.project.layers[-1].id)
    qtbot.waitUntil(lambda: runtime.table is not None and len(runtime.table) == 5, timeout=20_000)
    qtbot.waitUntil(lambda: set(runtime.column("status")) == {"ok"}, timeout=15_000)

    def watch(*rules: AlertRule) -> None:
        window.session.do("edit.alerts", lambda p: replace(p, alerts=rules))

    watch(AlertRule(id="low", kind="below", limit=21.5, observed_property="no2"))
    expected = ["alarm", "alarm", "ok", "ok", "ok"]
    qtbot.waitUntil(lambda: sorted(runtime.column("status")) == expected, timeout=15_000)
    red = runtime.table.feature_ids[runtime.column("status") == "alarm"]
    assert set(red) == {"city/0", "city/1"}
    watch()
    qtbot.waitUntil(lambda: set(runtime.column("status")) == {"ok"}, timeout=15_000)
