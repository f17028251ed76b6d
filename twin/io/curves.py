"""Arcs of circles in well-known binary, drawn as chords: GEOS knows straight lines only.

Types 8 to 12 of ISO 19125: CircularString, CompoundCurve, CurvePolygon, MultiCurve, MultiSurface.
"""

from __future__ import annotations

import math
import struct

import numpy as np
import shapely
from numpy.typing import NDArray

STEP_DEG = 4.0
"""One chord for so many degrees: 6 mm off at a radius of 10 m."""

_DEEP = 16
_MOST_POINTS = 10_000_000
_AXES = {0: 2, 1: 3, 2: 3, 3: 4}

Coordinates = NDArray[np.float64]


def straightened(wkb: bytes) -> shapely.Geometry | None:
    """Return the geometry of WKB with curves, None where it is something else or damaged."""
    try:
        return _Reader(wkb).geometry(0)[0]
    except (struct.error, ValueError, IndexError, KeyError, shapely.GEOSException):
        return None


class _Reader:
    """Reads one WKB text from the front."""

    def __init__(self, wkb: bytes) -> None:
        self._wkb = wkb

    def geometry(self, position: int, depth: int = 0) -> tuple[shapely.Geometry, int]:
        """Return the geometry at a position and where it ends."""
        base, axes, order, position = self._head(position)
        if depth > _DEEP:
            raise ValueError("nested too deeply")
        if base in {2, 8, 9}:
            line, position = self._line(base, axes, order, position, depth)
            return shapely.LineString(line), position
        if base in {3, 10}:
            return self._polygon(base, axes, order, position, depth)
        if base in {4, 5, 6, 7, 11, 12}:
            count = self._count(order, position)
            position += 4
            parts = []
            for _ in range(count):
                part, position = self.geometry(position, depth + 1)
                parts.append(part)
            return _together(base, parts), position
        if base == 1:
            point, position = self._points(1, axes, order, position)
            return shapely.Point(point[0]), position
        raise ValueError(f"type {base}")

    def _head(self, position: int) -> tuple[int, int, str, int]:
        order = "<" if self._wkb[position] == 1 else ">"
        (code,) = struct.unpack_from(order + "I", self._wkb, position + 1)
        return code % 1000, _AXES[code // 1000], order, position + 5

    def _count(self, order: str, position: int) -> int:
        (count,) = struct.unpack_from(order + "I", self._wkb, position)
        if count > len(self._wkb):  # each part takes more than a byte
            raise ValueError("promises too much")
        return int(count)

    def _points(self, count: int, axes: int, order: str, position: int) -> tuple[Coordinates, int]:
        end = position + 8 * axes * count
        raw = np.frombuffer(self._wkb[position:end], dtype=order + "f8")
        found = raw.reshape(count, axes)[:, : min(axes, 3)].astype(np.float64)
        return found, end

    def _line(
        self, base: int, axes: int, order: str, position: int, depth: int
    ) -> tuple[Coordinates, int]:
        count = self._count(order, position)
        position += 4
        if base != 9:
            points, position = self._points(count, axes, order, position)
            return (_arcs(points) if base == 8 else points), position
        pieces: list[Coordinates] = []
        for _ in range(count):
            inner, inner_axes, inner_order, position = self._head(position)
            if inner not in {2, 8}:
                raise ValueError("no curve")
            piece, position = self._line(inner, inner_axes, inner_order, position, depth + 1)
            pieces.append(piece if not pieces else piece[1:])
        return np.concatenate(pieces), position

    def _polygon(
        self, base: int, axes: int, order: str, position: int, depth: int
    ) -> tuple[shapely.Geometry, int]:
        count = self._count(order, position)
        position += 4
        rings = []
        for _ in range(count):
            if base == 3:
                size = self._count(order, position)
                ring, position = self._points(size, axes, order, position + 4)
            else:
                inner, inner_axes, inner_order, position = self._head(position)
                ring, position = self._line(inner, inner_axes, inner_order, position, depth + 1)
            rings.append(ring)
        return (shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()), position


def _together(base: int, parts: list[shapely.Geometry]) -> shapely.Geometry:
    if base in {5, 11}:
        return shapely.MultiLineString(parts)  # type: ignore[arg-type]
    if base in {6, 12}:
        return shapely.MultiPolygon(parts)  # type: ignore[arg-type]
    if base == 4:
        return shapely.MultiPoint(parts)  # type: ignore[arg-type]
    return shapely.GeometryCollection(parts)


def _arcs(points: Coordinates) -> Coordinates:
    """Return the chords of arcs that go through points 0 1 2, then 2 3 4, and so on."""
    if len(points) < 3 or len(points) % 2 == 0:
        return points
    arcs = [_arc(*points[first : first + 3])[1:] for first in range(0, len(points) - 2, 2)]
    found = np.concatenate([points[:1], *arcs])
    if len(found) > _MOST_POINTS:
        raise ValueError("too many points")
    return found


def _arc(a: Coordinates, b: Coordinates, c: Coordinates) -> Coordinates:
    """Return points from a through b to c along their circle; equal ends mean a whole circle."""
    if np.allclose(a[:2], c[:2], rtol=0, atol=1e-12):
        centre, turn = (a + b)[:2] / 2, 2 * math.pi
    else:
        found = _centre(a, b, c)
        if found is None:
            return np.stack([a, b, c])
        centre = found
        turn = _angle(a, c, centre)
        if _angle(a, b, centre) > turn:
            turn -= 2 * math.pi
    steps = max(2, math.ceil(abs(math.degrees(turn)) / STEP_DEG))
    share = np.linspace(0.0, 1.0, steps + 1)
    start = math.atan2(a[1] - centre[1], a[0] - centre[0])
    radius = math.hypot(a[0] - centre[0], a[1] - centre[1])
    angle = start + share * turn
    made = a + share[:, None] * (c - a)  # heights run evenly from end to end
    made[:, 0] = centre[0] + radius * np.cos(angle)
    made[:, 1] = centre[1] + radius * np.sin(angle)
    made[0], made[-1] = a, c
    return made


def _centre(a: Coordinates, b: Coordinates, c: Coordinates) -> Coordinates | None:
    """Return the centre of the circle through three points, None where they are in line."""
    p, q = (b - a)[:2], (c - a)[:2]
    cross = 2 * (p[0] * q[1] - p[1] * q[0])
    if abs(cross) <= 1e-12 * max(float(p @ p), float(q @ q), 1e-300):
        return None
    pp, qq = p @ p, q @ q
    return np.asarray(a[:2] + np.array([q[1] * pp - p[1] * qq, p[0] * qq - q[0] * pp]) / cross)


def _angle(a: Coordinates, b: Coordinates, centre: Coordinates) -> float:
    """Return the anticlockwise angle from a to b seen from the centre, 0 to 2 pi."""
    one = math.atan2(a[1] - centre[1], a[0] - centre[0])
    two = math.atan2(b[1] - centre[1], b[0] - centre[0])
    return (two - one) % (2 * math.pi)
