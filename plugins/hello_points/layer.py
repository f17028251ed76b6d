"""Points as spheres, coloured by a value: the smallest layer that does everything right. Copy it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np

from twin import api

HEIGHT = {"en": "Height", "fr": "Hauteur", "ko": "높이", "ar": "الارتفاع"}


@api.params
class HelloParams:
    """Settings: each becomes a line of the form, is saved and can be undone."""

    symbol_m: Annotated[float, api.Range(0.5, 100.0), api.Unit("m")] = 8.0


class HelloPoints:
    """Two methods are enough: ``load`` reads, ``build`` draws. The style is data, apart from both."""

    Params = HelloParams

    def load(self, ctx: api.LoadContext) -> api.FeatureTable:
        """Read the file; any format will do, its points come in the project's coordinates."""
        table = ctx.read("features")
        units = {"height_m": api.Column(unit="m", label=HEIGHT)}
        return replace(table, columns={**table.columns, **units})

    def build(
        self, table: api.FeatureTable, params: HelloParams, view: api.ViewQuery
    ) -> list[api.Drawable]:
        """Turn rows into spheres that stand on the ground."""
        geometry = table.frame.geometry
        has_point = (geometry.geom_type == "Point") & ~geometry.is_empty  # not all rows have one
        rows = np.flatnonzero(has_point)
        points = geometry.iloc[rows]
        xyz = np.column_stack([points.x, points.y, np.zeros(len(rows))])
        xyz = view.frame.scene_from_crs(xyz)  # metres from the origin of the scene
        xyz[:, 2] = view.ground.height_m(xyz[:, :2])
        size = np.full((len(rows), 3), params.symbol_m, dtype=np.float32)
        sphere = api.Glyphs(
            xyz_in_scene=xyz, shape="sphere", scale_m=size, row_of_glyph=rows.astype(np.int32)
        )
        return [sphere] if len(rows) else []

    def default_style(self, table: api.FeatureTable) -> api.Style | None:
        """Colour by height where there is one; whoever uses the layer may choose another column."""
        if "height_m" not in table.frame:
            return None
        rule = api.Graduated(column="height_m", ramp="viridis", unit="m")
        return api.Style(rule=rule, title=HEIGHT)
