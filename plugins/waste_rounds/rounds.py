"""The round of the truck: which containers, in which order. Nearest first, then improved pair by pair."""

from __future__ import annotations

from typing import Any

import numpy as np

MOST_TURNS = 40


def shortest_round(xy: Any) -> list[int]:
    """Return an order of places that comes back to its start; short, not proven shortest.

    Nearest neighbour, then 2-opt until no exchange of two stretches shortens it (Croes, 1958).
    """
    count = len(xy)
    if count < 3:
        return list(range(count))
    away = np.linalg.norm(xy[:, None, :] - xy[None, :, :], axis=-1)
    order, left = [0], set(range(1, count))
    while left:
        here = order[-1]
        nearest = min(left, key=lambda i: (away[here, i], i))
        order.append(nearest)
        left.remove(nearest)
    for _ in range(MOST_TURNS):
        if not _improve(order, away):
            break
    return order


def length_m(xy: Any, order: list[int]) -> float:
    """Return the length of a round as the crow flies, back to its start."""
    if len(order) < 2:
        return 0.0
    path = xy[[*order, order[0]]]
    return float(np.linalg.norm(np.diff(path, axis=0), axis=1).sum())


def _improve(order: list[int], away: Any) -> bool:
    better = False
    count = len(order)
    for i in range(count - 1):
        for j in range(i + 2, count - (i == 0)):
            a, b, c, d = order[i], order[i + 1], order[j], order[(j + 1) % count]
            if away[a, c] + away[b, d] < away[a, b] + away[c, d] - 1e-9:
                order[i + 1 : j + 1] = order[i + 1 : j + 1][::-1]
                better = True
    return better
