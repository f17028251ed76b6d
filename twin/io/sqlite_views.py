"""Views of a GeoPackage: questions that SQLite answers anew, and some never end."""

from __future__ import annotations

import sqlite3
import time

from twin.errors import ReadError
from twin.io import limits
from twin.io.loaded import Request
from twin.io.sqlite_salvage import opened, stopped

FORMATS = frozenset({"geopackage", "sqlite"})
_RASTERS = frozenset({"tiles", "2d-gridded-coverage"})
_PICTURES = frozenset({"png", "jpg", "jpeg", "webp"})
PATIENCE_S = 5.0
"""For counting the rows of a view; a million take a tenth of this."""
_LOOK_EVERY = 20_000
"""Instructions of SQLite between two looks at the time."""


def holds_rasters_only(request: Request) -> bool:
    """Whether a GeoPackage or MBTiles has pictures or heights in tiles, and no features."""
    end = time.monotonic() + PATIENCE_S
    with opened(request) as database:
        database.set_progress_handler(
            lambda: stopped(request) or time.monotonic() > end, _LOOK_EVERY
        )
        try:
            if request.format == "mbtiles":
                found = database.execute("SELECT value FROM metadata WHERE name='format' LIMIT 1")
                return str((found.fetchone() or [""])[0]) in _PICTURES
            found = database.execute("SELECT DISTINCT data_type FROM gpkg_contents LIMIT 20")
            kinds = {str(row[0]) for row in found}
        except sqlite3.Error:
            request.progress.check_cancelled()
            return False
    return bool(kinds & _RASTERS) and "features" not in kinds


def require_end(request: Request, table: str) -> None:
    """Make sure that a table of a file ends, where it is a view. GDAL would read on for ever.

    Raises
    ------
    ReadError
        Its rows are more than may be read, or cannot be counted in :data:`PATIENCE_S`.
    Cancelled
        The reader asked to stop.
    """
    end = time.monotonic() + PATIENCE_S
    name = table.replace('"', '""')
    most = limits.FEATURES
    with opened(request) as database:
        database.set_progress_handler(
            lambda: stopped(request) or time.monotonic() > end, _LOOK_EVERY
        )
        try:
            kind = database.execute("SELECT type FROM sqlite_master WHERE name=?", (table,))
            if kind.fetchone() != ("view",):
                return
            query = f'SELECT count(*) FROM (SELECT 1 FROM "{name}" LIMIT {most + 1})'  # noqa: S608 - quoted
            if database.execute(query).fetchone()[0] <= most:
                return
        except sqlite3.Error:
            request.progress.check_cancelled()
            if time.monotonic() <= end:
                return  # it is damaged, or asks for functions that GDAL has: reading will tell
    raise ReadError("io.view_endless", request.where, table=table, count=most)
