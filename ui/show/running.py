"""Verbs of the command line run beside the window: it never waits, and drawing off screen disturbs no picture."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

MAIN = Path(__file__).resolve().parents[2] / "main.py"
OFF_SCREEN = "offscreen"


def own_command(arguments: Sequence[str]) -> list[str]:
    """Return the command that runs this application with arguments, from a checkout or from an installed one."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, str(MAIN), *arguments]


class Verb(QObject):
    """One run of a verb; ended and deleted with its parent."""

    line = Signal(str)
    finished = Signal(int, str)
    """Exit status, and what it complained of."""

    def __init__(self, arguments: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        if sys.platform.startswith("linux"):
            environment.insert("QT_QPA_PLATFORM", OFF_SCREEN)
        environment.insert("PYTHONUNBUFFERED", "1")
        self._process.setProcessEnvironment(environment)
        program, *rest = own_command(arguments)
        self._process.setProgram(program)
        self._process.setArguments(rest)
        self._process.setWorkingDirectory(str(Path.cwd()))
        self._complaints = ""
        self._told = False
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._fail)

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.state() is not QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Begin."""
        self._process.start()

    def stop(self) -> None:
        """End it at once; what it was writing is left out."""
        if self.running:
            self._told = True
            self._process.kill()
            self._process.waitForFinished(3000)

    def _read(self) -> None:
        while self._process.canReadLine():
            self.line.emit(
                bytes(self._process.readLine().data()).decode("utf-8", "replace").rstrip()
            )

    def _read_errors(self) -> None:
        said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        self._complaints = (self._complaints + said)[-4000:]

    def _finish(self, status: int, _how: object) -> None:
        self._read()
        if not self._told:
            self._told = True
            self.finished.emit(status, self._complaints.strip())

    def _fail(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and not self._told:
            self._told = True
            self.finished.emit(127, self._process.errorString())
