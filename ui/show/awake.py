"""No sleep and no screen saver while a story is told, by the means of each system."""

from __future__ import annotations

import ctypes
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from threading import Event, Thread

from ui.bus import WITHIN_S, session_bus

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.ScreenSaver"
_ES_CONTINUOUS, _ES_SYSTEM, _ES_DISPLAY = 0x80000000, 0x1, 0x2


class Awake:
    """Keeps the machine awake between :meth:`begin` and :meth:`end`; where it cannot, the log says so.

    What keeps it awake is held by a thread of its own: a service that is slow to answer holds up nothing else, and
    Windows asks for a thread that lasts. All of it ends with the process, however that ends.
    """

    def __init__(self) -> None:
        self._over = Event()
        self._thread: Thread | None = None

    def begin(self) -> None:
        """Keep the machine awake."""
        if self._thread is None:
            self._over.clear()
            self._thread = Thread(target=self._keep, name="awake", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Let the machine rest again."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(2 * WITHIN_S)
            self._thread = None

    def _keep(self) -> None:
        held, why = 0, []
        with ExitStack() as means:
            for hold in _means():
                try:
                    means.enter_context(hold())
                    held += 1
                except OSError as error:
                    why.append(str(error))
            if held:
                log.info("the machine stays awake")
            else:
                log.warning("the machine may fall asleep: %s", "; ".join(why))
            self._over.wait()


def _means() -> tuple[Callable[[], AbstractContextManager[None]], ...]:
    own = {"win32": (_windows,), "darwin": (_macos,)}
    return own.get(sys.platform, (_desktop, _x_server))


@contextmanager
def _desktop() -> Iterator[None]:
    """Ask the desktop, which minds both screen and sleep (Idle Inhibition Service Draft of freedesktop.org)."""
    with session_bus() as ask:
        (cookie,) = ask(SERVICE, "Inhibit", "ss", "Belvedere", "A story is told")
        yield
        with suppress(OSError):  # a desktop that has gone meanwhile
            ask(SERVICE, "UnInhibit", "u", cookie)


@contextmanager
def _x_server() -> Iterator[None]:
    """Hold the X server's own screen saver and its power saving: a kiosk may have no desktop."""
    x, saver = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXss.so.1")
    x.XOpenDisplay.restype = ctypes.c_void_p
    opened = x.XOpenDisplay(None)
    if not opened:
        raise OSError("no X server")
    display = ctypes.c_void_p(opened)
    number = ctypes.c_int()
    try:
        if not saver.XScreenSaverQueryExtension(
            display, ctypes.byref(number), ctypes.byref(number)
        ):
            raise OSError("an X server without MIT-SCREEN-SAVER")
        saver.XScreenSaverSuspend(display, 1)
        x.XSync(display, 0)
        yield
    finally:
        x.XCloseDisplay(display)  # what was suspended goes on


@contextmanager
def _macos() -> Iterator[None]:
    helper = subprocess.Popen(["caffeinate", "-d", "-i"])
    yield
    helper.terminate()
    helper.wait()


@contextmanager
def _windows() -> Iterator[None]:
    state = ctypes.windll.kernel32.SetThreadExecutionState  # type: ignore[attr-defined]
    if not state(_ES_CONTINUOUS | _ES_SYSTEM | _ES_DISPLAY):
        raise OSError("Windows does not stay awake")
    yield
    state(_ES_CONTINUOUS)
