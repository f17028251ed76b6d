"""Points, lines and polygons with attributes: whatever GDAL opens, read in batches of Arrow.

Batches keep the interpreter free for the window, and are faster than reading row by row.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import geotiff, limits, pages, sqlite_salvage, sqlite_views
from twin.io.columns import column_of, times_of
from twin.io.gdal import patient_flatgeobuf, said, use_pyogrio
from twin.io.geojson import load_pieces
from twin.io.kml import settle_altitudes
from twin.io.loaded import Declared, Loaded, Request
from twin.io.standing import stand_up
from twin.io.wkb import geometries_of
from twin.problems import Problem

_ONE_LAYER = {"geojson", "geojsonseq", "flatgeobuf", "shapefile", "esrijson"}
_COUNTS_QUICKLY = {"geopackage", "flatgeobuf", "shapefile", "sqlite", "filegdb", "mapinfo"}
_LONLAT_FORMATS = {"geojson", "geojsonseq", "topojson"}
"""Longitude and latitude unless the file says otherwise (RFC 7946)."""
_ZONED_FORMATS = _LONLAT_FORMATS | {"flatgeobuf"}
"""Each time may have a zone of its own: read as texts, because Arrow would drop the zones."""
_GIVE_UP_AFTER = 16
_UNKNOWN_TYPE = "Geometry type is not supported"
_LIBRARY_ERRORS = (OSError, RuntimeError, ValueError)
"""What pyogrio and Arrow raise on damaged files; errors of our own are none of these."""


def layer_names(request: Request) -> list[str]:
    """Return the layers of a file; those with geometry first where any has one."""
    if request.format in _ONE_LAYER or _is_raster(request):
        return [request.stem]
    use_pyogrio()
    import pyogrio

    try:
        found = pyogrio.list_layers(request.opened)
    except Exception as error:
        rescued = sqlite_salvage.layer_names(request) if request.format == "geopackage" else []
        if rescued:
            return rescued
        raise refusal(request, error) from error
    spatial = [str(name) for name, kind in found if kind is not None]
    tables = [str(name) for name, kind in found if kind is None]
    return spatial + tables


def _is_raster(request: Request) -> bool:
    """Whether a file that mostly holds features holds a picture or heights instead."""
    return request.format in {"geopackage", "mbtiles"} and sqlite_views.holds_rasters_only(request)


def load(request: Request) -> Loaded:
    """Read one layer."""
    if _is_raster(request):
        return geotiff.load(request)
    use_pyogrio()
    names = layer_names(request)
    if not names:
        raise ReadError("io.no_layers", request.where)
    wanted = request.sublayer or names[0]
    if wanted not in names:
        raise ReadError("io.no_such_layer", request.where, layers=", ".join(names[:20]))
    if request.format == "shapefile":
        _check_shapefile(request)
    if request.format in sqlite_views.FORMATS:
        sqlite_views.require_end(request, wanted)
    layer = _Layer(request, wanted, None if request.format in _ONE_LAYER else wanted)
    try:
        _read_layer(layer)
        loaded = layer.loaded()
    except ReadError as error:
        loaded = _otherwise(replace(request, sublayer=wanted), error)
    if request.format == "kml":
        settle_altitudes(loaded)
    if request.format == "geojson":
        pages.check_whole(request, loaded.count)
    stand_up(loaded, request)
    return loaded


def load_one(request: Request, layer: str, options: dict[str, Any]) -> Loaded:
    """Read a layer by its name for GDAL, with options of its driver and a condition (``where``)."""
    use_pyogrio()
    reading = _Layer(request, layer, layer, options=options)
    _read_layer(reading)
    return reading.loaded()


def _otherwise(request: Request, error: ReadError) -> Loaded:
    """Read without GDAL what GDAL gave up on, or raise its error."""
    odd = error.problem.key == "io.geometry_type_not_read"
    if request.format == "geopackage" and (odd or error.problem.key == "io.damaged"):
        return sqlite_salvage.load(request, damaged=not odd)
    if request.format in {"geojson", "geojsonseq"} and error.problem.key == "io.damaged":
        return load_pieces(request)
    raise error


def _check_shapefile(request: Request) -> None:
    """Say what lacks of a shapefile: its end, its attributes."""
    path = Path(request.opened)
    with path.open("rb") as file:
        head = file.read(28)
    size = path.stat().st_size
    if len(head) == 28 and 2 * int.from_bytes(head[24:28], "big") > size + 1:
        promised = 2 * int.from_bytes(head[24:28], "big")
        values = {"size_mb": _two_figures(size / 1e6), "promised_mb": _two_figures(promised / 1e6)}
        request.progress.report(Problem("io.shapefile_truncated", request.where, values))
    if not any(path.with_suffix(suffix).exists() for suffix in (".dbf", ".DBF", ".Dbf")):
        request.progress.report(Problem("io.shapefile_no_dbf", request.where))


def _two_figures(value: float) -> float:
    """Round to two figures: a size of a few kilobytes is not 0 MB."""
    return float(f"{value:.2g}")


def refusal(request: Request, error: Exception) -> ReadError:
    """Return the error that says in our words what a library said in its own."""
    if _UNKNOWN_TYPE in str(error):
        return ReadError("io.geometry_type_not_read", request.where, code=str(error).split()[-1])
    reason = said(error).replace(request.opened, request.path.name)
    return ReadError("io.damaged", request.where, reason=reason)


@dataclass
class _Layer:
    """One layer while its batches come in."""

    request: Request
    name: str
    gdal_name: str | None
    options: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    geometry: list[NDArray[Any]] = field(default_factory=list)
    columns: dict[str, list[NDArray[Any]]] = field(default_factory=dict)
    fids: list[NDArray[Any]] = field(default_factory=list)
    rows: int = 0
    unreadable: int = 0

    @property
    def geometry_name(self) -> str:
        return self.meta["geometry_name"] or "wkb_geometry"

    def loaded(self) -> Loaded:
        """Return what came in as one layer."""
        names = [str(name) for name in self.meta["fields"]]
        geometry = np.concatenate(self.geometry) if self.geometry else None
        if geometry is None and self.meta["geometry_type"] is not None:
            geometry = np.full(self.rows, None, dtype=object)
        empty = np.empty(0, dtype=object)
        columns = {
            name: np.concatenate(self.columns[name]) if name in self.columns else empty
            for name in names
        }
        for name, kind in zip(names, self.meta["ogr_types"], strict=True):
            if kind == "OFTDateTime" and columns[name].dtype == object:
                columns[name] = times_of(columns[name])
        if self.unreadable:
            values = {"count": self.unreadable}
            self.request.progress.report(
                Problem("io.geometry_unreadable", self.request.where, values)
            )
        return Loaded(
            name=self.name,
            count=self.rows,
            crs=_declared(self.request, self.meta),
            columns=columns,
            geometry=geometry,
            row_names=np.concatenate(self.fids) if self.fids else None,
        )


def _read_layer(layer: _Layer) -> None:
    info = _info(layer)
    promised = int(info.get("features", -1))
    indexed = info.get("capabilities", {}).get("fast_spatial_filter", False)
    broken = layer.request.format == "flatgeobuf" and not indexed
    try:
        with patient_flatgeobuf() if broken else nullcontext():
            _read_batches(layer, promised)
    except _LIBRARY_ERRORS as error:
        _read_rest(layer, promised, error)
        return
    if layer.rows < promised:
        values = {"count": layer.rows, "promised": promised}
        layer.request.progress.report(Problem("io.fewer_features", layer.request.where, values))


def _info(layer: _Layer) -> dict[str, Any]:
    """Return what the file says of the layer; nothing where asking would mean reading all of it."""
    if layer.request.format not in _COUNTS_QUICKLY:
        return {}
    import pyogrio

    try:
        return dict(pyogrio.read_info(layer.request.opened, layer=layer.gdal_name))
    except Exception as error:
        raise refusal(layer.request, error) from error


def _read_batches(layer: _Layer, promised: int) -> None:
    from pyogrio import raw

    progress = layer.request.progress
    with raw.open_arrow(
        layer.request.opened,
        layer=layer.gdal_name,
        batch_size=limits.BATCH_ROWS,
        use_pyarrow=True,
        return_fids=True,
        datetime_as_string=layer.request.format in _ZONED_FORMATS,
        **layer.options,
    ) as (meta, reader):
        layer.meta = meta
        for batch in reader:
            _take_batch(layer, batch)
            progress.check_cancelled()
            progress.progress(layer.rows, promised if promised > 0 else None, "features")
            if layer.rows > limits.FEATURES:
                raise ReadError("io.too_many_features", layer.request.where, limit=limits.FEATURES)


def _take_batch(layer: _Layer, batch: Any) -> None:
    names, fields = batch.schema.names, set(layer.meta["fields"])
    fid = layer.meta["fid_column"]
    # GeoJSON may have its row id and an attribute under one name: the first column is the row id.
    fid_index = names.index(fid) if fid in names else -1
    for index, name in enumerate(names):
        column = batch.column(index)
        if index == fid_index:
            layer.fids.append(column.to_numpy(zero_copy_only=False))
        if name in fields and (index != fid_index or names.count(name) == 1):
            layer.columns.setdefault(name, []).append(column_of(column))
        elif name == layer.geometry_name:
            shapes, lost = geometries_of(column.to_numpy(zero_copy_only=False))
            layer.geometry.append(shapes)
            layer.unreadable += lost
    layer.rows += batch.num_rows


def _read_rest(layer: _Layer, promised: int, error: Exception) -> None:
    """A batch failed: read what lies behind it in ever smaller steps, then say what was lost."""
    request = layer.request
    end = min(promised, limits.FEATURES)
    step, position, lost = limits.BATCH_ROWS, layer.rows, 0
    while position < end and lost < _GIVE_UP_AFTER:
        request.progress.check_cancelled()
        if _read_slice(layer, position, min(step, end - position)):
            position, step = position + step, min(step * 8, limits.BATCH_ROWS)
        elif step > 1:
            step = max(step // 8, 1)
        else:
            position, lost = position + 1, lost + 1
    if not layer.rows:
        raise refusal(request, error) from error
    values = {"count": layer.rows, "reason": str(error)[:120]}
    request.progress.report(Problem("io.truncated", request.where, values))


def _read_slice(layer: _Layer, position: int, count: int) -> bool:
    from pyogrio import raw

    try:
        meta, table = raw.read_arrow(
            layer.request.opened,
            layer=layer.gdal_name,
            skip_features=position,
            max_features=count,
            return_fids=True,
            datetime_as_string=layer.request.format in _ZONED_FORMATS,
            **layer.options,
        )
    except _LIBRARY_ERRORS:
        return False
    layer.meta = layer.meta or meta
    for batch in table.to_batches():
        _take_batch(layer, batch)
    return True


def _declared(request: Request, meta: dict[str, Any]) -> Declared:
    text = str(meta["crs"] or "")
    by_default = request.format in _LONLAT_FORMATS and text in {
        "EPSG:4326",
        "EPSG:4979",
        "OGC:CRS84",
    }
    return Declared(text="EPSG:4326" if by_default else text, by_default=by_default)
