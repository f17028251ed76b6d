"""Plane geometry that the generators share: seeded chance, smooth curves, splitting of polygons.

Everything is in metres in one projected CRS. Coordinates that are saved are rounded to ``GRID_M``, a
power of two: exact in binary, so that files compress well and come out the same every time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

GRID_M = 1 / 32
MITRE = 2  # shapely's number of the mitre join: keeps corners sharp
FLAT: Final = "flat"

Float64 = NDArray[np.float64]
Xy = Sequence[tuple[float, float]]


def chance(*words: object) -> np.random.Generator:
    """Return a generator seeded by words: the same words give the same numbers on every machine."""
    return np.random.default_rng(zlib.crc32("/".join(str(word) for word in words).encode()))


def chaikin(points: ArrayLike, *, rounds: int = 2, closed: bool = False) -> Float64:
    """Round off the corners of a polyline by Chaikin's corner cutting; ends of open lines stay.

    Parameters
    ----------
    points : (n, 2) array
        Vertices; a closed line does not repeat its first one.
    """
    xy = np.asarray(points, dtype=np.float64)
    for _ in range(rounds):
        after = np.roll(xy, -1, axis=0) if closed else xy[1:]
        before = xy if closed else xy[:-1]
        cut = np.empty((2 * len(before), 2))
        cut[0::2] = 0.75 * before + 0.25 * after
        cut[1::2] = 0.25 * before + 0.75 * after
        xy = cut if closed else np.vstack([xy[:1], cut[1:-1], xy[-1:]])
    return xy


def polygons_of(geometry: BaseGeometry, *, min_area_m2: float = 0.0) -> list[Polygon]:
    """Return the polygons inside any geometry that are larger than ``min_area_m2``."""
    parts = shapely.get_parts(geometry)
    if any(part.geom_type.startswith(("Multi", "Geometry")) for part in parts):
        parts = shapely.get_parts(parts)
    return [part for part in parts if isinstance(part, Polygon) and part.area > min_area_m2]


def lines_of(geometry: BaseGeometry) -> list[LineString]:
    """Return the line strings inside any geometry."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts if isinstance(part, LineString) and part.length > 0]


def box_axes(polygon: BaseGeometry) -> tuple[Float64, Float64, float, float]:
    """Return centre, unit vector of the long side, long and short side of the smallest rectangle around."""
    ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))
    if len(ring) < 5:
        return ring.mean(axis=0), np.array([1.0, 0.0]), polygon.length, 0.0
    first, second = ring[1] - ring[0], ring[2] - ring[1]
    long, short = float(np.hypot(*first)), float(np.hypot(*second))
    direction = first
    if short > long:
        long, short, direction = short, long, second
    return ring[:4].mean(axis=0), direction / max(long, 1e-9), long, short


def rectangle(centre: ArrayLike, along: ArrayLike, *, length_m: float, width_m: float) -> Polygon:
    """Return the rectangle of ``length_m`` along the unit vector ``along`` and ``width_m`` across it."""
    c, u = np.asarray(centre, dtype=np.float64), np.asarray(along, dtype=np.float64)
    v = np.array([-u[1], u[0]])
    a, b = u * length_m / 2, v * width_m / 2
    return Polygon([c - a - b, c + a - b, c + a + b, c - a + b])


def halves(
    polygon: Polygon, point: ArrayLike, along: ArrayLike, *, gap_m: float = 0.0
) -> list[Polygon]:
    """Cut a polygon along the line through ``point`` with direction ``along``; a gap may be left open."""
    p, u = np.asarray(point, dtype=np.float64), np.asarray(along, dtype=np.float64)
    v, reach = np.array([-u[1], u[0]]), polygon.length + 1.0
    pieces: list[Polygon] = []
    for side in (-1.0, 1.0):
        start = p + v * side * gap_m / 2
        far = start + v * side * reach
        plane = Polygon([start - u * reach, start + u * reach, far + u * reach, far - u * reach])
        pieces += polygons_of(shapely.intersection(polygon, plane), min_area_m2=1.0)
    return pieces


def chord(polygon: Polygon, point: ArrayLike, along: ArrayLike) -> LineString | None:
    """Return the longest piece inside ``polygon`` of the line through ``point`` in direction ``along``."""
    p, u = np.asarray(point, dtype=np.float64), np.asarray(along, dtype=np.float64)
    reach = polygon.length
    pieces = lines_of(shapely.intersection(polygon, LineString([p - u * reach, p + u * reach])))
    return max(pieces, key=lambda piece: piece.length) if pieces else None


def divide(
    polygon: Polygon, rng: np.random.Generator, *, area_m2: float, min_side_m: float = 6.0
) -> Iterator[Polygon]:
    """Divide a polygon into lots of about ``area_m2`` by cuts across its longer side."""
    stack = [polygon]
    while stack:
        piece = stack.pop()
        centre, along, long, _ = box_axes(piece)
        if piece.area < area_m2 * rng.uniform(1.15, 1.75) or long < 2 * min_side_m:
            yield piece
            continue
        at = centre + along * long * rng.uniform(-0.08, 0.08)
        stack += halves(piece, at, (-along[1], along[0]))


def side_along(polygon: Polygon, outer: BaseGeometry) -> tuple[Float64, Float64, float] | None:
    """Return start, unit vector and length of the longest side of ``polygon`` that lies on ``outer``.

    The inside of the polygon is on the left of the vector. None if no side lies on ``outer``.
    """
    ring = shapely.get_coordinates(shapely.orient_polygons(polygon).exterior)
    start, step = ring[:-1], np.diff(ring, axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    middle = shapely.points(start + step / 2)
    length[shapely.distance(middle, outer) > 0.3] = 0.0
    best = int(np.argmax(length))
    if length[best] < 3.0:
        return None
    return start[best], step[best] / length[best], float(length[best])


def snapped(geometries: NDArray[Any], *, shrink_m: float = 0.0) -> NDArray[Any]:
    """Round coordinates to ``GRID_M``; polygons are first shrunk so that neighbours never overlap."""
    shapes = np.asarray(geometries, dtype=object)
    if shrink_m:
        shapes = shapely.buffer(shapes, -shrink_m, join_style="mitre", mitre_limit=3.0)
    return np.asarray(rounded(shapes), dtype=object)


def rounded(geometry: Any) -> Any:
    """Return a geometry, or an array of them, with coordinates on ``GRID_M``; z is kept where there is one."""
    return shapely.transform(
        geometry,
        lambda c: np.round(c / GRID_M) * GRID_M,
        include_z=None,  # type: ignore[call-overload]
    )


def largest(geometry: BaseGeometry) -> Polygon:
    """Return the largest polygon inside a geometry, an empty one if there is none."""
    parts = polygons_of(geometry)
    return max(parts, key=lambda part: part.area) if parts else Polygon()


def union_of(shapes: Iterable[BaseGeometry]) -> Polygon | MultiPolygon:
    """Return the union of polygons."""
    merged: Any = shapely.union_all(np.asarray(list(shapes), dtype=object))
    area: Polygon | MultiPolygon = merged
    return area


def minus(shape: BaseGeometry, *taken: BaseGeometry) -> Polygon | MultiPolygon:
    """Return what is left of an area without others."""
    rest: Any = shape
    for other in taken:
        rest = shapely.difference(rest, other)
    area: Polygon | MultiPolygon = rest
    return area


def beside(line: LineString, shift_m: float) -> LineString:
    """Return the line moved sideways, to its left if positive; the longest part where it breaks."""
    return max(lines_of(shapely.offset_curve(line, shift_m)), key=lambda part: part.length)


def stretch(line: LineString, start_m: float, end_m: float) -> LineString:
    """Return the part of a line between two stations in metres."""
    part = substring(line, start_m, end_m)
    return part if isinstance(part, LineString) else LineString([part, part])


def first_point(geometry: BaseGeometry) -> Float64:
    """Return the first coordinate of a geometry, (2,)."""
    return np.asarray(shapely.get_coordinates(geometry)[0], dtype=np.float64)


def points_at(xy: ArrayLike) -> NDArray[Any]:
    """Return (n,) point geometries of (n, 2) coordinates."""
    made: Any = shapely.points(np.asarray(xy, dtype=np.float64).reshape(-1, 2))
    points: NDArray[Any] = made
    return points
