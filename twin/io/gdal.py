"""GDAL under house rules: no network, no foreign drivers by accident, no chatter.

pyogrio and rasterio each carry their own GDAL; both are told the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# A file that GDAL may fetch must end like this: none does, so that nothing is ever fetched.
NO_NETWORK = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{no-network}",
    # Drivers of web services do not ask that list: their way leads to a port where nobody is.
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    # A closed polyline of a drawing is the outline of a building or a plot.
    "DXF_CLOSED_LINE_AS_POLYGON": "TRUE",
}
RASTER_OPTIONS = {
    **NO_NETWORK,
    "GDAL_MAX_DATASET_POOL_RAM_USAGE": "256MB",
    "GTIFF_IGNORE_READ_ERRORS": "NO",
}
_LONGEST_REASON = 160


def quiet() -> None:
    """Keep the libraries' chatter out of the log: what matters becomes a Problem."""
    for module in ("pyogrio", "pyarrow", "rasterio", "geopandas", r"twin\.io", "contextlib"):
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=module)
        warnings.filterwarnings("ignore", category=UserWarning, module=module)


@cache
def _configure_pyogrio() -> None:
    import pyogrio

    pyogrio.set_gdal_config_options(NO_NETWORK)


def use_pyogrio() -> None:
    """Call before anything is opened with pyogrio."""
    _configure_pyogrio()
    quiet()


@contextmanager
def patient_flatgeobuf() -> Iterator[None]:
    """Read FlatGeobuf row by row, twenty times slower.

    The driver's own Arrow batches are broken where a row has no geometry, and Arrow aborts on them. Such a file has
    no spatial index.
    """
    import pyogrio

    option = "OGR_FLATGEOBUF_STREAM_BASE_IMPL"
    pyogrio.set_gdal_config_options({option: "YES"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({option: None})


def said(error: BaseException, *, named: bool = False) -> str:
    """Return the words of an error of a library: one clause, without a full stop, not too long.

    Parameters
    ----------
    named : bool
        With the name of its class, for errors that nobody foresaw.
    """
    # rasterio says only that it failed; why stands in what it was raised from.
    cause = error.__cause__
    if cause is not None and "previous exception" in str(error):
        return said(cause, named=named)
    words = " ".join(str(error).split()).strip(" .;")
    # GDAL joins the same words of several of its parts.
    words = "; ".join(dict.fromkeys(part.strip(" .") for part in words.split(";")))
    if len(words) > _LONGEST_REASON:
        words = words[:_LONGEST_REASON].rsplit(" ", 1)[0] + " …"
    return f"{type(error).__name__}: {words}" if named else words
