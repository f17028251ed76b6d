"""What the networks bring to the window: their menu and their panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.actions import Action
from ui.window.conditions import has_selection, is_open
from ui.window.desks import RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from ui.networks.panel import NetworksPanel

NAME = "networks"
MENU = ("networks",)
FILES = "*.geojson *.json *.gpkg *.shp *.fgb *.parquet *.gml *.kml *.osm *.pbf *.zip"


def _panel(window: Any) -> NetworksPanel:
    from ui.networks.panel import NetworksPanel

    panel = NetworksPanel(window)
    panel.fly_to_requested.connect(window.fly_to)
    return panel


def _do(window: Any, name: str) -> None:
    """Show the panel and let it do something."""
    window.docks.show(NAME)
    getattr(window.docks.panel(NAME), name)()


def _add_drawing(window: Any) -> None:
    """Let the user choose a drawing, then say what it means."""
    from PySide6.QtWidgets import QFileDialog

    from ui.i18n import tr
    from ui.networks.drawing_dialog import DrawingDialog

    settings = window.services.settings
    kinds = f"{tr('networks.drawing.files')} ({FILES})"
    name, _ = QFileDialog.getOpenFileName(
        window, tr("networks.drawing.title"), str(settings.last_folder), kinds
    )
    if name:
        settings.last_folder = Path(name).parent
        DrawingDialog(window.session, Path(name), window).open()


def _add_chargers(window: Any) -> None:
    """Let the user choose charging points, then compute the selected grid with them."""
    from PySide6.QtWidgets import QFileDialog

    from ui.i18n import tr

    settings = window.services.settings
    names, _ = QFileDialog.getOpenFileNames(
        window,
        tr("networks.chargers_title"),
        str(settings.last_folder),
        f"{tr('networks.chargers_files')} (*.csv *.json)",
    )
    if names:
        settings.last_folder = Path(names[0]).parent
        window.docks.show(NAME)
        window.docks.panel(NAME).charge([Path(name) for name in names])


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
            id="networks.solve_quarters", text="action.networks.solve_quarters",
            run=lambda w: _do(w, "solve_quarters"), menu=MENU, section=1, icon="mdi6.clock-outline",
            enabled=has_selection,
        ),
        Action(
            id="networks.solve_phases", text="action.networks.solve_phases",
            run=lambda w: _do(w, "solve_phases"), menu=MENU, section=1, icon="mdi6.sine-wave",
            enabled=has_selection,
        ),
        Action(
            id="networks.what_if", text="action.networks.what_if", run=lambda w: _do(w, "what_if"), menu=MENU,
            section=1, icon="mdi6.compare", enabled=has_selection,
        ),
        Action(
            id="networks.print", text="action.networks.print", run=lambda w: _do(w, "print_sheet"), menu=MENU,
            section=2, icon="mdi6.file-pdf-box", enabled=has_selection,
        ),
        Action(
            id="networks.chargers", text="action.networks.chargers", run=_add_chargers, menu=MENU,
            section=1, icon="mdi6.ev-station", enabled=has_selection,
        ),
        Action(
            id="networks.add_drawing", text="action.networks.add_drawing", run=_add_drawing, menu=MENU,
            section=3, icon="mdi6.vector-polyline-plus", enabled=is_open,
        ),
    ),
    panels={NAME: Seat(make=_panel, place=Place(area=RIGHT, shown=False, extent_px=420), keys=("Ctrl+Shift+W",))},
)  # fmt: skip
