"""Alerts during a show: the presenter reads them in the console; the audience only if the presenter wants it to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance

if TYPE_CHECKING:
    from twin.live.alerts import Event


class Alerting(Protocol):
    """What tells of alerts: the living control of the window."""

    alerted: SignalInstance


class StageAlerts(QObject):
    """Keeps the last alert, and whether the audience is spared it; it is, until somebody asks otherwise."""

    changed = Signal()

    def __init__(self, alerting: Alerting, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._alerting = alerting
        self.blanked, self.last = True, ""
        alerting.alerted.connect(self._note)

    @property
    def told(self) -> str:
        """What the audience reads, empty while alerts are blanked."""
        return "" if self.blanked else self.last

    def toggle(self) -> None:
        """Spare the audience alerts, or no longer."""
        self.blanked = not self.blanked
        self.changed.emit()

    def close(self) -> None:
        """Listen no longer."""
        self._alerting.alerted.disconnect(self._note)

    def _note(self, raised: Sequence[Event]) -> None:
        from ui.living.words import event_text

        if raised:
            self.last = event_text(raised[-1])
            self.changed.emit()
