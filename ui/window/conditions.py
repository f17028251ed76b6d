"""When an action can be done: small questions to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.window.main import MainWindow


def is_open(w: MainWindow) -> bool:
    """Whether a project is open."""
    return w.session is not None


def has_layers(w: MainWindow) -> bool:
    """Whether the project has layers."""
    return w.session is not None and bool(w.session.project.layers)


def has_selection(w: MainWindow) -> bool:
    """Whether something is selected."""
    return w.session is not None and bool(w.session.selection.features)


def has_target(w: MainWindow) -> bool:
    """Whether there is something to fly to."""
    return has_selection(w) or has_layers(w)
