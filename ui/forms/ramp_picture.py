"""Small pictures of colour ramps."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from twin.model.ramps import ramp_rgba

SIZE = QSize(84, 12)


def ramp_icon(name: str, classes: int) -> QIcon:
    """Return a picture of a ramp in a number of classes."""
    picture = QPixmap(SIZE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    width = SIZE.width() / classes
    for place, rgba in enumerate(ramp_rgba(name, classes)):
        left, right = round(place * width), round((place + 1) * width)
        painter.fillRect(left, 0, right - left, SIZE.height(), QColor(*(int(c) for c in rgba)))
    painter.end()
    return QIcon(picture)
