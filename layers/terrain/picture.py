"""Pictures on the ground: the imagery of a terrain, or a map that is opened alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from layers.terrain import pages
from twin import api
from twin.api import shapes

IMAGERY = "imagery"
LONGEST_SIDE_PX = 4096
LIFT_M = 0.04
FLAT_NODES, NODES = 4, 40_000


def is_picture(raster: api.Raster | None) -> bool:
    """Whether a raster holds colours, not heights."""
    return raster is not None and np.ndim(raster.values) == 3


def thinned(raster: api.Raster) -> api.Raster:
    """Return a picture that fits a texture; its extent stays true to less than a thinned pixel."""
    pixels = np.asarray(raster.values)
    step = max(1, -(-max(pixels.shape[:2]) // LONGEST_SIDE_PX))
    if step == 1:
        return raster
    rows, columns = (side // step * step for side in pixels.shape[:2])
    pixels = np.ascontiguousarray(pixels[:rows:step, :columns:step])
    return replace(raster, values=pixels, dx=raster.dx * step, dy=raster.dy * step)


def with_imagery(
    ctx: api.LoadContext, table: api.FeatureTable, around: Mapping[str, Any]
) -> api.FeatureTable:
    """Add the layer's picture to its table, as a companion table of one row; ``around`` is the part to read."""
    if IMAGERY not in ctx.sources:
        return table
    try:
        raster = ctx.read(IMAGERY, **around).raster
    except api.ReadError as error:
        ctx.report(error.problem)
        return table
    if raster is None or not is_picture(raster):
        ctx.report(api.Problem("terrain.not_a_picture", IMAGERY))
        return table
    shown = thinned(raster)
    held = pd.DataFrame({"raster": [shown]})
    return pages.with_file(
        ctx, replace(table, tables={**table.tables, IMAGERY: held}), shown, IMAGERY
    )


def imagery_of(table: api.FeatureTable) -> api.Raster | None:
    """Return the picture of a table, None where it has none."""
    held = table.tables.get(IMAGERY)
    return None if held is None else held["raster"].iloc[0]


def painted(
    bare: api.Mesh, raster: api.Raster, frame: api.GeoFrame, strength: float
) -> list[api.Drawable]:
    """Split a surface into what the picture covers, painted with it, and the bare rest."""
    uv = shapes.raster_from_scene(raster, frame, bare.xyz_in_scene[:, :2].astype(np.float64))
    inside = ((uv >= -1e-6) & (uv <= 1 + 1e-6)).all(axis=1)
    covered = inside[bare.triangles].all(axis=1)
    if not covered.any():
        return [bare]
    textured = replace(
        bare,
        triangles=bare.triangles[covered],
        rgba_of_vertex=None,
        rgba=(1.0, 1.0, 1.0, 1.0),
        uv=np.clip(uv, 0, 1).astype(np.float32),
        texture=shapes.faded(np.asarray(raster.values), strength),
    )
    if covered.all():
        return [textured]
    return [replace(bare, triangles=bare.triangles[~covered]), textured]


def alone(raster: api.Raster, view: api.ViewQuery, strength: float) -> list[api.Drawable]:
    """Lay a picture on whatever ground there is."""
    flat = not np.isfinite(view.ground.cell_m)
    outline = replace(raster, values=np.zeros(np.shape(raster.values)[:2], np.float32))
    same = shapes.same_crs(raster.crs, view.frame.crs)
    nodes = FLAT_NODES if flat and same else NODES
    sheet = shapes.relief(outline, view.frame, max_nodes=nodes)
    mesh = shapes.ground_mesh(sheet.ground)
    xyz = mesh.xyz.copy()
    xyz[:, 2] = shapes.surface_height(view.ground, xyz[:, :2]) + LIFT_M
    bare = api.Mesh(
        xyz_in_scene=xyz.astype(np.float32),
        triangles=mesh.triangles,
        styled=False,
        role=api.Role.GROUND if flat else api.Role.DECAL,
    )
    return [
        d
        for d in painted(bare, raster, view.frame, strength)
        if getattr(d, "texture", None) is not None
    ]
