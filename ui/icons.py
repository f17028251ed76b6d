"""Icons in the colours of the theme, painted from the Material Design Icons font of QtAwesome.

The font and its table of names come from the installed package; the package itself is not imported: it
loads eleven more fonts and a compatibility layer over Qt, 0.3 s of every start.
"""

from __future__ import annotations

import importlib.util
import json
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontDatabase,
    QIcon,
    QIconEngine,
    QImage,
    QPainter,
    QPixmap,
    QPixmapCache,
)

from ui.theme import current_palette

PREFIX = "mdi6."
FALLBACK = "square-outline"
"""Drawn for an unknown name: a plugin may have written it."""

FILLS = 0.875
"""Height of the font in proportion to the icon: its glyphs fill their em square to the edge."""


def icon(name: str, colour: str = "") -> QIcon:
    """Return an icon in the theme's colours, for instance ``mdi6.home-outline``.

    An unknown name gives a plain square, never an exception.
    """
    palette = current_palette()
    return QIcon(
        _Engine(
            _character(name), colour or palette.icon, palette.disabled, colour or palette.accent
        )
    )


def exists(name: str) -> bool:
    """Whether there is an icon of this name."""
    return name.startswith(PREFIX) and name.removeprefix(PREFIX) in _font()[1]


def _character(name: str) -> str:
    known = _font()[1]
    code = known.get(name.removeprefix(PREFIX) if name.startswith(PREFIX) else "", known[FALLBACK])
    return chr(int(code, 16))


@lru_cache(maxsize=1)
def _font() -> tuple[str, dict[str, str]]:
    """Return the family of the icon font and its table: name to hexadecimal code point."""
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("qtawesome")
    folder = Path(spec.origin).parent / "fonts"
    table = next(folder.glob("materialdesignicons6-webfont-charmap-*.json"))
    number = QFontDatabase.addApplicationFont(
        str(next(folder.glob("materialdesignicons6-webfont-*.ttf")))
    )
    family = QFontDatabase.applicationFontFamilies(number)[0]
    return family, json.loads(table.read_text(encoding="utf-8"))


class _Engine(QIconEngine):
    """Paints one character of the icon font at any size."""

    def __init__(self, character: str, normal: str, disabled: str, on: str) -> None:
        super().__init__()
        self._character, self._normal = character, normal
        self._disabled, self._on = disabled, on

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint into a rectangle."""
        font = QFont(_font()[0])
        font.setPixelSize(max(1, round(rect.height() * FILLS)))
        painter.save()
        painter.setPen(self._colour(mode, state))
        painter.setFont(font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Paint into a picture of its own, once for all icons that look the same."""
        if size.isEmpty():  # a row of a list that has no height yet
            return QPixmap()
        colour = self._colour(mode, state)
        key = f"icon {self._character} {colour} {size.width()} {size.height()}"
        known = QPixmap()
        if QPixmapCache.find(key, known):
            return known
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        picture = QPixmap.fromImage(image)
        QPixmapCache.insert(key, picture)
        return picture

    def _colour(self, mode: QIcon.Mode, state: QIcon.State) -> str:
        if mode == QIcon.Mode.Disabled:
            return self._disabled
        return self._on if state == QIcon.State.On else self._normal

    def clone(self) -> QIconEngine:
        """Return a copy."""
        return _Engine(self._character, self._normal, self._disabled, self._on)
