"""The tiles that are in memory: what they take, and which of them are let go of first."""

from __future__ import annotations

import time
from collections.abc import Collection

from twin.tiles.loading import Held
from twin.tiles.slots import Slots

SPARE_BYTES = 96 << 20
"""Of tiles that the view does not use: those of the way back. More would only let memory grow with the city."""
LATER_BYTES = 64 << 20
"""What may be spare besides until there is time: a turn may leave a hundred tiles behind."""
LETTING_GO_S = 0.002
"""Each of them takes a millisecond: so long at a time."""
RECENT_LOOKS = 30
"""What one of so many looks used is not spare: a turn and back loads nothing again."""
FULL = 0.95
FIRST_BYTES = 600_000.0
"""What a tile is taken to need before one is known."""
LEAST_BYTES = 10_000.0


class Holding(dict[int, Held]):
    """Loaded tiles by their number.

    Attributes
    ----------
    nbytes : int
        What they take together.
    """

    def __init__(self, slots: Slots) -> None:
        super().__init__()
        self._slots = slots
        self._look = 0
        self.nbytes = 0

    def take(self, held: Held) -> None:
        """Take a tile in, or let go of it where there is one already: it was asked for again in the moment it came."""
        if held.tile.number in self:
            self._release(held)
            return
        self[held.tile.number] = held
        self.nbytes += held.nbytes

    def usual_bytes(self, share: float = 0.5) -> float:
        """Return what a share of the tiles do not exceed; asked for in every frame, so by sorting, not by numpy."""
        sizes = sorted(held.nbytes for held in self.values())
        if not sizes:
            return FIRST_BYTES
        return max(float(sizes[round(share * (len(sizes) - 1))]), LEAST_BYTES)

    def used_by_look(self, numbers: Collection[int]) -> None:
        """Say which tiles the next look used."""
        self._look += 1
        for number in numbers:
            held = self.get(number)
            if held is not None:
                held.used = self._look

    def let_go(self, spare_bytes: int, *, budget_bytes: float, drawn: Collection[int]) -> None:
        """Let go of what was not needed for longest until so much is spare, but not for long within the budget."""
        full = min(FULL * budget_bytes, self._in_use() + spare_bytes)
        if self.nbytes <= full:
            return
        end = time.perf_counter() + LETTING_GO_S
        for held in sorted(self.values(), key=lambda h: (h.used, -h.tile.depth)):
            in_time = time.perf_counter() <= end
            if self.nbytes <= full or (self.nbytes <= budget_bytes and not in_time):
                return
            if held.tile.number not in drawn:
                del self[held.tile.number]
                self.nbytes -= held.nbytes
                self._release(held)

    def clear(self) -> None:
        """Forget all of them."""
        super().clear()
        self.nbytes = 0

    def _in_use(self) -> int:
        """Return what the tiles of the last looks take; those that were never used are on their way."""
        recent = self._look - RECENT_LOOKS
        return sum(h.nbytes for h in self.values() if h.used >= recent or not h.used)

    def _release(self, held: Held) -> None:
        self._slots.take_back(held.first_row, held.rows)
        drop = getattr(held.payload, "drop", None)
        if drop is not None:
            drop()
