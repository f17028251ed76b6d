"""Data frames to Arrow and back; point geometry as bare coordinates, any other as WKB."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS = frozenset("biufmM")
NULL, PRESENT, EMPTY = 0, 1, 2
JSON_MARK = b"belvedere.json"
DTYPE_MARK = b"belvedere.dtype"
NULLABLE = frozenset(
    f"{kind}{bits}".encode() for kind in ("Int", "UInt", "Float") for bits in (8, 16, 32, 64)
) | {b"boolean"}


def require_dtype(dtype: np.dtype[Any]) -> None:
    """Raise ValueError for arrays of anything but numbers, truths and times."""
    if dtype.kind not in KINDS or dtype.hasobject or dtype.itemsize > 16:
        raise ValueError(f"arrays of {dtype} are not passed on")


def to_parts(value: Any) -> tuple[dict[str, Any], list[NDArray[Any]], memoryview] | None:
    """Return what describes a data frame, its arrays and its columns as Arrow IPC; None for other values."""
    import pandas as pd

    if not isinstance(value, pd.DataFrame):
        return None
    import geopandas as gpd

    about: dict[str, Any] = {"geometry": None, "crs": None}
    arrays: list[NDArray[Any]] = []
    frame: Any = value
    if isinstance(value, gpd.GeoDataFrame) and value.active_geometry_name is not None:
        name = value.active_geometry_name
        about |= {
            "geometry": str(name),
            "crs": _crs_text(value.crs),
            "at": list(value.columns).index(name),
        }
        geometry = value.geometry.to_numpy()
        frame = pd.DataFrame(value.drop(columns=[name]))
        encoding, arrays = _coordinates(geometry)
        about["encoding"] = encoding
    return about, arrays, _arrow(frame, _wkb(value) if about.get("encoding") == "wkb" else None)


def from_parts(about: Mapping[str, Any], arrays: list[NDArray[Any]], arrow: memoryview) -> Any:
    """Return the data frame that :func:`to_parts` took apart.

    Raises
    ------
    ValueError
        The Arrow data is not valid, or the arrays do not fit it.
    """
    import pyarrow as pa
    import shapely

    try:
        return _from_parts(about, arrays, arrow)
    except (pa.ArrowException, shapely.errors.ShapelyError, RuntimeError, OSError) as error:
        raise ValueError(f"no valid table: {error}"[:300]) from error


def _from_parts(about: Mapping[str, Any], arrays: list[NDArray[Any]], arrow: memoryview) -> Any:
    import pandas as pd

    table = _validated(arrow)
    geometry_name = about["geometry"]
    wkb = None
    if geometry_name is not None and about["encoding"] == "wkb":
        wkb = table.column(table.num_columns - 1).to_numpy(zero_copy_only=False)
        table = table.remove_column(table.num_columns - 1)
    frame: Any = _pandas(table)
    if geometry_name is None:
        return frame
    import geopandas as gpd
    import shapely

    count = len(arrays[1]) if wkb is None else len(wkb)
    if len(frame.columns) == 0:
        frame = pd.DataFrame(index=pd.RangeIndex(count))
    if count != len(frame):
        raise ValueError("a table has more or fewer geometries than rows")
    at = min(max(int(about["at"]), 0), len(frame.columns))
    if wkb is not None:
        shapes = gpd.array.GeometryArray(shapely.from_wkb(wkb), crs=about["crs"])
    else:
        shapes = _checked_points(arrays[0], arrays[1], crs=about["crs"])
    frame.insert(at, str(geometry_name), shapes)
    return gpd.GeoDataFrame(frame, geometry=str(geometry_name))


def hex_of(geometry: Any) -> str:
    """Return a geometry as text."""
    import shapely

    return str(shapely.to_wkb(geometry, hex=True))


def geometry_from(text: str) -> Any:
    """Return the geometry of :func:`hex_of`. Raises ValueError where it is none."""
    import shapely

    try:
        return shapely.from_wkb(text)
    except shapely.errors.ShapelyError as error:
        raise ValueError(f"no geometry: {error}"[:200]) from error


def batch_bytes(batch: Any) -> memoryview:
    """Return an Arrow record batch as IPC."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return memoryview(sink.getvalue())


def batch_from(data: memoryview) -> Any:
    """Return the record batch of :func:`batch_bytes`. Raises ValueError where it is not valid."""
    import pyarrow as pa

    try:
        table = _validated(data).combine_chunks()
        return (
            table.to_batches()[0]
            if table.num_rows
            else pa.RecordBatch.from_pylist([], table.schema)
        )
    except (pa.ArrowException, OSError) as error:
        raise ValueError(f"no valid batch: {error}"[:300]) from error


def _coordinates(geometry: NDArray[Any]) -> tuple[str, list[NDArray[Any]]]:
    """Return points as arrays of coordinates and of what is there; other kinds go as WKB."""
    import shapely

    kinds = shapely.get_type_id(geometry)
    if not bool((kinds <= 0).all()):  # -1 is missing, 0 a point
        return "wkb", []
    if bool((kinds == 0).all()):
        xyz = shapely.get_coordinates(geometry, include_z=bool(shapely.has_z(geometry).any()))
        if len(xyz) == len(geometry):
            return "points", [xyz, np.full(len(geometry), PRESENT, dtype=np.uint8)]
    missing = kinds == -1
    state = np.full(len(geometry), PRESENT, dtype=np.uint8)
    state[shapely.is_empty(geometry)] = EMPTY
    state[missing] = NULL
    has_z = bool(shapely.has_z(geometry).any())
    present = geometry if bool((state == PRESENT).all()) else geometry[state == PRESENT]
    xyz = shapely.get_coordinates(present, include_z=has_z)
    return "points", [xyz, state]


def _checked_points(xyz: NDArray[Any], state: NDArray[Any], *, crs: object) -> Any:
    """Return the points as a geometry array, made when first used."""
    from twin.plain.lazy import LazyGeometry

    wrong = state.ndim != 1 or xyz.ndim != 2 or xyz.shape[1] not in (2, 3)
    if wrong or len(xyz) != int(np.count_nonzero(state == PRESENT)) or xyz.dtype.kind != "f":
        raise ValueError("a table has more or fewer points than rows")
    return LazyGeometry(len(state), lambda: _points(xyz, state), crs)


def _points(xyz: NDArray[np.float64], state: NDArray[np.uint8]) -> NDArray[Any]:
    import shapely

    present = state == PRESENT
    points: NDArray[Any] = np.atleast_1d(np.asarray(shapely.points(xyz)))
    if xyz.shape[1] == 3 and bool(np.isnan(xyz[:, 2]).any()):
        flat = np.isnan(xyz[:, 2])
        points[flat] = np.asarray(shapely.points(xyz[flat, :2]))
    if bool(present.all()):
        return points
    shapes = np.full(len(state), None, dtype=object)
    shapes[present] = points
    shapes[state == EMPTY] = shapely.Point()
    return shapes


def _wkb(value: Any) -> NDArray[Any]:
    import shapely

    found: NDArray[Any] = shapely.to_wkb(value.geometry.to_numpy())
    return found


def _arrow(frame: Any, wkb: NDArray[Any] | None) -> memoryview:
    import pyarrow as pa

    columns: list[Any] = []
    fields: list[Any] = []
    for i in range(frame.shape[1]):
        column, metadata = _column(frame.iloc[:, i])
        columns.append(column)
        fields.append(pa.field(str(frame.columns[i]), column.type, metadata=metadata))
    if wkb is not None:
        columns.append(pa.array(wkb, type=pa.large_binary()))
        fields.append(pa.field("$geometry", pa.large_binary()))
    if not columns:  # the rows of a table without columns are counted all the same
        columns, fields = [pa.nulls(len(frame))], [pa.field("$rows", pa.null())]
    table = pa.Table.from_arrays(columns, schema=pa.schema(fields))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return memoryview(sink.getvalue())


def _column(series: Any) -> tuple[Any, dict[bytes, bytes] | None]:
    import pyarrow as pa

    try:
        made = pa.Array.from_pandas(series)
        exact = series.dtype == object and not (
            pa.types.is_string(made.type) or pa.types.is_large_string(made.type)
        )
        nullable = str(series.dtype).encode() in NULLABLE
        return made, {DTYPE_MARK: str(series.dtype).encode()} if exact or nullable else None
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        texts = [None if v is None else json.dumps(v, default=str) for v in series.tolist()]
        return pa.array(texts, type=pa.large_string()), {JSON_MARK: b"1"}


def _validated(arrow: memoryview) -> Any:
    import pyarrow as pa

    with pa.ipc.open_stream(pa.py_buffer(arrow)) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return table


def _pandas(table: Any) -> Any:
    import pandas as pd

    columns: dict[str, Any] = {}
    for field, column in zip(table.schema, table.columns, strict=True):
        if field.name == "$rows":
            continue
        columns[field.name] = _column_of(field, column)
    return pd.DataFrame(columns, index=pd.RangeIndex(table.num_rows), copy=False)


def _column_of(field: Any, column: Any) -> Any:
    import pyarrow as pa

    marks = field.metadata or {}
    if JSON_MARK in marks:
        return [None if v is None else json.loads(v) for v in column.to_pylist()]
    if (
        marks.get(DTYPE_MARK) == b"object"
    ):  # whole numbers with gaps, dates: as they were, not as floats
        values = np.empty(len(column), dtype=object)
        values[:] = column.to_pylist()
        return values
    if DTYPE_MARK in marks:
        return column.to_pandas().astype(_nullable(marks[DTYPE_MARK]))
    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        return column.to_numpy(zero_copy_only=False)  # much faster than to_pandas
    return column.to_pandas(date_as_object=False)


def _nullable(name: bytes) -> str:
    """Return the name of one of pandas' types for numbers with gaps. Raises ValueError for any other."""
    if name not in NULLABLE:
        raise ValueError("a column of an unknown type")
    return name.decode()


def _crs_text(crs: Any) -> str | None:
    if crs is None:
        return None
    authority = crs.to_authority()
    return ":".join(authority) if authority else str(crs.to_wkt())
