"""Which tiles to draw and which to load for a view. Pure: the same tree, states and view, the same answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.tiles.tree import Tile, Tree

EARTH_M = 6_371_000.0
NEAREST_M = 1.0
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
    """

    drawn: list[Tile] = field(default_factory=list)
    wanted: dict[int, tuple[float, ...]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)


def choose(
    tree: Tree,
    look: Look,
    *,
    error_px: float,
    ready: Callable[[Tile], bool],
    given_up: Callable[[Tile], bool] = lambda _tile: False,
    rank: float = 0.0,
) -> Choice:
    """Return what to draw and to load so that no error looks larger than ``error_px`` pixels.

    A tile that replaces gives way only to children that are all ready, as far as they are in sight.

    Parameters
    ----------
    ready : callable
        Whether a tile's content can be drawn.
    given_up : callable
        Whether a tile cannot be loaded.
    rank : float
        0 for what is looked at, more for what may be looked at soon.
    """
    found = Choice()
    if not tree.tiles:
        return found
    low, high = tree.boxes[:, :3], tree.boxes[:, 3:]
    away = np.maximum(np.maximum(low - look.position, look.position - high), 0.0)
    distance = np.sqrt((away**2).sum(axis=1))
    seen = look.sees(tree.boxes) & ~_below_horizon(tree, look, distance)
    looks = tree.errors * look.px_per_rad / np.maximum(distance, NEAREST_M)
    finer = looks > error_px * _hidden(tree, look, distance)
    walk = _Walk(found, seen, finer, distance, ready, given_up, rank)
    walk.visit(tree.root)
    return found


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
    given_up: Callable[[Tile], bool]
    rank: float

    def visit(self, tile: Tile) -> bool:
        """Draw a tile or what is below it; return whether all of it that is in sight can be drawn."""
        if not self.seen[tile.number]:
            return True
        if tile.outer and not tile.children:
            self._want(tile)
            return False
        has = bool(tile.uris) and not tile.outer
        if not tile.children or not (self.finer[tile.number] or not has):
            return self._draw(tile) if has else True
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
        if self._draw(tile):
            return True
        self.found.drawn += partly
        return False

    def _below(self, tile: Tile) -> bool:
        """Visit all children, also after one that is not ready: each asks for what it needs."""
        answers = [self.visit(child) for child in tile.children]
        return all(answers)

    def _draw(self, tile: Tile) -> bool:
        self.found.used.add(tile.number)
        if self.ready(tile):
            self.found.drawn.append(tile)
            return True
        if not self.given_up(tile):
            self._want(tile)
        return False

    def _want(self, tile: Tile) -> None:
        self.found.wanted[tile.number] = (
            self.rank,
            float(tile.depth),
            float(self.distance[tile.number]),
        )
