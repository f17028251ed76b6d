"""Logs, and the file that helps to find a fault: versions, machine, log; no secret, no data of a project."""

from __future__ import annotations

import json
import logging
import logging.handlers
import platform
import re
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin import __version__

if TYPE_CHECKING:
    from ui.window.main import MainWindow

LOG = "belvedere.log"
MOST_BYTES, KEPT = 2_000_000, 3
_SECRETS = (
    re.compile(
        r"(?i)\b(password|passwd|pwd|secret|token|api[_-]?key|authorization|cookie)"
        r"""(["']?\W{1,3}?)("[^"]*"|'[^']*'|\S+)"""
    ),
    re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
)
_QUERY = re.compile(r"(?<=[?&])([\w.-]+)=[^&\s\"']+")


def log_folder() -> Path:
    """Return the folder of the logs."""
    from ui.services import state_dir

    return state_dir() / "logs"


def begin_log() -> logging.Handler | None:
    """Write the log to a file, three of two megabytes at most; None where the folder cannot be written."""
    folder = log_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / LOG, maxBytes=MOST_BYTES, backupCount=KEPT - 1, encoding="utf-8"
        )
    except OSError:
        return None
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    if root.level > logging.INFO or root.level == logging.NOTSET:
        root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each request buries the rest
    return handler


def without_secrets(text: str) -> str:
    """Return a text without passwords, tokens, credentials in addresses, and the name of the user's folder."""
    text = _SECRETS[1].sub(r"\1 ***", text)
    text = _SECRETS[0].sub(r"\1\2***", text)
    text = _SECRETS[2].sub("***", text)
    text = _QUERY.sub(r"\1=***", text)
    return text.replace(str(Path.home()), "~") if str(Path.home()) != "/" else text


class _Discreet(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def save(path: Path, more: dict[str, Any] | None = None) -> None:
    """Write the diagnostics as a zip. Raises OSError where it cannot be written."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "machine.json", without_secrets(json.dumps(machine() | (more or {}), indent=1))
        )
        folder = log_folder()
        for file in sorted(folder.glob(f"{LOG}*")) if folder.is_dir() else ():
            text = file.read_text(encoding="utf-8", errors="replace")
            archive.writestr(f"logs/{file.name}", without_secrets(text))


def machine() -> dict[str, Any]:
    """Return versions and what the machine is."""
    from importlib import metadata

    from PySide6.QtGui import QGuiApplication

    names = sorted(
        {
            f"{d.metadata['Name']} {d.version}"
            for d in metadata.distributions()
            if d.metadata["Name"]
        }
    )
    return {
        "belvedere": __version__,
        "python": sys.version,
        "system": platform.platform(),
        "qt_platform": QGuiApplication.platformName(),
        "screens": [
            f"{s.size().width()}x{s.size().height()} @{s.devicePixelRatio():g}"
            for s in QGuiApplication.screens()
        ],
        "packages": names,
    }


def choose(w: MainWindow) -> None:
    """Ask for a file and write the diagnostics."""
    from PySide6.QtWidgets import QFileDialog

    from ui.i18n import tr

    start = w.services.settings.last_folder / "belvedere-diagnostics.zip"
    name, _ = QFileDialog.getSaveFileName(w, tr("action.help.diagnostics"), str(start), "*.zip")
    if name:
        write(w, Path(name))


def write(w: MainWindow, path: Path) -> None:
    """Write the diagnostics of a window: layers by type and state, without names of files."""
    session = w.session
    layers = [
        {
            "type": runtime.spec.type,
            "state": runtime.state.value,
            "problems": [problem.key for problem in runtime.problems],
        }
        for runtime in (session.layers() if session is not None else ())
    ]
    more = {"renderer": w.viewport.stage.renderer, "layers": layers}
    try:
        save(path, more)
        w.say("status.picture_saved", file=path.name)
    except OSError as error:
        w.say("status.unexpected", reason=error.strerror or str(error))


def open_folder() -> None:
    """Show the folder of the logs in the file manager."""
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    log_folder().mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder())))
