"""Sensors as drawables: a symbol by what is observed, a dot that stays visible from afar, names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from layers.sensors.words import KINDS
from twin.api import (
    Drawable,
    FeatureTable,
    Glyphs,
    Labels,
    LegendSymbol,
    Lines,
    Points,
    Role,
    ViewQuery,
    live,
    network,
    rows,
    shapes,
)

GLYPH: Mapping[str, str] = {
    "air": "sensor.air",
    "noise": "sensor.noise",
    "traffic": "sensor.traffic",
    "parking": "sensor.parking",
    "bike": "sensor.bike",
    "car": "sensor.car",
    "charge": "charger",
    "water": "sensor.water",
    "meter": "sensor.meter",
    "waste": "sensor.waste",
    "weather": "sensor.weather",
}
"""Shape by family of observed properties; others stand on a plain pole."""

POLE = "sensor.pole"
LABEL_DISTANCE_M = 500.0
LABEL_RANK = 8
CLUSTER_M = 40.0


def draw(table: FeatureTable, params: Any, view: ViewQuery) -> list[Drawable]:
    """Return the drawables of sensors."""
    geometry = network.in_scene(table, view.frame)
    foot, row = network.points_on(geometry, np.arange(len(table)), view.ground)
    if not len(row):
        return []
    shape = _shapes(table)[row]
    size = np.array([shapes.GLYPHS[name].size_m for name in shape]) * params.symbol_scale
    above = np.nan_to_num(network.constant(table, "height_m"))[row]
    foot[:, 2] += np.where(above > size[:, 2], above - size[:, 2], 0.0)
    made: list[Drawable] = []
    for name in dict.fromkeys(shape.tolist()):
        mine = shape == name
        made.append(
            Glyphs(
                xyz_in_scene=foot[mine].astype(np.float32),
                shape=name,
                scale_m=size[mine].astype(np.float32),
                row_of_glyph=row[mine],
            )
        )
    top = foot[:, 2] + size[:, 2]
    head = np.column_stack([foot[:, :2], top + params.stem_m])
    if params.stem_m > 0:
        xyz, offsets = network.upright(head, top)
        made.append(Lines(xyz_in_scene=xyz, offsets=offsets, row_of_line=row, width_px=1.5))
    if params.dot_px > 0:
        made.append(
            Points(
                xyz_in_scene=head.astype(np.float32),
                row_of_point=row,
                size_px=params.dot_px,
                cluster_m=CLUSTER_M if params.clusters else 0.0,
                cluster_by="weight",
                role=Role.MARKER,
            )
        )
    return [*made, *(_labels(table, head, row) if params.labels else ())]


def symbols(table: FeatureTable) -> list[LegendSymbol]:
    """Return what the shapes of the sensors stand for, those that there are."""
    names = table.frame.loc[_placed(table), "observed_property"].unique()
    there = {_kind(name) for name in names}
    return [
        LegendSymbol(shape=GLYPH.get(kind, POLE), label=label)
        for kind, label in KINDS.items()
        if kind in there
    ]


def _placed(table: FeatureTable) -> np.ndarray[Any, Any]:
    """Return which rows have a place, (n,) bool."""
    geometry = table.frame.geometry
    return (geometry.notna() & ~geometry.is_empty).to_numpy(bool)


def _kind(observed_property: str) -> str:
    """Return the kind of a sensor as its shape tells it apart, empty for a plain pole."""
    family = live.family_of(observed_property)
    return family if family in GLYPH else ""


def _shapes(table: FeatureTable) -> np.ndarray[Any, Any]:
    """Return the name of the shape of every row, (n,) object."""
    names = table.frame["observed_property"].to_numpy(object)
    return np.array([GLYPH.get(_kind(name), POLE) for name in names], dtype=object)


def _labels(table: FeatureTable, head: Any, row: Any) -> list[Drawable]:
    names = rows.texts_of(table.frame, "name")
    texts = [names[r] for r in row.tolist()]
    named = [i for i, text in enumerate(texts) if text]
    if not named:
        return []
    at = head[named] + [0.0, 0.0, 1.0]
    return [
        Labels(
            xyz_in_scene=at.astype(np.float32),
            texts=tuple(texts[i] for i in named),
            rank=np.full(len(named), LABEL_RANK, dtype=np.int32),
            row_of_label=row[named],
            max_distance_m=LABEL_DISTANCE_M,
            text_column="reading",
        )
    ]
