"""From the scene to the globe and back: 3D Tiles stand in Earth-centred metres (EPSG:4978).

A tileset's root transform is the east-north-up frame at the origin of the project; everything in it is
metres in that frame. Transforming each vertex by PROJ costs seconds a million; over a tile the map is smooth,
so that a polynomial fitted to a few exact points gives the same to less than two millimetres.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from twin.io.vertical import geoid_undulation_m
from twin.model.geoframe import GeoFrame, transformer

Float64 = NDArray[np.float64]
GEOCENTRIC, GEODETIC = "EPSG:4978", "EPSG:4979"
EXACT_BELOW = 500
"""So few points are transformed one by one."""
TOLERANCE_M = 0.002
SAMPLES = 6
DEGREE = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Placement:
    """Where the scene of a frame stands on Earth.

    Parameters
    ----------
    frame : GeoFrame
    geoid : str
        Vertical CRS whose geoid lifts orthometric heights to the ellipsoid; empty: this machine has none, heights
        are taken as ellipsoidal (some ten metres off, the same for all).
    """

    frame: GeoFrame
    geoid: str

    @staticmethod
    def of(frame: GeoFrame) -> Placement:
        """Return the placement of a frame with the best geoid that is installed."""
        lonlat = frame.lonlat_from_scene([(0.0, 0.0)])
        found = geoid_undulation_m(lonlat[:, 0], lonlat[:, 1])
        return Placement(frame=frame, geoid=found[1] if found else "")

    @cached_property
    def ecef_from_root(self) -> Float64:
        """(4, 4): the east-north-up frame at the origin of the scene."""
        lonlat = self.frame.lonlat_from_scene([(0.0, 0.0)])[0]
        return east_north_up(self.ecef_from_scene(np.zeros((1, 3)))[0], lonlat)

    @cached_property
    def root_from_ecef(self) -> Float64:
        """Inverse of :attr:`ecef_from_root`."""
        return np.asarray(np.linalg.inv(self.ecef_from_root))

    def root_from_scene(self, xyz_in_scene: ArrayLike) -> Float64:
        """Return (n, 3) metres in the root's frame of (n, 3) scene positions, to 2 mm."""
        return smooth(self._root_from_scene, np.asarray(xyz_in_scene, np.float64))

    def scene_from_ecef(self, xyz: ArrayLike) -> Float64:
        """Return (n, 3) scene positions of (n, 3) Earth-centred metres, exactly."""
        points = np.asarray(xyz, np.float64)
        lon, lat, height = transformer(GEOCENTRIC, GEODETIC).transform(
            points[:, 0], points[:, 1], points[:, 2]
        )
        x, y = transformer("EPSG:4326", self.frame.crs).transform(lon, lat)
        up = height - self._undulation(lon, lat)
        return np.asarray(np.column_stack([x, y, up]) - self.frame.origin)

    def ecef_from_scene(self, xyz_in_scene: ArrayLike) -> Float64:
        """Return (n, 3) Earth-centred metres of (n, 3) scene positions, exactly."""
        points = self.frame.crs_from_scene(xyz_in_scene)
        lon, lat = transformer(self.frame.crs, "EPSG:4326").transform(points[:, 0], points[:, 1])
        height = points[:, 2] + self._undulation(lon, lat)
        return np.column_stack(transformer(GEODETIC, GEOCENTRIC).transform(lon, lat, height))

    def _root_from_scene(self, xyz_in_scene: Float64) -> Float64:
        return moved(self.root_from_ecef, self.ecef_from_scene(xyz_in_scene))

    def _undulation(self, lon: NDArray[Any], lat: NDArray[Any]) -> Float64:
        if not self.geoid:
            return np.zeros(len(lon))
        height = transformer(GEODETIC, self.geoid).transform(lon, lat, np.zeros(len(lon)))[2]
        return np.nan_to_num(-np.asarray(height, np.float64), posinf=0.0, neginf=0.0)


def east_north_up(at: Float64, lonlat_deg: Float64) -> Float64:
    """Return (4, 4): the frame of axes east, north and up at an Earth-centred point."""
    lon, lat = np.radians(lonlat_deg)
    east = [-np.sin(lon), np.cos(lon), 0.0]
    north = [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)]
    up = [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    matrix = np.eye(4)
    matrix[:3, :3] = np.column_stack([east, north, up])
    matrix[:3, 3] = at
    return matrix


def moved(matrix: Float64, xyz: Float64) -> Float64:
    """Return (n, 3) points under a (4, 4) matrix."""
    return np.asarray(xyz @ matrix[:3, :3].T + matrix[:3, 3])


def extent(xyz: NDArray[Any]) -> tuple[Float64, Float64]:
    """Return the lowest and the highest of the coordinates (n, 3), each (3,)."""
    # Column by column: reducing rows of three is many times slower.
    low, high = ([f(column) for column in xyz.T] for f in (np.min, np.max))
    return np.array(low, np.float64), np.array(high, np.float64)


def smooth(
    exact: Callable[[Float64], Float64], xyz: Float64, tolerance_m: float = TOLERANCE_M
) -> Float64:
    """Return what a smooth map makes of points, by the simplest polynomial that fits a few of the exact answers.

    Falls back to the exact map where there are few points or no polynomial is within the tolerance.
    """
    if len(xyz) < EXACT_BELOW:
        return exact(xyz) if len(xyz) else np.zeros((0, 3))
    low, high = extent(xyz)
    middle, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-3)
    there = exact(middle + _grid() * half)
    if not np.isfinite(there).all():
        return exact(xyz)
    for degree in range(1, DEGREE + 1):
        terms, fit = _fit(degree)
        factors = fit @ there
        if np.abs(terms @ factors - there).max() <= tolerance_m:
            return _applied(factors, (xyz - middle) / half, degree)
    return exact(xyz)


def _applied(factors: Float64, at: Float64, degree: int) -> Float64:
    """Return the polynomial of these factors at places in -1 to 1."""
    first = len(_flat(degree))
    found = np.asarray(at @ factors[[1, 2, first]])
    found += factors[0]
    if degree > 1:
        rest = [k for k in range(3, len(factors)) if k != first]
        found += _curved(at, degree).T @ factors[rest]
    return found


def _curved(at: Float64, degree: int) -> Float64:
    """Return (k, n): the terms of :func:`_terms` without those of a plane, term by term as that is quickest."""
    x, y, z = np.ascontiguousarray(at.T)
    power = {(0, 0): None, (1, 0): x, (0, 1): y}
    flat = _flat(degree)[1:]
    beside = [p for p in flat if sum(p) < degree]
    found = np.empty((len(flat) - 2 + len(beside), len(at)))
    for k, (i, j) in enumerate(flat[2:]):
        by, before = (x, (i - 1, j)) if i else (y, (i, j - 1))
        power[i, j] = np.multiply(power[before], by, out=found[k])
    for k, p in enumerate(beside, len(flat) - 2):
        np.multiply(power[p], z, out=found[k])
    return found


@cache
def _grid() -> Float64:
    """Return (n, 3) places in -1 to 1."""
    steps = np.linspace(-1.0, 1.0, SAMPLES)
    return np.stack(np.meshgrid(steps, steps, [-1.0, 0.0, 1.0]), axis=-1).reshape(-1, 3)


@cache
def _fit(degree: int) -> tuple[Float64, Float64]:
    """Return the terms of the grid, and the matrix that makes factors of what is there."""
    terms = _terms(_grid(), degree)
    return terms, np.asarray(np.linalg.pinv(terms))


def _flat(degree: int) -> list[tuple[int, int]]:
    """Return the powers of x and y, the lowest first: 1, x, y and so on."""
    powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    return sorted(powers, key=lambda p: (sum(p), p[1]))


def _terms(at: Float64, degree: int) -> Float64:
    """Return (n, k): all terms of x and y, and those of a degree less times z."""
    x, y, z = at.T
    flat = [x**i * y**j for i, j in _flat(degree)]
    return np.column_stack(flat + [term * z for term in flat[: len(_flat(degree - 1))]])
