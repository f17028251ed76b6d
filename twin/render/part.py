"""A part of a picture: what a window shows that is smaller than the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A rectangle of a picture, in parts of it: 0 to 1 from the left and from the *bottom*.

    Parameters
    ----------
    left, bottom, share : float and tuple of 2 float
        Where it begins, and how much of width and height it is.
    """

    left: float = 0.0
    bottom: float = 0.0
    share: tuple[float, float] = (1.0, 1.0)

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle from that of the picture, -1 to 1 to the right and up."""
        x, y = self.left + self.share[0] / 2, self.bottom + self.share[1] / 2
        return (2 * x - 1, 2 * y - 1)

    @property
    def corner(self) -> tuple[float, float]:
        """Its lower left corner, -1 to 1."""
        return (2 * self.left - 1, 2 * self.bottom - 1)


WHOLE = Part()


@dataclass(frozen=True)
class Cell:
    """A part in pixels from the top left of the picture."""

    left: int
    top: int
    width: int
    height: int
    part: Part


def cells(size: tuple[int, int], most: int) -> Iterator[Cell]:
    """Yield the parts of a picture, none with a side above ``most`` pixels, row by row from the top left."""
    width, height = size
    columns, rows = -(-width // most), -(-height // most)
    wide, high = -(-width // columns), -(-height // rows)
    for top in range(0, height, high):
        for left in range(0, width, wide):
            w, h = min(wide, width - left), min(high, height - top)
            bottom = (height - top - h) / height
            part = Part(left / width, bottom, (w / width, h / height))
            yield Cell(left, top, w, h, part)
