"""Areas that are parts of a network: the ground of a substation, a plant, a building that a line names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from twin.network.feature_rows import CONSUMERS, PRODUCERS, SOURCES, text_of

if TYPE_CHECKING:
    import geopandas as gpd

DEVICES = frozenset((*SOURCES, *CONSUMERS, *PRODUCERS, "storage"))
REACH_M = 0.5
"""How far outside an area a line may end that belongs to it."""


def as_points(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the features with a point for every area that is a device: one that a line names, or ends in."""
    shapes = frame.geometry.to_numpy()
    area = shapely.get_dimensions(shapes) == 2
    if not area.any():
        return frame
    named = area & frame["feature_id"].astype(str).isin(_ends_by_name(frame)).to_numpy()
    made = shapes.copy()
    made[named] = shapely.point_on_surface(shapes[named])
    if "kind" in frame:
        kind = frame["kind"].astype("string").fillna("").to_numpy(object)
        for row, end in _ends_inside(shapes, area & ~named & np.isin(kind, list(DEVICES))):
            made[row] = end
    return frame.set_geometry(made, crs=frame.crs)


def _ends_by_name(frame: gpd.GeoDataFrame) -> set[str]:
    if "from_node" not in frame or "to_node" not in frame:
        return set()
    return set(frame["from_node"].map(text_of)) | set(frame["to_node"].map(text_of))


def _ends_inside(shapes: NDArray[Any], areas: NDArray[np.bool_]) -> list[tuple[int, Any]]:
    """Return for each of some areas the first end of a line that lies in it."""
    rows = np.flatnonzero(areas)
    lines = shapely.get_parts(shapes[shapely.get_dimensions(shapes) == 1])
    if not len(rows) or not len(lines):
        return []
    ends = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    place, end = shapely.STRtree(ends).query(shapes[rows], predicate="dwithin", distance=REACH_M)
    _, first = np.unique(place, return_index=True)
    return [(int(rows[place[i]]), ends[end[i]]) for i in first]
