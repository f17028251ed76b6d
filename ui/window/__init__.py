"""The main window: the viewport, the panels around it, and what menus and keys do."""

from __future__ import annotations

from ui.window.main import MainWindow
from ui.window.opened import Opened

__all__ = ["MainWindow", "Opened"]
