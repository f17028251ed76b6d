"""Tables of PostGIS, and buildings of 3DCityDB, streamed to a file that every reader of Belvedere opens.

``postgresql://user@host:5432/database?table=schema.name`` names a table with geometry; without ``table`` all are taken.
A database that has the tables of 3DCityDB (version 4) gives its buildings with their surfaces instead. Rows come by a
cursor of the server in batches: memory stays small however large the table is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from twin.errors import ReadError
from twin.extras import require
from twin.model.geoframe import parse_crs
from twin.progress import Progress

SCHEMES = ("postgresql", "postgres")
BATCH_ROWS = 20_000
GEOMETRY = "geometry"
NUMBERS = {"numeric", "real", "double precision", "money"}
WHOLE = {"smallint", "integer", "bigint", "boolean"}
TABLES_SQL = """
SELECT f_table_schema, f_table_name, f_geometry_column, srid FROM geometry_columns
WHERE f_table_schema NOT IN ('topology', 'tiger', 'citydb') ORDER BY 1, 2, 3
"""
HAS_CITYDB_SQL = """
SELECT count(*) FROM information_schema.tables
WHERE table_schema = 'citydb' AND table_name IN ('building', 'surface_geometry', 'cityobject')
"""
COLUMNS_SQL = """
SELECT column_name, data_type FROM information_schema.columns
WHERE table_schema = $1 AND table_name = $2 AND udt_name NOT IN ('geometry', 'geography', 'bytea', 'raster')
ORDER BY ordinal_position
"""


@dataclass(frozen=True)
class Table:
    """A table with geometry."""

    schema: str
    name: str
    geometry: str
    srid: int


def is_database(address: str) -> bool:
    """Whether an address is one of PostgreSQL."""
    return urlsplit(address).scheme in SCHEMES


def shown(address: str) -> str:
    """Return an address without its password, for messages."""
    parts = urlsplit(address)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname or ''}{port}{parts.path}"


def fetch(address: str, folder: Path, progress: Progress) -> list[Path]:
    """Stream tables into GeoParquet files, or the buildings of 3DCityDB into CityJSONSeq; return the files.

    Raises
    ------
    ReadError
        The server cannot be reached, has no such table, or a column cannot be read.
    """
    server, wanted = _split(address)
    driver: Any = require("tiles", "adbc_driver_postgresql.dbapi")
    where = shown(address)
    try:
        with driver.connect(server) as connection:
            if not wanted and _has_citydb(connection):
                from twin.services.citydb import write_buildings

                return [write_buildings(connection, folder, progress)]
            tables = [t for t in _tables(connection) if not wanted or _named(t) in wanted]
            missing = wanted - {_named(t) for t in tables}
            if missing or not tables:
                raise ReadError("io.no_such_layer", where, layers=", ".join(sorted(missing)) or "-")
            return [_stream(connection, table, folder, progress) for table in tables]
    except driver.Error as error:
        raise ReadError("io.cannot_open", where, reason=_said(error, server)) from error


def _split(address: str) -> tuple[str, set[str]]:
    """Return the address for the driver, and the tables that it asks for."""
    parts = urlsplit(address)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    wanted = {
        name if "." in name else f"public.{name}"
        for key, value in pairs
        if key == "table"
        for name in value.split(",")
    }
    kept = urlencode([(k, v) for k, v in pairs if k != "table"])
    return urlunsplit(parts._replace(query=kept)), wanted


def _said(error: Exception, server: str) -> str:
    text = re.sub(r"\s+", " ", str(error))[:300]
    password = urlsplit(server).password
    return text.replace(unquote(password), "***").replace(password, "***") if password else text


def _named(table: Table) -> str:
    return f"{table.schema}.{table.name}"


def _rows(connection: Any, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return list(cursor.fetchall())


def _has_citydb(connection: Any) -> bool:
    return bool(_rows(connection, HAS_CITYDB_SQL)[0][0] == 3)


def _tables(connection: Any) -> list[Table]:
    found = _rows(connection, "SELECT to_regclass('geometry_columns') IS NOT NULL")
    if not found[0][0]:
        raise ReadError("io.no_layers", "PostGIS")
    return [Table(str(s), str(n), str(g), int(i)) for s, n, g, i in _rows(connection, TABLES_SQL)]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _select(connection: Any, table: Table) -> str:
    columns = []
    for name, kind in _rows(connection, COLUMNS_SQL, (table.schema, table.name)):
        cast = "::float8" if kind in NUMBERS else "" if kind in WHOLE else "::text"
        columns.append(f"{_quoted(str(name))}{cast} AS {_quoted(str(name))}")
    columns.append(f"ST_AsBinary({_quoted(table.geometry)}) AS {_quoted(GEOMETRY)}")
    # Names come from the server's own catalogue, quoted.
    return f"SELECT {', '.join(columns)} FROM {_quoted(table.schema)}.{_quoted(table.name)}"  # noqa: S608


def _batches(connection: Any, sql: str) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        reader = cursor.fetch_record_batch()
        yield reader.schema
        yield from reader


def _stream(connection: Any, table: Table, folder: Path, progress: Progress) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / f"{table.name}.parquet"
    batches = _batches(connection, _select(connection, table))
    schema = next(batches)
    schema = schema.with_metadata({b"geo": json.dumps(_geo(table)).encode()})
    done = 0
    with pq.ParquetWriter(path, schema) as writer:
        for batch in batches:
            progress.check_cancelled()
            writer.write_table(
                pa.Table.from_batches(
                    [batch.cast(schema) if batch.schema != schema else batch], schema
                )
            )
            done += batch.num_rows
            progress.progress(done, None, "rows")
    return path


def _geo(table: Table) -> dict[str, Any]:
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": []}
    if table.srid > 0:
        column["crs"] = parse_crs(f"EPSG:{table.srid}").to_json_dict()
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
