"""GeoParquet and plain Parquet, read batch by batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from twin.errors import ReadError
from twin.io import limits
from twin.io.columns import column_of
from twin.io.coordinates import points_from_columns
from twin.io.loaded import Declared, Loaded, Request
from twin.io.standing import stand_up
from twin.io.wkb import geometries_of
from twin.problems import Problem

_NATIVE = {
    "point": shapely.GeometryType.POINT,
    "linestring": shapely.GeometryType.LINESTRING,
    "polygon": shapely.GeometryType.POLYGON,
    "multipoint": shapely.GeometryType.MULTIPOINT,
    "multilinestring": shapely.GeometryType.MULTILINESTRING,
    "multipolygon": shapely.GeometryType.MULTIPOLYGON,
}
_WKB_NAMES = ("geometry", "geom", "wkb", "wkb_geometry", "the_geom", "geometrie")


def layer_names(request: Request) -> list[str]:
    """Return the one layer of a Parquet file."""
    return [request.stem]


def load(request: Request) -> Loaded:
    """Read a Parquet file: with the ``geo`` metadata, with WKB, or with columns of coordinates."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(request.opened) as file:
            _check_promise(file, request)
            plan = _Plan.of(file)
            parts = _read(file, plan, request)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise ReadError("io.damaged", request.where, reason=str(error)[:200]) from error
    columns = {name: np.concatenate(values) for name, values in parts.columns.items()}
    for name in plan.attributes:
        columns.setdefault(name, np.empty(0, dtype=object))
    geometry, declared = None, plan.declared
    if plan.geometry:
        geometry = np.concatenate(parts.geometry) if parts.geometry else np.empty(0, dtype=object)
    else:
        geometry, declared = points_from_columns(columns, request)
    if parts.unreadable:
        values = {"count": parts.unreadable}
        request.progress.report(Problem("io.geometry_unreadable", request.where, values))
    loaded = Loaded(
        name=layer_names(request)[0],
        count=parts.rows,
        crs=declared,
        columns={name: columns[name] for name in plan.attributes},
        geometry=geometry,
        details={"row_groups": plan.row_groups},
    )
    stand_up(loaded, request)
    return loaded


def _check_promise(file: Any, request: Request) -> None:
    metadata = file.metadata
    promised = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if metadata.num_rows > limits.FEATURES:
        raise ReadError("io.too_many_features", request.where, limit=limits.FEATURES)
    if promised > limits.UNPACKED_BYTES:
        promised_mb = round(promised / limits.MEGABYTE)
        raise ReadError("io.zip_bomb", request.where, size_mb=0, promised_mb=promised_mb, files=1)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """Which column is the geometry, and how it is written."""

    geometry: str
    encoding: str
    declared: Declared
    attributes: tuple[str, ...]
    row_groups: int

    @classmethod
    def of(cls, file: Any) -> _Plan:
        schema = file.schema_arrow
        geo = _geo_metadata(schema.metadata or {})
        columns: dict[str, Any] = geo["columns"] if isinstance(geo.get("columns"), dict) else {}
        primary = str(geo.get("primary_column", ""))
        if primary not in schema.names or primary not in columns:
            primary = next((name for name in columns if name in schema.names), "")
        about = columns.get(primary) or {}
        declared = _declared(about) if primary else Declared()
        encoding = str(about.get("encoding", "WKB"))
        if not primary:
            primary, encoding = _wkb_column(schema), "WKB"
        covering = {"bbox"} if columns or primary else set()
        attributes = tuple(
            name for name in schema.names if name != primary and name not in covering
        )
        return cls(
            geometry=primary,
            encoding=encoding,
            declared=declared,
            attributes=attributes,
            row_groups=file.metadata.num_row_groups,
        )


def _geo_metadata(metadata: dict[bytes, bytes]) -> dict[str, Any]:
    try:
        value = orjson.loads(metadata.get(b"geo", b"{}"))
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}


def _declared(about: dict[str, Any]) -> Declared:
    """No ``crs`` means longitude and latitude, ``null`` means unknown: so says GeoParquet 1.1."""
    if "crs" not in about:
        return Declared(text="EPSG:4326", by_default=True)
    crs = about["crs"]
    if crs is None:
        return Declared()
    if isinstance(crs, dict):
        code = crs.get("id")
        if isinstance(code, dict) and {"authority", "code"} <= set(code):
            return Declared(text=f"{code['authority']}:{code['code']}")
        return Declared(text=orjson.dumps(crs).decode())
    return Declared(text=str(crs))


def _wkb_column(schema: Any) -> str:
    import pyarrow as pa

    for name in schema.names:
        kind = schema.field(name).type
        if name.lower() in _WKB_NAMES and (
            pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
        ):
            return str(name)
    return ""


@dataclass
class _Parts:
    """Batches as they come in."""

    columns: dict[str, list[NDArray[Any]]] = field(default_factory=dict)
    geometry: list[NDArray[Any]] = field(default_factory=list)
    rows: int = 0
    unreadable: int = 0


def _read(file: Any, plan: _Plan, request: Request) -> _Parts:
    parts = _Parts()
    wanted = list(plan.attributes) + ([plan.geometry] if plan.geometry else [])
    total = file.metadata.num_rows
    for batch in file.iter_batches(batch_size=limits.BATCH_ROWS, columns=wanted):
        request.progress.check_cancelled()
        request.progress.progress(parts.rows, total, "features")
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            if name == plan.geometry:
                shapes, lost = _geometries(column, plan.encoding)
                parts.geometry.append(shapes)
                parts.unreadable += lost
            elif name in plan.attributes:
                parts.columns.setdefault(name, []).append(column_of(column))
        parts.rows += batch.num_rows
    return parts


def _geometries(column: Any, encoding: str) -> tuple[NDArray[Any], int]:
    kind = _NATIVE.get(encoding.lower())
    if kind is None:
        return geometries_of(column.to_numpy(zero_copy_only=False))
    shapes = np.full(len(column), None, dtype=object)
    known = column.is_valid().to_numpy(zero_copy_only=False)
    values = column.filter(column.is_valid())
    offsets = []
    while hasattr(values, "offsets"):
        offsets.append(np.asarray(values.offsets) - int(values.offsets[0].as_py()))
        values = values.flatten()
    names = [values.type.field(i).name for i in range(values.type.num_fields)]
    axes = [np.asarray(values.field(name)) for name in "xyz" if name in names]
    shapes[known] = shapely.from_ragged_array(kind, np.column_stack(axes), tuple(reversed(offsets)))
    return shapes, 0
