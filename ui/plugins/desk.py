"""What plugins bring to the window: their manager, and the panel in which their tools are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from ui.window.desks import RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from ui.docks.panel import Panel


def _manager(window: Any) -> Panel:
    from ui.plugins.manager import PluginManager

    return PluginManager(window)


def _brought(window: Any) -> Panel:
    from ui.plugins.brought_panel import BroughtPanel

    return BroughtPanel(window)


def _fill_brought(window: Any, menu: Any) -> None:
    from ui.plugins.brought_panel import fill

    fill(window, menu)


def _begin(window: Any) -> None:
    """Ask what the plugins of a project may do, once the window is there to ask."""

    def soon(session: Any) -> None:
        if session is not None:  # a window that ends is not to be held for a question
            QTimer.singleShot(0, lambda: _ask(window))

    window.session_changed.connect(soon)


def _ask(window: Any) -> None:
    session = window.session
    if session is None or not any(map(session.registry.is_isolated, session.registry.plugins)):
        return
    from ui.plugins.grants import ask

    ask(window)


DESK = Desk(
    id="plugins",
    panels={
        "plugins": Seat(make=_manager, place=Place(RIGHT, shown=False, extent_px=360)),
        "brought": Seat(make=_brought, place=Place(RIGHT, shown=False, extent_px=360)),
    },
    fillers={("analyse", "brought"): (3, _fill_brought)},
    begin=_begin,
)
