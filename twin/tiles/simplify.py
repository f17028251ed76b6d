"""Coarser forms of what is no solid: vertices of a cell become one, what collapses goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from twin.tiles.geometry import Shape


def clustered(shape: Shape, cell_m: float) -> Shape:
    """Return a shape whose vertices lie at least about a cell apart (vertex clustering, Rossignac and Borrel 1993).

    Parameters
    ----------
    cell_m : float
        Side of the cells of a grid that is the same for all tiles.
    """
    cell = np.floor(shape.xyz / cell_m).astype(np.int64)
    key = (cell[:, 0] & 0x1FFFFF) << 42 | (cell[:, 1] & 0x1FFFFF) << 21 | (cell[:, 2] & 0x1FFFFF)
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    size = len(first)
    count = np.bincount(of, minlength=size)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        columns = [
            np.bincount(of, weights=values[:, k], minlength=size) for k in range(values.shape[1])
        ]
        return np.asarray(np.column_stack(columns) / count[:, None])

    corners = of[shape.corners]
    whole = np.ones(len(corners), bool)
    for i in range(corners.shape[1]):
        for j in range(i):
            whole &= corners[:, i] != corners[:, j]
    corners = corners[whole]
    corners = corners[_first_of_each(corners)]
    normals = None
    if shape.normals is not None:
        total = mean(shape.normals.astype(np.float64))
        length = np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)
        normals = np.where(length > 1e-6, total / length, [0.0, 0.0, 1.0]).astype(np.float32)
    made = replace(
        shape,
        xyz=mean(shape.xyz),
        corners=corners.astype(np.int32),
        row=shape.row[first],
        rgba=np.round(mean(shape.rgba.astype(np.float64))).astype(np.uint8),
        normals=normals,
        uv=None if shape.uv is None else mean(shape.uv.astype(np.float64)).astype(np.float32),
        closed=False,
    )
    return made.take(np.arange(len(made.corners)))


def _first_of_each(corners: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the index of one of each set of equal pieces, in order."""
    if not len(corners):
        return np.zeros(0, np.intp)
    ordered = np.sort(corners, axis=1)
    _, first = np.unique(ordered, axis=0, return_index=True)
    return np.sort(first)


def skirted(shape: Shape, depth_m: float) -> Shape:
    """Return a surface with its outline pulled down, so that no gap shows beside a tile of another level."""
    start, end = shape.corners.ravel(), np.roll(shape.corners, -1, axis=1).ravel()
    size = len(shape.xyz)
    key = np.minimum(start, end).astype(np.int64) * size + np.maximum(start, end)
    _, index, count = np.unique(key, return_index=True, return_counts=True)
    edge = np.sort(index[count == 1])
    if not len(edge):
        return shape
    a, b = start[edge], end[edge]
    rim, inverse = np.unique(np.concatenate([a, b]), return_inverse=True)
    low = size + inverse
    low_a, low_b = low[: len(a)], low[len(a) :]
    walls = np.concatenate([np.column_stack([a, low_a, low_b]), np.column_stack([a, low_b, b])])
    lowered = shape.xyz[rim] - (0.0, 0.0, depth_m)
    return replace(
        shape,
        xyz=np.concatenate([shape.xyz, lowered]),
        corners=np.concatenate([shape.corners, walls]).astype(np.int32),
        row=np.concatenate([shape.row, shape.row[rim]]),
        rgba=np.concatenate([shape.rgba, shape.rgba[rim]]),
        normals=None
        if shape.normals is None
        else np.concatenate([shape.normals, shape.normals[rim]]),
        uv=None if shape.uv is None else np.concatenate([shape.uv, shape.uv[rim]]),
    )
