"""The libraries that reading takes, imported ahead of the first file."""

from __future__ import annotations

import importlib
import threading

NAMES = ("geopandas", "pyarrow.parquet", "pyogrio.raw", "rasterio")


def import_ahead() -> threading.Thread:
    """Import them on a thread of its own; join it before anything that must not be held up is shown.

    An import holds the interpreter for up to a tenth of a second at a time.
    """
    thread = threading.Thread(target=_import, name="libraries", daemon=True)
    thread.start()
    return thread


def _import() -> None:
    for name in NAMES:
        try:
            importlib.import_module(name)
        except ImportError:
            return  # the reader that needs it says so
