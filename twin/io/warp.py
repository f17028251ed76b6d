"""Rasters brought to another CRS, with the one transformer of the project and no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import CrsError, ReadError
from twin.io import limits
from twin.io.crs import LONLAT, Placed
from twin.io.vertical import (
    Heights,
    SplitCrs,
    ellipsoidal_problem,
    geoid_undulation_m,
    to_metres_up,
)
from twin.model.geoframe import transformer
from twin.model.table import Raster
from twin.progress import Progress

_NODES = 65
"""Exact positions along each side; bilinear between them: 4 cm off at 100 km."""
_STRIP_CELLS = 500_000

Affine = tuple[float, float, float, float, float, float]


def warp(raster: Raster, placed: Placed, target: str, *, where: str, progress: Progress) -> Raster:
    """Return a raster in the CRS ``target`` (empty: its own), heights orthometric in metres."""
    if not placed.text:
        return raster
    vertical = placed.split()
    if vertical.geocentric:
        raise ReadError("io.crs_no_way", where, source=placed.text, target=target or "–")
    raster = _heights(raster, vertical, where=where, progress=progress)
    if not target or target == vertical.horizontal:
        return replace(raster, crs=target or vertical.horizontal)
    try:
        forward = transformer(vertical.horizontal, target)
        back = transformer(target, vertical.horizontal)
    except CrsError as error:
        raise ReadError(
            "io.crs_no_way", where, source=placed.text[:60], target=target[:60]
        ) from error
    return _resampled(raster, forward, back, target=target, where=where, progress=progress)


def _heights(raster: Raster, vertical: SplitCrs, *, where: str, progress: Progress) -> Raster:
    if raster.values.ndim != 2 or not vertical.changes_z:
        return raster
    values = to_metres_up(raster.values.astype(np.float64), vertical)
    if vertical.heights is Heights.ELLIPSOID:
        x_min, y_min, x_max, y_max = raster.extent
        x, y = np.meshgrid(np.linspace(x_min, x_max, 9), np.linspace(y_max, y_min, 9))
        lon, lat = transformer(vertical.horizontal, LONLAT).transform(x.ravel(), y.ravel())
        found = geoid_undulation_m(np.asarray(lon), np.asarray(lat))
        progress.report(ellipsoidal_problem(where, found[1] if found else ""))
        if found is not None:
            values = values - _enlarged(found[0].reshape(9, 9), values.shape)
    return replace(raster, values=values.astype(np.float32))


def _enlarged(nodes: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return nodes interpolated to (rows, columns) cell centres between the first and last node."""
    last = len(nodes) - 1
    v = (np.arange(shape[0]) + 0.5) / shape[0] * last
    u = (np.arange(shape[1]) + 0.5) / shape[1] * last
    return _bilinear(nodes, v[:, None] + 0 * u, u[None, :] + 0 * v[:, None])


def _resampled(
    raster: Raster, forward: Any, back: Any, *, target: str, where: str, progress: Progress
) -> Raster:
    x_min, y_min, x_max, y_max = raster.extent
    edge_x, edge_y = _outline(x_min, y_min, x_max, y_max)
    x, y = forward.transform(edge_x, edge_y)
    x, y = np.asarray(x), np.asarray(y)
    finite = np.isfinite(x) & np.isfinite(y)
    if finite.sum() < len(x) / 2:
        raise ReadError("io.crs_unreachable", where, target=target[:60])
    left, right = float(x[finite].min()), float(x[finite].max())
    low, high = float(y[finite].min()), float(y[finite].max())
    rows, columns = _size(raster, right - left, high - low)
    dx, dy = (right - left) / columns, (high - low) / rows
    values = np.zeros((rows, columns, *raster.values.shape[2:]), raster.values.dtype)
    u, v = _cell_positions(raster, back, (left, low, right, high))
    strip = max(1, _STRIP_CELLS // columns)
    fill = np.nan if raster.values.ndim == 2 else 0
    for first in range(0, rows, strip):
        progress.check_cancelled()
        progress.progress(first, rows, "rows")
        mine = np.arange(first, min(first + strip, rows))
        at_v, at_u = np.meshgrid(
            (mine + 0.5) / rows, (np.arange(columns) + 0.5) / columns, indexing="ij"
        )
        nodes = _NODES - 1
        values[mine] = _sampled(
            raster.values,
            _bilinear(v, at_v * nodes, at_u * nodes),
            _bilinear(u, at_v * nodes, at_u * nodes),
            fill=fill,
        )
    if values.ndim == 3:
        values = _with_alpha(values, raster, u, v)
    return replace(raster, values=values, x_min=left, y_max=high, dx=dx, dy=dy, crs=target)


def _outline(
    x_min: float, y_min: float, x_max: float, y_max: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    along = np.linspace(0.0, 1.0, 22)
    x, y = np.meshgrid(x_min + along * (x_max - x_min), y_min + along * (y_max - y_min))
    return x.ravel(), y.ravel()


def _size(raster: Raster, width: float, height: float) -> tuple[int, int]:
    """Return rows and columns with cells about as many as before, square in the target."""
    rows, columns = raster.values.shape[:2]
    cells = min(rows * columns, limits.RASTER_CELLS)
    side = (width * height / max(cells, 1)) ** 0.5
    return max(1, round(height / side)), max(1, round(width / side))


def _cell_positions(
    raster: Raster, back: Any, extent: tuple[float, float, float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return column and row in the source, exact at (n, n) nodes over the target extent."""
    left, low, right, high = extent
    x, y = np.meshgrid(np.linspace(left, right, _NODES), np.linspace(high, low, _NODES))
    source_x, source_y = back.transform(x.ravel(), y.ravel())
    u = (np.asarray(source_x).reshape(x.shape) - raster.x_min) / raster.dx - 0.5
    v = (raster.y_max - np.asarray(source_y).reshape(x.shape)) / raster.dy - 0.5
    return np.where(np.isfinite(u), u, -1e9), np.where(np.isfinite(v), v, -1e9)


def _bilinear(
    grid: NDArray[np.float64], v: NDArray[np.float64], u: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the (bilinear) values of a grid at row v, column u, clamped to its edge."""
    rows, columns = grid.shape
    i = np.clip(np.floor(v).astype(np.intp), 0, max(rows - 2, 0))
    j = np.clip(np.floor(u).astype(np.intp), 0, max(columns - 2, 0))
    fv, fu = np.clip(v - i, 0, 1), np.clip(u - j, 0, 1)
    i1, j1 = np.minimum(i + 1, rows - 1), np.minimum(j + 1, columns - 1)
    top = grid[i, j] * (1 - fu) + grid[i, j1] * fu
    return np.asarray(top * (1 - fv) + (grid[i1, j] * (1 - fu) + grid[i1, j1] * fu) * fv)


def _sampled(
    values: NDArray[Any], v: NDArray[np.float64], u: NDArray[np.float64], *, fill: float
) -> NDArray[Any]:
    rows, columns = values.shape[:2]
    inside = (
        (v > -0.5 - 1e-6) & (v < rows - 0.5 + 1e-6) & (u > -0.5 - 1e-6) & (u < columns - 0.5 + 1e-6)
    )
    if values.ndim == 3:
        channels = [_bilinear(values[..., k], v, u) for k in range(values.shape[2])]
        picture = np.stack(channels, axis=-1) + 0.5
        picture[~inside] = fill
        return np.asarray(picture.astype(values.dtype))
    smooth = _bilinear(values, v, u)
    # Beside a gap, bilinear would eat the known cell: take it as it is.
    nearest = values[
        np.clip(np.rint(v).astype(np.intp), 0, rows - 1),
        np.clip(np.rint(u).astype(np.intp), 0, columns - 1),
    ]
    smooth = np.where(np.isnan(smooth), nearest, smooth)
    return np.asarray(np.where(inside, smooth, fill).astype(values.dtype))


def _with_alpha(
    values: NDArray[Any], raster: Raster, u: NDArray[np.float64], v: NDArray[np.float64]
) -> NDArray[Any]:
    """A picture that got turned needs transparent corners."""
    if values.shape[2] == 4:
        return values
    rows, columns = values.shape[:2]
    nodes = _NODES - 1
    at_v, at_u = (
        (np.arange(rows) + 0.5) / rows * nodes,
        (np.arange(columns) + 0.5) / columns * nodes,
    )
    alpha = np.zeros((rows, columns, 1), np.uint8)
    height, width = raster.values.shape[:2]
    strip = max(1, _STRIP_CELLS // columns)
    for first in range(0, rows, strip):
        vv, uu = np.meshgrid(at_v[first : first + strip], at_u, indexing="ij")
        row, column = _bilinear(v, vv, uu), _bilinear(u, vv, uu)
        inside = (row > -0.5) & (row < height - 0.5) & (column > -0.5) & (column < width - 0.5)
        alpha[first : first + strip, :, 0] = np.where(inside, 255, 0)
    return np.concatenate([values, alpha], axis=2)


def straighten(values: NDArray[Any], matrix: Affine) -> Raster:
    """Return a turned raster north up.

    Parameters
    ----------
    values : (rows, columns, ...) array
    matrix : tuple of 6 float
        a, b, c, d, e, f: x = a·column + b·row + c, y = d·column + e·row + f.
    """
    a, b, c, d, e, f = matrix
    rows, columns = values.shape[:2]
    corner_x = [a * i + b * j + c for i in (0, columns) for j in (0, rows)]
    corner_y = [d * i + e * j + f for i in (0, columns) for j in (0, rows)]
    left, right, low, high = min(corner_x), max(corner_x), min(corner_y), max(corner_y)
    side = abs(a * e - b * d) ** 0.5 or 1.0
    wide = min(max(1, round((right - left) / side)), 2 * (rows + columns))
    tall = min(max(1, round((high - low) / side)), 2 * (rows + columns))
    dx, dy = (right - left) / wide, (high - low) / tall
    x, y = np.meshgrid(left + (np.arange(wide) + 0.5) * dx, high - (np.arange(tall) + 0.5) * dy)
    determinant = a * e - b * d or 1.0
    u = (e * (x - c) - b * (y - f)) / determinant - 0.5
    v = (a * (y - f) - d * (x - c)) / determinant - 0.5
    fill = np.nan if values.ndim == 2 else 0
    return Raster(
        values=_sampled(values, v, u, fill=fill), x_min=left, y_max=high, dx=dx, dy=dy, crs=""
    )
