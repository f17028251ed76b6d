"""Where in a picture labels have room, and which names stand in it already."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELL_PX = 6


class Names:
    """Which names stand where: two halls of one name need it once."""

    def __init__(self, apart_px: float) -> None:
        self._apart_px = apart_px
        self._places: dict[str, list[tuple[float, float]]] = {}

    def take(self, words: str, x_px: float, y_px: float) -> bool:
        """Note a name at a place; return False where the same stands nearby."""
        places = self._places.setdefault(words, [])
        if any(abs(x - x_px) + abs(y - y_px) < self._apart_px for x, y in places):
            return False
        places.append((x_px, y_px))
        return True


class Grid:
    """Which parts of the picture are taken, in cells of some pixels."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._taken = np.zeros((size_px[1] // CELL_PX + 1, size_px[0] // CELL_PX + 1), dtype=bool)

    def free(self, left: int, top: int, right: int, bottom: int) -> bool:
        """Whether a box is inside the picture and touches nothing."""
        rows, columns = self._taken.shape
        if left < 0 or top < 0 or right > columns * CELL_PX or bottom > rows * CELL_PX:
            return False
        return not bool(self._cells(left, top, right, bottom).any())

    def take(self, left: int, top: int, right: int, bottom: int) -> None:
        """Mark a box as taken."""
        self._cells(max(left, 0), max(top, 0), max(right, 0), max(bottom, 0))[:] = True

    def _cells(self, left: int, top: int, right: int, bottom: int) -> NDArray[np.bool_]:
        x0, y0 = left // CELL_PX, top // CELL_PX
        return self._taken[y0 : bottom // CELL_PX + 1, x0 : right // CELL_PX + 1]
