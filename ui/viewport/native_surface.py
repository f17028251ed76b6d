"""The scene drawn by a graphics card straight into the window.

Ours instead of ``pyvistaqt.QtInteractor``: that one is a whole plotter with timers and keys of its own.
The engine draws into framebuffers of its own and the picture is copied into the widget's, so that no
native window handle is needed and Wayland works.
"""

from __future__ import annotations

import ctypes
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage, QOpenGLContext, QPainter, QSurface
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from twin.render.foreign import ForeignWindow
from ui.viewport.fade import Fade
from ui.viewport.frames import Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from twin.render import Stage

GL_DRAW_FRAMEBUFFER = 0x8CA9
GL_COLOR_ATTACHMENT0 = 0x8CE0
GL_COLOR_BUFFER_BIT = 0x4000
GL_SCISSOR_TEST = 0x0C11
LATER_MS = 30
"""After a frame for which something was still being worked out, the next one comes so much later."""


class NativeSurface(QOpenGLWidget):
    """An OpenGL widget that the stage draws into.

    Parameters
    ----------
    make_stage : callable
        Makes the stage, given the window and its size in pixels.
    """

    def __init__(
        self, make_stage: Callable[[ForeignWindow, tuple[int, int]], Stage], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setUpdateBehavior(QOpenGLWidget.UpdateBehavior.NoPartialUpdate)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._context: QOpenGLContext | None = None
        self._target: QSurface | None = None
        self._foreign = ForeignWindow(self._make_current, self._is_current)
        self._due = self._closed = False
        self._moving = True
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._draw_again)
        self.paint_ms = 0.0
        self._fade = Fade(self.update, self)
        self._last = QImage()
        self.stage = make_stage(self._foreign, self._pixels())
        self.widget: QWidget = self

    def prepare(self, step: Step) -> None:
        """Set the quality of a frame; its size is that of the widget."""
        self._moving = step is Step.COARSE
        self.stage.set_quality("moving" if self._moving else "still")

    def draw(self, step: Step) -> bool:
        """Draw the scene in the next repaint; the card's own samples make it fine at once."""
        del step
        self._draw_again()
        return False

    def note_coarse(self, took_ms: float) -> None:
        """Learn how fine streamed tiles may be; the pixels are always those of the widget."""
        self.stage.pace.note(took_ms)

    def picture(self, size: tuple[int, int]) -> NDArray[np.uint8] | None:
        """Not from here: the size is that of the widget."""

    def stage_px(self, at: QPointF) -> tuple[float, float]:
        """Return the stage's pixel of a place in the widget."""
        ratio = self.devicePixelRatioF()
        return at.x() * ratio, at.y() * ratio

    def widget_px(self, x_px: float, y_px: float) -> QPointF:
        """Return the place in the widget of a pixel of the stage."""
        ratio = self.devicePixelRatioF()
        return QPointF(x_px / ratio, y_px / ratio)

    def minimumSizeHint(self) -> QSize:
        """Any size will do."""
        return QSize(64, 64)

    def close(self) -> bool:
        """Free the stage and what it holds of the context."""
        if not self._closed:
            self._closed = True
            self._later.stop()
            self._fade.stop()
            if self._context is not None:
                self.makeCurrent()
            self.stage.close()
            self._release()
            if self._context is not None:
                self.doneCurrent()
            self._context = self._target = None
        return super().close()

    # What Qt calls.

    def initializeGL(self) -> None:
        """Hand the new context to the engine."""
        context = self.context()
        self._context, self._target = context, context.surface()
        context.aboutToBeDestroyed.connect(self._lose_context)
        self._foreign.begin(symbol_loader())
        self._due = True

    def resizeGL(self, width: int, height: int) -> None:
        """Draw in the pixels of the device."""
        del width, height
        self._due = True

    def paintGL(self) -> None:
        """Draw the scene if a frame is due, and show the last one."""
        if self._context is None or self._closed:
            return
        self._foreign.before()
        if self._due or self.stage.disturbed:
            self._due = False
            self.stage.resize(*self._pixels())
            self.stage.set_text_scale(self.devicePixelRatioF())
            started = time.perf_counter()
            self.stage.render()
            self.paint_ms = (time.perf_counter() - started) * 1000.0
            if self.stage.waits_for_render:
                self._later.start()
            self._fade.follow(self.stage, self._last)
            self._last = self._kept()
        self.makeCurrent()  # drawing may have changed context and framebuffer
        self._show()
        self._foreign.after()
        self._show_before()

    def _kept(self) -> QImage:
        """Return a copy of the frame, from which the next may fade; only where tiles come and the view rests."""
        if self._moving or not self.stage.streamed():
            return QImage()
        picture = np.ascontiguousarray(self.stage.image_rgba()[::-1])
        height, width = picture.shape[:2]
        form = QImage.Format.Format_RGBX8888
        return QImage(picture.data, width, height, picture.strides[0], form).copy()

    def _show_before(self) -> None:
        """Paint what is left of the picture before."""
        opacity = self._fade.opacity
        if opacity > 0.0:
            painter = QPainter(self)
            painter.setOpacity(opacity)
            painter.drawImage(self.rect(), self._fade.image)
            painter.end()

    def _draw_again(self) -> None:
        self._due = True
        self.update()

    def _show(self) -> None:
        gl = self.context().extraFunctions()
        width, height = self._pixels()
        gl.glBindFramebuffer(GL_DRAW_FRAMEBUFFER, self.defaultFramebufferObject())
        gl.glDrawBuffers(1, [GL_COLOR_ATTACHMENT0])
        gl.glDisable(GL_SCISSOR_TEST)
        self._foreign.blit(width, height)
        # Compositors blend a window whose alpha is below 1 with what is behind it.
        gl.glColorMask(False, False, False, True)
        gl.glClearColor(0.0, 0.0, 0.0, 1.0)
        gl.glViewport(0, 0, width, height)
        gl.glClear(GL_COLOR_BUFFER_BIT)
        gl.glColorMask(True, True, True, True)

    def _pixels(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    # What VTK calls.

    def _make_current(self) -> None:
        # Not the widget's makeCurrent: that one binds its framebuffer, in the middle of VTK's work.
        if self._context is not None and self._target is not None:
            self._context.makeCurrent(self._target)

    def _is_current(self) -> bool:
        return self._context is not None and QOpenGLContext.currentContext() is self._context

    def _lose_context(self) -> None:
        self._make_current()
        self._release()
        self._context = self._target = None

    def _release(self) -> None:
        if self._context is not None:
            self._context.aboutToBeDestroyed.disconnect(self._lose_context)
        self._foreign.end()


def symbol_loader() -> int:
    """Return the address of the function by which Qt's platform finds OpenGL's; 0: VTK knows it."""
    if not sys.platform.startswith("linux"):
        return 0
    library, function = ("libGL.so.1", "glXGetProcAddressARB")
    if QGuiApplication.platformName().startswith("wayland"):
        library, function = ("libEGL.so.1", "eglGetProcAddress")
    try:
        found = getattr(ctypes.CDLL(library), function)
    except (OSError, AttributeError):
        return 0
    return ctypes.cast(found, ctypes.c_void_p).value or 0
