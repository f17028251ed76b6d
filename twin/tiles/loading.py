"""The workers of a stream: read and decode what is wanted most, coarsest and nearest first."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import BelvedereError, ReadError
from twin.io.jsonstream import parse
from twin.io.pictures import beside
from twin.model.geoframe import GeoFrame
from twin.problems import Problem, Severity
from twin.tiles.decode import TileContent, add_content
from twin.tiles.fetch import MOST_BYTES, named
from twin.tiles.heap import give_back
from twin.tiles.made import Files
from twin.tiles.placing import TOLERANCE_M, Placement
from twin.tiles.slots import Slots
from twin.tiles.tree import Tile, Tree, on_the_globe

REMOTE, LOCAL = 6, 2 if (os.cpu_count() or 1) > 2 else 1
"""Threads: most of a server's time is waiting. Two that decode beside a window on two cores take twice as long each."""
TIDY_EVERY = 24
"""Loads: so many leave some 30 MB behind that the C library would keep."""
EXACT = 0.01
"""Of a tile's geometric error: so far off may its places be."""

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
class Done:
    """What a worker has brought: a loaded tile, an inner tileset with its name, or why not."""

    tile: Tile
    answer: Any
    error: Exception | None


class Loader:
    """Threads that load tiles of one tileset until :meth:`close`.

    Attributes
    ----------
    tree : Tree or None
        None until the tileset itself is read.
    failed : bool
        It could not be read.
    """

    def __init__(
        self, place: Files, frame: GeoFrame, prepare: Prepare, slots: Slots, workers: int
    ) -> None:
        self.place = place
        self.tree: Tree | None = None
        self.problems: list[Problem] = []
        self.failed = False
        self.loads = 0
        self._frame = frame
        self._prepare = prepare
        self._slots = slots
        self._wanted: dict[int, tuple[float, ...]] = {}
        self._in_flight: set[int] = set()
        self._done: list[Done] = []
        self._closed = False
        self._opening = True
        self._opener_chosen = self._news = False
        self._condition = threading.Condition()
        self._threads = [
            threading.Thread(target=self._work, name=f"tiles-{k}", daemon=True)
            for k in range(workers or (REMOTE if place.remote else LOCAL))
        ]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        """Whether something that is in sight is on its way."""
        with self._condition:
            in_sight = any(priority[0] == 0 for priority in self._wanted.values())
            return self._opening or bool(self._done) or in_sight

    @property
    def expects(self) -> bool:
        """Whether a tile that is in sight is still to come, besides those that wait to be collected."""
        with self._condition:
            come = {one.tile.number for one in self._done}
            return any(p[0] == 0 and n not in come for n, p in self._wanted.items())

    @property
    def has_news(self) -> bool:
        """Whether something has come that was not collected, the tileset itself included."""
        with self._condition:
            return self._news

    @property
    def in_flight(self) -> int:
        """How many tiles are being loaded."""
        with self._condition:
            return len(self._in_flight)

    def want(self, wanted: dict[int, tuple[float, ...]]) -> None:
        """Load these tiles, by number and priority, and nothing else any more."""
        with self._condition:
            self._wanted = wanted
            self._condition.notify_all()

    def collect(self) -> list[Done]:
        """Return what has come since the last time."""
        with self._condition:
            done, self._done = self._done, []
            self._news = False
        return done

    def settle(self, done: list[Done]) -> None:
        """Say that these were taken in: they may be asked for again, but are not wanted any more."""
        with self._condition:
            for one in done:
                self._in_flight.discard(one.tile.number)
                self._wanted.pop(one.tile.number, None)

    def wait(self, seconds: float) -> None:
        """Wait until something has come, or the time is over."""
        with self._condition:
            if not self._done:
                self._condition.wait(seconds)

    def close(self) -> None:
        """Stop the threads."""
        with self._condition:
            self._closed = True
            self._wanted = {}
            self._condition.notify_all()
        for thread in self._threads:
            thread.join(timeout=5.0)
        self.place.close()

    def _work(self) -> None:
        while True:
            with self._condition:
                if self._closed:
                    return
                opening, self._opener_chosen = not self._opener_chosen, True
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
            self.problems.append(problem_of(error, None, named(self.place.base)))
        with self._condition:
            self._opening, self._news = False, True
            self._condition.notify_all()

    def _scene_from(self, document: Any) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
        """Return the way from the tileset's frame to the scene; one that is not on the globe stands at its zero."""
        if self.place.in_scene:
            return lambda xyz: xyz
        placement = Placement.of(self._frame)
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
            with np.errstate(all="ignore"):  # odd numbers of others are left out, not whispered
                answer = self._loaded(tile)
        except Exception as problem:  # noqa: BLE001 - a hostile tile may break anything; it becomes a problem
            error = problem
        with self._condition:
            self.loads += 1
            self._done.append(Done(tile, answer, error))
            self._news = True
            tidy = self.loads % TIDY_EVERY == 0
            self._condition.notify_all()
        if tidy:
            give_back()

    def _loaded(self, tile: Tile) -> Any:
        stopped = self._stopped
        if tile.outer:
            name = next(u for u in tile.uris if u.partition("?")[0].lower().endswith(".json"))
            return _parsed(self.place.read(name, stopped), name), name
        whole = TileContent()
        for uri in tile.uris:
            add_content(
                whole,
                self.place.read(uri, stopped),
                tile.matrix,
                up_axis=tile.up_axis,
                scene_from=self.tree.scene_from if self.tree else lambda xyz: xyz,
                fetch=lambda name, beside=uri: self._beside(name, beside),  # type: ignore[misc]
                where=named(uri),
                tolerance_m=max(EXACT * tile.error_m, TOLERANCE_M),
            )
        first_row = self._slots.give(whole.columns, whole.rgba)
        try:
            payload = self._prepare(whole, first_row)
        except BaseException:
            self._slots.take_back(first_row, whole.count)
            raise
        # What the payload was made of and does not hold any more is not counted.
        held = whole.drawn_bytes + int(getattr(payload, "nbytes", 0))
        return Held(
            tile=tile,
            payload=payload,
            first_row=first_row,
            rows=whole.count,
            nbytes=held + self._slots.nbytes(first_row),
        )

    def _beside(self, name: str, uri: str) -> bytes | None:
        if name.startswith("data:"):
            return beside(None, name, MOST_BYTES)
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


def problem_of(error: Exception, tile: Tile | None, where: str = "") -> Problem:
    """Return what a fault is to the user."""
    if isinstance(error, BelvedereError):
        return error.problem
    name = where or (named(tile.uris[0]) if tile is not None and tile.uris else "")
    reason = (
        "memory" if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"[:160]
    )
    return Problem("tiles.not_loaded", name, {"reason": reason}, Severity.ERROR)
