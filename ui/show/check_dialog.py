"""The check before a show in the window: items appear as they are found, each with what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QProgressBar

from twin.problems import Problem, Severity
from twin.show.preflight import Light
from ui.dialogs.frame import Dialog
from ui.forms.parts import heading
from ui.i18n import tr, translator
from ui.icons import icon
from ui.show.readiness import check_screens
from ui.show.running import Verb
from ui.theme import current_palette

if TYPE_CHECKING:
    from ui.window.main import MainWindow

ICONS = {
    Light.GREEN: "mdi6.check-circle",
    Light.AMBER: "mdi6.alert-circle",
    Light.RED: "mdi6.close-circle",
}


class CheckDialog(Dialog):
    """Checks the open project as it is saved."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._folder = window.files.folder
        self._rows: list[tuple[Light, Problem]] = []
        self._status = ""
        self._head, self._advice = heading(px=18), QLabel()
        self._advice.setWordWrap(True)
        self._list = QListWidget()
        self._list.setWordWrap(True)
        self._list.setIconSize(QSize(20, 20))
        self._busy = QProgressBar(minimum=0, maximum=0, textVisible=False)
        for part in (self._head, self._advice, self._list, self._busy):
            self.body.addWidget(part)
        self.resize(820, 620)
        self._verb: Verb | None = None
        self.retranslate()
        self._begin()

    @property
    def lights(self) -> list[Light]:
        """The lights of the items so far."""
        return [light for light, _ in self._rows]

    @property
    def status(self) -> str:
        """``green``, ``amber`` or ``red`` once all is checked, empty before."""
        return self._status

    def retranslate(self) -> None:
        """See base."""
        super().retranslate()
        self.setWindowTitle(tr("checkup.title"))
        self._list.setAccessibleName(tr("checkup.title"))
        self._advice.setText(tr("checkup.about"))
        self._head.setText(tr(f"checkup.{self._status or 'running'}"))
        self._list.clear()
        for light, problem in self._rows:
            self._add(light, problem)

    def done(self, result: int) -> None:
        """Stop what still runs."""
        if self._verb is not None:
            self._verb.stop()
        super().done(result)

    def _begin(self) -> None:
        if self._folder is None:
            self._finish(1, tr("checkup.unsaved"))
            return
        self._verb = Verb(["check", str(self._folder), "--lines"], self)
        self._verb.line.connect(self._take)
        self._verb.finished.connect(self._finish)
        self._verb.start()

    def _take(self, line: str) -> None:
        try:
            row: dict[str, Any] = json.loads(line)
            light = Light(row["light"])
            problem = Problem(row["key"], row["where"], row["values"], Severity.INFO)
        except (ValueError, KeyError, TypeError):
            return
        if (
            row.get("id") == "screens"
        ):  # the check runs off screen: only the window knows the screens
            here = check_screens()
            light, problem = here.light, here.problem
        self._rows.append((light, problem))
        self._add(light, problem)

    def _add(self, light: Light, problem: Problem) -> None:
        colours = current_palette()
        colour = {
            Light.GREEN: colours.good,
            Light.AMBER: colours.warning,
            Light.RED: colours.danger,
        }[light]
        what, advice = translator.problem(problem)
        words = f"{what} {advice}" if advice and light is not Light.GREEN else what
        entry = QListWidgetItem(icon(ICONS[light], colour), words)
        entry.setData(256, light.value)
        if light is Light.RED:
            entry.setForeground(QColor(colour))
        self._list.addItem(entry)
        self._list.scrollToBottom()

    def _finish(self, status: int, said: str) -> None:
        self._busy.hide()
        worst = max(self.lights, key=list(Light).index, default=None)
        if worst is None:
            self._status = "failed"
            self._advice.setText(said.splitlines()[-1] if said else str(status))
            self._head.setText(tr("checkup.failed"))
            return
        self._status = worst.value
        self._head.setText(tr(f"checkup.{worst.value}"))
