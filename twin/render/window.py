"""The off-screen window of VTK, and its messages in our log."""

from __future__ import annotations

import logging
from typing import Any

import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - registers the OpenGL classes
from vtkmodules.vtkCommonCore import VTK_STRING, vtkLogger, vtkObject, vtkOutputWindow
from vtkmodules.vtkRenderingCore import vtkRenderWindow

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
    window = vtkRenderWindow()
    vtkObject.GlobalWarningDisplayOn()
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(*size)
    return window


def renderer_name(window: vtkRenderWindow) -> str:
    """Return the name of the OpenGL renderer behind a window that has drawn once; empty if unknown."""
    for line in str(window.ReportCapabilities()).splitlines():
        name, _, value = line.partition(":")
        if "OpenGL renderer" in name:
            return value.strip()
    return ""
