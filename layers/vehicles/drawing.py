"""Vehicles as drawables: moving symbols, dots for afar, names of lines; and the ways that they go."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from layers.vehicles.reading import fleet_of
from twin.api import (
    Drawable,
    FeatureTable,
    Glyphs,
    Labels,
    Lines,
    Points,
    Role,
    ViewQuery,
    network,
    rows,
    shapes,
)

LABEL_DISTANCE_M = 1500.0
LABEL_RANK = 7
PATH_WIDTH_PX = 2.5
LIFT_M = 0.8
PATH_RGBA = (0.42, 0.40, 0.56, 1.0)


def draw(table: FeatureTable, params: Any, view: ViewQuery) -> list[Drawable]:
    """Return the drawables of vehicles."""
    made: list[Drawable] = list(_paths(table, view)) if params.paths else []
    modes = table.frame["mode"].to_numpy(object)
    xyz = np.zeros((len(table), 3), np.float32)
    begin = network.in_scene(table, view.frame)
    known = ~shapely.is_missing(begin)
    xyz[known, :2] = shapely.get_coordinates(begin[known])
    height = np.zeros(len(table), np.float32)
    for mode in dict.fromkeys(modes.tolist()):
        mine = np.flatnonzero(modes == mode).astype(np.int32)
        size = np.array(shapes.GLYPHS[mode].size_m) * params.symbol_scale
        height[mine] = size[2]
        made.append(
            Glyphs(
                xyz_in_scene=xyz[mine],
                shape=mode,
                scale_m=np.tile(size, (len(mine), 1)).astype(np.float32),
                row_of_glyph=mine,
                moving=True,
            )
        )
    every = np.arange(len(table), dtype=np.int32)
    top = xyz + np.column_stack([np.zeros((len(table), 2)), height + 2.0]).astype(np.float32)
    if params.dot_px > 0 and len(table):
        made.append(
            Points(
                xyz_in_scene=top,
                row_of_point=every,
                size_px=params.dot_px,
                role=Role.MARKER,
                moving=True,
            )
        )
    return [*made, *(_labels(table, top) if params.labels else ())]


def _labels(table: FeatureTable, top: Any) -> list[Drawable]:
    texts = rows.texts_of(table.frame, "line")
    named = np.array([i for i, text in enumerate(texts) if text], np.int32)
    if not len(named):
        return []
    return [
        Labels(
            xyz_in_scene=top[named],
            texts=tuple(texts[i] for i in named),
            rank=np.full(len(named), LABEL_RANK, dtype=np.int32),
            row_of_label=named,
            max_distance_m=LABEL_DISTANCE_M,
            kind="value",
            moving=True,
        )
    ]


def _paths(table: FeatureTable, view: ViewQuery) -> list[Drawable]:
    """Return the ways of the lines, laid on the ground."""
    schedule = fleet_of(table).schedule
    lines = schedule.paths.lines if schedule is not None else ()
    if not len(lines):
        return []
    xyz, offsets, _ = shapes.drape_lines(
        lines, np.arange(len(lines)), ground=view.ground, lift_m=LIFT_M
    )
    return [
        Lines(
            xyz_in_scene=xyz.astype(np.float32),
            offsets=offsets,
            rgba=PATH_RGBA,
            width_px=PATH_WIDTH_PX,
            styled=False,
            pickable=False,
            role=Role.DECAL,
        )
    ]
