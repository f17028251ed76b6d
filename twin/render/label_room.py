"""Where in a picture labels have room, and which names stand in it already."""

from __future__ import annotations

from collections.abc import Iterable

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
    """Which parts of the picture are taken, in cells of some pixels: one whole number a row, one bit a cell.

    Parameters
    ----------
    taken : iterable of (left, top, right, bottom)
        Where nothing may lie, pixels.
    """

    def __init__(
        self, size_px: tuple[int, int], taken: Iterable[tuple[int, int, int, int]] = ()
    ) -> None:
        self._columns = size_px[0] // CELL_PX + 1
        self._rows = [0] * (size_px[1] // CELL_PX + 1)
        for box in taken:
            self.take(*box)

    def free(self, left: int, top: int, right: int, bottom: int) -> bool:
        """Whether a box is inside the picture and touches nothing."""
        if left < 0 or top < 0:
            return False
        if right > self._columns * CELL_PX or bottom > len(self._rows) * CELL_PX:
            return False
        bits = _bits(left, right)
        return not any(row & bits for row in self._rows[top // CELL_PX : bottom // CELL_PX + 1])

    def take(self, left: int, top: int, right: int, bottom: int) -> None:
        """Mark a box as taken, as far as it is inside."""
        bits = _bits(max(left, 0), max(right, 0))
        for y in range(max(top, 0) // CELL_PX, min(max(bottom, 0) // CELL_PX + 1, len(self._rows))):
            self._rows[y] |= bits


def _bits(left: int, right: int) -> int:
    first, last = left // CELL_PX, right // CELL_PX
    return ((1 << (last - first + 1)) - 1) << first
