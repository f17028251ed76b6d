"""A piece of a town as one watertight solid for a 3D printer: what is seen from above, on a plate, in millimetres.

The surface is a grid of heights, so that any model gives a solid, whatever holes and overlaps its own walls have. Grid
steps are finer than a nozzle, and upright walls lean by one step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from twin.analysis.rays import Caster
from twin.analysis.town import Town, soup_of
from twin.errors import BelvedereError

if TYPE_CHECKING:
    from pathlib import Path

PLATE_MM = 180.0
"""Fits the beds that people have."""
BASE_MM = 3.0
STEP_MM = 0.3
SUFFIXES = (".stl", ".3mf")


@dataclass(frozen=True, eq=False, kw_only=True)
class Solid:
    """One closed surface.

    Parameters
    ----------
    xyz_mm : (n, 3) float64
        z up, the plate's lower face at 0.
    triangles : (m, 3) int64
        Anticlockwise seen from outside.
    scale : float
        1 to so many.
    """

    xyz_mm: NDArray[np.float64]
    triangles: NDArray[np.int64]
    scale: float


def solid_of(town: Town, middle: tuple[float, float], side_m: float) -> Solid:
    """Return the ground of a town and what is built on it in a square, as one solid.

    Parameters
    ----------
    middle : (x, y)
        In the scene, metres.

    Raises
    ------
    BelvedereError
        ``export.nothing_solid``: nothing stands there, and the ground is flat.
    """
    count = round(PLATE_MM / STEP_MM) + 1
    across = np.linspace(-side_m / 2.0, side_m / 2.0, count)
    x, y = np.meshgrid(middle[0] + across, middle[1] + across)
    xy = np.column_stack([x.ravel(), y.ravel()])
    ground = np.asarray(town.ground.height_m(xy), np.float64)
    low = float(np.nanmin(ground)) if np.isfinite(ground).any() else 0.0
    height_m = np.maximum(np.where(np.isfinite(ground), ground, low), _roofs(town, xy))
    if float(np.ptp(height_m)) <= 0.0:
        raise BelvedereError("export.nothing_solid")
    scale = side_m * 1000.0 / PLATE_MM
    z_mm = BASE_MM + (height_m - height_m.min()) * 1000.0 / scale
    return _closed(z_mm.reshape(count, count), scale)


def write_solid(solid: Solid, path: Path) -> None:
    """Write a solid as STL (millimetres by custom) or 3MF (which says so).

    Raises
    ------
    BelvedereError
        ``export.solid_suffix``. OSError where the file cannot be written.
    """
    import trimesh

    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise BelvedereError("export.solid_suffix", str(path), known=" ".join(SUFFIXES))
    mesh = trimesh.Trimesh(solid.xyz_mm, solid.triangles, process=False)
    mesh.units = "millimeter"
    data = mesh.export(file_type=kind[1:])
    path.write_bytes(data if isinstance(data, bytes) else str(data).encode())


def _roofs(town: Town, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how high the uppermost surface stands over places, minus infinity where there is none."""
    soup = soup_of(town, trees=False, ground=False)
    if not len(soup):
        return np.full(len(xy), -np.inf)
    above = float(soup.xyz_in_scene[:, 2].max()) + 10.0
    origins = np.column_stack([xy, np.full(len(xy), above)]).astype(np.float32)
    down = np.tile(np.array([0.0, 0.0, -1.0], np.float32), (len(xy), 1))
    return np.asarray(above - Caster(soup).first(origins, down).distance_m, np.float64)


def _closed(z_mm: NDArray[np.float64], scale: float) -> Solid:
    """Return heights (n, n) on a plate: surface, four sides and a lower face."""
    n = len(z_mm)
    across = np.linspace(0.0, PLATE_MM, n)
    x, y = np.meshgrid(across, across)
    top = np.column_stack([x.ravel(), y.ravel(), z_mm.ravel()])
    corner = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
    a, b, c, d = corner, corner + 1, corner + n, corner + n + 1
    surface = np.concatenate([np.column_stack([a, b, d]), np.column_stack([a, d, c])])
    # Round the edge, anticlockwise seen from above; below each of its corners stands one on the plate.
    grid = np.arange(n * n).reshape(n, n)
    edge = np.concatenate([grid[0, :-1], grid[:-1, -1], grid[-1, :0:-1], grid[:0:-1, 0]])
    foot = n * n + np.arange(len(edge))
    after, foot_after = np.roll(edge, -1), np.roll(foot, -1)
    middle = np.full(len(edge), n * n + len(edge))
    sides = np.concatenate(
        [np.column_stack([edge, foot, foot_after]), np.column_stack([edge, foot_after, after])]
    )
    lower = np.column_stack([foot_after, foot, middle])
    feet = top[edge] * (1.0, 1.0, 0.0)
    xyz = np.concatenate([top, feet, [[PLATE_MM / 2.0, PLATE_MM / 2.0, 0.0]]])
    return Solid(xyz_mm=xyz, triangles=np.concatenate([surface, sides, lower]), scale=scale)
