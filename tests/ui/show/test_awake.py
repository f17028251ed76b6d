"""No sleep, no screen saver: asked of a desktop over a real bus, and of an X server that has no desktop."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.session_bus import Service, bus
from ui.show.awake import SERVICE, Awake

__all__ = ["bus"]

COOKIE = 3_000_000_000
"""Larger than a signed number of 32 bits holds."""
ON = 1


def test_a_desktop_is_asked_to_stay_awake_until_the_end(bus: str, qtbot: QtBot) -> None:
    answers = {"Inhibit": lambda _w: ("u", (COOKIE,)), "UnInhibit": lambda _w: ("", ())}
    desktop = Service(bus, SERVICE, answers)
    awake = Awake()
    awake.begin()
    qtbot.waitUntil(lambda: bool(desktop.asked), timeout=10_000)
    assert desktop.asked == [("Inhibit", "ss", ("Belvedere", "A story is told"))]
    awake.end()
    assert desktop.asked[1:] == [("UnInhibit", "u", (COOKIE,))]
    desktop.close()


def test_a_desktop_that_does_not_answer_holds_up_nothing(
    bus: str, qtbot: QtBot, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setattr("ui.bus.WITHIN_S", 0.3)
    desktop = Service(bus, SERVICE, {})
    awake = Awake()
    awake.begin()
    qtbot.waitUntil(lambda: "may fall asleep" in caplog.text, timeout=10_000)
    awake.end()
    desktop.close()


class Saver(ctypes.Structure):
    """XScreenSaverInfo."""

    _fields_ = (
        ("window", ctypes.c_ulong),
        ("state", ctypes.c_int),
        ("kind", ctypes.c_int),
        ("til_or_since", ctypes.c_ulong),
        ("idle_ms", ctypes.c_ulong),
        ("mask", ctypes.c_ulong),
    )


class Server:
    """A look at the screen saver of an X server."""

    def __init__(self, name: str) -> None:
        self._x, self._saver = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXss.so.1")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(name.encode()))
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def look(self) -> Saver:
        """Return how it stands."""
        found = Saver()
        self._saver.XScreenSaverQueryInfo(self._display, self._root, ctypes.byref(found))
        return found

    def close(self) -> None:
        """Look no more."""
        self._x.XCloseDisplay(self._display)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A display whose screen saver comes after a second."""
    for program in ("Xvfb", "xset"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    try:
        ctypes.CDLL("libXss.so.1")
    except OSError:
        pytest.skip("libXss is not installed")
    process = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", "320x200x24"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    name = f":{process.stdout.readline().strip()}"
    monkeypatch.setenv("DISPLAY", name)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    subprocess.run(["xset", "s", "1", "1"], check=True)
    made = Server(name)
    yield made
    made.close()
    process.terminate()
    process.wait(10)
    process.stdout.close()


def test_an_x_server_without_a_desktop_stays_awake_and_rests_again(
    server: Server, caplog: pytest.LogCaptureFixture, qtbot: QtBot
) -> None:
    caplog.set_level("INFO")
    awake = Awake()
    awake.begin()
    qtbot.waitUntil(lambda: "stays awake" in caplog.text, timeout=10_000)
    while server.look().idle_ms < 2_500:  # longer than the saver waits
        assert server.look().state != ON
        time.sleep(0.1)
    awake.end()
    qtbot.waitUntil(lambda: server.look().state == ON, timeout=15_000)
