"""The height of the ground under any point: what lets every layer stand on the terrain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Ground(Protocol):
    """Heights of the terrain in the scene."""

    def height_m(self, xy_in_scene: ArrayLike) -> NDArray[np.float64]:
        """Return z in the scene, (n,) float64 metres, for (n, 2) points; finite everywhere."""

    @property
    def cell_m(self) -> float:
        """Spacing of the grid behind it in metres; ``inf`` for a plane."""


@dataclass(frozen=True)
class FlatGround:
    """A plane: what the scene stands on when a project has no terrain."""

    z_in_scene: float = 0.0
    cell_m: float = float("inf")

    def height_m(self, xy_in_scene: ArrayLike) -> NDArray[np.float64]:
        """Return the same height for every point."""
        return np.full(len(np.asarray(xy_in_scene)), self.z_in_scene)


@dataclass(frozen=True, eq=False, kw_only=True)
class GridGround:
    """A regular grid of heights, bilinear in between, its edge continued outside.

    Parameters
    ----------
    z_in_scene : (rows, columns) float32
        Heights at the nodes; row 0 is the north. No NaN.
    x_first, y_first : float
        Scene position of node (0, 0).
    cell_m : float
        Spacing in x; ``cell_y_m`` in y.
    """

    z_in_scene: NDArray[np.float32]
    x_first: float
    y_first: float
    cell_m: float
    cell_y_m: float

    def height_m(self, xy_in_scene: ArrayLike) -> NDArray[np.float64]:
        """Interpolate; see :class:`Ground`."""
        xy = np.asarray(xy_in_scene, dtype=np.float64)
        rows, columns = self.z_in_scene.shape
        u = np.clip((xy[:, 0] - self.x_first) / self.cell_m, 0, columns - 1)
        v = np.clip((self.y_first - xy[:, 1]) / self.cell_y_m, 0, rows - 1)
        i, j = np.minimum(v.astype(int), rows - 2), np.minimum(u.astype(int), columns - 2)
        i, j = np.maximum(i, 0), np.maximum(j, 0)
        fv, fu = v - i, u - j
        z, i1, j1 = self.z_in_scene, np.minimum(i + 1, rows - 1), np.minimum(j + 1, columns - 1)
        north = z[i, j] * (1 - fu) + z[i, j1] * fu
        south = z[i1, j] * (1 - fu) + z[i1, j1] * fu
        return np.asarray(north * (1 - fv) + south * fv, dtype=np.float64)
