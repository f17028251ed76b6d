"""The screens of the machine: one tells of every change to them, so that a show can follow."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QScreen


class Screens(QObject):
    """Watches which screens there are, how large they are, and their scalings."""

    changed = Signal()
    """Told once for all that changes at one time: a projector that is plugged in moves the others as well."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.changed)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)  # noqa: S101
        application.screenAdded.connect(self._added)
        application.screenRemoved.connect(self._tell_soon)
        for screen in QGuiApplication.screens():
            self._watch(screen)

    def _added(self, screen: QScreen) -> None:
        self._watch(screen)
        self._tell_soon()

    def _watch(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._tell_soon)
        screen.physicalDotsPerInchChanged.connect(self._tell_soon)

    def _tell_soon(self, *_what: object) -> None:
        self._soon.start()
