"""The main window: the viewport, the panels around it, and what menus and keys do."""

from __future__ import annotations

from ui.window.main import MainWindow

__all__ = ["MainWindow"]
