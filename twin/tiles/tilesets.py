"""What layers ask about tilesets; a part of ``twin.api``."""

from __future__ import annotations

from pathlib import Path

from twin import io
from twin.errors import CrsError
from twin.io.las import is_copc
from twin.model.geoframe import is_metric
from twin.model.table import FEATURE_ID, FeatureTable
from twin.tiles.about import About, about

METRES_A_DEGREE = 111_320.0

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
    side = float(min(about.details["cell"]))
    try:
        metric = is_metric(about.crs)
    except CrsError:
        return None
    return side if metric else side * METRES_A_DEGREE


def no_rows(crs: str, name: str) -> FeatureTable:
    """Return a table without rows: those of streamed tiles come and go with the view."""
    import geopandas as gpd

    frame = gpd.GeoDataFrame({FEATURE_ID: []}, geometry=[], crs=crs or None)
    return FeatureTable(frame=frame.astype({FEATURE_ID: object}), crs=crs, name=name)
