"""The menu of ready-made themes: those that the columns of the layers allow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

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
    if menu.isEmpty():
        menu.addAction(tr("themes.none")).setEnabled(False)


def apply(window: MainWindow, theme: Theme, layer: str, column: str) -> None:
    """Give a layer the style of a theme."""
    session = window.session
    if session is not None:
        style = theme.style(column)
        session.do("themes.do.apply", lambda p: p.with_layer(replace(p.layer(layer), style=style)))
