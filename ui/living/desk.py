"""What this room brings to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.actions import Action
from ui.window.conditions import is_open
from ui.window.desks import BOTTOM, RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from ui.docks.panel import Panel
    from ui.living.control import LivingControl


def control_of(window: Any) -> LivingControl:
    """Return what keeps the feeds of a window's project running."""
    control: LivingControl = window.living_control
    return control


def _begin(window: Any) -> None:
    from ui.living.control import LivingControl

    window.living_control = LivingControl(window)


def _connect(window: Any) -> None:
    from ui.living.connect_dialog import ConnectDialog

    ConnectDialog(window.session, control_of(window), window).open()


def _rules(window: Any) -> None:
    from ui.living.rules_dialog import RulesDialog

    RulesDialog(window.session, control_of(window), window).open()


def _show_thing(window: Any, thing: str) -> None:
    """Select a thing where a layer has it, and fly there."""
    for runtime in window.session.layers() if window.session is not None else ():
        if runtime.table is not None and runtime.table.row_of(thing) >= 0:
            window.session.selection.set([(runtime.spec.id, thing)])
            window.fly_to_selection()
            return


def _show_chart(window: Any, layer: str, thing: str) -> None:
    """Select a feature and add what was recorded of it to the charts."""
    window.session.selection.set([(layer, thing)], current=(layer, thing))
    window.docks.show("charts")
    window.docks.panel("charts").add_selected()


def _live_panel(window: Any) -> Panel:
    from ui.living.panel import LivePanel

    panel = LivePanel(control_of(window))
    panel.connect_requested.connect(lambda: _connect(window))
    panel.rules_requested.connect(lambda: _rules(window))
    panel.thing_requested.connect(lambda thing: _show_thing(window, thing))
    panel.chart_requested.connect(lambda layer, thing: _show_chart(window, layer, thing))
    return panel


def _charts_panel(_window: Any) -> Panel:
    from ui.living.charts import ChartsPanel

    return ChartsPanel()


def _follow(window: Any) -> None:
    window.session.clock.follow(on=not window.session.clock.following)


def _memory(window: Any) -> None:
    from ui.living.memory_dialog import MemoryDialog

    MemoryDialog(window.session, window).open()


def _heat_map(window: Any) -> None:
    from ui.living.on_ground import heat_map

    heat_map(window)


def _onto_buildings(window: Any) -> None:
    from ui.living.on_ground import onto_buildings

    onto_buildings(window)


def _has_sensors(window: Any) -> bool:
    return is_open(window) and any(s.type == SENSORS for s in window.session.project.layers)


SENSORS = "belvedere.sensors"

DESK = Desk(
    id="living",
    actions=(
        Action(
            id="live.connect",
            text="action.live.connect",
            run=_connect,
            menu=("project",),
            section=1,
            icon="mdi6.connection",
            keys=("Ctrl+Shift+L",),
            enabled=is_open,
        ),
        Action(
            id="live.follow",
            text="action.live.follow",
            run=_follow,
            menu=("time",),
            section=1,
            icon="mdi6.access-point",
            keys=("Ctrl+L",),
            enabled=is_open,
            checked=lambda w: is_open(w) and w.session.clock.following,
        ),
        Action(
            id="live.rules",
            text="action.live.rules",
            run=_rules,
            menu=("time",),
            section=2,
            icon="mdi6.bell-cog-outline",
            enabled=is_open,
        ),
        Action(
            id="live.memory",
            text="action.live.memory",
            run=_memory,
            menu=("time",),
            section=2,
            icon="mdi6.database-clock-outline",
            enabled=is_open,
        ),
        Action(
            id="live.heat_map",
            text="action.live.heat_map",
            run=_heat_map,
            menu=("layers",),
            section=3,
            icon="mdi6.blur",
            enabled=_has_sensors,
        ),
        Action(
            id="live.on_buildings",
            text="action.live.on_buildings",
            run=_onto_buildings,
            menu=("layers",),
            section=3,
            icon="mdi6.home-thermometer-outline",
            enabled=_has_sensors,
        ),
    ),
    panels={
        "live": Seat(
            make=_live_panel,
            place=Place(RIGHT, shown=False, extent_px=330),
            keys=("Alt+Shift+L",),
        ),
        "charts": Seat(
            make=_charts_panel,
            place=Place(BOTTOM, shown=False, extent_px=260),
            keys=("Alt+Shift+C",),
        ),
    },
    begin=_begin,
)
