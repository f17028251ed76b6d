"""What layers ask about tilesets; a part of ``twin.api``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin import io
from twin.errors import CrsError
from twin.io.las import is_copc
from twin.model.geoframe import transformer
from twin.model.table import FEATURE_ID, FeatureTable
from twin.tiles.about import About, about

__all__ = ["About", "about", "can_stream", "no_rows", "pixel_m"]


def can_stream(path: Path) -> bool:
    """Whether a point cloud can be shown node by node instead of being read."""
    return is_copc(path)


def pixel_m(path: Path) -> float | None:
    """Return about the side of a pixel of a picture on disk, in metres; None where it is no picture with a place."""
    found = io.inspect(path)
    about = found.layers[0] if found.layers else None
    if about is None or not about.details.get("picture") or about.extent is None:
        return None
    x_min, y_min, x_max, y_max = about.extent
    x, y = (x_min + x_max) / 2, (y_min + y_max) / 2
    across, down = (float(side) for side in about.details["cell"])
    from pyproj import Geod

    try:
        to_degrees = transformer(about.crs, "EPSG:4326")
    except CrsError:
        return None
    # On the Earth, not on the map: pixels of Web Mercator are half as large again at Paris as they say.
    lon, lat = to_degrees.transform([x, x + across, x], [y, y, y + down])
    sides = Geod(ellps="WGS84").inv([lon[0]] * 2, [lat[0]] * 2, lon[1:], lat[1:])[2]
    side = float(min(sides))
    return side if np.isfinite(side) and side > 0 else None


def no_rows(crs: str, name: str) -> FeatureTable:
    """Return a table without rows: those of streamed tiles come and go with the view."""
    import geopandas as gpd

    frame = gpd.GeoDataFrame({FEATURE_ID: []}, geometry=[], crs=crs or None)
    return FeatureTable(frame=frame.astype({FEATURE_ID: object}), crs=crs, name=name)
