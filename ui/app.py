"""The start of the application: one window, with the project asked for, the last one, or the demo city."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtWidgets import QApplication

from twin.errors import BelvedereError
from ui.i18n import tr, translator
from ui.i18n.qt_words import QtWords
from ui.interpreter import tend_interpreter
from ui.opened import Opened, recovered
from ui.services import make_services
from ui.settings import Settings
from ui.text import font, load_fonts
from ui.viewport.surface import surface_format

if TYPE_CHECKING:
    from ui.services import Services
    from ui.window import MainWindow

log = logging.getLogger(__name__)


def run(project: Path | None = None, *, settings_path: Path | None = None) -> int:
    """Open the window and stay until it is closed; return the exit status.

    Parameters
    ----------
    project : Path or None
        A project folder or its ``project.json``; None: the last project, else the demo city.
    settings_path : Path or None
        An INI file instead of the user's own settings.

    Raises
    ------
    BelvedereError
        The project that was asked for cannot be opened.
    """
    with started(project, settings_path=settings_path):
        return QApplication.exec()


@contextmanager
def started(
    project: Path | None = None, *, settings_path: Path | None = None
) -> Iterator[MainWindow]:
    """Make and show the window; what belongs to the application ends with the context. See :func:`run`."""
    tend_interpreter()
    settings = Settings(settings_path)
    if settings.text_scale != 1.0:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{settings.text_scale:g}")  # Qt reads it once
    app = make_application()
    words = QtWords(app)
    services = make_services(app, settings)
    if services.settings.language:
        translator.set_language(services.settings.language)
    window = make_window(services, project)
    sys.excepthook = _Teller(window).tell
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    window.show()
    gc.freeze()
    QTimer.singleShot(0, lambda: offer_recovery(window))
    yield window
    sys.excepthook = sys.__excepthook__
    words.close()
    services.theme.close()


def make_application() -> QApplication:
    """Return the Qt application, dressed in the application's typeface."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        app = existing
    else:
        # The default must stand before the first window is made.
        QSurfaceFormat.setDefaultFormat(surface_format())
        app = QApplication(["belvedere"])
    app.setApplicationName("Belvedere")
    app.setDesktopFileName("belvedere")
    load_fonts()
    app.setFont(font(13))
    _mirror(translator.language)
    translator.language_changed.connect(_mirror)
    return app


def _mirror(_language: str) -> None:
    """Lay windows out from the side where the language begins."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        right = Qt.LayoutDirection.RightToLeft
        left = Qt.LayoutDirection.LeftToRight
        app.setLayoutDirection(right if translator.mirrored else left)


def make_window(services: Services, project: Path | None) -> MainWindow:
    """Return the window with a project; its data begin to load before the window is built.

    Raises
    ------
    BelvedereError
        The project that was asked for cannot be opened.
    """
    opened = Opened.read(project) if project is not None else first_project(services)
    from ui.window import MainWindow

    return MainWindow(services, opened)


def first_project(services: Services) -> Opened | None:
    """Return the last project, else the demo city, else nothing."""
    for path in (*services.settings.recent[:1], services.demo):
        try:
            return Opened.read(path)
        except BelvedereError as error:
            log.warning("not opened: %s", error)
    return None


def offer_recovery(window: MainWindow) -> None:
    """Ask about the newest work that an ended application left unsaved."""
    from ui.recovery import Answer, ask_recovery, unsaved_work

    found = unsaved_work(window.services.state_dir)
    if not found:
        return
    newest = found[0]
    answer = ask_recovery(window, newest)
    if answer is Answer.RESTORE:
        scratch = window.files.scratch
        window.show_project(recovered(newest.project, newest.folder, scratch=scratch))
    if answer is not Answer.CANCEL:
        newest.journal.unlink(missing_ok=True)


class _Teller:
    """Says in the status bar that something unexpected happened; the log has the whole of it."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def tell(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Take an exception that nobody handled."""
        log.error("unexpected", exc_info=(kind, error, trace))
        self._window.status.say(tr("status.unexpected", reason=f"{kind.__name__}: {error}"))
