"""The parameters of the vector layer."""

from __future__ import annotations

from typing import Annotated

from twin.api import Choice, ColumnName, Range, Unit, params


@params
class VectorParams:
    """How features are drawn; see the labels in plugin.toml."""

    as_: Annotated[
        str, Choice("auto", "lines", "ribbon", "polygons", "points", "glyphs", "labels", "walls")
    ] = "auto"
    role: Annotated[
        str, Choice("auto", "solid", "decal", "vegetation", "marker", "underground")
    ] = "auto"
    lift_m: Annotated[float, Range(-5, 50), Unit("m")] = 0.05
    # Where z comes from.
    z_mode: Annotated[str, Choice("auto", "ground", "own", "depth")] = "auto"
    depth_m: Annotated[float, Range(0, 5000), Unit("m")] = 0.0
    depth_column: Annotated[str, ColumnName(numeric=True)] = ""
    # Lines.
    width_m: Annotated[float, Range(0, 500), Unit("m")] = 0.0
    width_column: Annotated[str, ColumnName(numeric=True)] = ""
    radius_m: Annotated[float, Range(0, 50), Unit("m")] = 0.0
    radius_column: Annotated[str, ColumnName(numeric=True)] = ""
    line_width_px: Annotated[float, Range(0.5, 20), Unit("px")] = 2.0
    flow_column: Annotated[str, ColumnName(numeric=True)] = ""
    # Extrusion.
    height_m: Annotated[float, Range(0, 1000), Unit("m")] = 0.0
    height_column: Annotated[str, ColumnName(numeric=True)] = ""
    base_column: Annotated[str, ColumnName(numeric=True)] = ""
    wall_thickness_m: Annotated[float, Range(0.02, 20), Unit("m")] = 0.2
    # Water.
    water: bool = False
    water_level_column: Annotated[str, ColumnName(numeric=True)] = ""
    # Points.
    size_px: Annotated[float, Range(1, 60), Unit("px")] = 8.0
    glyph: str = ""
    glyph_column: Annotated[str, ColumnName()] = ""
    glyph_height_m: Annotated[float, Range(0, 500), Unit("m")] = 0.0
    glyph_width_m: Annotated[float, Range(0, 500), Unit("m")] = 0.0
    glyph_height_column: Annotated[str, ColumnName(numeric=True)] = ""
    glyph_width_column: Annotated[str, ColumnName(numeric=True)] = ""
    heading_column: Annotated[str, ColumnName(numeric=True)] = ""
    natural_greens: bool = True
    # Labels.
    label_column: Annotated[str, ColumnName()] = ""
    label_rank_column: Annotated[str, ColumnName(numeric=True)] = ""
    label_height_m: Annotated[float, Range(0, 500), Unit("m")] = 0.0
    label_max_distance_m: Annotated[float, Range(50, 200_000), Unit("m")] = 20_000.0
    label_kind: str = "place"
