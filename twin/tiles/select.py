"""Which tiles to draw and which to load for a view. Pure: the same tree, states and view, the same answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.tiles.tree import Tile, Tree

EARTH_M = 6_371_000.0
NEAREST_M = 1.0
COARSER, WORST_ERROR_PX = 1.2, 200.0
"""Where a view is too much, errors are let look larger in such steps, so far at most."""
MOST_TRIES = 4
"""A tile that failed so often is given up."""
GRAZING = 0.08
"""Seen at a flatter slope than this, most of a tile hides behind what stands before it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Look:
    """Where from, and what can be seen from there.

    Parameters
    ----------
    position : (3,) float64
        In the scene.
    px_per_rad : float
        Pixels of a metre at a distance of a metre.
    sees : callable
        Which boxes (n, 6) reach into the picture.
    grazing : float
        So many times larger an error may look where a tile is seen along the roofs or from below them; 1: nowhere.
    """

    position: NDArray[np.float64]
    px_per_rad: float
    sees: Callable[[NDArray[np.float64]], NDArray[np.bool_]]
    grazing: float = 1.0


@dataclass(eq=False)
class Choice:
    """What a view asks for.

    Attributes
    ----------
    drawn : list of Tile
    wanted : dict of int to tuple
        Priority by number of tile, smallest first: coarse before fine, near before far.
    used : set of int
        Tiles that were looked at and have something to show, drawn or not.
    error_px : float
        The largest error that may be seen: more than was asked for where that would be too many tiles.
    """

    drawn: list[Tile] = field(default_factory=list)
    wanted: dict[int, tuple[float, ...]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    error_px: float = 0.0


def choose(
    tree: Tree,
    look: Look,
    *,
    error_px: float,
    ready: Callable[[Tile], bool],
    tries: Callable[[Tile], int] = lambda _tile: 0,
    rank: float = 0.0,
    most: float = np.inf,
) -> Choice:
    """Return what to draw and to load so that no error looks larger than ``error_px`` pixels.

    A tile that replaces gives way only to children that are all ready, as far as they are in sight. Until then
    it, or what is above it, is drawn: on the way to the detail that a view needs, every other level is enough. Where
    less detail is needed than is there, the finer tiles stay until the coarser one is ready.

    Parameters
    ----------
    ready : callable
        Whether a tile's content can be drawn.
    tries : callable
        How often a tile could not be loaded.
    rank : float
        0 for what is looked at, more for what may be looked at soon.
    most : float
        Where more tiles than this would be drawn, errors may look larger.
    """
    found = Choice()
    if not tree.tiles:
        return found
    low, high = tree.boxes[:, :3], tree.boxes[:, 3:]
    away = np.maximum(np.maximum(low - look.position, look.position - high), 0.0)
    distance = np.sqrt((away**2).sum(axis=1))
    seen = look.sees(tree.boxes) & ~_below_horizon(tree, look, distance)
    looks = tree.errors * look.px_per_rad / np.maximum(distance, NEAREST_M)
    looks /= _hidden(tree, look, distance)
    found.error_px = _affordable(tree, seen, looks, error_px, most)
    finer = looks > found.error_px
    walk = _Walk(found, seen, finer, distance, ready, tries, rank)
    walk.visit(tree.root)
    return found


def _affordable(
    tree: Tree,
    seen: NDArray[np.bool_],
    looks: NDArray[np.float64],
    error_px: float,
    most: float,
) -> float:
    """Return the smallest error from ``error_px`` on, in steps, at which at most so many tiles are drawn."""
    above = np.where(tree.parents == np.arange(len(looks)), np.inf, looks[tree.parents])
    while error_px < WORST_ERROR_PX:
        drawn = seen & (above > error_px) & ((looks <= error_px) | tree.last)
        if np.count_nonzero(drawn) <= most:
            break
        error_px *= COARSER
    return error_px


def _below_horizon(tree: Tree, look: Look, distance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether the Earth's curve hides a tile: its top and the eye both look over so much of it."""
    sea = float(tree.boxes[0, 2])
    eye = np.sqrt(2 * EARTH_M * max(float(look.position[2]) - sea, 2.0))
    top = np.sqrt(2 * EARTH_M * np.maximum(tree.boxes[:, 5] - sea, 0.0))
    return np.asarray(distance > eye + top)


def _hidden(tree: Tree, look: Look, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much coarser each tile may be for the flat angle that it is seen at."""
    above = float(look.position[2]) - tree.boxes[:, 5]
    slope = np.maximum(above, 0.0) / np.maximum(distance, NEAREST_M)
    return np.clip(GRAZING / np.maximum(slope, 1e-9), 1.0, max(look.grazing, 1.0))


@dataclass(eq=False)
class _Walk:
    found: Choice
    seen: NDArray[np.bool_]
    finer: NDArray[np.bool_]
    distance: NDArray[np.float64]
    ready: Callable[[Tile], bool]
    tries: Callable[[Tile], int]
    rank: float

    def visit(self, tile: Tile) -> bool:
        """Draw a tile or what is below it; return whether all of it that is in sight can be drawn."""
        if not self.seen[tile.number]:
            return True
        if tile.outer and not tile.children:
            self._want(tile)
            return False
        has = tile.shows
        if not tile.children or not (self.finer[tile.number] or not has):
            return self._draw(tile) or self._draw_below(tile) if has else True
        if not tile.replaces:
            own = self._draw(tile) if has else True
            return self._below(tile) and own
        before = len(self.found.drawn)
        if self._below(tile):
            if has and self.ready(tile):
                self.found.used.add(tile.number)
            return True
        if not has:
            return False
        partly = self.found.drawn[before:]
        del self.found.drawn[before:]
        if self._draw(tile, wanted=not self._may_skip(tile)):
            return True
        self.found.drawn += partly
        return False

    def _below(self, tile: Tile) -> bool:
        """Visit all children, also after one that is not ready: each asks for what it needs."""
        answers = [self.visit(child) for child in tile.children]
        return all(answers)

    def _draw(self, tile: Tile, *, wanted: bool = True) -> bool:
        self.found.used.add(tile.number)
        if self.ready(tile):
            self.found.drawn.append(tile)
            return True
        if wanted and self.tries(tile) < MOST_TRIES:
            self._want(tile)
        return False

    def _draw_below(self, tile: Tile) -> bool:
        """Draw what is finer in place of a tile that is not ready, where all of that is; return whether it is."""
        found = self._finer_than(tile)
        for one in found or ():
            self.found.used.add(one.number)
        self.found.drawn += found or ()
        return found is not None

    def _finer_than(self, tile: Tile) -> list[Tile] | None:
        """Return the ready tiles that show all that is in sight of a tile; None where some are missing."""
        if not tile.children or not tile.replaces:
            return None
        found: list[Tile] = []
        for child in tile.children:
            if not self.seen[child.number]:
                continue
            below = [child] if self.ready(child) else self._finer_than(child)
            if below is None:
                return None
            found += below
        return found

    def _may_skip(self, tile: Tile) -> bool:
        """Whether the tile above is good enough until those below are ready: none of them has failed."""
        return tile.level % 2 == 1 and not any(self.tries(child) for child in tile.children)

    def _want(self, tile: Tile) -> None:
        self.found.wanted[tile.number] = (
            self.rank,
            float(tile.depth),
            float(self.distance[tile.number]),
        )
