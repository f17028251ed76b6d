"""Texts at features, by the expression of a style."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.drawables import Drawable, Glyphs, Labels, Mesh
from twin.model.expressions import ExpressionError, Places, parse, values_of
from twin.model.geoframe import GeoFrame
from twin.model.ground import Ground
from twin.model.styling import rows_asked
from twin.model.table import FeatureTable

MOST = 5_000
"""Labels of a layer at most, those of the largest features; they give way to one another anyway."""

ABOVE_M = 2.0
SEEN_FROM_M = 4_000.0
PLAIN_M = 4.0
"""Where nothing of a feature rises, its text stands this high above the ground."""

LATER = 1_000_000
"""Rank behind the names of places."""


def labels_of(
    text: str,
    table: FeatureTable,
    drawables: Sequence[Drawable],
    column_of: Callable[[str], NDArray[Any] | None],
    *,
    frame: GeoFrame,
    ground: Ground,
    places: Places | None = None,
) -> tuple[Labels, ...]:
    """Return the labels of a layer, none where the expression cannot be understood or gives no text.

    The same text is written in every language: it comes from the data.
    """
    import shapely

    try:
        values = values_of(parse(text), rows_asked(text, len(table), column_of, places))
    except ExpressionError:
        return ()  # the form says why
    geometry = np.asarray(table.frame.geometry.array, object)
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    said = np.array([written(value) for value in values], object)
    rows = np.flatnonzero(there & (said != ""))
    size = np.maximum(shapely.area(geometry[rows]), shapely.length(geometry[rows]))
    rows = rows[np.argsort(-size, kind="stable")[:MOST]]
    if not len(rows):
        return ()
    xy = shapely.get_coordinates(shapely.point_on_surface(geometry[rows])) - frame.origin[:2]
    top = tops(drawables, len(table))[rows]
    z = np.where(np.isfinite(top), top + ABOVE_M, ground.height_m(xy) + PLAIN_M)
    return (
        Labels(
            xyz_in_scene=np.column_stack([xy, z]).astype(np.float32),
            texts=tuple({"en": words} for words in said[rows]),
            rank=(LATER + np.arange(len(rows))).astype(np.int32),
            row_of_label=rows.astype(np.int32),
            max_distance_m=SEEN_FROM_M,
        ),
    )


def written(value: Any) -> str:
    """Return a value as a label says it: numbers with at most six digits, what is missing not at all."""
    if value is None or value != value:  # noqa: PLR0124 - NaN
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value).strip()


def tops(drawables: Sequence[Drawable], rows: int) -> NDArray[np.float64]:
    """Return the highest z (rows,) that is drawn of each row, NaN where nothing is."""
    top = np.full(rows, -np.inf)
    for drawable in drawables:
        if isinstance(drawable, Mesh) and drawable.row_of_vertex is not None:
            known = drawable.row_of_vertex >= 0
            np.maximum.at(top, drawable.row_of_vertex[known], drawable.xyz_in_scene[known, 2])
        elif isinstance(drawable, Glyphs) and drawable.row_of_glyph is not None:
            known = drawable.row_of_glyph >= 0
            high = drawable.xyz_in_scene[known, 2] + drawable.scale_m[known, 2]
            np.maximum.at(top, drawable.row_of_glyph[known], high)
    return np.where(np.isfinite(top), top, np.nan)
