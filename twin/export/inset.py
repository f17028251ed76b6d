"""What stands in the corner of a film beside the words of a stop: a film that plays, a chart, a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twin.export.clips import Moving
from twin.model.story import Stop
from twin.show.card import Box

Picture = NDArray[np.uint8]
SHARE, FORM = 0.34, 9 / 16
"""Its width, of that of the screen, and its height, of its own width."""
EDGE = 1 / 36
"""Of the height of the screen, all around."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Inset:
    """A picture for the corner of one stop, (h, w, 3) uint8, and the film that it is the beginning of."""

    still: Picture
    film: Path | None = None

    def pictures(self, fps: int, count: int) -> Iterator[Picture]:
        """Yield as many pictures of the film; its last one stays."""
        height, width = self.still.shape[:2]
        shown = self.still
        moving = Moving(self.film, (width, height), fps=fps) if self.film is not None else None
        try:
            for _ in range(count):
                found = moving.next() if moving is not None else None
                shown = shown if found is None else found
                yield shown
        finally:
            if moving is not None:
                moving.close()


Insets = Callable[[Stop, tuple[int, int]], Inset | None]
"""Gives the inset of a stop in a size (width, height), None where it has none."""


def inset_box(size: tuple[int, int], *, mirrored: bool = False) -> Box:
    """Return left, top, width, height of the corner on a screen: away from the words."""
    edge, width = round(size[1] * EDGE), round(size[0] * SHARE / 2) * 2
    left = edge if mirrored else size[0] - width - edge
    return left, edge, width, round(width * FORM / 2) * 2


def film_inset(path: Path, size: tuple[int, int]) -> Inset | None:
    """Return a film of the project for the corner, None where it cannot be read."""
    moving = Moving(path, size, fps=1)
    try:
        first = moving.next()
    finally:
        moving.close()
    return None if first is None else Inset(still=first, film=path)


def picture_inset(path: Path, size: tuple[int, int]) -> Inset | None:
    """Return a picture for the corner, whole on black, None where it cannot be read."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            fitted = ImageOps.pad(image.convert("RGB"), size, color=(0, 0, 0))
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
    return Inset(still=np.asarray(fitted))


def no_insets(_stop: Stop, _size: tuple[int, int]) -> None:
    """Return nothing: a film without corners."""


def lay(screen: Picture, inset: Picture, box: Box) -> None:
    """Put a picture into its corner, in place."""
    left, top, width, height = box
    screen[top : top + height, left : left + width] = inset
