"""What plugins bring to the window: their manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.window.desks import RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from ui.docks.panel import Panel


def _manager(window: Any) -> Panel:
    from ui.plugins.manager import PluginManager

    return PluginManager(window)


DESK = Desk(
    id="plugins",
    panels={"plugins": Seat(make=_manager, place=Place(RIGHT, shown=False, extent_px=360))},
)
