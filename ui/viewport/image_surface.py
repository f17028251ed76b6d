"""The scene drawn off screen by the engine and shown as a picture: fast without a graphics card, and
the only way without a display.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.viewport.fade import Fade
from ui.viewport.frames import Step

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from twin.render import Stage
    from twin.render.labels import Placed
    from twin.render.text import TextImage

MOST_PIXELS = 3840 * 2160


class ImageSurface(QWidget):
    """A widget that shows the stage's last picture.

    Parameters
    ----------
    make_stage : callable
        Makes the stage, given its size in pixels.
    """

    def __init__(self, make_stage: Callable[[tuple[int, int]], Stage], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._image = QImage()
        self._taken: NDArray[np.uint8] | None = None
        self._labels: list[tuple[Placed, QImage]] = []
        self._fade = Fade(self.update, self)
        self.paint_ms = 0.0  # all is drawn within draw()
        self.stage = make_stage(self._pixels(1.0))
        self.widget: QWidget = self

    def prepare(self, step: Step) -> None:
        """Set the size and the quality of a frame; from here on ``stage_px`` counts in its pixels."""
        coarse = step is Step.COARSE
        self.stage.set_quality("moving" if coarse else "still")
        self.stage.resize(*self._pixels(self.stage.pace.gait.sharpness if coarse else 1.0))
        self.stage.set_labels_apart(self._pixels(1.0))
        self.stage.set_text_scale(self.stage.size[0] / max(1, self.width()))

    def draw(self, step: Step) -> bool:
        """Draw the scene and show it; return whether drawing it once more would make it finer."""
        if step is Step.MORE and self.stage.waits_for_render:
            if self.stage.works_on:
                return True
            self.stage.render()  # what is still on its way first, then finer
            more = True
        elif step is Step.MORE:
            more = self.stage.refine()
        else:
            self.stage.render()
            more = step is not Step.COARSE
        self._take()
        self.update()
        return more

    def picture(self, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Return the scene at another size, (h, w, 3) uint8, top row first."""
        before = self.stage.size
        self.stage.resize(*size)
        self.stage.set_text_scale(None)
        self.stage.set_labels_apart(None)
        self.stage.set_quality("best")
        try:
            self.stage.render()
            return self.stage.image()
        finally:
            self.stage.resize(*before)

    def note_coarse(self, took_ms: float) -> None:
        """Learn from the time of a coarse frame how many pixels the machine can afford."""
        self.stage.pace.note(took_ms)

    def stage_px(self, at: QPointF) -> tuple[float, float]:
        """Return the stage's pixel of a place in the widget."""
        width, height = self.stage.size
        return at.x() * width / max(1, self.width()), at.y() * height / max(1, self.height())

    def widget_px(self, x_px: float, y_px: float) -> QPointF:
        """Return the place in the widget of a pixel of the stage."""
        width, height = self.stage.size
        return QPointF(x_px * self.width() / width, y_px * self.height() / height)

    def close(self) -> bool:
        """Free the stage and the picture."""
        self._fade.stop()
        self._image, self._taken, self._labels = QImage(), None, []
        self.stage.close()
        return super().close()

    def minimumSizeHint(self) -> QSize:
        """Any size will do."""
        return QSize(64, 64)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the last picture, stretched to the widget."""
        painter = QPainter(self)
        if self._image.isNull():
            painter.fillRect(event.rect(), self.palette().window())
        else:
            self._paint(painter, event)
        painter.end()

    def _paint(self, painter: QPainter, event: QPaintEvent) -> None:
        area = QRectF(event.rect())
        exact = self._image.width() == round(self.width() * self.devicePixelRatioF())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=not exact)
        painter.drawImage(area, self._image, self._source(self._image, area))
        self._paint_before(painter, area)
        self._paint_labels(painter, area)

    def _source(self, image: QImage, area: QRectF) -> QRectF:
        """Return what of a picture of the whole widget lies in an area of it."""
        across = image.width() / max(1, self.width())
        down = image.height() / max(1, self.height())
        return QRectF(
            area.x() * across, area.y() * down, area.width() * across, area.height() * down
        )

    def _paint_before(self, painter: QPainter, area: QRectF) -> None:
        """Paint what is left of the picture before."""
        opacity, before = self._fade.opacity, self._fade.image
        if opacity <= 0.0:
            return
        painter.setOpacity(opacity)
        painter.drawImage(area, before, self._source(before, area))
        painter.setOpacity(1.0)

    def _paint_labels(self, painter: QPainter, area: QRectF) -> None:
        """Draw the labels that are not in the picture, in the pixels of the screen."""
        ratio = self._pixels(1.0)[0] / max(1, self.width())
        for label, image in reversed(self._labels):
            place = QRectF(
                label.left / ratio,
                label.top / ratio,
                label.image.width / ratio,
                label.image.height / ratio,
            )
            if place.intersects(area):
                painter.drawImage(place, image)

    def _take_labels(self) -> None:
        """Take the labels of the last frame, where a smaller picture leaves them to us."""
        kept = {id(label.image): image for label, image in self._labels}
        apart = self.stage.size != self._pixels(1.0)
        self._labels = [
            (label, kept.get(id(label.image)) or _image_of(label.image))
            for label in (self.stage.placed if apart else ())
        ]

    def _take(self) -> None:
        rgba = self.stage.image_rgba()
        if rgba is self._taken:
            return
        self._taken = rgba
        picture = np.ascontiguousarray(rgba[::-1])  # bottom row first
        self._fade.follow(self.stage, self._image)
        height, width = picture.shape[:2]
        form = QImage.Format.Format_RGBX8888
        seen = QImage(picture.data, width, height, picture.strides[0], form)
        # As the screen has it: Qt stretches that in half the time. A copy, which the array need not outlive.
        self._image = seen.convertToFormat(QImage.Format.Format_RGB32)
        self._take_labels()

    def _pixels(self, sharpness: float) -> tuple[int, int]:
        ratio = self.devicePixelRatioF() * sharpness
        width, height = max(1.0, self.width() * ratio), max(1.0, self.height() * ratio)
        shrink = min(1.0, (MOST_PIXELS / (width * height)) ** 0.5)
        return max(1, round(width * shrink)), max(1, round(height * shrink))


def _image_of(label: TextImage) -> QImage:
    """Return a label as Qt draws it: its own copy."""
    rgba = np.ascontiguousarray(label.rgba)
    form = QImage.Format.Format_RGBA8888
    image = QImage(rgba.data, label.width, label.height, rgba.strides[0], form)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
