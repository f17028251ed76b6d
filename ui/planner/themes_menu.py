"""The menu of ready-made themes: those that the columns of the layers allow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from twin.model.style import Style
from twin.model.themes import THEMES, Theme
from ui.i18n import text, tr

if TYPE_CHECKING:
    from ui.window.main import MainWindow


def fill(window: MainWindow, menu: QMenu) -> None:
    """Offer a theme for each layer that has its column."""
    session = window.session
    for theme in THEMES:
        for runtime in session.layers() if session is not None else ():
            column = theme.column_of(runtime.column_names())
            if column:
                words = f"{text(theme.title)}: {text(runtime.spec.title, runtime.spec.id)}"
                action = menu.addAction(words)
                action.triggered.connect(
                    lambda _on=False, t=theme, layer=runtime.spec.id, c=column: apply(
                        window, t, layer, c
                    )
                )
    _brought(window, menu)
    if menu.isEmpty():
        menu.addAction(tr("themes.none")).setEnabled(False)


def _brought(window: MainWindow, menu: QMenu) -> None:
    """Offer the styles of plugins to the layers that they fit."""
    session = window.session
    if session is None or not session.registry.contributions("styles"):
        return
    from twin.work.brought.data import styles

    for found in styles(session.registry, window.tell):
        for runtime in session.layers():
            if found.fits(runtime.spec.type, runtime.column_names()):
                words = f"{text(found.title)}: {text(runtime.spec.title, runtime.spec.id)}"
                menu.addAction(words).triggered.connect(
                    lambda _on=False, s=found.style, layer=runtime.spec.id: wear(window, s, layer)
                )


def apply(window: MainWindow, theme: Theme, layer: str, column: str) -> None:
    """Give a layer the style of a theme."""
    wear(window, theme.style(column), layer)


def wear(window: MainWindow, style: Style, layer: str) -> None:
    """Give a layer a style."""
    session = window.session
    if session is not None:
        session.do("themes.do.apply", lambda p: p.with_layer(replace(p.layer(layer), style=style)))
