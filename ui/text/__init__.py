"""Type: the typeface of the application, and texts as pictures for the scene."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ui.text.fonts import (
    BOLD,
    MEDIUM,
    REGULAR,
    SEMIBOLD,
    font,
    font_files,
    licence_file,
    licence_of,
    load_fonts,
    script_files,
    set_weight,
    tabular,
    with_weight,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from ui.text.engine import QtTextEngine

__all__ = [
    "BOLD",
    "MEDIUM",
    "REGULAR",
    "SEMIBOLD",
    "QtTextEngine",
    "ensure_application",
    "font",
    "font_files",
    "licence_file",
    "licence_of",
    "load_fonts",
    "script_files",
    "set_weight",
    "tabular",
    "with_weight",
]

_kept: list[object] = []  # Qt's one application must outlive whoever asked for it


def ensure_application() -> QApplication:
    """Return the Qt application, made for work off screen where there is none yet.

    The command line calls it before it draws texts; the window makes its own application first.
    """
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    existing = QCoreApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    arguments = ["belvedere"]
    if sys.platform.startswith("linux") and "QT_QPA_PLATFORM" not in os.environ:
        arguments += ["-platform", "offscreen"]
    application = QApplication(arguments)
    _kept.append(application)
    return application


def __getattr__(name: str) -> object:
    # The engine imports twin.render, which the fonts do not need.
    if name == "QtTextEngine":
        from ui.text.engine import QtTextEngine

        return QtTextEngine
    raise AttributeError(name)
