"""Where no router is installed: one speed on every street (scipy's Dijkstra), and rides by scanning connections."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.routing.rides import FAR_S, Rides, scan
from twin.routing.start import ACCESS_M, SPEED_M_S, Start
from twin.routing.streets import Streets

Float64 = NDArray[np.float64]
DETOUR = 1.3
"""How much longer a way on streets usually is than the crow's."""


def seconds_by_crow(start: Start, stop_xy: Float64) -> Float64:
    """Return how long it takes to each stop where no street is known, (s,)."""
    crow_m = np.linalg.norm(stop_xy - np.asarray(start.xy), axis=1) * DETOUR
    return np.asarray(crow_m / SPEED_M_S[start.mode])


def seconds_to_nodes(streets: Streets, start: Start) -> Float64:
    """Return how long it takes to each node without riding, (n,), infinite where no way leads."""
    node, away = streets.nearest([start.xy])
    speed = SPEED_M_S[start.mode]
    return spread(streets, np.array([[node[0], away[0] / speed]]), speed)


def seconds_by_rides(rides: Rides, start: Start, stop_s: Float64) -> Float64:
    """Return how long it takes to each stop when one may ride, (s,), infinite beyond the limit.

    Parameters
    ----------
    stop_s : (s,)
        How long it takes without riding.
    """
    leave = int(start.leave_s)
    there = np.isfinite(stop_s)
    at = np.where(there, leave + np.where(there, stop_s, 0), FAR_S).astype(np.int64)
    connections = rides.connections
    window = (connections[:, 2] >= leave) & (connections[:, 2] <= leave + start.most_s)
    best = scan(connections[window], at)
    return np.where(best < FAR_S, (best - leave).astype(float), np.inf)


def seconds_from_stops(
    streets: Streets, stop_xy: Float64, stop_s: Float64, speed_m_s: float
) -> Float64:
    """Return how long it takes to each node from stops that are reached at given times, (n,)."""
    near, away = streets.nearest(stop_xy)
    begin = np.column_stack([near, stop_s + away / speed_m_s])
    return spread(streets, begin[np.isfinite(begin[:, 1]) & (away <= ACCESS_M)], speed_m_s)


def spread(streets: Streets, begin: Any, speed_m_s: float) -> Float64:
    """Return the earliest time at each node from nodes that are reached at given times.

    Parameters
    ----------
    begin : (k, 2) of node, seconds
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    begin = np.asarray(begin, dtype=np.float64).reshape(-1, 2)
    count = len(streets.nodes)
    # One more node, from which each start is as far as it took to get there: one search for all of them.
    first, inverse = np.unique(begin[:, 0].astype(np.int64), return_inverse=True)
    begin_m = np.full(len(first), np.inf)
    np.minimum.at(begin_m, inverse, np.maximum(begin[:, 1] * speed_m_s, 1e-6))
    key = np.unique(np.sort(streets.ends, axis=1), axis=0, return_index=True)[1]
    a, b = streets.ends[key].T
    length = np.maximum(streets.length_m[key], 1e-6)
    source = np.concatenate([a, b, np.full(len(first), count)])
    target = np.concatenate([b, a, first])
    metres = np.concatenate([length, length, begin_m])
    matrix = csr_array((metres, (source, target)), shape=(count + 1, count + 1))
    found_m = dijkstra(matrix, directed=True, indices=np.array([count]))[0, :count]
    return np.asarray(found_m / speed_m_s)
