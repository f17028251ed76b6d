"""A show that comes back: one process shows, this one watches it and puts it back on stage, at the same stop.

A second process waits with everything loaded and takes over. Until it has drawn, and where memory does not suffice for
two, the last picture stands on the stage, so that an audience sees the stop and not a desktop.
"""

from __future__ import annotations

import json
import logging
import math
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from twin.show.preflight import available_mb
from ui.show.running import own_command
from ui.show.understudy import Understudy, affordable

log = logging.getLogger(__name__)

BEAT_MS = 500
SILENT_S = 20.0
"""A show that says nothing for so long hangs, and is started anew."""
CALM_S = 8.0
"""So long after the show has become live its understudy begins to load: not while the first stop needs the machine."""
AGAIN_S = 60.0
"""Nor sooner than this after the last one: one that ends by itself would only be started for ever."""
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
        self._understudy: Understudy | None = None
        self._prepare_at_s = math.inf
        self._follow(self._process)
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

    @property
    def understudy_ready(self) -> bool:
        """Whether a process waits with everything loaded."""
        return self._understudy is not None and self._understudy.is_ready

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
        self._begin()
        self._process.start(program, rest)

    def _begin(self) -> None:
        self._started_s, self._prepare_at_s = time.time(), math.inf
        self._timer.start()

    def _follow(self, process: QProcess) -> None:
        """Watch over another process from now on."""
        self._process = process
        process.finished.connect(self._on_end)
        process.errorOccurred.connect(self._on_error)

    def _take_over(self) -> None:
        """Put the show back on stage: by its understudy, else by a new process."""
        understudy, self._understudy = self._understudy, None
        if understudy is None or not understudy.lives:
            self.start()
            return
        before = self._process
        self._follow(understudy.cue(self.diary.read()))
        before.deleteLater()
        self._begin()

    def _prepare(self) -> None:
        """Have an understudy once the show runs quietly, where memory suffices."""
        there = self._understudy is not None and self._understudy.lives
        if there or time.time() < self._prepare_at_s:
            return
        self._prepare_at_s = time.time() + AGAIN_S
        if affordable(self.process_id, available_mb()):
            arguments = [*self._arguments, "--diary", str(self.diary.folder)]
            self._understudy = Understudy(arguments, self)

    def close(self) -> None:
        """End the show."""
        self._timer.stop()
        self._process.finished.disconnect(self._on_end)
        self._process.kill()
        self._process.waitForFinished(5000)
        self._end_understudy()
        self._stand_in.close()

    def _end_understudy(self) -> None:
        if self._understudy is not None:
            self._understudy.close()
            self._understudy = None

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
        QTimer.singleShot(0 if len(recent) < MANY else 10_000, self._take_over)

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
        live = bool(state.get("on_stage")) and beat > self._started_s
        if live and self._prepare_at_s == math.inf:
            self._prepare_at_s = time.time() + CALM_S
        if live and self.standing_in:
            log.info("live again after %.1f s", time.time() - self.recoveries[-1][0])
            self._stand_in.hide()
        self._prepare()
        silent = beat > self._started_s and time.time() - beat > SILENT_S
        if silent and self._process.state() is QProcess.ProcessState.Running:
            log.warning("the show is silent: it is ended and started anew")
            self._process.kill()

    def _quit(self, status: int) -> None:
        self._timer.stop()
        self._end_understudy()
        self._stand_in.close()
        QApplication.exit(status)
