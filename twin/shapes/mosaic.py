"""Several sheets of a map or of heights, joined to one raster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.model.table import Raster
from twin.shapes.parts import Float64

ALIGNED = 1e-3
"""Cells whose corners lie on those of the whole to this part of a cell are copied, not interpolated."""


def mosaic(rasters: Sequence[Raster], *, max_cells: int = 16_000_000) -> Raster:
    """Join rasters of one CRS and one kind: heights with heights, pictures with pictures.

    Where several have a value the finest counts, and of equally fine ones the first. What none covers is NaN, or
    transparent in a picture.

    Parameters
    ----------
    rasters : sequence of Raster
        At least one.
    max_cells : int
        Of the whole; its cells are made larger where the finest would be more.

    Raises
    ------
    ValueError
        None is given, or pictures are mixed with heights.
    """
    if not rasters:
        raise ValueError("no raster")
    if len(rasters) == 1:
        return rasters[0]
    if len({raster.values.ndim for raster in rasters}) > 1:
        raise ValueError("pictures and heights")
    ordered = sorted(rasters, key=lambda raster: raster.dx * raster.dy)
    whole = _empty(ordered, max_cells)
    for raster in ordered:
        _lay(raster, whole)
    return whole


def _empty(ordered: Sequence[Raster], max_cells: int) -> Raster:
    """Return a raster around all, on the cells of the finest."""
    first = ordered[0]
    extents = np.array([raster.extent for raster in ordered])
    x_min, y_min = extents[:, :2].min(axis=0)
    x_max, y_max = extents[:, 2:].max(axis=0)
    coarser = max(
        1.0, np.sqrt((x_max - x_min) * (y_max - y_min) / (first.dx * first.dy * max_cells))
    )
    dx, dy = first.dx * coarser, first.dy * coarser
    # On the grid of the finest one, so that its values stay what they are.
    left = first.x_min - np.ceil((first.x_min - x_min) / dx - ALIGNED) * dx
    top = first.y_max + np.ceil((y_max - first.y_max) / dy - ALIGNED) * dy
    shape = (
        max(1, int(np.ceil((top - y_min) / dy - ALIGNED))),
        max(1, int(np.ceil((x_max - left) / dx - ALIGNED))),
    )
    values: NDArray[Any] = (
        np.full(shape, np.nan, np.float32)
        if first.values.ndim == 2
        else np.zeros((*shape, 4), np.uint8)
    )
    return replace(first, values=values, x_min=float(left), y_max=float(top), dx=dx, dy=dy)


def _lay(raster: Raster, whole: Raster) -> None:
    """Put the values of a raster where the whole has none yet."""
    rows, columns = whole.values.shape[:2]
    x_min, y_min, x_max, y_max = raster.extent
    first_row = max(0, int(np.floor((whole.y_max - y_max) / whole.dy)))
    last_row = min(rows, int(np.ceil((whole.y_max - y_min) / whole.dy)) + 1)
    first_column = max(0, int(np.floor((x_min - whole.x_min) / whole.dx)))
    last_column = min(columns, int(np.ceil((x_max - whole.x_min) / whole.dx)) + 1)
    y = whole.y_max - (np.arange(first_row, last_row) + 0.5) * whole.dy
    x = whole.x_min + (np.arange(first_column, last_column) + 0.5) * whole.dx
    v, u = (raster.y_max - y) / raster.dy - 0.5, (x - raster.x_min) / raster.dx - 0.5
    inside_v = (v >= -0.5 - ALIGNED) & (v <= raster.values.shape[0] - 0.5 + ALIGNED)
    inside_u = (u >= -0.5 - ALIGNED) & (u <= raster.values.shape[1] - 0.5 + ALIGNED)
    if not inside_v.any() or not inside_u.any():
        return
    there = np.ix_(
        np.arange(first_row, last_row)[inside_v], np.arange(first_column, last_column)[inside_u]
    )
    new = _values_at(raster.values, v[inside_v], u[inside_u])
    known = whole.values[there]
    empty = ~np.isfinite(known) if known.ndim == 2 else (known[..., 3] == 0)[..., None]
    whole.values[there] = np.where(empty, new, known)


def _values_at(values: NDArray[Any], v: Float64, u: Float64) -> NDArray[Any]:
    """Return the values at fractional rows and columns: copied where they fall on cells, else interpolated."""
    nearest_v = np.clip(np.rint(v).astype(np.intp), 0, values.shape[0] - 1)
    nearest_u = np.clip(np.rint(u).astype(np.intp), 0, values.shape[1] - 1)
    copied = values[np.ix_(nearest_v, nearest_u)]
    if values.ndim == 3:
        if values.shape[2] == 4:
            return copied
        opaque = np.full((*copied.shape[:2], 1), 255, np.uint8)
        return np.concatenate([copied[..., :3], opaque], axis=2)
    on_cells = np.abs(v - np.rint(v)).max() < ALIGNED and np.abs(u - np.rint(u)).max() < ALIGNED
    if on_cells:
        return copied
    smooth = _bilinear(values, v, u)
    # Beside a gap, interpolation would eat the known cell.
    return np.where(np.isnan(smooth), copied, smooth).astype(np.float32)


def _bilinear(values: NDArray[Any], v: Float64, u: Float64) -> Float64:
    rows, columns = values.shape
    i = np.clip(np.floor(v).astype(np.intp), 0, max(rows - 2, 0))
    j = np.clip(np.floor(u).astype(np.intp), 0, max(columns - 2, 0))
    fv, fu = np.clip(v - i, 0, 1)[:, None], np.clip(u - j, 0, 1)[None, :]
    i1, j1 = np.minimum(i + 1, rows - 1), np.minimum(j + 1, columns - 1)
    top = values[np.ix_(i, j)] * (1 - fu) + values[np.ix_(i, j1)] * fu
    low = values[np.ix_(i1, j)] * (1 - fu) + values[np.ix_(i1, j1)] * fu
    return np.asarray(top * (1 - fv) + low * fv)
