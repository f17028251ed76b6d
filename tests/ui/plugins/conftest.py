"""The real window of the window's tests, for panels that act on it."""

from __future__ import annotations

from tests.ui.window.conftest import make_window, services

__all__ = ["make_window", "services"]
