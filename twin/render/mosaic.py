"""A picture that is put together of parts, each small enough that all of its detail may be loaded at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.render.labels import Placed, draw
from twin.render.part import Cell, Part

SMALLEST_PX = 96
"""Of the longer side of a part: a smaller one is drawn as it is."""


class Mosaic:
    """The picture and the parts of it that are still to be drawn.

    Parameters
    ----------
    picture : (height, width, 4) uint8
        What is shown until a part is there; bottom row first.
    """

    def __init__(self, picture: NDArray[np.uint8]) -> None:
        self.picture = picture
        height, width = picture.shape[:2]
        self._todo = [Cell(0, 0, width, height, Part())]

    @property
    def cell(self) -> Cell | None:
        """The part that is drawn now; None: all are done."""
        return self._todo[-1] if self._todo else None

    def split(self) -> bool:
        """Cut the present part in two; return whether it was large enough for that."""
        now = self._todo[-1]
        across = now.width >= now.height
        if max(now.width, now.height) < 2 * SMALLEST_PX:
            return False
        half = (now.width if across else now.height) // 2
        if across:
            boxes = ((0, 0, half, now.height), (half, 0, now.width - half, now.height))
        else:
            boxes = ((0, 0, now.width, half), (0, half, now.width, now.height - half))
        self._todo.pop()
        self._todo += [
            self._cell(now.left + left, now.top + top, width, height)
            for left, top, width, height in reversed(boxes)
        ]
        return True

    def lay(self, part: NDArray[np.uint8], labels: Iterable[Placed]) -> None:
        """Put the present part into the picture, its labels over it, and go on to the next.

        Parameters
        ----------
        part : (height, width, 4) uint8
            Bottom row first.
        labels : iterable of Placed
            Of the whole picture.
        """
        cell = self._todo.pop()
        whole = self.picture.copy()  # somebody may still show the one before
        place = whole[::-1][cell.top : cell.top + cell.height, cell.left : cell.left + cell.width]
        place[:] = part[::-1]
        draw(place, [replace(x, left=x.left - cell.left, top=x.top - cell.top) for x in labels])
        self.picture = whole

    def _cell(self, left: int, top: int, width: int, height: int) -> Cell:
        tall, wide = self.picture.shape[:2]
        bottom = (tall - top - height) / tall
        return Cell(
            left, top, width, height, Part(left / wide, bottom, (width / wide, height / tall))
        )
