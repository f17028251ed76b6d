"""Bags under way: where each of them is in the tubes while an inlet is emptied.

Bags leave an inlet one after the other and travel with the air; both are simulated.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import cycle

MOST = 8
INTERVAL_S = 4.0
"""Time between two bags: the 30-litre bags of an inlet of some cubic metres, thinned to what can be seen."""
SIZE_M = 1.6
"""Drawn larger than 30 litres, to be seen from above."""
KIND = "bag"


def rows(like: gpd.GeoDataFrame, prefix: str) -> gpd.GeoDataFrame:
    """Return a row for each bag that can be under way at once; none has a place of its own."""
    names = [f"{prefix}-bag-{i + 1}" for i in range(MOST)]
    made = pd.DataFrame({"feature_id": names, "kind": KIND, "network_kind": "vacuum"})
    return gpd.GeoDataFrame(made, geometry=[None] * MOST, crs=like.crs)


def course(network: Any, way: Any) -> NDArray[np.float64]:
    """Return the line from an inlet to its suction point, (n, 2) in the CRS of the network."""
    parts = []
    for edge, node in zip(way.edges, way.nodes[:-1], strict=True):
        line = network.edges.geometry[edge]
        if line is None:
            continue
        xy = np.array(line.coords)[:, :2]
        parts.append(xy if network.edges.start[edge] == node else xy[::-1])
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def places(line: NDArray[np.float64], since_s: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return (MOST, 2) places along a course and (MOST,) headings; NaN for bags that are not under way.

    Parameters
    ----------
    since_s : float
        Seconds since the first bag left.
    """
    xy, heading = np.full((MOST, 2), np.nan), np.full(MOST, np.nan)
    if len(line) < 2:
        return xy, heading
    step = np.hypot(*np.diff(line, axis=0).T)
    metres = np.concatenate([[0.0], np.cumsum(step)])
    gone = (since_s - INTERVAL_S * np.arange(MOST)) * cycle.AIR_M_S
    for bag in np.flatnonzero((gone >= 0) & (gone <= metres[-1])):
        xy[bag] = [np.interp(gone[bag], metres, line[:, i]) for i in (0, 1)]
        piece = min(int(np.searchsorted(metres, gone[bag], side="right")), len(line) - 1)
        along = line[piece] - line[piece - 1]
        heading[bag] = np.degrees(np.arctan2(along[0], along[1])) % 360.0
    return xy, heading
