"""Validity of many geometries at once."""

from __future__ import annotations

import numpy as np
import shapely

from twin.shapes.valid import TOGETHER, are_valid


def test_many_are_told_in_their_order() -> None:
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    geometry = np.full(3 * TOGETHER + 5, shapely.box(0, 0, 1, 1), dtype=object)
    wrong = [0, TOGETHER - 1, TOGETHER, len(geometry) - 1]
    geometry[wrong] = bow_tie
    geometry[7] = None
    assert np.flatnonzero(~are_valid(geometry)).tolist() == sorted([*wrong, 7])


def test_none_and_few() -> None:
    assert are_valid(np.empty(0, dtype=object)).tolist() == []
    assert are_valid(np.array([shapely.Point(1, 2), None], dtype=object)).tolist() == [True, False]
