"""A VTK window that draws into an OpenGL context that somebody else owns: a widget of the interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - registers the OpenGL classes
from vtkmodules.vtkRenderingOpenGL2 import vtkGenericOpenGLRenderWindow

from twin.render.window import log_messages

GL_DEPTH_TEST = 0x0B71
GL_LEQUAL = 0x0203
GL_COLOR_BUFFER_BIT = 0x4000
GL_LINEAR = 0x2601

SAMPLES = 4
"""Samples a pixel: next to nothing on a graphics card."""


class ForeignWindow:
    """Keeps VTK and the owner of the context out of each other's way.

    VTK draws into framebuffers of its own; :meth:`blit` copies the finished picture into the
    framebuffer that the owner has bound.

    Parameters
    ----------
    make_current : callable
        Makes the context current without binding any framebuffer.
    is_current : callable
        Whether the context is the current one.
    """

    def __init__(self, make_current: Callable[[], None], is_current: Callable[[], bool]) -> None:
        log_messages()
        self.window = vtkGenericOpenGLRenderWindow()
        self._make_current, self._is_current = make_current, is_current
        self.window.SetReadyForRendering(False)
        self.window.SetFrameBlitModeToNoBlit()
        self.window.SetMultiSamples(SAMPLES)
        observe: Any = self.window.AddObserver  # its stubs know event numbers only
        self._observers = [
            observe("WindowMakeCurrentEvent", self._on_make_current),
            observe("WindowIsCurrentEvent", self._on_is_current),
        ]

    def begin(self, symbol_loader: int = 0) -> None:
        """Take over a context that is current now.

        Parameters
        ----------
        symbol_loader : int
            Address of the platform's ``GetProcAddress``; 0: VTK's own way.
        """
        if symbol_loader:
            self.window.SetOpenGLSymbolLoader2(symbol_loader, 0)
        self.window.OpenGLInitContext()
        self.window.OpenGLInit()
        state = self.window.GetState()
        state.Reset()
        state.vtkglDepthFunc(GL_LEQUAL)  # Qt leaves GL_LESS; VTK counts on this one
        state.vtkglEnable(GL_DEPTH_TEST)
        self.window.SetForceMaximumHardwareLineWidth(1)
        self.window.SetReadyForRendering(True)
        self.window.SetOwnContext(False)
        self.window.OpenGLInitContext()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Let VTK draw apart from frames, for uploads."""
        self._make_current()
        self.before()
        try:
            yield
        finally:
            self.after()

    def before(self) -> None:
        """Tell VTK that its owner has drawn something since the last frame."""
        state = self.window.GetState()
        state.Reset()
        state.Push()
        state.vtkglDepthFunc(GL_LEQUAL)

    def after(self) -> None:
        """Give the state back as it was."""
        self.window.GetState().Pop()

    def blit(self, width: int, height: int) -> None:
        """Copy the last frame into the framebuffer that is bound for drawing, stretched to its size."""
        w, h = self.window.GetSize()
        self.window.BlitDisplayFramebuffer(
            0, 0, 0, w, h, 0, 0, width, height, GL_COLOR_BUFFER_BIT, GL_LINEAR
        )

    def end(self) -> None:
        """Free what VTK holds of the context, which is current now."""
        self.window.Finalize()
        self.window.SetReadyForRendering(False)
        for observer in self._observers:
            self.window.RemoveObserver(observer)
        self._observers = []

    def _on_make_current(self, _caller: object, _event: str) -> None:
        self._make_current()

    def _on_is_current(self, _caller: object, _event: str) -> None:
        self.window.SetIsCurrent(self._is_current())
