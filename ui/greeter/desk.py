"""What the welcome robot brings to the window: its panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.window.desks import RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from ui.docks.panel import Panel


def _panel(window: Any) -> Panel:
    from ui.greeter.panel import GreeterPanel

    return GreeterPanel(window)


DESK = Desk(
    id="greeter",
    panels={"greeter": Seat(make=_panel, place=Place(RIGHT, shown=False, extent_px=320))},
)
