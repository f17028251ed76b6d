"""What the planner's desk brings to the window: its panels, and actions under Analyse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.actions import Action
from ui.window.conditions import has_layers, is_open
from ui.window.desks import BOTTOM, LEFT, RIGHT, Desk, Place, Seat

if TYPE_CHECKING:
    from ui.docks.panel import Panel


def _plans(window: Any) -> Panel:
    from ui.planner.plans_panel import PlansPanel

    return PlansPanel(window)


def _measure(window: Any) -> Panel:
    from ui.planner.measure_panel import MeasurePanel

    return MeasurePanel(window)


def _indicators(window: Any) -> Panel:
    from ui.planner.indicators_panel import IndicatorsPanel

    return IndicatorsPanel(window)


def _analyses(window: Any) -> Panel:
    from ui.planner.analyses_panel import AnalysesPanel

    return AnalysesPanel(window)


def _ask(window: Any) -> Panel:
    from ui.planner.ask_panel import AskPanel

    return AskPanel(window)


def _notes(window: Any) -> Panel:
    from ui.planner.notes_panel import NotesPanel

    return NotesPanel(window)


def _section(window: Any) -> Panel:
    from ui.planner.section_panel import SectionPanel

    return SectionPanel(window)


def _report(window: Any) -> None:
    from ui.planner.report_dialog import ReportDialog

    ReportDialog(window).open()


def _sun_sheet(window: Any) -> None:
    from ui.planner.report_dialog import make_sun_sheet

    make_sun_sheet(window)


def _join(window: Any) -> None:
    from ui.planner.join_dialog import JoinDialog

    JoinDialog(window).open()


def _photo(window: Any) -> None:
    from ui.planner.photo_window import PhotoWindow

    PhotoWindow(window).show()


def _compare(window: Any) -> None:
    from ui.planner.compare import open_compare

    open_compare(window)


def _themes(window: Any, menu: Any) -> None:
    from ui.planner.themes_menu import fill

    fill(window, menu)


def _styles(window: Any, menu: Any) -> None:
    from ui.planner.saved_styles import fill

    fill(window, menu)


PANELS = {
    "plans": Seat(make=_plans, place=Place(LEFT, shown=False, extent_px=330), keys=("Alt+6",)),
    "measure": Seat(make=_measure, place=Place(RIGHT, shown=False, extent_px=300), keys=("Alt+9",)),
    "indicators": Seat(
        make=_indicators, place=Place(BOTTOM, shown=False, extent_px=260), keys=("Alt+7",)
    ),
    "ask": Seat(make=_ask, place=Place(RIGHT, shown=False, extent_px=340), keys=("Ctrl+Shift+F",)),
    "notes": Seat(make=_notes, place=Place(RIGHT, shown=False, extent_px=300), keys=("Alt+0",)),
    "section": Seat(make=_section, place=Place(RIGHT, shown=False, extent_px=300)),
    "analyses": Seat(
        make=_analyses, place=Place(RIGHT, shown=False, extent_px=330), keys=("Alt+8",)
    ),
}


def _show(name: str, icon: str, section: int) -> Action:
    return Action(
        id=f"analyse.{name}",
        text=f"action.analyse.{name}",
        run=lambda w: w.docks.show(name),
        menu=("analyse",),
        section=section,
        icon=icon,
        enabled=is_open,
    )


DESK = Desk(
    id="planner",
    actions=(
        Action(
            id="layers.join",
            text="action.layers.join",
            run=_join,
            menu=("layers",),
            section=9,
            icon="mdi6.table-merge-cells",
            enabled=has_layers,
        ),
        _show("plans", "mdi6.source-branch", 0),
        Action(
            id="analyse.compare",
            text="action.analyse.compare",
            run=_compare,
            menu=("analyse",),
            section=0,
            icon="mdi6.compare",
            keys=("Ctrl+Shift+V",),
            enabled=is_open,
        ),
        _show("indicators", "mdi6.chart-bar", 0),
        _show("analyses", "mdi6.weather-sunny", 1),
        _show("ask", "mdi6.database-search-outline", 1),
        _show("measure", "mdi6.ruler", 1),
        _show("section", "mdi6.box-cutter", 1),
        _show("notes", "mdi6.note-text-outline", 1),
        Action(
            id="analyse.photo",
            text="action.analyse.photo",
            run=_photo,
            menu=("analyse",),
            section=2,
            icon="mdi6.image-plus-outline",
            enabled=is_open,
        ),
        Action(
            id="analyse.report",
            text="action.analyse.report",
            run=_report,
            menu=("analyse",),
            section=2,
            icon="mdi6.file-chart-outline",
            keys=("Ctrl+Shift+R",),
            enabled=is_open,
        ),
        Action(
            id="analyse.sun_sheet",
            text="action.analyse.sun_sheet",
            run=_sun_sheet,
            menu=("analyse",),
            section=2,
            icon="mdi6.sun-clock-outline",
            enabled=is_open,
        ),
    ),
    panels=PANELS,
    fillers={("layers", "themes"): (9, _themes), ("layers", "styles"): (9, _styles)},
)
