"""The libraries that reading takes, imported ahead of the first file."""

from __future__ import annotations

import importlib
import threading

TABLES = ("geopandas", "pyarrow")
FILES = ("pyarrow.parquet", "pyogrio.raw", "rasterio")


def import_ahead(*, files: bool) -> threading.Thread:
    """Import them on a thread of its own; join it before anything that must not be held up is shown.

    An import holds the interpreter for up to a tenth of a second at a time.

    Parameters
    ----------
    files : bool
        Whether files will be read; else only what tables take.
    """
    names = TABLES + FILES if files else TABLES
    thread = threading.Thread(target=_import, args=(names,), name="libraries", daemon=True)
    thread.start()
    return thread


def _import(names: tuple[str, ...]) -> None:
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            return  # the reader that needs it says so
