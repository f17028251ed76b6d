"""What tiles bring to the window: baking the open project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.actions import Action
from ui.window.conditions import is_open
from ui.window.desks import Desk

if TYPE_CHECKING:
    from ui.window.main import MainWindow


def bake(w: MainWindow) -> None:
    """Ask which layers, and where to."""
    from ui.tiles.bake_dialog import BakeDialog

    BakeDialog(w).open()


DESK = Desk(
    id="tiles",
    actions=(
        Action(
            id="tiles.bake", text="action.tiles.bake", run=bake, menu=("project",), section=3,
            icon="mdi6.view-grid-plus-outline", keys=("Ctrl+Alt+B",), enabled=is_open,
        ),
    ),
)  # fmt: skip
