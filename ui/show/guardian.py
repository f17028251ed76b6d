"""A show that comes back: one process shows, this one watches it and puts it back on stage, at the same stop.

While the show loads again its last picture stands on the stage, so that an audience sees the stop and not a desktop.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from ui.show.running import own_command

log = logging.getLogger(__name__)

BEAT_MS = 500
SILENT_S = 20.0
"""A show that says nothing for so long hangs, and is started anew."""
MANY, WITHIN_S = 6, 60.0
"""So many crashes in so short a time: a pause between the next tries."""


class Diary:
    """What a show says of itself, in a file that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file, self.picture = folder / "show.json", folder / "stop.png"

    def write(self, **state: Any) -> None:
        """Write how the show stands, whole or not at all."""
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({**state, "beat": time.time()}, file)
        Path(name).replace(self.file)

    def read(self) -> dict[str, Any]:
        """Return how the show stood last, empty where it has not begun."""
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


class Guardian(QObject):
    """Starts the show and starts it again when it ends otherwise than by its presenter."""

    def __init__(self, arguments: Sequence[str], folder: Path) -> None:
        super().__init__()
        self.diary = Diary(folder)
        self.recoveries: list[tuple[float, str]] = []
        self._arguments = list(arguments)
        self._process = QProcess(self)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedChannels)
        self._process.finished.connect(self._on_end)
        self._process.errorOccurred.connect(self._on_error)
        self._stand_in = QLabel()
        self._stand_in.setWindowTitle("Belvedere")
        self._stand_in.setStyleSheet("background: black;")
        self._stand_in.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self._watch)
        self._started_s = 0.0

    @property
    def process_id(self) -> int:
        """The process that shows."""
        return int(self._process.processId())

    @property
    def standing_in(self) -> bool:
        """Whether the last picture is shown in place of the scene."""
        return self._stand_in.isVisible()

    def start(self) -> None:
        """Start the show, where it stood if it had begun."""
        state = self.diary.read()
        command = [*self._arguments, "--diary", str(self.diary.folder)]
        for name in ("stop", "language"):
            if state.get(name):
                command += [f"--{'at' if name == 'stop' else 'lang'}", str(state[name])]
        if state.get("autoplay"):
            command.append("--autoplay")
        program, *rest = own_command(command)
        self._started_s = time.time()
        self._process.start(program, rest)
        self._timer.start()

    def close(self) -> None:
        """End the show."""
        self._timer.stop()
        self._process.finished.disconnect(self._on_end)
        self._process.kill()
        self._process.waitForFinished(5000)
        self._stand_in.close()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            log.error("the show cannot be started: %s", self._process.errorString())
            self._quit(2)

    def _on_end(self, status: int, how: QProcess.ExitStatus) -> None:
        state = self.diary.read()
        ended = status == 0 and how is QProcess.ExitStatus.NormalExit
        if ended or not state:
            # Without a diary it never came to the stage: another try would end the same.
            self._quit(status)
            return
        self._recover(f"ended with {status}")

    def _recover(self, why: str) -> None:
        now = time.time()
        self.recoveries.append((now, why))
        stop = self.diary.read().get("stop", "")
        log.warning("show lost (%s): back on stage at stop %s", why, stop)
        self._show_picture()
        recent = [at for at, _ in self.recoveries if now - at < WITHIN_S]
        QTimer.singleShot(0 if len(recent) < MANY else 10_000, self.start)

    def _show_picture(self) -> None:
        picture = QPixmap(str(self.diary.picture))
        screen = self._stand_in.screen()
        if not picture.isNull() and screen is not None:
            smooth = Qt.TransformationMode.SmoothTransformation
            fit = Qt.AspectRatioMode.KeepAspectRatio
            self._stand_in.setPixmap(picture.scaled(screen.size(), fit, smooth))
        self._stand_in.showFullScreen()

    def _watch(self) -> None:
        state = self.diary.read()
        beat = float(state.get("beat", 0.0))
        if self.standing_in and state.get("on_stage") and beat > self._started_s:
            log.info("live again after %.1f s", time.time() - self.recoveries[-1][0])
            self._stand_in.hide()
        silent = beat > self._started_s and time.time() - beat > SILENT_S
        if silent and self._process.state() is QProcess.ProcessState.Running:
            log.warning("the show is silent: it is ended and started anew")
            self._process.kill()

    def _quit(self, status: int) -> None:
        self._timer.stop()
        self._stand_in.close()
        QApplication.exit(status)
