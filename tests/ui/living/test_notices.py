"""Alerts as notices of the system: over a real message bus to a daemon, and never into a show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.servers import Broker, broker
from tests.ui.living.test_living import City, city, services, window
from tests.ui.session_bus import Service, bus
from tests.ui.window.conftest import make_window
from twin.live.alerts import Event, Happened
from twin.model.feed import AlertRule, FeedSpec
from ui.living import notices
from ui.living.connect_dialog import with_feed
from ui.living.notices import SERVICE, Notices, by_bus

__all__ = ["broker", "bus", "city", "make_window", "services", "window"]

RAISED = Event(
    at_us=1_772_359_200_000_000, kind=Happened.RAISED, subject="r", thing="Quai 4", text="NO2 > 40"
)


@pytest.fixture
def daemon(bus: str) -> Iterator[Service]:
    """Stands in for a desktop's daemon of notices: takes what it is asked to show."""
    assert not by_bus("Alert", "nobody is there yet")
    made = Service(bus, SERVICE, {"Notify": lambda _words: ("u", (1,))})
    yield made
    made.close()


def test_a_daemon_shows_an_alert_and_nothing_of_it_is_markup(daemon: Service) -> None:
    assert by_bus("Alert", "NO2 <b>41</b> & more")
    _, _, (name, _, _, title, text, *_) = daemon.asked[0]
    assert (name, title) == ("Belvedere", "Alert")
    assert text == "NO2 &lt;b&gt;41&lt;/b&gt; &amp; more"


def test_an_alert_is_told_by_the_system_once_and_in_words(qtbot, window, daemon: Service) -> None:
    window.isActiveWindow = lambda: False  # whoever looks at the window needs no notice
    window.living_control._tell([RAISED])
    qtbot.waitUntil(lambda: bool(daemon.asked), timeout=15_000)
    assert "Quai 4" in daemon.asked[0][2][4]
    assert "Quai 4" in window.statusBar().currentMessage()
    assert len(daemon.asked) == 1


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
