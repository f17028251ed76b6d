"""The one module that layers and plugins import. Small, documented, stable within an API version.

A layer needs a folder with a ``plugin.toml`` and a class with ``load`` and ``build``; see
``docs/plugins.md`` and :class:`Layer`.
"""

from __future__ import annotations

from twin import live, network, routing, shapes
from twin.drawables import (
    Drape,
    Drawable,
    Glyphs,
    Labels,
    Lines,
    Mesh,
    Points,
    Role,
    Text,
    Tileset,
)
from twin.errors import BelvedereError, Cancelled, CrsError, ReadError
from twin.io.guess import meanings
from twin.live.feed import FeedContext, FeedError
from twin.model import rows
from twin.model.edits import Edit
from twin.model.geoframe import GeoFrame
from twin.model.ground import FlatGround, GridGround, Ground
from twin.model.layer import (
    Fact,
    Layer,
    LayerState,
    LoadContext,
    Series,
    Source,
    ViewQuery,
)
from twin.model.making import (
    facts_of,
    number,
    read_json,
    read_rows,
    stacked,
    table_from_lonlat,
    with_columns,
)
from twin.model.panels import Button, Field, Form, Grid, Image, PanelPart, Paragraph
from twin.model.params import Choice, ColumnName, Range, Unit, params
from twin.model.style import (
    Categories,
    Category,
    Constant,
    Graduated,
    Legend,
    LegendEntry,
    LegendSymbol,
    Style,
)
from twin.model.table import (
    FEATURE_ID,
    Column,
    FeatureMesh,
    FeatureTable,
    PointCloud,
    Provenance,
    Quality,
    Raster,
)
from twin.network.solving import solve_for as solve
from twin.problems import Problem, Severity
from twin.registry.manifest import API_VERSION
from twin.store.history.model import Datastream, batch_of
from twin.tiles import tilesets

__all__ = [
    "API_VERSION",
    "FEATURE_ID",
    "BelvedereError",
    "Button",
    "Cancelled",
    "Categories",
    "Category",
    "Choice",
    "Column",
    "ColumnName",
    "Constant",
    "CrsError",
    "Datastream",
    "Drape",
    "Drawable",
    "Edit",
    "Fact",
    "FeatureMesh",
    "FeatureTable",
    "FeedContext",
    "FeedError",
    "Field",
    "FlatGround",
    "Form",
    "GeoFrame",
    "Glyphs",
    "Graduated",
    "Grid",
    "GridGround",
    "Ground",
    "Image",
    "Labels",
    "Layer",
    "LayerState",
    "Legend",
    "LegendEntry",
    "LegendSymbol",
    "Lines",
    "LoadContext",
    "Mesh",
    "PanelPart",
    "Paragraph",
    "PointCloud",
    "Points",
    "Problem",
    "Provenance",
    "Quality",
    "Range",
    "Raster",
    "ReadError",
    "Role",
    "Series",
    "Severity",
    "Source",
    "Style",
    "Text",
    "Tileset",
    "Unit",
    "ViewQuery",
    "batch_of",
    "facts_of",
    "live",
    "meanings",
    "network",
    "number",
    "params",
    "read_json",
    "read_rows",
    "routing",
    "rows",
    "shapes",
    "solve",
    "stacked",
    "table_from_lonlat",
    "tilesets",
    "with_columns",
]


def __getattr__(name: str) -> object:
    """Return a deprecated name with a warning, until its time is over."""
    from twin.api.deprecation import look_up

    return look_up(__name__, name)
