"""KML and heights: what is said to stand above the ground says how high it is, not where it lies above the sea.

OGC 12-007r2 (KML 2.3), 9.20: ``altitudeMode`` is ``clampToGround`` where nothing else is said.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.io.guess import column_for
from twin.io.loaded import Loaded

_MODE, _EXTRUDED = "altitudeMode", "extrude"
HEIGHT = "height"


def settle_altitudes(loaded: Loaded) -> None:
    """Lay on the ground what is relative to it, in place; extruded shapes get their height as a column."""
    if loaded.geometry is None:
        return
    geometry = loaded.geometry
    tall = np.asarray(shapely.has_z(geometry))
    mode = loaded.columns.get(_MODE, np.full(loaded.count, None, dtype=object))
    relative = tall & (mode == "relativeToGround")
    above_m = _highest(geometry, relative)
    extruded = relative & _told(loaded, _EXTRUDED) & (above_m > 0)
    if extruded.any() and not column_for("height", loaded.columns):
        loaded.columns[HEIGHT] = np.where(extruded, above_m, np.nan)
    clamped = tall & ((mode == "clampToGround") | (_highest(geometry, tall) == 0.0))
    lying = relative | (clamped & (mode != "absolute"))
    if lying.any():
        loaded.geometry = geometry.copy()
        loaded.geometry[lying] = shapely.force_2d(geometry[lying])


def _told(loaded: Loaded, name: str) -> NDArray[np.bool_]:
    values = loaded.columns.get(name)
    if values is None:
        return np.zeros(loaded.count, bool)
    return np.array([value in {1, "1", "true"} for value in values])


def _highest(geometry: NDArray[np.object_], rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n,) the largest size of a z of some rows, NaN for the others."""
    found = np.full(len(geometry), np.nan)
    xyz, row = shapely.get_coordinates(geometry[rows], include_z=True, return_index=True)
    top = np.full(int(rows.sum()), -np.inf)
    np.maximum.at(top, row, np.abs(np.nan_to_num(xyz[:, 2])))
    found[rows] = np.where(np.isfinite(top), top, np.nan)
    return found
