"""Clouds that are looked at node by node (COPC): what the picture needs to stream them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from layers.points import colours
from twin import api

if TYPE_CHECKING:
    from layers.points.layer import PointsParams

FILE = "file"
EXAMPLE = 50_000
"""Points by which the colours and classes of a streamed cloud are told."""
BYTES_A_POINT = 230
"""About what a drawn point takes, its four corners on the graphics card included."""


def example(ctx: api.LoadContext) -> api.FeatureTable | None:
    """Return some points of a cloud that can be streamed, with the place of the file; None for any other."""
    source = ctx.sources.get("points")
    if source is None or not api.tilesets.can_stream(ctx.path("points")):
        return None
    table = ctx.read("points", points=EXAMPLE, example=True)
    if table.points is None or len(table.points.xyz_in_crs) >= table.points.total:
        return table
    about = {"path": str(ctx.path("points")), "crs": source.crs, "source": dict(source.options)}
    return replace(table, tables={**table.tables, FILE: pd.DataFrame({FILE: [about]})})


def is_streamed(table: api.FeatureTable) -> bool:
    """Whether the points of a table are only an example of those in its file."""
    return FILE in table.tables


def tiles_of(
    table: api.FeatureTable, params: PointsParams, view: api.ViewQuery, lift_m: float
) -> api.Tileset:
    """Return the cloud as tiles: near the eye every point, far away few, in all as many as the budget."""
    about = table.tables[FILE][FILE].iloc[0]
    cloud = table.points
    assert cloud is not None  # noqa: S101 - asked before
    xyz = cloud.xyz_in_crs - view.frame.origin
    xyz[:, 2] += lift_m
    low, high = xyz.min(axis=0), xyz.max(axis=0)
    return api.Tileset(
        address=about["path"],
        crs=view.frame.crs,
        origin=view.frame.origin,
        error_px=params.size_px,
        budget_bytes=params.budget * BYTES_A_POINT,
        bounds=(*map(float, low), *map(float, high)),  # type: ignore[arg-type]
        point_px=params.size_px,
        options={
            "made": "cloud",
            "crs": about["crs"],
            "source": about["source"],
            "lift_m": lift_m,
            "left_out": () if params.noise else _noise(table),
            **_paint(table, cloud, params.colour_by, lift_m - view.frame.origin[2]),
        },
    )


def _paint(
    table: api.FeatureTable, cloud: api.PointCloud, wanted: str, shift_m: float
) -> dict[str, Any]:
    """Return how points get their colours, the same as where all are read at once."""
    by = colours.kind_of(table, cloud, wanted)
    if by == "class":
        codes = table.frame["classification"].tolist()
        names = table.frame[colours.COLUMN].tolist()
        return {
            "by": by,
            "classes": {c: colours.rgb_of_class(n) for c, n in zip(codes, names, strict=True)},
        }
    if by == "intensity":
        low, high = colours.ends(cloud.columns["intensity"].astype(np.float64))
        return {"by": by, "ramp": colours.GREYS, "low": low, "high": high}
    low, high = colours.ends(cloud.xyz_in_crs[:, 2])
    return {"by": by, "ramp": colours.RAMP, "low": low + shift_m, "high": high + shift_m}


def _noise(table: api.FeatureTable) -> tuple[int, ...]:
    if "classification" not in table.frame.columns:
        return ()
    return tuple(int(c) for c in table.frame["classification"][colours.is_noise(table)])
