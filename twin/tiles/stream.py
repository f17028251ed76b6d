"""Streams a tileset: loads what a view needs, nearest and coarsest first, within a budget of memory. Qt-free, VTK-free.

The owner's thread calls :meth:`TileStream.look` for each view; workers read and decode. A tile that fails leaves its
parent in the picture, is told as a problem and tried again later; the others go on.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.model.geoframe import GeoFrame
from twin.problems import Problem
from twin.tiles.holding import LATER_BYTES, SPARE_BYTES, Holding
from twin.tiles.limits import MOST_DRAWN_BYTES, MOST_MOVING_BYTES
from twin.tiles.loading import Held, Loader, Prepare, problem_of
from twin.tiles.made import files_of
from twin.tiles.select import COARSER, MOST_TRIES, WORST_ERROR_PX, Choice, Look, choose
from twin.tiles.slots import Slots
from twin.tiles.tree import Tile, Tree

ERROR_PX = 1.0
FIRST_RETRY_S = 2.0
FINER = 0.97
DRAWN_SHARE = 0.8
"""Of the budget: the coarser tiles above those of the picture are held too, until others are needed more."""
AHEAD_S = 0.6
AHEAD_EVERY_S = 0.2
"""What lies ahead is looked for no more often: it costs as much as looking for what is in sight."""
AFTERWARDS = 0.5
"""Rank of what is not in sight at this moment, and will be in the next."""
STALLED_S = 0.4
"""Where nothing has come for so long, what is there need not wait for it to be drawn well."""
FEW = 8
"""Tiles: from so many on, their sizes tell what others will need."""


@dataclass(eq=False)
class _Failure:
    tries: int = 0
    again_at: float = 0.0
    problem: Problem | None = None


class TileStream:
    """A tileset under a moving view.

    Parameters
    ----------
    address : str
        Path or http(s) address of a ``tileset.json``.
    frame : GeoFrame
        Of the scene.
    prepare : callable
        See :data:`twin.tiles.loading.Prepare`.
    budget_bytes : int
        For all that is held: geometry, textures, attributes, the tree.
    error_px : float
        The largest geometric error, in pixels, that the picture may show.
    workers : int
        Threads that load; 0: as many as suit the address.
    options : mapping or None
        For tiles that are made on the spot, see :func:`twin.tiles.made.files_of`.
    """

    def __init__(
        self,
        address: str,
        frame: GeoFrame,
        *,
        prepare: Prepare,
        budget_bytes: int,
        error_px: float = ERROR_PX,
        workers: int = 0,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.place = files_of(address, frame, options or {})
        self.frame = frame
        self.budget_bytes = budget_bytes
        self.most_drawn_bytes = MOST_DRAWN_BYTES
        self.error_px = error_px
        self.slots = Slots()
        self.held = Holding(self.slots)
        self.drawn: list[Held] = []
        self.most_bytes = 0
        self.slack = 1.0
        """Factor on the error while the view moves."""
        self._factor = 1.0
        self._crowded = False
        self.falls_short = False
        """The last view would take more than it may: it is drawn coarser."""
        self._stirred = True
        self._failures: dict[int, _Failure] = {}
        self._last: tuple[float, NDArray[np.float64]] | None = None
        self._stories: list[Look] = []
        self._foreseen: dict[int, tuple[float, ...]] = {}
        self._at_rest: tuple[NDArray[np.float64], dict[int, tuple[float, ...]]] | None = None
        self._foreseen_at = -AHEAD_EVERY_S
        self._came_at = time.monotonic()
        self._loader = Loader(self.place, frame, prepare, self.slots, workers)

    # For the owner's thread.

    @property
    def stirred(self) -> bool:
        """Whether the next :meth:`look` may choose otherwise for the same view; who makes tiles ready sets it."""
        return self._stirred or self._loader.has_news

    @stirred.setter
    def stirred(self, stirred: bool) -> None:
        self._stirred = stirred

    @property
    def busy(self) -> bool:
        """Whether something that is in sight is on its way."""
        return self._loader.busy

    @property
    def stalled(self) -> bool:
        """Whether that takes its time: for a while nothing has come to a view that rests."""
        return self.busy and time.monotonic() - self._came_at > STALLED_S

    @property
    def retry_s(self) -> float:
        """How long until a tile that failed is worth another look; ``inf``: none is."""
        waiting = [f.again_at for f in self._failures.values() if f.tries < MOST_TRIES]
        return max(min(waiting) - time.monotonic(), 0.0) if waiting else math.inf

    @property
    def expects(self) -> bool:
        """Whether some of that has not even come from the workers."""
        return self._loader.expects

    @property
    def tree(self) -> Tree | None:
        """The tree, None until the tileset itself is read."""
        return self._loader.tree

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the tileset, and with tiles that could not be loaded yet: one for each."""
        return [*self._loader.problems, *(f.problem for f in self._failures.values() if f.problem)]

    @property
    def failed(self) -> bool:
        """Whether the tileset itself could not be read."""
        return self._loader.failed

    @property
    def loads(self) -> int:
        """How many loads have ended, well or not."""
        return self._loader.loads

    @property
    def nbytes(self) -> int:
        """What is held now."""
        tree = self.tree.nbytes if self.tree is not None else 0
        return tree + self.held.nbytes

    def look(self, look: Look) -> bool:
        """Take the view; return whether other tiles are to be drawn than before."""
        self._stirred = False
        self._collect()
        tree = self.tree
        if tree is None:
            return False
        factor = self._factor
        choice = self._choose(look, 0.0)
        self.falls_short = choice.error_px > self.error_px * self.slack
        self._ask(choice, look)
        now = time.monotonic()
        if self._last is None or not np.array_equal(self._last[1], look.position):
            self._came_at = now
        self._last = (now, look.position.copy())
        drawn = [self.held[tile.number] for tile in choice.drawn]
        changed = [h.tile.number for h in drawn] != [h.tile.number for h in self.drawn]
        self.drawn = drawn
        self._evict(choice)
        self._stirred = changed or factor != self._factor
        return changed

    def tidy(self) -> bool:
        """Let go of some of what is spare, when there is nothing more urgent to do; return whether there was any."""
        before = len(self.held)
        if self.tree is not None:
            self._let_go(SPARE_BYTES)
        return len(self.held) < before

    def fresh(self) -> list[Held]:
        """Return the loaded tiles that the owner has not made ready."""
        return [held for held in self.held.values() if not held.ready]

    def prefetch(self, looks: Sequence[Look]) -> None:
        """Load in spare time what these views will need: the stops of a story."""
        self._stories = list(looks)
        self._foreseen, self._foreseen_at = {}, -AHEAD_EVERY_S

    def wait(self, seconds: float) -> None:
        """Wait until something has come, or the time is over."""
        self._loader.wait(seconds)

    def close(self) -> None:
        """Stop the workers; what is held stays readable."""
        self._loader.close()

    def clear(self) -> None:
        """Let go of what is held, after :meth:`close`."""
        self.held.clear()
        self.drawn = []

    def _choose(self, look: Look, rank: float) -> Choice:
        assert self.tree is not None  # noqa: S101 - asked for only then
        return choose(
            self.tree,
            look,
            error_px=self.error_px * self._factor * self.slack,
            ready=self._is_ready,
            tries=self._tries,
            rank=rank,
            most=self._most_drawn(),
        )

    def _most_drawn(self) -> float:
        """Return how many tiles one picture may have, as far as their size is known: the first ones are the largest."""
        if len(self.held) < FEW:
            return math.inf
        most = MOST_MOVING_BYTES if self.slack > 1.0 else self.most_drawn_bytes
        return min(most, DRAWN_SHARE * self.budget_bytes) / self.held.usual_bytes()

    def _is_ready(self, tile: Tile) -> bool:
        held = self.held.get(tile.number)
        return held is not None and held.ready

    def _tries(self, tile: Tile) -> int:
        failure = self._failures.get(tile.number)
        return 0 if failure is None else failure.tries

    def _ask(self, choice: Choice, look: Look) -> None:
        """Tell the workers what is wanted now; what left the view is no longer."""
        now = time.monotonic()
        if now - self._foreseen_at > AHEAD_EVERY_S:
            self._foreseen_at = now
            self._foreseen = self._ahead(look)
        wanted = {**self._foreseen, **self._wanted_at_rest(choice, look), **choice.wanted}
        wanted = {
            number: priority
            for number, priority in wanted.items()
            if number not in self.held
            and ((failure := self._failures.get(number)) is None or failure.again_at <= now)
        }
        self._loader.want(self._that_fit(wanted, choice))

    def _wanted_at_rest(self, choice: Choice, look: Look) -> dict[int, tuple[float, ...]]:
        """Return what the same place asked for when it was looked at in full: a coarser frame between asks for less."""
        if self.slack <= 1.0:
            self._at_rest = look.position.copy(), choice.wanted
        elif self._at_rest is not None and np.array_equal(self._at_rest[0], look.position):
            return {n: (AFTERWARDS, *priority[1:]) for n, priority in self._at_rest[1].items()}
        return {}

    def _that_fit(
        self, wanted: dict[int, tuple[float, ...]], choice: Choice
    ) -> dict[int, tuple[float, ...]]:
        """Return the most wanted of what there is room for; where the view itself does not fit, it gets coarser."""
        usual = self.held.usual_bytes(0.9)
        free = self.budget_bytes - self.nbytes - usual * self._loader.in_flight
        free += sum(h.nbytes for number, h in self.held.items() if number not in choice.used)
        room = max(int(free / usual), 0)
        if not choice.drawn and not self._loader.in_flight:
            room = max(room, 1)  # something must be seen
        self._crowded = room < sum(1 for priority in wanted.values() if priority[0] == 0)
        order = sorted(wanted, key=wanted.__getitem__)[:room]
        return {number: wanted[number] for number in order}

    def _ahead(self, look: Look) -> dict[int, tuple[float, ...]]:
        """Return what will be needed soon, with lower priority than anything in sight."""
        found: dict[int, tuple[float, ...]] = {}
        for number, ahead in enumerate(self._soon(look)):
            for tile, priority in self._choose(ahead, 1.0 + number).wanted.items():
                found.setdefault(tile, priority)
        return found

    def _soon(self, look: Look) -> list[Look]:
        """Return where the view will be in a moment if it goes on like this, and the stops of a story."""
        if self._last is None or self.nbytes > 0.8 * self.budget_bytes:
            return []
        since, before = self._last
        seconds = max(time.monotonic() - since, 1e-3)
        step = (look.position - before) / seconds * AHEAD_S
        found: list[Look] = []
        if 1.0 < float(np.linalg.norm(step)) < 5_000.0:
            found.append(replace(look, position=look.position + step))
        return found + self._stories

    def _collect(self) -> None:
        done = self._loader.collect()
        self._came_at = time.monotonic() if done else self._came_at
        for one in done:
            if one.error is not None:
                self._fail(one.tile, one.error)
            elif isinstance(one.answer, tuple):
                self._grow(one.tile, *one.answer)
            else:
                self._failures.pop(one.tile.number, None)
                self.held.take(one.answer)
        self._loader.settle(done)
        self.most_bytes = max(self.most_bytes, self.nbytes)

    def _grow(self, tile: Tile, document: Any, name: str) -> None:
        tree = self.tree
        if tree is None:
            return
        try:
            tree.add(document, name, tile)
        except ReadError as error:
            self._fail(tile, error)
            return
        tile.uris = ()
        tile.outer = False

    def _fail(self, tile: Tile, error: Exception) -> None:
        failure = self._failures.setdefault(tile.number, _Failure())
        failure.tries += 1
        failure.again_at = time.monotonic() + FIRST_RETRY_S * 2**failure.tries
        if isinstance(error, ReadError) and error.problem.key in {
            "tiles.outside",
            "tiles.circle",
            "tiles.too_large",
        }:
            failure.tries = MOST_TRIES
        failure.problem = problem_of(error, tile)

    def _evict(self, choice: Choice) -> None:
        """Let go of what there is no room for; draw coarser where the view itself needs too much."""
        self.held.used_by_look(choice.used)
        self._let_go(SPARE_BYTES + LATER_BYTES)
        used = self.nbytes
        if self._crowded or used > self.budget_bytes:
            self._factor = min(self._factor * COARSER, WORST_ERROR_PX / self.error_px)
        elif used < 0.7 * self.budget_bytes:
            self._factor = max(self._factor * FINER, 1.0)

    def _let_go(self, spare_bytes: int) -> None:
        drawn = {held.tile.number for held in self.drawn}
        budget = self.budget_bytes - (self.nbytes - self.held.nbytes)
        self.held.let_go(spare_bytes, budget_bytes=budget, drawn=drawn)
