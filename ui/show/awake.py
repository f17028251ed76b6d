"""No sleep and no screen saver while a story is told, by the means of each system."""

from __future__ import annotations

import logging
import subprocess
import sys

log = logging.getLogger(__name__)

_ES_CONTINUOUS, _ES_SYSTEM, _ES_DISPLAY = 0x80000000, 0x1, 0x2


class Awake:
    """Keeps the machine awake between :meth:`begin` and :meth:`end`; where it cannot, it says so in the log."""

    def __init__(self) -> None:
        self._cookie: int | None = None
        self._helper: subprocess.Popen[bytes] | None = None

    def begin(self) -> bool:
        """Keep the machine awake; return whether the system agreed."""
        try:
            if sys.platform == "win32":
                return self._windows(on=True)
            if sys.platform == "darwin":
                self._helper = subprocess.Popen(["caffeinate", "-d", "-i"])
                return True
            return self._desktop()
        except OSError as error:
            log.warning("the machine may fall asleep: %s", error)
            return False

    def end(self) -> None:
        """Let the machine rest again."""
        if sys.platform == "win32":
            self._windows(on=False)
        if self._helper is not None:
            self._helper.terminate()
            self._helper.wait()
            self._helper = None
        if self._cookie is not None:
            saver = self._saver()
            if saver is not None:
                saver.call("UnInhibit", self._cookie)
            self._cookie = None

    def _desktop(self) -> bool:
        saver = self._saver()
        if saver is None:
            log.info("no screen saver to be asked")
            return False
        answer = saver.call("Inhibit", "Belvedere", "A story is told").arguments()
        if answer and isinstance(answer[0], int):
            self._cookie = answer[0]
        return self._cookie is not None

    @staticmethod
    def _saver() -> object:
        from PySide6.QtDBus import QDBusConnection, QDBusInterface

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return None
        name, path = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"
        saver = QDBusInterface(name, path, name, bus)
        return saver if saver.isValid() else None

    @staticmethod
    def _windows(*, on: bool) -> bool:
        import ctypes

        state = _ES_CONTINUOUS | (_ES_SYSTEM | _ES_DISPLAY if on else 0)
        return bool(ctypes.windll.kernel32.SetThreadExecutionState(state))  # type: ignore[attr-defined]
