"""Pictures and heights of maps that come in tiles: WMS 1.3.0, WMTS, XYZ, Terrarium; written as one GeoTIFF.

Sources: OGC 06-042 (WMS 1.3.0), 07-057r7 (WMTS), the Terrarium formula of Tilezen
(height = red * 256 + green + blue / 256 - 32768, metres).
"""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.problems import Problem
from twin.services.asked import Asked, Fetched
from twin.services.client import Answer, ServiceError, said_in, shown

TILE_PX = 1024
MOST_PX = 16_384
LOWEST_M = -1000.0
"""Services mark cells without height by -9999 and -99999; nothing on land lies as low."""
WEB = "EPSG:3857"
HALF_M = math.pi * 6_378_137.0
MOST_TILES = 4096


@dataclass(frozen=True)
class Grid:
    """The cells wanted: outer corner, size of a cell in the units of the CRS, rows and columns."""

    x_min: float
    y_max: float
    cell_m: float
    rows: int
    columns: int
    cell_down: float = 0.0
    """Height of a cell where it is not as high as wide."""


def coverage(asked: Asked) -> Fetched:
    """Write heights of a WMS that answers with floats (GeoTIFF or BIL) as a GeoTIFF in the project's CRS."""
    grid = _grid(asked)
    values = np.full((grid.rows, grid.columns), np.nan, np.float32)
    at, reached = datetime.fromtimestamp(0, UTC), False
    for rows, columns, answer in _map_tiles(asked, grid):
        at = max(at, answer.at)
        part = _floats(asked, answer, (rows.stop - rows.start, columns.stop - columns.start))
        part[part < LOWEST_M] = np.nan
        values[rows, columns] = part
        reached = reached or bool(np.isfinite(part).any())
    if not reached:
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    path = write(asked.path(".tif"), values[None], grid, asked.area.crs)
    return Fetched(path=path, count=values.size, address=shown(asked.url), at=at)


def picture(asked: Asked) -> Fetched:
    """Write a picture of a WMS as a GeoTIFF in the project's CRS."""
    grid = _grid(asked)
    values = np.zeros((3, grid.rows, grid.columns), np.uint8)
    at = datetime.fromtimestamp(0, UTC)
    for rows, columns, answer in _map_tiles(asked, grid):
        at = max(at, answer.at)
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        values[:, rows, columns] = rgb(asked, answer, shape)
    path = write(asked.path(".tif"), values, grid, asked.area.crs)
    return Fetched(path=path, count=grid.rows * grid.columns, address=shown(asked.url), at=at)


def xyz(asked: Asked) -> Fetched:
    """Write the tiles of a map in Web Mercator (XYZ, TMS, WMTS with {z} {x} {y}) as one GeoTIFF."""
    values, grid, at = _mosaic(asked)
    path = write(asked.path(".tif"), values, grid, WEB)
    return Fetched(path=path, count=grid.rows * grid.columns, address=shown(asked.url), at=at)


def terrarium(asked: Asked) -> Fetched:
    """Write heights that Terrarium tiles hold in their colours as a GeoTIFF."""
    values, grid, at = _mosaic(asked)
    red, green, blue = values.astype(np.float32)
    height_m = red * 256.0 + green + blue / 256.0 - 32768.0
    path = write(asked.path(".tif"), height_m[None], grid, WEB)
    return Fetched(path=path, count=height_m.size, address=shown(asked.url), at=at)


def _grid(asked: Asked) -> Grid:
    """Cells of the resolution asked for, coarser where the whole would be too large."""
    x0, y0, x1, y1 = asked.area.bounds
    cell = max(float(asked.option("cell_m", 1.0)), (x1 - x0) / MOST_PX, (y1 - y0) / MOST_PX)
    # On multiples of the cell, so that another fetch of the same place fits this one.
    x0, y1 = math.floor(x0 / cell) * cell, math.ceil(y1 / cell) * cell
    return Grid(x0, y1, cell, math.ceil((y1 - y0) / cell), math.ceil((x1 - x0) / cell))


def _map_tiles(asked: Asked, grid: Grid) -> Iterator[tuple[slice, slice, Answer]]:
    done, total = 0, math.ceil(grid.rows / TILE_PX) * math.ceil(grid.columns / TILE_PX)
    for row in range(0, grid.rows, TILE_PX):
        for column in range(0, grid.columns, TILE_PX):
            rows = slice(row, min(row + TILE_PX, grid.rows))
            columns = slice(column, min(column + TILE_PX, grid.columns))
            yield rows, columns, asked.http.get(asked.url, _map_params(asked, grid, rows, columns))
            done += 1
            asked.progress.progress(done, total, "tiles")


def _map_params(asked: Asked, grid: Grid, rows: slice, columns: slice) -> dict[str, object]:
    x0, x1 = (grid.x_min + c * grid.cell_m for c in (columns.start, columns.stop))
    y1, y0 = (grid.y_max - r * grid.cell_m for r in (rows.start, rows.stop))
    return {
        "SERVICE": "WMS",
        "VERSION": "1.3.0",
        "REQUEST": "GetMap",
        "LAYERS": asked.option("layer", ""),
        "STYLES": asked.option("style", ""),
        "CRS": asked.area.crs,
        "BBOX": f"{x0:.3f},{y0:.3f},{x1:.3f},{y1:.3f}",
        "WIDTH": columns.stop - columns.start,
        "HEIGHT": rows.stop - rows.start,
        "FORMAT": asked.option("format", "image/geotiff"),
        **dict(asked.option("params", {})),
    }


def _floats(asked: Asked, answer: Answer, shape: tuple[int, int]) -> NDArray[np.float32]:
    body = checked(asked, answer)
    if "bil" in answer.content_type or "bil" in str(asked.option("format", "")):
        if len(body) != shape[0] * shape[1] * 4:
            raise ServiceError("service.bad_picture", answer.url, reason=f"{len(body)} bytes")
        # Little-endian 32-bit floats, row after row from the north.
        return np.frombuffer(body, "<f4").reshape(shape).astype(np.float32)
    read = decoded(answer, body)[0].astype(np.float32)
    if read.shape != shape:
        raise ServiceError("service.bad_picture", answer.url, reason=f"{read.shape} cells")
    return np.asarray(read)


def rgb(asked: Asked, answer: Answer, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the (3, rows, columns) of a picture. Raises ServiceError where it is none, or of another size."""
    read = decoded(answer, checked(asked, answer))
    bands = read[:3] if len(read) >= 3 else np.repeat(read[:1], 3, axis=0)
    if bands.shape[1:] != shape or bands.dtype != np.uint8:
        reason = f"{bands.shape} {bands.dtype}"
        raise ServiceError("service.bad_picture", answer.url, reason=reason)
    return np.asarray(bands)


def checked(asked: Asked, answer: Answer) -> bytes:
    """Services say what is wrong as XML with status 200: it is not a picture."""
    body = answer.body(64_000_000)
    if "xml" in answer.content_type or body[:200].lstrip().startswith((b"<?xml", b"<Service")):
        asked.http.forget(answer)
        raise ServiceError("service.exception", answer.url, said=said_in(body))
    return body


def decoded(answer: Answer, body: bytes) -> NDArray[Any]:
    """Return the bands of a picture. Raises ServiceError where it is none."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with (
            warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning),
            rasterio.MemoryFile(body) as memory,
            memory.open() as source,
        ):
            if source.width > MOST_PX or source.height > MOST_PX:
                raise ServiceError("service.bad_picture", answer.url, reason="too large")
            read: NDArray[Any] = source.read()
            return _coloured(source, read)
    except (RasterioError, ValueError, MemoryError) as error:
        raise ServiceError("service.bad_picture", answer.url, reason=str(error)[:160]) from error


def _coloured(source: Any, read: NDArray[Any]) -> NDArray[Any]:
    """Return the colours that the numbers of a palette stand for: servers save bytes with it."""
    from rasterio.enums import ColorInterp

    if source.colorinterp[0] is not ColorInterp.palette:
        return read
    table = np.zeros((256, 3), np.uint8)
    for number, rgba in source.colormap(1).items():
        table[number & 255] = rgba[:3]
    return np.moveaxis(table[read[0].astype(np.uint8)], 2, 0)


def _mosaic(asked: Asked) -> tuple[NDArray[np.uint8], Grid, datetime]:
    west, south, east, north = asked.area.lonlat_bounds
    zoom = int(asked.option("zoom", 14))
    while True:
        x0, y0 = _tile_of(west, north, zoom)
        x1, y1 = _tile_of(east, south, zoom)
        if (x1 - x0 + 1) * (y1 - y0 + 1) <= min(int(asked.option("tiles", 400)), MOST_TILES):
            break
        zoom -= 1
    size, at, missing = 256, datetime.fromtimestamp(0, UTC), 0
    values = np.zeros((3, (y1 - y0 + 1) * size, (x1 - x0 + 1) * size), np.uint8)
    for y in range(y0, y1 + 1):
        for x in range(x0, x1 + 1):
            try:
                answer, part = _tile(asked, x, y, zoom)
            except ServiceError:
                missing += 1
                continue
            at = max(at, answer.at)
            rows = slice((y - y0) * size, (y - y0 + 1) * size)
            values[:, rows, (x - x0) * size : (x - x0 + 1) * size] = part
    total = (y1 - y0 + 1) * (x1 - x0 + 1)
    if missing == total:
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    if missing:
        told = {"count": missing, "total": total}
        asked.progress.report(Problem("service.tiles_missing", asked.dataset.id, told))
    cell = 2 * HALF_M / (2**zoom * size)
    grid = Grid(x0 * size * cell - HALF_M, HALF_M - y0 * size * cell, cell, *values.shape[1:])
    return values, grid, at


def _tile(asked: Asked, x: int, y: int, zoom: int) -> tuple[Answer, NDArray[np.uint8]]:
    row = 2**zoom - 1 - y if asked.option("tms", False) else y
    url = asked.url.replace("{z}", str(zoom)).replace("{x}", str(x)).replace("{y}", str(row))
    answer = asked.http.get(url)
    return answer, rgb(asked, answer, (256, 256))


def _tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of a tile of the Web Mercator pyramid (OGC 17-083r4, WebMercatorQuad)."""
    n = 2**zoom
    lat = min(max(lat, -85.0511), 85.0511)
    x = (lon + 180.0) / 360.0 * n
    y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0 * n
    return min(max(int(x), 0), n - 1), min(max(int(y), 0), n - 1)


def write(path: Path, values: NDArray[Any], grid: Grid, crs: str) -> Path:
    """Write bands as a GeoTIFF that is whole or not there."""
    import rasterio
    from affine import Affine

    path.parent.mkdir(parents=True, exist_ok=True)
    memory = io.BytesIO()
    with rasterio.open(
        memory,
        "w",
        driver="GTiff",
        height=grid.rows,
        width=grid.columns,
        count=len(values),
        dtype=values.dtype,
        crs=crs,
        transform=Affine(
            grid.cell_m, 0.0, grid.x_min, 0.0, -(grid.cell_down or grid.cell_m), grid.y_max
        ),
        compress="deflate",
        tiled=True,
        nodata=np.nan if values.dtype == np.float32 else None,
    ) as target:
        target.write(values)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(memory.getvalue())
    return part.replace(path)
