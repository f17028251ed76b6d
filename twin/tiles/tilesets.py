"""What layers ask about tilesets; a part of ``twin.api``."""

from __future__ import annotations

from pathlib import Path

from twin.io.las import is_copc
from twin.model.table import FEATURE_ID, FeatureTable
from twin.tiles.about import About, about

__all__ = ["About", "about", "can_stream", "no_rows"]


def can_stream(path: Path) -> bool:
    """Whether a point cloud can be shown node by node instead of being read."""
    return is_copc(path)


def no_rows(crs: str, name: str) -> FeatureTable:
    """Return a table without rows: those of streamed tiles come and go with the view."""
    import geopandas as gpd

    frame = gpd.GeoDataFrame({FEATURE_ID: []}, geometry=[], crs=crs or None)
    return FeatureTable(frame=frame.astype({FEATURE_ID: object}), crs=crs, name=name)
