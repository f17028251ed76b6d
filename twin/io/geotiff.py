"""Grids and pictures: GeoTIFF and what else rasterio reads, never more cells than the budget."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.gdal import RASTER_OPTIONS, quiet, said
from twin.io.loaded import Declared, Loaded, Request
from twin.io.quantities import UNIT_M
from twin.io.window import Part, part_of
from twin.model.table import Raster
from twin.problems import Problem, Severity

_DRIVER_OF_FORMAT = {
    "geotiff": "GTiff",
    "asc": "AAIGrid",
    "vrt-raster": "VRT",
    "geopackage": "GPKG",
    "mbtiles": "MBTiles",
}
_DRIVER_OF_MAGIC = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8", "JPEG"),
    (b"\x00\x00\x00\x0cjP", "JP2OpenJPEG"),
    (b"RIFF", "WEBP"),
    (b"EHFA", "HFA"),
    (b"DSAA", "GSAG"),
    (b"DSBB", "GSBG"),
    (b"DSRB", "GS7BG"),
)
_DRIVER_OF_SUFFIX = {".hgt": "SRTMHGT", ".bil": "EHdr", ".flt": "EHdr", ".dem": "USGSDEM"}

LOWEST_HEIGHT_M = -1000.0
"""Below the lowest land and above every sentinel: -9999, -32768, -99999, -3.4e38."""


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a raster file."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a raster, thinned out where it has more cells than the budget.

    Options: ``band`` (1-based), ``as`` (``"heights"`` or ``"picture"``), ``cells`` (a smaller budget),
    ``window`` (x_min, y_min, x_max, y_max of the part that is wanted) in the CRS ``window_crs``.
    """
    with _opened(request) as source:
        plan = _Plan.of(source, request)
        values = (
            _picture(source, plan, request) if plan.picture else _heights(source, plan, request)
        )
        raster, rotated = _north_up(values, source, plan)
        details = _details(source, plan, raster)
        declared = Declared(text=crs_text(source))
    if rotated:
        request.progress.report(Problem("io.raster_rotated", request.where))
    if not details["positioned"]:
        request.progress.report(Problem("io.raster_no_position", request.where))
    return Loaded(
        name=layer_names(request)[0],
        count=0,
        crs=declared,
        raster=raster,
        kind="raster",
        details=details,
    )


@contextmanager
def _opened(request: Request) -> Iterator[Any]:
    import rasterio
    from rasterio.errors import RasterioError

    quiet()
    with rasterio.Env(**RASTER_OPTIONS):
        try:
            source = rasterio.open(request.opened, driver=_driver(request))
        except (RasterioError, OSError, ValueError) as error:
            raise damaged(request, error) from error
        with source:
            yield source


def _driver(request: Request) -> str:
    """Return the one driver that may open the file: others follow references to services and files."""
    known = _DRIVER_OF_FORMAT.get(request.format)
    if known:
        return known
    with Path(request.opened).open("rb") as file:
        head = file.read(16)
    for magic, driver in _DRIVER_OF_MAGIC:
        if head.startswith(magic):
            return driver
    return _DRIVER_OF_SUFFIX.get(Path(request.opened).suffix.lower(), "GTiff")


def damaged(request: Request, error: Exception) -> ReadError:
    """Return the error of a file that the library gave up on."""
    reason = said(error).replace(request.opened, request.path.name)
    return ReadError("io.damaged", request.where, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What will be read of a raster."""

    picture: bool
    bands: tuple[int, ...]
    part: Part
    factor: int
    rows: int
    columns: int

    @classmethod
    def of(cls, source: Any, request: Request) -> _Plan:
        part = part_of(source, request, crs_text(source))
        cells = part.rows * part.columns
        bands, picture = _bands(source, request)
        budget = max(int(request.options.get("cells", limits.RASTER_CELLS)), 1)
        if request.inspecting and cells > budget:
            budget = min(budget, limits.INSPECT_CELLS)
        factor = max(1, math.ceil(math.sqrt(cells / budget)))
        _check_promise(source, request, factor, cells)
        plan = cls(
            picture=picture,
            bands=bands,
            part=part,
            factor=factor,
            rows=max(1, part.rows // factor),
            columns=max(1, part.columns // factor),
        )
        if (
            not picture and "cells" not in request.options
        ):  # of a picture the ground shows every pixel
            _report_thinned(part, limits.RASTER_CELLS, request)
        return plan


def _report_thinned(part: Part, budget: int, request: Request) -> None:
    """Say how many cells of heights are shown, whatever an inspection looked at."""
    factor = max(1, math.ceil(math.sqrt(part.rows * part.columns / budget)))
    if factor > 1:
        values = {
            "width": part.columns,
            "height": part.rows,
            "shown_width": max(1, part.columns // factor),
            "shown_height": max(1, part.rows // factor),
        }
        problem = Problem("io.raster_thinned", request.where, values, Severity.INFO)
        request.progress.report(problem)


def _check_promise(source: Any, request: Request, factor: int, cells: int) -> None:
    """Refuse what could not be decoded in memory or time, before anything is allocated."""
    block_rows, block_columns = source.block_shapes[0]
    itemsize = np.dtype(source.dtypes[0]).itemsize
    block = block_rows * block_columns * itemsize * source.count
    reduced = min(source.overviews(1), key=lambda f: abs(f - factor), default=1)
    too_many = cells / (reduced * reduced) > limits.RASTER_DECODED_CELLS
    if block > 1024 * limits.MEGABYTE or too_many:
        raise ReadError(
            "io.raster_too_large",
            request.where,
            width=source.width,
            height=source.height,
            promised_mb=round(cells * itemsize * source.count / limits.MEGABYTE),
        )


def _bands(source: Any, request: Request) -> tuple[tuple[int, ...], bool]:
    """Return the bands to read (1-based) and whether they make a picture."""
    from rasterio.enums import ColorInterp

    wanted = str(request.options.get("as", ""))
    if "band" in request.options:
        band = int(request.options["band"])
        if not 1 <= band <= source.count:
            raise ReadError("io.raster_no_band", request.where, band=band, bands=source.count)
        return (band,), wanted == "picture"
    by_colour = {
        colour: index + 1 for index, colour in reversed(list(enumerate(source.colorinterp)))
    }
    rgb = [
        by_colour.get(colour) for colour in (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
    ]
    if None in rgb and source.count in {3, 4} and source.dtypes[0] in {"uint8", "uint16"}:
        rgb = [1, 2, 3]
    if None not in rgb and wanted != "heights":
        alpha = by_colour.get(ColorInterp.alpha)
        return tuple(band for band in (*rgb, alpha) if band), True
    if ColorInterp.palette in by_colour and wanted != "heights":
        return (by_colour[ColorInterp.palette],), True
    if source.count > 1 and ColorInterp.alpha not in by_colour:
        values = {"bands": source.count}
        request.progress.report(
            Problem("io.raster_first_band", request.where, values, Severity.INFO)
        )
    return (1,), wanted == "picture"


def _heights(source: Any, plan: _Plan, request: Request) -> NDArray[np.float32]:
    band = plan.bands[0]
    raw, valid = _read_band(source, band, plan, request)
    scale, offset = source.scales[band - 1], source.offsets[band - 1]
    values = raw.astype(np.float32)
    masked = ~valid | ~np.isfinite(values) | (np.abs(values) > 1e30)
    if np.dtype(source.dtypes[band - 1]).kind != "u":
        masked |= values < LOWEST_HEIGHT_M
    if (scale, offset) != (1.0, 0.0):
        values = (raw * scale + offset).astype(np.float32)
    values[masked] = np.nan
    values *= np.float32(UNIT_M.get(str(source.units[band - 1] or "").lower(), 1.0))
    if masked.all():
        request.progress.report(Problem("io.raster_no_values", request.where))
    return values


def _picture(source: Any, plan: _Plan, request: Request) -> NDArray[np.uint8]:
    read = [_read_band(source, band, plan, request) for band in plan.bands]
    if len(read) == 1:
        return _palette(source, plan.bands[0], *read[0])
    channels = [_as_bytes(values) for values, _ in read]
    valid = read[0][1].copy()
    for _, mask in read[1:3]:
        valid &= mask
    if len(channels) == 3 and not valid.all():
        channels.append(np.where(valid, 255, 0).astype(np.uint8))
    return np.stack(channels, axis=-1)


def _as_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Stretch what is not 8 bit to it, the outermost 2 % cut off."""
    if values.dtype == np.uint8:
        return values
    finite = values[np.isfinite(values)]
    if not len(finite):
        return np.zeros(values.shape, np.uint8)
    low, high = np.percentile(finite, [2, 98])
    span = max(float(high - low), 1e-9)
    stretched = np.clip((np.nan_to_num(values).astype(np.float32) - low) / span, 0, 1)
    return np.asarray((stretched * 255).astype(np.uint8))


def _palette(
    source: Any, band: int, values: NDArray[Any], valid: NDArray[Any]
) -> NDArray[np.uint8]:
    try:
        entries = source.colormap(band)
    except ValueError:
        grey = _as_bytes(values)
        return np.stack([grey, grey, grey, np.where(valid, 255, 0).astype(np.uint8)], axis=-1)
    table = np.zeros((max(256, max(entries, default=0) + 1), 4), np.uint8)
    for index, rgba in entries.items():
        table[index] = rgba
    rgba_of_cell = table[np.clip(values.astype(np.intp), 0, len(table) - 1)]
    rgba_of_cell[~valid] = 0
    return rgba_of_cell


def _read_band(
    source: Any, band: int, plan: _Plan, request: Request
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Read a band strip by strip; strips that cannot be read stay empty and are reported once."""
    from rasterio.enums import MaskFlags, Resampling
    from rasterio.errors import RasterioError
    from rasterio.windows import Window

    values = np.zeros((plan.rows, plan.columns), dtype=source.dtypes[band - 1])
    valid = np.zeros((plan.rows, plan.columns), dtype=bool)
    declared = source.nodatavals[band - 1] is not None
    smooth = plan.factor > 1 and declared and source.dtypes[band - 1] != "uint8"
    smooth = smooth and not request.inspecting
    how = Resampling.average if smooth else Resampling.nearest
    whole = source.mask_flag_enums[band - 1] == [MaskFlags.all_valid]
    strip = max(1, 1_000_000 // plan.columns)
    lost, reason = 0, ""
    for first in range(0, plan.rows, strip):
        request.progress.check_cancelled()
        request.progress.progress(first, plan.rows, "rows")
        count = min(strip, plan.rows - first)
        window = Window(
            plan.part.first_column,
            plan.part.first_row + first * plan.factor,
            plan.columns * plan.factor,
            count * plan.factor,
        )
        shape = (count, plan.columns)
        try:
            values[first : first + count] = source.read(
                band, window=window, out_shape=shape, resampling=how
            )
            valid[first : first + count] = (
                whole or source.read_masks(band, window=window, out_shape=shape) > 0
            )
        except (RasterioError, OSError, MemoryError) as error:
            lost, reason = lost + count, said(error)
    if lost == plan.rows:
        raise ReadError("io.damaged", request.where, reason=reason)
    if lost:
        share = round(100 * (plan.rows - lost) / plan.rows)
        request.progress.report(Problem("io.raster_truncated", request.where, {"percent": share}))
    return values, valid


def _north_up(values: NDArray[Any], source: Any, plan: _Plan) -> tuple[Raster, bool]:
    """Return the raster with row 0 in the north; turned ones are resampled."""
    transform = source.transform
    if source.gcps[0] and transform.is_identity:
        from rasterio.transform import from_gcps

        transform = from_gcps(source.gcps[0])
    transform @= transform.translation(plan.part.first_column, plan.part.first_row)
    dx, dy = transform.a * plan.factor, transform.e * plan.factor
    if transform.b or transform.d:
        from twin.io.warp import straighten

        matrix = (
            dx,
            transform.b * plan.factor,
            transform.c,
            transform.d * plan.factor,
            dy,
            transform.f,
        )
        return straighten(values, matrix), True
    x_min, y_max = transform.c, transform.f
    if dx < 0:
        values, x_min, dx = values[:, ::-1], x_min + dx * plan.columns, -dx
    if dy > 0:
        values, y_max = values[::-1], y_max + dy * plan.rows
    else:
        dy = -dy
    values = np.ascontiguousarray(values)
    return Raster(values=values, x_min=x_min, y_max=y_max, dx=dx, dy=dy, crs=""), False


def crs_text(source: Any) -> str:
    """Return the CRS of an open raster as a code where it has one, else as WKT; empty where it has none."""
    crs = source.crs or source.gcps[1]
    if not crs:
        return ""
    authority = crs.to_authority()
    return f"{authority[0]}:{authority[1]}" if authority else str(crs.to_wkt())


def _details(source: Any, plan: _Plan, raster: Raster) -> dict[str, Any]:
    details: dict[str, Any] = {
        "driver": source.driver,
        "width": source.width,
        "height": source.height,
        "bands": source.count,
        "dtype": source.dtypes[0],
        "cell": [abs(source.transform.a), abs(source.transform.e)],
        "nodata": source.nodata,
        "picture": plan.picture,
        "positioned": not source.transform.is_identity or bool(source.gcps[0]),
    }
    if not plan.picture and np.isfinite(raster.values).any():
        details["min"] = float(np.nanmin(raster.values))
        details["max"] = float(np.nanmax(raster.values))
        details["without_value"] = int(np.isnan(raster.values).sum())
    return details
