"""The welcome robot in the window: switched on and off, with what it needs to know."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from ui.docks.panel import Panel
from ui.forms.parts import muted, wrapping
from ui.greeter.protocol import Greeter
from ui.greeter.server import GreeterServer
from ui.i18n import tr

if TYPE_CHECKING:
    from ui.window.main import MainWindow


class GreeterPanel(Panel):
    """Says where the robot connects, with which word, and what it asked last.

    Parameters
    ----------
    window : MainWindow
        Shows what the robot asks for.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.session, window)
        self._window = window
        self.greeter = Greeter(self._project, window.fly_to, secrets.token_hex(8))
        self.server = GreeterServer(self.greeter, self)
        self.server.asked.connect(self._tell)
        self.switch = QCheckBox()
        self.switch.toggled.connect(self._listen)
        self._about, self._where, self._last = wrapping(), muted(), muted()
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 12)
        layout.setSpacing(8)
        for widget in (self._about, self.switch, self._where, self._last):
            layout.addWidget(widget)
        layout.addStretch(1)
        self._begin()

    def retranslate(self) -> None:
        """See base."""
        self._about.setText(tr("greeter.about"))
        self.switch.setText(tr("greeter.listen"))
        self._show_where()

    def _project(self) -> Any:
        return self._window.session.project if self._window.session is not None else None

    def _listen(self, on: bool) -> None:
        if on and not self.server.listen():
            self.switch.setChecked(False)
        elif not on:
            self.server.close()
        self._show_where()

    def _show_where(self) -> None:
        port = self.server.port
        words = tr("greeter.where", port=port, token=self.greeter.token) if port else ""
        self._where.setText(words)

    def _tell(self, answer: dict[str, Any]) -> None:
        said = answer.get("title") or answer.get("project") or answer.get("error", "")
        self._last.setText(tr("greeter.last", what=said))
