"""Cloud-optimised GeoTIFFs by range requests, alone or found by a STAC search: only the area is read.

Sources: STAC API 1.0 (item search: ``bbox``, ``collections``, links with ``rel=next``), OGC 21-026 (COG).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import numpy as np
import shapely

from twin.errors import CrsError
from twin.model.geoframe import transformer
from twin.model.table import Raster
from twin.services.asked import Asked, Fetched, features_of
from twin.services.client import ServiceError, shown
from twin.services.links import pages
from twin.services.ranges import RangeFile
from twin.services.tiles import Grid, write
from twin.shapes import mosaic

MOST_CELLS = 64_000_000
MOST_ITEMS = 400
DEGREE_M = 111_320.0
REMOTE = "remote.tif"
COG_TYPE = "image/tiff"


def cog(asked: Asked) -> Fetched:
    """Write the part of a remote GeoTIFF that lies in the area. Option: ``cell_m``, the detail that is enough.

    Raises
    ------
    ServiceError
        The server knows no ranges, the file is no GeoTIFF, or does not reach the area.
    """
    found = _part(asked, asked.url)
    if found is None:
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    return _written(asked, found)


def fetch(asked: Asked) -> Fetched:
    """Write the assets that a STAC search finds in the area, joined to one GeoTIFF.

    Options: ``collections``, ``asset`` (its name; else the first GeoTIFF), ``params``, ``cell_m``.

    Raises
    ------
    ServiceError
        The search answers with something else, or nothing it found reaches the area.
    """
    parts: list[Raster] = []
    for number, url in enumerate(_assets(asked)):
        asked.progress.check_cancelled()
        asked.progress.progress(number, None, "files")
        part = _part(asked, url)
        if part is not None and (not parts or _alike(part, parts[0])):
            parts.append(part)
    if not parts:
        raise ServiceError("service.empty", shown(asked.url), dataset=asked.dataset.id)
    return _written(asked, mosaic(parts, max_cells=MOST_CELLS))


def _alike(a: Raster, b: Raster) -> bool:
    return (a.crs, a.values.ndim) == (b.crs, b.values.ndim)


def _written(asked: Asked, raster: Raster) -> Fetched:
    values = raster.values[None] if raster.values.ndim == 2 else np.moveaxis(raster.values, 2, 0)
    rows, columns = raster.values.shape[:2]
    grid = Grid(raster.x_min, raster.y_max, raster.dx, rows, columns, raster.dy)
    path = write(asked.path(".tif"), np.ascontiguousarray(values), grid, raster.crs)
    return Fetched(path=path, count=rows * columns, address=shown(asked.url), at=datetime.now(UTC))


def _assets(asked: Asked) -> Iterator[str]:
    west, south, east, north = asked.area.lonlat_bounds
    params: dict[str, Any] = {"bbox": f"{west},{south},{east},{north}", "limit": 100}
    if asked.option("collections"):
        params["collections"] = ",".join(asked.option("collections"))
    count = 0
    for answer, data in pages(asked, {**params, **asked.option("params", {})}):
        for item in features_of(data, answer):
            url = _asset(item, asked.option("asset", ""))
            if url and count < MOST_ITEMS:
                count += 1
                yield urljoin(asked.url, url)


def _asset(item: Mapping[str, Any], wanted: str) -> str:
    assets = item.get("assets")
    named = assets if isinstance(assets, Mapping) else {}
    for name, asset in named.items():
        if isinstance(asset, Mapping) and (
            name == wanted or (not wanted and str(asset.get("type", "")).startswith(COG_TYPE))
        ):
            return str(asset.get("href", ""))
    return ""


def _part(asked: Asked, url: str) -> Raster | None:
    """Return the part of a remote GeoTIFF over the area, None where it does not reach there."""
    import rasterio
    from rasterio.errors import RasterioError

    def opened(name: str, mode: str = "rb", **_more: object) -> RangeFile:
        if (
            name not in (REMOTE, "test") or "r" not in mode
        ):  # GDAL looks for files beside it; rasterio tries "test" first
            raise FileNotFoundError(name)
        return RangeFile(url, asked.http)  # what was read before comes from disk

    try:
        with (
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
            # As an opener it is read where it is wanted; as a file object rasterio would read it whole.
            rasterio.open(REMOTE, driver="GTiff", opener=opened) as source,
        ):
            if not source.crs or source.transform.b or source.transform.d:
                raise ServiceError("service.damaged", shown(url), reason="no CRS, or turned")
            return _read(asked, source)
    except (RasterioError, CrsError, ValueError) as error:
        RangeFile(url, asked.http)  # says it where the server knows no ranges
        raise ServiceError("service.damaged", shown(url), reason=str(error)[:160]) from error


def _read(asked: Asked, source: Any) -> Raster | None:
    from rasterio.windows import Window

    code = source.crs.to_epsg()
    crs = f"EPSG:{code}" if code else source.crs.to_wkt()
    left, top, columns, rows = _cells(asked, source, crs)
    if columns <= 0 or rows <= 0:
        return None
    across, down = source.transform.a, -source.transform.e
    own_m = across * (DEGREE_M if source.crs.is_geographic else 1.0)
    wanted_m = float(asked.option("cell_m", own_m))
    factor = max(1, int(wanted_m / own_m), math.ceil(math.sqrt(rows * columns / MOST_CELLS)))
    shape = max(1, rows // factor), max(1, columns // factor)
    bands = [1, 2, 3] if source.count >= 3 else [1]
    window = Window(left, top, shape[1] * factor, shape[0] * factor)
    values = source.read(bands, window=window, out_shape=(len(bands), *shape), masked=True)
    return Raster(
        values=_plain(values),
        x_min=source.transform.c + left * across,
        y_max=source.transform.f - top * down,
        dx=across * factor,
        dy=down * factor,
        crs=crs,
    )


def _plain(values: Any) -> Any:
    """Return heights as floats, NaN where there is none, or a picture with its channels last."""
    if len(values) == 1:
        return np.ma.filled(values[0].astype(np.float32), np.nan)
    return np.moveaxis(np.ma.filled(values, 0).astype(np.uint8), 0, 2)


def _cells(asked: Asked, source: Any, crs: str) -> tuple[int, int, int, int]:
    """Return first column and row, and how many of them, of the cells over the area."""
    edge = shapely.get_coordinates(shapely.segmentize(shapely.box(*asked.area.bounds), 200.0))
    x, y = transformer(asked.area.crs, crs).transform(edge[:, 0], edge[:, 1])
    across, down = source.transform.a, -source.transform.e
    columns = (np.array([np.min(x), np.max(x)]) - source.transform.c) / across
    rows = (source.transform.f - np.array([np.max(y), np.min(y)])) / down
    left, top = max(math.floor(columns[0]), 0), max(math.floor(rows[0]), 0)
    right, low = min(math.ceil(columns[1]), source.width), min(math.ceil(rows[1]), source.height)
    return left, top, right - left, low - top
