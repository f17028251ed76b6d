"""The words of a stop on a picture: a card with title, text and figures, mirrored where the language is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.render.compose import blend, plate
from twin.render.text import TextEngine, TextImage

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
CARD = (0.07, 0.10, 0.13, 0.80)
INK = (1.0, 1.0, 1.0, 1.0)
SOFT = (0.80, 0.85, 0.89, 1.0)
GOLD = (1.0, 0.80, 0.36, 1.0)


@dataclass(frozen=True, kw_only=True)
class Told:
    """The words of a stop in one language.

    Parameters
    ----------
    figures : sequence of (value, label, source)
        As they are written.
    pictures : sequence of str
        Files, as absolute paths.
    notice : str
        What must always be said, for instance that the model is synthetic.
    """

    title: str
    text: str
    figures: Sequence[tuple[str, str, str]] = ()
    pictures: Sequence[str] = ()
    notice: str = ""
    language: str = "en"


class CardPainter:
    """Lays the words of a stop on pictures of one size.

    Parameters
    ----------
    size : (width, height) in pixels
    """

    def __init__(self, engine: TextEngine, size: tuple[int, int]) -> None:
        self._engine, self._size = engine, size
        self._unit = size[1] / 720.0
        self._written = lru_cache(maxsize=512)(self._write)

    def paint(self, image: NDArray[np.uint8], told: Told, strength: float = 1.0) -> None:
        """Draw on an (h, w, 3) uint8 picture in place; ``strength`` 0 to 1 lets the card come and go."""
        if strength <= 0.0:
            return
        before = image.copy() if strength < 1.0 else None
        self._card(image, told)
        if told.notice:
            self._notice(image, told)
        if before is not None:
            image[:] = (before * (1.0 - strength) + image * strength).astype(np.uint8)

    def box(self, told: Told) -> tuple[int, int, int, int]:
        """Return where the card of a stop lies: left, top, right, bottom in pixels."""
        u = self._unit
        width = round(440 * u)
        rows = self._rows(told, width - round(40 * u))
        height = sum(row.height + round(gap * u) for row, gap in rows) + round(36 * u)
        mirrored = told.language in RIGHT_TO_LEFT
        left = self._size[0] - width - round(24 * u) if mirrored else round(24 * u)
        top = max(round(24 * u), (self._size[1] - height) // 2)
        return left, top, left + width, top + height

    def _card(self, image: NDArray[np.uint8], told: Told) -> None:
        u = self._unit
        left, top, right, bottom = self.box(told)
        width, height = right - left, bottom - top
        rows = self._rows(told, width - round(40 * u))
        mirrored = told.language in RIGHT_TO_LEFT
        blend(image, plate(width, height, 12 * u, CARD), left, top)
        y = top + round(18 * u)
        for row, gap in rows:
            y += round(gap * u)
            x = left + width - round(20 * u) - row.width if mirrored else left + round(20 * u)
            if y + row.height <= self._size[1]:
                blend(image, row.rgba, x, y)
            y += row.height

    def _rows(self, told: Told, width: int) -> list[tuple[TextImage, int]]:
        """Return the lines of a card as pictures, each with the gap above it."""
        language = told.language
        rows = self._lines(told.title, width, (28, True, INK, language), 2)
        rows += self._lines(told.text, width, (17, False, INK, language), 10)
        for value, label, source in told.figures:
            rows += self._lines(value, width, (24, True, GOLD, language), 10)
            rows += self._lines(label, width, (15, False, INK, language), 0)
            rows += self._lines(source, width, (11, False, SOFT, "en"), 0)
        return rows

    def _lines(
        self, text: str, width: int, ink: tuple[int, bool, Any, str], gap: int
    ) -> list[tuple[TextImage, int]]:
        wrapped = self._wrapped(text, width, ink)
        return [(self._written(line, *ink), gap if not n else 1) for n, line in enumerate(wrapped)]

    def _notice(self, image: NDArray[np.uint8], told: Told) -> None:
        u = self._unit
        row = self._written(told.notice, 13, False, INK, told.language)
        mirrored = told.language in RIGHT_TO_LEFT
        pad = round(8 * u)
        left = round(24 * u) if mirrored else self._size[0] - row.width - round(24 * u)
        top = self._size[1] - row.height - round(20 * u)
        back = plate(row.width + 2 * pad, row.height + 2 * pad, 6 * u, CARD)
        blend(image, back, left - pad, top - pad)
        blend(image, row.rgba, left, top)

    def _write(self, text: str, px: int, bold: bool, rgba: Any, language: str) -> TextImage:  # noqa: FBT001
        return self._engine.render(
            text,
            font_px=max(round(px * self._unit), 6),
            bold=bold,
            rgba=rgba,
            halo_rgba=None,
            locale=language,
        )

    def _wrapped(self, text: str, width: int, ink: tuple[int, bool, Any, str]) -> list[str]:
        """Break a text into lines that fit, at spaces; a word that is too long stands by itself."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._written(longer, *ink).width <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines
