"""A second process that has everything loaded and waits unseen for its cue: after a crash it is on stage at once."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal

from ui.show.running import own_command

log = logging.getLogger(__name__)

WAITING = "belvedere: waiting for the cue"
SPARE_MB = 1_500.0
"""So much memory stays free beside both processes; with less there is no understudy."""


class Understudy(QObject):
    """The process that waits, as the guardian sees it.

    Parameters
    ----------
    arguments : sequence of str
        Those of the show.
    """

    def __init__(self, arguments: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.is_ready = False
        self.process = QProcess(self)
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self.process.readyReadStandardOutput.connect(self._read)
        program, *rest = own_command([*arguments, "--standby"])
        self.process.start(program, rest)

    @property
    def lives(self) -> bool:
        """Whether it can still be given a cue."""
        return self.process.state() is not QProcess.ProcessState.NotRunning

    def cue(self, state: Mapping[str, Any]) -> QProcess:
        """Send it on stage, where the show stood; return its process."""
        self.process.write(json.dumps(dict(state)).encode() + b"\n")
        return self.process

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.waitForFinished(5000)

    def _read(self) -> None:
        self.is_ready |= WAITING.encode() in self.process.readAllStandardOutput().data()


class Cue(QObject):
    """The cue, as the process that waits hears it: a line on its standard input."""

    given = Signal(dict)
    """How the show stood: stop, language, autoplay."""
    lost = Signal()
    """Nobody is there any more to give it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread = threading.Thread(target=self._listen, name="cue", daemon=True)
        self._thread.start()

    @staticmethod
    def say_ready() -> None:
        """Tell the guardian that all is loaded."""
        print(WAITING, flush=True)  # noqa: T201 - the guardian reads it

    def _listen(self) -> None:
        try:
            found = json.loads(sys.stdin.readline())
        except ValueError:
            self.lost.emit()
            return
        self.given.emit(found if isinstance(found, dict) else {})


def resident_mb(process_id: int) -> float | None:
    """Return the memory of a process, None where the system does not tell."""
    try:
        lines = Path(f"/proc/{process_id}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = next((line for line in lines if line.startswith("VmRSS:")), None)
    return float(found.split()[1]) / 1024.0 if found else None


def affordable(process_id: int, left_mb: float | None) -> bool:
    """Whether there is memory for the show a second time; no, where the system does not tell."""
    needed = resident_mb(process_id)
    return needed is not None and left_mb is not None and left_mb > needed + SPARE_MB
