"""Texts as pictures, by Qt: shapes Arabic, falls back to the system's fonts, needs no display."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QLocale, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
)

from twin.render.text import TextImage
from ui.text.fonts import BOLD, REGULAR, font

Colour = tuple[float, float, float, float]
HALO_OF_FONT = 0.18
"""Width of the halo on each side of a stroke, as a part of the font size."""


class QtTextEngine:
    """Draws texts for ``twin.render`` with Qt; implements its ``TextEngine``.

    Needs a Qt application (see :func:`ui.text.ensure_application`). Pictures are kept, so a label that
    moves on screen is drawn once.
    """

    def __init__(self, cached: int = 4096) -> None:
        self._draw = lru_cache(maxsize=cached)(_draw)

    def render(
        self,
        text: str,
        *,
        font_px: int = 14,
        bold: bool = False,
        rgba: Colour = (0.0, 0.0, 0.0, 1.0),
        halo_rgba: Colour | None = None,
        locale: str = "en",
    ) -> TextImage:
        """Return the picture of a text; lines are separated by a line feed and centred.

        Parameters
        ----------
        text : str
            May be empty: the picture is then one transparent pixel.
        font_px : int
            Height of the typeface in pixels.
        rgba, halo_rgba : tuple of 4 float in 0..1
            Ink and the soft outline that keeps it legible; None or alpha 0: no outline.
        locale : str
            Language of the text, which gives its direction.

        Returns
        -------
        TextImage
            (h, w, 4) uint8 with straight alpha, read-only; baseline in pixels below the top.
        """
        halo = halo_rgba if halo_rgba is not None and halo_rgba[3] > 0 else None
        return self._draw(text, font_px, bold, rgba, halo, locale)


def _draw(
    text: str, font_px: int, bold: bool, rgba: Colour, halo: Colour | None, locale: str
) -> TextImage:
    if not text.strip():
        return _image(QImage(1, 1, QImage.Format.Format_RGBA8888), baseline=0)
    face = font(max(font_px, 1), BOLD if bold else REGULAR)
    metrics = QFontMetricsF(face)
    lines = text.split("\n")
    margin = np.ceil(font_px * HALO_OF_FONT) + 1 if halo else 1.0
    widths = [metrics.horizontalAdvance(line) for line in lines]
    # Italics and swashes reach beyond their advance: the tight box tells by how much.
    boxes = [metrics.tightBoundingRect(line) for line in lines]
    left = max([0.0] + [-box.left() for box in boxes])
    right = max([0.0] + [box.right() - width for box, width in zip(boxes, widths, strict=True)])
    width = int(np.ceil(max(widths) + left + right + 2 * margin))
    height = int(np.ceil(metrics.ascent() + metrics.descent() + metrics.lineSpacing() * (len(lines) - 1)))
    image = QImage(width, height + int(2 * margin), QImage.Format.Format_RGBA8888_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    baseline = margin + metrics.ascent()
    room = width - left - right - 2 * margin
    feet = [
        QPointF(margin + left + (room - line_width) / 2, baseline + row * metrics.lineSpacing())
        for row, line_width in enumerate(widths)
    ]
    _paint(image, face, list(zip(lines, feet, strict=True)), rgba, halo, locale)
    return _image(image.convertToFormat(QImage.Format.Format_RGBA8888), baseline=round(baseline))


def _paint(
    image: QImage,
    face: QFont,
    lines: list[tuple[str, QPointF]],
    rgba: Colour,
    halo: Colour | None,
    locale: str,
) -> None:
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.setLayoutDirection(QLocale(locale).textDirection())
    painter.setFont(face)
    if halo is not None:
        path = QPainterPath()
        for line, foot in lines:
            path.addText(foot, face, line)
        pen = QPen(QColor.fromRgbF(*halo), face.pixelSize() * HALO_OF_FONT * 2)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.strokePath(path, pen)
    painter.setPen(QColor.fromRgbF(*rgba))
    for line, foot in lines:
        painter.drawText(foot, line)
    painter.end()


def _image(image: QImage, *, baseline: int) -> TextImage:
    if image.width() == 1 and image.height() == 1:
        image.fill(Qt.GlobalColor.transparent)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    rgba = rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4).copy()
    rgba.setflags(write=False)
    return TextImage(rgba=rgba, width=image.width(), height=image.height(), baseline=baseline)

