from __future__ import annotations

from tests.ui.window.conftest import make_window, services  # noqa: F401 - fixtures
