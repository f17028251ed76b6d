"""One thing that the user can ask for, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Scope(StrEnum):
    """Where the keys of an action work."""

    WINDOW = "window"
    VIEWPORT = "viewport"  # only while the 3D view has the focus: plain letters, space


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An entry of the registry. The functions are given the registry's context (the window).

    Parameters
    ----------
    id : str
        Stable, dotted: ``view.top``.
    text : str
        Key of its wording.
    run : callable
        Does it.
    menu : tuple of str
        Path of the menu: ``("view", "camera")``; empty: only keys and palette.
    section : int
        Entries of a menu are kept in order; a line separates different sections.
    icon : str
        QtAwesome name.
    keys : tuple of str
        Default shortcuts in Qt's portable form, the first is shown.
    enabled : callable or None
        Whether it can be done now; None: always.
    checked : callable or None
        Whether it is on, for actions that are switched on and off.
    wording : callable or None
        Gives the wording where it depends on the moment ("Undo: move the layer").
    bar : int
        Place on the tool bar from 1; 0: not there. A line separates tens.
    """

    id: str
    text: str
    run: Callable[[Any], object]
    menu: tuple[str, ...] = ()
    section: int = 0
    icon: str = ""
    keys: tuple[str, ...] = ()
    enabled: Callable[[Any], bool] | None = None
    checked: Callable[[Any], bool] | None = None
    wording: Callable[[Any], str] | None = None
    scope: Scope = Scope.WINDOW
    bar: int = 0
