"""Well-known binary to geometries, the surface types that GEOS does not know among them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.io.curves import straightened

_SIMPLE_TYPE = {15: 6, 16: 6, 17: 3}
"""PolyhedralSurface and TIN are laid out like MultiPolygon, Triangle like Polygon (ISO 19125 WKB)."""
_GATHERED = {6, 7, 15, 16}
"""Types that hold a count and other geometries; a MultiPatch of several kinds of parts is a collection."""

AT_ONCE = 2_000
"""Geometries that GEOS reads in one call: meanwhile it holds the interpreter's lock, and the window waits."""


def geometries_of(wkb: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Return (n,) shapely geometries of (n,) WKB, and how many could not be understood."""
    shapes = np.empty(len(wkb), dtype=object)
    try:
        for start in range(0, len(wkb), AT_ONCE):
            shapes[start : start + AT_ONCE] = shapely.from_wkb(wkb[start : start + AT_ONCE])
    except (shapely.GEOSException, TypeError, ValueError, NotImplementedError):
        return _each(wkb)
    return shapes, 0


def _each(wkb: NDArray[Any]) -> tuple[NDArray[Any], int]:
    shapes = np.empty(len(wkb), dtype=object)
    lost = 0
    for row, raw in enumerate(wkb):
        if raw is not None:
            shapes[row] = _one(bytes(raw))
            lost += shapes[row] is None
    return shapes, lost


def _one(raw: bytes) -> Any:
    """Return one geometry: as it is, as a simple surface, with its curves straightened, or None."""
    for candidate in (raw, _as_simple_surface(raw)):
        try:
            return _flattened(shapely.from_wkb(candidate))
        except NotImplementedError:
            return straightened(raw)
        except (shapely.GEOSException, TypeError, ValueError):
            continue
    return None


def _flattened(shape: Any) -> Any:
    """Return a collection of surfaces as one geometry of surfaces, anything else as it is."""
    if shape.geom_type != "GeometryCollection":
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    kinds = shapely.get_type_id(parts)
    return shapely.multipolygons(parts) if (kinds == 3).all() and len(parts) else shape


def _as_simple_surface(wkb: bytes) -> bytes:
    """Rename the surface types that GEOS does not know; anything else is returned as it is."""
    changed = bytearray(wkb)
    try:
        _rename(changed, 0)
    except (struct.error, IndexError):
        return wkb
    return bytes(changed)


def _rename(wkb: bytearray, position: int) -> int:
    """Rename the geometry at a position and return where it ends."""
    order = "<" if wkb[position] == 1 else ">"
    (code,) = struct.unpack_from(order + "I", wkb, position + 1)
    base, dimension = code % 1000, code // 1000
    struct.pack_into(
        order + "I", wkb, position + 1, _SIMPLE_TYPE.get(base, base) + 1000 * dimension
    )
    (count,) = struct.unpack_from(order + "I", wkb, position + 5)
    position += 9
    if base in _GATHERED:
        for _ in range(count):
            position = _rename(wkb, position)
        return position
    if base not in {3, 17}:
        raise struct.error("no surface")
    axes = {0: 2, 1: 3, 2: 3, 3: 4}[dimension]
    for _ in range(count):
        (points,) = struct.unpack_from(order + "I", wkb, position)
        position += 4 + 8 * axes * points
    return position
