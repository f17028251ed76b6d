"""The shapes of the scene, small, for the legend: as they stand there, seen from the side that tells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from twin.shapes import GLYPHS, GlyphShape
from ui.theme import current_palette

SIDE_PX = 20
HEAD = 1.4
"""Of a thin mast as much shows as the head on it is wide, and a little more: it is the head that tells."""
LONG = 1.3
"""What is so much longer than wide, as a bus, is known by its side ..."""
FRONT = 2.6
"""... and of a train so many heights of its front are enough."""
MOST_TRIANGLES = 3000
FRONT_LIGHT = np.array([-0.35, -0.75, 0.56])


class ShapeSymbol(QWidget):
    """A shape by its name; what takes the colours of the style in the scene is in the colour of words."""

    def __init__(self, shape: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shape_name = shape
        self.setFixedSize(SIDE_PX, SIDE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw its triangles, the farthest first, in a thin outline that shows on any ground."""
        del event
        shape = GLYPHS.get(self.shape_name)
        if shape is None or not 0 < len(shape.triangles) <= MOST_TRIANGLES:
            return
        corners, shade, own = seen_upright(shape)
        words = QColor(current_palette().card_text)
        faces = [QPolygonF([QPointF(x, y) for x, y in triangle]) for triangle in corners.tolist()]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(self.rect()))
        outline = QColor(words.red(), words.green(), words.blue())
        painter.setPen(QPen(outline, 1.4, j=Qt.PenJoinStyle.RoundJoin))
        for face in faces:
            painter.drawPolygon(face)
        for face, light, colour in zip(faces, shade.tolist(), own, strict=True):
            fill = _lit(_tint(words) if colour is None else QColor(*colour), light)
            painter.setPen(QPen(fill, 0.3))
            painter.setBrush(fill)
            painter.drawPolygon(face)
        painter.end()


def seen_upright(
    shape: GlyphShape,
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[tuple[int, int, int] | None]]:
    """Return the triangles of a shape as they are seen looking north, or on its long side.

    Returns
    -------
    corners : (n, 3, 2) float64
        In pixels, the farthest first; of a mast only its upper end.
    shade : (n,) float64
        How much light falls on each, 0 to 1.
    own : list
        Colour of each, None where it takes that of the style.
    """
    xyz = shape.xyz.astype(np.float64) * shape.size_m
    wide, deep, top = shape.size_m
    if deep > wide * LONG:
        xyz[:, :2] = np.column_stack([xyz[:, 1], -xyz[:, 0]])
        wide = deep
    across = max(1e-6, min(wide, top * FRONT))
    high = min(top, max(across, top * 0.25) * HEAD)
    scale = (SIDE_PX - 2) / max(across, high)
    seen = np.column_stack([xyz[:, 0] - (wide - across) / 2, top - xyz[:, 2]]) * scale
    seen += [SIDE_PX / 2, 1 + (SIDE_PX - 2 - high * scale) / 2]
    sides = xyz[shape.triangles]
    normal = np.cross(sides[:, 1] - sides[:, 0], sides[:, 2] - sides[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-12)[:, None]
    facing = np.flatnonzero(normal[:, 1] < -1e-6)
    order = facing[np.argsort(-sides[facing, :, 1].mean(axis=1), kind="stable")]
    first = shape.triangles[order, 0]
    colours = shape.rgba_of_vertex[first, :3].tolist()
    own = [
        None if tinted else (c[0], c[1], c[2])
        for c, tinted in zip(colours, shape.tintable[first].tolist(), strict=True)
    ]
    return seen[shape.triangles[order]], np.clip(normal[order] @ FRONT_LIGHT, 0.0, 1.0), own


def _tint(words: QColor) -> QColor:
    """Return a middle tone for what has any colour in the scene."""
    ground = QColor(current_palette().card)
    parts = ((a + b) // 2 for a, b in zip(words.getRgb()[:3], ground.getRgb()[:3], strict=True))
    return QColor(*parts)


def _lit(colour: QColor, light: float) -> QColor:
    return colour.darker(round(100 + 40 * (1.0 - light)))
