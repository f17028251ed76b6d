"""GDAL under house rules: no network, no foreign drivers by accident, no chatter.

pyogrio and rasterio each carry their own GDAL; both are told the same.
"""

from __future__ import annotations

import warnings
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
}
RASTER_OPTIONS = {
    **NO_NETWORK,
    "GDAL_MAX_DATASET_POOL_RAM_USAGE": "256MB",
    "GTIFF_IGNORE_READ_ERRORS": "NO",
}


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
