"""Natural classes of numbers: bounds that make each class as alike as can be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
SAMPLE = 500
"""Larger columns are classed by so many evenly ranked values of theirs: a few milliseconds at any size."""


def natural_breaks(values: Float64, classes: int) -> Float64:
    """Return the greatest value of all classes but the last, so that the squared differences within are least.

    W. D. Fisher, "On grouping for maximum homogeneity" (1958), known to map makers as Jenks' natural breaks;
    the same bounds as ``mapclassify.FisherJenks``, without its import of scikit-learn on the window's thread.

    Parameters
    ----------
    values : (n,) float64
        Finite.
    classes : int
        At least one; never more than there are distinct values.
    """
    known = np.sort(values)
    if len(known) > SAMPLE:
        known = known[np.linspace(0, len(known) - 1, SAMPLE).round().astype(int)]
    n = len(known)
    count = min(classes, len(np.unique(known)))
    if count < 2:
        return np.zeros(0)
    shifted = known - known.mean()
    total = np.concatenate([[0.0], np.cumsum(shifted)])
    square = np.concatenate([[0.0], np.cumsum(shifted**2)])
    start, end = np.meshgrid(np.arange(n), np.arange(1, n + 1), indexing="ij")
    size = np.maximum(end - start, 1)
    # within[i, j]: squared differences from their mean of the values i..j.
    within = square[end] - square[start] - (total[end] - total[start]) ** 2 / size
    within = np.where(end > start, np.maximum(within, 0.0), np.inf)
    best = within[0].copy()
    cut = np.zeros((count, n), int)
    for number in range(1, count):
        # The last class begins at i: what is before it is classed as well as can be.
        whole = np.full((n, n), np.inf)
        whole[1:] = best[:-1, None] + within[1:]
        cut[number] = whole.argmin(axis=0)
        best = whole.min(axis=0)
    ends, last = [], n - 1
    for number in range(count - 1, 0, -1):
        last = int(cut[number, last]) - 1
        ends.append(known[last])
    return np.array(ends[::-1])
