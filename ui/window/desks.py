"""Desks: the parts of the window that one subject brings along, its actions, menus and panels.

A desk is a module ``ui.<room>.desk`` with a constant ``DESK``. It imports no panel at module level: a
panel is imported and made when it is first shown, so that an unused desk costs nothing at start-up.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from ui.actions import Action

if TYPE_CHECKING:
    from ui.docks.panel import Panel

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands at first, and whether it shows."""

    area: Qt.DockWidgetArea
    shown: bool
    extent_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A panel of a desk.

    Parameters
    ----------
    make : callable
        Given the main window, returns the panel; called when the panel is first shown.
    place : Place
        Where it stands at first. A panel of a desk is hidden at first.
    keys : tuple of str
        Shortcuts that show and hide it.
    """

    make: Callable[[Any], Panel]
    place: Place
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What one subject brings to the window.

    Parameters
    ----------
    id : str
        Its name; panels are worded by ``dock.<name>``, menus by ``menu.<name>``.
    actions : tuple of Action
        Given the main window, as all actions of it.
    panels : mapping
        By name.
    fillers : mapping
        Menus whose entries are known only when they open: path to (section, fill(window, menu)).
    begin : callable or None
        Called with the main window once it is built, before a project comes into it: for what works
        without being looked at.
    """

    id: str
    actions: tuple[Action, ...] = ()
    panels: Mapping[str, Seat] = field(default_factory=lambda: MappingProxyType({}))
    fillers: Mapping[tuple[str, ...], tuple[int, Callable[[Any, Any], None]]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    begin: Callable[[Any], object] | None = None


DESKS: tuple[str, ...] = (
    "ui.cities.desk",
    "ui.show.desk",
    "ui.plugins.desk",
    "ui.networks.desk",
    "ui.living.desk",
    "ui.planner.desk",
    "ui.tiles.desk",
    "ui.greeter.desk",
)
"""Modules of the desks, in the order of their entries in menus."""


def desks() -> tuple[Desk, ...]:
    """Return the desks of the application."""
    return tuple(importlib.import_module(name).DESK for name in DESKS)
