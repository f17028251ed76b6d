"""The point cloud layer: points by class (the style's colours), by height, by intensity or as scanned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from layers.points import colours, streamed
from layers.points.levels import BLOCK_M, TOLD_APART_PX, levels
from twin import api

Float64 = NDArray[np.float64]


@api.params
class PointsParams:
    """How a point cloud is read and drawn."""

    colour_by: Annotated[str, api.Choice("auto", "class", "height", "file", "intensity")] = "auto"
    budget: Annotated[int, api.Range(10_000, 10_000_000)] = 500_000
    size_px: Annotated[float, api.Range(1, 20), api.Unit("px")] = 3.0
    noise: bool = False
    place: Annotated[str, api.Choice("own", "ground")] = "own"


class PointClouds:
    """Measured points; a row is a class of them, or a scan."""

    Params = PointsParams
    load_params = ("budget",)

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read as many points as the budget allows; of a cloud that can be streamed only some, for its colours."""
        return streamed.example(ctx) or ctx.read("points", points=int(ctx.params.budget))

    def default_style(self, table: api.FeatureTable) -> api.Style | None:
        """The colours of the classes, where there are any."""
        return colours.class_style(table)

    def legend(self, table: api.FeatureTable, params: PointsParams) -> api.Legend | None:
        """Say what the colours mean where the style does not give them."""
        return colours.legend(table, params.colour_by)

    def build(
        self, table: api.FeatureTable, params: PointsParams, view: api.ViewQuery
    ) -> Sequence[api.Drawable]:
        """Draw the points, block by block."""
        cloud = table.points
        if cloud is None or not len(cloud.xyz_in_crs):
            return []
        if streamed.is_streamed(table):
            lift_m = (
                _lift(cloud.xyz_in_crs - view.frame.origin, view)
                if params.place == "ground"
                else 0.0
            )
            return [streamed.tiles_of(table, params, view, lift_m)]
        kept = np.ones(len(cloud.xyz_in_crs), bool)
        if not params.noise:
            kept = ~colours.is_noise(table)[cloud.row_of_point]
        xyz = cloud.xyz_in_crs[kept] - view.frame.origin
        if not len(xyz):
            return []
        if params.place == "ground":
            xyz[:, 2] += _lift(xyz, view)
        rgba = colours.of_points(table, cloud, params.colour_by)
        row = cloud.row_of_point[kept].astype(np.int32)
        rgba = None if rgba is None else rgba[kept]
        return [
            api.Points(
                xyz_in_scene=xyz[chosen].astype(np.float32),
                row_of_point=row[chosen],
                rgba_of_point=None if rgba is None else rgba[chosen],
                size_px=float(params.size_px),
                from_m=spacing_m * TOLD_APART_PX / params.size_px,
                within=_box(xyz[chosen]),
                styled=rgba is None,
                role=api.Role.SOLID,
            )
            for chosen, spacing_m in levels(xyz)
        ]

    def indicators(
        self, table: api.FeatureTable, params: PointsParams, at: Any
    ) -> Sequence[api.Fact]:
        """Say how many points there are, and how many are shown."""
        cloud = table.points
        shown = 0 if cloud is None else len(cloud.xyz_in_crs)
        total = 0 if cloud is None else cloud.total
        return [
            api.Fact(
                label={"en": "Points", "fr": "Points", "ko": "점", "ar": "النقاط"},
                value=max(total, shown),
            ),
            api.Fact(
                label={
                    "en": "Points shown",
                    "fr": "Points affichés",
                    "ko": "표시된 점",
                    "ar": "النقاط المعروضة",
                },
                value=shown,
            ),
        ]


def _lift(xyz: Float64, view: api.ViewQuery) -> float:
    """Metres by which the cloud as a whole is raised so that its lowest points lie on the ground."""
    cells = np.floor(xyz[:, :2] / BLOCK_M).astype(np.int64)
    _, block = np.unique(cells, axis=0, return_inverse=True)
    lowest = np.full(int(block.max()) + 1, np.inf)
    np.minimum.at(lowest, block.reshape(-1), xyz[:, 2])
    at_lowest = xyz[:, 2] <= lowest[block.reshape(-1)]
    gap = view.ground.height_m(xyz[at_lowest, :2]) - xyz[at_lowest, 2]
    return float(np.median(gap))


def _box(xyz: Float64) -> tuple[float, ...]:
    return (*map(float, xyz.min(axis=0)), *map(float, xyz.max(axis=0)))
