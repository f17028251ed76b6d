"""Rasters of heights, in whatever CRS, to the grid of the scene."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.model.geoframe import GeoFrame, parse_crs, transformer
from twin.model.ground import GridGround
from twin.model.table import Raster
from twin.shapes.parts import Float64

EDGE_POINTS = 21
Window = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False, kw_only=True)
class Relief:
    """A ground without gaps, and where its source had heights (``valid``, same shape as the grid)."""

    ground: GridGround
    valid: NDArray[np.bool_]


def relief(
    raster: Raster, frame: GeoFrame, *, max_nodes: int, window: Window | None = None
) -> Relief:
    """Sample a raster of heights on a grid of the scene.

    Cells are averaged when the grid is coarser than the raster, interpolated otherwise. Missing heights are
    filled from the nearest ones; gaps that reach the edge of the raster stay marked as not valid.

    Parameters
    ----------
    raster : Raster
        Heights in metres; any CRS that PROJ can transform.
    frame : GeoFrame
    max_nodes : int
        At most this many grid nodes.
    window : x_min, y_min, x_max, y_max, optional
        Part of the scene wanted, in scene metres.

    Raises
    ------
    ValueError
        The raster has no height at all, is a picture, or does not reach into the window.
    CrsError
        Its CRS cannot be transformed into that of the scene.
    """
    if raster.values.ndim != 2:
        raise ValueError("a picture, not heights")
    heights = raster.values.astype(np.float32)
    present = np.isfinite(heights)
    if not present.any():
        raise ValueError("no height in the raster")
    extent = _clipped(_extent_in_scene(raster, frame), window)
    cell, shape = _grid(raster, extent, max_nodes)
    x: Float64 = extent[0] + np.arange(shape[1], dtype=np.float64) * cell[0]
    y: Float64 = extent[3] - np.arange(shape[0], dtype=np.float64) * cell[1]
    row, column = _raster_position(raster, frame, x, y)
    block = _averaging(row, column, shape)
    filled, outside = _filled(heights, present)
    values, outside = _averaged(filled, block), _averaged(outside.astype(np.float32), block) > 0
    row, column = (row + 0.5) / block - 0.5, (column + 0.5) / block - 0.5
    z, valid = _sampled(values, outside, row, column)
    return Relief(
        ground=GridGround(
            z_in_scene=(z - frame.origin[2]).reshape(shape).astype(np.float32),
            x_first=float(x[0]),
            y_first=float(y[0]),
            cell_m=cell[0],
            cell_y_m=cell[1],
        ),
        valid=valid.reshape(shape),
    )


def same_crs(a: str, b: str) -> bool:
    """Whether two CRS have the same horizontal axes; an unknown one counts as the same."""
    if not a or not b or a == b:
        return True
    return bool(parse_crs(a).to_2d().equals(parse_crs(b).to_2d(), ignore_axis_order=True))


def raster_from_scene(raster: Raster, frame: GeoFrame, xy_in_scene: Float64) -> Float64:
    """Return (n, 2) fractions of a raster's width and height, from its lower left corner, of scene points."""
    x, y = _to_raster_crs(raster, frame, xy_in_scene[:, 0], xy_in_scene[:, 1])
    x_min, y_min, x_max, y_max = raster.extent
    return np.column_stack([(x - x_min) / (x_max - x_min), (y - y_min) / (y_max - y_min)])


def _to_raster_crs(
    raster: Raster, frame: GeoFrame, x: Float64, y: Float64
) -> tuple[Float64, Float64]:
    x, y = x + frame.origin[0], y + frame.origin[1]
    if same_crs(raster.crs, frame.crs):
        return x, y
    east, north = transformer(frame.crs, raster.crs).transform(x, y)
    return np.asarray(east), np.asarray(north)


def _extent_in_scene(raster: Raster, frame: GeoFrame) -> Window:
    """Extent of the centres of the outer cells."""
    x_min, y_min, x_max, y_max = raster.extent
    x = np.linspace(x_min + raster.dx / 2, x_max - raster.dx / 2, EDGE_POINTS)
    y = np.linspace(y_min + raster.dy / 2, y_max - raster.dy / 2, EDGE_POINTS)
    if same_crs(raster.crs, frame.crs):
        east, north = x, y
    else:
        grid_x, grid_y = np.meshgrid(x, y)
        east, north = transformer(raster.crs, frame.crs).transform(grid_x.ravel(), grid_y.ravel())
        good = np.isfinite(east) & np.isfinite(north)
        if not good.any():
            raise ValueError("the raster lies outside the reach of the project's CRS")
        east, north = east[good], north[good]
    ox, oy, _ = frame.origin
    return (east.min() - ox, north.min() - oy, east.max() - ox, north.max() - oy)


def _clipped(extent: Window, window: Window | None) -> Window:
    if window is None:
        return extent
    x_min, y_min = max(extent[0], window[0]), max(extent[1], window[1])
    x_max, y_max = min(extent[2], window[2]), min(extent[3], window[3])
    if x_min >= x_max or y_min >= y_max:
        raise ValueError("the raster does not reach the project")
    return (x_min, y_min, x_max, y_max)


def _grid(
    raster: Raster, extent: Window, max_nodes: int
) -> tuple[tuple[float, float], tuple[int, int]]:
    """Cell size and (rows, columns): about the raster's own resolution, within the budget."""
    width, height = extent[2] - extent[0], extent[3] - extent[1]
    _, y_min, _, y_max = raster.extent
    degrees = parse_crs(raster.crs).is_geographic if raster.crs else False
    metres = (
        111_320.0 if degrees else 1.0
    )  # length of a degree of latitude, near enough for a cell size
    own = min(
        raster.dx * metres * (np.cos(np.radians((y_min + y_max) / 2)) if degrees else 1.0),
        raster.dy * metres,
    )
    step = max(float(own), float(np.sqrt(max(width * height, 1e-9) / max(max_nodes, 4))))
    columns, rows = max(round(width / step), 1) + 1, max(round(height / step), 1) + 1
    cell = (max(width / (columns - 1), 1e-6), max(height / (rows - 1), 1e-6))
    return cell, (rows, columns)


def _raster_position(
    raster: Raster, frame: GeoFrame, x: Float64, y: Float64
) -> tuple[Float64, Float64]:
    """Fractional row and column, 0 at the centre of the first cell, of every node."""
    grid_x, grid_y = np.meshgrid(x, y)
    east, north = _to_raster_crs(raster, frame, grid_x.ravel(), grid_y.ravel())
    return (raster.y_max - north) / raster.dy - 0.5, (east - raster.x_min) / raster.dx - 0.5


def _averaging(row: Float64, column: Float64, shape: tuple[int, int]) -> int:
    """How many cells of the raster lie between two nodes: the block to average over, at least 1."""
    rows, columns = row.reshape(shape), column.reshape(shape)
    down = np.nanmean(np.abs(np.diff(rows, axis=0))) if shape[0] > 1 else 1.0
    right = np.nanmean(np.abs(np.diff(columns, axis=1))) if shape[1] > 1 else 1.0
    return max(1, int(min(down, right)))


def _filled(
    heights: NDArray[np.float32], present: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Heights with every gap filled from the nearest cell, and the gaps that touch the edge."""
    if present.all():
        return heights, ~present
    from scipy import ndimage

    nearest = ndimage.distance_transform_edt(~present, return_distances=False, return_indices=True)
    filled = heights[tuple(nearest)]
    label, _ = ndimage.label(~present)
    edge = np.unique(np.concatenate([label[0], label[-1], label[:, 0], label[:, -1]]))
    return filled, np.isin(label, edge[edge > 0])


def _averaged(values: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    if block == 1:
        return values
    rows, columns = values.shape
    sums = np.add.reduceat(
        np.add.reduceat(values, np.arange(0, rows, block), axis=0),
        np.arange(0, columns, block),
        axis=1,
    )
    down = np.diff(np.append(np.arange(0, rows, block), rows))
    right = np.diff(np.append(np.arange(0, columns, block), columns))
    return np.asarray(sums / (down[:, None] * right), np.float32)


def _sampled(
    values: NDArray[np.float32], outside: NDArray[np.bool_], row: Float64, column: Float64
) -> tuple[Float64, NDArray[np.bool_]]:
    rows, columns = values.shape
    near = (row > -1) & (row < rows) & (column > -1) & (column < columns)
    row, column = np.nan_to_num(row), np.nan_to_num(column)
    row, column = np.clip(row, 0, rows - 1), np.clip(column, 0, columns - 1)
    valid = near & ~outside[np.rint(row).astype(int), np.rint(column).astype(int)]
    return _bilinear(values, row, column), valid


def _bilinear(values: NDArray[np.float32], row: Float64, column: Float64) -> Float64:
    # Not scipy.ndimage: importing it takes longer than the whole relief of a town.
    rows, columns = values.shape
    i, j = (
        np.minimum(row.astype(np.intp), rows - 2),
        np.minimum(column.astype(np.intp), columns - 2),
    )
    i, j = np.maximum(i, 0), np.maximum(j, 0)
    below, right = np.minimum(i + 1, rows - 1), np.minimum(j + 1, columns - 1)
    down, east = row - i, column - j
    north = values[i, j] * (1 - east) + values[i, right] * east
    south = values[below, j] * (1 - east) + values[below, right] * east
    return np.asarray(north * (1 - down) + south * down, np.float64)
