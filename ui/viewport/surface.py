"""Where the scene is drawn: a small interface with two makings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication, QSurfaceFormat
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from twin.render import Stage
    from ui.viewport.frames import Step

WITHOUT_GL = frozenset({"offscreen", "minimal", "linuxfb", "vnc"})
"""Platforms of Qt on which a GL widget draws nothing."""


SOFTWARE = (
    "llvmpipe",
    "softpipe",
    "swrast",
    "software",
    "swiftshader",
    "gdi generic",
    "basic render",
)
"""Parts of the names of renderers without a graphics card."""


class Surface(Protocol):
    """The picture inside the viewport. The viewport lays it out, gives it the input, and asks it to draw."""

    stage: Stage
    widget: QWidget
    paint_ms: float
    # paint_ms: how long the last frame took that was drawn after draw(), in a repaint

    def prepare(self, step: Step) -> None:
        """Set size and quality of the frame that is drawn next, unless it is only to be made finer."""

    def draw(self, step: Step) -> bool:
        """Draw the scene; return whether drawing it once more would make it finer."""

    def note_coarse(self, took_ms: float) -> None:
        """Learn how long a coarse frame took."""

    def picture(self, size: tuple[int, int]) -> NDArray[np.uint8] | None:
        """Return the scene at another size, (h, w, 3) uint8, top row first; None where it cannot."""

    def stage_px(self, at: QPointF) -> tuple[float, float]:
        """Return the stage's pixel of a place in the widget."""

    def widget_px(self, x_px: float, y_px: float) -> QPointF:
        """Return the place in the widget of a pixel of the stage."""

    def close(self) -> None:
        """Free what it holds of the graphics system."""


def choose(platform: str | None = None) -> str:
    """Return ``native`` where a graphics card draws, ``image`` where software does or nothing can be shown.

    ``BELVEDERE_SURFACE`` set to either decides instead.

    Parameters
    ----------
    platform : str or None
        Name of Qt's platform; None: that of the application.
    """
    wanted = os.environ.get("BELVEDERE_SURFACE", "")
    if wanted in ("native", "image"):
        return wanted
    name = gl_renderer(QGuiApplication.platformName() if platform is None else platform)
    return "native" if name and not is_software(name) else "image"


def is_software(renderer: str) -> bool:
    """Whether an OpenGL renderer of this name draws on the processor."""
    return any(word in renderer.lower() for word in SOFTWARE)


def gl_renderer(platform: str) -> str:
    """Return the name of the OpenGL renderer that Qt would use, empty when there is none."""
    if platform in WITHOUT_GL:
        return ""
    from PySide6.QtGui import QOffscreenSurface, QOpenGLContext

    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not surface.isValid() or not context.makeCurrent(surface):
        return ""
    try:
        gl_renderer_name = 0x1F01
        name = context.functions().glGetString(gl_renderer_name)
    finally:
        context.doneCurrent()
    return str(name or "")


def surface_format() -> QSurfaceFormat:
    """Return the format that the scene needs; to be the default before the first window is made.

    Set on the widget alone it would keep the widget from sharing with its window on Wayland.
    """
    wanted = QSurfaceFormat()
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setVersion(3, 2)
    wanted.setDepthBufferSize(8)
    wanted.setAlphaBufferSize(8)
    wanted.setSamples(0)
    return wanted
