"""What this room brings to the window."""

from __future__ import annotations

from typing import Any

from ui.actions import Action
from ui.window.desks import Desk


def _show(window: Any) -> None:
    from ui.cities.dialog import CityDialog

    dialog = CityDialog(window)
    dialog.fetched.connect(window.files.open)
    dialog.open()


DESK = Desk(
    id="cities",
    actions=(
        Action(
            id="project.city",
            text="action.project.city",
            run=_show,
            menu=("project",),
            section=0,
            icon="mdi6.map-search-outline",
            keys=("Ctrl+Shift+N",),
        ),
    ),
)
