"""How high the city stands, so that a flying camera keeps clear of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Mesh, Role
from twin.model.ground import FlatGround, Ground

CELL_M = 4.0
MOST_CELLS = 6_000_000
FINEST = 48
"""A triangle is sampled with at most this many steps along its longest edge."""
BERTH_M = 8.0
"""How far a wall is kept away."""


class Skyline:
    """Heights of the tops of what is solid, on a grid, each cell holding the highest within ``BERTH_M``.

    Parameters
    ----------
    meshes : iterable of Mesh
        In scene coordinates; only solid ones count.
    ground : Ground
        The camera stays above it as well.
    """

    def __init__(self, meshes: Iterable[Mesh], ground: Ground | None = None) -> None:
        self.ground: Ground = ground or FlatGround()
        solid = [m for m in meshes if m.role is Role.SOLID and len(m.triangles)]
        self._top = np.full((1, 1), -np.inf)
        self._origin, self._cell_m = np.zeros(2), CELL_M
        if solid:
            self._lay_out(solid)

    def top_m(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (n,) heights that a camera must stay above at (n, 2) places: roofs and ground."""
        xy = np.atleast_2d(np.asarray(xy, np.float64))
        cell = np.floor((xy - self._origin) / self._cell_m).astype(np.int64)
        rows, columns = self._top.shape
        inside = (cell >= 0).all(axis=1) & (cell[:, 0] < columns) & (cell[:, 1] < rows)
        found = np.full(len(xy), -np.inf)
        found[inside] = self._top[cell[inside, 1], cell[inside, 0]]
        return np.asarray(np.maximum(found, np.asarray(self.ground.height_m(xy), np.float64)))

    def _lay_out(self, solid: Sequence[Mesh]) -> None:
        from scipy.ndimage import maximum_filter

        low = np.min([m.xyz_in_scene[:, :2].min(axis=0) for m in solid], axis=0) - 2 * BERTH_M
        high = np.max([m.xyz_in_scene[:, :2].max(axis=0) for m in solid], axis=0) + 2 * BERTH_M
        self._cell_m = max(CELL_M, float(np.sqrt(np.prod(high - low) / MOST_CELLS)))
        self._origin = low.astype(np.float64)
        columns, rows = (np.ceil((high - low) / self._cell_m).astype(int) + 1).tolist()
        top = np.full((rows, columns), -np.inf)
        for mesh in solid:
            self._raise(top, mesh)
        reach = 2 * int(np.ceil(BERTH_M / self._cell_m)) + 1
        self._top = maximum_filter(top, size=reach, mode="nearest")

    def _raise(self, top: NDArray[np.float64], mesh: Mesh) -> None:
        corners = mesh.xyz_in_scene[mesh.triangles].astype(np.float64)
        edges = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2)[..., None]
        longest = edges.max(axis=(1, 2))
        steps = np.clip(np.ceil(longest / self._cell_m), 1, FINEST).astype(int)
        for count in np.unique(steps):
            chosen = corners[steps == count]
            for weights in _weights(int(count)):
                points = np.einsum("k,nkd->nd", weights, chosen)
                column, row = np.floor((points[:, :2] - self._origin) / self._cell_m).astype(int).T
                np.maximum.at(top, (row, column), points[:, 2])


def skyline_of(drawables: Iterable[Drawable], ground: Ground | None = None) -> Skyline:
    """Return the skyline of the meshes among some drawables."""
    return Skyline([d for d in drawables if isinstance(d, Mesh)], ground)


def _weights(count: int) -> list[NDArray[np.float64]]:
    """Return barycentric weights of an even grid over a triangle, its corners included."""
    return [
        np.array([i, j, count - i - j], np.float64) / count
        for i in range(count + 1)
        for j in range(count + 1 - i)
    ]
