"""Polygons: draped on the ground, raised to solids, or flat water."""

from __future__ import annotations

import numpy as np
import shapely

from layers.vector.values import AREA, Job, Parts, mesh_of
from twin import api
from twin.api import shapes

SINK_M = 0.3


def draw(job: Job) -> list[api.Drawable]:
    """Return the drawables of the polygons."""
    areas = job.parts[AREA]
    if not len(areas) or job.params.as_ not in ("auto", "polygons"):
        return []
    if job.params.water:
        return _water(job, areas)
    height = job.height[areas.rows]
    tall = np.isfinite(height)
    return [*_solids(job, areas.only(tall)), *_flat(job, areas.only(~tall))]


def _water(job: Job, areas: Parts) -> list[api.Drawable]:
    level = job.numbers(job.params.water_level_column)[areas.rows] - job.view.frame.origin[2]
    z = np.where(np.isfinite(level), level, _lowest(job, areas)) + job.params.lift_m
    clean, triangles, number = shapes.triangulate(areas.geometry, np.arange(len(areas)))
    if not len(triangles):
        return []
    return [
        api.Mesh(
            xyz_in_scene=np.column_stack([clean, z[number]]).astype(np.float32),
            triangles=triangles,
            row_of_vertex=areas.rows[number],
            rgba=(0.55, 0.69, 0.76, 1.0),
            role=api.Role.WATER,
        )
    ]


def _lowest(job: Job, areas: Parts) -> shapes.Float64:
    """Lowest ground under the outline of each area: water collects there."""
    xy, index = shapely.get_coordinates(areas.geometry, return_index=True)
    lowest = np.full(len(areas), np.inf)
    np.minimum.at(lowest, index, shapes.surface_height(job.view.ground, xy))
    return lowest


def _solids(job: Job, areas: Parts) -> list[api.Drawable]:
    if not len(areas):
        return []
    under = _lowest(job, areas)
    if job.z_mode == "depth":
        under = under - job.depth[areas.rows]
    elif job.z_mode == "own":
        own = shapely.get_coordinates(
            shapely.get_point(shapely.get_exterior_ring(areas.geometry), 0), include_z=True
        )
        under = np.where(np.isfinite(own[:, 2]), own[:, 2], under)
    base = np.nan_to_num(job.numbers(job.params.base_column), nan=0.0)[areas.rows]
    bottom = np.where(base > 0, under + base, under - SINK_M)
    height = job.height[areas.rows]
    made = shapes.extrude(
        areas.geometry,
        areas.rows,
        z_bottom=bottom,
        z_top=under + base + height,
        floor=bool((base > 0).any()),
    )
    return mesh_of(made, job.role(api.Role.SOLID), closed=True)


def _flat(job: Job, areas: Parts) -> list[api.Drawable]:
    if not len(areas):
        return []
    if job.z_mode == "own":
        return mesh_of(_own(job, areas), job.role(api.Role.SOLID))
    if job.z_mode == "depth":
        made = shapes.drape_polygons(areas.geometry, areas.rows, ground=job.view.ground, lift_m=0.0)
        made.xyz[:, 2] -= job.depth[made.row_of_vertex]
        return mesh_of(made, job.role(api.Role.UNDERGROUND), ground=job.view.ground)
    made = shapes.drape_polygons(
        areas.geometry, areas.rows, ground=job.view.ground, lift_m=job.params.lift_m
    )
    return mesh_of(made, job.role(api.Role.DECAL), ground=job.view.ground)


def _own(job: Job, areas: Parts) -> shapes.Triangles:
    """Polygons at the z of their own vertices."""
    return shapes.own_polygons(areas.geometry, areas.rows, ground=job.view.ground)
