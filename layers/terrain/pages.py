"""Pictures finer than one texture can show: what the picture needs to bring their parts where one is near."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from twin import api
from twin.api import shapes

FILE = "pages"
WORTH = 1.5
"""Pages are made where the file has so many times smaller pixels than the texture."""
LARGE_PX = 2_000
"""What has fewer pixels a side was not thinned out."""
DETAIL_PX = 1.5
"""So large may a pixel of the picture look."""
EDGE_POINTS = 21


def with_file(
    ctx: api.LoadContext, table: api.FeatureTable, shown: api.Raster, role: str
) -> api.FeatureTable:
    """Note where a picture lies, or the sheets of one, that is finer than what is shown of it."""
    if max(np.shape(shown.values)[:2]) < LARGE_PX:
        return table
    roles = [
        name for name in ctx.sources if name == role or name.removeprefix(f"{role}_").isdigit()
    ]
    sides = [api.tilesets.pixel_m(ctx.path(name)) for name in roles]
    finest_m = min((side for side in sides if side is not None), default=None)
    extent = _extent(shown, ctx.frame)
    shown_m = max((extent[2] - extent[0]) / np.shape(shown.values)[1], 1e-3)
    if finest_m is None or shown_m < WORTH * finest_m:
        return table
    sheets = [
        {"path": str(ctx.path(name)), "crs": source.crs, "source": dict(source.options)}
        for name, source in ((name, ctx.sources[name]) for name in roles)
    ]
    about = {
        "path": sheets[0]["path"],
        "sheets": sheets,
        "extent": extent,
        "shown_m": shown_m,
        "finest_m": finest_m,
    }
    return replace(table, tables={**table.tables, FILE: pd.DataFrame({FILE: [about]})})


def of(
    table: api.FeatureTable, ground: api.Ground, frame: api.GeoFrame, strength: float
) -> list[api.Drawable]:
    """Return the pages of a picture, none where its texture shows all."""
    held = table.tables.get(FILE)
    if held is None or strength == 0:
        return []
    about: Mapping[str, Any] = held[FILE].iloc[0]
    x_min, y_min, x_max, y_max = about["extent"]
    corners = np.array([[x, y] for x in (x_min, x_max) for y in (y_min, y_max)])
    z = ground.height_m(corners)
    return [
        api.Tileset(
            address=about["path"],
            crs=frame.crs,
            origin=frame.origin,
            error_px=DETAIL_PX,
            bounds=(x_min, y_min, float(z.min()), x_max, y_max, float(z.max())),
            options={"made": "imagery", "ground": ground, "strength": strength, **about},
            role=api.Role.DECAL,
        )
    ]


def _extent(raster: api.Raster, frame: api.GeoFrame) -> tuple[float, float, float, float]:
    """Return x_min, y_min, x_max, y_max of a picture in the scene."""
    if shapes.same_crs(raster.crs, frame.crs):
        x_min, y_min, x_max, y_max = raster.extent
        x, y, _ = frame.origin
        return (x_min - x, y_min - y, x_max - x, y_max - y)
    outline = replace(raster, values=np.zeros(np.shape(raster.values)[:2], np.float32))
    ground = shapes.relief(outline, frame, max_nodes=EDGE_POINTS**2).ground
    rows, columns = ground.z_in_scene.shape
    return (
        ground.x_first,
        ground.y_first - (rows - 1) * ground.cell_y_m,
        ground.x_first + (columns - 1) * ground.cell_m,
        ground.y_first,
    )
