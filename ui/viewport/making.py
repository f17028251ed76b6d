"""Makes the surface that suits the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.i18n import translator
from ui.viewport.surface import choose

if TYPE_CHECKING:
    from twin.render import Stage
    from twin.render.foreign import ForeignWindow
    from ui.viewport.surface import Surface


def make_surface(parent: QWidget) -> Surface:
    """Return a surface inside ``parent``."""
    if choose() == "native":
        from ui.viewport.native_surface import NativeSurface

        return NativeSurface(_stage_in, parent)
    from ui.viewport.image_surface import ImageSurface

    return ImageSurface(_stage, parent)


def _stage(size: tuple[int, int]) -> Stage:
    from twin.render import Stage
    from ui.text import QtTextEngine

    return Stage(size=size, text=QtTextEngine(), lang=translator.language)


def _stage_in(foreign: ForeignWindow, size: tuple[int, int]) -> Stage:
    from twin.render import Stage
    from ui.text import QtTextEngine

    return Stage(
        size=size,
        text=QtTextEngine(),
        render_window=foreign.window,
        lang=translator.language,
        turn=foreign.turn,
    )
