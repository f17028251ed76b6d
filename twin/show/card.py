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
LETTERS, LEADING = 1.15, 0.8
"""Arabic letters are smaller than Latin ones of the same size, and their typeface leaves much room between lines."""
SHARES = (1.0, 0.92, 0.84, 0.76)
"""Letters are set smaller where the words of a stop would not fit on the picture."""
CARD = (0.07, 0.10, 0.13, 0.80)
INK = (1.0, 1.0, 1.0, 1.0)
SOFT = (0.80, 0.85, 0.89, 1.0)
GOLD = (1.0, 0.80, 0.36, 1.0)


WIDTH, MARGIN, EDGE, PAD = 440.0, 24.0, 20.0, 18.0
PLATE, PLATE_GAP = 420.0, 14.0
"""Of cards and plates, in pixels of a screen 720 high."""
Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels."""
Written = tuple[Sequence[TextImage], int]
"""A line as pictures, each with its share of the width, and the gap above it."""
Row = tuple[str, str, str]
"""A figure as it is written: value, label, source."""


@dataclass(frozen=True, kw_only=True)
class Plate:
    """What stands over one of two pictures."""

    title: str
    notice: str = ""


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
    plates : (Plate, Plate) or empty
        Over the stop's own picture and over the one beside it.
    beside : sequence of (value, label, source)
        The same figures for the picture beside, in the order of ``figures``.
    spoken : str
        What is heard, for those who do not hear it: the caption.
    """

    title: str
    text: str
    figures: Sequence[Row] = ()
    pictures: Sequence[str] = ()
    notice: str = ""
    plates: Sequence[Plate] = ()
    beside: Sequence[Row] = ()
    spoken: str = ""
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

    def paint(
        self,
        image: NDArray[np.uint8],
        told: Told,
        strength: float = 1.0,
        *,
        places: Sequence[Box] = (),
    ) -> None:
        """Draw on an (h, w, 3) uint8 picture in place.

        Parameters
        ----------
        strength : float
            0 to 1 lets the card come and go.
        places : sequence of Box
            Where the pictures lie that ``told.plates`` stand over.
        """
        if strength <= 0.0:
            return
        before = image.copy() if strength < 1.0 else None
        self._block(image, self._card_rows(told), self.box(told), told.language)
        if told.notice and not told.plates:
            self._notice(image, told)
        for number, (some, place) in enumerate(zip(told.plates, places, strict=False)):
            rows = self._plate_rows(some, told.language)
            self._block(image, rows, self.plate_box(told, number, place), told.language)
        if before is not None:
            image[:] = (before * (1.0 - strength) + image * strength).astype(np.uint8)

    def box(self, told: Told) -> tuple[int, int, int, int]:
        """Return where the card of a stop lies: left, top, right, bottom in pixels."""
        u = self._unit
        width = round(WIDTH * u)
        height = self._height(self._card_rows(told))
        mirrored = told.language in RIGHT_TO_LEFT
        left = self._size[0] - width - round(MARGIN * u) if mirrored else round(MARGIN * u)
        top = max(round(MARGIN * u), (self._size[1] - height) // 2)
        return left, top, left + width, top + height

    def plate_box(self, told: Told, number: int, place: Box) -> tuple[int, int, int, int]:
        """Return where a plate lies on a picture: left, top, right, bottom in pixels of the screen."""
        u = self._unit
        rows = self._plate_rows(told.plates[number], told.language)
        width = max((part.width for parts, _ in rows for part in parts), default=0) + round(
            2 * EDGE * u
        )
        left, top, wide, _ = place
        # Where one picture lies over the other, the second plate stands on the other side.
        last = (told.language in RIGHT_TO_LEFT) != (number > 0 and place[2] == self._size[0])
        gap = round(PLATE_GAP * u)
        x = left + wide - width - gap if last else left + gap
        return x, top + gap, x + width, top + gap + self._height(rows)

    def _height(self, rows: Sequence[Written]) -> int:
        u = self._unit
        return sum(max(part.height for part in parts) + round(gap * u) for parts, gap in rows) + (
            round(2 * PAD * u)
        )

    def _block(
        self,
        image: NDArray[np.uint8],
        rows: Sequence[Written],
        box: tuple[int, int, int, int],
        language: str,
    ) -> None:
        u = self._unit
        left, top, right, bottom = box
        edge = round(EDGE * u)
        blend(image, plate(right - left, bottom - top, 12 * u, CARD), left, top)
        room = right - left - 2 * edge
        y = top + round(PAD * u)
        for parts, gap in rows:
            y += round(gap * u) + max(part.height for part in parts)
            for number, part in enumerate(parts):
                begin = number * room // len(parts)
                x = left + edge + begin
                if language in RIGHT_TO_LEFT:
                    x = right - edge - begin - part.width
                if y <= self._size[1]:  # on one line below, whatever the script
                    blend(image, part.rgba, x, y - part.height)

    def _card_rows(self, told: Told) -> list[Written]:
        """Return the lines of a card as pictures, each with the gap above it, in the largest letters that fit."""
        rows: list[Written] = []
        for share in SHARES:
            rows = self._rows_at(told, share)
            if self._height(rows) <= self._size[1] - 2 * round(MARGIN * self._unit):
                break
        return rows

    def _rows_at(self, told: Told, share: float) -> list[Written]:
        width, language = round((WIDTH - 2 * EDGE) * self._unit), told.language
        rows = self._lines(told.title, width, (28 * share, True, INK, language), 2)
        rows += self._lines(told.text, width, (17 * share, False, INK, language), 10)
        if told.beside:
            return rows + self._compared(told, width, share)
        for value, label, source in told.figures:
            rows += self._lines(value, width, (24 * share, True, GOLD, language), 10)
            rows += self._lines(label, width, (15 * share, False, INK, language), 0)
            rows += self._lines(source, width, (11 * share, False, SOFT, "en"), 0)
        return rows

    def _compared(self, told: Told, width: int, share: float) -> list[Written]:
        """Return two places' figures as a table: a name over each column, a label over each pair."""
        language, half = told.language, width // 2 - round(8 * self._unit)
        names = [some.title for some in told.plates]
        rows = self._pair(names, half, (15 * share, True, SOFT, language), 12)
        for own, other in zip(told.figures, told.beside, strict=False):
            rows += self._lines(own[1], width, (15 * share, False, INK, language), 12)
            rows += self._pair((own[0], other[0]), half, (24 * share, True, GOLD, language), 0)
            rows += self._pair((own[2], other[2]), half, (11 * share, False, SOFT, "en"), 0)
        return rows

    def _pair(
        self, texts: Sequence[str], width: int, ink: tuple[float, bool, Any, str], gap: int
    ) -> list[Written]:
        columns = [self._lines(text, width, ink, gap) for text in texts]
        blank = self._written(" ", *ink)
        found: list[Written] = []
        for line in range(max(map(len, columns), default=0)):
            parts = [c[line][0][0] if line < len(c) else blank for c in columns]
            found.append((parts, gap if not line else 1))
        return found

    def _plate_rows(self, some: Plate, language: str) -> list[Written]:
        width = round(PLATE * self._unit)
        rows = self._lines(some.title, width, (18, True, INK, language), 0)
        return rows + self._lines(some.notice, width, (11, False, SOFT, language), 2)

    def _lines(
        self, text: str, width: int, ink: tuple[float, bool, Any, str], gap: int
    ) -> list[Written]:
        written = [self._written(line, *ink) for line in self._wrapped(text, width, ink)]
        tighter = 1.0
        if ink[3] in RIGHT_TO_LEFT and written:
            tighter -= (1.0 - LEADING) * written[0].height / self._unit
        first = gap + min(round(tighter) - 1, 0)
        return [([line], first if not n else round(tighter)) for n, line in enumerate(written)]

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

    def _write(self, text: str, px: float, bold: bool, rgba: Any, language: str) -> TextImage:  # noqa: FBT001
        letters = LETTERS if language in RIGHT_TO_LEFT else 1.0
        return self._engine.render(
            text,
            font_px=max(round(px * letters * self._unit), 6),
            bold=bold,
            rgba=rgba,
            halo_rgba=None,
            locale=language,
        )

    def _wrapped(self, text: str, width: int, ink: tuple[float, bool, Any, str]) -> list[str]:
        """Break a text into lines that fit, at spaces; a word that is too long stands by itself."""
        lines: list[str] = []
        for word in text.split(" "):  # not at spaces that hold words together
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._written(longer, *ink).width <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines
