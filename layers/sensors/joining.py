"""Features of another file for the things of a history: by whatever both call them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from twin.api import FEATURE_ID

if TYPE_CHECKING:
    import geopandas as gpd

MOST_COLUMNS = 200
BEFORE_ID = r"^.*[:/#]"
"""What a platform or a topic puts before the identifier of a thing."""


def features_of(things: pd.DataFrame, features: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the feature of every thing, row by row; rows of things that are not found are empty.

    The column of the features, and what of the things is looked for in it (identifier, its last part, or name),
    are those by which most are found: a platform that tells of values and the file that tells of places seldom
    write an identifier in the same way.
    """
    ids = things[FEATURE_ID].astype(str)
    ends, names = ids.str.replace(BEFORE_ID, "", regex=True), things["name"].astype(str)
    best, found = (FEATURE_ID, ids), 0
    for column in _columns(features):
        there = set(features[column].dropna().astype(str)) - {""}
        for wanted in (ids, ends, names):
            count = int(wanted.isin(there).sum())
            if count > found:
                best, found = (column, wanted), count
    column, wanted = best
    known = features[features[column].notna()]
    by_key = known.set_index(known[column].astype(str))
    return by_key[~by_key.index.duplicated()].reindex(wanted)


def _columns(features: gpd.GeoDataFrame) -> list[str]:
    """Return the columns that may hold identifiers, feature ids first."""
    others = [
        str(name)
        for name in features.columns
        if name not in (FEATURE_ID, features.geometry.name)
        and (features[name].dtype == object or features[name].dtype.kind in "iuO")
    ]
    return [FEATURE_ID, *others[:MOST_COLUMNS]]
