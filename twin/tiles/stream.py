"""Streams a tileset: loads what a view needs, nearest and coarsest first, within a budget of memory. Qt-free, VTK-free.

The owner's thread calls :meth:`TileStream.look` for each view; workers read and decode. A tile that fails leaves its
parent in the picture, is told as a problem and tried again later; the others go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError, ReadError
from twin.io.jsonstream import parse
from twin.model.geoframe import GeoFrame
from twin.problems import Problem, Severity
from twin.tiles.decode import TileContent, content_in_scene
from twin.tiles.fetch import Place, named
from twin.tiles.placing import Placement
from twin.tiles.select import Choice, Look, choose
from twin.tiles.slots import Slots
from twin.tiles.tree import Tile, Tree, on_the_globe

ERROR_PX = 1.0
MOST_TRIES = 4
FIRST_RETRY_S = 2.0
COARSER, FINER = 1.2, 0.97
MOST_DRAWN_BYTES = 500 << 20
"""Of the tiles of one picture: some two million triangles, however large the city is."""
WORST_ERROR_PX = 200.0
AHEAD_S = 0.6
Prepare = Callable[[TileContent, int], Any]
"""Makes of a content, with its first row, what the owner draws; on a worker. ``nbytes`` of it counts."""


@dataclass(eq=False)
class Held:
    """A tile that is loaded.

    Attributes
    ----------
    ready : bool
        The owner has brought it to the graphics card.
    """

    tile: Tile
    payload: Any
    first_row: int
    rows: int
    nbytes: int
    used: int = 0
    ready: bool = False


@dataclass(eq=False)
class _Failure:
    tries: int = 0
    again_at: float = 0.0


class TileStream:
    """A tileset under a moving view.

    Parameters
    ----------
    address : str
        Path or http(s) address of a ``tileset.json``.
    frame : GeoFrame
        Of the scene.
    prepare : callable
        See :data:`Prepare`.
    budget_bytes : int
        For all that is held: geometry, textures, attributes, the tree.
    error_px : float
        The largest geometric error, in pixels, that the picture may show.
    workers : int
        Threads that load; 0: as many as suit the address.
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
    ) -> None:
        self.place = Place(address)
        self.frame = frame
        self.budget_bytes = budget_bytes
        self.error_px = error_px
        self.slots = Slots()
        self.tree: Tree | None = None
        self.held: dict[int, Held] = {}
        self.drawn: list[Held] = []
        self.problems: list[Problem] = []
        self.failed = False
        self.loads = 0
        self.most_bytes = 0
        self._prepare = prepare
        self.slack = 1.0
        """Factor on the error while the view moves."""
        self._factor = 1.0
        self._frame_number = 0
        self._failures: dict[int, _Failure] = {}
        self._wanted: dict[int, tuple[float, ...]] = {}
        self._in_flight: set[int] = set()
        self._done: list[tuple[Tile, Any, Exception | None]] = []
        self._closed = False
        self._last: tuple[float, NDArray[np.float64]] | None = None
        self._stories: list[Look] = []
        self._condition = threading.Condition()
        count = workers or (6 if self.place.remote else 2)
        self._threads = [
            threading.Thread(target=self._work, name=f"tiles-{k}", daemon=True)
            for k in range(count)
        ]
        self._opening = True
        for thread in self._threads:
            thread.start()

    # For the owner's thread.

    @property
    def busy(self) -> bool:
        """Whether something that is in sight is on its way."""
        with self._condition:
            return (
                self._opening or bool(self._done) or any(p[0] == 0 for p in self._wanted.values())
            )

    @property
    def nbytes(self) -> int:
        """What is held now."""
        tree = self.tree.nbytes if self.tree is not None else 0
        return tree + sum(held.nbytes for held in self.held.values())

    def look(self, look: Look) -> bool:
        """Take the view; return whether other tiles are to be drawn than before."""
        self._frame_number += 1
        self._collect()
        tree = self.tree
        if tree is None:
            return False
        choice = self._choose(look, 0.0)
        self._ask(choice, look)
        now = time.monotonic()
        self._last = (now, look.position.copy())
        drawn = [self.held[tile.number] for tile in choice.drawn]
        changed = [h.tile.number for h in drawn] != [h.tile.number for h in self.drawn]
        self.drawn = drawn
        self._evict(choice)
        return changed

    def fresh(self) -> list[Held]:
        """Return the loaded tiles that the owner has not made ready."""
        return [held for held in self.held.values() if not held.ready]

    def prefetch(self, looks: Sequence[Look]) -> None:
        """Load in spare time what these views will need: the stops of a story."""
        self._stories = list(looks)

    def wait(self, seconds: float) -> None:
        """Wait until something has come, or the time is over."""
        with self._condition:
            if not self._done:
                self._condition.wait(seconds)

    def close(self) -> None:
        """Stop the workers; what is held stays readable."""
        with self._condition:
            self._closed = True
            self._wanted = {}
            self._condition.notify_all()
        for thread in self._threads:
            thread.join(timeout=5.0)

    def _choose(self, look: Look, rank: float) -> Choice:
        assert self.tree is not None  # noqa: S101 - asked for only then
        return choose(
            self.tree,
            look,
            error_px=self.error_px * self._factor * self.slack,
            ready=self._is_ready,
            given_up=self._given_up,
            rank=rank,
        )

    def _is_ready(self, tile: Tile) -> bool:
        held = self.held.get(tile.number)
        return held is not None and held.ready

    def _given_up(self, tile: Tile) -> bool:
        failure = self._failures.get(tile.number)
        return failure is not None and failure.tries >= MOST_TRIES

    def _ask(self, choice: Choice, look: Look) -> None:
        """Tell the workers what is wanted now; what left the view is no longer."""
        wanted = dict(choice.wanted)
        for number, ahead in enumerate(self._soon(look)):
            for tile, priority in self._choose(ahead, 1.0 + number).wanted.items():
                wanted.setdefault(tile, priority)
        now = time.monotonic()
        wanted = {
            number: priority
            for number, priority in wanted.items()
            if number not in self.held
            and ((failure := self._failures.get(number)) is None or failure.again_at <= now)
        }
        if self.nbytes > self.budget_bytes:
            wanted = {n: p for n, p in wanted.items() if p[0] == 0}
        with self._condition:
            self._wanted = wanted
            self._condition.notify_all()

    def _soon(self, look: Look) -> list[Look]:
        """Return where the view will be in a moment if it goes on like this, and the stops of a story."""
        if self._last is None or self.nbytes > 0.8 * self.budget_bytes:
            return []
        since, before = self._last
        seconds = max(time.monotonic() - since, 1e-3)
        step = (look.position - before) / seconds * AHEAD_S
        found: list[Look] = []
        if 1.0 < float(np.linalg.norm(step)) < 5_000.0:
            ahead = look.position + step
            found.append(Look(position=ahead, px_per_rad=look.px_per_rad, sees=look.sees))
        return found + self._stories

    def _collect(self) -> None:
        with self._condition:
            done, self._done = self._done, []
        for tile, answer, error in done:
            if error is not None:
                self._fail(tile, error)
            elif isinstance(answer, tuple):
                self._grow(tile, *answer)
            else:
                self._failures.pop(tile.number, None)
                self.held[tile.number] = answer
            with self._condition:
                self._in_flight.discard(tile.number)
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
        problem = _problem_of(error, tile)
        if problem not in self.problems:
            self.problems.append(problem)

    def _evict(self, choice: Choice) -> None:
        """Let go of what was not needed for longest; draw coarser where the view itself needs too much."""
        used = self.nbytes
        for number in choice.used:
            held = self.held.get(number)
            if held is not None:
                held.used = self._frame_number
        if used > self.budget_bytes:
            drawn = {held.tile.number for held in self.drawn}
            order = sorted(self.held.values(), key=lambda h: (h.used, -h.tile.depth))
            for held in order:
                if used <= self.budget_bytes or held.used == self._frame_number:
                    break
                if held.tile.number not in drawn:
                    used -= self._drop(held)
        shown = sum(held.nbytes for held in self.drawn)
        if used > self.budget_bytes or shown > MOST_DRAWN_BYTES:
            self._factor = min(self._factor * COARSER, WORST_ERROR_PX / self.error_px)
        elif (
            used < 0.8 * self.budget_bytes and shown < 0.5 * MOST_DRAWN_BYTES and self._factor > 1.0
        ):
            self._factor = max(self._factor * FINER, 1.0)

    def _drop(self, held: Held) -> int:
        del self.held[held.tile.number]
        self.slots.take_back(held.first_row, held.rows)
        drop = getattr(held.payload, "drop", None)
        if drop is not None:
            drop()
        return held.nbytes

    # For the workers.

    def _work(self) -> None:
        while True:
            with self._condition:
                if self._closed:
                    return
                opening, self._opening_taken = (
                    self._opening and not getattr(self, "_opening_taken", False),
                    True,
                )
                tile = None if opening else self._next()
                if tile is None and not opening:
                    self._condition.wait(0.5)
                    continue
            if tile is None:
                self._open()
            else:
                self._load(tile)

    def _next(self) -> Tile | None:
        tree = self.tree
        candidates = [
            (priority, number)
            for number, priority in self._wanted.items()
            if number not in self._in_flight
        ]
        if tree is None or not candidates:
            return None
        _, number = min(candidates)
        self._in_flight.add(number)
        return tree.tiles[number]

    def _open(self) -> None:
        try:
            base = (
                self.place.base
                if self.place.remote
                else self.place.resolved(named(self.place.base))
            )
            document = _parsed(self.place.read(base, self._stopped), base)
            tree = Tree(self.place.resolved, self._scene_from(document), self.place.read)
            tree.add(document, base)
            self.problems += (
                [
                    Problem(
                        "tiles.tree_bad",
                        named(base),
                        {"count": len(tree.bad), "reason": tree.bad[0]},
                    )
                ]
                if tree.bad
                else []
            )
            self.tree = tree
        except Exception as error:  # noqa: BLE001 - a hostile tileset may break anything
            self.failed = True
            self.problems.append(_problem_of(error, None, named(self.place.base)))
        with self._condition:
            self._opening = False
            self._condition.notify_all()

    def _scene_from(self, document: Any) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        """Return the way from the tileset's frame to the scene; one that is not on the globe stands at its zero."""
        placement = Placement.of(self.frame)
        if on_the_globe(document):
            return placement.scene_from_ecef
        self.problems.append(
            Problem("tiles.no_place", named(self.place.base), {}, Severity.WARNING)
        )
        return lambda xyz: np.asarray(xyz, np.float64)

    def _load(self, tile: Tile) -> None:
        answer: Any = None
        error: Exception | None = None
        try:
            answer = self._loaded(tile)
        except Exception as problem:  # noqa: BLE001 - a hostile tile may break anything; it becomes a problem
            error = problem
        with self._condition:
            self.loads += 1
            self._done.append((tile, answer, error))
            self._condition.notify_all()

    def _loaded(self, tile: Tile) -> Any:
        stopped = self._stopped
        if tile.outer:
            name = next(u for u in tile.uris if u.partition("?")[0].lower().endswith(".json"))
            return _parsed(self.place.read(name, stopped), name), name
        whole = TileContent()
        payloads, first_row, nbytes = [], 0, 0
        for uri in tile.uris:
            data = self.place.read(uri, stopped)
            content = content_in_scene(
                data,
                tile.matrix,
                up_axis=tile.up_axis,
                scene_from=self.tree._scene_from if self.tree else lambda xyz: xyz,  # noqa: SLF001
                fetch=lambda name, beside=uri: self._beside(name, beside),  # type: ignore[misc]
                where=named(uri),
            )
            whole.drawables += content.drawables
            if not whole.count:
                whole.columns, whole.count, whole.rgba = (
                    content.columns,
                    content.count,
                    content.rgba,
                )
            nbytes += content.nbytes
        first_row = self.slots.give(whole.columns, whole.rgba)
        try:
            payloads = self._prepare(whole, first_row)
        except BaseException:
            self.slots.take_back(first_row, whole.count)
            raise
        nbytes += int(getattr(payloads, "nbytes", 0))
        return Held(
            tile=tile, payload=payloads, first_row=first_row, rows=whole.count, nbytes=nbytes
        )

    def _beside(self, name: str, uri: str) -> bytes | None:
        try:
            return self.place.read(self.place.resolved(name, uri), self._stopped)
        except ReadError:
            return None

    def _stopped(self) -> bool:
        return self._closed


def _parsed(data: bytes, name: str) -> Any:
    try:
        return parse(data.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise ReadError("tiles.not_loaded", named(name), reason=str(error)[:120]) from error


def _problem_of(error: Exception, tile: Tile | None, where: str = "") -> Problem:
    if isinstance(error, BelvedereError):
        return error.problem
    name = where or (named(tile.uris[0]) if tile is not None and tile.uris else "")
    reason = (
        "memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"[:160]
    )
    return Problem("tiles.not_loaded", name, {"reason": reason}, Severity.ERROR)
