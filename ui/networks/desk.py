"""What the networks bring to the window: their menu and their panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.actions import Action
from ui.window.conditions import has_selection
from ui.window.desks import RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from ui.networks.panel import NetworksPanel

NAME = "networks"
MENU = ("networks",)


def _panel(window: Any) -> NetworksPanel:
    from ui.networks.panel import NetworksPanel

    panel = NetworksPanel(window)
    panel.fly_to_requested.connect(window.fly_to)
    return panel


def _do(window: Any, name: str) -> None:
    """Show the panel and let it do something."""
    window.docks.show(NAME)
    getattr(window.docks.panel(NAME), name)()


DESK = Desk(
    id=NAME,
    actions=(
        Action(
            id="networks.trace", text="action.networks.trace", run=lambda w: _do(w, "trace"), menu=MENU,
            section=0, icon="mdi6.source-branch", keys=("Ctrl+Shift+T",), enabled=has_selection,
        ),
        Action(
            id="networks.outage", text="action.networks.outage", run=lambda w: _do(w, "outage"), menu=MENU,
            section=0, icon="mdi6.pipe-disconnected", keys=("Ctrl+Shift+U",), enabled=has_selection,
        ),
        Action(
            id="networks.solve", text="action.networks.solve", run=lambda w: _do(w, "solve"), menu=MENU,
            section=1, icon="mdi6.calculator-variant-outline", keys=("Ctrl+Shift+E",), enabled=has_selection,
        ),
        Action(
            id="networks.what_if", text="action.networks.what_if", run=lambda w: _do(w, "what_if"), menu=MENU,
            section=1, icon="mdi6.compare", enabled=has_selection,
        ),
        Action(
            id="networks.print", text="action.networks.print", run=lambda w: _do(w, "print_sheet"), menu=MENU,
            section=2, icon="mdi6.file-pdf-box", enabled=has_selection,
        ),
    ),
    panels={NAME: Seat(make=_panel, place=Place(area=RIGHT, shown=False, extent_px=420), keys=("Ctrl+Shift+W",))},
)  # fmt: skip
