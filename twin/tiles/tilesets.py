"""What layers ask about tilesets; a part of ``twin.api``."""

from __future__ import annotations

from twin.model.table import FEATURE_ID, FeatureTable
from twin.tiles.about import About, about

__all__ = ["About", "about", "no_rows"]


def no_rows(crs: str, name: str) -> FeatureTable:
    """Return a table without rows: those of streamed tiles come and go with the view."""
    import geopandas as gpd

    frame = gpd.GeoDataFrame({FEATURE_ID: []}, geometry=[], crs=crs or None)
    return FeatureTable(frame=frame.astype({FEATURE_ID: object}), crs=crs, name=name)
