"""Texts as pictures, by Qt: shapes Arabic, falls back to the system's fonts, needs no display."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
    QTextLayout,
    QTextOption,
)

from twin.render.text import TextImage
from ui.text.bidi import isolated
from ui.text.fonts import BOLD, ONE_WEIGHT, REGULAR, font

Colour = tuple[float, float, float, float]
HALO_OF_FONT = 0.15
"""Width of the halo on each side of a stroke, as a part of the font size."""
BOLDER_OF_FONT = 0.045
"""By how much the strokes of a typeface that has one weight only are thickened, as a part of the font size."""


@dataclass(frozen=True, slots=True)
class _Ink:
    """How a text is drawn; the key of the cache beside the text itself."""

    font_px: int
    bold: bool
    rgba: Colour
    halo: Colour | None
    locale: str

    @property
    def face(self) -> QFont:
        return font(max(self.font_px, 1), BOLD if self.bold else REGULAR)

    @property
    def margin(self) -> float:
        return math.ceil(self.font_px * HALO_OF_FONT) + 1.0 if self.halo else 1.0


class QtTextEngine:
    """Draws texts for ``twin.render`` with Qt; implements its ``TextEngine``.

    Needs a Qt application (see :func:`ui.text.ensure_application`). Pictures are kept, so a label
    that moves on screen is drawn once.
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
        return self._draw(text, _Ink(font_px, bold, rgba, halo, locale))


def _draw(text: str, ink: _Ink) -> TextImage:
    if not text.strip():
        return _image(_blank(1, 1), baseline=0)
    layouts = [_laid_out(line, ink) for line in text.split("\n")]
    lines = [layout.lineAt(0) for layout in layouts]
    metrics, margin = QFontMetricsF(ink.face), ink.margin
    room = max(line.naturalTextWidth() for line in lines)
    # Some letters reach beyond their advance: the drawn outlines tell by how much.
    outlines = [_outline(layout) for layout in layouts]
    boxes = [outline.boundingRect() for outline in outlines]
    left = max(0.0, *(-box.left() for box in boxes))
    right = max(
        0.0,
        *(box.right() - line.naturalTextWidth() for box, line in zip(boxes, lines, strict=True)),
    )
    ascent = max(line.ascent() for line in lines)
    height = (
        ascent + metrics.lineSpacing() * (len(lines) - 1) + max(line.descent() for line in lines)
    )
    image = _blank(math.ceil(room + left + right + 2 * margin), math.ceil(height + 2 * margin))
    corners = [
        QPointF(
            margin + left + (room - line.naturalTextWidth()) / 2,
            margin + ascent - line.ascent() + row * metrics.lineSpacing(),
        )
        for row, line in enumerate(lines)
    ]
    _paint(image, layouts, outlines, corners, ink)
    return _image(image, baseline=round(margin + ascent))


def _laid_out(line: str, ink: _Ink) -> QTextLayout:
    """Shape a line once; ink and halo both come from it, so that they agree in every script."""
    layout = QTextLayout(isolated(line, ink.locale) or " ", ink.face)
    option = QTextOption()
    option.setTextDirection(QLocale(ink.locale).textDirection())
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    layout.setTextOption(option)
    layout.beginLayout()
    made = layout.createLine()
    made.setLineWidth(1e6)
    layout.endLayout()
    return layout


def _outline(layout: QTextLayout, families: Collection[str] = ()) -> QPainterPath:
    """Return the outlines of all letters, or of those of some families."""
    path = QPainterPath()
    for run in layout.glyphRuns():
        face = run.rawFont()
        if families and face.familyName() not in families:
            continue
        for glyph, place in zip(run.glyphIndexes(), run.positions(), strict=True):
            path.addPath(face.pathForGlyph(glyph).translated(place))
    return path


def _blank(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGBA8888_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def _paint(
    image: QImage,
    layouts: Sequence[QTextLayout],
    outlines: Sequence[QPainterPath],
    corners: Sequence[QPointF],
    ink: _Ink,
) -> None:
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    if ink.halo is not None:
        path = QPainterPath()
        for outline, corner in zip(outlines, corners, strict=True):
            path.addPath(outline.translated(corner))
        _stroke(painter, path, ink.halo, ink.font_px * HALO_OF_FONT)
    painter.setPen(QColor.fromRgbF(*ink.rgba))
    for layout, corner in zip(layouts, corners, strict=True):
        layout.draw(painter, corner)
        if ink.bold:
            thin = _outline(layout, ONE_WEIGHT).translated(corner)
            pen = QPen(QColor.fromRgbF(*ink.rgba), ink.font_px * BOLDER_OF_FONT)
            painter.strokePath(thin, pen)
    painter.end()


def _stroke(painter: QPainter, path: QPainterPath, colour: Colour, width: float) -> None:
    """Draw the halo in two strokes, the outer one faint: a hard edge would read as a sticker."""
    for factor, share in ((2.0, 0.4), (1.15, 1.0)):
        pen = QPen(QColor.fromRgbF(*colour[:3], colour[3] * share), width * factor)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.strokePath(path, pen)


def _image(image: QImage, *, baseline: int) -> TextImage:
    straight = image.convertToFormat(QImage.Format.Format_RGBA8888)
    width, height = straight.width(), straight.height()
    rows = np.frombuffer(straight.constBits(), np.uint8).reshape(height, straight.bytesPerLine())
    rgba = rows[:, : width * 4].reshape(height, width, 4).copy()
    rgba.setflags(write=False)
    return TextImage(rgba=rgba, width=width, height=height, baseline=baseline)
