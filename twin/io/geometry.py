"""Geometries on their way from a file to the project: bounds, missing and broken ones, reprojection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.errors import CrsError, ReadError
from twin.io import limits
from twin.io.crs import LONLAT, Placed
from twin.io.inspection import Bounds
from twin.io.vertical import (
    Heights,
    SplitCrs,
    ellipsoidal_problem,
    geoid_undulation_m,
    to_metres_up,
)
from twin.model.geoframe import transformer
from twin.problems import Problem
from twin.progress import Progress
from twin.shapes.valid import are_valid

Geometries = NDArray[Any]

Z_SENTINELS = (-999.0, -999.9, -1000.0, -9999.0, -9999.9, -32767.0, -32768.0, -99999.0)
"""Values that producers write where they have no height."""
Z_BEYOND_M = 20_000.0
LOOKED_THROUGH = 16 * limits.BATCH_ROWS
"""Rows whose validity is asked between two looks at whether the job is still wanted: some 30 ms."""
Z_LOWEST_M = -450.0
"""Lower than the shore of the Dead Sea: beside sentinels, what is below was interpolated towards one."""

_KIND_OF_TYPE = {
    shapely.GeometryType.POINT: "point",
    shapely.GeometryType.MULTIPOINT: "point",
    shapely.GeometryType.LINESTRING: "line",
    shapely.GeometryType.LINEARRING: "line",
    shapely.GeometryType.MULTILINESTRING: "line",
    shapely.GeometryType.POLYGON: "polygon",
    shapely.GeometryType.MULTIPOLYGON: "polygon",
    shapely.GeometryType.GEOMETRYCOLLECTION: "mixed",
}


def chunks(count: int, progress: Progress, unit: str = "features") -> Iterator[slice]:
    """Cut rows into batches, reporting progress between them."""
    for start in range(0, count, limits.BATCH_ROWS):
        progress.check_cancelled()
        progress.progress(start, count, unit)
        yield slice(start, min(start + limits.BATCH_ROWS, count))


def missing(geometry: Geometries) -> NDArray[np.bool_]:
    """(n,) where there is no geometry, or an empty one."""
    return np.asarray(shapely.is_missing(geometry) | shapely.is_empty(geometry))


def kinds(geometry: Geometries) -> dict[str, int]:
    """Return how many geometries are points, lines, polygons or collections."""
    types, counts = np.unique(shapely.get_type_id(geometry), return_counts=True)
    found: dict[str, int] = {}
    for type_id, count in zip(types, counts, strict=True):
        if type_id >= 0:
            kind = _KIND_OF_TYPE.get(shapely.GeometryType(type_id), "mixed")
            found[kind] = found.get(kind, 0) + int(count)
    return found


def kind_of(found: dict[str, int]) -> str:
    """Return the one kind of a layer, ``mixed`` for several, ``table`` for none."""
    if not found:
        return "table"
    return next(iter(found)) if len(found) == 1 else "mixed"


def full_bounds(geometry: Geometries) -> Bounds | None:
    """Return x_min, y_min, x_max, y_max of the finite coordinates."""
    return _bounds_of(np.asarray(shapely.bounds(geometry)), 0.0)


def typical_bounds(geometry: Geometries) -> Bounds | None:
    """Return the bounds without the outermost hundredth, which one stray point cannot pull away."""
    return _bounds_of(np.asarray(shapely.bounds(geometry)), 0.01)


def _bounds_of(rows: NDArray[np.float64], share: float) -> Bounds | None:
    rows = rows[np.isfinite(rows).all(axis=1)]
    if not len(rows):
        return None
    low, high = np.quantile(rows[:, :2], share, axis=0), np.quantile(rows[:, 2:], 1 - share, axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def z_range(geometry: Geometries) -> tuple[float, float] | None:
    """Return the lowest and highest finite z, sentinels left out; None for flat geometries."""
    with_z = geometry[np.asarray(shapely.has_z(geometry))]
    low, high = np.inf, -np.inf
    lowest = lowest_credible(with_z)
    for start in range(0, len(with_z), limits.BATCH_ROWS):
        batch = with_z[start : start + limits.BATCH_ROWS]
        z = shapely.get_coordinates(batch, include_z=True)[:, 2]
        z = z[~z_is_missing(z) & (z >= lowest)]
        if len(z):
            low, high = min(low, float(z.min())), max(high, float(z.max()))
    return (low, high) if low <= high else None


def z_is_missing(z: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) where a height is NaN, infinite, or a value that stands for none."""
    return np.asarray(~np.isfinite(z) | np.isin(z, Z_SENTINELS) | (np.abs(z) > Z_BEYOND_M))


@dataclass(slots=True)
class Tally:
    """Rows that something was done to, for one problem each."""

    null: int = 0
    not_finite: int = 0
    unreachable: int = 0
    repaired: int = 0
    unrepairable: int = 0
    z_missing: int = 0

    def report(self, where: str, progress: Progress) -> None:
        """Report one problem for each kind that occurred."""
        for name in ("null", "not_finite", "unreachable", "repaired", "unrepairable", "z_missing"):
            count = getattr(self, name)
            if count:
                progress.report(Problem(f"io.geometry_{name}", where, {"count": count}))


def settle(
    geometry: Geometries,
    placed: Placed,
    target: str,
    *,
    where: str,
    progress: Progress,
    null_is_normal: bool = False,
) -> Geometries:
    """Return the geometries in the CRS of the project, repaired, with orthometric heights.

    Rows whose geometry cannot be used become None; each kind of loss is one problem.

    Parameters
    ----------
    geometry : (n,) object array
        In the CRS of the file. Not changed.
    placed : Placed
        Where they are; ``text`` empty: they stay as they are.
    target : str
        CRS of the project; empty: the horizontal CRS of the file.
    null_is_normal : bool
        Rows may have a mesh instead: no word about those without geometry.
    """
    tally = Tally()
    geometry = geometry.copy()
    gone = missing(geometry)
    geometry[gone] = None
    tally.null = 0 if null_is_normal else int(gone.sum())
    move = _Move.of(placed, target, where=where, progress=progress)
    has_z = np.asarray(shapely.has_z(geometry))
    move.lowest = lowest_credible(geometry[has_z])
    for rows in chunks(len(geometry), progress):
        _settle_rows(geometry, rows, move, tally, has_z=bool(has_z[rows].any()))
    _repair(geometry, tally, progress)
    if move.heights_problem is not None and has_z.any():
        progress.report(move.heights_problem)
    tally.report(where, progress)
    return geometry


def lowest_credible(with_z: Geometries) -> float:
    """Return the height below which vertices have none, -inf for a layer without sentinels.

    Producers interpolate along lines towards the sentinel of a neighbour: what lies 60 m below nearly
    everything else is such a trace.
    """
    heights = []
    for start in range(0, len(with_z), limits.BATCH_ROWS):
        batch = with_z[start : start + limits.BATCH_ROWS]
        heights.append(shapely.get_coordinates(batch, include_z=True)[:, 2])
    z = np.concatenate(heights) if heights else np.empty(0)
    if not np.isin(z, Z_SENTINELS).any():
        return -np.inf
    known = z[~z_is_missing(z) & (z >= Z_LOWEST_M)]
    return float(np.quantile(known, 0.02)) - 60.0 if len(known) else Z_LOWEST_M


def _settle_rows(
    geometry: Geometries, rows: slice, move: _Move, tally: Tally, *, has_z: bool
) -> None:
    part = geometry[rows]
    if has_z:
        _settle_heights(part, move, tally)
    if move.moves_xy or (has_z and move.vertical is not None and move.vertical.geocentric):
        _move_rows(part, move, tally)
    geometry[rows] = part


def _repair(geometry: Geometries, tally: Tally, progress: Progress) -> None:
    for start in range(0, len(geometry), LOOKED_THROUGH):
        progress.check_cancelled()
        some = geometry[start : start + LOOKED_THROUGH]
        for row in np.flatnonzero(~are_valid(some) & ~np.asarray(shapely.is_missing(some))):
            some[row] = _repaired(some[row], tally)


def _settle_heights(part: Geometries, move: _Move, tally: Tally) -> None:
    """Rows with no height at all become flat; single missing heights take the median of their row."""
    with_z = np.flatnonzero(shapely.has_z(part))
    xyz, row = shapely.get_coordinates(part[with_z], include_z=True, return_index=True)
    if move.vertical is not None and move.vertical.geocentric:
        return
    lost = z_is_missing(xyz[:, 2]) | (xyz[:, 2] < move.lowest)
    changed = bool(lost.any())
    if changed:
        tally.z_missing += len(np.unique(row[lost]))
        for index in np.unique(row[lost]):
            mine = row == index
            known = xyz[mine & ~lost, 2]
            xyz[mine & lost, 2] = np.median(known) if len(known) else np.nan
    if move.changes_z:
        xyz[:, 2] = move.heights(xyz)
        changed = True
    if changed:
        flat = np.unique(row[np.isnan(xyz[:, 2])])
        part[with_z] = shapely.set_coordinates(part[with_z], xyz)
        part[with_z[flat]] = shapely.force_2d(part[with_z[flat]])


def _move_rows(part: Geometries, move: _Move, tally: Tally) -> None:
    xyz, row = shapely.get_coordinates(part, include_z=True, return_index=True)
    bad = np.unique(row[~np.isfinite(xyz[:, :2]).all(axis=1)])
    moved = move.xyz(xyz)
    lost = np.setdiff1d(np.unique(row[~np.isfinite(moved[:, :2]).all(axis=1)]), bad)
    tally.not_finite += len(bad)
    tally.unreachable += len(lost)
    moved[~np.isfinite(moved[:, :2]).all(axis=1), :2] = 0.0
    part[:] = shapely.set_coordinates(part, moved)
    part[np.concatenate([bad, lost]).astype(np.intp)] = None


def _repaired(shape: Any, tally: Tally) -> Any:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        tally.not_finite += 1
        return None
    polygonal = shape.geom_type in {"Polygon", "MultiPolygon"}
    try:
        mended = shapely.make_valid(shape, method="structure", keep_collapsed=not polygonal)
    except shapely.GEOSException:
        mended = None
    if mended is None or mended.is_empty:
        tally.unrepairable += 1
        return None
    tally.repaired += 1
    return _heights_filled(mended)


def _heights_filled(shape: Any) -> Any:
    """Vertices that the repair made have no height: they take the median of the others."""
    if not shapely.has_z(shape):
        return shape
    xyz = shapely.get_coordinates(shape, include_z=True)
    lost = np.isnan(xyz[:, 2])
    if not lost.any():
        return shape
    if lost.all():
        return shapely.force_2d(shape)
    xyz[lost, 2] = np.median(xyz[~lost, 2])
    return shapely.set_coordinates(shapely.force_3d(shape), xyz)


@dataclass(kw_only=True)
class _Move:
    """How coordinates get from the file's CRS to the project's."""

    source: str
    target: str
    swapped: bool
    vertical: SplitCrs | None
    heights_problem: Problem | None = None
    geoid: bool = False
    lowest: float = -np.inf

    @classmethod
    def of(cls, placed: Placed, target: str, *, where: str, progress: Progress) -> _Move:
        if not placed.text:
            return cls(source="", target="", swapped=placed.swapped, vertical=None)
        progress.check_cancelled()
        vertical = placed.split()
        goal = target or (LONLAT if vertical.geocentric else vertical.horizontal)
        problem, geoid = None, False
        if vertical.heights is Heights.ELLIPSOID:
            probe = geoid_undulation_m(np.array([2.3]), np.array([48.8]))
            geoid = probe is not None
            problem = ellipsoidal_problem(where, probe[1] if probe else "")
        move = cls(
            source=vertical.horizontal,
            target=goal,
            swapped=placed.swapped,
            vertical=vertical,
            heights_problem=problem,
            geoid=geoid,
        )
        move.check(where)
        return move

    def check(self, where: str) -> None:
        """Raise ReadError where PROJ knows no way between the two."""
        if self.source == self.target:
            return
        try:
            transformer(self.source, self.target)
        except CrsError as error:
            raise ReadError(
                "io.crs_no_way", where, source=self.source[:60], target=self.target[:60]
            ) from error

    @property
    def moves_xy(self) -> bool:
        return self.swapped or self.source != self.target

    @property
    def changes_z(self) -> bool:
        return self.vertical is not None and self.vertical.changes_z

    def xyz(self, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Move (n, 3) coordinates; z is kept, but for geocentric ones."""
        x, y, z = xyz[:, 0], xyz[:, 1], xyz[:, 2]
        if self.swapped:
            x, y = y, x
        if self.vertical is not None and self.vertical.geocentric:
            x, y, z = transformer("EPSG:4978", "EPSG:4979").transform(x, y, z)
            z = z - self._undulation(np.asarray(x), np.asarray(y))
        if self.source != self.target:
            x, y = transformer(self.source, self.target).transform(x, y)
        return np.column_stack([x, y, z])

    def heights(self, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return orthometric metres of (n, 3) coordinates in the CRS of the file."""
        assert self.vertical is not None  # noqa: S101 - only called when changes_z
        z = to_metres_up(xyz[:, 2], self.vertical)
        if self.vertical.heights is not Heights.ELLIPSOID or not self.geoid:
            return z
        x, y = (xyz[:, 1], xyz[:, 0]) if self.swapped else (xyz[:, 0], xyz[:, 1])
        lon, lat = transformer(self.source, LONLAT).transform(x, y)
        return z - self._undulation(np.asarray(lon), np.asarray(lat))

    def _undulation(self, lon: NDArray[Any], lat: NDArray[Any]) -> NDArray[np.float64]:
        found = geoid_undulation_m(lon, lat) if self.geoid else None
        return np.zeros(len(lon)) if found is None else np.asarray(found[0])


def move_xyz(
    xyz: NDArray[np.float64], placed: Placed, target: str, *, where: str, progress: Progress
) -> NDArray[np.float64]:
    """Return (n, 3) vertices in the CRS of the project with orthometric heights; NaN where impossible."""
    move = _Move.of(placed, target, where=where, progress=progress)
    if move.heights_problem is not None:
        progress.report(move.heights_problem)
    moved = xyz.copy()
    for start in range(0, len(xyz), 100_000):
        progress.check_cancelled()
        part = moved[start : start + 100_000]
        if move.changes_z and not (move.vertical and move.vertical.geocentric):
            part[:, 2] = move.heights(part)
        if move.moves_xy or (move.vertical and move.vertical.geocentric):
            part[:] = move.xyz(part)
    moved[~np.isfinite(moved).all(axis=1)] = np.nan
    return moved
