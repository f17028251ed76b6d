"""Lines: on the ground, at a depth, or where their own z says; as lines, tubes, ribbons or walls."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.vector.values import AREA, LINE, Job, Parts, mesh_of
from twin import api
from twin.api import shapes

RADIUS_CLASSES = 8
USUAL_WIDTH_M = 4.0
ABOVE_GROUND_M = 0.25
"""Lines without width need more room above the ground than surfaces."""
SINK_M = 0.3
OUTLINES = ("lines", "ribbon", "walls")
"""Ways of drawing in which areas are their outlines."""


def draw(job: Job) -> list[api.Drawable]:
    """Return the drawables of the lines."""
    lines = job.parts[LINE]
    if job.params.as_ in OUTLINES and len(job.parts[AREA]):
        areas = job.parts[AREA]
        outlines = Parts(shapely.boundary(areas.geometry), areas.rows)
        lines = Parts(
            np.concatenate([lines.geometry, outlines.geometry]),
            np.concatenate([lines.rows, outlines.rows]),
        )
    if not len(lines) or job.params.as_ in ("labels", "points", "glyphs"):
        return []
    way = job.params.as_
    if way == "auto":
        way = _usual_way(job)
    if way == "walls":
        return _walls(job, lines)
    if way in ("ribbon", "polygons"):
        return _ribbons(job, lines)
    return _lines(job, lines)


def _usual_way(job: Job) -> str:
    p = job.params
    if p.height_m > 0 or p.height_column:
        return "walls"
    if (p.width_m > 0 or p.width_column) and job.z_mode == "ground":
        return "ribbon"
    return "lines"


def _ribbons(job: Job, lines: Parts) -> list[api.Drawable]:
    width = job.either(job.params.width_column, job.params.width_m or USUAL_WIDTH_M)[lines.rows]
    made = shapes.ribbon(
        lines.geometry, lines.rows, width_m=width, ground=job.view.ground, lift_m=job.params.lift_m
    )
    return mesh_of(made, job.role(api.Role.DECAL), ground=job.view.ground)


def _walls(job: Job, lines: Parts) -> list[api.Drawable]:
    """Walls and fences, in pieces that step along with the ground."""
    height = job.height[lines.rows]
    thickness = job.either(job.params.width_column, job.params.wall_thickness_m)[lines.rows]
    tall = np.isfinite(height)
    pieces, number = _segments(lines.geometry[tall])
    if not len(pieces):
        return []
    areas = shapely.buffer(
        pieces, thickness[tall][number] / 2, cap_style="square", join_style="mitre"
    )
    ends = shapely.get_coordinates(pieces).reshape(-1, 2, 2)
    z = shapes.surface_height(job.view.ground, ends.reshape(-1, 2)).reshape(-1, 2)
    base = np.nan_to_num(job.numbers(job.params.base_column), nan=0.0)[lines.rows][tall][number]
    made = shapes.extrude(
        areas,
        lines.rows[tall][number],
        z_bottom=z.min(axis=1) - SINK_M + base,
        z_top=z.max(axis=1) + base + height[tall][number],
    )
    return mesh_of(made, job.role(api.Role.SOLID), closed=True)


def _segments(lines: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """The straight pieces of lines, none longer than ten metres, and the line each comes from."""
    xy, index = shapely.get_coordinates(
        shapely.segmentize(shapely.force_2d(lines), 10.0), return_index=True
    )
    same = index[1:] == index[:-1]
    same &= (xy[1:] != xy[:-1]).any(axis=1)
    return shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1)), index[1:][same]


def _lines(job: Job, lines: Parts) -> list[api.Drawable]:
    xyz, offsets, rows = _placed(job, lines)
    radius = job.either(job.params.radius_column, job.params.radius_m)[rows]
    usual = (
        api.Role.DECAL
        if job.z_mode == "ground" and not np.isfinite(radius).any()
        else api.Role.SOLID
    )
    drawables: list[api.Drawable] = []
    for size, chosen in _classes(radius):
        part_xyz, part_offsets = _some_lines(xyz, offsets, chosen)
        if len(part_xyz):
            drawables.append(
                api.Lines(
                    xyz_in_scene=part_xyz.astype(np.float32),
                    offsets=part_offsets,
                    row_of_line=rows[chosen],
                    width_px=job.params.line_width_px,
                    radius_m=size,
                    flow_column=job.params.flow_column or None,
                    role=job.role(usual),
                )
            )
    return drawables


def _placed(job: Job, lines: Parts) -> tuple[shapes.Float64, NDArray[np.int32], NDArray[np.int32]]:
    ground = job.view.ground
    if job.z_mode == "own":
        xyz, offsets, rows = shapes.own_lines(lines.geometry, lines.rows, missing_z=np.nan)
        z = shapes.surface_height(ground, xyz[:, :2]) + ABOVE_GROUND_M
        xyz[:, 2] = np.where(np.isfinite(xyz[:, 2]), xyz[:, 2], z)
        return xyz, offsets, rows
    depth = job.depth[lines.rows] if job.z_mode == "depth" else None
    lift = max(job.params.lift_m, ABOVE_GROUND_M)
    return shapes.drape_lines(lines.geometry, lines.rows, ground=ground, lift_m=lift, depth_m=depth)


def _classes(radius: shapes.Float64) -> list[tuple[float | None, NDArray[np.bool_]]]:
    """Few sizes of tubes stand for many: a drawable has one radius."""
    plain = ~np.isfinite(radius)
    classes: list[tuple[float | None, NDArray[np.bool_]]] = [(None, plain)] if plain.any() else []
    sizes = np.unique(radius[~plain])
    if not len(sizes):
        return classes
    if len(sizes) > RADIUS_CLASSES:
        sizes = np.unique(
            np.quantile(radius[~plain], (np.arange(RADIUS_CLASSES) + 0.5) / RADIUS_CLASSES)
        )
    nearest = np.argmin(np.abs(radius[:, None] - sizes), axis=1)
    return classes + [(float(size), ~plain & (nearest == i)) for i, size in enumerate(sizes)]


def _some_lines(
    xyz: shapes.Float64, offsets: NDArray[np.int32], chosen: NDArray[np.bool_]
) -> tuple[shapes.Float64, NDArray[np.int32]]:
    sizes = np.diff(offsets)
    if chosen.all():
        return xyz, offsets
    kept = np.concatenate([[0], np.cumsum(sizes[chosen])]).astype(np.int32)
    return xyz[np.repeat(chosen, sizes)], kept
