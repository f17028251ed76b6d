"""What the shape functions give back, and the cleaning that all of them begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from twin.shapes.valid import are_valid

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
UInt8 = NDArray[np.uint8]
Geometries = NDArray[Any]
"""Object array of shapely geometries, None where a feature has none."""

SMALLEST_AREA_M2 = 1e-4
SINGLE = shapely.GeometryType.POLYGON
"""The highest type that is not made of several geometries."""


class Part(IntEnum):
    """What a vertex of a solid belongs to."""

    WALL = 0
    ROOF = 1
    GROUND = 2
    OTHER = 3


@dataclass(frozen=True, eq=False, kw_only=True)
class Triangles:
    """Triangles of many features in one set of arrays.

    Parameters
    ----------
    xyz : (n, 3) float64
        Vertices in scene metres.
    triangles : (m, 3) int32
        Vertex indices, anticlockwise seen from outside (or from above).
    row_of_vertex : (n,) int32
        Row of the feature table.
    part_of_vertex : (n,) uint8
        A :class:`Part`.
    dropped : int
        Rings and polygons left out because they enclose nothing.
    """

    xyz: Float64
    triangles: Int32
    row_of_vertex: Int32
    part_of_vertex: UInt8
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.triangles)

    @property
    def corners(self) -> Float64:
        """(m, 3, 3) float64: the three corners of each triangle."""
        corners: Float64 = self.xyz[self.triangles]
        return corners


@dataclass(frozen=True, eq=False, kw_only=True)
class Rings:
    """The outlines of polygons, each ring once around without its closing vertex.

    Parameters
    ----------
    xy : (n, 2) float64
        Exteriors run anticlockwise, holes clockwise: the inside is on the left.
    next_of : (n,) int
        Index of the vertex that follows in the same ring.
    polygon_of : (n,) int
        Index of the polygon.
    """

    xy: Float64
    next_of: NDArray[np.intp]
    polygon_of: NDArray[np.intp]


@dataclass(frozen=True, eq=False, kw_only=True)
class Polygons:
    """Simple valid polygons, none degenerate; they may still have a z, which nothing here looks at.

    ``origin`` (k,) is the index of the input geometry each comes from; ``dropped`` counts what was left out.
    """

    geometry: Geometries
    origin: NDArray[np.intp]
    dropped: int = 0

    def __len__(self) -> int:
        return len(self.geometry)

    @cached_property
    def rings(self) -> Rings:
        """The outlines, taken apart once."""
        return rings_of(self.geometry)


def no_triangles(dropped: int = 0) -> Triangles:
    """Return an empty set of triangles."""
    return Triangles(
        xyz=np.zeros((0, 3)),
        triangles=np.zeros((0, 3), np.int32),
        row_of_vertex=np.zeros(0, np.int32),
        part_of_vertex=np.zeros(0, np.uint8),
        dropped=dropped,
    )


def joined(pieces: Sequence[Triangles]) -> Triangles:
    """Return one set of triangles holding all the pieces, in order."""
    pieces = [piece for piece in pieces if len(piece.xyz) or piece.dropped]
    if not pieces:
        return no_triangles()
    if len(pieces) == 1:
        return pieces[0]
    starts = np.cumsum([0, *(len(piece.xyz) for piece in pieces[:-1])])
    return Triangles(
        xyz=np.concatenate([piece.xyz for piece in pieces]),
        triangles=np.concatenate(
            [p.triangles + np.int32(s) for p, s in zip(pieces, starts, strict=True)]
        ),
        row_of_vertex=np.concatenate([piece.row_of_vertex for piece in pieces]),
        part_of_vertex=np.concatenate([piece.part_of_vertex for piece in pieces]),
        dropped=sum(piece.dropped for piece in pieces),
    )


def explode(geometries: ArrayLike) -> tuple[Geometries, NDArray[np.intp]]:
    """Return the single parts of all geometries, and the index of the geometry each comes from.

    Multi-geometries and collections (also nested ones) are taken apart; None and empty ones vanish.
    """
    parts = np.atleast_1d(np.asarray(geometries, dtype=object))
    origin = np.arange(len(parts), dtype=np.intp)
    while (shapely.get_type_id(parts) > SINGLE).any():
        parts, index = shapely.get_parts(parts, return_index=True)
        origin = origin[index]
    keep = ~(shapely.is_empty(parts) | shapely.is_missing(parts))
    return parts[keep], origin[keep]


def clean_polygons(geometries: ArrayLike) -> Polygons:
    """Return the simple polygons of all geometries; lines and points in them are left out.

    Self-crossing rings are repaired (``shapely.make_valid``); what encloses less than a square centimetre is
    dropped and counted.
    """
    parts, origin = _polygons_of(geometries)
    valid = are_valid(parts)
    dropped = 0
    if not valid.all():
        repaired, index = _polygons_of(shapely.make_valid(parts[~valid]))
        lost = np.setdiff1d(np.arange(int((~valid).sum())), index)
        dropped += len(lost)
        parts = np.concatenate([parts[valid], repaired])
        origin = np.concatenate([origin[valid], origin[~valid][index]])
        order = np.argsort(origin, kind="stable")
        parts, origin = parts[order], origin[order]
    large = shapely.area(parts) > SMALLEST_AREA_M2
    dropped += int((~large).sum())
    return Polygons(geometry=parts[large], origin=origin[large], dropped=dropped)


def _polygons_of(geometries: ArrayLike) -> tuple[Geometries, NDArray[np.intp]]:
    parts, origin = explode(geometries)
    is_polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return parts[is_polygon], origin[is_polygon]


def rings_of(polygons: Geometries) -> Rings:
    """Return the rings of polygons, whichever way round they are stored."""
    if not len(polygons):
        none = np.zeros(0, np.intp)
        return Rings(xy=np.zeros((0, 2)), next_of=none, polygon_of=none)
    holed = shapely.get_num_interior_rings(polygons) > 0
    # Most have one ring, whose vertices are those of the polygon: no geometry is made for each of them.
    plain, pierced = np.flatnonzero(~holed), np.flatnonzero(holed)
    xy_plain, ring_of_plain = shapely.get_coordinates(polygons[plain], return_index=True)
    rings, polygon_of_pierced = shapely.get_rings(polygons[pierced], return_index=True)
    xy_pierced, ring_of_pierced = shapely.get_coordinates(rings, return_index=True)
    polygon_of_ring = np.concatenate([plain, pierced[polygon_of_pierced]])
    xy = np.concatenate([xy_plain, xy_pierced])
    ring_of = np.concatenate([ring_of_plain, ring_of_pierced + len(plain)])
    again = ring_of[1:] == ring_of[:-1]
    # The closing vertex goes, and so does one that repeats the one before it: its wall has no width.
    keep = np.append(again, False)
    keep[1:-1] &= ~(again[:-1] & (xy[1:-1] == xy[:-2]).all(axis=1))
    xy, ring_of = xy[keep], ring_of[keep]
    first = np.flatnonzero(np.append(True, ring_of[1:] != ring_of[:-1]))
    size = np.diff(np.append(first, len(xy)))
    xy = xy[_turned(xy, first, size, polygon_of_ring[ring_of[first]])]
    next_of = np.arange(1, len(xy) + 1)
    next_of[first + size - 1] = first
    return Rings(xy=xy, next_of=next_of, polygon_of=polygon_of_ring[ring_of])


def _turned(
    xy: Float64, first: NDArray[np.intp], size: NDArray[np.intp], polygon_of: NDArray[np.intp]
) -> NDArray[np.intp]:
    """The order of vertices in which exteriors (each polygon's first ring) run anticlockwise, holes clockwise."""
    local = xy - np.repeat(xy[first], size, axis=0)
    cross = local[:-1, 0] * local[1:, 1] - local[:-1, 1] * local[1:, 0]
    cross[first[1:] - 1] = 0.0  # between the last vertex of a ring and the first of the next
    # Differences of one running sum: ten times faster than a sum for each ring.
    total = np.append(0.0, np.cumsum(np.append(cross, 0.0)))
    area = total[first + size] - total[first]
    exterior = np.append(True, polygon_of[1:] != polygon_of[:-1])
    order = np.arange(len(xy))
    wrong = np.repeat((area > 0) != exterior, size)
    mirrored = np.repeat(2 * first + size - 1, size) - order
    return np.where(wrong, mirrored, order)


def weld(group: NDArray[Any], *coordinates: Float64) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Find the vertices that are equal: same group and exactly the same coordinates.

    Returns
    -------
    first : (u,) int
        One index for each distinct vertex.
    inverse : (n,) int
        Position in ``first`` of each vertex.
    """
    if not len(group):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    # Sorting one 64-bit mix of the keys is several times faster than sorting by three columns.
    mixed = group.astype(np.uint64)
    for values in coordinates:
        bits = (values + 0.0).view(np.uint64)  # + 0.0: minus zero equals zero
        mixed = (mixed ^ (bits ^ (bits >> np.uint64(29)))) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(32)
    _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
    partner = first[inverse]
    same = group[partner] == group
    for values in coordinates:
        same &= values[partner] == values
    if (
        not same.all()
    ):  # two different vertices with one mix: practically never, but exactness is cheap
        keys = np.column_stack([group.astype(np.float64), *coordinates])
        _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return first, inverse.reshape(-1)
