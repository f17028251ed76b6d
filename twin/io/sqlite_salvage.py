"""What can be rescued of a GeoPackage that breaks off: its rows, read by SQLite itself until it fails."""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import Cancelled, ReadError
from twin.io.columns import as_column
from twin.io.loaded import Declared, Loaded, Request
from twin.io.wkb import geometries_of
from twin.problems import Problem

_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_MAX_FAILURES = 40
_CHECK_EVERY = 512


def layer_names(request: Request) -> list[str]:
    """Return the feature tables that the file names, none where even that is lost."""
    try:
        with opened(request) as database:
            rows = database.execute("SELECT table_name FROM gpkg_geometry_columns").fetchall()
    except sqlite3.Error:
        return []
    return [str(row[0]) for row in rows]


def load(request: Request, *, damaged: bool = True) -> Loaded:
    """Rescue one feature table.

    ``damaged`` is False where the file is well and only its type of geometry unknown to the library.

    Raises
    ------
    ReadError
        Not one row of it can be read.
    """
    try:
        with opened(request) as database:
            table = _Table.of(database, request.sublayer)
            _rescue(database, table, request)
    except (sqlite3.Error, TypeError) as error:
        raise ReadError("io.damaged", request.where, reason=str(error)[:200]) from error
    if not table.rows:
        raise ReadError("io.damaged", request.where, reason="SQLite")
    if damaged:
        values = {"count": len(table.rows), "table": table.name}
        request.progress.report(Problem("io.sqlite_salvaged", request.where, values))
    place = table.columns.index(table.geometry)
    shapes, lost = geometries_of(_wkb_of([row[place] for row in table.rows]))
    if lost:
        request.progress.report(Problem("io.geometry_unreadable", request.where, {"count": lost}))
    return Loaded(
        name=table.name,
        count=len(table.rows),
        crs=Declared(text=table.crs),
        columns={
            name: as_column([_plain(row[index]) for row in table.rows])
            for index, name in enumerate(table.columns)
            if index != place
        },
        geometry=shapes,
    )


@contextlib.contextmanager
def opened(request: Request) -> Iterator[sqlite3.Connection]:
    """Open the file of a request for reading, damaged or not."""
    from pathlib import Path

    address = f"{Path(request.opened).resolve().as_uri()}?mode=ro&immutable=1"
    database = sqlite3.connect(address, uri=True)
    try:
        database.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        database.execute(
            "PRAGMA writable_schema=ON"
        )  # tolerate a damaged schema; nothing is written
        database.execute("PRAGMA cell_size_check=ON")
        yield database
    finally:
        database.close()


def stopped(request: Request) -> bool:
    """Whether the reader asked to stop. SQLite asks from time to time, also inside a view that never ends."""
    try:
        request.progress.check_cancelled()
    except Cancelled:
        return True
    return False


@dataclass
class _Table:
    """A feature table while it is rescued."""

    name: str
    geometry: str
    crs: str
    columns: list[str]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, database: sqlite3.Connection, wanted: str) -> _Table:
        query = "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns"
        found = [row for row in database.execute(query) if not wanted or row[0] == wanted]
        name, geometry, number = found[0] if found else (wanted, "geom", 0)
        quoted = name.replace('"', '""')
        columns = [str(row[1]) for row in database.execute(f'PRAGMA table_info("{quoted}")')]
        crs = ""
        with contextlib.suppress(sqlite3.Error, TypeError):
            organisation, code = database.execute(
                "SELECT organization, organization_coordsys_id FROM gpkg_spatial_ref_sys WHERE srs_id=?",
                (number,),
            ).fetchone()
            crs = f"{organisation}:{code}" if code and int(code) > 0 else ""
        return cls(str(name), str(geometry), crs, columns)


def _rescue(database: sqlite3.Connection, table: _Table, request: Request) -> None:
    """Read rows in the order of their numbers; behind a lost page go on with a later number."""
    quoted = table.name.replace('"', '""')
    query = f'SELECT rowid, * FROM "{quoted}" WHERE rowid > ? ORDER BY rowid'  # noqa: S608 - quoted
    last, step, failures = -1, 1, 0
    while failures < _MAX_FAILURES:
        try:
            for number, row in enumerate(database.execute(query, (last,))):
                if number % _CHECK_EVERY == 0:
                    request.progress.check_cancelled()
                    request.progress.progress(len(table.rows), None, "features")
                if not isinstance(row[0], int) or row[0] <= last:
                    break  # a lost page reads as rows of nothing
                last, step = row[0], 1
                if _is_whole(row[1:], last):
                    table.rows.append(tuple(row[1:]))
            else:
                return
            failures, last, step = failures + 1, last + step, step * 2
        except sqlite3.Error:
            failures += 1
            last, step = last + step, step * 2


def _is_whole(row: tuple[Any, ...], number: int) -> bool:
    """A row of a lost page holds nothing, or texts of zeros."""
    if any(isinstance(value, str) and "\x00" in value for value in row):
        return False
    return any(value for value in row if value != number)


def _wkb_of(blobs: list[Any]) -> NDArray[Any]:
    """Return the WKB inside GeoPackage geometries (OGC 12-128, 2.1.3)."""
    found = np.full(len(blobs), None, dtype=object)
    for index, blob in enumerate(blobs):
        if isinstance(blob, bytes) and len(blob) > 8 and blob[:2] == b"GP":
            (flags,) = struct.unpack_from("B", blob, 3)
            found[index] = blob[8 + _ENVELOPE_BYTES.get((flags >> 1) & 7, 0) :]
    return found


def _plain(value: Any) -> Any:
    return None if isinstance(value, bytes) else value
