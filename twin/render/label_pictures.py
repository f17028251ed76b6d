"""Labels as pictures: how each kind is written, drawn once and kept."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from twin.drawables import Labels, Text
from twin.render.compose import blend, plate
from twin.render.text import Colour, TextEngine, TextImage

MOST_GROUPS = 64
SMALLEST_PX = 13
AT_ARMS_LENGTH = 0.62
"""Letters on a desk against those read from the back of a room."""

DAY_INK: Colour = (0.11, 0.13, 0.16, 1.0)
DAY_HALO: Colour = (1.0, 1.0, 1.0, 0.88)
NIGHT_INK: Colour = (0.97, 0.97, 0.95, 1.0)
NIGHT_HALO: Colour = (0.05, 0.07, 0.12, 0.85)
WATER_INK: Colour = (0.08, 0.29, 0.45, 1.0)
CHIP: Colour = (1.0, 1.0, 1.0, 0.90)
CHIP_AT_NIGHT: Colour = (0.09, 0.11, 0.15, 0.88)


@dataclass(frozen=True)
class Face:
    """How a kind of label looks.

    Parameters
    ----------
    sizes_px : tuple of 3 int
        For ranks 0 to 2, 3 to 9, and beyond, in a picture 1080 pixels high.
    bold_to_rank : int
        Labels up to this rank are bold.
    chip : bool
        On a small card instead of in a halo: values.
    """

    sizes_px: tuple[int, int, int] = (25, 20, 17)
    bold_to_rank: int = 9
    ink: Colour | None = None
    chip: bool = False


FACES = {
    "place": Face(),
    "street": Face(sizes_px=(17, 16, 15), bold_to_rank=-1),
    "water": Face(sizes_px=(22, 19, 17), ink=WATER_INK),
    "value": Face(sizes_px=(17, 17, 17), bold_to_rank=99, chip=True),
}
VALUE = "value"
"""The kind that may well say the same twice."""


@dataclass(frozen=True, kw_only=True)
class Writing:
    """How labels are written.

    Parameters
    ----------
    lang : str
    dark : bool
        The picture is dark: pale letters.
    scale : float or None
        Pixels for each pixel of a window at arm's length; None: by the height of the picture, large enough
        for the back of a room.
    """

    lang: str
    dark: bool = False
    scale: float | None = None

    def font_px(self, size: int, height_px: int) -> int:
        """Return the size of letters in a picture of a height."""
        if self.scale is None:
            return max(round(size * height_px / 1080), SMALLEST_PX)
        return round(max(size * AT_ARMS_LENGTH, SMALLEST_PX) * self.scale)


class Pictures:
    """The texts of labels as pictures, drawn once for a way of writing.

    Attributes
    ----------
    lacking : bool
        There was no time to draw all that were asked for.
    """

    def __init__(self, text: TextEngine) -> None:
        self._text = text
        self._drawn: dict[tuple[int, int], tuple[str, TextImage] | None] = {}
        self._groups: dict[int, Labels] = {}  # held, so that no other gets the identity of one
        self._way: tuple[Writing, int] | None = None
        self._left_s = math.inf
        self.lacking = False

    def begin(self, writing: Writing, height_px: int, patience_s: float) -> None:
        """A new frame, in which new texts may be drawn for so long."""
        if self._way != (writing, height_px) or len(self._groups) > MOST_GROUPS:
            self._drawn.clear()
            self._groups.clear()
            self._way = writing, height_px
        self._left_s, self.lacking = patience_s, False

    def of(self, group: Labels, index: int) -> tuple[str, TextImage] | None:
        """Return the words and the picture of a label; None where it has no words, or there is no time."""
        key = (id(group), index)
        if key not in self._drawn:
            if self._left_s < 0:
                self.lacking = True
                return None
            started = time.perf_counter()
            self._groups[id(group)] = group
            self._drawn[key] = self._draw(group, index)
            self._left_s -= time.perf_counter() - started
        return self._drawn[key]

    def _draw(self, group: Labels, index: int) -> tuple[str, TextImage] | None:
        assert self._way is not None  # noqa: S101 - begin() was called
        writing, height_px = self._way
        words = worded(group.texts[index], writing.lang)
        if not words.strip():
            return None
        face = FACES.get(group.kind, FACES["place"])
        rank = int(group.rank[index])
        size = face.sizes_px[0 if rank <= 2 else 1 if rank <= 9 else 2]
        ink = NIGHT_INK if writing.dark else (face.ink or DAY_INK)
        halo = None if face.chip else (NIGHT_HALO if writing.dark else DAY_HALO)
        image = self._text.render(
            words,
            font_px=writing.font_px(size, height_px),
            bold=rank <= face.bold_to_rank,
            rgba=ink,
            halo_rgba=halo,
            locale=writing.lang,
        )
        chip = CHIP_AT_NIGHT if writing.dark else CHIP
        return words, _on_chip(image, chip) if face.chip else image


def worded(text: Text, lang: str) -> str:
    """Return a text in a language, else for all languages, else in English, else in any."""
    for name in (lang, "", "en"):
        if text.get(name):
            return text[name]
    return next(iter(text.values()), "")


def _on_chip(image: TextImage, rgba: Colour) -> TextImage:
    pad_x, pad_y = round(image.height * 0.30), round(image.height * 0.12)
    width, height = image.width + 2 * pad_x, image.height + 2 * pad_y
    card = plate(width, height, min(height * 0.28, 9.0), rgba)
    inner = card[pad_y : pad_y + image.height, pad_x : pad_x + image.width]
    blend(inner, image.rgba, 0, 0)
    # Where there is ink the card is as dense as the ink.
    inner[:, :, 3] = np.maximum(inner[:, :, 3], image.rgba[:, :, 3])
    return TextImage(rgba=card, width=width, height=height, baseline=image.baseline + pad_y)
