"""The off-screen window of VTK, and its messages in our log."""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from vtkmodules import vtkRenderingOpenGL2  # also registers the OpenGL classes
from vtkmodules.vtkCommonCore import VTK_STRING, vtkLogger, vtkObject, vtkOutputWindow
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

log = logging.getLogger(__name__)

_state: dict[str, bool] = {"logging": False}


def log_messages() -> None:
    """Send VTK's errors and warnings to ``logging`` instead of a console or a window."""
    if _state["logging"]:
        return
    _state["logging"] = True
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
    output = vtkOutputWindow()
    observe: Any = output.AddObserver  # its stubs know event numbers only
    observe("ErrorEvent", _logger(logging.ERROR))
    observe("WarningEvent", _logger(logging.WARNING))
    output.SetDisplayModeToNever()
    vtkOutputWindow.SetInstance(output)


def _logger(level: int) -> Any:
    def tell(_caller: object, _event: str, text: str) -> None:
        log.log(level, "%s", text.strip())

    tell.CallDataType = VTK_STRING  # type: ignore[attr-defined]
    return tell


def offscreen_window(size: tuple[int, int]) -> vtkRenderWindow:
    """Return a window that needs no display; anti-aliasing is ours, not the driver's."""
    log_messages()
    # Without a display VTK warns on the console before it takes the way that needs none.
    vtkObject.GlobalWarningDisplayOff()
    window = _window_without_display()
    vtkObject.GlobalWarningDisplayOn()
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(*size)
    return window


def _window_without_display() -> vtkRenderWindow:
    """Return a window beside the X server where the machine can draw so, else VTK's own choice.

    Where a display is open VTK would go through it, and there, beside Qt, textures of layers that arrive
    one after the other came out black (seen with Mesa's GLX under Xvfb). EGL draws the same everywhere.
    """
    direct = getattr(vtkRenderingOpenGL2, "vtkEGLRenderWindow", None)
    if direct is not None and sys.platform.startswith("linux") and _has_egl():
        window: vtkRenderWindow = direct()
        if window.SupportsOpenGL():
            return window
    return vtkRenderWindow()


@lru_cache(maxsize=1)
def _has_egl() -> bool:
    try:
        ctypes.CDLL("libEGL.so.1")
    except OSError:
        return False
    return True


def renderer_name(window: vtkRenderWindow) -> str:
    """Return the name of the OpenGL renderer behind a window that has drawn once; empty if unknown."""
    for line in str(window.ReportCapabilities()).splitlines():
        name, _, value = line.partition(":")
        if "OpenGL renderer" in name:
            return value.strip()
    return ""


def is_ready(window: vtkRenderWindow) -> bool:
    """Whether a window can draw: one in a foreign context only once it has that."""
    ready = getattr(window, "GetReadyForRendering", None)
    return ready is None or bool(ready())


@contextmanager
def alone(window: vtkRenderWindow, renderer: vtkRenderer) -> Iterator[None]:
    """Let only one of the renderers of a window draw; what it draws is not copied to where the window shows it."""
    held: Any = window.GetRenderers()  # iterable, which its stubs do not know
    others = list(held)
    drew = [bool(other.GetDraw()) for other in others]
    for other in others:
        other.SetDraw(other is renderer)
    opengl: Any = window
    copied = opengl.GetFrameBlitMode()
    opengl.SetFrameBlitModeToNoBlit()
    try:
        yield
    finally:
        opengl.SetFrameBlitMode(copied)
        for other, did in zip(others, drew, strict=True):
            other.SetDraw(did)
