"""Notices of the system: by the desktop's own service over D-Bus, else by an icon in the tray.

Qt shows notices only through a tray, and many a Linux desktop has none.
"""

from __future__ import annotations

import html
from threading import Thread
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from ui.bus import session_bus

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

SERVICE = "org.freedesktop.Notifications"
TRAY_MS = 15_000


class Notices(QObject):
    """Shows notices, without keeping the window waiting for whoever draws them."""

    _not_taken = Signal(str, str)

    def __init__(self, icon: QIcon, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._not_taken.connect(self._by_tray, Qt.ConnectionType.QueuedConnection)

    def show(self, title: str, text: str) -> None:
        """Show a notice where the system has a place for it."""

        def ask() -> None:
            if not by_bus(title, text):
                self._not_taken.emit(title, text)

        Thread(target=ask, name="notice", daemon=True).start()

    def _by_tray(self, title: str, text: str) -> None:
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        tray = QSystemTrayIcon(self._icon, self)
        tray.show()
        tray.showMessage(title, text)
        QTimer.singleShot(TRAY_MS, tray, tray.deleteLater)


def by_bus(title: str, text: str) -> bool:
    """Ask the desktop to show a notice (Desktop Notifications Specification 1.2); whether it took it.

    What platforms and brokers wrote is shown as it is: nothing of it is markup.
    """
    hints = {"desktop-entry": ("s", "belvedere")}
    words = ("Belvedere", 0, "belvedere", title, html.escape(text, quote=False), [], hints, -1)
    try:
        with session_bus() as ask:
            ask(SERVICE, "Notify", "susssasa{sv}i", *words)
    except OSError:  # no bus, or nobody answers
        return False
    return True
