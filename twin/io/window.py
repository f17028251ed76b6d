"""The part of a raster that is wanted: a town out of the heights of a country, which are never read whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.errors import CrsError, ReadError
from twin.io.loaded import Request
from twin.io.vertical import split
from twin.model.geoframe import transformer

EDGE_POINTS = 21
MARGIN_CELLS = 2
"""Around the part, so that interpolation at its edge has neighbours."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Cells of a raster: the first row and column, and how many."""

    first_row: int
    first_column: int
    rows: int
    columns: int


def part_of(source: Any, request: Request, crs: str) -> Part:
    """Return the cells of an open raster that a request wants: all, unless it has the option ``window``.

    Parameters
    ----------
    crs : str
        What the file says; the request may know better.

    Raises
    ------
    ReadError
        The raster does not reach into the window.
    """
    whole = Part(first_row=0, first_column=0, rows=source.height, columns=source.width)
    box = _window_in(request, request.crs or crs)
    transform = source.transform
    if box is None or transform.b or transform.d or transform.is_identity:
        return whole  # a turned raster, or one without a place, is small: the frame is laid on it later
    columns = sorted((box[i] - transform.c) / transform.a for i in (0, 2))
    rows = sorted((box[i] - transform.f) / transform.e for i in (1, 3))
    first_row, last_row = _cells(rows, source.height)
    first_column, last_column = _cells(columns, source.width)
    if first_row >= last_row or first_column >= last_column:
        raise ReadError("io.raster_elsewhere", request.where)
    return Part(
        first_row=first_row,
        first_column=first_column,
        rows=last_row - first_row,
        columns=last_column - first_column,
    )


def _cells(ends: Sequence[float], count: int) -> tuple[int, int]:
    low, high = math.floor(ends[0]) - MARGIN_CELLS, math.ceil(ends[1]) + MARGIN_CELLS
    return max(low, 0), min(high, count)


def _window_in(request: Request, crs: str) -> Box | None:
    """Return the wanted window in the CRS of the raster, None where there is none or no way to it."""
    window = request.options.get("window")
    if window is None or not crs:
        return None
    x_min, y_min, x_max, y_max = (float(value) for value in window)
    wanted = str(request.options.get("window_crs", ""))
    try:
        own = split(crs).horizontal
        if not wanted or wanted == own:
            return (x_min, y_min, x_max, y_max)
        x, y = np.meshgrid(
            np.linspace(x_min, x_max, EDGE_POINTS), np.linspace(y_min, y_max, EDGE_POINTS)
        )
        east, north = transformer(wanted, own).transform(x.ravel(), y.ravel())
    except CrsError:
        return None  # said when the raster is brought to the project
    good = np.isfinite(east) & np.isfinite(north)
    if not good.any():
        return None
    east, north = np.asarray(east)[good], np.asarray(north)[good]
    return (float(east.min()), float(north.min()), float(east.max()), float(north.max()))
