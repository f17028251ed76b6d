"""Levels of detail of points that are read: an even part of them everywhere, the rest where one is near."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Chosen = NDArray[np.intp]

FEW = 60_000
"""So many points are drawn wherever one is."""
SHARE = 8
"""One of so many is drawn from afar."""
TOLD_APART_PX = 30.0
"""So wide must what ``from_m`` of a drawable names look, for a picture to draw it."""
BLOCKS = 8
"""A side of the cloud is divided into so many blocks, whose points come and go together."""
BLOCK_M = 40.0
"""Points of one cell are drawn together, so that what lies behind the viewer costs nothing."""


def levels(xyz: Float64) -> Iterator[tuple[Chosen, float]]:
    """Yield points that are drawn together, and from which spacing on they are: 0 is always.

    ``xyz`` is (n, 3) in an even order: any first part of it is spread over the whole, as readers give it.
    """
    count = len(xyz)
    if count <= FEW:
        yield _by_cell(xyz, np.arange(count)), 0.0
        return
    coarse = max(count // SHARE, FEW // SHARE)
    yield _by_cell(xyz, np.arange(coarse)), 0.0
    low, size = xyz[:, :2].min(axis=0), np.ptp(xyz[:, :2], axis=0)
    spacing_m = float(np.sqrt(max(size.prod(), 1e-6) / coarse))
    block = np.minimum((xyz[coarse:, :2] - low) / np.maximum(size, 1e-9) * BLOCKS, BLOCKS - 1)
    code = block.astype(np.intp) @ np.array([BLOCKS, 1])
    order = np.argsort(code, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(code[order])) + 1):
        yield _by_cell(xyz, group + coarse), spacing_m


def _by_cell(xyz: Float64, chosen: Chosen) -> Chosen:
    """Order in which neighbours follow each other."""
    cells = np.floor(xyz[chosen, :2] / BLOCK_M).astype(np.int64)
    return chosen[np.lexsort((cells[:, 0], cells[:, 1]))]
