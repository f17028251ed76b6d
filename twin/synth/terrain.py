"""The relief of the demo city: a smooth surface through spot heights, the river bed and the Fort worked in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.synth import fort, geography
from twin.synth.plane import Float64, chance

BED_M = 22.0
BANK_STEP_M = (-30.0, -2.0, 12.0)
STEP_M = 1 / 32


@dataclass(frozen=True, eq=False)
class Relief:
    """Heights on a regular grid, bilinear in between.

    Parameters
    ----------
    height_m : (rows, columns) float32
        Metres NGF at cell centres; row 0 is the north.
    west, north : float
        Outer corner of cell (0, 0) in EPSG:2154.
    """

    height_m: NDArray[np.float32]
    west: float
    north: float
    cell_m: float = geography.CELL_M

    def at(self, xy: Float64) -> Float64:
        """Return (n,) heights in metres NGF of (n, 2) points; the edge is continued outside."""
        rows, columns = self.height_m.shape
        u = np.clip((xy[:, 0] - self.west) / self.cell_m - 0.5, 0, columns - 1.001)
        v = np.clip((self.north - xy[:, 1]) / self.cell_m - 0.5, 0, rows - 1.001)
        j, i = u.astype(int), v.astype(int)
        fu, fv, z = u - j, v - i, self.height_m.astype(np.float64)
        top = z[i, j] * (1 - fu) + z[i, j + 1] * fu
        low = z[i + 1, j] * (1 - fu) + z[i + 1, j + 1] * fu
        return np.asarray(top * (1 - fv) + low * fv)


def _spline(xy: Float64, known: Float64, *, smooth: float = 2e-4) -> Float64:
    """Return a thin-plate spline through ``known`` (x, y, h), a little smoothed, at (n, 2) points."""
    scale = 1000.0
    nodes = known[:, :2] / scale

    def kernel(a: Float64, b: Float64) -> Float64:
        r2 = ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2)
        return np.asarray(0.5 * r2 * np.log(np.maximum(r2, 1e-12)))

    n = len(nodes)
    system = np.zeros((n + 3, n + 3))
    system[:n, :n] = kernel(nodes, nodes) + smooth * np.eye(n)
    system[:n, n:] = np.column_stack([np.ones(n), nodes])
    system[n:, :n] = system[:n, n:].T
    weights = np.linalg.solve(system, np.concatenate([known[:, 2], np.zeros(3)]))
    at = xy / scale
    parts = [
        kernel(block, nodes) @ weights[:n] + weights[n] + block @ weights[n + 1 :]
        for block in np.array_split(at, max(1, len(at) // 20_000))
    ]
    return np.concatenate(parts)


def _roughness_m(xy: Float64) -> Float64:
    """Return gentle waves of some decimetres, so that slopes do not look turned on a lathe."""
    rng, waves = chance("roughness"), np.zeros(len(xy))
    for wavelength, height in ((420.0, 0.55), (260.0, 0.35), (150.0, 0.2)):
        for _ in range(4):
            angle, phase = rng.uniform(0, 2 * np.pi, 2)
            k = 2 * np.pi / (wavelength * rng.uniform(0.8, 1.25))
            waves += height * np.sin(k * (xy @ [np.cos(angle), np.sin(angle)]) + phase) / 2
    return waves


def _river_m(xy: Float64, dry_m: Float64) -> Float64:
    """Lower the ground into the river bed; the banks rise over some 40 metres."""
    water = geography.river()
    points = shapely.points(xy)
    shore = shapely.distance(points, shapely.boundary(water))
    signed = np.where(shapely.contains_properly(water, points), -shore, shore)
    bank = np.maximum(dry_m, geography.RIVER_LEVEL_M + 2.6)
    low, edge, high = BANK_STEP_M
    wet = np.interp(signed, (low, edge), (BED_M, geography.RIVER_LEVEL_M + 0.6))
    rise = np.interp(signed, (edge, high), (0.0, 1.0))
    return np.where(signed < edge, wet, (1 - rise) * (geography.RIVER_LEVEL_M + 0.6) + rise * bank)


def heights_m(xy: Float64) -> Float64:
    """Return (n,) heights in metres NGF of (n, 2) points in EPSG:2154, computed from the facts."""
    spots = np.asarray(geography.SPOT_HEIGHTS, dtype=np.float64)
    ground = _spline(xy - geography.ORIGIN, spots) + _roughness_m(xy)
    ground = np.maximum(ground, geography.RIVER_LEVEL_M + 2.8)
    ground = fort.landform_m(xy, ground)
    near = shapely.dwithin(shapely.points(xy), geography.river(), 60.0)
    ground[near] = _river_m(xy[near], ground[near])
    return np.round(ground / STEP_M) * STEP_M


@cache
def relief() -> Relief:
    """Return the terrain of the whole model at 10 m."""
    west, south, east, north = geography.model_extent().bounds
    cell = geography.CELL_M
    x = np.arange(west + cell / 2, east, cell)
    y = np.arange(north - cell / 2, south, -cell)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    heights = heights_m(grid).reshape(len(y), len(x)).astype(np.float32)
    return Relief(heights, west, north)


def write(path: Path) -> None:
    """Write the terrain as a deflated GeoTIFF, float32 metres NGF, EPSG:2154."""
    import rasterio

    made = relief()
    rows, columns = made.height_m.shape
    transform = rasterio.Affine(made.cell_m, 0.0, made.west, 0.0, -made.cell_m, made.north)
    profile = {"driver": "GTiff", "width": columns, "height": rows, "count": 1, "dtype": "float32"}
    profile |= {"crs": geography.CRS, "transform": transform}
    profile |= {"compress": "deflate", "predictor": 3, "zlevel": 9, "tiled": True}
    with rasterio.open(path, "w", **profile) as sink:
        sink.write(made.height_m, 1)
        sink.set_band_description(1, "height NGF, metres, synthetic")
