"""What a picture must say by itself: title, that it is synthetic, sources, legend, north and scale.

Drawn on the finished picture with the text engine; the window has widgets for the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.render.compose import Rgba, blend, plate, polygon
from twin.render.text import TextEngine, TextImage

CARD: Rgba = (1.0, 1.0, 1.0, 0.86)
INK: Rgba = (0.11, 0.13, 0.16, 1.0)
SOFT_INK: Rgba = (0.30, 0.33, 0.37, 1.0)
NOTICE: Rgba = (0.98, 0.78, 0.30, 0.95)
NEEDLE: Rgba = (0.78, 0.22, 0.18, 1.0)
NEEDLE_BACK: Rgba = (0.45, 0.48, 0.52, 1.0)

TITLE_PX, TEXT_PX, SMALL_PX = 30, 19, 15
"""Sizes in a picture 1080 pixels high: readable from the back of a room."""
EDGE_PX = 26
MOST_ENTRIES = 10


@dataclass(frozen=True)
class Swatch:
    """One line of a legend: a colour ``#rrggbb`` and what it means."""

    colour: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Key:
    """The legend of one layer."""

    title: str
    what: str = ""
    swatches: tuple[Swatch, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """What stands around the city in a picture.

    Parameters
    ----------
    title : str
    when : str
        The moment that is shown.
    notices : tuple of str
        What the viewer must know, for instance that the model is synthetic.
    sources : str
        One line.
    keys : tuple of Key
    heading_deg : float
        Direction of view, clockwise from north.
    metres_per_px : float or None
        At the point that is looked at; None leaves the scale out.
    """

    title: str = ""
    when: str = ""
    notices: tuple[str, ...] = ()
    sources: str = ""
    keys: tuple[Key, ...] = ()
    heading_deg: float = 0.0
    metres_per_px: float | None = None


class Furnisher:
    """Lays furniture on a picture.

    Parameters
    ----------
    image : (h, w, 3) uint8
        Changed in place.
    text : TextEngine
    lang : str

    Attributes
    ----------
    boxes : list of (left, top, right, bottom)
        What was covered, pixels.
    """

    def __init__(self, image: NDArray[np.uint8], text: TextEngine, lang: str) -> None:
        self._image, self._text, self._lang = image, text, lang
        self._height, self._width = image.shape[:2]
        self.boxes: list[tuple[int, int, int, int]] = []
        # Between the sides, so that a tall narrow picture is not covered with letters.
        self._k: float = min(self._height / 1080, self._width / 1500)

    def furnish(self, what: Furniture) -> None:
        """Draw everything."""
        self._head(what)
        if what.keys:
            self._legend(what.keys)
        self._foot(what)

    def _px(self, size: float) -> int:
        return max(1, round(size * self._k))

    def _words(
        self, words: str, size: float, *, bold: bool = False, rgba: Rgba = INK, wide: int = 10_000
    ) -> TextImage:
        font_px = max(self._px(size), 9)
        image = self._say(words, font_px, bold=bold, rgba=rgba)
        while image.width > wide and len(words) > 4:
            keep = max(3, int(len(words) * wide / image.width) - 2)
            words = words[:keep].rstrip(" ,;·") + "…"
            image = self._say(words, font_px, bold=bold, rgba=rgba)
        return image

    def _say(self, words: str, font_px: int, *, bold: bool, rgba: Rgba) -> TextImage:
        return self._text.render(
            words, font_px=font_px, bold=bold, rgba=rgba, halo_rgba=None, locale=self._lang
        )

    def _card(self, width: int, height: int, left: int, top: int, rgba: Rgba = CARD) -> None:
        radius = min(self._px(10), height / 2)
        self.boxes.append((left, top, left + width, top + height))
        blend(self._image, plate(width, height, radius, rgba), left, top)

    def _head(self, what: Furniture) -> None:
        """Title and moment at the top left, notices under them."""
        edge, pad = self._px(EDGE_PX), self._px(14)
        wide = self._width // 2
        lines = [
            self._words(words, size, bold=bold, rgba=rgba, wide=wide)
            for words, size, bold, rgba in (
                (what.title, TITLE_PX, True, INK),
                (what.when, TEXT_PX, False, SOFT_INK),
            )
            if words
        ]
        top = edge
        if lines:
            top += self._stacked(lines, edge, top, pad) + self._px(10)
        for notice in what.notices:
            line = self._words(notice, TEXT_PX, bold=True, wide=wide)
            high = line.height + self._px(10)
            self._card(line.width + 2 * pad, high, edge, top, NOTICE)
            blend(self._image, line.rgba, edge + pad, top + self._px(5))
            top += high + self._px(8)

    def _stacked(self, lines: Sequence[TextImage], left: int, top: int, pad: int) -> int:
        width = max(line.width for line in lines) + 2 * pad
        height = int(sum(line.height for line in lines)) + self._px(14)
        self._card(width, height, left, top)
        at = top + self._px(7)
        for line in lines:
            blend(self._image, line.rgba, left + pad, at)
            at += line.height
        return height

    def _legend(self, keys: Sequence[Key]) -> None:
        """Keys at the right, one under the other, as many as there is room for."""
        room = self._height - 2 * self._px(EDGE_PX) - self._px(80)
        rows: list[tuple[TextImage, str]] = []
        for key in keys:
            block = self._key_rows(key)
            if rows and sum(self._row_height(line) for line, _ in rows + block) > room:
                break
            rows += block
        pad, square = self._px(14), self._px(17)
        indent = square + self._px(10)
        width = max(line.width + (indent if colour else 0) for line, colour in rows) + 2 * pad
        height = sum(self._row_height(line) for line, _ in rows) + self._px(14)
        left, top = self._width - self._px(EDGE_PX) - width, self._px(EDGE_PX)
        self._card(width, height, left, top)
        at = top + self._px(7)
        for line, colour in rows:
            if colour:
                box = plate(square, square, self._px(4), _rgba(colour))
                middle = at + (line.height - square) // 2
                blend(self._image, box, left + pad, middle)
            blend(self._image, line.rgba, left + pad + (indent if colour else 0), at)
            at += self._row_height(line)

    def _row_height(self, line: TextImage) -> int:
        return line.height + self._px(3)

    def _key_rows(self, key: Key) -> list[tuple[TextImage, str]]:
        wide = self._width // 5
        rows = [(self._words(key.title, TEXT_PX, bold=True, wide=wide), "")]
        if key.what and key.what != key.title:
            rows.append((self._words(key.what, SMALL_PX, rgba=SOFT_INK, wide=wide), ""))
        rows += [
            (self._words(swatch.words or "·", SMALL_PX + 1, wide=wide), swatch.colour)
            for swatch in key.swatches[:MOST_ENTRIES]
        ]
        if len(key.swatches) > MOST_ENTRIES:
            rows.append((self._words("…", SMALL_PX), ""))
        return rows

    def _foot(self, what: Furniture) -> None:
        """North and scale at the bottom left, sources at the bottom right."""
        edge = self._px(EDGE_PX)
        size = self._px(62)
        top = self._height - edge - size
        self._north(edge, top, size, what.heading_deg)
        taken = edge + size + self._px(12)
        if what.metres_per_px:
            taken += self._scale(taken, top + size, what.metres_per_px) + self._px(20)
        if what.sources:
            wide = self._width - taken - edge - self._px(20)
            line = self._words(what.sources, SMALL_PX, rgba=SOFT_INK, wide=wide)
            pad = self._px(10)
            high = line.height + self._px(8)
            left, low = self._width - edge - line.width - 2 * pad, self._height - edge - high
            self._card(line.width + 2 * pad, high, left, low)
            blend(self._image, line.rgba, left + pad, low + self._px(4))

    def _north(self, left: int, top: int, size: int, heading_deg: float) -> None:
        self.boxes.append((left, top, left + size, top + size))
        blend(self._image, plate(size, size, size / 2, CARD), left, top)
        turn = -math.radians(heading_deg)
        spin = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        front = np.array([[0.0, -0.27], [0.13, 0.10], [-0.13, 0.10]])
        back = np.array([[-0.13, 0.10], [0.13, 0.10], [0.0, 0.40]])
        for shape, rgba in ((back, NEEDLE_BACK), (front, NEEDLE)):
            corners = shape @ spin * size + size / 2
            blend(self._image, polygon(size, corners, rgba), left, top)
        letter = self._words("N", 14, bold=True)
        x, y = np.array([0.0, -0.375]) @ spin * size + size / 2
        blend(
            self._image,
            letter.rgba,
            left + round(x - letter.width / 2),
            top + round(y - letter.height / 2),
        )

    def _scale(self, left: int, bottom: int, metres_per_px: float) -> int:
        """Draw a bar of a round length; return its width."""
        metres = round_length(metres_per_px * self._px(190))
        length = max(2, round(metres / metres_per_px))
        words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
        if self._lang == "fr":
            words = words.replace(".", ",")
        line = self._words(words, SMALL_PX + 1, bold=True)
        pad, thick = self._px(10), max(2, self._px(4))
        width = max(length, line.width) + 2 * pad
        height = line.height + thick + self._px(13)
        top = bottom - height
        self._card(width, height, left, top)
        blend(self._image, line.rgba, left + pad, top + self._px(3))
        bar = plate(length, thick, thick / 2, INK)
        blend(self._image, bar, left + pad, top + line.height + self._px(6))
        return width


def round_length(metres: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is not above a length."""
    if metres <= 0 or not math.isfinite(metres):
        raise ValueError("a length must be positive")
    power = 10.0 ** math.floor(math.log10(metres))
    return next((n * power for n in (5.0, 2.0) if n * power <= metres * 1.0000001), power)


def _rgba(colour: str) -> Rgba:
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return (r, g, b, 1.0)
